"""Alerts as people meet them: a dealer orders what is missing by one press, his rep sees it in the console."""

from __future__ import annotations

from playwright.async_api import expect

from server.alerts import look
from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import a_desk
from tests.world import PASSWORD


async def test_a_dealer_could_not_order_what_he_is_short_of_where_he_reads_of_it(
    street: Street, studio: Studio
) -> None:
    world, item = street.world, street.soda
    await world.offer(world.brand, street.goods)
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    held = sum(one["available"] for one in (await street.boss.get("/stock"))["items"] if one["product_id"] == item.id)
    await boss.tap("tab-mine")
    await boss.tap("mine-alerts")
    await boss.tap("alerts-rules")
    await boss.tap("rule-add")
    await boss.tap("rule-target")
    await boss.tap(f"target-{item.id}")
    await boss.tap("rule-by-qty")
    await boss.see("rule-value").locator("input").fill(str(held + 100))
    await boss.tap("rule-save")
    await expect(boss.see("rule-0")).to_contain_text(str(held + 100))
    await look.look(world.brand.id)
    (alert,) = (await street.boss.get("/alerts", params={"kind": "low"}))["items"]

    rep = await world.user(world.brand, "brand_rep", [street.dealer], name="陆川")
    desk = await a_desk(studio, rep, "/alerts")
    await desk.page.get_by_text(item.name).first.click()
    await expect(desk.see("alert-remind")).to_be_visible()
    await desk.is_for_everybody()
    await desk.picture("alerts")
    await desk.see("alert-remind").click()
    await desk.told("已提醒")

    await boss.page.goto(f"{boss.page.url.split('#')[0]}#/pages/alerts/detail?id={alert['id']}")
    await expect(boss.see("alert-words")).to_contain_text(f"低于 {held + 100}")
    await boss.picture("alert-phone")
    await boss.tap("alert-order-now")
    await boss.tap("alert-order-confirm")
    await expect(boss.see("alert-order")).to_be_visible()
    (order,) = (await street.boss.get("/orders", params={"side": "purchases"}))["items"]
    shown = await street.boss.get(f"/alerts/{alert['id']}")
    assert shown["order"]["number"] == order["number"] and "order" not in shown["can"]
