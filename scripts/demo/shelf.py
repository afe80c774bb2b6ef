"""What shops sell: some upload their till's file, the shown ones scan at the counter as well. (T4)

Most shops do not register what they sell, as in life; of those that do, turnover and days of cover can be told.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from scripts.demo.archives import Party, Product, World
from scripts.demo.scanning import Scanning
from scripts.demo.season import season
from scripts.demo.slots import slot
from scripts.demo.timeline import Timeline
from server.core import clock, db
from server.stock import finishing
from server.stock import service as stock
from server.stock.till import TillRow, save_till

EVERY = 8
"""One shop in so many uploads its till, and those whose accounts are shown."""

CLOSE_WEEKS = 13
"""So many weeks ago they began to upload every week; before, once a month."""

SOLD_IN_A_WEEK = 0.38
"""How much of what a shop has it sells in a week of an average season."""

WEEKDAYS = (0.9, 0.85, 0.9, 1.0, 1.25, 1.6, 1.5)
SCAN_DAYS, SCAN_HOURS = 6, (2, 6)


class Shelf:
    """The sales of the shops that tell of them, put on the timeline."""

    def __init__(self, world: World, timeline: Timeline, start: date, seed: int) -> None:
        self.world, self.timeline, self.start = world, timeline, start
        self.chance = random.Random(seed)  # noqa: S311 - of its own, so that orders are what they were without sales
        shown = {person.org for person in world.cast if person.shown and person.org}
        self.shown = [party for number, party in world.parties.items() if number in shown and party.level == "store"]
        self.stores = list({store.id: store for store in [*self.shown, *world.stores[::EVERY]]}.values())

    def plan(self) -> None:
        """A file on each Monday morning for the days since the last one; the shown shops' counter in the last days."""
        last = self.timeline.until.astimezone(clock.zone()).date()
        mondays = self._mondays(last)
        for begin, end in zip(mondays, mondays[1:], strict=False):
            for store in self.stores:
                chance = random.Random(self.chance.getrandbits(64))  # noqa: S311 - the same whoever is faster
                self.timeline.at(slot(end, 1, clock.zone()), partial(self._upload, store, begin, end, chance))
        for store in self.shown:
            for back in range(SCAN_DAYS, 0, -1):
                for hour in SCAN_HOURS:
                    moment = slot(last - timedelta(days=back), hour, clock.zone())
                    self.timeline.at(moment, partial(self._counter, store, self.chance.getrandbits(64)))

    def _mondays(self, last: date) -> list[date]:
        """The first days of what is uploaded together; the last of them is this week's, or today."""
        every = [self.start + timedelta(days=7 - self.start.weekday() + 7 * week) for week in range(60)]
        every = [day for day in every if day < last]
        far = [day for day in every if day < last - timedelta(weeks=CLOSE_WEEKS)]
        return [self.start, *far[::4], *every[len(far) :], last]

    async def _upload(self, store: Party, begin: date, end: date, chance: random.Random) -> None:
        """What was sold from a day on until the day before another."""
        have = await stock.available(self.world.root_id, store.id, [product.id for product in self.world.products])
        days = [begin + timedelta(days=n) for n in range((end - begin).days)]
        rows = [row for product in self.world.products for row in _sold(product, have.get(product.id, 0), days, chance)]
        if rows:
            await db.retried(partial(_book, store, rows))

    async def _counter(self, store: Party, seed: int) -> None:
        """A few bottles over the counter, each scanned, by the owner or his help."""
        chance = random.Random(seed)  # noqa: S311 - the same whoever is faster
        have = await stock.available(self.world.root_id, store.id, [product.id for product in self.world.products])
        there = [product for product in self.world.products if have.get(product.id, 0) >= product.item.case_qty]
        sold = [(product, chance.randrange(1, 5)) for product in chance.sample(there, min(6, len(there)))]
        if sold:
            seller = store.person(*chance.sample(["store_owner", "store_clerk"], 2), "store_owner")
            await finishing.finish_session(seller, await Scanning(self.world, chance).sale(seller, sold))


async def _book(store: Party, rows: list[TillRow]) -> None:
    async with db.transaction():
        plan = await save_till(store.boss, rows, write=True)
    assert not plan.wrong, plan.wrong[:3]


def _sold(product: Product, have: int, days: list[date], chance: random.Random) -> Iterator[TillRow]:
    """What a shop sells of a product in some days, on the few of them on which somebody takes it."""
    if not have or not days:
        return
    pace = SOLD_IN_A_WEEK * season(product.item.category, days[-1]) * chance.uniform(0.5, 1.5)
    sold = min(have, round(have * (1 - math.exp(-pace * len(days) / 7))))
    on = sorted(set(chance.choices(days, [WEEKDAYS[day.weekday()] for day in days], k=min(3, sold))))
    for n, day in enumerate(on):
        part = sold // (len(on) - n)
        sold -= part
        yield TillRow(product.item.code, part, day)
