"""A brand, its dealer of Hangzhou with a shop there, and a shop in Ningbo where nothing of that dealer belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.channel.models import Org
from server.core import clock
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority
from tests.world import Product, User, World

HANGZHOU, NINGBO = "330106", "330203"


@dataclass
class Street:
    """Who is there."""

    world: World
    dealer: Org
    shop: Org
    far_shop: Org
    keeper: User
    boss: User
    owner: User
    far_owner: User
    rep: User
    goods: Product

    async def codes(self, count: int = 10, lot: str = "L1", **more: Any) -> list[str]:
        """New codes of the product's cases."""
        body = {"scheme": "url", "product_id": self.goods.id, "packaging_id": self.goods.case, "count": count, **more}
        made = await self.world.admin.post("/trace/ranges", {"lot_code": lot, **body}, 201)
        printed = await self.world.admin.get(f"/trace/ranges/{made['id']}/codes")
        return [item["text"] for item in printed["items"]]

    async def issue(self, seller: User, buyer: User, cases: int) -> int:
        """Goods on their way from a seller to a buyer; the goods issue."""
        order = await self.world.order(buyer, [(self.goods, cases)], cases=True)
        await seller.post(f"/orders/{order.id}/approve", {})
        return int((await seller.post(f"/orders/{order.id}/issue", {}))["issue"]["id"])

    async def sold(self, codes: list[str], cases: int | None = None) -> int:
        """Cases that went from the brand to the dealer, who has signed for them."""
        issue = await self.issue(self.world.admin, self.boss, cases or len(codes))
        bound = await self.world.admin.post(f"/trace/issues/{issue}/bind", {"codes": codes})
        assert (bound["changed"], bound["refused"]) == (len(codes), [])
        await self.boss.post(f"/goods-issues/{issue}/receive", {})
        return issue


async def a_street(world: World) -> Street:
    """All of it, with 240 cases of ten lots' worth in the brand's stock."""
    dealer = await world.dealer(name="杭州糖酒", region_code="330100")
    await grant_authority(world.admin.actor, NewAuthority(dealer.id, ["330100"], clock.today()))
    goods = await world.product()
    await world.offer(world.brand, [goods])
    await world.offer(dealer, [goods])
    await world.stock(world.brand, goods, 240 * 24)
    shop = await world.store(dealer, name="西湖便利", region_code=HANGZHOU)
    other = await world.dealer(name="宁波糖酒", region_code="330200")
    far = await world.store(other, name="海曙便利", region_code=NINGBO)
    keeper = await world.user(world.brand, "brand_warehouse")
    rep = await world.user(world.brand, "brand_rep", [dealer])
    boss, owner, far_owner = [await world.boss(org) for org in (dealer, shop, far)]
    return Street(world, dealer, shop, far, keeper, boss, owner, far_owner, rep, goods)
