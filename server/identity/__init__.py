"""Accounts, roles, sessions.

Owns `account`, `role` (those that orgs build), `assignment` (a rep's dealers), `substitute`, `session`,
`wechat_binding`, `wecom_state`, `invitation`. Whoever looks for the holders of a permission asks `holders`. Sessions
are opaque tokens of which only the hash is stored; every request looks its session up together with the account, its
role and the org, so that a revoked session, a frozen account or org, a changed role takes effect at once, everywhere.
(D6.1)
"""
