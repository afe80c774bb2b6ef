"""Prices: the brand's lists in the console, the dealer's on the phone, and the cart that hears of them."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk


async def _shown(street: Street) -> dict[str, int]:
    """What the dealer is asked by the brand: product → fen."""
    items = (await street.boss.get("/catalog/products"))["items"]
    return {item["name"]: item["price_fen"] for item in items}


async def _paste(desk: Desk, testid: str, text: str) -> None:
    """Paste a block copied out of a spreadsheet into a cell."""
    await desk.see(testid).evaluate(
        "(cell, text) => { const data = new DataTransfer(); data.setData('text', text);"
        " cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })) }",
        text,
    )


async def test_a_managers_price_list_would_be_edited_blindly_if_cells_limits_and_effects_were_not_shown(
    street: Street, studio: Studio
) -> None:
    world, soda, tea = street.world, street.soda, street.tea
    await world.offer(world.brand, street.goods[:3])
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    desk = await a_desk(studio, manager, "/prices")
    cell = f"price-{soda.code}-standard"
    await expect(desk.see(cell)).to_have_value("3.00")
    # By keyboard: type over, go down, type what is too much.
    await desk.see(cell).click()
    await desk.page.keyboard.type("2.80")
    await desk.press("ArrowDown")
    await expect(desk.see(f"price-{tea.code}-standard")).to_be_focused()
    await desk.page.keyboard.type("9.99")
    # 4.20 is the guide price of the tea: from 2.10 to 8.40
    await expect(desk.words("应在 ¥2.10 到 ¥8.40 之间（指导价）")).to_be_visible()
    await expect(desk.see("price-preview")).to_be_disabled()
    await desk.picture("console-prices-refused")
    await desk.press("Escape")
    # A column out of a spreadsheet goes downwards; an empty cell is withdrawn.
    await _paste(desk, f"price-{tea.code}-standard", "4.00\n\n3.55")
    await expect(desk.see("price-savebar")).to_contain_text("4 处改动")
    await desk.is_for_everybody()
    await desk.press("Control+Enter")
    await expect(desk.see("effect")).to_contain_text("1 个买家看到新价格")
    await expect(desk.see("effect")).to_contain_text("停止供应 1 种")
    await desk.picture("console-prices-effect")
    await desk.see("price-save").click()
    await desk.told("已保存 4 个价格")
    assert await _shown(street) == {"青柠苏打水": 280, "白桃乌龙茶": 400, "桂花酸梅汤": 355}
    # Who did it stands in the history.
    await desk.page.get_by_role("button", name="青柠苏打水的价格历史").click()
    await expect(desk.see("price-history")).to_contain_text("¥3.00 → ¥2.80")
    await expect(desk.see("price-history")).to_contain_text("周敏")
    await desk.press("Escape")
    # A list of its own for key dealers, raised by three per cent: 2.80 × 1.03 = 2.884 → 2.90 by steps of 0.10
    await desk.see("copy-open").click()
    dialog = desk.page.get_by_role("dialog", name="复制或调整价格表")
    await dialog.get_by_label("写入价格组").fill("重点")
    await desk.page.get_by_role("option", name="重点").click()
    await dialog.get_by_label("取整单位").fill("0.10")
    await desk.see("copy-look").click()
    await expect(desk.see("effect")).to_contain_text("¥2.90")
    await desk.picture("console-prices-copy")
    await desk.see("copy-apply").click()
    await desk.told("已改动 3 个价格")


async def test_guide_prices_would_stop_dealers_sales_unseen_if_their_effect_were_not_shown_first(
    street: Street, studio: Studio
) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    desk = await a_desk(studio, manager, "/guide-prices")
    await desk.see("guide-new").click()
    dialog = desk.page.get_by_role("dialog", name="设置指导价")
    await dialog.get_by_label("经销商等级").fill("甲")
    await desk.page.get_by_role("option", name="甲").click()
    await world.admin.call("PATCH", f"/orgs/{street.dealer.id}", {"version": 1, "grade": "甲"})
    await dialog.get_by_label("添加商品").fill("青柠")
    await desk.page.get_by_role("option", name="青柠苏打水").click()
    await dialog.get_by_label("青柠苏打水的最低价").fill("3.20")
    await dialog.get_by_label("青柠苏打水的指导价").fill("3.00")
    await expect(dialog.get_by_text("指导价必须在最低价和最高价之间")).to_be_visible()
    await dialog.get_by_label("青柠苏打水的指导价").fill("3.60")
    await desk.see("guide-look").click()
    await expect(desk.see("guide-effect")).to_contain_text("1 家供货方的 1 个价格会超出范围")
    await expect(desk.see("guide-effect")).to_contain_text("杭州江南商贸：青柠苏打水（标准价）¥3.00")
    await desk.picture("console-guide-effect")
    await desk.see("guide-save").click()
    await desk.told("已设置 1 条指导价")
    await expect(desk.row("青柠苏打水")).to_contain_text("¥3.20")
    await desk.is_for_everybody()
    await desk.picture("console-guides")
    offered = [item["name"] for item in (await street.owner.get("/catalog/products"))["items"]]
    assert "青柠苏打水" not in offered


async def test_a_store_would_order_at_a_price_that_its_dealer_has_changed_if_the_open_cart_did_not_hear_of_it(
    street: Street, studio: Studio
) -> None:
    soda = street.soda
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.tap(f"add-case-{soda.code}")
    await store.tap("tab-cart")
    await expect(store.see("cart-total")).to_have_text("¥72.00")
    dealer = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await dealer.tap("tab-mine")
    await dealer.tap("mine-prices")
    await dealer.write("price-search", "青柠")
    await dealer.tap(f"price-{soda.id}")
    await dealer.picture("dealer-prices")
    # Refused at the field, with the limits and whose they are.
    await dealer.write("price-input", "1.49")
    await expect(dealer.see("price-wrong")).to_have_text("不能低于 ¥1.50（指导价）")
    await expect(dealer.see("price-save")).to_have_attribute("disabled", "true")
    await dealer.picture("dealer-price-refused")
    await dealer.write("price-input", "2.80")
    await dealer.tap("price-save")
    await expect(dealer.see(f"price-{soda.id}")).to_contain_text("¥2.80")
    # The store's cart says so by itself; the buyer agrees before it is sent.
    await expect(store.see("cart-price-changed")).to_contain_text("青柠苏打水：价格变了 ¥3.00→¥2.80")
    await expect(store.see("cart-total")).to_have_text("¥67.20")
    await store.picture("cart-price-changed")
    await store.tap("cart-submit")
    await store.agree("原 ¥3.00 → 现 ¥2.80")
    await expect(store.see("submit-result")).to_have_attribute("data-state", "sent")
    # What the server knows and the phone does not: the limits have moved since the page was read.
    await dealer.tap(f"price-{soda.id}")
    edit = {"version": 1, "floor_price_fen": 270}
    assert (await street.world.admin.call("PATCH", f"/products/{soda.id}", edit)).status_code == 200
    await dealer.write("price-input", "2.60")
    await dealer.tap("price-save")
    await expect(dealer.see("price-wrong")).to_contain_text("应在 ¥2.70 到 ¥6.00 之间（指导价）")


async def test_a_price_below_the_floor_would_stay_a_phone_call_if_it_could_not_be_asked_for_and_decided(
    street: Street, studio: Studio
) -> None:
    soda, world = street.soda, street.world
    rep = await world.user(world.brand, "brand_rep", [street.dealer], name="林晓")
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    dealer = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await dealer.tap("tab-mine")
    await dealer.tap("mine-prices")
    await dealer.write("price-search", "青柠")
    await dealer.tap(f"price-{soda.id}")
    await dealer.write("price-input", "1.20")
    await expect(dealer.see("exception-one-store")).to_contain_text("请先选一家门店")
    await dealer.page.reload()
    await dealer.tap("price-store")
    await dealer.tap(f"store-{street.store.id}")
    await dealer.tap(f"price-{soda.id}")
    await dealer.write("price-input", "1.20")
    await dealer.write("exception-reason", "清临期库存")
    await dealer.picture("dealer-exception-ask")
    await dealer.tap("exception-ask")
    await expect(dealer.see("exception-pending")).to_contain_text("等待审核")
    first = await a_desk(studio, rep, "/price-exceptions")
    await expect(first.row("青柠苏打水")).to_contain_text("低于指导价 60.0%")  # 1.20 of 3.00
    await first.is_for_everybody()
    await first.picture("console-exceptions")
    await first.see("exception-approve").click()
    await first.page.locator(".el-message-box").get_by_role("button", name="通过").click()
    await first.told("已通过")
    await expect(first.row("青柠苏打水")).to_contain_text("复审")
    second = await a_desk(studio, manager, "/approvals")
    await second.page.get_by_role("link", name="TJ").click()
    await second.see("exception-approve").click()
    await second.page.locator(".el-message-box").get_by_role("button", name="通过").click()
    await second.told("已通过")
    await expect(second.row("青柠苏打水")).to_contain_text("周敏")
    offered = {item["name"]: item["price_fen"] for item in (await street.owner.get("/catalog/products"))["items"]}
    assert offered["青柠苏打水"] == 120
    # The manager asks for a price of the brand's own in the list; another one would have to decide.
    await world.offer(world.brand, street.goods[:1])
    await second.go(f"/prices?buyer_id={street.dealer.id}")
    await second.see(f"price-{soda.code}-buyer").fill("1.00")
    await second.see(f"ask-{soda.code}").click()
    await second.page.get_by_role("button", name="应对竞品促销").click()
    await second.picture("console-exception-ask")
    await second.page.keyboard.press("Escape")
