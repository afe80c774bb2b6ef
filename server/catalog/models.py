"""Tables of the catalogue."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Category(Model):
    """A node of the category tree."""

    id = fields.BigIntField(primary_key=True)
    root_id = fields.BigIntField()
    parent_id = fields.BigIntField(null=True)
    name = fields.TextField()
    sort = fields.IntField(default=0)
    version = fields.IntField(default=1)

    class Meta:
        table = "category"


class Product(Model):
    """A product in its base unit (商品); prices are fen per base unit."""

    id = fields.BigIntField(primary_key=True)
    root_id = fields.BigIntField()
    category_id = fields.BigIntField()
    code = fields.TextField()
    name = fields.TextField()
    spec = fields.TextField(default="")
    base_unit = fields.TextField()
    color = fields.TextField(default="#8aa4b8")
    image_url = fields.TextField(null=True)
    search_text = fields.TextField(default="")
    shelf_life_days = fields.IntField()
    guide_price_fen = fields.BigIntField()
    floor_price_fen = fields.BigIntField()
    ceiling_price_fen = fields.BigIntField()
    status = fields.TextField(default="active")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "product"


class Packaging(Model):
    """A unit that holds `unit_qty` base units and has its own GTIN (包装)."""

    id = fields.BigIntField(primary_key=True)
    root_id = fields.BigIntField()
    product_id = fields.BigIntField()
    name = fields.TextField()
    unit_qty = fields.IntField()
    gtin = fields.CharField(max_length=14)
    is_default = fields.BooleanField(default=False)

    class Meta:
        table = "packaging"
