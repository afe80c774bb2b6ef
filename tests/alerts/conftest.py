"""A dealer with a store, whose stock is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from server.alerts import look
from server.channel.models import Org
from server.core import clock, db
from tests.world import Product, User, World


@dataclass
class Shelf:
    """A dealer of the brand, one of its stores, and goods that both may buy; the dealer's warehouse is empty."""

    world: World
    dealer: Org
    store: Org
    boss: User
    keeper: User
    goods: list[Product]

    @property
    def item(self) -> Product:
        return self.goods[0]

    async def look(self, everything: bool = False) -> look.Looked:
        """One look at the brand's stock."""
        found = await look.look(self.world.brand.id, everything)
        assert found is not None
        return found

    async def sell(self, qty: int, item: Product | None = None, user: User | None = None) -> None:
        """Sell pieces to consumers, by scanning."""
        user = user or self.boss
        session = (await user.post("/scan-sessions", {"kind": "sale"}, 201))["id"]
        scan = {"id": f"00000000-0000-4000-8000-{session:012d}", "code": (item or self.item).ean, "count": qty,
                "at": clock.now().isoformat()}  # fmt: skip
        await user.post(f"/scan-sessions/{session}/scans", {"scans": [scan]})
        await user.post(f"/scan-sessions/{session}/finish")

    async def sold_earlier(self, qty: int, days: int = 5, item: Product | None = None, org: Org | None = None) -> None:
        """Goods that came and were sold some days ago: the pace without a trace on the shelf."""
        product = item or self.item
        user = await self.world.boss(org or self.dealer)
        with clock.frozen(clock.now() - timedelta(days=days)):
            await self.world.stock(org or self.dealer, product, qty, f"OLD{qty}")
            await self.sell(qty, product, user)

    async def alerts(self, user: User | None = None, **query: Any) -> list[dict[str, Any]]:
        """The list as somebody reads it."""
        return list((await (user or self.boss).get("/alerts", params=query))["items"])

    async def kinds(self, user: User | None = None, **query: Any) -> list[str]:
        return sorted(item["kind"] for item in await self.alerts(user, **query))

    async def rules(self, user: User, *rules: dict[str, Any], status: int = 200) -> Any:
        """Set all rules of somebody's org."""
        version = (await user.get("/alert-rules"))["version"]
        return await user.post("/alert-rules", {"version": version, "rules": list(rules)}, status)


def own(kind: str, **more: Any) -> dict[str, Any]:
    """A rule of an org for itself."""
    return {"audience": "own", "kind": kind, **more}


@pytest.fixture
async def shelf(world: World) -> Shelf:
    """The dealer and the store, and three products."""
    dealer = await world.dealer()
    store = await world.store(dealer)
    goods: Sequence[Product] = await world.products(3)
    await world.offer(world.brand, list(goods))
    await world.offer(dealer, list(goods))
    await world.stock(world.brand, goods[0], 5000)
    return Shelf(world, dealer, store, await world.boss(dealer), await world.boss(store), list(goods))


async def told(root_id: int, topic: str) -> int:
    """How many events of a topic a brand has left."""
    return int(await db.value("SELECT count(*) FROM outbox WHERE root_id = $1 AND topic = $2", root_id, topic))


def after(days: int) -> date:
    """So many days from today."""
    return clock.today() + timedelta(days=days)
