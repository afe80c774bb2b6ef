"""Prices of groups and of single buyers: limits, periods, who may set them, and what buyers are offered."""

from __future__ import annotations

import asyncio
from datetime import date

from server.core import clock
from tests.pricing.conftest import Shop, at, later
from tests.world import World

DAY = date(2026, 3, 10)


async def test_a_price_outside_the_limits_is_refused_with_product_limits_and_source_and_nothing_of_the_list_is_set(
    world: World, shop: Shop
) -> None:
    good = await world.product(300)
    for price in (149, 601):
        wanted = [{"product_id": good.id, "price_fen": 300}, {"product_id": shop.product.id, "price_fen": price}]
        answer = await shop.seller.post("/prices", {"price_group": "standard", "prices": wanted}, 422)
        assert answer["code"] == "price_outside_limits" and answer["errors"][0]["pointer"] == "/prices/1/price_fen"
        told = f"{shop.product.name}应在 ¥1.50 到 ¥6.00 之间（指导价）"
        assert answer["errors"][0]["detail"] == told and told in answer["detail"]
    assert [item["id"] for item in (await shop.buyer.get("/catalog/products"))["items"]] == [shop.product.id]
    for price in (150, 600):
        await shop.set(price)
        assert await shop.price() == price


async def test_a_price_that_the_limits_have_left_behind_is_not_sold_until_it_is_set_anew(
    world: World, shop: Shop
) -> None:
    edit = {"version": 1, "floor_price_fen": 310, "guide_price_fen": 350}
    assert (await world.admin.call("PATCH", f"/products/{shop.product.id}", edit)).status_code == 200
    assert (await shop.order(300, 409))["code"] == "not_offered"
    line = {"product_id": shop.product.id, "packaging_id": shop.product.piece, "packaging_qty": 1}
    quoted = (await shop.buyer.post("/orders/quote", {"lines": [line]}))["lines"][0]
    assert quoted["problem"]["code"] == "not_offered"
    assert await shop.price() is None
    assert (await shop.buyer.get("/orders"))["items"] == []
    # The seller sees the price beside its new limits, sets one within, and sells again.
    shown = (await shop.seller.get("/prices"))["items"][0]
    assert (shown["price_fen"], shown["limits"]["floor_fen"], shown["offered"]) == (300, 310, False)
    await shop.set(310)
    await shop.order(310)


async def test_what_a_dealer_no_longer_offers_is_gone_from_the_shelf_and_the_trail_says_so(
    world: World, shop: Shop
) -> None:
    kept = await world.product(300)
    prices = [{"product_id": shop.product.id, "price_fen": None}, {"product_id": kept.id, "price_fen": 310}]
    assert (await shop.seller.post("/prices", {"price_group": "standard", "prices": prices})) == {"changed": 2}
    listed = await shop.seller.get("/prices")
    assert [(item["product_id"], item["price_fen"]) for item in listed["items"]] == [(kept.id, 310)]
    assert [item["id"] for item in (await shop.buyer.get("/catalog/products"))["items"]] == [kept.id]
    assert (await shop.order(300, 409))["code"] == "not_offered"
    trail = (await shop.seller.get("/audit", params={"subject_kind": "org", "subject_id": shop.dealer.id}))["items"]
    assert trail[0]["verb"] == "set_prices" and trail[0]["changes"]["prices"] == prices
    # What is not in the catalogue cannot be withdrawn either, and the price beside it stays as it was.
    prices = [{"product_id": kept.id, "price_fen": 320}, {"product_id": 999_999_999, "price_fen": None}]
    refused = await shop.seller.post("/prices", {"price_group": "standard", "prices": prices}, 422)
    assert [error["pointer"] for error in refused["errors"]] == ["/prices/1/price_fen"]
    assert (await shop.seller.get("/prices"))["items"][0]["price_fen"] == 310


