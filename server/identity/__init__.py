"""Accounts, roles, sessions.

Owns `account`, `assignment` (a rep's dealers), `session`, `wechat_binding`. Sessions are opaque tokens of which
only the hash is stored; every request looks its session up together with the account and the org, so that a
revoked session, a frozen account or a frozen org is out at once, everywhere. (D6.1)
"""
