"""The desk looks into a dealer's stock: from a move to its document, to what there was before, to the warehouses."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from server.core import clock, db
from tests.journeys.street import Street
from tests.stock.scanning import begin, send
from tests.stock.scanning import scan as scanned
from tests.support.browser import Studio
from tests.support.desk import a_desk


async def test_a_quantity_in_a_dealers_stock_would_have_no_reason_no_document_and_no_past(
    street: Street, studio: Studio
) -> None:
    # The dealer's goods came four days ago; two cases of soda leave for the store today.
    await db.run("UPDATE stock_move SET at = at - interval '4 days' WHERE root_id = $1", street.world.brand.id)
    order = await street.world.order(street.owner, [(street.soda, 2)], cases=True)
    await street.boss.post(f"/orders/{order.id}/approve", {})
    issue = (await street.boss.post(f"/orders/{order.id}/issue", {}))["issue"]
    await street.world.stock(street.dealer, street.tea, 24, "A2610", 10)
    manager = await street.world.user(street.world.brand, "brand_manager", name="周敏")

    desk = await a_desk(studio, manager, f"/stock/moves?org_id={street.dealer.id}&product_id={street.soda.id}")
    await expect(desk.rows()).to_have_count(2)
    left = desk.row("出库发货")
    await expect(left).to_contain_text("-2箱")
    await expect(left).to_contain_text("陈建国")
    await desk.is_for_everybody()
    await left.get_by_test_id("move-document").click()
    await expect(desk.page).to_have_url(f"{studio.api}/console/orders/{order.id}")
    await expect(desk.words(issue["number"]).first).to_be_visible()

    # Yesterday all twenty cases lay there; since then two have left, and a lot of tea has come.
    await desk.go(f"/stock/past?org_id={street.dealer.id}&day={clock.today() - timedelta(days=1)}&changed=1")
    await expect(desk.rows()).to_have_count(2)
    await expect(desk.row("青柠苏打水")).to_contain_text("20箱")
    await expect(desk.row("青柠苏打水")).to_contain_text("18箱")
    await expect(desk.row("青柠苏打水")).to_contain_text("-2箱")
    await expect(desk.row("A2610")).to_contain_text("+1箱")
    await desk.is_for_everybody()

    # What ends in ten days is near its end, and is what is left when that part of the picture is pressed.
    await desk.go(f"/stock/expiring?org_id={street.dealer.id}")
    await desk.see("fresh-soon").click()
    await expect(desk.rows()).to_have_count(1)
    await expect(desk.row("A2610")).to_contain_text("剩 10 天")
    await desk.is_for_everybody()


async def test_the_desk_would_not_see_what_runs_out_what_was_scanned_and_which_warehouse_delivers(
    street: Street, studio: Studio
) -> None:
    order = await street.world.order(street.owner, [(street.soda, 18)], cases=True)
    await street.boss.post(f"/orders/{order.id}/approve", {})
    await street.boss.post(f"/orders/{order.id}/issue", {})
    session = await begin(street.boss)
    await send(street.boss, session, scanned(street.tea.ean, 3), scanned("6900000000001", 1))
    desk = await a_desk(studio, street.world.admin, f"/stock/turnover?org_id={street.dealer.id}&order=short")
    # 2 cases are left of 20; 18 went in 30 days: 3 days (3.3).
    await expect(desk.rows()).to_have_count(1)
    await expect(desk.row("青柠苏打水")).to_contain_text("3 天")
    await expect(desk.page.get_by_role("img", name="各分类的货值")).to_be_visible()
    await desk.is_for_everybody()

    await desk.go("/stock/scans")
    await desk.row("杭州江南商贸").click()
    await expect(desk.words("1 个条码认不出")).to_be_visible()
    await expect(desk.words("6900000000001 的校验位不对")).to_be_visible()
    await desk.is_for_everybody()

    await desk.go("/stock/warehouses")
    await expect(desk.row("主仓").get_by_text("发货仓", exact=True)).to_be_visible()
    await desk.see("warehouse-add").click()
    await desk.see("warehouse-name").fill("主仓")
    await desk.see("warehouse-save").click()
    await expect(desk.words("已经有“主仓”这个仓库了")).to_be_visible()
    await desk.see("warehouse-name").fill("城东仓")
    await desk.see("warehouse-save").click()
    await desk.see("default-城东仓").click()
    await desk.page.locator(".el-message-box").get_by_role("button", name="设为发货仓").click()
    await expect(desk.row("城东仓").get_by_text("发货仓", exact=True)).to_be_visible()
    await desk.see("close-主仓").click()
    await desk.page.locator(".el-message-box").get_by_role("button", name="停用").click()
    await expect(desk.row("主仓")).to_have_count(0)
    await desk.is_for_everybody()
