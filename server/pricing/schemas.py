"""Requests and responses of prices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.catalog.schemas import PriceFen
from server.channel.schemas import RegionCode
from server.core.types import Id, Limit, Name, ShortText

Groups = Annotated[str, msgspec.Meta(max_length=600, description="price groups, separated by commas")]
Percent = Annotated[int, msgspec.Meta(ge=1_000, le=100_000, description="hundredths of a per cent: 10300 is 103 %")]
StepFen = Annotated[int, msgspec.Meta(ge=1, le=100_000, description="rounded half-up to a multiple of this")]


class PriceIn(msgspec.Struct, omit_defaults=True):
    """One price of a list; null: not offered. `seen_fen`: what the list said when it was read, 0 for nothing."""

    product_id: Id
    price_fen: PriceFen | None
    seen_fen: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] | None = None


class PriceList(msgspec.Struct, omit_defaults=True):
    """What a seller asks of a group of its buyers, or of one of them, from a day on; the others keep their price.

    Without a last day it is the base price; with one it lies over it for that time. `seller_id`: a dealer below that
    does not set its own prices.
    """

    prices: Annotated[list[PriceIn], msgspec.Meta(min_length=1, max_length=1000)]
    price_group: Name | None = None
    buyer_id: Id | None = None
    seller_id: Id | None = None
    from_on: date | None = None
    until_on: date | None = None


class ListQuery(msgspec.Struct):
    """Which list, and as of which day (today)."""

    price_group: Name | None = None
    buyer_id: Id | None = None
    seller_id: Id | None = None
    category_id: Id | None = None
    day: date | None = None
    q: ShortText | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class MatrixQuery(msgspec.Struct):
    """Which products, and what of them."""

    groups: Groups | None = None
    seller_id: Id | None = None
    category_id: Id | None = None
    product_id: Id | None = None
    day: date | None = None
    q: ShortText | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class Limits(msgspec.Struct):
    """Between which prices a product may be sold, and whose rule that is."""

    floor_fen: int
    guide_fen: int
    ceiling_fen: int
    source: str


class PriceOut(msgspec.Struct):
    """What a list says of a product on a day.

    `source` is the list that says it: the buyer's own, or its group's. `base_fen` is what is asked when a temporary
    price ends. `offered` is false where the price has fallen outside the limits; one with an `exception_id` was
    approved to lie there.
    """

    product_id: int
    product_code: str
    product_name: str
    spec: str
    base_unit: str
    price_fen: int | None
    source: str
    entry_id: int
    from_on: date
    until_on: date | None
    base_fen: int | None
    next_from: date | None
    next_fen: int | None
    offered: bool
    limits: Limits
    exception_id: int | None = None


class PriceOutList(msgspec.Struct):
    """A page of a price list."""

    items: list[PriceOut]
    next_cursor: str | None


class Cell(msgspec.Struct):
    """What one group is asked for a product on a day; without an entry there is nothing to be said."""

    price_group: str
    price_fen: int | None
    entry_id: int | None
    until_on: date | None
    base_fen: int | None
    next_from: date | None
    next_fen: int | None
    offered: bool


class MatrixRow(msgspec.Struct):
    """A product with what each group is asked for it."""

    product_id: int
    product_code: str
    product_name: str
    spec: str
    base_unit: str
    category_id: int
    limits: Limits
    cells: list[Cell]


class Matrix(msgspec.Struct):
    """A page of products by groups."""

    groups: list[str]
    items: list[MatrixRow]
    next_cursor: str | None


class PlannedQuery(msgspec.Struct):
    """Prices that are to begin (the next first), or temporary ones in force (the one that ends next first)."""

    what: Literal["planned", "running"] = "planned"
    seller_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class PlannedPrice(msgspec.Struct):
    """An entry that begins on a later day, or ends on one."""

    id: int
    price_group: str | None
    buyer_id: int | None
    buyer_name: str | None
    product_id: int
    product_code: str
    product_name: str
    price_fen: int | None
    base_fen: int | None
    from_on: date
    until_on: date | None
    set_by: str
    set_at: datetime


class PlannedPrices(msgspec.Struct):
    """A page of what is to come."""

    items: list[PlannedPrice]
    next_cursor: str | None


class EndPrices(msgspec.Struct):
    """Entries that end at once: a temporary price, a planned one, or a buyer's own."""

    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=1000)]
    seller_id: Id | None = None


class EndedPrices(msgspec.Struct):
    """How many entries were ended."""

    ended: int


class SetPrices(msgspec.Struct):
    """How many prices were changed; those that were so before are not counted."""

    changed: int


class HistoryQuery(msgspec.Struct):
    """Whose prices of a product."""

    product_id: Id
    seller_id: Id | None = None
    price_group: Name | None = None
    buyer_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class HistoryEntry(msgspec.Struct):
    """Who set which price, when and for when; and who ended it."""

    id: int
    price_group: str | None
    buyer_id: int | None
    buyer_name: str | None
    old_fen: int | None
    price_fen: int | None
    from_on: date
    until_on: date | None
    set_by: str | None
    set_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    exception_id: int | None = None


