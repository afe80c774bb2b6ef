"""What people do about alerts (D2.2, B2, T1): order once, with the figures behind it; put off, hand over, remind."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from server.alerts.proposal import Need, packed
from server.core import clock, db
from server.rules.schemas import LineRule
from tests.alerts.conftest import Shelf, after, own, told
from tests.world import User, key


def test_as_much_is_proposed_as_lasts_until_the_next_order_has_come() -> None:
    # 120 in 30 days are 4 a day; 3 days of lead and 14 of cover need 68; 10 are there, 24 on their way: 34 are missing.
    assert Need(120, 3, 14, 10, 24).qty == 34
    assert Need(121, 3, 14, 10, 24).qty == 35  # 68.57 are 69
    assert Need(0, 3, 14, 10, 0).qty == 0
    assert Need(0, 3, 14, 10, 0, low_qty=100).qty == 100  # to 110, a tenth above the threshold
    assert Need(120, 3, 14, 80, 0).qty == 0


def test_a_proposal_comes_in_whole_cases_and_as_the_supplier_takes_them() -> None:
    assert [packed(n, 24, None) for n in (0, 1, 24, 25, 34)] == [0, 1, 1, 2, 2]
    multiple = LineRule(product_id=1, min_qty=None, multiple=48, audience="all", target="")
    assert [packed(n, 24, multiple) for n in (1, 34, 49)] == [2, 2, 4]
    least = LineRule(product_id=1, min_qty=100, multiple=None, audience="all", target="")
    assert packed(34, 24, least) == 5


async def low(shelf: Shelf) -> dict[str, Any]:
    """The dealer's alert: 120 sold in 30 days, 10 there."""
    await shelf.sold_earlier(120)
    await shelf.world.stock(shelf.dealer, shelf.item, 10)
    await shelf.look()
    (alert,) = await shelf.alerts(side="own")
    found: dict[str, Any] = await shelf.boss.get(f"/alerts/{alert['id']}")
    return found


def order_of(alert: dict[str, Any]) -> dict[str, Any]:
    """The proposal as the phone sends it."""
    (line,) = alert["proposal"]["lines"]
    wanted = {name: line[name] for name in ("product_id", "packaging_id", "packaging_qty", "price_fen")}
    return {"ids": [alert["id"]], "delivery_method": "pickup", "lines": [wanted]}


async def test_the_figures_behind_a_proposal_are_told_in_words(shelf: Shelf) -> None:
    alert = await low(shelf)
    proposal = alert["proposal"]
    (line,) = proposal["lines"]
    # 4 a day × (3 + 14) = 68, 10 are there: 58 are 3 cases of 24; 72 × 3.00
    assert (line["need"], line["packaging_qty"], line["qty"], line["amount_fen"]) == (58, 3, 72, 21_600)
    assert line["why"] == (
        "近 30 天用掉 120 瓶（每天约 4）；到货要 3 天，再备 14 天，共要 68 瓶；可用 10 瓶；"
        "还差 58 瓶，取整为 3 箱（每箱 24 瓶）"
    )
    assert (proposal["lead_days"], proposal["lead_from"], proposal["total_fen"]) == (3, 0, 21_600)
    (day,) = alert["days"]
    assert (day["day"], day["qty"]) == ((clock.today() - timedelta(days=5)).isoformat(), 120)
    assert set(alert["can"]) == {"order", "snooze", "hand_over"}


