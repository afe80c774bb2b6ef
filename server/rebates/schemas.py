"""Requests and responses of rebates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, Name, OrgRef, Reason, ShortText, Text, Version
from server.rebates.periods import Every
from server.rebates.terms import Rule

MOST_BUYERS = 2000
"""So many buyers in a list; more are a grade, a group or a region."""

State = Literal["draft", "asked", "approved", "ended", "rejected", "withdrawn"]
AudienceKind = Literal["all", "grade", "group", "region", "list"]


class RebateAudience(msgspec.Struct):
    """For whom: `key` is the grade, the price group or the region's code; `buyers` those of a list."""

    kind: AudienceKind
    key: ShortText = ""
    buyers: Annotated[list[Id], msgspec.Meta(max_length=MOST_BUYERS)] = []


class NewRebate(msgspec.Struct):
    """An agreement to be made; `confirmed`: what a period comes to is credited once finance has confirmed it."""

    name: Name
    audience: RebateAudience
    every: Every
    from_on: date
    until_on: date
    rule: Rule
    note: Text = ""
    confirmed: bool = False


class EditRebate(NewRebate, kw_only=True):
    """An agreement as it shall be."""

    version: Version


class EndRebate(msgspec.Struct):
    """The last day of an agreement that ends before its time, and why."""

    last_on: date
    reason: Reason


class ConfirmPeriod(msgspec.Struct):
    """A period that finance lets be settled."""

    period_no: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class RebateFilter(msgspec.Struct):
    """Which agreements of the own org as a seller; for the brand also those of its dealers (`whose` = below)."""

    state: State | None = None
    whose: Literal["own", "below"] = "own"
    cursor: ShortText | None = None
    limit: Limit = 50


class TermWords(msgspec.Struct):
    """A term in words."""

    name: str
    words: str


class PeriodOut(msgspec.Struct):
    """A period of an agreement; `state` is how its settlement stands, `settled` of how many buyers it is done."""

    no: int
    name: str
    from_on: date
    until_on: date
    buyers: int
    fen: int
    amount_fen: int
    state: Literal["future", "open", "waiting", "running", "done"]
    settled: int
    settled_fen: int


class RebateSummary(msgspec.Struct):
    """An agreement in a list."""

    id: int
    number: str
    name: str
    seller: OrgRef
    audience: str
    every: Every
    from_on: date
    until_on: date
    state: State
    terms: list[TermWords]
    settled_fen: int
    running_fen: int
    made_by: str
    made_at: datetime


class RebateList(msgspec.Struct):
    """A page of agreements, the newest first."""

    items: list[RebateSummary]
    next_cursor: str | None


class RebateOut(RebateSummary, kw_only=True):
    """An agreement with all that it says; `own`: the own org sells; `decides`: the reader can approve it now."""

    note: str
    confirmed: bool
    version: int
    ending: str
    rule: Rule
    target: RebateAudience
    buyers: list[OrgRef]
    goods: list[OrgRef]
    categories: list[OrgRef]
    periods: list[PeriodOut]
    own: bool
    decides: bool
    approval_id: int | None


class RebateSaved(msgspec.Struct):
    """An agreement that was written."""

    id: int
    number: str


class PreviewBuyer(msgspec.Struct):
    """What an agreement would have given a buyer."""

    buyer: OrgRef
    amount_fen: int
    fen: int


class RebatePreview(msgspec.Struct):
    """Who would get an agreement, and what it would have cost in the last whole period before today.

    Reckoned for `reckoned` of the `buyers`, the first by their number; `first` are those who would have got most.
    """

    buyers: int
    reckoned: int
    from_on: date
    until_on: date
    amount_fen: int
    fen: int
    first: list[PreviewBuyer]


class TermProgress(msgspec.Struct):
    """How a term stands: its measure, the steps to draw, and what is missing in words ("" where nothing is)."""

    name: str
    words: str
    indicator: str
    measure: int
    measured: str
    step: int
    steps: list[int]
    step_words: list[str]
    fen: int
    must: bool
    missing: int | None
    missing_words: str


class RebateProgress(msgspec.Struct):
    """How a buyer stands in a period; `settled_fen` null: not settled yet."""

    rebate_id: int
    number: str
    name: str
    seller: OrgRef
    buyer: OrgRef
    period_no: int
    period: str
    from_on: date
    until_on: date
    amount_fen: int
    fen: int
    refused: bool
    terms: list[TermProgress]
    as_of: datetime
    settled_fen: int | None
    settled_at: datetime | None


class ProgressFilter(msgspec.Struct):
    """Which periods of which buyers: of an agreement, of a buyer, running or settled."""

    rebate_id: Id | None = None
    period_no: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    buyer_id: Id | None = None
    show: Literal["running", "settled"] | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class ProgressList(msgspec.Struct):
    """A page of progress, the latest periods first."""

    items: list[RebateProgress]
    next_cursor: str | None


class StatementQuery(msgspec.Struct):
    """Whose period."""

    buyer_id: Id
    period_no: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class StatementLine(msgspec.Struct):
    """A purchase that counts: what was bought, what of it remained after returns, and what it brings."""

    kind: str
    document_id: int
    number: str
    day: date
    product_id: int
    product_code: str
    product_name: str
    base_unit: str
    bought_qty: int
    qty: int
    amount_fen: int
    rebate_fen: int


class StatementEntry(msgspec.Struct):
    """What was credited or taken back; of the latter from the credit, and what is owed again."""

    id: int
    number: str
    kind: Literal["settle", "correct"]
    fen: int
    from_credit_fen: int
    owed_fen: int
    at: datetime


class RebateStatement(msgspec.Struct):
    """How each fen of a period came about: the parts of `lines` add up to `progress.fen`, and the entries to what is
    settled. Worked out from the journals as they are now."""

    progress: RebateProgress
    earned_fen: int
    cap_fen: int | None
    lines: list[StatementLine]
    entries: list[StatementEntry]


class CreditQuery(msgspec.Struct):
    """Which pair: none — the own org and its supplier; `buyer_id` — one of the own org's buyers."""

    buyer_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class CreditEntry(msgspec.Struct):
    """A change of the credit: settled, corrected, used; positive: there is more of it."""

    id: int
    kind: Literal["settle", "correct", "use"]
    number: str
    change_fen: int
    words: str
    at: datetime


class CreditOut(msgspec.Struct):
    """The rebate credit of a pair, how much of it can pay now, and what changed it, the newest first."""

    seller: OrgRef
    buyer: OrgRef
    credit_fen: int
    receivable_fen: int
    usable_fen: int
    entries: list[CreditEntry]
    next_cursor: str | None


class UseCredit(msgspec.Struct):
    """Pay with rebate credit what is owed: the own org to its supplier, or a buyer of the own org."""

    amount_fen: Annotated[int, msgspec.Meta(ge=1, le=10**12)]
    buyer_id: Id | None = None
    note: ShortText = ""
