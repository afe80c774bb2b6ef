"""Tables of the channel."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.models import Model


class Org(Model):
    """A node of the channel tree (组织)."""

    scope_path: ClassVar[str] = ""

    id = fields.BigIntField(primary_key=True)
    root_id = fields.BigIntField()
    parent: fields.ForeignKeyNullableRelation[Org] = fields.ForeignKeyField(
        "qutong.Org", related_name="children", null=True, source_field="parent_id"
    )
    parent_id: int | None
    kind = fields.TextField()
    code = fields.TextField(default="")
    name = fields.TextField()
    path = fields.TextField()
    status = fields.TextField(default="active")
    frozen_reason = fields.TextField(null=True)
    frozen_by = fields.BigIntField(null=True)
    price_group = fields.TextField(default="standard")
    grade = fields.TextField(default="")
    region_code = fields.TextField(default="")
    address = fields.TextField(default="")
    contact_name = fields.TextField(default="")
    contact_phone = fields.TextField(default="")
    sort_name = fields.TextField(default="")
    settlement_method = fields.TextField(default="")
    due_day = fields.SmallIntField(null=True)
    credit_days = fields.SmallIntField(null=True)
    cooperation = fields.TextField(default="active")
    cooperating_since = fields.DateField(null=True)
    store_kind = fields.TextField(default="")
    size_sqm = fields.IntField(null=True)
    lat = fields.FloatField(null=True)
    lng = fields.FloatField(null=True)
    photo_id = fields.BigIntField(null=True)
    note = fields.TextField(default="")
    papers_until = fields.DateField(null=True)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "org"


class Contact(Model):
    """Somebody at an org who is rung up."""

    scope_path: ClassVar[str] = "org"

    id = fields.BigIntField(primary_key=True)
    root_id = fields.BigIntField()
    org: fields.ForeignKeyRelation[Org] = fields.ForeignKeyField("qutong.Org", related_name="contacts")
    org_id: int
    name = fields.TextField()
    phone = fields.TextField(default="")
    title = fields.TextField(default="")
    note = fields.TextField(default="")
    is_main = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "org_contact"


class DeliveryAddress(Model):
    """Where an org wants its goods."""

    scope_path: ClassVar[str] = "org"

    id = fields.BigIntField(primary_key=True)
    root_id = fields.BigIntField()
    org: fields.ForeignKeyRelation[Org] = fields.ForeignKeyField("qutong.Org", related_name="addresses")
    org_id: int
    contact_name = fields.TextField()
    contact_phone = fields.TextField()
    region_code = fields.TextField(default="")
    region_name = fields.TextField(default="")
    detail = fields.TextField()
    is_default = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "delivery_address"
