"""Requests and responses of what stock is worth, how fresh it is, and how fast it goes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, ShortText
from server.stock.freshness import Freshness

Days = Annotated[int, msgspec.Meta(ge=1, le=366)]
Worth = Literal["purchase", "guide"]


class TurnoverFilter(msgspec.Struct):
    """Which products of the own org, or of one inside the scope; `days`: the period that counts, up to now."""

    org_id: Id | None = None
    warehouse_id: Id | None = None
    category_id: Id | None = None
    product_id: Id | None = None
    days: Days = 30
    cursor: ShortText | None = None
    limit: Limit = 50


class TurnoverItem(msgspec.Struct):
    """How fast a product goes, in base units; value = on_hand × price_fen.

    `in_qty` and `out_qty` came into and left the warehouses in the period (moves between them do not count); `used_qty`
    is the part that was delivered or sold, and `cover_days` for how long what is available lasts at that pace (nothing
    was used: null). `turnover_pct`: used in the period ÷ mean of the stock at its begin and its end, in percent.
    `price_source`: what its supplier asks for it today, or the guide price where none does.
    """

    product_id: int
    product_name: str
    product_code: str
    color: str
    base_unit: str
    case_name: str
    case_qty: int
    on_hand: int
    reserved: int
    available: int
    in_qty: int
    out_qty: int
    used_qty: int
    cover_days: int | None
    turnover_pct: int | None
    nearest_expiry: date | None
    freshness: Freshness
    price_fen: int
    price_source: Worth
    value_fen: int


class TurnoverList(msgspec.Struct):
    """A page of products."""

    items: list[TurnoverItem]
    next_cursor: str | None


class RankingFilter(msgspec.Struct):
    """Of which org, warehouse and category; `order`: what lasts longest first, or what is used up first."""

    org_id: Id | None = None
    warehouse_id: Id | None = None
    category_id: Id | None = None
    days: Days = 30
    order: Literal["long", "short"] = "long"
    limit: Limit = 50


class CategoryTurnover(msgspec.Struct):
    """The goods of a category together: what they are worth, and what was used of them in the period, by today's worth.

    `cover_days`: for how long their worth lasts at that pace; null where nothing was used.
    """

    category_id: int
    category_name: str
    products: int
    value_fen: int
    used_fen: int
    cover_days: int | None


class Ranking(msgspec.Struct):
    """The first products of an order, and all categories, the one worth most first."""

    items: list[TurnoverItem]
    categories: list[CategoryTurnover]


class SummaryFilter(msgspec.Struct):
    """Of which org, and perhaps of one of its warehouses."""

    org_id: Id | None = None
    warehouse_id: Id | None = None


class FreshnessSum(msgspec.Struct):
    """All lots of one class."""

    freshness: Freshness
    name: str
    lots: int
    qty: int
    value_fen: int


class StockSummary(msgspec.Struct):
    """What an org has, in base units; values at what its supplier asks today, else at guide prices."""

    products: int
    on_hand: int
    reserved: int
    quarantine: int
    in_transit: int
    value_fen: int
    freshness: list[FreshnessSum]


class FreshnessRule(msgspec.Struct):
    """From how many days before its end goods of a category are near it; null: by their shelf life."""

    category_id: int
    soon_days: int | None
    version: int


class FreshnessRuleList(msgspec.Struct):
    """The categories with a rule of their own."""

    items: list[FreshnessRule]


class FreshnessRuleEdit(msgspec.Struct):
    """Another rule for a category; `version` as it was read, 0 where there was none."""

    category_id: Id
    version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    soon_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None
