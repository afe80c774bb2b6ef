"""Goods that turn up elsewhere: diversions of one dealer, each at another stage; and a lot that is called back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import typst

from scripts.demo.archives import Party, Product, World
from scripts.demo.finale import Finale
from scripts.demo.territories import SHARED
from scripts.demo.trade import Line, Placed
from server.core import clock, db, files
from server.orders import service
from server.orders.note import font_folders
from server.orders.schemas import Approve, Issue
from server.stock import service as stock
from server.trace import binding, diversions, ranges, recalls, scans
from server.trace.diversion_schemas import Ruling, Statement
from server.trace.recall_schemas import Answer, NewRecall
from server.trace.schemas import Cases, CodeQuery, NewRange, NewScan, Span

CASES = 6
LEFT_HOURS = 140.0
"""When the goods left the brand, before the end of the history."""

_PHOTO = """
#set page(width: 160mm, height: 120mm, margin: 0mm, fill: rgb("#d9d4c7"))
#set text(font: "Noto Sans SC", lang: "zh")
#place(dy: 92mm, rect(width: 100%, height: 28mm, fill: rgb("#8f8677")))
#for (x, y, c) in ((18, 40, "#c59a62"), (62, 52, "#b98c54"), (106, 36, "#c9a06b")) {
  place(dx: x * 1mm, dy: y * 1mm, rect(width: 38mm, height: (96 - y) * 1mm, fill: rgb(c), stroke: rgb("#6f5433")))
  place(dx: (x + 16) * 1mm, dy: y * 1mm, rect(width: 6mm, height: (96 - y) * 1mm, fill: rgb("#e2d0a6")))
}
#place(bottom + left, dx: 4mm, dy: -4mm, text(9pt, fill: white)[演示样本，不是真实照片])
"""

# A lot that a few have a little of, those who are shown first; if there is one, one of which nothing is promised or
# under way: calling it back then stops nothing else. $2 who is shown
_LOT = """
SELECT l.product_id, l.code FROM stock_balance b JOIN location w ON w.id = b.location_id JOIN lot l ON l.id = b.lot_id
WHERE b.root_id = $1 AND w.kind IN ('warehouse', 'in_transit') AND w.org_id <> $1
GROUP BY l.id, l.product_id, l.code
HAVING count(DISTINCT w.org_id) FILTER (WHERE b.on_hand > 0) >= 3
ORDER BY sum(b.reserved) > 0 OR bool_or(w.kind = 'in_transit' AND b.on_hand > 0),
         count(DISTINCT w.org_id) FILTER (WHERE b.on_hand > 0 AND w.org_id = ANY ($2::bigint[])) DESC,
         sum(b.on_hand), l.id LIMIT 1
