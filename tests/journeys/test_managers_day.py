"""A manager's day at the desk: what waits is decided, what left is followed, what failed is sent again."""

from __future__ import annotations

from typing import Any

from playwright.async_api import expect

from server.core import clock, db
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority
from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk
from tests.world import User

CASE_FEN = 7_200
"""A case of 24 bottles of soda at 3.00."""


async def _orders(street: Street, count: int) -> list[Any]:
    """The dealer has ordered a case of soda so many times; the brand has a hundred in stock."""
    world = street.world
    await world.offer(world.brand, [street.soda])
    await world.stock(world.brand, street.soda, 24 * 100, lot="B2611")
    await world.credit(world.brand, street.dealer, 100_000_000)
    return [await world.order(street.boss, [(street.soda, 1)], cases=True) for _ in range(count)]


async def _yes(desk: Desk, words: str, *keys: str) -> None:
    """Answer the question on the screen with Enter, or with these keys."""
    box = desk.page.locator(".el-message-box").filter(visible=True)
    await expect(box).to_contain_text(words)
    await expect(box.locator(".el-button--primary, .el-button--danger").last).to_be_focused()
    await desk.press(*(keys or ("Enter",)))


async def _state(user: User, order: Any) -> str:
    return str((await user.get(f"/orders/{order.id}"))["state"])


async def test_what_waits_for_a_manager_would_be_decided_twice_or_without_a_reason_or_against_a_colleague(
    street: Street, studio: Studio
) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    colleague = await world.user(world.brand, "brand_admin", name="赵磊")
    first, second, third = await _orders(street, 3)
    desk = await a_desk(studio, manager, "/approvals")
    await expect(desk.rows()).to_have_count(3)
    # Enter twice, as fast as fingers are: one request, one decision.
    await desk.row(first.number).get_by_role("button", name="通过").click()
    await _yes(desk, "¥72.00", "Enter", "Enter")
    await desk.told("已通过")
    await expect(desk.rows()).to_have_count(2)
    assert len([request for request in desk.posts if request.url.endswith("/decide")]) == 1
    assert await _state(manager, first) == "approved"
    # A refusal without a reason is asked for one, which the dealer reads.
    await desk.row(second.number).get_by_role("button", name="驳回").click()
    await desk.see("reason-confirm").click()
    await expect(desk.see("reason-dialog").get_by_role("alert")).to_be_visible()
    await desk.page.get_by_role("button", name="库存不足").click()
    await desk.see("reason-confirm").click()
    await desk.told("已驳回")
    assert "库存不足" in (await street.boss.get(f"/orders/{second.id}"))["reason"]
    # While the question is open a colleague is faster: he is named, and nothing is done.
    await desk.row(third.number).get_by_role("button", name="通过").click()
    await colleague.post(f"/orders/{third.id}/reject", {"reason": "重复下单"})
    await _yes(desk, "¥72.00")
    await desk.told("赵磊")
    await expect(desk.see("list-empty")).to_contain_text("没有等待处理的审批")
    assert await _state(manager, third) == "rejected"
    await desk.page.get_by_role("tab", name="已驳回").click()
    await expect(desk.row(second.number)).to_contain_text("周敏")
    await desk.is_for_everybody()


async def test_goods_that_left_the_warehouse_would_be_out_of_sight_until_somebody_calls(
    street: Street, studio: Studio
) -> None:
    world = street.world
    [order] = await _orders(street, 1)
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    await world.admin.post(f"/orders/{order.id}/approve", {})
    desk = await a_desk(studio, manager, "/stock?q=qingning")
    # A hundred cases, one of them promised to the dealer.
    await expect(desk.row("B2611")).to_contain_text("100箱")
    await expect(desk.row("B2611")).to_contain_text("99箱")
    issued = await world.admin.post(f"/orders/{order.id}/issue", {})
    await expect(desk.row("B2611")).not_to_contain_text("100箱")
    # What lies at the dealer is a choice away: twenty cases of its own lot.
    await desk.field("谁的库存").fill("杭州江南")
    await desk.page.get_by_role("option", name="杭州江南商贸").click()
    await expect(desk.row("A2611")).to_contain_text("20箱")
    await desk.see("keeps").click()
    await desk.page.get_by_role("option", name="30 天内到期").click()
    await expect(desk.see("list-empty")).to_contain_text("没有符合条件")
    # The note is open while the dealer signs, two bottles short: the page says so by itself. 2 × 3.00 = 6.00
    await desk.go("/issues")
    await desk.row(order.number).locator("td").first.click()
    pane = desk.page.get_by_role("article", name="出库单")
    await expect(pane).to_contain_text("B2611")
    await expect(pane).to_contain_text("在途")
    counted = {"lines": [{"line_no": 1, "received_qty": 22}]}
    await street.boss.post(f"/goods-issues/{issued['issue']['id']}/receive", counted)
    await expect(pane).to_contain_text("差额 ¥6.00 已冲减应收")
    await desk.is_for_everybody()
    async with desk.page.expect_response(lambda answer: answer.url.endswith("/note.pdf")) as printed:
        await desk.see("print-note").click()
    assert (await printed.value).headers["content-type"] == "application/pdf"
    await desk.page.get_by_role("tab", name="在途").click()
    await expect(desk.see("list-empty")).to_be_visible()


