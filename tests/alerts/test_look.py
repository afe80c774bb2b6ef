"""Episodes (S3.1, B2): one alert from when goods run short until they do not, however often stock moves in between."""

from __future__ import annotations

import re
from datetime import timedelta

from server.alerts import look
from server.catalog import service as catalog
from server.catalog.schemas import NewCategory
from server.core import clock, db
from tests.alerts.conftest import Shelf, own, told


async def test_what_lasts_less_than_a_week_is_told_once_however_often_it_moves(shelf: Shelf) -> None:
    # 120 in 30 days are 4 a day. 7 days need 28: 28 on the shelf are enough, 27 are not.
    await shelf.sold_earlier(120 - 1)
    await shelf.world.stock(shelf.dealer, shelf.item, 29)
    await shelf.look()
    assert await shelf.alerts() == []
    await shelf.sell(1)  # 120 sold, 28 left: 28 × 30 = 120 × 7
    await shelf.look()
    assert await shelf.alerts() == []
    await shelf.sell(1)  # 121 sold, 27 left: 810 < 847
    assert await shelf.look() == (1, 0)
    (alert,) = await shelf.alerts()
    assert alert["kind"] == "low" and alert["limit_days"] == 7 and alert["warehouse"]["name"] == "主仓"
    found = alert["figures"]
    assert (found["available"], found["on_way"], found["used"], found["cover_days"]) == (27, 0, 121, 6)
    assert alert["words"] == "可用 27 瓶，约够 6 天，低于 7 天"
    await shelf.sell(5)
    assert await shelf.look() == (0, 0)
    assert await shelf.look(everything=True) == (0, 0)
    (again,) = await shelf.alerts()
    assert again["id"] == alert["id"] and again["opened_at"] == alert["opened_at"]
    assert again["figures"]["available"] == 22
    assert await told(shelf.world.brand.id, "alert.opened") == 1


