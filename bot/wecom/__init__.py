"""WeCom and WeChat as they are spoken: callback encryption, events, cards, and the clients that send.

Knows the protocol and nothing of orders; `bot.deliver` and `bot.callback` bring the two together.
"""
