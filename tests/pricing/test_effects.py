"""What prices would do before they are set, lists made from lists, and what the set of them costs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server.core import db, live
from server.pricing.effects import rounded
from server.pricing.schemas import PriceIn, PriceList
from server.pricing.service import set_prices
from tests.pricing.conftest import Shop, later
from tests.world import World


@pytest.mark.parametrize(
    ("price", "percent", "step", "result"),
    [
        (295, 10_300, 1, 304),  # 303.85 → 304
        (295, 10_300, 10, 300),  # 303.85 lies nearer to 300 than to 310
        (305, 10_000, 10, 310),  # half-up: exactly between 300 and 310
        (305, 9_999, 10, 300),  # 304.9695
        (100, 10_050, 1, 101),  # 100.5 → 101
        (333, 9_500, 5, 315),  # 316.35 → 315
        (2, 1_000, 10, 10),  # 0.2 would be nothing; the least is one step
    ],
)
def test_a_percentage_of_a_price_is_rounded_half_up_to_the_step(
    price: int, percent: int, step: int, result: int
) -> None:
    assert rounded(price, percent, step) == result


async def test_the_effect_of_prices_is_shown_before_they_are_set(world: World, shop: Shop) -> None:
    kept, new, gone = [await world.product(300) for _ in range(3)]
    await world.offer(shop.dealer, [kept, gone])
    own = await world.store(shop.dealer)
    await world.store(shop.dealer, price_group="vip")
    await shop.set(270, buyer_id=own.id)
    await shop.set(250, until_on=later(3))  # a temporary price lies over the base
    await shop.order(250)
    wanted = {
        "price_group": "standard",
        "prices": [
            {"product_id": shop.product.id, "price_fen": 310},  # covered until the temporary one ends
            {"product_id": kept.id, "price_fen": 320},
            {"product_id": new.id, "price_fen": 330},
            {"product_id": gone.id, "price_fen": None},
            {"product_id": (await world.product(300)).id, "price_fen": 9_999},
        ],
    }
    effect = await shop.seller.post("/prices/preview", wanted)
    counted = {
        name: effect[name] for name in ("changed", "buyers", "own_prices", "gained", "lost", "covered", "orders")
    }
    # Two stores of the standard group; the order names only the product whose price does not show yet.
    assert counted == {"changed": 4, "buyers": 2, "own_prices": 0, "gained": 1, "lost": 1, "covered": 1, "orders": 0}
    assert [(line["old_fen"], line["new_fen"]) for line in effect["lines"]] == [
        (250, 310), (300, 320), (None, 330), (300, None)]  # fmt: skip
    assert "应在 ¥1.50 到 ¥6.00 之间" in effect["wrong"][0]["detail"]
    assert (await shop.seller.get("/prices", params={"q": new.code}))["items"] == []
    # A change of the temporary price itself reaches one store: the other has its own; the order keeps 2.50.
    line = {"product_id": shop.product.id, "price_fen": 240}
    effect = await shop.seller.post(
        "/prices/preview", {"price_group": "standard", "until_on": later(3), "prices": [line]}
    )
    assert (effect["buyers"], effect["own_prices"], effect["orders"], effect["covered"]) == (1, 1, 1, 0)


async def test_a_list_is_copied_and_raised_and_what_would_leave_the_limits_stays(world: World, shop: Shop) -> None:
    high = await world.product(300)
    await world.offer(shop.dealer, [high], 590)
    body = {"from_group": "standard", "to_group": "vip", "percent": 10_300, "step_fen": 10}
    looked = await shop.seller.post("/prices/copy/preview", body)
    assert (await shop.seller.get("/prices", params={"price_group": "vip"}))["items"] == []
    done = await shop.seller.post("/prices/copy", body)
    assert looked == done
    # 300 × 1.03 = 309 → 310; 590 × 1.03 = 607.7 → 610, over the ceiling of 600.
    assert (done["changed"], [line["new_fen"] for line in done["lines"]]) == (1, [310])
    assert [(wrong["product_id"], wrong["new_fen"]) for wrong in done["wrong"]] == [(high.id, 610)]
    listed = (await shop.seller.get("/prices", params={"price_group": "vip"}))["items"]
    assert [(item["product_id"], item["price_fen"]) for item in listed] == [(shop.product.id, 310)]
    # In place, from a later day, and for one buyer.
    raised = {"from_group": "vip", "to_group": "vip", "percent": 9_000, "from_on": later(5)}
    assert (await shop.seller.post("/prices/copy", raised))["lines"] == [
        {"product_id": shop.product.id, "product_name": shop.product.name, "old_fen": 310, "new_fen": 279}]  # fmt: skip
    await shop.seller.post("/prices/copy", {"from_group": "vip", "to_buyer_id": shop.store.id})
    assert await shop.price() == 310
    same = await shop.seller.post("/prices/copy", {"from_group": "vip", "to_group": "vip"}, 422)
    assert "百分比" in same["detail"]


async def test_open_carts_hear_of_a_price_that_changes_today_and_strangers_do_not(world: World, shop: Shop) -> None:
    neighbour = await world.boss(await world.store(shop.dealer, price_group="vip"))
    heard: dict[int, list[Any]] = {shop.buyer.account_id: [], neighbour.account_id: []}
    ready = {account: asyncio.Event() for account in heard}

    async def hear(user: Any) -> None:
        async for told in live.listen(user.actor):
            if told is not None:
                heard[user.account_id].append(told)
                ready[user.account_id].set()
                if told[0] == "full":
                    return

    listening = [asyncio.create_task(hear(user)) for user in (shop.buyer, neighbour)]
    try:
        await asyncio.wait_for(asyncio.gather(*(event.wait() for event in ready.values())), 20)  # the first `resync`
        ready[shop.buyer.account_id].clear()
        await shop.set(320, from_on=later(1))  # a planned change tells nobody yet
        await shop.set(310)
        await asyncio.wait_for(ready[shop.buyer.account_id].wait(), 20)
        await live.tell([shop.dealer.id, neighbour.actor.org_id], neighbour.actor.path, "end", {})
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    prices = [told for told in heard[shop.buyer.account_id] if told[0] == "price"]
    assert prices == [("price", {"seller_id": shop.dealer.id, "product_ids": [shop.product.id]})]
    assert [told for told in heard[neighbour.account_id] if told[0] == "price"] == []


async def test_a_thousand_prices_cost_as_many_statements_as_one(world: World, shop: Shop) -> None:
    first = shop.product.id
    await db.run(
        "INSERT INTO product (root_id, category_id, code, name, base_unit, search_text, shelf_life_days, "
        "guide_price_fen, floor_price_fen, ceiling_price_fen) "
        "SELECT $1, $2, 'T' || $3::bigint || '-' || n, '商品' || n, '瓶', '', 365, 300, 150, 600 "
        "FROM generate_series(1, 999) n",
        world.brand.id, world.category_id, first,
    )  # fmt: skip
    found = await db.rows("SELECT id FROM product WHERE root_id = $1 ORDER BY id", world.brand.id)
    ids = [item["id"] for item in found]
    assert len(ids) == 1000
    costs = []
    for some in ([first], ids):
        counter = db.count_statements()
        before = counter.count
        wanted = [PriceIn(product_id, 310 + len(some) % 7) for product_id in some]
        await set_prices(shop.seller.actor, PriceList(wanted, "standard"))
        costs.append(counter.count - before)
    assert costs[0] == costs[1] <= 10
    assert len((await shop.seller.get("/prices", params={"limit": "200"}))["items"]) == 200
