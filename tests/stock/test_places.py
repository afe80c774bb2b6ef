"""Several warehouses: which one delivers may change while goods are held, and none with goods in it is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, db
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.test_life import a_shop, cart
from tests.stock.scanning import begin, finish, scan, send
from tests.world import User, World


@pytest.fixture(autouse=True)
async def unbroken(world: World, settings: Settings) -> AsyncIterator[None]:
    """Whatever the test did, all invariants hold."""
    yield
    assert await broken(settings.database_url, world.brand.id) == []


async def places(who: User, **query: Any) -> list[tuple[str, bool, int, int]]:
    """The warehouses as (name, default, on hand, reserved)."""
    found = (await who.get("/warehouses", params=query))["items"]
    return [(item["name"], item["is_default"], item["on_hand"], item["reserved"]) for item in found]


async def another(who: User, name: str = "东仓", default: bool = False) -> int:
    """A second warehouse, perhaps the one that delivers."""
    made = await who.post("/warehouses", {"name": name}, 201)
    if default:
        await who.post(f"/warehouses/{made['id']}/default", {"version": 1})
    return int(made["id"])


async def test_an_order_leaves_from_where_it_is_held_when_another_warehouse_delivers_by_now(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)
    await world.stock(dealer, goods[0], 30, "SOON", 3)
    order = (await buyer.post("/orders", cart(goods, (0, False, 40)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    east = await another(seller, default=True)
    await world.stock(dealer, goods[0], 7, "EAST", 90)
    assert await places(seller) == [("东仓", True, 7, 0), ("主仓", False, 130, 40)]
    # What can be promised from now on lies in the new one.
    quote = await buyer.post("/orders/quote", {"lines": [dict(cart(goods, (0, False, 8))["lines"][0])]})  # type: ignore[index]
    assert quote["lines"][0]["problem"]["code"] == "stock_low"
    with clock.frozen(clock.now() + timedelta(days=4)):
        issued = await seller.post(f"/orders/{order}/issue", {})
    # Of the 40 that were held, 30 have spoilt: others from the same warehouse take their place.
    assert [(line["lot_code"], line["qty"]) for line in issued["issue"]["lines"]] == [("L1", 40)]
    assert await places(seller) == [("东仓", True, 7, 0), ("主仓", False, 90, 0)]
    await seller.post(f"/warehouses/{east}/close", {"version": 2}, 409)


async def test_goods_that_were_bought_come_into_the_warehouse_that_delivers(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)
    await another(buyer, "后仓", default=True)
    order = (await buyer.post("/orders", cart(goods, (0, False, 5)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    issue = (await seller.post(f"/orders/{order}/issue", {}))["issue"]["id"]
    await buyer.post(f"/goods-issues/{issue}/receive", {})
    assert await places(buyer) == [("后仓", True, 5, 0), ("主仓", False, 0, 0)]


async def test_a_warehouse_is_closed_only_when_nothing_is_in_it_and_nobody_counts_there(world: World) -> None:
    dealer = await world.dealer()
    owner, item = await world.boss(dealer), await world.product()
    east = await another(owner)
    session = await begin(owner, warehouse_id=east)
    refused = await owner.post(f"/warehouses/{east}/close", {"version": 1}, 409)
    assert refused["code"] == "warehouse_in_use" and "扫码" in refused["detail"]
    await send(owner, session, scan(item.ean, 5, expires_on="2030-01-01"))
    await finish(owner, session)
    assert "还有货" in (await owner.post(f"/warehouses/{east}/close", {"version": 1}, 409))["detail"]
    gone = await begin(owner, "out", warehouse_id=east)
    await send(owner, gone, scan(item.ean, 5))
    await finish(owner, gone)
    count = await owner.post("/stocktakes", {"scope": "all", "blind": False, "warehouse_id": east}, 201)
    refused = await owner.post(f"/warehouses/{east}/close", {"version": 1}, 409)
    assert f"还有未完成的盘点 {count['number']}" in refused["detail"]
    await owner.post(f"/stocktakes/{count['id']}/cancel", {"reason": "仓库不用了"})
    await owner.post(f"/warehouses/{east}/close", {"version": 1})
    assert await places(owner) == [("主仓", True, 0, 0)]
    assert await places(owner, closed=True) == [("主仓", True, 0, 0), ("东仓", False, 0, 0)]
    await owner.post("/scan-sessions", {"kind": "count", "warehouse_id": east}, 404)
    await owner.post(f"/warehouses/{east}/default", {"version": 2}, 409)
    # Its name is free again.
    await another(owner)


async def test_a_name_is_given_once_and_an_edit_does_not_overwrite_what_nobody_saw(world: World) -> None:
    owner = await world.boss(await world.dealer())
    east, west = await another(owner), await another(owner, "西仓")
    assert (await owner.post("/warehouses", {"name": " 东仓 "}, 409))["code"] == "warehouse_name_taken"
    taken = await owner.call("PATCH", f"/warehouses/{west}", {"version": 1, "name": "东仓"})
    assert taken.json()["code"] == "warehouse_name_taken"
    assert (await owner.call("PATCH", f"/warehouses/{east}", {"version": 1, "name": "北仓"})).status_code == 200
    stale = await owner.call("PATCH", f"/warehouses/{east}", {"version": 1, "name": "南仓"})
    assert stale.json()["code"] == "stale_version"


async def test_a_brand_sees_the_warehouses_of_its_dealers_and_a_rep_those_of_his(world: World) -> None:
    dealer, other = await world.dealer(), await world.dealer()
    await another(await world.boss(dealer))
    rep = await world.user(world.brand, "brand_rep", [dealer])
    assert len(await places(world.admin, org_id=dealer.id)) == 2
    assert len(await places(rep, org_id=dealer.id)) == 2
    assert (await rep.call("GET", "/warehouses", params={"org_id": other.id})).status_code == 404


async def test_goods_never_come_into_a_warehouse_while_it_is_being_closed(world: World) -> None:
    dealer = await world.dealer()
    owner, item = await (await world.boss(dealer)).sign_in(), await world.product()
    for n in range(6):
        east = await another(owner, f"仓{n}")
        session = await begin(owner, warehouse_id=east)
        await send(owner, session, scan(item.ean, 5, expires_on="2030-01-01"))
        await asyncio.gather(
            owner.call("POST", f"/scan-sessions/{session}/finish"),
            owner.call("POST", f"/warehouses/{east}/close", {"version": 1}),
        )
    strange = await db.value(
        "SELECT count(*) FROM location w JOIN stock_balance b ON b.root_id = w.root_id AND b.location_id = w.id "
        "WHERE w.org_id = $1 AND w.closed_at IS NOT NULL AND b.on_hand > 0",
        dealer.id,
    )
    assert strange == 0


async def test_an_org_says_whether_it_keeps_lots(world: World) -> None:
    dealer = await world.dealer()
    owner, keeper, item = await world.boss(dealer), await world.user(dealer, "dealer_warehouse"), await world.product()
    assert await owner.get("/stock-settings") == {"keeps_lots": True, "version": 0}
    changed = await owner.call("PATCH", "/stock-settings", {"version": 0, "keeps_lots": False})
    assert changed.json() == {"keeps_lots": False, "version": 1}
    stale = await owner.call("PATCH", "/stock-settings", {"version": 0, "keeps_lots": True})
    assert stale.json()["code"] == "stale_version"
    session = await begin(keeper)
    await send(keeper, session, scan(item.ean, 5))
    assert (await finish(keeper, session))["state"] == "finished"