class History(msgspec.Struct):
    """The prices of a product, the newest first."""

    items: list[HistoryEntry]
    next_cursor: str | None


class ListSummary(msgspec.Struct):
    """A list of a seller: for a group, or for a buyer."""

    price_group: str | None
    buyer_id: int | None
    buyer_name: str | None
    buyers: int
    products: int
    temporary: int
    planned: int
    updated_at: datetime | None


class ListSummaries(msgspec.Struct):
    """All groups, then the buyers that have own prices, a page at a time."""

    groups: list[ListSummary]
    buyers: list[ListSummary]
    next_cursor: str | None
    sets_prices: bool


class ListsQuery(msgspec.Struct):
    """Whose lists."""

    seller_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class Authority(msgspec.Struct):
    """Whether a dealer sets the prices of its own buyers."""

    sets_prices: bool


class GuideIn(msgspec.Struct):
    """Floor, guide and ceiling of a product, fen per base unit."""

    product_id: Id
    floor_fen: PriceFen
    guide_fen: PriceFen
    ceiling_fen: PriceFen


class GuidePrices(msgspec.Struct):
    """Guide prices for the dealers of a grade, of a region (all divisions below it), or of both, for a time."""

    prices: Annotated[list[GuideIn], msgspec.Meta(min_length=1, max_length=1000)]
    grade: ShortText = ""
    region_code: RegionCode = ""
    from_on: date | None = None
    until_on: date | None = None


class EndGuides(msgspec.Struct):
    """Guide prices that end at once; what is less specific holds again."""

    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=1000)]


class Fallen(msgspec.Struct):
    """A price that lies outside the limits: it is no longer offered."""

    seller_id: int
    seller_name: str
    whom: str
    product_id: int
    product_name: str
    price_fen: int
    floor_fen: int
    ceiling_fen: int


class GuideEffect(msgspec.Struct):
    """What new limits do: prices that fall outside, the first 200 of them, and how many sellers and prices in all."""

    changed: int
    sellers: int
    prices: int
    fallen: list[Fallen]


class GuideQuery(msgspec.Struct):
    """Which guide prices: of a product, of a grade or region, in force on a day or still to come; or all there were."""

    product_id: Id | None = None
    grade: ShortText | None = None
    region_code: RegionCode | None = None
    day: date | None = None
    ended: bool = False
    cursor: ShortText | None = None
    limit: Limit = 50


class GuideOut(msgspec.Struct):
    """A guide price beside the product's own."""

    id: int
    product_id: int
    product_code: str
    product_name: str
    grade: str
    region_code: str
    scope: str
    floor_fen: int
    guide_fen: int
    ceiling_fen: int
    own_floor_fen: int
    own_guide_fen: int
    own_ceiling_fen: int
    from_on: date
    until_on: date | None
    set_by: str
    set_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class GuideList(msgspec.Struct):
    """A page of guide prices, the newest first."""

    items: list[GuideOut]
    next_cursor: str | None


class GuideScope(msgspec.Struct):
    """A grade or region, or both, that has guide prices of its own; and the dealers there."""

    grade: str
    region_code: str
    scope: str
    products: int
    dealers: int


class GuideScopes(msgspec.Struct):
    """All grades and regions with guide prices, and the grades that dealers have."""

    items: list[GuideScope]
    grades: list[str]


class PriceLine(msgspec.Struct):
    """What becomes of a price; null: not offered."""

    product_id: int
    product_name: str
    old_fen: int | None
    new_fen: int | None


class WrongPrice(msgspec.Struct):
    """A price outside its limits, and why."""

    product_id: int
    product_name: str
    new_fen: int
    detail: str


class Effect(msgspec.Struct):
    """What prices would do, before they are set.

    `buyers` see another price for something; `own_prices` of them keep own prices for some of it. `gained`, `lost`: so
    many products are newly offered, or no longer. `covered`: so many prices have a temporary one over them and show
    only when it ends. `orders` that wait for approval keep the price they were placed at.
    """

    changed: int
    buyers: int
    own_prices: int
    gained: int
    lost: int
    covered: int
    orders: int
    lines: list[PriceLine]
    wrong: list[WrongPrice]


class CopyPrices(msgspec.Struct):
    """A list made from another, or from itself, raised or lowered by a percentage and rounded half-up to a step.

    What would lie outside its limits is left as it is.
    """

    from_group: Name | None = None
    from_buyer_id: Id | None = None
    to_group: Name | None = None
    to_buyer_id: Id | None = None
    seller_id: Id | None = None
    category_id: Id | None = None
    percent: Percent = 10_000
    step_fen: StepFen = 1
    from_on: date | None = None
    until_on: date | None = None
