"""A stand-in for WeCom and WeChat, with their real protocol, for development and tests.

`state` what it remembers · `cards` what a card must be · `wecom` and `wechat` the two APIs · `weblogin` WeCom's page
for signing in · `callback` how presses and texts reach the bot · `control` what a test or the page may do to it ·
`static/` a chat to look at.
"""

from bot.sandbox.app import create_sandbox

__all__ = ["create_sandbox"]
