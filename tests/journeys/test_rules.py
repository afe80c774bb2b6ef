"""Rules as people meet them: a store below the minimum, a manager who changes who decides."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import a_desk
from tests.world import PASSWORD


async def test_a_store_would_not_see_what_its_order_lacks_and_send_it_in_vain(street: Street, studio: Studio) -> None:
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap("tab-mine")
    await boss.tap("mine-rules")
    await boss.see("rules-minimum").locator("input").fill("300")
    await boss.page.keyboard.press("Tab")
    for day in range(1, 8):
        await boss.tap(f"weekday-{day}")
    await boss.picture("rules-phone")
    await boss.tap("rules-save")
    await expect(boss.page.get_by_text("已保存").first).to_be_visible()
    rules = await street.boss.get("/order-rules")
    assert rules["minimums"][0]["min_fen"] == 30_000 and rules["calendars"][0]["weekdays"] == [1, 2, 3, 4, 5, 6, 7]

    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.tap(f"add-case-{street.soda.code}")
    await store.tap("tab-cart")
    # A case of 24 at 3.00 is 72.00 of 300.00.
    await expect(store.see("terms-missing")).to_contain_text("还差 ¥228.00 起送")
    await expect(store.see("cart-submit")).to_have_attribute("disabled", "true")
    await store.picture("minimum")
    for _ in range(4):
        await store.tap(f"case-{street.soda.code}-plus")
    await expect(store.see("terms-missing")).to_contain_text("已满足起送金额")
    await store.tap("cart-submit")
    await expect(store.page.get_by_text("订单已提交").first).to_be_visible()
    assert (await street.owner.get("/orders"))["items"][0]["total_fen"] == 5 * 7_200


async def test_a_manager_could_not_change_who_decides_about_the_next_order(street: Street, studio: Studio) -> None:
    world = street.world
    await world.user(world.brand, "brand_rep", [street.dealer], name="陆川")
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    other = await world.user(world.brand, "brand_manager", name="沈秋")
    await world.offer(world.brand, street.goods)
    desk = await a_desk(studio, manager, "/rules/approvals")
    await expect(desk.see("step-1")).to_be_visible()
    await desk.see("add-step").click()
    await desk.see("who-2").click()
    await desk.page.keyboard.type("沈秋")
    await desk.page.get_by_role("option", name="沈秋").filter(visible=True).first.click()
    await desk.field("第 2 步的金额").fill("100")
    await desk.page.keyboard.press("Control+s")
    await desk.told("审批步骤已保存")
    await desk.page.locator(".el-message").first.wait_for(state="hidden")
    await desk.is_for_everybody()
    await desk.picture("approval-steps")

    # 48 at 3.00 are 144.00, above the 100.00 from which 沈秋 is asked.
    order = await world.order(street.boss, [(street.soda, 2)], cases=True)
    steps = (await manager.get(f"/orders/{order.id}"))["approval"]["steps"]
    assert [(step["state"], step["deciders"]) for step in steps] == [("now", ["陆川"]), ("later", ["沈秋"])]
    assert other.actor.name == "沈秋"

    await desk.see("tab-exception").click()
    await expect(desk.see("step-2")).to_be_visible()
    await desk.field("第 2 步低于指导价的百分比").fill("30")
    await desk.page.keyboard.press("Control+s")
    await desk.told("审批步骤已保存")
    await desk.page.locator(".el-message").first.wait_for(state="hidden")
    await desk.is_for_everybody()
    await desk.picture("exception-steps")
    kept = (await manager.get("/approval-flows/price-exception"))["steps"]
    assert [(step["name"], step["below_guide_pct"]) for step in kept] == [("审核", None), ("复审", 30)]

    # Only the amount is asked of a return.
    await desk.see("tab-return").click()
    await desk.see("add-step").click()
    await expect(desk.see("step-2")).not_to_contain_text("指导价")
    await desk.field("第 2 步的金额").fill("200")
    await desk.page.keyboard.press("Control+s")
    await desk.told("审批步骤已保存")
    await desk.page.locator(".el-message").first.wait_for(state="hidden")
    await desk.is_for_everybody()
    await desk.picture("return-steps")
    kept = (await manager.get("/approval-flows/return"))["steps"]
    assert [step["above_fen"] for step in kept] == [None, 20_000]

    await desk.go("/rules/orders")
    await desk.see("add-minimums").click()
    await desk.page.get_by_role("textbox", name="起送金额").fill("2000")
    await desk.see("rule-take").click()
    await desk.see("add-calendars").click()
    await desk.see("rule-take").click()
    await desk.page.keyboard.press("Control+s")
    await desk.told("下单规则已保存")
    await desk.see("holidays").click()
    await desk.told("已导入")
    await desk.page.locator(".el-message").first.wait_for(state="hidden")
    await desk.is_for_everybody()
    await desk.picture("order-rules")
    assert (await street.boss.post("/orders/quote", _cart(street)))["terms"]["missing_fen"] == 200_000 - 300


def _cart(street: Street) -> dict[str, object]:
    line = {"product_id": street.soda.id, "packaging_id": street.soda.piece, "packaging_qty": 1}
    return {"lines": [line]}
