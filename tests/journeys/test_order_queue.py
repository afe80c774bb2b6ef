"""A clerk of the brand at the queue of purchase orders: by the keyboard alone, and when things go wrong."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Locator, expect

from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk
from tests.world import User

CASE_FEN = 7_200
"""A case of 24 bottles of soda at 3.00."""


async def _queue(street: Street, orders: int, limit_fen: int | None = 100_000_000) -> User:
    """The dealer has ordered a case of soda so many times; answers the colleague who decides."""
    world = street.world
    await world.offer(world.brand, [street.soda])
    await world.stock(world.brand, street.soda, 24 * 100, lot="B2611")
    await world.credit(world.brand, street.dealer, limit_fen)
    for _ in range(orders):
        await world.order(street.boss, [(street.soda, 1)], cases=True)
    return await world.user(world.brand, "brand_admin", name="周敏")


def _box(desk: Desk) -> Locator:
    return desk.page.locator(".el-message-box").filter(visible=True)


async def _agree(desk: Desk, words: str, then_asked: bool = False) -> None:
    """Answer the question on the screen with Enter; another may follow at once."""
    asked = _box(desk).filter(has_text=words)
    await expect(asked).to_be_visible()
    await expect(asked.locator(".el-button--primary, .el-button--danger").last).to_be_focused()
    await desk.press("Enter")
    if not then_asked:
        await expect(_box(desk)).to_have_count(0)


async def _at_a_row(desk: Desk) -> None:
    """The keyboard is on a row of the list, not lost."""
    await expect(desk.page.locator("tr:focus")).to_have_count(1)


async def _give_reason(desk: Desk, number: str) -> None:
    """Choose a ready reason by its number, and confirm."""
    dialog = desk.see("reason-dialog")
    await expect(dialog.locator("button").first).to_be_focused()
    await desk.press(number)
    await expect(desk.see("reason-confirm")).to_be_focused()
    await desk.press("Enter")
    await expect(dialog).to_have_count(0)


async def _states(user: User) -> dict[str, int]:
    found = await user.get("/orders/counts", params={"side": "sales"})
    return {item["state"]: item["count"] for item in found["items"]}


async def test_a_clerk_would_need_the_mouse_somewhere_in_a_long_queue(street: Street, studio: Studio) -> None:
    clerk = await _queue(street, 21)
    desk = await a_desk(studio, clerk, "/orders")
    await desk.page.evaluate("window.clicks = 0; addEventListener('mousedown', () => { window.clicks += 1 })")
    await expect(desk.rows()).to_have_count(21)
    await desk.is_for_everybody()
    await desk.press("Enter")
    await expect(desk.see("order-detail")).to_have_attribute("data-state", "submitted")
    await expect(desk.see("credit-line")).to_be_visible()
    await desk.is_for_everybody()
    await desk.picture("console-queue")

    # One after the other: the row goes, the keyboard and the pane are on the next.
    for left in range(20, 14, -1):
        order = await desk.see("order-detail").get_attribute("data-order")
        await desk.press("a")
        await _agree(desk, "¥72.00")
        await expect(desk.rows()).to_have_count(left)
        await _at_a_row(desk)
        await expect(desk.see("order-detail")).not_to_have_attribute("data-order", str(order))
        await expect(desk.see("order-detail")).to_have_attribute("data-state", "submitted")
    assert await _states(clerk) == {"approved": 6, "submitted": 15}

    # Half a case of one, which the second Enter sends; the rest is dropped.
    part = await desk.see("order-detail").get_attribute("data-order")
    await desk.press("e")
    await expect(desk.page.locator(".qty-input:focus")).to_have_value("1箱")
    await desk.page.keyboard.type("12瓶")
    await expect(desk.see("review-total")).to_have_text("¥36.00")
    await desk.press("Enter")
    await _agree(desk, "¥36.00")
    await expect(desk.rows()).to_have_count(14)
    await _at_a_row(desk)
    assert (await clerk.get(f"/orders/{part}"))["approved_fen"] == 12 * 300

    await desk.press("r")
    await _give_reason(desk, "1")
    await expect(desk.rows()).to_have_count(13)
    await desk.press("h")
    await _give_reason(desk, "2")
    await expect(desk.rows()).to_have_count(12)
    await _at_a_row(desk)

    # Ten at once, from where the keyboard is.
    await desk.press("Escape")
    await expect(desk.see("order-detail")).to_have_count(0)
    await desk.press("Home", *["x", "j"] * 9, "x")
    await expect(desk.see("bulk-bar")).to_contain_text("已选 10 项")
    await desk.is_for_everybody()
    await desk.press("a")
    await _agree(desk, "10 张订单，合计 ¥720.00")
    await expect(desk.rows()).to_have_count(2)
    await _at_a_row(desk)
    assert await _states(clerk) == {"approved": 17, "submitted": 2, "rejected": 1, "on_hold": 1}

    await _resume_issue_and_print(desk, clerk)
    assert await desk.page.evaluate("window.clicks") == 0


async def _resume_issue_and_print(desk: Desk, clerk: User) -> None:
    # To the next tab, and what was put aside is taken up again.
    await desk.press("ArrowRight")
    await expect(desk.rows()).to_have_count(1)
    await desk.press("Enter")
    await expect(desk.see("order-reason")).to_contain_text("对账有异议")
    await desk.press("h")
    await _agree(desk, "恢复")
    await expect(desk.see("list-empty")).to_be_visible()

    # What is approved leaves the warehouse, half of it now; the note is fetched and printed.
    await desk.press("Escape", "ArrowRight")
    await expect(desk.rows()).to_have_count(17)
    await desk.press("Enter", "i")
    await expect(desk.page.locator(".qty-input:focus")).to_have_value("1箱")
    await desk.page.keyboard.type("+12")
    await desk.press("Enter")
    await _agree(desk, "¥36.00")
    await expect(desk.see("order-detail")).to_have_attribute("data-state", "issued")
    await expect(desk.see("order-detail")).to_contain_text("B2611")
    # The print dialog itself is the browser's; without a screen it has none.
    await desk.page.add_init_script("window.print = () => { top.printed = true }")
    async with desk.page.expect_response(lambda answer: answer.url.endswith("/note.pdf")) as printed:
        await desk.press("p")
    note = await printed.value
    assert note.ok and note.headers["content-type"] == "application/pdf"
    await expect(desk.page.locator("iframe.print-frame")).to_have_attribute("src", re.compile("^blob:"))
    await _at_a_row(desk)

    # By its number an order is found from anywhere.
    [order, *_] = (await clerk.get("/orders", params={"side": "sales", "state": "rejected"}))["items"]
    await desk.press("Control+k")
    await expect(desk.see("palette-input")).to_be_focused()
    await desk.page.keyboard.type(order["number"])
    await expect(desk.page.get_by_role("option", name=order["number"])).to_be_visible()
    await desk.press("Enter")
    await expect(desk.see("order-detail")).to_have_attribute("data-state", "rejected")
    await expect(desk.see("order-reason")).to_contain_text("库存不足")


async def test_an_order_would_be_approved_twice_or_against_a_colleague_or_lost_in_the_lift(
    street: Street, studio: Studio
) -> None:
    clerk = await _queue(street, 4, limit_fen=3 * CASE_FEN)
    colleague = await street.world.user(street.world.brand, "brand_manager", name="赵磊")
    desk = await a_desk(studio, clerk, "/orders")
    await expect(desk.rows()).to_have_count(4)
    await desk.press("Enter")

    # Enter twice, as fast as fingers are.
    first = await _opened(desk)
    await desk.press("a")
    await expect(_box(desk)).to_contain_text("¥72.00")
    await desk.press("Enter", "Enter", "a")
    await expect(desk.rows()).to_have_count(3)
    assert len(desk.posted(f"/api/v1/orders/{first}/approve")) == 1

    # While the question is open, a colleague rejects: his name is told, nothing is done, and the list is true again.
    await _put_away(desk)
    await desk.press("Home", "Enter")
    second = await _opened(desk)
    await desk.press("a")
    await expect(_box(desk)).to_contain_text("¥72.00")
    await colleague.post(f"/orders/{second}/reject", {"reason": "重复下单"})
    await desk.press("Enter")
    await desk.told("赵磊")
    await expect(desk.rows()).to_have_count(2)
    assert (await clerk.get(f"/orders/{second}"))["state"] == "rejected"

    # Without a network nothing is known; with one again, the same press is the same request.
    await _put_away(desk)
    await desk.press("Home", "Enter")
    third = await _opened(desk, other=second)
    await desk.page.context.set_offline(True)
    await desk.press("a")
    await _agree(desk, "¥72.00")
    await desk.told("网络不通")
    await expect(desk.see("offline")).to_be_visible()
    await desk.page.context.set_offline(False)
    await expect(desk.see("offline")).to_have_count(0)
    await desk.press("a")
    await _agree(desk, "¥72.00")
    await expect(desk.rows()).to_have_count(1)
    keys = {request.headers["idempotency-key"] for request in desk.posted(f"/api/v1/orders/{third}/approve")}
    assert len(keys) == 1
    assert (await clerk.get(f"/orders/{third}"))["state"] == "approved"

    await _over_credit(desk, street, clerk)


async def _over_credit(desk: Desk, street: Street, clerk: User) -> None:
    """Two cases are committed, one is left: an order of two more needs a second yes; it arrives by itself."""
    line = {"product_id": street.soda.id, "packaging_id": street.soda.case, "packaging_qty": 2, "price_fen": 300}
    placed = await street.boss.post("/orders", {"delivery_method": "pickup", "lines": [line]}, 201)
    await expect(desk.row(placed["number"])).to_be_visible()
    await desk.press("Home", "Enter")
    await expect(desk.see("order-detail")).to_have_attribute("data-order", str(placed["id"]))
    await expect(desk.see("credit-line")).to_contain_text("超出¥72.00")
    await desk.press("a")
    await _agree(desk, "¥144.00", then_asked=True)
    await _agree(desk, "仍然放行")
    await expect(desk.rows()).to_have_count(1)
    assert (await clerk.get(f"/orders/{placed['id']}"))["state"] == "approved"


async def _opened(desk: Desk, other: Any = None) -> str:
    """The id of the order in the pane, once it is shown and waits."""
    detail = desk.see("order-detail")
    if other is not None:
        await expect(detail).not_to_have_attribute("data-order", str(other))
    await expect(detail).to_have_attribute("data-state", "submitted")
    return str(await detail.get_attribute("data-order"))


async def _put_away(desk: Desk) -> None:
    """Close a question that a key too many has opened."""
    if await _box(desk).count():
        await desk.press("Escape")
        await expect(_box(desk)).to_have_count(0)


async def test_a_batch_would_hide_which_orders_failed_and_why(street: Street, studio: Studio) -> None:
    clerk = await _queue(street, 3, limit_fen=2 * CASE_FEN)
    rep = await street.world.user(street.world.brand, "brand_rep", [street.dealer], name="李明")
    desk = await a_desk(studio, rep, "/orders")
    await expect(desk.rows()).to_have_count(3)
    await desk.page.get_by_label("全选本页").click()
    await desk.see("batch-approve").click()
    await _agree(desk, "3 张订单，合计 ¥216.00")
    results = desk.see("batch-results")
    await expect(results).to_contain_text("成功 2 张，未完成 1 张")
    await expect(results.locator("tr").first).to_contain_text("额度")
    await desk.is_for_everybody()
    await desk.picture("console-batch")
    await desk.press("Escape")
    await expect(desk.rows()).to_have_count(1)
    # What failed is still selected; it is rejected, for all of the selection with one reason.
    await expect(desk.see("bulk-bar")).to_contain_text("已选 1 项")
    await desk.see("batch-reject").click()
    await desk.page.get_by_role("button", name="超出信用额度").click()
    await desk.see("reason-confirm").click()
    await expect(desk.see("list-empty")).to_be_visible()
    assert await _states(clerk) == {"approved": 2, "rejected": 1}