async def test_a_message_that_did_not_arrive_and_a_password_that_others_know_would_stay_as_they_are(
    street: Street, studio: Studio
) -> None:
    admin, phone = street.world.admin, street.world.admin.phone
    await _orders(street, 1)
    failed = "SELECT id FROM outbox WHERE root_id = $1 AND topic = 'order.submitted' ORDER BY id LIMIT 1"
    message = await db.value(failed, street.world.brand.id)
    fail = "UPDATE outbox SET state = 'failed', attempts = 5, last_error = '企业微信没有应答' WHERE id = $1"
    await db.run(fail, message)
    desk = await a_desk(studio, admin)
    await desk.page.get_by_role("link", name="有 1 条通知发送失败").click()
    await expect(desk.row("新订单")).to_contain_text("企业微信没有应答")
    await desk.is_for_everybody()
    await desk.see("retry").click()
    await desk.told("马上重新发送")
    await expect(desk.see("list-empty")).to_contain_text("没有发送失败的通知")
    assert await db.value("SELECT state FROM outbox WHERE id = $1", message) != "failed"

    # The old password is asked for; the other desk, where somebody knew it, is signed out.
    other = await a_desk(studio, admin)
    await desk.go("/account")
    await _change_password(desk, "not-the-one", "passw0rd-9")
    await expect(desk.words("原密码不对")).to_be_visible()
    await _change_password(desk, PASSWORD, "passw0rd-9", again="passw0rd-8")
    await expect(desk.words("两次输入不一致")).to_be_visible()
    await _change_password(desk, PASSWORD, "passw0rd-9")
    await desk.told("密码已修改")
    await expect(desk.see("session")).to_have_count(1)
    await expect(other.see("login-why")).to_contain_text("登录已失效")
    await other.log_in_in_vain(phone, PASSWORD)
    await expect(other.see("login-refused")).to_contain_text("密码")
    await other.log_in(phone, "passw0rd-9")


async def _change_password(desk: Desk, old: str, fresh: str, again: str = "") -> None:
    for label, text in (("当前密码", old), ("新密码", fresh), ("再输一次", again or fresh)):
        await desk.page.get_by_label(label, exact=True).fill(text)
    await desk.button("修改密码")


async def test_a_dealers_prices_and_where_its_goods_go_would_be_nobodys_affair(street: Street, studio: Studio) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    await grant_authority(manager.actor, NewAuthority(street.dealer.id, ["330100"], clock.today()))
    ningbo = await world.store(street.dealer, name="宁波小店", region_code="330212")
    keeper = await world.boss(ningbo)
    away = await world.order(keeper, [(street.soda, 24)])
    desk = await a_desk(studio, manager, f"/orders/{away.id}")
    # Goods that leave the dealer's territory carry a mark; nobody is stopped, and what the dealer does shows by itself.
    await expect(desk.see("outside")).to_be_visible()
    await expect(desk.see("order-detail")).to_have_attribute("data-state", "submitted")
    await desk.is_for_everybody()
    await street.boss.post(f"/orders/{away.id}/approve", {})
    await expect(desk.see("order-detail")).to_have_attribute("data-state", "approved")

    # The right to set prices is taken back: asked before, held at the next price, told in the history.
    await desk.go(f"/dealers/{street.dealer.id}")
    await expect(desk.words("自己给客户定价")).to_be_visible()
    await desk.see("sets-prices").click()
    await _yes(desk, "现有价格不变", "Escape")
    await expect(desk.words("自己给客户定价")).to_be_visible()
    await desk.see("sets-prices").click()
    await _yes(desk, "现有价格不变")
    await expect(desk.words("由上级代为定价")).to_be_visible()
    price = {"product_id": street.soda.id, "price_fen": 310}
    assert "没有定价权" in (await street.boss.post("/prices", {"prices": [price]}, 403))["detail"]
    await desk.page.get_by_role("tab", name="历史").click()
    await expect(desk.see("history").locator("li").first).to_contain_text("修改定价权")
