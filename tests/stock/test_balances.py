"""What lies where: by lot, with how long it keeps, and never more available than may be sold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.core import clock, db
from tests.orders.test_life import a_shop, cart
from tests.world import User, World


async def lying(who: User, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.get("/stock/balances", params=asked))["items"]
    return found


async def test_each_lot_shows_how_long_it_keeps_and_what_is_left_of_it(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)  # 100 of lot L1, which keeps for 200 days
    await world.stock(dealer, goods[0], 30, "SOON", 10)
    await world.stock(dealer, goods[0], 7, "OLD", -1)
    order = await buyer.post("/orders", cart(goods, (0, False, 40)), 201)
    await seller.post(f"/orders/{order['id']}/approve", {})
    shown = {item["lot_code"]: item for item in await lying(seller)}
    # 40 are held, first what expires first: all 30 of SOON, then 10 of L1. What has expired serves nobody.
    assert {code: (item["on_hand"], item["reserved"], item["available"]) for code, item in shown.items()} == {
        "L1": (100, 10, 90), "SOON": (30, 30, 0), "OLD": (7, 0, 0)}  # fmt: skip
    assert {code: (item["days"], item["freshness"]) for code, item in shown.items()} == {
        "L1": (200, "fresh"), "SOON": (10, "soon"), "OLD": (-1, "expired")}  # fmt: skip
    assert shown["SOON"]["expires_on"] == str(clock.today() + timedelta(days=10))
    assert shown["L1"]["warehouse_name"] == "主仓"


async def test_a_search_and_each_filter_find_the_lots_they_name_and_no_others(world: World) -> None:
    dealer, _, seller, _, goods = await a_shop(world)
    await world.stock(dealer, goods[0], 30, "SOON", 10)
    await world.stock(dealer, goods[1], 7, "OLD", -1)
    lots = {(goods[0].id, "L1"), (goods[1].id, "L1"), (goods[0].id, "SOON"), (goods[1].id, "OLD")}

    async def found(**asked: Any) -> set[tuple[int, str]]:
        return {(item["product_id"], item["lot_code"]) for item in await lying(seller, **asked)}

    assert await found() == lots
    assert await found(within=10) == {(goods[0].id, "SOON")}
    assert await found(within=9) == set()
    assert await found(expired="true") == {(goods[1].id, "OLD")}
    assert await found(product_id=goods[1].id) == {(goods[1].id, "L1"), (goods[1].id, "OLD")}
    name = (await seller.get("/stock"))["items"][0]["product_name"]
    assert await found(q=name) == {(goods[0].id, "L1"), (goods[0].id, "SOON")}
    assert await found(category_id=world.category_id) == lots
    (main, quarantine) = (await seller.get("/warehouses", params={"quarantine": "true"}))["items"]
    assert (main["name"], main["is_default"], quarantine["quarantine"], quarantine["is_default"]) == (
        "主仓", True, True, False)  # fmt: skip
    assert await found(warehouse_id=main["id"]) == lots and await found(warehouse_id=quarantine["id"]) == set()
    await seller.get("/stock/balances", status=422, params={"within": 3, "expired": "true"})


async def test_stock_is_listed_by_place_and_of_an_own_store_with_how_fresh_it_is(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)  # 100 of each product, which keeps for 200 days
    await world.stock(dealer, goods[0], 30, "SOON", 2)
    places = (await seller.get("/warehouses", params={"quarantine": "true"}))["items"]

    async def shown(who: User, **asked: Any) -> dict[int, tuple[int, str]]:
        items = (await who.get("/stock", params=asked))["items"]
        return {item["product_id"]: (item["on_hand"], item["freshness"]) for item in items}

    here = await shown(seller, warehouse_id=places[0]["id"])
    # Two days before its end everything is near it.
    assert here == await shown(seller) and here[goods[0].id] == (130, "soon") and here[goods[1].id][0] == 100
    assert await shown(seller, warehouse_id=places[1]["id"]) == {}
    # A store's stock is its dealer's to see; a dealer's is not the store's.
    assert await shown(seller, org_id=store.id) == await shown(buyer)
    await buyer.get("/stock", status=404, params={"org_id": dealer.id})


async def test_paging_shows_every_lot_once_and_goods_without_an_end_have_no_date(world: World) -> None:
    dealer, _, seller, _, goods = await a_shop(world)
    for code in ("A", "B", "C"):
        await world.stock(dealer, goods[0], 5, code)
    await db.run("UPDATE lot SET expires_on = 'infinity' WHERE root_id = $1 AND code = 'B'", world.brand.id)
    seen: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not seen:
        page = await seller.get("/stock/balances", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        seen += page["items"]
        cursor = page["next_cursor"]
    assert len(seen) == 5 == len({(item["product_id"], item["lot_id"]) for item in seen})
    (endless,) = (item for item in seen if item["lot_code"] == "B")
    assert (endless["expires_on"], endless["days"], endless["freshness"], endless["available"]) == (
        None, None, "undated", 5)  # fmt: skip


async def test_the_brand_looks_into_a_dealers_warehouse_and_no_stranger_does(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)
    assert [item["on_hand"] for item in await lying(world.admin, org_id=dealer.id)] == [100]
    assert await lying(world.admin) == []
    other = await world.boss(await world.dealer())
    await other.get("/stock/balances", status=404, params={"org_id": dealer.id})
    await other.get("/warehouses", status=404, params={"org_id": dealer.id})
    await buyer.get("/stock/balances", status=404, params={"org_id": dealer.id})
