"""Requests and responses of order rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, ShortText

MAX_RULES = 500
"""Of each kind."""

AudienceKind = Literal["all", "grade", "group", "region", "buyer"]
RuleFen = Annotated[int, msgspec.Meta(ge=1, le=10**13, description="integer fen")]
RuleQty = Annotated[int, msgspec.Meta(ge=1, le=1_000_000, description="base units")]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7, description="1 is Monday, 7 Sunday")]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM, local")]
Year = Annotated[int, msgspec.Meta(ge=2020, le=2100)]


class Audience(msgspec.Struct, frozen=True):
    """Whom a rule is for: `key` is the grade, the price group or the region's code; in answers a buyer's name."""

    kind: AudienceKind
    key: ShortText = ""
    buyer_id: Id | None = None


class MinimumRule(msgspec.Struct):
    """The least amount of an order."""

    audience: Audience
    min_fen: RuleFen


class GoodsRule(msgspec.Struct):
    """How much of a product, of each product of a category, or of every product (both null) can be ordered."""

    audience: Audience
    product_id: Id | None = None
    category_id: Id | None = None
    min_qty: RuleQty | None = None
    multiple: RuleQty | None = None
    whole_cases: bool = False


class CalendarRule(msgspec.Struct):
    """When the seller delivers: orders from `cut_off` on count as of the next day; then `lead_days` open days."""

    audience: Audience
    weekdays: Annotated[list[Weekday], msgspec.Meta(min_length=1, max_length=7)]
    lead_days: Annotated[int, msgspec.Meta(ge=0, le=60)]
    cut_off: ClockTime | None = None


class NamedGoodsRule(GoodsRule):
    """A goods rule with the name of what it is about."""

    target_name: str = ""


class SpecialDay(msgspec.Struct):
    """A day that is not like its weekday: closed, or open although its weekday is not."""

    day: date
    is_open: bool
    name: ShortText = ""


class RuleSet(msgspec.Struct):
    """All order rules of a seller, in the place of those that were read with `version`."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1, description="as it was read; 0 where there was none")]
    minimums: Annotated[list[MinimumRule], msgspec.Meta(max_length=MAX_RULES)]
    goods: Annotated[list[GoodsRule], msgspec.Meta(max_length=MAX_RULES)]
    calendars: Annotated[list[CalendarRule], msgspec.Meta(max_length=MAX_RULES)]


class RuleSetOut(msgspec.Struct):
    """The order rules of the own org, with its special days from the beginning of the year on."""

    version: int
    minimums: list[MinimumRule]
    goods: list[NamedGoodsRule]
    calendars: list[CalendarRule]
    days: list[SpecialDay]
    updated_by: str | None
    updated_at: datetime | None


class DayChanges(msgspec.Struct):
    """Special days to be set, and days that are to be like their weekday again."""

    set: Annotated[list[SpecialDay], msgspec.Meta(max_length=400)] = []
    clear: Annotated[list[date], msgspec.Meta(max_length=400)] = []


class DayList(msgspec.Struct):
    """Special days."""

    items: list[SpecialDay]


class HolidayQuery(msgspec.Struct):
    """Which year's public holidays."""

    year: Year


class HolidayProposal(msgspec.Struct):
    """The public holidays of a year; `announced` when the make-up days of that year are known."""

    year: int
    announced: bool
    items: list[SpecialDay]


class Finding(msgspec.Struct):
    """What an order lacks by a rule, in words; `pointer` into the order."""

    code: Literal["minimum", "multiple", "day"]
    pointer: str
    detail: str


class LineRule(msgspec.Struct):
    """What holds for a product: quantities in base units."""

    product_id: int
    min_qty: int | None
    multiple: int | None
    audience: str
    target: str


class OrderTerms(msgspec.Struct):
    """What the seller's rules say about an order, and what it lacks.

    `dates` are the next days on which goods can be delivered, the earliest first; `cut_off_at` is the moment until
    which they hold. `days` are the special days among them, with their names.
    """

    min_fen: int | None
    missing_fen: int
    cut_off_at: datetime | None
    lead_days: int
    dates: list[date]
    days: list[SpecialDay]
    findings: list[Finding]


class TryLine(msgspec.Struct):
    """A line of an order that is only tried."""

    product_id: Id
    qty: RuleQty


class TryOrder(msgspec.Struct):
    """An order that is only tried: whose, when, what."""

    buyer_id: Id
    lines: Annotated[list[TryLine], msgspec.Meta(max_length=200)]
    total_fen: Annotated[int, msgspec.Meta(ge=0, le=10**13)]
    at: datetime | None = None
    wished_on: date | None = None


class RuleSaid(msgspec.Struct):
    """Which rule holds for the tried order, and what it says."""

    kind: Literal["minimum", "goods", "calendar"]
    audience: str
    subject: str
    says: str
    met: bool


class Tried(msgspec.Struct):
    """What the rules say to the tried order."""

    said: list[RuleSaid]
    terms: OrderTerms
