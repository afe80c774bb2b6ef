"""The bot: delivers the outbox, receives WeCom's callbacks, runs the schedule.

`fanout` turns events into notices and messages · `dispatcher` delivers them · `callback` receives presses and texts ·
`jobs` the schedule · `leader` lets one bot of many do it · `wecom/` the protocol · `sandbox/` a WeCom and WeChat
stand-in for development and tests. The bot calls the server's verbs; the server does not know the bot.
"""
