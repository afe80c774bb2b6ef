"""Requests and responses of scanning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from server.catalog.schemas import PackagingOut
from server.core.types import Id, Limit, OrgRef, ShortText, Text
from server.stock.words import Reason

Kind = Literal["in", "out", "sale", "count"]
State = Literal["open", "finished", "cancelled"]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=400, description="as decoded; FNC1 is U+001D")]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
ScanState = Literal["counted", "repeated", "unknown", "dropped", "undone"]


class NewScanSession(msgspec.Struct):
    """What is going to be scanned. `in` and `out` have a reason; without a warehouse it is the default one."""

    kind: Kind
    warehouse_id: Id | None = None
    reason: Reason | None = None
    note: Text = ""


class ScanIn(msgspec.Struct):
    """One scan, under the id that the phone gave it.

    `count`: so many of the packaging that was scanned; absent, as many as the code says (AI 37 or 30), or one. What is
    given beside the code (packaging, lot, day, serial) counts before what the code says. `undone`: the scan does not
    count, whichever of the two arrives first.
    """

    id: UUID
    code: Code
    at: Moment
    symbology: ShortText = ""
    count: Count | None = None
    product_id: Id | None = None
    packaging_id: Id | None = None
    lot_code: ShortText | None = None
    expires_on: date | None = None
    serial: ShortText | None = None
    undone: bool = False


class Scans(msgspec.Struct):
    """Scans of one phone; any of them may have been sent before."""

    scans: Annotated[list[ScanIn], msgspec.Meta(min_length=1, max_length=500)]


class ScanOut(msgspec.Struct):
    """What became of a scan, in base units; `problem` says why a code is not known.

    `repeated`: a serial that this session has already, and counts once. `dropped`: an unknown code that was dropped.
    """

    id: UUID
    state: ScanState
    code: str
    problem: str
    product_id: int | None
    product_name: str
    packaging_id: int | None
    packaging_name: str
    unit_qty: int
    count: int
    qty: int
    base_unit: str
    lot_code: str
    expires_on: date | None
    serial: str
    at: datetime
    account_name: str


class ScansTaken(msgspec.Struct):
    """The scans in the order in which they were sent, as they stand now."""

    items: list[ScanOut]


class ScanList(msgspec.Struct):
    """A page of a session's scans, the newest first."""

    items: list[ScanOut]
    next_cursor: str | None


class ScanQuery(msgspec.Struct):
    """Which scans of a session."""

    cursor: ShortText | None = None
    limit: Limit = 50


class ScanLine(msgspec.Struct):
    """All that was scanned of one product in one packaging and lot, in base units.

    `needs_lot`: goods that come in and spoil, of which neither lot nor day is known; `POST …/lots` says it.
    """

    product_id: int
    product_name: str
    product_code: str
    color: str
    base_unit: str
    shelf_life_days: int
    packaging_id: int
    packaging_name: str
    unit_qty: int
    count: int
    qty: int
    lot_code: str
    produced_on: date | None
    expires_on: date | None
    serials: int
    needs_lot: bool
    packagings: list[PackagingOut]


class UnknownCode(msgspec.Struct):
    """A code that stands for no product; all its scans are solved or dropped together."""

    code: str
    problem: str
    scans: int
    count: int
    first_at: datetime
    dropped: bool


class ScanSession(msgspec.Struct):
    """A session of scanning, in which several phones may scan."""

    id: int
    number: str
    org: OrgRef
    kind: Kind
    state: State
    warehouse: OrgRef
    reason: str
    reason_name: str
    note: str
    opened_by: str
    opened_at: datetime
    ended_by: str
    ended_at: datetime | None


class ScanSessionDetail(ScanSession):
    """A session with what was scanned; `keeps_lots`: whether this org asks for lots of goods that spoil."""

    keeps_lots: bool
    scans: int
    qty: int
    lines: list[ScanLine]
    unknown: list[UnknownCode]


class ScanSessionList(msgspec.Struct):
    """A page of sessions, the newest first."""

    items: list[ScanSession]
    next_cursor: str | None


class ScanSessionFilter(msgspec.Struct):
    """Which sessions: of the own org, of another inside the scope (`org_id`), or of all inside it (`all_below`)."""

    org_id: Id | None = None
    all_below: bool = False
    state: State | None = None
    kind: Kind | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class Solution(msgspec.Struct):
    """What an unknown code stands for."""

    code: Code
    product_id: Id
    packaging_id: Id


class Dropped(msgspec.Struct):
    """An unknown code that counts as nothing."""

    code: Code


class LotGiven(msgspec.Struct):
    """The lot of a line: of all scans of this product that say `was_lot_code` and `was_expires_on` (nothing, mostly).

    At least one of code, production and expiry is given; from the production the expiry follows by the shelf life.
    """

    product_id: Id
    lot_code: ShortText = ""
    produced_on: date | None = None
    expires_on: date | None = None
    was_lot_code: ShortText = ""
    was_expires_on: date | None = None
