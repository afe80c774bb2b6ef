"""A dealer's day at the phone: many orders at once, too little stock, a debtor, and a colleague who asks first."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Phone, Studio


async def _numbers(phone: Phone, testid: str, count: int) -> None:
    """A stepper shows a number."""
    await expect(phone.see(f"{testid}-input").locator("input")).to_have_value(str(count))


async def _opens(phone: Phone, order_id: int) -> None:
    """Open an order by its link, in the same tab."""
    await phone.page.evaluate("id => { location.hash = `/pages/order/detail?id=${id}` }", order_id)


async def test_six_orders_decided_at_once_each_get_their_own_result(street: Street, studio: Studio) -> None:
    # Twenty cases of each are there: 21 of soda are one too many, six of tea can be had.
    short = await street.world.order(street.owner, [(street.soda, 21)], cases=True)
    others = [await street.world.order(street.owner, [(street.tea, 1)], cases=True) for _ in range(5)]
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap("batch-toggle")
    await expect(boss.see(f"order-{short.number}")).to_be_visible()
    await boss.tap("batch-select-all")
    await boss.tap("batch-approve")
    await boss.agree("6 张")
    results = boss.see("batch-results")
    await expect(results).to_contain_text("成功 5 张，失败 1 张")
    refused = boss.see(f"batch-result-{short.number}")
    await expect(refused).to_have_attribute("data-ok", "false")
    await expect(refused).to_contain_text("1 行库存不足")
    for order in others:
        await expect(boss.see(f"batch-result-{order.number}")).to_have_attribute("data-ok", "true")
    await boss.picture("batch-results")
    await boss.tap("batch-finish")
    await expect(boss.see("state-submitted")).to_contain_text("1")
    assert [(await street.owner.get(f"/orders/{order.id}"))["state"] for order in (short, *others)] == [
        "submitted", *["approved"] * 5,
    ]  # fmt: skip


async def test_what_was_not_approved_follows_as_an_order_of_its_own(street: Street, studio: Studio) -> None:
    order = await street.world.order(street.owner, [(street.soda, 3)], cases=True)
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap(f"order-{order.number}")
    await boss.tap("review")
    await boss.tap("qty-1-case-minus")
    # 2 of 3 cases of 24 at 3.00
    await expect(boss.see("review-total")).to_have_text("¥144.00")
    await boss.tap("rest-back_order")
    await boss.tap("approve")
    await boss.agree("¥144.00")
    await expect(boss.see("order-state")).to_have_attribute("data-state", "approved")
    (rest,) = [item for item in (await street.owner.get("/orders"))["items"] if item["id"] != order.id]
    assert (rest["state"], rest["total_fen"]) == ("submitted", 7_200)

    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.tap("tab-orders")
    await store.tap(f"order-{rest['number']}")
    await expect(store.words("由部分审核的订单转来")).to_be_visible()
    await street.boss.post(f"/orders/{rest['id']}/approve", {})
    issued = await street.boss.post(f"/orders/{rest['id']}/issue", {})
    await expect(store.see("order-state")).to_have_attribute("data-state", "issued")
    await store.tap("receive")
    await store.tap("receive-submit")
    await store.agree("一致")
    await expect(store.see("order-state")).to_have_attribute("data-state", "received")
    assert (await street.owner.get(f"/goods-issues/{issued['issue']['id']}"))["receipt"]["credit_fen"] == 0


async def test_the_boss_sees_what_the_clerk_proposed_before_he_confirms_it(street: Street, studio: Studio) -> None:
    clerk = await street.world.user(street.dealer, "dealer_clerk", name="林小雨")
    await street.world.two_steps(street.boss, 10_000)
    order = await street.world.order(street.owner, [(street.soda, 3), (street.tea, 1)], cases=True)
    part = {"lines": [{"line_no": 1, "approved_qty": 48}], "rest": "back_order", "note": "乌龙茶下周到货"}
    waiting = await clerk.post(f"/orders/{order.id}/approve", part)
    assert waiting["approval"]["step_no"] == 2

    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap(f"order-{order.number}")
    # 48 at 3.00
    for words in ("林小雨 初审建议通过 ¥144.00（部分）", "有货后补发", "乌龙茶下周到货"):
        await expect(boss.see("proposal")).to_contain_text(words)
    await boss.tap("review")
    await expect(boss.see("proposal")).to_contain_text("¥144.00")
    await _numbers(boss, "qty-1-case", 2)
    await _numbers(boss, "qty-2-case", 0)
    await boss.picture("second-decision")
    await boss.tap("approve")
    await boss.agree("¥144.00")
    await expect(boss.see("order-state")).to_have_attribute("data-state", "approved")
    await expect(boss.see("proposal")).to_be_hidden()
    lines = (await street.owner.get(f"/orders/{order.id}"))["lines"]
    assert [line["approved_qty"] for line in lines] == [48, 0]


async def test_an_order_of_a_debtor_is_put_aside_and_taken_up_again(street: Street, studio: Studio) -> None:
    order = await street.world.order(street.owner, [(street.soda, 1)], cases=True)
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap(f"order-{order.number}")
    await boss.tap("hold")
    await boss.tap("reason-0")
    await boss.picture("hold-reason")
    await boss.tap("reason-confirm")
    await expect(boss.see("order-state")).to_have_attribute("data-state", "on_hold")
    await expect(boss.see("order-reason")).to_have_text("挂起原因：货款逾期未付")
    await expect(boss.see("review")).to_be_hidden()

    # The store is told why, and the notice leads to the order.
    await expect(store.see("tab-mine-badge")).to_be_visible()
    await store.tap("tab-mine")
    await store.tap("mine-notices")
    await store.words(f"订单已挂起 {order.number}").click()
    await expect(store.see("order-state")).to_have_attribute("data-state", "on_hold")
    await expect(store.see("order-reason")).to_contain_text("货款逾期未付")

    await boss.page.goto("/#/pages/home/home")
    await boss.page.reload()
    await boss.tap("state-on_hold")
    await expect(boss.see(f"order-{order.number}")).to_contain_text("已挂起")
    await boss.picture("orders-on-hold")
    await boss.tap(f"order-{order.number}")
    await boss.tap("resume")
    await boss.agree("待审核")
    await expect(boss.see("order-state")).to_have_attribute("data-state", "submitted")
    await expect(boss.see("order-reason")).to_be_hidden()
    await expect(boss.see("review")).to_be_visible()
    await expect(store.see("order-state")).to_have_attribute("data-state", "submitted")


async def test_a_link_to_another_order_in_the_same_tab_never_decides_about_the_first(
    street: Street, studio: Studio
) -> None:
    first = await street.world.order(street.owner, [(street.soda, 1)], cases=True)
    second = await street.world.order(street.owner, [(street.tea, 1)], cases=True)
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap(f"order-{first.number}")
    await expect(boss.words("¥72.00").first).to_be_visible()
    await _opens(boss, second.id)
    await expect(boss.words(second.number).first).to_be_visible()
    await expect(boss.words(first.number)).to_have_count(0)
    await boss.tap("reject")
    await boss.tap("reason-0")
    await boss.tap("reason-confirm")
    await expect(boss.see("order-state")).to_have_attribute("data-state", "rejected")
    states = [(await street.owner.get(f"/orders/{order.id}"))["state"] for order in (first, second)]
    assert states == ["submitted", "rejected"]


async def test_whoever_is_frozen_while_he_works_is_out_at_once(street: Street, studio: Studio) -> None:
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await expect(store.see(f"product-{street.soda.code}")).to_be_visible()
    await street.boss.post(f"/orgs/{street.store.id}/freeze", {"reason": "停业"})
    await store.tap("tab-orders")
    await store.agree("转角便利店已被冻结：停业")
    await store.write("login-phone", street.owner.phone)
    await store.write("login-password", PASSWORD)
    await store.tap("login-submit")
    await expect(store.words(re.compile("冻结"))).to_be_visible()
    await expect(store.see("tab-mine")).to_be_hidden()
