"""Requests and responses of stock."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from server.catalog.schemas import PackagingOut
from server.core.types import Id, Limit, Name, ShortText
from server.stock.freshness import Freshness


class SupplyLine(msgspec.Struct):
    """Goods of one lot, in base units."""

    product_id: Id
    lot_code: Name
    expires_on: date
    qty: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
    produced_on: date | None = None


class Supply(msgspec.Struct):
    """Goods that come into the own warehouse from outside."""

    lines: Annotated[list[SupplyLine], msgspec.Meta(min_length=1, max_length=1000)]


class StockFilter(msgspec.Struct):
    """What to list: of the own org, or of one inside the scope; `warehouse_id`: what lies in that one place alone."""

    org_id: Id | None = None
    warehouse_id: Id | None = None
    q: ShortText | None = None
    category_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class StockItem(msgspec.Struct):
    """The stock of one product, in base units; available = on_hand − reserved.

    `freshness`: of the lot that ends first.
    """

    product_id: int
    product_name: str
    product_code: str
    color: str
    base_unit: str
    packagings: list[PackagingOut]
    on_hand: int
    reserved: int
    available: int
    in_transit: int
    nearest_expiry: date | None
    freshness: Freshness


class StockList(msgspec.Struct):
    """A page of stock."""

    items: list[StockItem]
    next_cursor: str | None
