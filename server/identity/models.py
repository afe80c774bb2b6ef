"""Tables of accounts."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from server.channel.models import Org


class Account(Model):
    """A person who signs in."""

    scope_path: ClassVar[str] = "org"

    id = fields.BigIntField(primary_key=True)
    root_id = fields.BigIntField()
    org: fields.ForeignKeyRelation[Org] = fields.ForeignKeyField("qutong.Org", related_name="accounts")
    org_id: int
    name = fields.TextField()
    phone = fields.CharField(max_length=20, unique=True)
    password_hash = fields.TextField()
    role = fields.TextField()
    role_id = fields.BigIntField(null=True)
    wecom_userid = fields.TextField(null=True)
    search_text = fields.TextField(default="")
    status = fields.TextField(default="active")
    frozen_reason = fields.TextField(null=True)
    frozen_by = fields.BigIntField(null=True)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "account"


class Session(Model):
    """A signed-in device; the token itself is never stored."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("qutong.Account", related_name="sessions")
    account_id: int
    token_hash = fields.BinaryField()
    client = fields.TextField(default="")
    address = fields.TextField(default="")
    way = fields.TextField(default="password")
    created_at = fields.DatetimeField(auto_now_add=True)
    last_seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
