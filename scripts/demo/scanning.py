"""Scan sessions of those whose accounts are shown: goods in and out, sales at the counter, one still going on."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from scripts.demo.archives import Party, Product, World
from scripts.demo.slots import slot
from scripts.demo.timeline import Timeline
from server.core import clock
from server.core.actor import Actor
from server.stock import finishing, sessions
from server.stock import service as stock
from server.stock.session_schemas import NewScanSession, ScanIn

STRANGE = "6923450657713"
"""A code that no product of the brand has: somebody scans what he has bought elsewhere."""

MADE_DAYS_AGO = 12

Scanned = tuple[Product, int]
"""A product, and how often its case or, at a shop's counter, its piece was scanned."""


class Scanning:
    """People with a scanner; `chance` gives the scans their ids."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance

    async def sale(self, seller: Actor, sold: Sequence[Scanned]) -> int:
        """Pieces over the counter, in a session that is left open; its id."""
        session = await sessions.open_session(seller, NewScanSession("sale"))
        await sessions.take_scans(seller, session, [self._scan(p.item.ean, n, p.piece, p) for p, n in sold])
        return session

    async def moved(self, keeper: Actor, new: NewScanSession, goods: Sequence[Scanned]) -> int:
        """Cases in or out, in a session that is left open; its id. Cases that come in say when they were made."""
        session = await sessions.open_session(keeper, new)
        await sessions.take_scans(keeper, session, self.cases(goods, fresh=new.kind == "in"))
        return session

    def cases(self, goods: Sequence[Scanned], fresh: bool = False) -> list[ScanIn]:
        """Scans of cases."""
        made = clock.today() - timedelta(days=MADE_DAYS_AGO)
        scans = [self._scan(product.item.itf, count, product.case, product) for product, count in goods]
        if fresh:
            for scan, (product, _) in zip(scans, goods, strict=True):
                scan.lot_code = f"{made:%Y%m%d}A"
                scan.expires_on = made + timedelta(days=product.item.shelf_days)
        return scans

    def strange(self) -> ScanIn:
        """A code that nobody knows."""
        return ScanIn(self._id(), STRANGE, clock.now(), "ean13")

    def _scan(self, code: str, count: int, packaging: int, product: Product) -> ScanIn:
        return ScanIn(self._id(), code, clock.now(), count=count, product_id=product.id, packaging_id=packaging)

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)


class Hall:
    """What goes through the hands of warehouse keepers beside orders."""

    def __init__(self, world: World, now: datetime, seed: int) -> None:
        self.world, self.now = world, now
        self.chance = random.Random(seed)  # noqa: S311 - of its own, so that orders are what they were without it
        self.scanning = Scanning(world, self.chance)
        dealer = world.brand.buyers[0]
        self.keepers = (dealer.person("dealer_warehouse", "dealer_owner"), world.brand.person("brand_warehouse"))

    def plan(self, timeline: Timeline) -> None:
        """In the history: goods that came from outside, samples and breakage that left."""
        today = self.now.astimezone(clock.zone()).date()
        dealer, brand = self.keepers
        done: list[tuple[int, Actor, NewScanSession, int]] = [
            (8, dealer, NewScanSession("in", reason="purchase", note="展会退场，供应商直送"), 4),
            (5, brand, NewScanSession("in", reason="production", note="二号线加班"), 6),
            (4, dealer, NewScanSession("out", reason="damaged", note="叉车碰倒一托"), 2),
            (2, brand, NewScanSession("out", reason="sample", note="秋季糖酒会样品"), 3),
        ]
        for days, keeper, new, kinds in done:
            goods = [(product, self.chance.randrange(1, 4)) for product in self._some(kinds)]
            timeline.at(_morning(today, days), partial(self._finished, keeper, new, goods))

    async def _finished(self, keeper: Actor, new: NewScanSession, goods: Sequence[Scanned]) -> None:
        free = await stock.available(self.world.root_id, keeper.org_id, [product.id for product, _ in goods])
        there = [(p, n) for p, n in goods if new.kind == "in" or free.get(p.id, 0) >= n * p.item.case_qty]
        if there:
            await finishing.finish_session(keeper, await self.scanning.moved(keeper, new, there))

    async def of_today(self, shop: Party) -> None:
        """Sessions that go on: goods that come in with a code that nobody knows, samples, a counter."""
        dealer, brand = self.keepers
        for keeper, minutes, new in (
            (dealer, 26, NewScanSession("in", reason="purchase", note="供应商补送，随车单还没到")),
            (brand, 18, NewScanSession("out", reason="sample", note="渠道会样品")),
        ):
            with clock.frozen(self.now - timedelta(minutes=minutes)):
                goods = [(product, self.chance.randrange(1, 6)) for product in self._some(3)]
                session = await self.scanning.moved(keeper, new, goods)
                if new.kind == "in":
                    await sessions.take_scans(keeper, session, [self.scanning.strange()])
        with clock.frozen(self.now - timedelta(minutes=9)):
            await self.scanning.sale(shop.boss, [(product, 2) for product in self._some(3)])

    def _some(self, count: int) -> list[Product]:
        return self.chance.sample(self.world.products, count)


def _morning(today: date, days: int) -> datetime:
    return slot(today - timedelta(days=days), 2, clock.zone())
