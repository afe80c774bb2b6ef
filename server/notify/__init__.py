"""Notices: the inbox in the app, the outbox of messages, subscribe-message grants, live updates.

Owns `outbox`, `notice`, `chat_card`, `subscription_grant`, `callback_seen`. What leaves the house is delivered by the
bot; the routes here show what was delivered, what failed, and send it again. (D6.2, B7)
"""
