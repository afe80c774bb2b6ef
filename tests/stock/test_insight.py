"""What stock is worth, how fresh it is and how fast it goes: figures that orders and promotions are made from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.core import clock, db
from server.pricing.schemas import PriceIn, PriceList
from server.pricing.service import set_prices
from server.stock.freshness import freshness, freshness_sql, soon_days
from server.stock.insight import cover_days, turnover_pct
from tests.orders.test_life import a_shop, cart
from tests.world import World

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("left", "life", "wanted"),
    [
        (-1, 365, "expired"), (0, 365, "soon"), (45, 365, "soon"), (46, 365, "last_third"),
        (121, 365, "last_third"), (122, 365, "fresh"), (365, 365, "fresh"),
        (20, 200, "soon"), (21, 200, "last_third"), (67, 200, "fresh"),
        (2, 7, "soon"), (3, 7, "fresh"), (None, 365, "undated"),
    ],
)  # fmt: skip
async def test_goods_are_as_fresh_as_the_rule_says_in_python_and_in_the_database(
    world: World, left: int | None, life: int, wanted: str
) -> None:
    until = date.max if left is None else TODAY + timedelta(days=left)
    assert freshness(until, life, soon_days(life), TODAY) == wanted
    sql = f"""
    SELECT {freshness_sql("$3")} FROM (SELECT $1::date AS expires_on) l, (SELECT $2::int AS shelf_life_days) p
    LEFT JOIN (SELECT NULL::int AS soon_days) f ON true"""
    assert await db.value(sql, until, life, TODAY) == wanted


def test_cover_and_turnover_are_what_a_person_works_out() -> None:
    # 90 left, 60 used in 30 days: two a day, 45 days. Mean stock (150 + 90) / 2 = 120: half of it was used.
    assert (cover_days(90, 60, 30), turnover_pct(60, 150, 90)) == (45, 50)
    assert (cover_days(90, 0, 30), turnover_pct(0, 0, 0)) == (None, None)
    assert cover_days(-5, 10, 30) == 0


async def test_a_dealer_sees_what_lasts_how_long_and_what_it_is_worth_at_his_purchase_price(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 2)
    await world.offer(world.brand, goods[:1], 250)
    order = (await buyer.post("/orders", cart(goods, (0, False, 60)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    await seller.post(f"/orders/{order}/issue", {})
    first, second = (await seller.get("/stock/turnover?days=30"))["items"]
    # 100 came, 60 left: 40 last 20 days; the mean of nothing and 40 is 20, of which 60 are 300 %.
    assert (first["on_hand"], first["in_qty"], first["used_qty"]) == (40, 100, 60)
    assert (first["cover_days"], first["turnover_pct"]) == (20, 300)
    assert (first["price_fen"], first["price_source"], first["value_fen"]) == (250, "purchase", 10_000)
    # The brand does not sell the other: it is worth its guide price.
    assert (second["cover_days"], second["price_source"], second["value_fen"]) == (None, "guide", 30_000)
    assert (await seller.get("/stock/turnover", params={"product_id": goods[1].id}))["items"] == [second]
    shown = await seller.get("/stock/summary")
    assert (shown["on_hand"], shown["value_fen"], shown["products"]) == (140, 40_000, 2)
    assert (await world.admin.get("/stock/summary", params={"org_id": dealer.id}))["value_fen"] == 40_000
    assert (await buyer.get("/stock/summary"))["in_transit"] == 60
    pages = [await seller.get("/stock/turnover?limit=1")]
    pages.append(await seller.get("/stock/turnover", params={"limit": 1, "cursor": pages[0]["next_cursor"]}))
    assert [page["items"][0]["product_id"] for page in pages] == [goods[0].id, goods[1].id]


async def test_a_brand_says_when_goods_of_a_category_are_near_their_end(world: World) -> None:
    dealer = await world.dealer()
    owner, item = await world.boss(dealer), await world.product()
    await world.stock(dealer, item, 5, "A", 100)
    rule = {"category_id": world.category_id, "version": 0, "soon_days": 100}

    async def found() -> str:
        sums = (await owner.get("/stock/summary"))["freshness"]
        return str(next(one["freshness"] for one in sums if one["qty"]))

    assert await found() == "last_third"
    await world.admin.post("/stock/freshness-rules", rule)
    assert await found() == "soon"
    assert (await world.admin.post("/stock/freshness-rules", rule, 409))["code"] == "stale_version"
    assert (await world.admin.post("/stock/freshness-rules", {**rule, "version": 1, "soon_days": None}))["items"] == []
    assert await found() == "last_third" and clock.today() > TODAY


async def test_all_that_a_place_has_is_worth_what_its_products_are_worth_one_by_one(world: World) -> None:
    dealer = await world.dealer(region_code="330402")
    boss, goods = await world.boss(dealer), await world.products(5)
    for item in goods:
        await world.stock(dealer, item, 10, "A", 100)
        await world.stock(dealer, item, 5, "B", 30)
    await world.offer(world.brand, goods[:4], 250)
    await set_prices(world.admin.actor, PriceList([PriceIn(goods[1].id, 240)], buyer_id=dealer.id))
    limits = {"product_id": goods[2].id, "floor_fen": 260, "guide_fen": 300, "ceiling_fen": 400}
    await world.admin.post("/guide-prices", {"prices": [limits], "region_code": "330000"})
    stop = {"version": 1, "status": "stopped"}
    assert (await world.admin.call("PATCH", f"/products/{goods[3].id}", stop)).status_code == 200
    # For the group; its own; below the region's floor, so not offered; stopped; never offered: guide prices of 300.
    wanted = [250, 240, 300, 300, 300]
    listed = (await boss.get("/stock/turnover"))["items"]
    assert [item["price_fen"] for item in listed] == wanted
    shown = await boss.get("/stock/summary")
    assert shown["value_fen"] == sum(item["value_fen"] for item in listed) == 15 * sum(wanted)
    assert [(one["freshness"], one["lots"], one["qty"]) for one in shown["freshness"] if one["lots"]] == [
        ("last_third", 5, 50), ("soon", 5, 25),
    ]  # fmt: skip
    assert (shown["products"], shown["on_hand"]) == (5, 75)


async def test_what_ends_first_comes_first_with_its_days_its_class_and_its_worth(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)  # 100 of lot L1, which keeps for 200 of 365 days: fresh
    for qty, code, days in ((7, "OLD", -3), (30, "SOON", 10), (5, "THIRD", 100)):
        await world.stock(dealer, goods[0], qty, code, days)
    found = (await seller.get("/stock/expiring"))["items"]
    price = (await seller.get("/stock/turnover"))["items"][0]["price_fen"]
    assert price > 0
    assert [(item["lot_code"], item["days"], item["freshness"], item["value_fen"]) for item in found] == [
        ("OLD", -3, "expired", 7 * price), ("SOON", 10, "soon", 30 * price), ("THIRD", 100, "last_third", 5 * price),
    ]  # fmt: skip
    page = await seller.get("/stock/expiring", params={"limit": 2})
    rest = await seller.get("/stock/expiring", params={"limit": 2, "cursor": page["next_cursor"]})
    assert [item["lot_code"] for item in page["items"] + rest["items"]] == ["OLD", "SOON", "THIRD"]
    only = await world.admin.get("/stock/expiring", params={"org_id": dealer.id, "freshness": "soon"})
    assert [item["lot_code"] for item in only["items"]] == ["SOON"]
    await buyer.get("/stock/expiring", status=404, params={"org_id": dealer.id})


async def test_what_there_is_too_much_or_too_little_of_comes_first_and_categories_add_up(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 3)  # 100 of each
    order = (await buyer.post("/orders", cart(goods, (0, False, 80), (1, False, 20)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    await seller.post(f"/orders/{order}/issue", {})
    # 20 left at 80 in 30 days: 7 days (7.5). 80 left at 20 in 30 days: 120 days. Nothing of the third was used.
    long = await seller.get("/stock/turnover/ranking")
    assert [(item["product_id"], item["cover_days"]) for item in long["items"]] == [
        (goods[2].id, None), (goods[1].id, 120), (goods[0].id, 7)]  # fmt: skip
    short = await seller.get("/stock/turnover/ranking", params={"order": "short"})
    assert [item["product_id"] for item in short["items"]] == [goods[0].id, goods[1].id]
    one_by_one = {item["product_id"]: item for item in (await seller.get("/stock/turnover"))["items"]}
    assert {item["product_id"]: item for item in long["items"]} == one_by_one
    value = sum(item["value_fen"] for item in one_by_one.values())
    used = sum(item["used_qty"] * item["price_fen"] for item in one_by_one.values())
    (category,) = long["categories"]
    assert (category["products"], category["value_fen"], category["used_fen"]) == (3, value, used)
    assert category["cover_days"] == value * 30 // used
    assert (await seller.get("/stock/turnover/ranking", params={"limit": 1}))["items"] == long["items"][:1]