async def test_a_temporary_price_lies_over_the_base_price_and_falls_back_at_midnight_by_itself(shop: Shop) -> None:
    with clock.frozen(at(DAY)):
        await shop.set(300)
        await shop.set(250, from_on="2026-03-12", until_on="2026-03-14")
        await shop.set(280, from_on="2026-03-13")  # the base price changes below the temporary one
    seen = {}
    for moment in (at(DAY, 23, 59), at(date(2026, 3, 11), 23, 59), at(date(2026, 3, 12), 0, 0),
                   at(date(2026, 3, 14), 23, 59), at(date(2026, 3, 15), 0, 0)):  # fmt: skip
        with clock.frozen(moment):
            seen[moment.strftime("%d %H:%M")] = await shop.price()
    assert seen == {"10 23:59": 300, "11 23:59": 300, "12 00:00": 250, "14 23:59": 250, "15 00:00": 280}
    # Who saw the old price before midnight is asked again after it.
    with clock.frozen(at(date(2026, 3, 15), 0, 0)):
        refused = await shop.order(250, 409)
        assert refused["code"] == "price_changed" and refused["lines"] == [{"line_no": 1, "price_fen": 280}]
        await shop.order(280)


async def test_a_planned_change_waits_for_its_day_and_the_list_says_what_comes_next(shop: Shop) -> None:
    await shop.set(320, from_on=later(7))
    assert await shop.price() == 300
    shown = (await shop.seller.get("/prices"))["items"][0]
    assert (shown["price_fen"], shown["next_fen"], shown["next_from"]) == (300, 320, later(7))
    on_day = (await shop.seller.get("/prices", params={"day": later(7)}))["items"][0]
    assert (on_day["price_fen"], on_day["next_fen"]) == (320, None)
    # The plan can be dropped again.
    assert await shop.seller.post("/prices/end", {"ids": [on_day["entry_id"]]}) == {"ended": 1}
    assert (await shop.seller.get("/prices", params={"day": later(7)}))["items"][0]["price_fen"] == 300
    assert await shop.seller.post("/prices/end", {"ids": [on_day["entry_id"]]}) == {"ended": 0}


async def test_a_buyers_own_price_comes_before_its_groups_until_it_is_ended(world: World, shop: Shop) -> None:
    other = await world.boss(await world.store(shop.dealer))
    await shop.set(270, buyer_id=shop.store.id)
    assert await shop.price() == 270
    assert (await other.get("/catalog/products"))["items"][0]["price_fen"] == 300
    await shop.set(260)  # the group's price, temporary or not, does not touch it
    await shop.set(240, until_on=later(1))
    assert await shop.price() == 270
    listed = (await shop.seller.get("/prices", params={"buyer_id": shop.store.id}))["items"][0]
    assert (listed["source"], listed["price_fen"]) == ("buyer", 270)
    await shop.seller.post("/prices/end", {"ids": [listed["entry_id"]]})
    assert await shop.price() == 240
    listed = (await shop.seller.get("/prices", params={"buyer_id": shop.store.id}))["items"][0]
    assert (listed["source"], listed["base_fen"], listed["until_on"]) == ("group", 260, later(1))


async def test_a_product_withheld_from_one_buyer_is_still_sold_to_the_others(world: World, shop: Shop) -> None:
    other = await world.boss(await world.store(shop.dealer))
    await shop.set(None, buyer_id=shop.store.id)
    assert await shop.price() is None and (await shop.order(300, 409))["code"] == "not_offered"
    assert (await other.get("/catalog/products"))["items"][0]["price_fen"] == 300


async def test_prices_are_set_from_today_on_and_a_period_ends_after_it_begins(shop: Shop) -> None:
    refused = await shop.set(290, 422, from_on=later(-1))
    assert refused["errors"][0] == {"pointer": "/from_on", "detail": "不能早于今天"}
    refused = await shop.set(290, 422, from_on=later(3), until_on=later(2))
    assert refused["errors"][0]["pointer"] == "/until_on"
    refused = await shop.set(290, 422, price_group="vip", buyer_id=shop.store.id)
    assert refused["errors"][0]["pointer"] == "/buyer_id"
    assert await shop.price() == 300


