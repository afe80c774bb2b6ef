"""Requests and responses of what moved, and of what there was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, ShortText

Cursor = Annotated[str, msgspec.Meta(max_length=200)]


class MoveFilter(msgspec.Struct, rename={"from_": "from"}):
    """Which moves of the own org's goods, or of an org inside the scope; days are business days."""

    org_id: Id | None = None
    warehouse_id: Id | None = None
    product_id: Id | None = None
    lot_id: Id | None = None
    reason: ShortText | None = None
    from_: date | None = None
    to: date | None = None
    cursor: Cursor | None = None
    limit: Limit = 50


class MovePlace(msgspec.Struct):
    """An end of a move; `org_name` is empty for the own places."""

    kind: str
    name: str
    org_id: int
    org_name: str


class MoveOut(msgspec.Struct):
    """A move of one lot, in base units.

    `direction`, seen from the warehouses of the org: goods in, out, or between two of them. The document is opened by
    `link_kind` and `link_id`; its number is empty where it has none.
    """

    id: int
    at: datetime
    direction: Literal["in", "out", "between"]
    qty: int
    reason: str
    reason_name: str
    product_id: int
    product_name: str
    product_code: str
    base_unit: str
    case_name: str
    case_qty: int
    lot_id: int
    lot_code: str
    expires_on: date | None
    source: MovePlace
    target: MovePlace
    document_kind: str
    document_name: str
    document_number: str
    link_kind: str
    link_id: int
    account_name: str


class MoveList(msgspec.Struct):
    """A page of moves, the newest first."""

    items: list[MoveOut]
    next_cursor: str | None


class ReasonOut(msgspec.Struct):
    """A reason for which goods move."""

    reason: str
    name: str


class ReasonList(msgspec.Struct):
    """All reasons."""

    items: list[ReasonOut]


class PastFilter(msgspec.Struct):
    """What there was at the end of a business day; today, where none is named.

    `changed`: only what is another quantity now, also what was not there at all.
    """

    day: date | None = None
    changed: bool = False
    org_id: Id | None = None
    warehouse_id: Id | None = None
    product_id: Id | None = None
    cursor: Cursor | None = None
    limit: Limit = 50


class PastBalance(msgspec.Struct):
    """What a warehouse held of a lot at the end of a day, and what it holds now, in base units."""

    warehouse_id: int
    warehouse_name: str
    product_id: int
    product_name: str
    product_code: str
    base_unit: str
    case_name: str
    case_qty: int
    lot_id: int
    lot_code: str
    expires_on: date | None
    on_hand: int
    now: int


class PastList(msgspec.Struct):
    """A page of what there was, by warehouse, product and lot."""

    items: list[PastBalance]
    next_cursor: str | None
