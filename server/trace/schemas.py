"""Requests and responses of trace codes, ways and scans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, OrgRef, ShortText, Text
from server.regions.schemas import AreaCode

Scheme = Literal["url", "gs1", "sscc"]
State = Literal["unsold", "on_the_way", "arrived"]
Verdict = Literal["inside", "outside", "unknown"]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="as it was decoded, FNC1 as \\x1d")]
Serial = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"^[!-~]+$")]
Sscc = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{18}$")]
Photos = Annotated[list[Id], msgspec.Meta(max_length=9)]


class NewRange(msgspec.Struct):
    """Codes to be made (`url`, so many) or brought in (`gs1`, `sscc`: from the first to the last).

    `lot_code`: what they will be stuck on; a lot that is not there yet is made when it is said when it expires.
    """

    scheme: Scheme
    product_id: Id
    packaging_id: Id
    count: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] | None = None
    first: Serial | None = None
    last: Serial | None = None
    lot_code: ShortText = ""
    expires_on: date | None = None
    produced_on: date | None = None
    note: ShortText = ""


class RangeFilter(msgspec.Struct):
    """Which ranges."""

    product_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class RangeOut(msgspec.Struct):
    """Codes that belong together; `first` and `last` as they are printed."""

    id: int
    scheme: Scheme
    product_id: int
    product_name: str
    product_code: str
    packaging_id: int
    packaging_name: str
    unit_qty: int
    lot_code: str | None
    expires_on: date | None
    count: int
    first: str
    last: str
    note: str
    made_at: datetime
    made_by_name: str | None


class RangeShown(RangeOut):
    """A range, and how many of its cases have left with a document; `more`: there are even more than that."""

    bound: int = 0
    more: bool = False


class RangeList(msgspec.Struct):
    """A page of ranges."""

    items: list[RangeOut]
    next_cursor: str | None


class CodeQuery(msgspec.Struct):
    """Which codes of a range: so many from one on."""

    first: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 1
    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000


class RangeCodes(msgspec.Struct):
    """Codes of a range for a file: from one to another, or to the last."""

    range_id: Id
    first: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 1
    until: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] | None = None


class SheetQuery(msgspec.Struct):
    """Which codes stand on a printed sheet."""

    first: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 1
    limit: Annotated[int, msgspec.Meta(ge=1, le=400)] = 400


class CodeOut(msgspec.Struct):
    """A code to print: `text` in clear, `content` what the QR code or GS1 symbol holds."""

    no: int
    text: str
    content: str


class CodeList(msgspec.Struct):
    """Codes of a range; `next_first` null: there are no more."""

    items: list[CodeOut]
    next_first: int | None


class Span(msgspec.Struct):
    """Cases from a first to a last code of one range."""

    first: Code
    last: Code


class Cases(msgspec.Struct):
    """Cases one by one and by ranges; an SSCC of a pallet stands for all that is on it."""

    codes: Annotated[list[Code], msgspec.Meta(max_length=500)] = []
    spans: Annotated[list[Span], msgspec.Meta(max_length=50)] = []


class NewPallet(msgspec.Struct):
    """What was put on a pallet."""

    sscc: Sscc
    codes: Annotated[list[Code], msgspec.Meta(max_length=500)] = []
    spans: Annotated[list[Span], msgspec.Meta(max_length=50)] = []


class Packed(msgspec.Struct):
    """How many cases stand on the pallet now."""

    sscc: str
    cases: int


class Refused(msgspec.Struct):
    """A code (or the first of a span) that was not taken, and why; `count` cases of it."""

    code: str
    reason: str
    detail: str
    count: int = 1


class BoundLine(msgspec.Struct):
    """A lot of a goods issue: what leaves, and how much of it has a known way, in base units."""

    product_id: int
    product_name: str
    lot_id: int
    lot_code: str
    qty: int
    bound_qty: int
    cases: int


class BoundSpan(msgspec.Struct):
    """Cases of one range in a row."""

    range_id: int
    product_id: int
    first: str
    last: str
    cases: int


class IssueCodes(msgspec.Struct):
    """What is bound to a goods issue. `changed`: cases that this call has bound (or unbound); the rest was refused."""

    issue_id: int
    number: str
    open: bool
    lines: list[BoundLine]
    spans: list[BoundSpan]
    changed: int = 0
    already: int = 0
    refused: list[Refused] = []


class Hand(msgspec.Struct):
    """A document by which a case passed from one to another."""

    kind: str
    document_id: int
    number: str
    from_org: OrgRef
    to_org: OrgRef
    at: datetime
    arrived_at: datetime | None


class Sighting(msgspec.Struct):
    """An earlier scan."""

    at: datetime
    by: Literal["brand", "dealer", "store", "consumer"]
    region_name: str
    org_name: str | None


class DiversionRef(msgspec.Struct):
    """A case that a scan belongs to."""

    id: int
    number: str


class WayOut(msgspec.Struct):
    """What a code tells whoever is allowed to see it.

    `way`: the hands in the own scope, `hidden`: how many others there are. `verdict` is about the place of a scan:
    `inside` or `outside` the authority of the dealer that it was sold to, or `unknown` (no place, no dealer, or one
    without any authority). `recalled`: the lot is called back.
    """

    scheme: Scheme
    code: str
    product_id: int
    product_name: str
    packaging_name: str
    unit_qty: int
    lot_code: str
    expires_on: date | None
    recalled: bool
    state: State
    way: list[Hand]
    hidden: int
    scans: list[Sighting]
    cases: int = 1
    verdict: Verdict = "unknown"
    diversion: DiversionRef | None = None


class WayQuery(msgspec.Struct):
    """Whose way."""

    code: Code


class NewScan(msgspec.Struct):
    """A case that somebody has in his hand, and where.

    Where: in a shop (`store_id`, for who visits it), in a region, by coordinates beside it; else where the own org is.
    """

    code: Code
    store_id: Id | None = None
    region_code: AreaCode | None = None
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    at: datetime | None = None
    photo_ids: Photos = []
    note: Text = ""
