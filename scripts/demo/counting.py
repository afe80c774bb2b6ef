"""Stocktakes of the demo world: one that put the books right, one that several people count just now, one that waits.

Only one goes on in a warehouse at a time, so they are spread over the shown dealers and the brand.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from scripts.demo.archives import Party, Product, World
from scripts.demo.scanning import Scanning
from scripts.demo.slots import slot
from scripts.demo.timeline import Timeline
from server.core import clock, db
from server.core.actor import Actor
from server.counts import plans, service
from server.counts.schemas import Closing, NewPlan, NewStocktake, Typed
from server.stock import sessions

KINDS = 8
DAYS_AGO = 12
WAITS_FEN = 130_000
"""What is missing in the stocktake that waits: more than a dealer's people may decide alone."""

# What lies in the warehouse that delivers, of which so much is free that a difference takes nothing from anybody.
_FREE = """
SELECT b.product_id, sum(b.on_hand)::bigint AS on_hand, sum(b.on_hand - b.reserved)::bigint AS free
FROM location w JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id
WHERE w.org_id = $2 AND w.kind = 'warehouse' AND w.is_default
GROUP BY 1 HAVING sum(b.on_hand - b.reserved) > 0 ORDER BY free DESC, 1 LIMIT $3
"""


class There(NamedTuple):
    """A product, how much of it the books say, and how much of that is promised to nobody."""

    product: Product
    on_hand: int
    free: int


class Counting:
    """Who counts what; each step at its moment."""

    def __init__(self, world: World, now: datetime, seed: int) -> None:
        self.world, self.now = world, now
        self.scanning = Scanning(world, random.Random(seed))  # noqa: S311 - ids of scans
        self.products = {product.id: product for product in world.products}
        shown = {person.org for person in world.cast if person.shown and person.org}
        self.dealers = [world.parties[number] for number in sorted(shown) if world.parties[number].level != "store"]

    def plan(self, timeline: Timeline) -> None:
        """In the history: the first dealer and the brand have counted a part of their goods, with small differences."""
        day = self.now.astimezone(clock.zone()).date() - timedelta(days=DAYS_AGO)
        for party in (self.dealers[0], self.world.brand):
            timeline.at(slot(day, 0, clock.zone()), partial(self._counted, timeline, party, day))

    async def _counted(self, timeline: Timeline, party: Party, day: date) -> None:
        there = await self._there(party, KINDS)
        stocktake = await service.plan_stocktake(party.boss, _of(there, "月中抽盘"))
        keeper = _keeper(party)
        wrong = {there[-1].product.id: -3, there[-2].product.id: 2}
        figures = [Typed(one.product.id, one.on_hand + wrong.get(one.product.id, 0)) for one in there]
        await service.type_figures(keeper, stocktake, figures)
        timeline.at(slot(day, 1, clock.zone()), partial(_close, keeper, stocktake))
        timeline.at(slot(day, 2, clock.zone()), partial(service.submit, party.boss, stocktake, "搬运时混放，已归位"))

    async def of_today(self) -> None:
        """One that is going on with the first dealer, one that waits for the owner of the next, and plans."""
        await self._running(self.dealers[0])
        for party in (self.dealers[1], self.world.brand):
            await self._waiting(party)
        for party in (self.dealers[0], self.world.brand):
            await self._plan(party)

    def _at(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    async def _running(self, party: Party) -> None:
        """The keeper scans, the clerk scans somewhere else, the owner has typed two figures."""
        there = await self._there(party, 2 * KINDS)
        with clock.frozen(self._at(52)):
            stocktake = await service.plan_stocktake(party.boss, _of(there, "月底前全部点一遍，边出货边盘", blind=True))
        people = (party.person("dealer_warehouse", "dealer_clerk"), party.person("dealer_clerk"))
        for who, minutes, part in zip(people, (47, 41), (there[:5], there[5:8]), strict=True):
            with clock.frozen(self._at(minutes)):
                session = await service.begin_session(who, stocktake)
            with clock.frozen(self._at(minutes - 22)):
                await sessions.take_scans(who, session, self.scanning.cases(_cases(part)))
        with clock.frozen(self._at(12)):
            typed = [Typed(one.product.id, one.on_hand) for one in there[8:10]]
            await service.type_figures(party.boss, stocktake, typed)

    async def _waiting(self, party: Party) -> None:
        """So much is missing that somebody else must agree."""
        there = await self._there(party, KINDS)
        fen = WAITS_FEN * (5 if party is self.world.brand else 1)
        missing = self._missing(party, there, fen)
        if not missing:
            return
        keeper = _keeper(party)
        with clock.frozen(self._at(230)):
            stocktake = await service.plan_stocktake(keeper, _of(there, "季度盘点，整托货位"))
        with clock.frozen(self._at(200)):
            figures = [Typed(one.product.id, one.on_hand - missing.get(one.product.id, 0)) for one in there]
            await service.type_figures(keeper, stocktake, figures)
        with clock.frozen(self._at(180)):
            await _close(keeper, stocktake)
        with clock.frozen(self._at(150)):
            await service.submit(keeper, stocktake, "两个货位是空的，怀疑上月出库少记，监控已调")

    def _missing(self, party: Party, there: Sequence[There], fen: int) -> dict[int, int]:
        """Whole cases of the first products, worth a little more than `fen`; nothing where there is not so much."""
        found: dict[int, int] = {}
        for one in there:
            price = self._price(party, one.product)
            case = one.product.item.case_qty
            cases = min(one.free // case, -(-fen // (price * case)))
            if cases > 0 and fen > 0:
                found[one.product.id] = cases * case
                fen -= cases * case * price
        return found if fen <= 0 else {}

    def _price(self, party: Party, product: Product) -> int:
        return self.world.price(party, product.id) if party is not self.world.brand else product.item.guide_fen

    async def _plan(self, party: Party) -> None:
        next_month = (self.now.astimezone(clock.zone()).date().replace(day=1) + timedelta(days=32)).replace(day=1)
        with clock.frozen(self._at(60 * 24)):
            await plans.add_plan(party.boss, NewPlan("每月全仓盘点", "all", True, "month", next_month))

    async def _there(self, party: Party, limit: int) -> list[There]:
        rows = await db.rows(_FREE, self.world.root_id, party.id, limit)
        return [There(self.products[row["product_id"]], row["on_hand"], row["free"]) for row in rows]


def _keeper(party: Party) -> Actor:
    return party.person("brand_warehouse", "dealer_clerk", "dealer_owner")


def _of(there: Sequence[There], note: str, blind: bool = False) -> NewStocktake:
    return NewStocktake("list", blind, product_ids=[one.product.id for one in there], note=note)


def _cases(there: Sequence[There]) -> list[tuple[Product, int]]:
    """What is on the books as whole cases; what is over is still to be counted."""
    whole = [(one.product, one.on_hand // one.product.item.case_qty) for one in there]
    return [(product, cases) for product, cases in whole if cases]


async def _close(keeper: Actor, stocktake: int) -> None:
    await service.close(keeper, stocktake, Closing())
