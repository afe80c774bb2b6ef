"""Requests and responses of stocktakes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Fen, Id, Limit, Name, OrgRef, Qty, Reason, ShortText, Text

State = Literal["planned", "counting", "counted", "submitted", "adjusted", "rejected", "cancelled"]
Scope = Literal["all", "category", "list"]
How = Literal["lot", "spread", "none", "outside"]
Choice = Literal["zero", "leave", "adjust"]
Which = Literal["all", "different", "uncounted", "unsure", "left", "outside"]
Every = Literal["week", "month", "quarter"]
Verb = Literal["start", "count", "close", "settle", "recount", "submit", "cancel", "decide", "again"]
Products = Annotated[list[Id], msgspec.Meta(max_length=500)]
People = Annotated[list[Id], msgspec.Meta(max_length=50)]
LineNumbers = Annotated[
    list[Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]], msgspec.Meta(min_length=1, max_length=1000)
]


class NewStocktake(msgspec.Struct, omit_defaults=True):
    """What is counted where, when and by whom. Without a day it begins at once; without people everybody may count.

    `blind`: who counts does not see what the books say.
    """

    scope: Scope
    blind: bool
    warehouse_id: Id | None = None
    category_id: Id | None = None
    product_ids: Products = []
    planned_on: date | None = None
    counter_ids: People = []
    note: Text = ""


class Typed(msgspec.Struct):
    """A figure that was typed, in base units; typed again by the same person it is corrected. Without lot and day it is
    of the product as a whole."""

    product_id: Id
    qty: Qty
    lot_id: Id | None = None
    lot_code: ShortText = ""
    expires_on: date | None = None


class TypedFigures(msgspec.Struct):
    """Figures of one person."""

    entries: Annotated[list[Typed], msgspec.Meta(min_length=1, max_length=200)]


class Closing(msgspec.Struct):
    """That the counting is over. `finish`: also end the sessions in which people are still scanning."""

    finish: bool = False


class Settling(msgspec.Struct):
    """Lines that were not counted are none (`zero`); lines that are left as they are, or adjusted after all."""

    line_nos: LineNumbers
    choice: Choice


class Recount(msgspec.Struct):
    """The lines whose products are counted again, with all their lots."""

    line_nos: LineNumbers


class StocktakeReason(msgspec.Struct):
    """Why."""

    reason: Reason


class Submission(msgspec.Struct):
    """What is to be known about the differences."""

    reason: Text = ""


class StocktakeFilter(msgspec.Struct):
    """Which stocktakes, the newest first."""

    state: State | None = None
    org_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class LineFilter(msgspec.Struct):
    """Which lines of a stocktake: the largest differences first, then what was not counted, then what is right."""

    which: Which = "all"
    cursor: ShortText | None = None
    limit: Limit = 50


class TallyFilter(msgspec.Struct):
    """Which products of a stocktake that is going on."""

    cursor: ShortText | None = None
    limit: Limit = 50


class StocktakeExport(msgspec.Struct):
    """Which stocktake's lines are exported: those of the own org's newest one, where none is named."""

    stocktake_id: Id | None = None
    which: Which = "all"
    cursor: ShortText | None = None
    limit: Limit = 50


class StocktakeSummary(msgspec.Struct):
    """A stocktake in a list. Gains and losses are null for who may not see them (blind) and before there are any."""

    id: int
    number: str
    state: State
    org: OrgRef
    warehouse: OrgRef
    scope: Scope
    category: OrgRef | None
    product_count: int
    blind: bool
    planned_on: date
    note: str
    round: int
    made_by: str
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    line_count: int
    gain_fen: int | None
    loss_fen: int | None


class StocktakeSession(msgspec.Struct):
    """A session in which somebody scans for the stocktake; `mine`: the reader's own."""

    id: int
    number: str
    state: Literal["open", "finished", "cancelled"]
    round: int
    opened_by: str
    opened_at: datetime
    scans: int
    mine: bool


class TypedOut(msgspec.Struct):
    """A figure that the reader has typed in this round."""

    product_id: int
    product_name: str
    base_unit: str
    lot_code: str
    expires_on: date | None
    qty: int
    at: datetime


