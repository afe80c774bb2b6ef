"""A dealer with a store, its rep and the brand's manager: who asks for a price, and who decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.pricing.conftest import Shop, later, shop
from tests.world import User, World

__all__ = ["Case", "case", "shop"]


@dataclass
class Case:
    """The shop's dealer asks for 1.00, below the floor of 1.50; rep and manager are to decide."""

    world: World
    shop: Shop
    rep: User
    manager: User

    async def ask(self, who: User | None = None, status: int = 201, **more: Any) -> Any:
        """Ask for the price; the answer."""
        price = {"product_id": self.shop.product.id, "price_fen": 100, "until_on": later(7), "reason": "清临期库存"}
        body = {"buyer_id": self.shop.store.id, **price, **more}
        return await (who or self.shop.seller).post("/price-exceptions", body, status)

    async def decide(self, who: User, exception_id: int, decision: str, status: int = 204, reason: str = "") -> Any:
        """Decide as the console does."""
        approval_id = (await who.get(f"/price-exceptions/{exception_id}"))["approval_id"]
        body = {"decision": decision, "reason": reason}
        return await who.post(f"/approvals/{approval_id}/decide", body, status)

    async def approved(self, **more: Any) -> int:
        """Ask, and let both approve; the id."""
        asked = await self.ask(**more)
        await self.decide(self.rep, asked["id"], "approve")
        await self.decide(self.manager, asked["id"], "approve")
        return int(asked["id"])


@pytest.fixture
async def case(world: World, shop: Shop) -> Case:
    rep = await world.user(world.brand, "brand_rep", [shop.dealer])
    return Case(world, shop, rep, await world.user(world.brand, "brand_manager"))
