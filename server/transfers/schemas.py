"""Requests and responses of transfers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, OrgRef, Qty, Reason, ShortText, Text

State = Literal["proposed", "approved", "issued", "received", "closed", "rejected", "cancelled"]
PriceFrom = Literal["none", "bought", "offered", "guide"]
MAX_LINES = 200


class NewLine(msgspec.Struct):
    """So many base units of a product."""

    product_id: Id
    qty: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class NewTransfer(msgspec.Struct, omit_defaults=True):
    """Goods from one warehouse to another, and why; orgs: the own one where none is named, warehouses: the default.

    `supplier`: the own org's supplier gives or takes them, from or into the warehouse that delivers there.
    """

    lines: Annotated[list[NewLine], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    reason: Reason
    from_org_id: Id | None = None
    to_org_id: Id | None = None
    from_warehouse_id: Id | None = None
    to_warehouse_id: Id | None = None
    supplier: Literal["gives", "takes"] | None = None


class Counted(msgspec.Struct):
    """What arrived of a lot; the rest is short. What is missing or broken needs its note."""

    no: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    received_qty: Qty
    damaged_qty: Qty = 0
    note: Text = ""


class ReceiveTransfer(msgspec.Struct):
    """What was counted; lots that are not named arrived complete."""

    lines: Annotated[list[Counted], msgspec.Meta(max_length=10_000)] = []


class SendTransfer(msgspec.Struct):
    """The goods leave; `codes`: what was scanned of the cases that go along, as the camera read it."""

    codes: Annotated[list[Annotated[str, msgspec.Meta(max_length=500)]], msgspec.Meta(max_length=2_000)] = []


class TransferReason(msgspec.Struct):
    """Why."""

    reason: Reason


class TransferFilter(msgspec.Struct):
    """Which transfers, the newest first. `org_id`: of one org, as giver or taker."""

    state: State | None = None
    org_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class TransferSummary(msgspec.Struct):
    """A transfer in a list; `supplier`: who settles it, none within one org."""

    id: int
    number: str
    state: State
    from_org: OrgRef
    from_warehouse: str
    to_org: OrgRef
    to_warehouse: str
    supplier: OrgRef | None
    reason: str
    line_count: int
    total_fen: int
    proposed_by: str
    proposed_at: datetime


class TransferLot(msgspec.Struct):
    """A lot of a line: held, on its way, or counted."""

    no: int
    lot_code: str
    expires_on: date | None
    qty: int
    received_qty: int
    damaged_qty: int
    short_qty: int
    note: str


class TransferLine(msgspec.Struct):
    """A line; `price_from`: the giver last bought it at this, is offered it at this, or it is the guide price."""

    line_no: int
    product_id: int
    product_code: str
    product_name: str
    base_unit: str
    case_name: str
    case_qty: int
    qty: int
    price_fen: int
    price_from: PriceFrom
    lots: list[TransferLot]


class Transfer(TransferSummary):
    """A transfer with its lines; `settled_fen`: what was credited to the giver and charged to the taker.

    `can`: what the reader may do now: cancel, issue, receive, close, or decide (by `approval_id`).
    """

    ending: str = ""
    settled_fen: int = 0
    approval_id: int | None = None
    issued_by: str | None = None
    issued_at: datetime | None = None
    received_by: str | None = None
    received_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    lines: list[TransferLine] = []
    can: list[Literal["cancel", "issue", "receive", "close", "decide"]] = []


class TransferList(msgspec.Struct):
    """A page of transfers."""

    items: list[TransferSummary]
    next_cursor: str | None


class SuggestionFilter(msgspec.Struct):
    """For which product, and how many."""

    product_id: Id | None = None
    limit: Limit = 20


class Side(msgspec.Struct):
    """A dealer's stock of a product: what is free, what left in 30 days, how many days it lasts (none: no sales)."""

    org: OrgRef
    region_code: str
    free_qty: int
    out_qty: int
    days: int | None


class Suggestion(msgspec.Struct):
    """Who has too much near who has too little, and how much would go over, in whole cases."""

    product_id: int
    product_name: str
    base_unit: str
    case_name: str
    case_qty: int
    qty: int
    near: Literal["city", "province"]
    giver: Side
    taker: Side


class SuggestionList(msgspec.Struct):
    """Suggestions, the most urgent first, and by which figures they were made."""

    items: list[Suggestion]
    window_days: int
    low_days: int
    high_days: int
