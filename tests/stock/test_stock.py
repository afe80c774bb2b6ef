"""Goods come in, are held, expire and leave; what is promised is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from server.core import clock
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.test_life import a_shop, cart
from tests.world import World, balances, everything


@pytest.fixture(autouse=True)
async def unbroken(world: World, settings: Settings) -> AsyncIterator[None]:
    """Whatever the test did, all invariants hold."""
    yield
    assert await broken(settings.database_url, world.brand.id) == []


async def test_goods_that_come_in_are_there_and_each_lot_once(world: World) -> None:
    dealer, _, seller, _, goods = await a_shop(world)
    day = str(clock.today() + timedelta(days=40))
    lines = [{"product_id": goods[0].id, "lot_code": code, "expires_on": day, "qty": 12} for code in ("A", "B")]
    await seller.post("/stock/supply", {"lines": lines}, 204)
    shown = {item["product_id"]: item for item in (await seller.get("/stock"))["items"]}
    assert (shown[goods[0].id]["on_hand"], shown[goods[0].id]["available"]) == (124, 124)
    assert shown[goods[0].id]["nearest_expiry"] == day
    before = await everything(world.brand.id)
    twice = await seller.post("/stock/supply", {"lines": [lines[0], lines[0]]}, 422)
    assert "两次" in twice["detail"]
    assert await everything(world.brand.id) == before


async def test_a_known_lot_with_another_expiry_date_is_refused_and_nothing_comes_in(world: World) -> None:
    _, _, seller, _, goods = await a_shop(world)
    day, other = [str(clock.today() + timedelta(days=days)) for days in (40, 41)]
    line = {"product_id": goods[0].id, "lot_code": "A", "expires_on": day, "qty": 1}
    await seller.post("/stock/supply", {"lines": [line]}, 204)
    before = await everything(world.brand.id)
    wrong = [line | {"lot_code": "NEW"}, line | {"expires_on": other}]
    refused = await seller.post("/stock/supply", {"lines": wrong}, 409)
    assert refused["code"] == "lot_mismatch" and day in refused["errors"][0]["detail"]
    assert refused["errors"][0]["pointer"] == "/lines/1/expires_on"
    assert await everything(world.brand.id) == before


async def test_only_who_keeps_the_stock_takes_goods_in_and_only_of_the_own_brand(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world)
    line = {"product_id": goods[0].id, "lot_code": "A", "expires_on": "2030-01-01", "qty": 1}
    clerk = await world.user(dealer, "dealer_clerk")
    for person in (clerk, buyer):
        await person.post("/stock/supply", {"lines": [line]}, 403)
    strange = await (await World.create(world.http)).product()
    await seller.post("/stock/supply", {"lines": [line | {"product_id": strange.id}]}, 404)
    await seller.post("/stock/supply", {"lines": [line | {"qty": 0}]}, 422)


async def test_expired_goods_are_neither_offered_nor_promised(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)
    await world.stock(dealer, goods[0], 500, "OLD", -1)
    quote = await buyer.post("/orders/quote", {"lines": [dict(cart(goods, (0, False, 101))["lines"][0])]})  # type: ignore[index]
    assert quote["lines"][0]["problem"]["code"] == "stock_low"
    order = await buyer.post("/orders", cart(goods, (0, False, 101)), 201)
    refused = await seller.post(f"/orders/{order['id']}/approve", {}, 409)
    assert refused["lines"] == [{"line_no": 1, "wanted_qty": 101, "available_qty": 100}]


async def test_a_lot_that_expires_while_it_is_held_is_replaced_when_the_goods_leave(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)
    await world.stock(dealer, goods[0], 30, "SOON", 3)
    order = (await buyer.post("/orders", cart(goods, (0, False, 40)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    with clock.frozen(clock.now() + timedelta(days=4)):
        issued = await seller.post(f"/orders/{order}/issue", {"lines": [{"line_no": 1, "qty": 15}]})
        assert [(line["lot_code"], line["qty"]) for line in issued["issue"]["lines"]] == [("L1", 15)]
        # 10 of the good lot were held and left first; 5 took the place of spoilt ones, 25 of those are held still.
        assert (await balances(dealer))[goods[0].id, "warehouse"] == (115, 25)
        rest = await seller.post(f"/orders/{order}/issue", {})
        assert [(line["lot_code"], line["qty"]) for line in rest["issue"]["lines"]] == [("L1", 25)]
    # The 30 spoilt pieces are still in the house, for a stocktake to write off.
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (90, 0)


async def test_spoilt_goods_do_not_leave_when_there_are_no_others(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)
    await world.stock(dealer, goods[0], 30, "SOON", 3)
    order = (await buyer.post("/orders", cart(goods, (0, False, 130)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    with clock.frozen(clock.now() + timedelta(days=4)):
        before = await everything(world.brand.id)
        refused = await seller.post(f"/orders/{order}/issue", {}, 409)
        assert refused["code"] == "stock_short"
        assert refused["lines"] == [{"line_no": 1, "wanted_qty": 30, "available_qty": 0}]
        assert await everything(world.brand.id) == before
        await seller.post(f"/orders/{order}/issue", {"lines": [{"line_no": 1, "qty": 100}]})
