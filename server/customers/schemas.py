"""Requests and responses of customers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.channel.schemas import OrgRow, RegionPrefix, StoreKind
from server.core.types import Fen, Id, Limit, Name, ShortText, Version

Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"^\S(?:.*\S)?$")]
Days = Annotated[int, msgspec.Meta(ge=1, le=730)]
MAX_TAGS = 20


class Tags(msgspec.Struct):
    """What a customer is called in a word; all of them."""

    tags: Annotated[list[Tag], msgspec.Meta(max_length=MAX_TAGS)]


class TagsForMany(msgspec.Struct):
    """Tags to put on, and to take off, many customers."""

    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=500)]
    add: Annotated[list[Tag], msgspec.Meta(max_length=MAX_TAGS)] = []
    remove: Annotated[list[Tag], msgspec.Meta(max_length=MAX_TAGS)] = []


class CustomersChanged(msgspec.Struct):
    """How many rows were changed."""

    changed: int


class SuggestedTags(msgspec.Struct):
    """Tags in use inside the scope, to choose from."""

    items: list[str]


class Conditions(msgspec.Struct):
    """Which customers belong to a segment: all that is given must hold.

    `ordered_within` / `not_ordered_for`: their last order is at most, or more than, so many days old (who never ordered
    is among the latter). `amount_days` with `amount_from_fen` / `amount_to_fen`: what they bought in the last days.
    """

    tags: Annotated[list[Tag], msgspec.Meta(max_length=MAX_TAGS)] = []
    store_kinds: Annotated[list[StoreKind], msgspec.Meta(max_length=10)] = []
    grade: ShortText | None = None
    region: RegionPrefix | None = None
    ordered_within: Days | None = None
    not_ordered_for: Days | None = None
    amount_days: Days = 30
    amount_from_fen: Fen | None = None
    amount_to_fen: Fen | None = None


class NewSegment(msgspec.Struct):
    """A segment of the own org."""

    name: Name
    conditions: Conditions


class SegmentEdit(msgspec.Struct):
    """Another name or other conditions."""

    version: Version
    name: Name
    conditions: Conditions


class Segment(msgspec.Struct):
    """A saved choice of customers."""

    id: int
    name: str
    conditions: Conditions
    version: int


class SegmentList(msgspec.Struct):
    """The segments of the own org."""

    items: list[Segment]


class CustomerFilter(msgspec.Struct):
    """Which customers; a segment's conditions hold beside the others."""

    segment_id: Id | None = None
    q: ShortText | None = None
    tag: ShortText | None = None
    store_kind: StoreKind | None = None
    parent_id: Id | None = None
    not_ordered_for: Days | None = None
    ordered_within: Days | None = None
    cursor: Annotated[str, msgspec.Meta(max_length=1000)] | None = None
    limit: Limit = 50


class CustomerRow(msgspec.Struct):
    """A customer with what it has bought; amounts of the last 30 days, or those of the segment."""

    id: int
    name: str
    code: str
    parent_id: int | None
    parent_name: str
    status: Literal["active", "frozen"]
    store_kind: StoreKind
    grade: str
    contact_name: str
    contact_phone: str
    address: str
    tags: list[str]
    has_account: bool
    last_order_at: datetime | None
    amount_fen: int
    orders: int


class CustomerList(msgspec.Struct):
    """A page of customers; with a cursor there may be more, even where this page is short."""

    items: list[CustomerRow]
    next_cursor: str | None


class TopProduct(msgspec.Struct):
    """What a customer buys most, by amount."""

    product_id: int
    name: str
    base_unit: str
    qty: int
    amount_fen: int
    orders: int
    last_order_at: datetime


class MonthTotal(msgspec.Struct):
    """What was bought in a month."""

    month: date
    orders: int
    amount_fen: int


class Purchases(msgspec.Struct):
    """What a customer has bought in a period, without cancelled and rejected orders; the signed count as signed."""

    from_on: date
    to_on: date
    orders: int
    amount_fen: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    months: list[MonthTotal]
    products: list[TopProduct]


class PurchasePeriod(msgspec.Struct):
    """A period of business days; without one, the last year."""

    from_on: date | None = None
    to_on: date | None = None


class CustomerProfile(msgspec.Struct):
    """A customer as its supplier knows it."""

    org: OrgRow
    has_account: bool
    purchases: Purchases