"""
_HOLDERS = "SELECT org_id, qty FROM recall_holder WHERE root_id = $1 AND recall_id = $2 ORDER BY qty DESC, org_id"


class Chase:
    """One dealer's cases in the shops of others, and what became of it."""

    def __init__(self, finale: Finale, folder: Path) -> None:
        self.finale, self.folder, self.world = finale, folder, finale.world
        self.dealer = self.world.brand.buyers[0]

    def _at(self, hours: float) -> Any:
        return clock.frozen(self.finale.now - timedelta(hours=hours))

    async def play(self) -> None:
        """The goods leave with their codes, turn up in three shops, and one case is decided, one taken, one open."""
        codes = await self._sold()
        shops = self._far()
        if not codes or not shops:
            return
        moments = (96.0, 40.0, 2.3)
        found = [await self._scanned(shops[n % len(shops)], codes[n], moments[n]) for n in range(len(moments))]
        cases = list(dict.fromkeys(case for case in found if case))
        rep = next(rep for rep in self.world.brand.people["brand_rep"] if rep.sees(self.dealer.org.path))
        if len(cases) > 1:
            with self._at(90):
                said = Statement("门店去那边参加展会，带了两箱样品，没有卖，已经叫他们拉回来")
                await diversions.state_side(self.dealer.boss, cases[0], said)
            with self._at(88):
                await diversions.decide(rep, cases[0], Ruling("explained", "首次发生，已核实展会，请注意登记样品去向"))
            with self._at(30):
                await diversions.take(rep, cases[1])
        await self._recall()

    def _far(self) -> list[Party]:
        """A shop each in counties where the dealer has no authority, in as many provinces as there are."""
        own = {str(self.dealer.org.region_code)[:2], SHARED[:2]}
        of_province: dict[str, dict[str, Party]] = defaultdict(dict)
        for store in self.world.stores:
            code = str(store.org.region_code)
            if code[:2] not in own:
                of_province[code[:2]].setdefault(code, store)
        rows = zip_longest(*(shops.values() for shops in of_province.values()))
        return [shop for row in rows for shop in row if shop is not None]

    async def _sold(self) -> list[str]:
        """Codes of cases that went to the dealer and were signed for."""
        brand = self.world.brand
        placed, issue_id = await self._issued(await self._plenty())
        keeper = brand.person("brand_warehouse")
        with self._at(LEFT_HOURS - 3.5):
            line = max((await binding.issue_codes(brand.boss, issue_id)).lines, key=lambda one: one.qty)
            product = next(one for one in self.world.products if one.id == line.product_id)
            wanted = NewRange("url", product.id, product.case, 500, lot_code=line.lot_code, note="产线三号机")
            made = await ranges.make_range(keeper, wanted)
            many = min(CASES, line.qty // product.item.case_qty)
            texts = [one.text for one in (await ranges.print_codes(keeper, made.id, CodeQuery(1, many))).items]
            await binding.bind(brand.boss, issue_id, Cases(spans=[Span(texts[0], texts[-1])]))
        with self._at(LEFT_HOURS - 20):
            await self.finale.trade.receive(placed, issue_id, trouble=False)
        return texts if len(texts) >= 3 else []

    async def _plenty(self) -> Product:
        """The product of which the brand has most."""
        brand = self.world.brand
        free = await stock.available(brand.id, brand.id, [product.id for product in self.world.products])
        return max(self.world.products, key=lambda one: free.get(one.id, 0) // one.item.case_qty)

    async def _issued(self, product: Product) -> tuple[Placed, int]:
        lines = [Line(product, product.case, product.item.case_qty, CASES)]
        with self._at(LEFT_HOURS):
            placed = await self.finale.trade.submit(self.dealer, lines, "")
        with self._at(LEFT_HOURS - 1):
            await service.approve_order(self.world.brand.boss, placed.id, Approve(override_credit=True))
        with self._at(LEFT_HOURS - 3):
            return placed, await service.issue_goods(self.world.brand.boss, placed.id, Issue())

    async def _scanned(self, shop: Party, code: str, hours: float) -> int | None:
        """A shop scans a case at its door; the diversion that it opens."""
        with self._at(hours):
            photo = await files.store(shop.boss, self.folder, _photo())
            told = await scans.scan(shop.boss, NewScan(code, photo_ids=[photo], note="不是我们经销商送来的"))
            assert told.verdict == "outside"
        return int(await db.value("SELECT max(id) FROM diversion WHERE root_id = $1", self.world.root_id))

    async def _recall(self) -> None:
        """A lot is called back; who has most of it has answered, the next one has read it."""
        shown = {person.org for person in self.world.cast if person.shown and person.org}
        lot = await db.row(_LOT, self.world.root_id, [self.world.parties[number].id for number in sorted(shown)])
        if lot is None:
            return
        boss = self.world.brand.boss
        with self._at(22):
            wanted = NewRecall(
                lot["product_id"], lot["code"], "抽检发现封口不严", "请立即下架，单独存放，等待业务员上门收回"
            )
            recall = await recalls.start_recall(boss, wanted)
        holders = await db.rows(_HOLDERS, self.world.root_id, recall.id)
        parties = {party.id: party for party in self.world.parties.values()}
        for holder, hours in zip(holders[:2], (18.0, 7.0), strict=False):
            someone = parties[holder["org_id"]].boss
            with self._at(hours):
                await recalls.read_recall(someone, recall.id)
                if hours > 10:
                    await recalls.answer_recall(someone, recall.id, Answer(holder["qty"], "已全部下架，放在仓库东侧"))


def _photo() -> bytes:
    source: Any = _PHOTO.encode()
    made = typst.compile(source, font_paths=font_folders(), ignore_system_fonts=True, format="png", ppi=90.0)
    return bytes(made)


async def chase(world: World, finale: Finale, folder: Path) -> None:
    """Diversions and a recall for the visitor."""
    assert finale.world is world
    await Chase(finale, folder).play()