async def test_the_lead_time_is_that_of_the_past_deliveries(shelf: Shelf) -> None:
    for days in (2, 5, 9):  # the median is 5
        order = await shelf.world.order(shelf.boss, [(shelf.item, 1)])
        then = clock.now() - timedelta(days=days) + timedelta(hours=1)
        await db.run("UPDATE orders SET submitted_at = $2 WHERE id = $1", order.id, then)
        await shelf.world.admin.post(f"/orders/{order.id}/approve", {})
        issue = (await shelf.world.admin.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
        await shelf.boss.post(f"/goods-issues/{issue}/receive", {})
    await shelf.sold_earlier(120)
    await shelf.look()
    (alert,) = await shelf.alerts(side="own")
    proposal = (await shelf.boss.get(f"/alerts/{alert['id']}"))["proposal"]
    assert (proposal["lead_days"], proposal["lead_from"]) == (5, 3)
    assert proposal["lines"][0]["need"] == 73  # 4 × 19 = 76, 3 are there


async def test_one_press_orders_it_and_no_second_press_does_so_again(shelf: Shelf) -> None:
    alert = await low(shelf)
    clerk = await shelf.world.user(shelf.dealer, "dealer_clerk")
    body, again = order_of(alert), {"headers": {"Idempotency-Key": key()}}
    placed = await shelf.boss.post("/alerts/order", body, 201, **again)
    assert (placed["total_fen"], placed["state"]) == (21_600, "submitted")
    assert (await shelf.boss.post("/alerts/order", body, 201, **again))["id"] == placed["id"]
    refused = await clerk.post("/alerts/order", body, 409)
    assert refused["code"] == "alert_done" and placed["number"] in refused["detail"]
    assert refused["order_id"] == placed["id"]
    shown = await clerk.get(f"/alerts/{alert['id']}")
    assert shown["order"]["number"] == placed["number"] and "order" not in shown["can"]
    assert await shelf.look() == (0, 1)  # 82 are there or ordered: 20 days
    assert await _orders(shelf) == 1


async def test_two_who_press_at_once_place_one_order(shelf: Shelf) -> None:
    alert = await low(shelf)
    clerk = await shelf.world.user(shelf.dealer, "dealer_clerk")
    await asyncio.gather(shelf.boss.sign_in(), clerk.sign_in())
    answers = await asyncio.gather(
        *(user.call("POST", "/alerts/order", order_of(alert)) for user in (shelf.boss, clerk))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await _orders(shelf) == 1


async def test_a_refused_order_leaves_the_alert_free_and_a_rejected_one_can_be_placed_anew(shelf: Shelf) -> None:
    alert = await low(shelf)
    body = order_of(alert)
    dear = {**body, "lines": [{**body["lines"][0], "price_fen": 1}]}
    assert (await shelf.boss.post("/alerts/order", dear, 409))["code"] == "price_changed"
    clerk = await shelf.world.user(shelf.dealer, "dealer_clerk")
    placed = await clerk.post("/alerts/order", body, 201)
    await shelf.world.admin.post(f"/orders/{placed['id']}/reject", {"reason": "没有货"})
    assert (await shelf.boss.post("/alerts/order", body, 201))["id"] != placed["id"]


async def test_who_was_stopped_after_ordering_has_still_ordered(shelf: Shelf) -> None:
    alert = await low(shelf)
    body, pressed = order_of(alert), key()
    placed = await shelf.boss.post("/alerts/order", body, 201, headers={"Idempotency-Key": pressed})
    clerk = await shelf.world.user(shelf.dealer, "dealer_clerk")
    await db.run(
        "UPDATE alert SET order_id = NULL, ordered_by = NULL, ordered_at = NULL, taken_by = $2, taken_key = $3, "
        "taken_at = $4 WHERE id = $1",
        alert["id"], shelf.boss.account_id, pressed, clock.now() - timedelta(hours=1),
    )  # fmt: skip
    assert (await clerk.post("/alerts/order", body, 409))["order_id"] == placed["id"]
    assert (await shelf.boss.post("/alerts/order", body, 201, headers={"Idempotency-Key": pressed}))["id"] == placed[
        "id"
    ]
    assert await _orders(shelf) == 1


async def test_a_dealer_orders_for_its_store_and_a_store_is_told_what_to_restock(shelf: Shelf) -> None:
    await shelf.rules(shelf.keeper, own("low", product_id=shelf.item.id, qty=24))
    await shelf.look()
    for user, query in ((shelf.keeper, {}), (shelf.boss, {"buyer_id": shelf.store.id})):
        (line,) = (await user.get("/restock", params=query))["lines"]
        # to 27, a tenth above 24: 2 cases
        assert (line["product_id"], line["need"], line["packaging_qty"]) == (shelf.item.id, 27, 2)
        assert line["why"] == "下限 24 瓶，多备一成到 27 瓶；可用 0 瓶；还差 27 瓶，取整为 2 箱（每箱 24 瓶）"
    (mine,) = await shelf.alerts(side="below")
    alert = await shelf.boss.get(f"/alerts/{mine['id']}")
    assert "order" in alert["can"] and "remind" in alert["can"]
    placed = await shelf.boss.post("/alerts/order", order_of(alert), 201)
    assert (await shelf.keeper.get(f"/orders/{placed['id']}"))["number"] == placed["number"]


async def test_what_is_put_off_is_out_of_sight_for_the_own_people_until_its_day(shelf: Shelf) -> None:
    alert = await low(shelf)
    body = {"ids": [alert["id"]], "until": after(3).isoformat(), "reason": "等促销结束"}
    await shelf.boss.post("/alerts/snooze", {**body, "until": clock.today().isoformat()}, 422)
    await shelf.boss.post("/alerts/snooze", body, 204)
    assert await shelf.alerts(side="own") == []
    (asleep,) = await shelf.alerts(show="snoozed")
    assert asleep["care"]["snooze_reason"] == "等促销结束" and asleep["care"]["snoozed_by"] == shelf.boss.actor.name
    assert (await shelf.boss.get("/alerts/counts"))["own"]["low"] == 0
    assert (await shelf.world.admin.get("/alerts/counts"))["below"]["low"] == 1  # others still see it
    with clock.frozen(clock.now() + timedelta(days=3)):
        await shelf.look()
        await shelf.look()
    assert len(await shelf.alerts(side="own", kind="low")) == 1
    assert await told(shelf.world.brand.id, "alert.due") == 1


async def test_an_alert_is_handed_to_a_colleague_who_sees_it_and_to_nobody_else(shelf: Shelf) -> None:
    alert = await low(shelf)
    clerk = await shelf.world.user(shelf.dealer, "dealer_clerk", name="小周")
    driver = await shelf.world.user(shelf.dealer, "dealer_driver")
    names = [one["name"] for one in (await shelf.boss.get("/alerts/colleagues"))["items"]]
    assert "小周" in names and driver.actor.name not in names
    body = {"ids": [alert["id"]], "account_id": clerk.account_id, "note": "下午补"}
    await shelf.boss.post("/alerts/hand-over", {**body, "account_id": driver.account_id}, 404)
    await shelf.boss.post("/alerts/hand-over", {**body, "account_id": shelf.keeper.account_id}, 404)
    await shelf.boss.post("/alerts/hand-over", body, 204)
    (mine,) = await shelf.alerts(clerk, mine=True)
    assert mine["care"]["holder"]["name"] == "小周" and mine["care"]["note"] == "下午补"
    assert (await clerk.get("/alerts/counts"))["mine"] == 1
    stranger = await shelf.world.user(shelf.world.brand, "brand_rep", [await shelf.world.dealer()])
    await shelf.world.admin.post("/alerts/hand-over", {**body, "account_id": stranger.account_id}, 403)


async def test_a_dealer_is_reminded_once_a_day_and_whoever_comes_second_reads_who_did(shelf: Shelf) -> None:
    alert = await low(shelf)
    reps: list[User] = [await shelf.world.user(shelf.world.brand, "brand_rep", [shelf.dealer]) for _ in range(2)]
    await shelf.boss.post("/alerts/remind", {"ids": [alert["id"]]}, 422)
    await reps[0].post("/alerts/remind", {"ids": [alert["id"]]}, 204)
    refused = await reps[1].post("/alerts/remind", {"ids": [alert["id"]]}, 409)
    assert reps[0].actor.name in refused["detail"]
    assert await told(shelf.world.brand.id, "alert.reminded") == 1
    stranger = await shelf.world.user(shelf.world.brand, "brand_rep", [await shelf.world.dealer()])
    await stranger.post("/alerts/remind", {"ids": [alert["id"]]}, 404)
    await stranger.get(f"/alerts/{alert['id']}", 404)
    assert await shelf.alerts(stranger) == []


async def test_nothing_is_done_about_what_is_over(shelf: Shelf) -> None:
    alert = await low(shelf)
    await shelf.world.stock(shelf.dealer, shelf.item, 100)
    await shelf.look()
    body = {"ids": [alert["id"]], "until": after(3).isoformat(), "reason": "等等"}
    assert (await shelf.boss.post("/alerts/snooze", body, 409))["code"] == "alert_closed"
    assert (await shelf.boss.get(f"/alerts/{alert['id']}"))["can"] == []


async def test_what_will_not_be_sold_before_its_end_is_told_lot_by_lot(shelf: Shelf) -> None:
    await shelf.sold_earlier(30)  # 1 a day
    for lot, days, qty in (("A", 10, 6), ("B", 20, 20), ("C", 40, 40)):
        await shelf.world.stock(shelf.dealer, shelf.item, qty, lot, days=days)
    await shelf.look()
    alert = next(item for item in await shelf.alerts(side="own") if item["kind"] == "soon")
    shown = await shelf.boss.get(f"/alerts/{alert['id']}")
    # A: 10 days for 6. B: 20 days, 6 of them for A: 14 of 20. C: 40 days, 20 of them taken: 20 of 40.
    assert [(lot["lot_code"], lot["unsold"]) for lot in shown["lots"]] == [("A", 0), ("B", 6), ("C", 20)]
    assert {"price", "transfer"} <= set(shown["can"])


async def _orders(shelf: Shelf) -> int:
    return int(await db.value("SELECT count(*) FROM orders WHERE buyer_id = $1", shelf.dealer.id))
