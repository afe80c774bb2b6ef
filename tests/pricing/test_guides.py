"""Guide prices per grade and region: which limits hold, and what becomes of prices that they leave behind."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from bot.fanout import Event, Fanout
from server.channel.models import Org
from server.core import clock, db
from server.settings import Settings
from tests.pricing.conftest import Shop, at, later
from tests.world import Product, World

CHANGSHA = "430100"
"""A city of Hunan (430000); 430102 is one of its districts (GB/T 2260)."""


async def guide(world: World, product: Product, low: int, high: int, status: int = 200, **scope: Any) -> Any:
    """Let the brand set limits for a scope; the guide price is the floor."""
    line = {"product_id": product.id, "floor_fen": low, "guide_fen": low, "ceiling_fen": high}
    return await world.admin.post("/guide-prices", {"prices": [line], **scope}, status)


async def refusal(world: World, dealer: Org, product: Product, price_fen: int) -> str:
    """Why a dealer may not ask a price; empty when he may."""
    boss = await world.boss(dealer)
    line = {"product_id": product.id, "price_fen": price_fen}
    answer = await boss.call("POST", "/prices", {"price_group": "standard", "prices": [line]})
    if answer.status_code == 200:
        return ""
    assert answer.status_code == 422, answer.text
    return str(answer.json()["errors"][0]["detail"])


async def test_the_grade_comes_before_the_region_the_smaller_region_before_the_larger_and_both_before_either(
    world: World,
) -> None:
    product = await world.product(300)  # its own limits: 1.50 to 6.00
    both = await world.dealer(grade="A", region_code="430102")
    graded = await world.dealer(grade="A", region_code="330100")
    district = await world.dealer(grade="B", region_code="430102")
    city = await world.dealer(grade="B", region_code="430181")
    province = await world.dealer(region_code="430200")
    elsewhere = await world.dealer(grade="B", region_code="330100")
    await guide(world, product, 210, 400, grade="A")
    await guide(world, product, 220, 400, region_code="430000")
    await guide(world, product, 230, 400, region_code=CHANGSHA)
    await guide(world, product, 240, 400, region_code="430102")
    await guide(world, product, 250, 400, grade="A", region_code="430000")
    floors = {}
    for name, dealer in {"both": both, "graded": graded, "district": district, "city": city, "province": province,
                         "elsewhere": elsewhere}.items():  # fmt: skip
        boss = await world.boss(dealer)
        rows = (await boss.get("/prices/matrix", params={"groups": "standard"}))["items"]
        floors[name] = rows[0]["limits"]["floor_fen"]
        assert await refusal(world, dealer, product, floors[name] - 1)
        assert await refusal(world, dealer, product, floors[name]) == ""
    assert floors == {"both": 250, "graded": 210, "district": 240, "city": 230, "province": 220, "elsewhere": 150}
    assert "（湖南省 A 级指导价）" in await refusal(world, both, product, 249)
    assert "（A 级指导价）" in await refusal(world, graded, product, 401)
    assert "应在 ¥2.20 到 ¥4.00 之间（湖南省指导价）" in await refusal(world, province, product, 219)
    assert "（指导价）" in await refusal(world, elsewhere, product, 601)


async def test_new_limits_stop_the_prices_outside_them_and_tell_whose_they_are(
    world: World, shop: Shop, settings: Settings
) -> None:
    body = {
        "region_code": "430000",
        "prices": [{"product_id": shop.product.id, "floor_fen": 310, "guide_fen": 350, "ceiling_fen": 600}],
    }
    await db.run("UPDATE org SET region_code = '430102' WHERE id = $1", shop.dealer.id)
    await shop.set(320, buyer_id=(await world.store(shop.dealer)).id)  # lies within them
    looked = await world.admin.post("/guide-prices/preview", body)
    assert await shop.price() == 300, "a preview changes nothing"
    assert (await world.admin.get("/guide-prices"))["items"] == []
    done = await world.admin.post("/guide-prices", body)
    assert looked == done
    assert (done["changed"], done["sellers"], done["prices"]) == (1, 1, 1)
    fallen = done["fallen"][0]
    assert (fallen["seller_name"], fallen["whom"], fallen["price_fen"], fallen["floor_fen"]) == (
        shop.dealer.name, "标准价", 300, 310)  # fmt: skip
    assert await shop.price() is None and (await shop.order(300, 409))["code"] == "not_offered"
    # The dealer is told by an event, once.
    event = await db.row(
        "SELECT id, root_id, topic, subject_id, payload::text FROM outbox "
        "WHERE root_id = $1 AND topic = 'price.outside'",
        world.brand.id,
    )
    assert event is not None and event["subject_id"] == shop.dealer.id
    told = Event(event["id"], event["root_id"], event["topic"], event["subject_id"], json.loads(event["payload"]))
    async with db.transaction():
        assert await Fanout(settings).expand([told]) == []
    notice = (await shop.seller.get("/notices"))["items"][0]
    assert notice["title"] == "有 1 个价格需要调整" and shop.product.name in notice["body"]
    # Ended, they leave the product's own limits in force, and the price is sold again.
    entry = (await world.admin.get("/guide-prices", params={"region_code": "430000"}))["items"][0]
    assert (entry["scope"], entry["own_floor_fen"], entry["set_by"]) == ("湖南省", 150, world.admin.actor.name)
    assert (await world.admin.post("/guide-prices/end", {"ids": [entry["id"]]}))["prices"] == 0
    assert await shop.price() == 300


async def test_a_change_of_the_products_own_limits_tells_the_sellers_too(world: World, shop: Shop) -> None:
    edit = {"version": 1, "floor_price_fen": 310, "guide_price_fen": 350}
    assert (await world.admin.call("PATCH", f"/products/{shop.product.id}", edit)).status_code == 200
    found = await db.rows(
        "SELECT subject_id FROM outbox WHERE root_id = $1 AND topic = 'price.outside'", world.brand.id
    )
    assert [item["subject_id"] for item in found] == [shop.dealer.id]


async def test_limits_of_a_period_hold_from_its_first_day_to_its_last(world: World, shop: Shop) -> None:
    await db.run("UPDATE org SET grade = 'A' WHERE id = $1", shop.dealer.id)
    with clock.frozen(at(date(2026, 3, 10))):
        await shop.set(300)
        await guide(world, shop.product, 310, 600, grade="A", from_on="2026-03-12", until_on="2026-03-13")
    seen = {}
    for moment in (at(date(2026, 3, 11), 23, 59), at(date(2026, 3, 12), 0, 0), at(date(2026, 3, 13), 23, 59),
                   at(date(2026, 3, 14), 0, 0)):  # fmt: skip
        with clock.frozen(moment):
            seen[moment.strftime("%d %H:%M")] = await shop.price()
    assert seen == {"11 23:59": 300, "12 00:00": None, "13 23:59": None, "14 00:00": 300}


async def test_the_brands_own_price_must_lie_within_the_limits_of_every_dealer_of_the_group(world: World) -> None:
    product = await world.product(300)
    await world.dealer(region_code="430102", price_group="gold")
    far = await world.dealer(region_code="330100", price_group="gold")
    await guide(world, product, 310, 600, region_code="430000")
    line = {"product_id": product.id, "price_fen": 300}
    answer = await world.admin.post("/prices", {"price_group": "gold", "prices": [line]}, 422)
    assert "（湖南省指导价）" in answer["detail"]
    await world.admin.post("/prices", {"buyer_id": far.id, "prices": [line]})
    await world.admin.post("/prices", {"price_group": "silver", "prices": [line]})
    offered = (await (await world.boss(far)).get("/catalog/products"))["items"]
    assert [(item["id"], item["price_fen"]) for item in offered] == [(product.id, 300)]


async def test_a_buyer_sees_the_guide_price_of_its_dealers_grade(world: World, shop: Shop) -> None:
    await db.run("UPDATE org SET grade = 'A' WHERE id = $1", shop.dealer.id)
    await guide(world, shop.product, 280, 600, grade="A")
    shown = (await shop.buyer.get("/catalog/products"))["items"][0]
    assert (shown["price_fen"], shown["guide_price_fen"]) == (300, 280)
    placed = await shop.order(300)
    order = await shop.buyer.get(f"/orders/{placed['id']}")
    assert order["lines"][0]["steps"][0]["price_fen"] == 280


async def test_guide_prices_are_refused_in_words_where_they_make_no_sense(world: World, shop: Shop) -> None:
    assert (await guide(world, shop.product, 310, 600, 422))["errors"][0]["pointer"] == "/grade"
    assert (await guide(world, shop.product, 600, 310, 422, grade="A"))["errors"][0]["pointer"] == "/prices/0/guide_fen"
    refused = await guide(world, shop.product, 310, 600, 422, grade="A", from_on=later(-1))
    assert refused["errors"][0]["pointer"] == "/from_on"
    refused = await guide(world, shop.product, 310, 600, 422, region_code="990000")
    assert refused["errors"][0] == {"pointer": "/region_code", "detail": "没有这个行政区划"}
    other = await World.create(world.http)
    refused = await guide(world, await other.product(), 310, 600, 422, grade="A")
    assert refused["errors"][0]["pointer"] == "/prices/0/product_id"
    await shop.seller.post("/guide-prices", {"grade": "A", "prices": []}, 403)
    assert (await world.admin.get("/guide-prices/scopes"))["items"] == []


async def test_the_scopes_say_how_many_products_and_dealers_they_concern(world: World, shop: Shop) -> None:
    await world.dealer(grade="A", region_code="430102")
    await world.dealer(grade="A", region_code="330100")
    await guide(world, shop.product, 310, 600, grade="A", region_code="430000")
    await guide(world, await world.product(), 310, 600, grade="A")
    found = await world.admin.get("/guide-prices/scopes")
    kept = [(item["scope"], item["products"], item["dealers"]) for item in found["items"]]
    assert kept == [("A 级", 1, 2), ("湖南省 A 级", 1, 1)]
    assert found["grades"] == ["A"]
    # Set again, the new limits take the place of the old ones, which stay in the history.
    await guide(world, shop.product, 320, 600, grade="A", region_code="430000")
    assert (await guide(world, shop.product, 320, 600, grade="A", region_code="430000"))["changed"] == 0
    history = (await world.admin.get("/guide-prices", params={"product_id": shop.product.id, "ended": "true"}))["items"]
    assert [(item["floor_fen"], item["ended_by"]) for item in history] == [
        (320, None), (310, world.admin.actor.name)]  # fmt: skip
