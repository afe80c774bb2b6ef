"""Half a year of trade: who orders when, who pays when, what the brand produces."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from functools import partial

from scripts.demo.archives import BRAND_WEEKS, Party, Product, World, lot_line, share
from scripts.demo.pace import look_again
from scripts.demo.season import CASES_OF_AN_ORDER, INTERVAL_DAYS, growth, season
from scripts.demo.slots import SUNDAY, next_slot, slot
from scripts.demo.timeline import Timeline
from scripts.demo.trade import Line, Trade
from server.core import clock
from server.stock import service as stock
from server.stock.schemas import Supply

ASSORTMENT = 70
"""How many different products a store keeps ordering."""

REORDER_DAYS = {"province": 7, "city": 12, "county": 14}
COVER_WEEKS = {"province": 3.5, "city": 3.8, "county": 4.0}
PAYMENT_DAYS = {"province": 14, "city": 28, "county": 28, "store": 28}
MAX_PURCHASE_LINES = 60
SMOOTHING = 0.3
"""How much of a dealer's idea of the weekly demand is the last week."""


class History:
    """Plays the weeks of a world from `start` until `until`."""

    def __init__(self, world: World, start: date, until: datetime, chance: random.Random) -> None:
        self.world, self.start, self.chance = world, start, chance
        self.zone = clock.zone()
        self.timeline = Timeline(until)
        self.trade = Trade(world, self.timeline, chance, self._asked)
        self._week_asked: dict[int, Counter[int]] = defaultdict(Counter)
        self._rate: dict[int, dict[int, float]] = {}
        self._products = {product.id: product for product in world.products}
        self._habits = {store.id: self._assortment() for store in world.stores}
        self._shares = {product.id: share(world, product) for product in world.products}

    async def play(self) -> None:
        """Everything, in the order of time."""
        for seller in self.world.sellers:
            self._rate[seller.id] = {
                p.id: seller.weekly_cases * self._shares[p.id] * p.item.case_qty for p in self.world.products
            }
            if seller.level != "brand":
                first = self.start + timedelta(days=self.chance.randrange(2, 2 + REORDER_DAYS[seller.level]))
                self.timeline.at(slot(first, 0, self.zone), partial(self._reorder, seller))
        for store in self.world.stores:
            joined = store.member.joins_in_week if store.member else 0
            wait = self.chance.randrange(INTERVAL_DAYS[str(store.org.grade)])
            self._store_orders(store, self.start + timedelta(weeks=joined, days=wait))
        for buyer in [party for party in self.world.parties.values() if party.level != "brand"]:
            first = self.start + timedelta(days=self.chance.randrange(10, 10 + PAYMENT_DAYS[buyer.level]))
            self._payment(buyer, first)
        self._production(self.start + timedelta(days=7 - self.start.weekday()))
        await self.timeline.play()

    def _week(self, day: date) -> int:
        return (day - self.start).days // 7

    def _assortment(self) -> list[tuple[Product, float]]:
        """What a store keeps: the popular products more likely, its favourites ordered most."""
        products = self.world.products
        weights = [product.item.popularity for product in products]
        chosen: dict[int, tuple[Product, float]] = {}
        for product in self.chance.choices(products, weights, k=ASSORTMENT * 2):
            if len(chosen) < ASSORTMENT:
                chosen[product.id] = (product, product.item.popularity * self.chance.uniform(0.4, 1.8))
        return list(chosen.values())

    # Stores ---------------------------------------------------------------------------------------------------

    def _store_orders(self, store: Party, day: date) -> None:
        """Put the next order of a store on the line; Mondays and Thursdays are busiest, Sundays quiet."""
        if day.weekday() == SUNDAY and self.chance.random() < 0.8:
            day += timedelta(days=1)
        elif day.weekday() in (1, 4) and self.chance.random() < 0.4:
            day -= timedelta(days=1)
        index = self.chance.choices(range(9), (14, 20, 16, 9, 8, 9, 8, 7, 9))[0]
        self.timeline.at(slot(day, index, self.zone), partial(self._store_order, store, day))

    async def _store_order(self, store: Party, day: date) -> None:
        every = INTERVAL_DAYS[str(store.org.grade)]
        self._store_orders(store, day + timedelta(days=max(2, round(every * self.chance.uniform(0.7, 1.3)))))
        await self.trade.order(store, self.basket(store, day))

    def basket(self, store: Party, day: date) -> list[Line]:
        """What a store orders on a day: some of its assortment, more of what the season asks for."""
        habits = self._habits[store.id]
        size = str(store.org.grade)
        cases = CASES_OF_AN_ORDER[size] * growth(self._week(day)) * self.chance.uniform(0.7, 1.35)
        weights = [weight * season(product.item.category, day) for product, weight in habits]
        wanted = Counter(product.id for product, _ in self.chance.choices(habits, weights, k=max(1, round(cases))))
        return [self._line(product_id, count, size) for product_id, count in wanted.items()]

    def _line(self, product_id: int, cases: int, size: str) -> Line:
        product = self._products[product_id]
        if cases == 1 and size == "C" and self.chance.random() < 0.3:
            return Line(product, product.piece, 1, max(2, product.item.case_qty // 3))
        return Line(product, product.case, product.item.case_qty, cases)

    # Dealers --------------------------------------------------------------------------------------------------

    def _asked(self, seller: Party, lines: list[Line]) -> None:
        """Remember what buyers ask for, served or not."""
        for line in lines:
            self._week_asked[seller.id][line.product.id] += line.qty

    async def _reorder(self, dealer: Party) -> None:
        """A dealer looks at stock, what is on the way and what was asked for, and buys what is missing."""
        every = REORDER_DAYS[dealer.level]
        after = clock.now() + timedelta(days=every - 1, hours=20)
        self.timeline.at(next_slot(after, self.zone, sundays=False), partial(self._reorder, dealer))
        self._learn(dealer, every)
        rate = self._rate[dealer.id]
        free = await stock.available(self.world.root_id, dealer.id, list(rate))
        coming = self.trade.coming[dealer.id]
        missing = {key: COVER_WEEKS[dealer.level] * rate[key] - free.get(key, 0) - coming[key] for key in rate}
        urgent = sorted((key for key in missing if missing[key] > 0), key=lambda key: missing[key] / (rate[key] + 1))
        lines = [self._purchase(key, missing[key]) for key in urgent[-MAX_PURCHASE_LINES:]]
        if lines:
            await self.trade.order(dealer, sorted(lines, key=lambda line: line.product.id))

    def _learn(self, dealer: Party, days: int) -> None:
        asked, rate = self._week_asked[dealer.id], self._rate[dealer.id]
        for key in rate:
            rate[key] = (1 - SMOOTHING) * rate[key] + SMOOTHING * asked[key] * 7 / days
        asked.clear()

    def _purchase(self, product_id: int, missing: float) -> Line:
        product = self._products[product_id]
        cases = max(1, -int(-missing // product.item.case_qty))
        return Line(product, product.case, product.item.case_qty, cases)

    # The brand ------------------------------------------------------------------------------------------------

    def _production(self, day: date) -> None:
        self.timeline.at(slot(day, 0, self.zone), partial(self._produce, day))

    async def _produce(self, day: date) -> None:
        """Every Monday the brand fills up to some weeks of demand, with that day's lots."""
        self._production(day + timedelta(days=7))
        if self._week(day) % 4 == 0:
            await look_again()
        brand = self.world.brand
        free = await stock.available(self.world.root_id, brand.id, [p.id for p in self.world.products])
        lines = []
        for product in self.world.products:
            weekly = brand.weekly_cases * self._shares[product.id] * growth(self._week(day))
            target = BRAND_WEEKS * weekly * season(product.item.category, day)
            have = free.get(product.id, 0) / product.item.case_qty
            if have < target / 2:
                lines.append(lot_line(product, day, max(1, round(target - have))))
        if lines:
            await stock.supply(brand.person("brand_warehouse"), Supply(lines))

    # Money ----------------------------------------------------------------------------------------------------

    def _payment(self, buyer: Party, day: date) -> None:
        moment = next_slot(slot(day, 5, self.zone), self.zone, sundays=False)
        self.timeline.at(moment, partial(self._pay, buyer, day))

    async def _pay(self, buyer: Party, day: date) -> None:
        """Buyers pay most of what they owe at their terms; some a part, some late."""
        self._payment(buyer, day + timedelta(days=PAYMENT_DAYS[buyer.level]))
        if self.chance.random() < 0.93:
            await self.trade.pay(buyer, self.chance.choice((1.0, 1.0, 0.9, 0.8, 0.6)))