async def test_an_episode_does_not_flap_around_its_threshold(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", product_id=shelf.item.id, qty=100), own("high"))
    await shelf.world.stock(shelf.dealer, shelf.item, 99)
    assert await shelf.look() == (1, 0)
    await shelf.world.stock(shelf.dealer, shelf.item, 10)  # 109 is above the threshold, but not by a tenth
    assert await shelf.look() == (0, 0)
    await shelf.world.stock(shelf.dealer, shelf.item, 1)  # 110 is
    assert await shelf.look() == (0, 1)
    assert await shelf.alerts() == []
    (past,) = await shelf.alerts(show="closed")
    assert past["closed_at"] is not None
    await shelf.sell(20)  # 90: the next episode, told anew
    assert await shelf.look() == (1, 0)
    assert await told(shelf.world.brand.id, "alert.opened") == 2


async def test_what_is_ordered_and_on_its_way_is_not_told_of_again(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", product_id=shelf.item.id, qty=100), own("high"))
    order = await shelf.world.order(shelf.boss, [(shelf.item, 5)], cases=True)  # 120 pieces
    await shelf.look(everything=True)
    assert await shelf.alerts() == []
    await shelf.boss.post(f"/orders/{order.id}/cancel", {"reason": "不要了"})
    assert (await shelf.look(everything=True)).opened == 1
    again = await shelf.world.order(shelf.boss, [(shelf.item, 5)], cases=True)
    assert await shelf.look() == (0, 1)
    await shelf.world.admin.post(f"/orders/{again.id}/approve", {})
    await shelf.world.admin.post(f"/orders/{again.id}/issue", {})
    await shelf.look()
    assert await shelf.alerts() == []


async def test_goods_promised_to_a_customer_are_not_there_any_more(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", product_id=shelf.item.id, qty=100), own("high"))
    await shelf.world.stock(shelf.dealer, shelf.item, 120)
    order = await shelf.world.order(shelf.keeper, [(shelf.item, 24)])
    await shelf.look()
    assert await shelf.alerts() == []
    await shelf.boss.post(f"/orders/{order.id}/approve", {})  # nothing has moved, 96 are free
    assert (await shelf.look()).opened == 1
    assert (await shelf.alerts(side="own"))[0]["figures"]["available"] == 96


async def test_too_much_and_goods_near_their_end_are_told_of(shelf: Shelf) -> None:
    # 30 in 30 days are 1 a day: 60 days are 60, the 61st is too much.
    await shelf.sold_earlier(30)
    await shelf.world.stock(shelf.dealer, shelf.item, 60)
    await shelf.look()
    assert await shelf.kinds() == []
    # A shelf life of 365 days: near its end from 45 days on.
    await shelf.world.stock(shelf.dealer, shelf.item, 5, "L46", days=46)
    await shelf.look()
    assert await shelf.kinds() == ["high"]
    await shelf.world.stock(shelf.dealer, shelf.item, 7, "L45", days=45)
    await shelf.look()
    assert await shelf.kinds() == ["high", "soon"]
    found = {item["kind"]: item for item in await shelf.alerts()}
    assert found["high"]["figures"]["excess"] == 12  # 72 − 60
    assert found["soon"]["figures"]["ageing"] == 7 and found["soon"]["words"] == "7 瓶 将在 45 天内到期"


async def test_time_alone_brings_goods_near_their_end(shelf: Shelf) -> None:
    await shelf.world.stock(shelf.dealer, shelf.item, 5, "L46", days=46)
    await shelf.look()
    assert await shelf.alerts() == []
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert (await shelf.look()).opened == 1
    with clock.frozen(clock.now() + timedelta(days=47)):
        await shelf.look()
        await shelf.boss.sign_in()
        assert (await shelf.alerts())[0]["words"] == "5 瓶 已过期"


async def test_the_most_specific_rule_of_the_nearest_org_holds(shelf: Shelf) -> None:
    drinks = shelf.world.category_id
    below = await catalog.create_category(shelf.world.admin.actor, NewCategory("汽水", parent_id=drinks))
    await db.run("UPDATE product SET category_id = $1 WHERE id = $2", below.id, shelf.goods[1].id)
    await db.run("UPDATE product SET category_id = $1 WHERE id = $2", below.id, shelf.goods[2].id)
    for item in shelf.goods:
        await shelf.world.stock(shelf.dealer, item, 50)
    await shelf.rules(
        shelf.world.admin,
        {"audience": "dealer", "kind": "low", "category_id": drinks, "qty": 60},  # also of what lies below
        {"audience": "dealer", "kind": "low", "category_id": below.id, "qty": 40},
        {"audience": "store", "kind": "low", "qty": 1000},
    )
    await shelf.look()
    # The first lies in drinks: 50 < 60. The others lie below, where 40 holds.
    assert [item["product_id"] for item in await shelf.alerts()] == [shelf.item.id]
    place = (await shelf.boss.get("/warehouses"))["items"][0]["id"]
    await shelf.rules(
        shelf.boss,
        own("low", days=0),  # nothing of it at all
        own("low", product_id=shelf.goods[1].id, qty=10),
        own("low", product_id=shelf.goods[1].id, warehouse_id=place, qty=70),
        own("low", product_id=shelf.goods[2].id),  # not told of
    )
    await shelf.look()
    assert [item["product_id"] for item in await shelf.alerts()] == [shelf.goods[1].id]
    said = await shelf.boss.get("/alert-rules")
    assert {rule["qty"] for rule in said["defaults"]} == {60, 40} and len(said["rules"]) == 4


async def test_a_product_that_never_was_there_is_missed_when_its_owner_asks_for_it(shelf: Shelf) -> None:
    await shelf.rules(shelf.keeper, own("low", product_id=shelf.item.id, qty=24))
    await shelf.look()
    (alert,) = await shelf.alerts(shelf.keeper)
    assert alert["figures"]["available"] == 0 and alert["limit_qty"] == 24


async def test_what_begins_at_one_org_at_once_is_one_digest(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", qty=100))
    for item in shelf.goods:
        await shelf.world.stock(shelf.dealer, item, 5)
    assert (await shelf.look()).opened == 3
    assert await told(shelf.world.brand.id, "alert.opened") == 1


async def test_a_frozen_dealer_and_a_closed_warehouse_are_not_watched_any_more(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", product_id=shelf.item.id, qty=24))
    await shelf.look()
    assert len(await shelf.alerts()) == 1
    await shelf.world.admin.post(f"/orgs/{shelf.dealer.id}/freeze", {"reason": "欠款"})
    assert await shelf.look(everything=True) == (0, 1)


async def test_a_look_costs_as_many_statements_for_many_orgs_as_for_one(shelf: Shelf) -> None:
    counts = []
    for orgs in (1, 8):
        for _ in range(orgs):
            await shelf.world.stock(await shelf.world.dealer(), shelf.item, 5, "L9", days=10)
        counter = db.count_statements()
        assert (await shelf.look(everything=True)).opened == orgs
        counts.append(counter.count)
    assert counts[0] == counts[1]


async def test_nobody_could_be_told_in_the_morning_if_each_product_were_looked_up_among_all_others(
    shelf: Shelf,
) -> None:
    """One by one, 14,000 products on shelves take more than a minute, joined as a whole a quarter of a second."""
    for _ in range(20):
        await shelf.world.stock(shelf.dealer, await shelf.world.product(), 5, "L9", days=10)
    asked = (shelf.world.brand.id, clock.today(), clock.now(), ["sale"], clock.now(), 0, 0, 30, 10)
    async with db.transaction():
        await db.run(look.JOIN_WHOLE)
        rows = await db.rows("EXPLAIN " + look.LOOK_AT_EVERYTHING, *asked)
    plan = "\n".join(str(row["QUERY PLAN"]) for row in rows)
    assert "Hash Cond" in plan
    assert not re.search(r"Join Filter: \(\(\w+\.(org_)?id = \S+ AND", plan), plan


async def test_what_customers_send_back_is_no_stock_on_its_way(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", product_id=shelf.item.id, qty=100), own("high"))
    await shelf.world.stock(shelf.dealer, shelf.item, 120)
    order = await shelf.world.order(shelf.keeper, [(shelf.item, 48)])
    await shelf.boss.post(f"/orders/{order.id}/approve", {})
    issue = (await shelf.boss.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
    await shelf.keeper.post(f"/goods-issues/{issue}/receive", {})
    line = {"product_id": shelf.item.id, "qty": 40, "reason": "damaged", "note": "破了"}
    back = (await shelf.keeper.post("/returns", {"lines": [line]}, 201))["id"]
    await shelf.boss.post(f"/returns/{back}/approve", {})
    await shelf.keeper.post(f"/returns/{back}/issue", {})
    await shelf.look()
    (alert,) = await shelf.alerts(side="own", kind="low")  # 72 are there; 40 on their way would make 112
    assert (alert["figures"]["available"], alert["figures"]["on_way"]) == (72, 0)
    (line,) = (await shelf.boss.get(f"/alerts/{alert['id']}"))["proposal"]["lines"]
    assert (line["available"], line["on_way"], line["need"]) == (72, 0, 38)  # to 110
    await shelf.boss.post(f"/returns/{back}/receive", {})
    await shelf.look(everything=True)
    assert (await shelf.alerts(side="own", kind="low"))[0]["figures"]["on_way"] == 0