class LineCounts(msgspec.Struct):
    """How many lines each filter shows."""

    all: int
    different: int
    uncounted: int
    unsure: int
    left: int
    outside: int


class CategoryDifference(msgspec.Struct):
    """What differs in a category, by value."""

    id: int
    name: str
    lines: int
    gain_fen: int
    loss_fen: int


class Stocktake(StocktakeSummary):
    """A stocktake, what came of it, and what the reader may do now.

    `shows_books`: whether the reader is told what the books say. `limit_fen`: above it somebody else must agree; null:
    never. `again_of`, `next`: the stocktake that this one repeats, and the one that repeats it.
    """

    shows_books: bool
    limit_fen: int | None
    counters: list[str]
    plan: OrgRef | None
    again_of: OrgRef | None
    next: OrgRef | None
    reason: str
    ending: str
    approval_id: int | None
    started_by: str | None
    counted_by: str | None
    counted_at: datetime | None
    submitted_by: str | None
    submitted_at: datetime | None
    ended_by: str | None
    sessions: list[StocktakeSession]
    typed: list[TypedOut]
    lines: LineCounts | None
    categories: list[CategoryDifference]
    can: list[Verb]


class StocktakeList(msgspec.Struct):
    """A page of stocktakes."""

    items: list[StocktakeSummary]
    next_cursor: str | None


class StocktakeLine(msgspec.Struct):
    """A product and lot. Without a quantity it was not counted.

    `how`: by its lot; spread, for no lot was said; not at all; outside the scope. `unsure`: goods moved while it was
    counted. `counted_at`: the moment whose book figure it is compared with. `moved_qty`: what was adjusted.
    """

    line_no: int
    product_id: int
    product_code: str
    product_name: str
    category_name: str
    base_unit: str
    color: str
    case_name: str
    case_qty: int
    lot_code: str
    expires_on: date | None
    how: How
    counted_qty: int | None
    counted_at: datetime
    book_qty: int | None
    difference: int | None
    difference_fen: int | None
    unsure: bool
    price_fen: int | None
    price_from: Literal["purchase", "guide"]
    is_left: bool
    moved_qty: int | None


class StocktakeLineList(msgspec.Struct):
    """A page of lines."""

    items: list[StocktakeLine]
    next_cursor: str | None


class TallyItem(msgspec.Struct):
    """A product that is to be counted, or was: so much until now, of all who count. Null: not yet.

    `again`: it is counted again. `is_inside`: in the scope; else it was found, and stays as it is.
    """

    product_id: int
    product_code: str
    product_name: str
    base_unit: str
    color: str
    case_name: str
    case_qty: int
    counted_qty: int | None
    book_qty: int | None
    again: bool
    is_inside: bool


class Tally(msgspec.Struct):
    """A page of products, and how many of how many are counted."""

    items: list[TallyItem]
    next_cursor: str | None
    counted_products: int


class CounterList(msgspec.Struct):
    """The own org's people who may count."""

    items: list[OrgRef]


class StocktakeSettings(msgspec.Struct):
    """Above which value of differences an approval is needed, in fen."""

    limit_fen: int
    version: int


class StocktakeSettingsEdit(msgspec.Struct):
    """A new limit; `version` as it was read, 0 where the org had set none."""

    limit_fen: Fen
    version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class NewPlan(msgspec.Struct, omit_defaults=True):
    """A stocktake that comes again; it is made on its day, and who counts is told."""

    name: Name
    scope: Scope
    blind: bool
    every: Every
    next_on: date
    warehouse_id: Id | None = None
    category_id: Id | None = None
    product_ids: Products = []
    counter_ids: People = []


class Plan(msgspec.Struct):
    """A plan of the own org."""

    id: int
    name: str
    warehouse: OrgRef
    scope: Scope
    category: OrgRef | None
    product_count: int
    blind: bool
    every: Every
    next_on: date
    counters: list[str]
    made_by: str
    last: OrgRef | None


class PlanList(msgspec.Struct):
    """The plans of the own org that go on."""

    items: list[Plan]
