"""Requests and responses of diversions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from server.core.types import Fen, Id, Limit, OrgRef, Reason, ShortText, Text
from server.regions.schemas import AreaCode
from server.trace.schemas import Hand, Photos

State = Literal["open", "taken", "decided"]
Verdict = Literal["confirmed", "not_diversion", "explained"]
Consequence = Literal["none", "warning", "penalty", "policy_stop"]


class DiversionFilter(msgspec.Struct):
    """Which cases; `region_code` finds those inside it, the period is that of opening; `mine`: taken by the asker."""

    state: State | None = None
    dealer_id: Id | None = None
    rep_id: Id | None = None
    region_code: AreaCode | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None
    mine: bool = False
    cursor: ShortText | None = None
    limit: Limit = 50


class DiversionSummary(msgspec.Struct):
    """A case in a list. `kind`: goods were scanned outside, or sold to a buyer outside."""

    id: int
    number: str
    kind: Literal["scan", "order"]
    state: State
    dealer: OrgRef
    region_code: str
    region_name: str
    product_name: str
    evidence: int
    opened_at: datetime
    last_at: datetime
    taken_by_name: str | None
    stated: bool
    verdict: Verdict | None
    consequence: Consequence
    penalty_fen: int


class DiversionList(msgspec.Struct):
    """A page of cases."""

    items: list[DiversionSummary]
    next_cursor: str | None


class Evidence(msgspec.Struct):
    """A scan, or a goods issue to a buyer outside. `code` is the case that was scanned; `name` who scanned it."""

    at: datetime
    by: Literal["brand", "dealer", "store", "consumer", "order"]
    code: str | None
    name: str | None
    place: str
    latitude: float | None
    longitude: float | None
    photo_ids: list[int]
    note: str
    issue_id: int | None = None
    issue_number: str | None = None
    buyer: OrgRef | None = None


class Spot(msgspec.Struct):
    """A place on a map."""

    latitude: float
    longitude: float


class DiversionOut(msgspec.Struct):
    """A case with its evidence (the newest first, 200 at most) and the documents by which the goods went.

    `home`: where the dealer is, if its archive says so; `asked_at`: when it was last asked to state its side.
    """

    id: int
    number: str
    kind: Literal["scan", "order"]
    state: State
    dealer: OrgRef
    home: Spot | None
    region_code: str
    region_name: str
    product_id: int
    product_name: str
    evidence_count: int
    evidence: list[Evidence]
    chain: list[Hand]
    opened_at: datetime
    taken_by_name: str | None
    taken_at: datetime | None
    asked_at: datetime | None
    asked_by_name: str | None
    statement: str
    statement_photo_ids: list[int]
    stated_by_name: str | None
    stated_at: datetime | None
    verdict: Verdict | None
    consequence: Consequence
    penalty_fen: int
    reason: str
    decided_by_name: str | None
    decided_at: datetime | None
    counted_on: date
    weight: int


class Ruling(msgspec.Struct):
    """How a case ends. A confirmed one may have a consequence; the amount of a penalty is noted, not charged."""

    verdict: Verdict
    reason: Reason
    consequence: Consequence = "none"
    penalty_fen: Fen = 0


class Question(msgspec.Struct):
    """What the dealer is asked to say; without words, how the goods came there."""

    text: Text = ""


class Statement(msgspec.Struct):
    """What the dealer says."""

    text: Reason
    photo_ids: Photos = []
