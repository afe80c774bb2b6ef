"""What stock is worth, how fresh it is, and how fast it goes. (S3.1, D2.1)

Worth is what the org's supplier asks for the goods today, or the guide price where it asks nothing: stock does not know
prices, so the module that does tells it (`worth_by`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from server.core import audit, clock, db, paging
from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.stock import insight_queries as queries
from server.stock import places
from server.stock.freshness import FRESHNESS_NAMES, Freshness, freshness
from server.stock.insight_schemas import (
    CategoryTurnover,
    FreshnessRule,
    FreshnessRuleEdit,
    FreshnessSum,
    Ranking,
    RankingFilter,
    StockSummary,
    SummaryFilter,
    TurnoverFilter,
    TurnoverItem,
    Worth,
)


class UnitWorth(NamedTuple):
    """What a base unit is worth, in fen, and by what."""

    fen: int
    source: Worth


Prices = Callable[[int, int, Sequence[int]], Awaitable[dict[int, UnitWorth]]]
_prices: list[tuple[Prices, queries.WholeWorth]] = []


def worth_by(prices: Prices, whole: queries.WholeWorth) -> None:
    """Let another module say what goods are worth: (brand, org, products) → by product; and all that an org has."""
    _prices[:] = [(prices, whole)]


async def worth(root_id: int, org_id: int, product_ids: Sequence[int]) -> dict[int, UnitWorth]:
    """What a base unit of each of these products is worth to an org."""
    return await _prices[0][0](root_id, org_id, product_ids) if _prices and product_ids else {}


_NOTHING = UnitWorth(0, "guide")


async def list_turnover(actor: Actor, wanted: TurnoverFilter) -> tuple[list[TurnoverItem], str | None]:
    """How fast each product goes that is there, with days of cover and value."""
    actor.require("stock.read")
    org_id = await places.org_seen(actor, wanted.org_id)
    since = clock.now() - timedelta(days=wanted.days)
    # One product is the first of those behind the one before it.
    one = wanted.product_id
    after, most = (one - 1, 1) if one else (paging.id_cursor(wanted.cursor) or 0, wanted.limit + 1)
    found = await queries.turnover(actor.root_id, org_id, wanted.warehouse_id, since, after, most, wanted.category_id)
    found = [item for item in found if one in (None, item["product_id"])]
    shown, cursor = paging.page(found, wanted.limit, "product_id")
    prices = await worth(actor.root_id, org_id, [item["product_id"] for item in shown])
    return [_item(item, wanted.days, prices.get(item["product_id"], _NOTHING)) for item in shown], cursor


async def rank_turnover(actor: Actor, wanted: RankingFilter) -> Ranking:
    """What there is too much of, or too little, first; and how the categories stand (S3.1).

    What is not used at all lasts longest; what is gone or promised is used up first.
    """
    actor.require("stock.read")
    org_id = await places.org_seen(actor, wanted.org_id)
    since = clock.now() - timedelta(days=wanted.days)
    found = await queries.all_turnover(actor.root_id, org_id, wanted.warehouse_id, since, wanted.category_id)
    prices = await worth(actor.root_id, org_id, [item["product_id"] for item in found])
    return await asyncio.to_thread(_ranked, found, prices, wanted)


def _ranked(found: Sequence[db.Row], prices: dict[int, UnitWorth], wanted: RankingFilter) -> Ranking:
    items = [_item(item, wanted.days, prices.get(item["product_id"], _NOTHING)) for item in found]
    unused = 2**62
    if wanted.order == "long":
        items.sort(key=lambda item: (-(unused if item.cover_days is None else item.cover_days), -item.value_fen))
    else:
        items = [item for item in items if item.cover_days is not None]
        items.sort(key=lambda item: (item.cover_days or 0, -item.used_qty))
    return Ranking(items[: wanted.limit], _by_category(found, prices, wanted.days))


def _by_category(found: Sequence[db.Row], prices: dict[int, UnitWorth], days: int) -> list[CategoryTurnover]:
    sums: dict[int, CategoryTurnover] = {}
    for item in found:
        fen = prices.get(item["product_id"], _NOTHING).fen
        name = (item["category_id"], item["category_name"])
        one = sums.setdefault(item["category_id"], CategoryTurnover(*name, 0, 0, 0, None))
        one.products += 1
        one.value_fen += fen * item["on_hand"]
        one.used_fen += fen * item["used_qty"]
    for one in sums.values():
        one.cover_days = cover_days(one.value_fen, one.used_fen, days)
    return sorted(sums.values(), key=lambda one: -one.value_fen)


def cover_days(available: int, used: int, days: int) -> int | None:
    """For how many whole days what is available lasts at the pace of the last `days`; None when nothing was used."""
    return max(available, 0) * days // used if used else None


def turnover_pct(used: int, opening: int, closing: int) -> int | None:
    """How often the mean stock of a period was used up in it, in percent; None where there was no stock."""
    return used * 200 // (opening + closing) if opening + closing > 0 else None


def _item(item: db.Row, days: int, price: UnitWorth) -> TurnoverItem:
    on_hand, used = item["on_hand"], item["used_qty"]
    available = on_hand - item["reserved"]
    fresh = freshness(item["nearest_expiry"], item["shelf_life_days"], item["soon_days"], clock.today())
    more = {
        "available": available,
        "cover_days": cover_days(available, used, days),
        "turnover_pct": turnover_pct(used, on_hand - item["in_qty"] + item["out_qty"], on_hand),
        "freshness": fresh,
        "price_fen": price.fen,
        "price_source": price.source,
        "value_fen": price.fen * on_hand,
    }
    return msgspec.convert({**item, **more}, TurnoverItem)


async def summary(actor: Actor, wanted: SummaryFilter) -> StockSummary:
    """What an org has, what it is worth, and how fresh it is."""
    actor.require("stock.read")
    org_id = await places.org_seen(actor, wanted.org_id)
    whole = _prices[0][1] if _prices else queries.WORTH_NOTHING
    asked = await queries.fresh(whole, actor.root_id, org_id, wanted.warehouse_id, clock.today())
    beside = await queries.beside(actor.root_id, org_id)
    found = [item for item in asked if item["freshness"] is not None]
    by_class = {item["freshness"]: item for item in found}
    sums = [_sum(name, title, by_class.get(name)) for name, title in FRESHNESS_NAMES.items()]
    return StockSummary(
        products=found[0]["products"] if found else 0,
        on_hand=sum(one.qty for one in sums),
        reserved=sum(item["reserved"] for item in found),
        quarantine=beside["quarantine"],
        in_transit=beside["in_transit"],
        value_fen=sum(one.value_fen for one in sums),
        freshness=sums,
    )


def _sum(name: Freshness, title: str, found: db.Row | None) -> FreshnessSum:
    if found is None:
        return FreshnessSum(name, title, 0, 0, 0)
    return FreshnessSum(name, title, found["lots"], found["qty"], found["value_fen"])


async def list_rules(actor: Actor) -> list[FreshnessRule]:
    """The categories of which the brand has said when they are near their end."""
    return [msgspec.convert(dict(item), FreshnessRule) for item in await queries.rules(actor.root_id)]


async def set_rule(actor: Actor, edit: FreshnessRuleEdit) -> None:
    """Say from how many days before its end goods of a category are near it; null: as their shelf life says."""
    actor.require("catalog.manage")
    async with db.transaction():
        if not await queries.has_category(actor.root_id, edit.category_id):
            raise NotFound("没有找到这个分类")
        if not await queries.set_rule(actor, edit.category_id, edit.soon_days, edit.version, clock.now()):
            raise StaleVersion("这条规则刚被别人改过，请刷新后再改")
        changes = {"soon_days": edit.soon_days}
        await audit.record(actor, "set_freshness", "category", edit.category_id, changes)
