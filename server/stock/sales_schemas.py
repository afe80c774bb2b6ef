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
