"""Requests and responses of alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.alerts.words import Kind
from server.core.types import Id, Limit, OrgRef, Reason, ShortText, Text
from server.orders.schemas import DeliveryMethod, NewOrderLine

Shown = Literal["open", "snoozed", "closed"]
Action = Literal["order", "remind", "price", "transfer", "snooze", "hand_over"]
Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=200)]


class AlertFilter(msgspec.Struct):
    """Which alerts, the newest first.

    `show`: those that are open, those that the own people have put off, or past ones. `side`: of the own org, or of
    those below it; both where none is named. `days`: open for at least so long. `mine`: handed over to the reader.
    """

    show: Shown = "open"
    side: Literal["own", "below"] | None = None
    kind: Kind | None = None
    org_id: Id | None = None
    warehouse_id: Id | None = None
    product_id: Id | None = None
    days: Annotated[int, msgspec.Meta(ge=0, le=3650)] | None = None
    mine: bool = False
    cursor: ShortText | None = None
    limit: Limit = 50


class AlertFigures(msgspec.Struct):
    """What was found, in base units.

    `on_way`: ordered and on its way here. `used`: delivered or sold in `window_days`; at that pace all of it lasts
    `cover_days` (null: nothing was used). `excess`: above the threshold. `ageing`: near its end or past it, of which
    `expired` are past it.
    """

    available: int
    on_way: int
    used: int
    window_days: int
    cover_days: int | None
    excess: int
    ageing: int
    expired: int
    nearest_expiry: date | None


class OrderRef(msgspec.Struct):
    """The order that was placed from an alert, and how it stands."""

    id: int
    number: str
    state: str
    ordered_by: str
    ordered_at: datetime


class Care(msgspec.Struct):
    """What the reader's colleagues have agreed about an alert."""

    snoozed_until: date | None
    snooze_reason: str
    snoozed_by: str | None
    holder: OrgRef | None
    note: str


class Alert(msgspec.Struct):
    """An episode: something is too low, too high or too old; `limit_…`: the threshold that it passed."""

    id: int
    kind: Kind
    org: OrgRef
    warehouse: OrgRef
    product_id: int
    product_name: str
    product_code: str
    color: str
    base_unit: str
    case_name: str
    case_qty: int
    limit_qty: int | None
    limit_days: int | None
    figures: AlertFigures
    words: str
    opened_at: datetime
    looked_at: datetime
    closed_at: datetime | None
    reminded_by: str | None
    reminded_at: datetime | None
    order: OrderRef | None
    care: Care


class AlertList(msgspec.Struct):
    """A page of alerts."""

    items: list[Alert]
    next_cursor: str | None


class DayUsed(msgspec.Struct):
    """What was delivered or sold on a day."""

    day: date
    qty: int


class AgeingLot(msgspec.Struct):
    """A lot near its end; `unsold`: what will be left of it at the pace of today, the lots before it sold first."""

    lot_code: str
    expires_on: date
    days: int
    qty: int
    unsold: int


class ProposalLine(msgspec.Struct):
    """So much of a product, and why: need = used × (lead + cover) ÷ window − available − on_way, in whole packagings.

    `price_fen`: per base unit, null where the supplier does not offer it; then `problem` says so.
    """

    product_id: int
    product_code: str
    product_name: str
    color: str
    base_unit: str
    packaging_id: int
    packaging_name: str
    unit_qty: int
    packaging_qty: int
    qty: int
    need: int
    available: int
    on_way: int
    used: int
    cover_days: int
    price_fen: int | None
    amount_fen: int
    why: str
    problem: str | None
    alert_id: int | None


class RestockProposal(msgspec.Struct):
    """What an org should order from its supplier; `lead_from`: so many past deliveries, 0: a default.

    `missing_fen`: to the least amount of an order that the supplier takes.
    """

    org: OrgRef
    supplier: OrgRef
    window_days: int
    lead_days: int
    lead_from: int
    lines: list[ProposalLine]
    total_fen: int
    missing_fen: int


class AlertDetail(Alert, kw_only=True):
    """An alert with what is behind its figures, and what the reader can do about it."""

    days: list[DayUsed]
    lots: list[AgeingLot]
    proposal: RestockProposal | None
    can: list[Action]


class KindCounts(msgspec.Struct):
    """How many are open and not put off, at most 1,000 of each are counted."""

    low: int
    high: int
    soon: int


class AlertCounts(msgspec.Struct):
    """Of the own org, of those below it, and handed over to the reader."""

    own: KindCounts
    below: KindCounts
    mine: int


class Colleague(msgspec.Struct):
    """Who an alert can be handed to."""

    id: int
    name: str
    role_name: str


class ColleagueList(msgspec.Struct):
    """The own org's people who handle alerts."""

    items: list[Colleague]


class AlertIds(msgspec.Struct):
    """Which alerts."""

    ids: Ids


class Snooze(AlertIds):
    """Do not show these until a day, and why."""

    until: date
    reason: Reason


class HandOver(AlertIds):
    """Give these to a colleague."""

    account_id: Id
    note: Text = ""


class OrderAlerts(AlertIds):
    """Order what is missing; the lines as they were shown, with the prices that were seen."""

    delivery_method: DeliveryMethod
    lines: Annotated[list[NewOrderLine], msgspec.Meta(min_length=1, max_length=200)]
    address_id: Id | None = None
    wished_on: date | None = None
    note: Text = ""


class Restock(msgspec.Struct):
    """For whom: the own org, or a direct buyer for whom its staff orders."""

    buyer_id: Id | None = None
