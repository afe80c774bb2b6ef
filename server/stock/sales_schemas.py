"""Requests and responses of what was sold to consumers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from server.core.types import Id, Limit


class SaleFilter(msgspec.Struct, rename={"from_": "from"}):
    """Which sales inside the scope."""

    org_id: Id | None = None
    product_id: Id | None = None
    from_: date | None = None
    to: date | None = None
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    limit: Limit = 50


class SaleOut(msgspec.Struct):
    """What an org sold of a product on a day, in base units."""

    day: date
    org_id: int
    org_name: str
    product_id: int
    product_name: str
    product_code: str
    base_unit: str
    case_name: str
    case_qty: int
    qty: int


class SaleList(msgspec.Struct):
    """A page of sales, the newest day first."""

    items: list[SaleOut]
    next_cursor: str | None


class SalesSummaryFilter(msgspec.Struct, rename={"from_": "from"}):
    """Which sales inside the scope, over 92 days at most; the last 30 where no days are named."""

    org_id: Id | None = None
    product_id: Id | None = None
    from_: date | None = None
    to: date | None = None


class DaySum(msgspec.Struct):
    """All that was sold on a day, in base units and at guide prices, and by how many."""

    day: date
    qty: int
    value_fen: int
    org_count: int


class OrgSum(msgspec.Struct):
    """All that an org sold, in base units and at guide prices, and on how many days."""

    org_id: int
    org_name: str
    qty: int
    value_fen: int
    day_count: int


class ProductSum(msgspec.Struct):
    """All that was sold of a product, in base units and at guide prices, and by how many."""

    product_id: int
    product_name: str
    product_code: str
    base_unit: str
    case_name: str
    case_qty: int
    qty: int
    value_fen: int
    org_count: int


class SalesSummary(msgspec.Struct):
    """What was sold in a period: by day (days without a sale are left out), and the 50 who, and of which, sold most.

    Values are at guide prices of today: what consumers paid is not known.
    """

    from_: date = msgspec.field(name="from")
    to: date
    qty: int
    value_fen: int
    org_count: int
    product_count: int
    days: list[DaySum]
    orgs: list[OrgSum]
    products: list[ProductSum]
