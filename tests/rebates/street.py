"""A brand, a dealer and his stores who buy, and what an agreement says; days that the tests choose."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from server.channel.models import Org
from server.core import clock, db
from server.rebates import accrual, progress_queries, settling
from tests.world import Product, User, World

PRICE = 300


def on(month: int, day: int, year: int = 2026) -> AbstractContextManager[None]:
    """Noon of a business day."""
    return clock.frozen(datetime(year, month, day, 4, tzinfo=UTC))


def rule(*steps: tuple[int, int], indicator: str = "amount", reward: str = "percent", **more: Any) -> dict[str, Any]:
    """A rule of one term."""
    term = {"name": "", "indicator": indicator, "reward": reward, **more}
    return {"terms": [{**term, "steps": [{"reach": reach, "value": value} for reach, value in steps]}]}


@dataclass
class Street:
    """A dealer whose store has bought nothing yet."""

    world: World
    dealer: Org
    store: Org
    boss: User
    keeper: User
    goods: list[Product]

    @classmethod
    async def build(cls, world: World, stock: int = 2_000) -> Street:
        """Goods lie with the dealer."""
        dealer = await world.dealer()
        store = await world.store(dealer)
        goods = await world.products(2)
        await world.offer(dealer, goods)
        for item in goods:
            await world.stock(dealer, item, stock)
        return cls(world, dealer, store, await world.boss(dealer), await world.boss(store), goods)

    def new(self, terms: dict[str, Any], **more: Any) -> dict[str, Any]:
        """An agreement of the dealer for all his stores, by the month, for the last two of 2026."""
        return {
            "name": "四季度进货返利", "audience": {"kind": "all"}, "every": "month", "from_on": "2026-11-01",
            "until_on": "2026-12-31", "rule": terms, **more,
        }  # fmt: skip

    async def agreed(self, terms: dict[str, Any], **more: Any) -> int:
        """An agreement that holds."""
        made = (await self.boss.post("/rebates", self.new(terms, **more), 201))["id"]
        assert (await self.boss.post(f"/rebates/{made}/submit"))["state"] == "approved"
        return int(made)

    async def buy(self, n: int, qty: int, buyer: User | None = None) -> None:
        """Let a store order, get and sign for goods."""
        item, buyer = self.goods[n], buyer or self.keeper
        line = {"product_id": item.id, "packaging_id": item.piece, "packaging_qty": qty, "price_fen": PRICE}
        order = await buyer.post("/orders", {"delivery_method": "pickup", "lines": [line]}, 201)
        await self.boss.post(f"/orders/{order['id']}/approve", {})
        issue = (await self.boss.post(f"/orders/{order['id']}/issue", {}))["issue"]["id"]
        await buyer.post(f"/goods-issues/{issue}/receive", {})

    async def give_back(self, n: int, qty: int) -> None:
        """Let the store give goods back, and the dealer count them."""
        lines = [{"product_id": self.goods[n].id, "qty": qty, "reason": "damaged"}]
        made = (await self.keeper.post("/returns", {"lines": lines}, 201))["id"]
        await self.boss.post(f"/returns/{made}/approve", {})
        await self.keeper.post(f"/returns/{made}/issue", {})
        await self.boss.post(f"/returns/{made}/receive", {})

    async def night(self) -> None:
        """What the schedule does about this brand's agreements."""
        found = await db.rows(
            "SELECT id FROM rebate_agreement WHERE root_id = $1 AND state IN ('approved', 'ended') ORDER BY id",
            self.world.brand.id,
        )
        for item in found:
            agreement = await progress_queries.agreement(self.world.brand.id, item["id"])
            assert agreement is not None
            await accrual.accrue(agreement)
        await settling.settle_all()

    async def progress(self, who: User | None = None, **query: Any) -> list[dict[str, Any]]:
        """How a store stands, as it reads it."""
        found = await (who or self.keeper).get("/rebates/progress", params=query)
        return list(found["items"])

    async def money(self) -> tuple[int, int]:
        """What the store owes, and its rebate credit."""
        found = await self.keeper.get("/rebates/credit")
        return found["receivable_fen"], found["credit_fen"]
