"""A dealer knows his customers: by tags, by what they bought, and whom he has not seen for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.channel.models import Org
from server.core import clock, db
from server.customers import lists
from tests.world import Product, User, World


async def names(user: User, **params: Any) -> list[str]:
    return [item["name"] for item in (await user.get("/customers", params=params))["items"]]


async def buy(world: World, shop: Org, item: Product, pieces: int, days_ago: int, sign: bool = True) -> None:
    """An order that came so many days ago and was signed for, or is on its way still."""
    seller = await world.boss(await Org.get(id=shop.parent_id))
    placed = await world.order(await world.user(shop, "store_owner"), [(item, pieces)])
    await seller.post(f"/orders/{placed.id}/approve", {})
    issue = (await seller.post(f"/orders/{placed.id}/issue", {}))["issue"]
    if sign:
        keeper = await world.user(shop, "store_owner")
        lines = [
            {"line_no": line["line_no"], "received_qty": line["qty"] - 1, "damaged_qty": 1} for line in issue["lines"]
        ]
        await keeper.post(f"/goods-issues/{issue['id']}/receive", {"lines": lines})
    when = clock.now() - timedelta(days=days_ago)
    await db.run("UPDATE orders SET submitted_at = $2 WHERE root_id = $3 AND id = $1", placed.id, when, world.brand.id)


async def test_customers_are_found_by_what_they_bought_and_when(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    await world.offer(dealer, [item])
    await world.stock(dealer, item, 1000)
    big, small, gone, never = [await world.store(dealer, name=name) for name in ("大店", "小店", "老店", "新店")]
    boss = await world.boss(dealer)
    await buy(world, big, item, 100, days_ago=3)  # signed: 99 good ones at 3 yuan
    await buy(world, big, item, 10, days_ago=2, sign=False)  # on its way: 10
    await buy(world, small, item, 10, days_ago=5)
    await buy(world, gone, item, 500, days_ago=80)
    page = await boss.get("/customers")
    seen = {row["name"]: (row["amount_fen"], row["orders"]) for row in page["items"]}
    assert seen == {"大店": ((99 + 10) * 300, 2), "小店": (9 * 300, 1), "老店": (0, 0), "新店": (0, 0)}
    assert [row["name"] for row in page["items"]] == ["大店", "老店", "小店", "新店"]  # da, lao, xiao, xin
    assert await names(boss, not_ordered_for=30) == ["老店", "新店"]
    assert await names(boss, ordered_within=30) == ["大店", "小店"]
    rich = {"name": "大客户", "conditions": {"amount_days": 30, "amount_from_fen": 10000}}
    segment = await boss.post("/segments", rich, 201)
    assert await names(boss, segment_id=segment["id"]) == ["大店"]
    lost = {"name": "流失", "conditions": {"not_ordered_for": 60, "ordered_within": 90}}
    assert await names(boss, segment_id=(await boss.post("/segments", lost, 201))["id"]) == ["老店"]
    wrong = {"name": "矛盾", "conditions": {"not_ordered_for": 60, "ordered_within": 30}}
    assert "要大于" in (await boss.post("/segments", wrong, 422))["detail"]
    assert (await boss.post("/segments", rich, 409))["code"] == "segment_taken"
    stranger = await world.boss(await world.dealer())
    await stranger.get("/customers", 404, params={"segment_id": segment["id"]})
    assert await names(stranger) == []
    # The brand reads across the channel.
    assert await names(world.admin, not_ordered_for=30) == ["老店", "新店"]
    assert await names(world.admin, q="dadian") == ["大店"] and never.id


async def test_a_profile_shows_what_was_really_bought(world: World) -> None:
    dealer = await world.dealer()
    tea, water = await world.product(name="乌龙茶"), await world.product(guide_fen=100, name="纯净水")
    await world.offer(dealer, [tea, water])
    for item in (tea, water):
        await world.stock(dealer, item, 1000)
    shop = await world.store(dealer)
    await buy(world, shop, tea, 11, days_ago=1)  # 10 good ones
    await buy(world, shop, tea, 21, days_ago=2)  # 20
    await buy(world, shop, water, 51, days_ago=3)  # 50
    await buy(world, shop, water, 1000 - 51, days_ago=500)
    rejected = await world.order(await world.user(shop, "store_owner"), [(tea, 5)])
    boss = await world.boss(dealer)
    await boss.post(f"/orders/{rejected.id}/reject", {"reason": "缺货"})
    bought = (await boss.get(f"/customers/{shop.id}"))["purchases"]
    assert (bought["orders"], bought["amount_fen"]) == (3, 30 * 300 + 50 * 100)
    products = [(p["name"], p["qty"], p["amount_fen"], p["orders"]) for p in bought["products"]]
    assert products == [("乌龙茶", 30, 9000, 2), ("纯净水", 50, 5000, 1)]
    assert sum(month["amount_fen"] for month in bought["months"]) == 14000
    week = {"from_on": (clock.today() - timedelta(days=1)).isoformat(), "to_on": clock.today().isoformat()}
    assert (await boss.get(f"/customers/{shop.id}", params=week))["purchases"]["amount_fen"] == 3000
    stranger = await world.boss(await world.dealer())
    await stranger.get(f"/customers/{shop.id}", 404)


async def test_tags_are_free_suggested_and_not_for_the_eyes_of_the_customer(world: World) -> None:
    dealer = await world.dealer()
    one, two = await world.store(dealer, name="一店"), await world.store(dealer, name="二店")
    clerk = await world.user(dealer, "dealer_clerk")
    await clerk.post(f"/customers/{one.id}/tags", {"tags": ["学校旁", "重点"]}, 204)
    added = await clerk.post("/customers/batch/tags", {"ids": [one.id, two.id], "add": ["重点"], "remove": ["学校旁"]})
    assert added == {"changed": 2}
    assert {row["name"]: row["tags"] for row in (await clerk.get("/customers"))["items"]} == {
        "一店": ["重点"], "二店": ["重点"],
    }  # fmt: skip
    await clerk.post(f"/customers/{two.id}/tags", {"tags": ["夜市"]}, 204)
    assert sorted((await clerk.get("/customer-tags"))["items"]) == ["夜市", "重点"]
    assert sorted((await world.admin.get("/customer-tags"))["items"]) == ["夜市", "重点"]
    assert await names(clerk, tag="夜市") == ["二店"]
    sibling = await world.boss(await world.dealer())
    assert (await sibling.get("/customer-tags"))["items"] == []
    foreign = {"ids": [one.id], "add": ["我的"]}
    assert await sibling.post("/customers/batch/tags", foreign) == {"changed": 0}
    await world.admin.post(f"/customers/{dealer.id}/tags", {"tags": ["麻烦"]}, 204)
    boss = await world.boss(dealer)
    assert (await boss.get(f"/orgs/{dealer.id}"))["tags"] == []
    await boss.post(f"/customers/{dealer.id}/tags", {"tags": ["最好"]}, 403)
    for wrong in ("", " ", "x" * 21):
        await clerk.post(f"/customers/{one.id}/tags", {"tags": [wrong]}, 422)


@pytest.mark.parametrize("looked_at", [2, 3])
async def test_pages_of_a_rare_choice_go_on_until_all_were_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(lists, "LOOKED_AT", looked_at)
    lists._statement.cache_clear()
    dealer = await world.dealer()
    shops = [await world.store(dealer, name=f"{name}店") for name in "啊八成大额发个"]
    boss = await world.boss(dealer)
    await boss.post("/customers/batch/tags", {"ids": [shops[4].id, shops[6].id], "add": ["夜市"]})
    for who in (boss, world.admin):
        shown, cursor, pages = [], None, 0
        while cursor or not pages:
            page = await who.get("/customers", params={"tag": "夜市", **({"cursor": cursor} if cursor else {})})
            shown += [row["name"] for row in page["items"]]
            cursor, pages = page["next_cursor"], pages + 1
        assert shown == ["额店", "个店"] and pages >= 3
    lists._statement.cache_clear()
