"""Goods go back from a shop to its dealer on two phones: asked, let come in part, sent, counted, sold again."""

from __future__ import annotations

from playwright.async_api import expect

from server.core import db
from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Studio
from tests.world import balances


async def _bought(street: Street) -> int:
    """A case of soda that the shop has ordered and signed for; the order."""
    order = await street.world.order(street.owner, [(street.soda, 1)], cases=True)
    await street.boss.post(f"/orders/{order.id}/approve", {})
    issue = (await street.boss.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
    await street.owner.post(f"/goods-issues/{issue}/receive", {})
    return int(order.id)


async def test_three_broken_bottles_go_back_two_are_credited_and_one_is_sold_again(
    street: Street, studio: Studio
) -> None:
    order = await _bought(street)
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.page.evaluate("id => { location.hash = `/pages/order/detail?id=${id}` }", order)
    await store.tap("give-back")
    for _ in range(3):
        await store.tap(f"put-{street.soda.code}-piece-plus")
    await store.tap("return-next")
    await expect(store.see("return-total")).to_have_text("¥9.00")
    # The app is closed and opened again: what was chosen is there still.
    await store.page.reload()
    await store.page.evaluate("() => { location.hash = '/pages/return/edit' }")
    await expect(store.see("return-total")).to_have_text("¥9.00")
    await store.write("note-0", "瓶盖漏气")
    await store.picture("return-edit")
    await store.tap("return-submit")
    await store.agree("¥9.00")
    await expect(store.see("return-state")).to_have_attribute("data-state", "asked")

    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    (waiting,) = (await street.boss.get("/returns?side=in"))["items"]
    await boss.tap("tab-mine")
    await boss.tap("mine-returns")
    await boss.tap(f"return-{waiting['number']}")
    await expect(boss.words("瓶盖漏气")).to_be_visible()
    await boss.tap("return-approve")
    await boss.agree("¥9.00")
    await expect(store.see("return-state")).to_have_attribute("data-state", "approved")
    await store.tap("return-issue")
    await store.agree("交给司机")

    await boss.tap("good-1-piece-minus")
    await boss.write("why-1", "少一瓶")
    await boss.picture("return-count")
    await boss.tap("return-receive")
    await boss.agree("¥6.00")
    await expect(boss.see("return-state")).to_have_attribute("data-state", "received")
    await boss.tap("return-settle")
    await boss.tap("settle-1-piece-minus")
    await boss.tap("settle-why-0")
    await boss.tap("settle-submit")
    await expect(boss.see("settle-sheet")).to_have_count(0)
    there = await balances(street.dealer)
    assert there[street.soda.id, "quarantine"] == (1, 0)
    # 24 of 480 were sold, one came back to the shelf.
    assert there[street.soda.id, "warehouse"] == (457, 0)
    # A case at 72.00, less two bottles at 3.00.
    assert await db.value("SELECT receivable_fen FROM trade_account WHERE buyer_id = $1", street.store.id) == 6_600
    await store.tap("return-close")
    await store.tap("reason-0")
    await store.tap("reason-confirm")
    await expect(store.see("return-state")).to_have_attribute("data-state", "closed")
