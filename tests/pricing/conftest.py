"""A dealer who sells something to a store: what the tests of prices begin with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.channel.models import Org
from server.core import clock
from tests.world import Product, User, World


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a business day (Asia/Shanghai)."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def later(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


class Shop:
    """A dealer who sells a product of 3.00 (floor 1.50, ceiling 6.00) to a store of the standard group."""

    dealer: Org
    store: Org
    seller: User
    buyer: User
    product: Product

    async def price(self) -> int | None:
        """What the store sees on its shelf."""
        items = (await self.buyer.get("/catalog/products"))["items"]
        found = [item["price_fen"] for item in items if item["id"] == self.product.id]
        return found[0] if found else None

    async def set(self, price_fen: int | None, status: int = 200, **more: Any) -> Any:
        """Let the dealer set the price; for the standard group unless a buyer is named."""
        line = {"product_id": self.product.id, "price_fen": price_fen}
        whom = {} if "buyer_id" in more else {"price_group": "standard"}
        return await self.seller.post("/prices", {"prices": [line], **whom, **more}, status)

    async def order(self, price_fen: int, status: int = 201) -> Any:
        """Let the store order one piece at the price it saw."""
        line = {"product_id": self.product.id, "packaging_id": self.product.piece, "packaging_qty": 1}
        body = {"delivery_method": "pickup", "lines": [{**line, "price_fen": price_fen}]}
        return await self.buyer.post("/orders", body, status)


@pytest.fixture
async def shop(world: World) -> Shop:
    found = Shop()
    found.dealer = await world.dealer()
    found.store = await world.store(found.dealer)
    found.product = await world.product(300)
    await world.offer(found.dealer, [found.product])
    found.seller, found.buyer = await world.boss(found.dealer), await world.boss(found.store)
    return found
