"""Requests and responses of returns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, OrgRef, Qty, Reason, ShortText, Text

State = Literal["asked", "approved", "issued", "received", "closed", "rejected", "cancelled"]
ReturnReason = Literal["damaged", "expired", "recalled", "wrong"]
MAX_LINES = 200
Positive = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Number = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class NewReturnLine(msgspec.Struct):
    """So many base units of a product, why, and pictures of them; of one lot where it is named."""

    product_id: Id
    qty: Positive
    reason: ReturnReason
    note: Text = ""
    photo_ids: Annotated[list[Id], msgspec.Meta(max_length=9)] = []
    lot_id: Id | None = None


class NewReturn(msgspec.Struct, omit_defaults=True):
    """Goods that go back: to the own supplier where no seller is named, from the default warehouse where none is.

    `warehouse_id` may be the own quarantine: what came back from a store goes on.
    """

    lines: Annotated[list[NewReturnLine], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    note: Text = ""
    seller_id: Id | None = None
    warehouse_id: Id | None = None


class ApprovedReturnLine(msgspec.Struct):
    """How many of a line may come back."""

    line_no: Number
    approved_qty: Qty


class ApproveReturn(msgspec.Struct):
    """Yes to all, or to so many of each line that is named; lines that are not named do not come back then."""

    lines: Annotated[list[ApprovedReturnLine], msgspec.Meta(max_length=MAX_LINES)] | None = None
    note: Text = ""


class SendReturn(msgspec.Struct):
    """The goods leave; `codes`: what was scanned of the cases that go along, as the camera read it."""

    codes: Annotated[list[Annotated[str, msgspec.Meta(max_length=500)]], msgspec.Meta(max_length=2_000)] = []


class CountedReturn(msgspec.Struct):
    """What arrived of a lot as agreed, and what was broken on the way; the rest is short. What differs needs a note."""

    no: Number
    received_qty: Qty
    damaged_qty: Qty = 0
    note: Text = ""


class ReceiveReturn(msgspec.Struct):
    """What was counted; lots that are not named arrived complete."""

    lines: Annotated[list[CountedReturn], msgspec.Meta(max_length=10_000)] = []


class ReturnEnding(msgspec.Struct):
    """Why."""

    reason: Reason


class ReturnFilter(msgspec.Struct):
    """Which returns, the newest first. `side`: what the own org gives back, or gets back; `org_id`: of one org."""

    state: State | None = None
    side: Literal["out", "in"] | None = None
    org_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class ReturnSummary(msgspec.Struct):
    """A return in a list; `goods`: its first products in words."""

    id: int
    number: str
    state: State
    buyer: OrgRef
    seller: OrgRef
    from_warehouse: str
    reasons: list[ReturnReason]
    goods: str
    line_count: int
    total_fen: int
    credited_fen: int
    asked_by: str
    asked_at: datetime


class ReturnLot(msgspec.Struct):
    """A lot of a line: held, on its way, or counted. `in_quarantine`: what of this lot lies in the seller's quarantine
    now, told to his people; `fit`: it could be sold again, for it has neither expired nor is it called back."""

    no: int
    lot_id: int
    lot_code: str
    expires_on: date | None
    qty: int
    received_qty: int
    damaged_qty: int
    short_qty: int
    note: str
    in_quarantine: int
    fit: bool


class ReturnLine(msgspec.Struct):
    """A line. `price_fen`: what one cost on average, of `bought_qty` bought for `paid_fen` and not given back, rounded
    down; `amount_fen`: what all that may come back of it is worth, to the fen.

    `proposed_qty`: what the decider of the step before would let come back, while a further step waits.
    """

    line_no: int
    product_id: int
    product_code: str
    product_name: str
    spec: str
    color: str
    base_unit: str
    case_name: str
    case_qty: int
    qty: int
    approved_qty: int
    proposed_qty: int | None
    reason: ReturnReason
    note: str
    photo_ids: list[int]
    bought_qty: int
    paid_fen: int
    price_fen: int
    amount_fen: int
    lots: list[ReturnLot]


class Return(ReturnSummary):
    """A return with its lines; `credited_fen`: what the buyer owes less by it.

    `can`: what the reader may do now: cancel, issue, receive, close, decide (by `approval_id`), or settle what lies in
    quarantine. `waits_for`: the step of the approval that waits, and `proposed_by` who took the one before.
    """

    note: str
    decision: str
    ending: str
    approval_id: int | None
    waits_for: str
    proposed_by: str
    approved_by: str | None
    approved_at: datetime | None
    issued_by: str | None
    issued_at: datetime | None
    received_by: str | None
    received_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    lines: list[ReturnLine]
    can: list[Literal["cancel", "issue", "receive", "close", "decide", "settle"]]


class ReturnList(msgspec.Struct):
    """A page of returns."""

    items: list[ReturnSummary]
    next_cursor: str | None


class ReturnableFilter(msgspec.Struct):
    """What could go back: all that lies there, what is found by words, one product, what an order brought, only lots
    that have expired or are called back."""

    seller_id: Id | None = None
    warehouse_id: Id | None = None
    q: ShortText | None = None
    product_id: Id | None = None
    order_id: Id | None = None
    only: Literal["expired", "recalled"] | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class ReturnableLot(msgspec.Struct):
    """A lot that lies there; `free_qty`: what is not held already."""

    lot_id: int
    lot_code: str
    expires_on: date | None
    expired: bool
    recalled: bool
    free_qty: int


class ReturnPackaging(msgspec.Struct):
    """A unit that holds so many base units."""

    id: int
    name: str
    unit_qty: int
    gtin: str | None
    is_default: bool


class Returnable(msgspec.Struct):
    """A product that could go back: at most `most_qty`, the less of what lies free and what was bought and not given
    back; one cost `price_fen` on average (rounded down) of `bought_qty` for `paid_fen`, and all together are credited
    with exactly that."""

    product_id: int
    product_code: str
    product_name: str
    spec: str
    color: str
    base_unit: str
    packagings: list[ReturnPackaging]
    free_qty: int
    bought_qty: int
    paid_fen: int
    price_fen: int
    most_qty: int
    lots: list[ReturnableLot]


class ReturnableList(msgspec.Struct):
    """A page of what could go back, and to whom."""

    seller: OrgRef
    items: list[Returnable]
    next_cursor: str | None
