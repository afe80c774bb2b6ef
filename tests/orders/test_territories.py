"""Goods that leave their territory are seen on the order, line by line; nobody is stopped."""

from __future__ import annotations

from typing import Any

from tests.orders.test_life import cart
from tests.territory.test_authority import HANGZHOU, NINGBO, category, grant
from tests.world import Product, User, World


async def outside(who: User, order: dict[str, Any]) -> tuple[str | None, list[int]]:
    found = await who.get(f"/orders/{order['id']}/outside-territory")
    return found["dealer_name"], found["line_nos"]


async def two_goods(world: World) -> list[Product]:
    """One of the first category, one of another."""
    goods = await world.products(2)
    snacks = await category(world, "零食")
    await world.admin.call("PATCH", f"/products/{goods[1].id}", {"version": 1, "category_id": snacks})
    return goods


async def test_what_a_dealer_sells_where_it_may_not_is_named_by_line(world: World) -> None:
    dealer, goods = await world.dealer(), await two_goods(world)
    there = await world.store(dealer, region_code=NINGBO)
    nowhere = await world.store(dealer)
    await world.offer(dealer, goods)
    await grant(world, dealer, HANGZHOU)
    await grant(world, dealer, NINGBO, category_ids=[world.category_id])
    order = await (await world.boss(there)).post("/orders", cart(goods, (0, False, 1), (1, False, 1)), 201)
    # In Ningbo it may sell drinks; the second line is snacks, which it may sell in Hangzhou only.
    assert await outside(world.admin, order) == (dealer.name, [2])
    assert await outside(await world.boss(dealer), order) == (dealer.name, [2])
    unknown = await (await world.boss(nowhere)).post("/orders", cart(goods, (1, False, 1)), 201)
    assert await outside(world.admin, unknown) == (None, [])
    stranger = await world.boss(await world.dealer())
    await stranger.get(f"/orders/{order['id']}/outside-territory", status=404)


async def test_what_a_dealer_buys_but_may_sell_nowhere_is_named_unless_it_has_no_territory(world: World) -> None:
    dealer, free, goods = await world.dealer(), await world.dealer(), await two_goods(world)
    await world.offer(world.brand, goods)
    await grant(world, dealer, HANGZHOU, category_ids=[world.category_id])
    lines = cart(goods, (1, False, 1), (0, False, 1))
    order = await (await world.boss(dealer)).post("/orders", lines, 201)
    assert await outside(world.admin, order) == (dealer.name, [1])
    await grant(world, dealer, NINGBO)
    # As of now it may sell everything in Ningbo.
    assert await outside(world.admin, order) == (None, [])
    assert await outside(world.admin, await (await world.boss(free)).post("/orders", lines, 201)) == (None, [])
