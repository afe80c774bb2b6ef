"""A truck with two hundred kinds of goods stands at the door."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from server.core import clock, db
from server.stock.schemas import Supply, SupplyLine
from server.stock.service import supply
from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Studio

LINES = 200


async def test_a_delivery_of_200_lines_is_counted_by_scanning_though_a_product_is_sold_no_more(
    street: Street, studio: Studio
) -> None:
    world = street.world
    goods = [await world.product(200, name=f"礼盒第 {n:03} 款") for n in range(1, LINES + 1)]
    await world.offer(street.dealer, goods)
    lines = [SupplyLine(item.id, "C2611", clock.today() + timedelta(days=300), 24) for item in goods]
    await supply(street.boss.actor, Supply(lines))
    order = await world.order(street.owner, [(item, 1) for item in goods], cases=True)
    await street.boss.post(f"/orders/{order.id}/approve", {"override_credit": True})
    issue = (await street.boss.post(f"/orders/{order.id}/issue", {}))["issue"]
    last = goods[-1]
    await db.run("DELETE FROM price WHERE product_id = $1", last.id)

    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.page.goto(f"/#/pages/order/detail?id={order.id}")
    await store.tap(f"receive-{issue['number']}")
    await expect(store.see("line-1")).to_be_visible()
    await expect(store.page.get_by_test_id(f"line-{LINES}")).to_have_count(1)
    await store.tap("scan-open")
    await store.write("scan-input", last.ean)
    await store.tap("scan-find")
    row = store.see(f"line-{LINES}")
    await expect(row).to_be_in_viewport()
    await expect(row).to_contain_text("礼盒第 200 款")
    await store.tap(f"good-{LINES}-piece-minus")
    await expect(store.see(f"short-{LINES}")).to_contain_text("1瓶")
    await store.picture("receive-200")
    await store.tap("receive-submit")
    # One bottle at 2.00
    await store.agree("1 行有差异，少付 ¥2.00")
    await expect(store.see("order-state")).to_have_attribute("data-state", "received")
    # 200 cases of 24 at 2.00, less one bottle
    assert (await street.owner.get(f"/orders/{order.id}"))["received_fen"] == 959_800