async def test_the_same_list_a_second_time_changes_nothing_and_is_not_counted(shop: Shop) -> None:
    assert await shop.set(310) == {"changed": 1}
    assert await shop.set(310) == {"changed": 0}
    assert await shop.set(290, until_on=later(2)) == {"changed": 1}
    assert await shop.set(290, until_on=later(2)) == {"changed": 0}
    history = (await shop.seller.get("/prices/history", params={"product_id": shop.product.id}))["items"]
    assert [(item["old_fen"], item["price_fen"]) for item in history] == [(None, 290), (300, 310), (None, 300)]


async def test_two_people_who_change_one_price_at_once_do_not_undo_each_other_unseen(world: World, shop: Shop) -> None:
    second = await world.boss(shop.dealer)
    bodies = [
        {"price_group": "standard", "prices": [{"product_id": shop.product.id, "price_fen": fen, "seen_fen": 300}]}
        for fen in (280, 290)
    ]
    answers = await asyncio.gather(*(who.call("POST", "/prices", body)
                                     for who, body in zip((shop.seller, second), bodies, strict=True)))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    won = await shop.price()
    assert refused["code"] == "price_edited"
    assert refused["lines"] == [{"product_id": shop.product.id, "price_fen": won}]
    history = (await shop.seller.get("/prices/history", params={"product_id": shop.product.id}))["items"]
    assert [item["price_fen"] for item in history] == [won, 300]
    assert history[1]["ended_by"] == history[0]["set_by"]


async def test_a_dealer_without_pricing_authority_is_told_who_sets_its_prices_and_its_supplier_does(
    world: World, shop: Shop
) -> None:
    path = f"/orgs/{shop.dealer.id}/price-authority"
    assert (await shop.seller.post(path, {"sets_prices": False}, 403))["code"] == "forbidden"
    own = {"prices": [{"product_id": shop.product.id, "price_fen": 290}], "seller_id": shop.dealer.id}
    assert "自己定价" in (await world.admin.post("/prices", own, 403))["detail"]
    assert await world.admin.get(path) == {"sets_prices": True}
    await world.admin.post(path, {"sets_prices": False})
    assert await world.admin.get(path) == {"sets_prices": False}
    told = (await world.admin.get(f"/orgs/{shop.dealer.id}/history"))["items"][0]
    assert (told["title"], told["changes"]) == ("修改定价权", [{"label": "自己定价", "old": "是", "new": "否"}])
    assert "没有定价权" in (await shop.set(290, 403))["detail"]
    assert (await shop.seller.get("/price-lists"))["sets_prices"] is False
    await world.admin.post("/prices", own)
    assert await shop.price() == 290
    await world.admin.post(path, {"sets_prices": True})
    await shop.set(295)
    assert await shop.price() == 295


async def test_the_overview_names_all_groups_and_the_buyers_with_own_prices(world: World, shop: Shop) -> None:
    await world.store(shop.dealer, price_group="vip")
    await world.store(shop.dealer, price_group="vip")
    await shop.set(270, buyer_id=shop.store.id)
    await shop.set(260, until_on=later(1))
    await shop.set(255, from_on=later(4))
    found = await shop.seller.get("/price-lists")
    kept = ("price_group", "buyers", "products", "temporary", "planned")
    assert [tuple(item[name] for name in kept) for item in found["groups"]] == [
        ("standard", 1, 1, 1, 1), ("vip", 2, 0, 0, 0)]  # fmt: skip
    assert [(item["buyer_id"], item["buyer_name"], item["products"]) for item in found["buyers"]] == [
        (shop.store.id, shop.store.name, 1)]  # fmt: skip
    rows = (await shop.seller.get("/prices/matrix", params={"groups": "vip,standard"}))["items"]
    cells = {cell["price_group"]: cell for cell in rows[0]["cells"]}
    assert cells["vip"]["price_fen"] is None
    standard = cells["standard"]
    assert (standard["price_fen"], standard["base_fen"], standard["next_fen"]) == (260, 300, 255)
    assert rows[0]["limits"] == {"floor_fen": 150, "guide_fen": 300, "ceiling_fen": 600, "source": "指导价"}
