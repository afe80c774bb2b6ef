"""Goods that are where they should not be, and goods that go where they are needed: an afternoon at the desk."""

from __future__ import annotations

from playwright.async_api import expect

from server.core import clock
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority
from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import a_desk


async def _diverted(street: Street) -> None:
    """A case that was sold to the dealer of Hangzhou, seen in Ningbo."""
    world = street.world
    await grant_authority(world.admin.actor, NewAuthority(street.dealer.id, ["330100"], clock.today()))
    await world.offer(world.brand, [street.soda])
    await world.stock(world.brand, street.soda, 240)
    await world.credit(world.brand, street.dealer, 1_000_000)
    order = await world.order(street.boss, [(street.soda, 2)], cases=True)
    await world.admin.post(f"/orders/{order.id}/approve", {})
    issue = (await world.admin.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
    new = {"scheme": "url", "product_id": street.soda.id, "packaging_id": street.soda.case, "count": 10}
    made = await world.admin.post("/trace/ranges", new, 201)
    await world.admin.post(f"/trace/issues/{issue}/bind", {"codes": [made["first"]]})
    await street.boss.post(f"/goods-issues/{issue}/receive", {})
    found = {"code": made["first"], "region_code": "330203", "latitude": 29.87, "longitude": 121.55}
    await world.admin.post("/trace/scans", found, 201)


async def test_a_dealer_could_sell_into_anothers_city_if_nobody_worked_through_what_was_seen(
    street: Street, studio: Studio
) -> None:
    await _diverted(street)
    manager = await street.world.user(street.world.brand, "brand_manager", name="周敏")
    desk = await a_desk(studio, manager, "/")
    await desk.see("home-diversions").get_by_text("杭州江南商贸").click()
    pane = desk.see("diversion")
    await expect(pane).to_contain_text("浙江省宁波市海曙区")
    await expect(pane).to_contain_text("浙江省杭州市")
    await expect(desk.see("chain")).to_contain_text("杭州江南商贸")
    await expect(desk.see("place-map")).to_be_visible()
    await desk.press("t")
    await desk.told("由您处理")
    await desk.press("q")
    await (
        desk.see("question-text").locator("textarea").or_(desk.see("question-text")).first.fill("这箱货怎么到了宁波？")
    )
    await desk.see("question-send").click()
    await desk.told("已通知杭州江南商贸")
    await expect(desk.see("diversion-asked")).to_contain_text("周敏")
    (case,) = (await street.boss.get("/diversions"))["items"]
    await street.boss.post(f"/diversions/{case['id']}/state", {"text": "门店自己带过去的"})
    await expect(pane).to_contain_text("门店自己带过去的")
    await desk.is_for_everybody()
    await desk.press("d", "1")
    await desk.see("consequence-warning").click()
    await desk.page.get_by_role("button", name="经销商承认").click()
    await desk.press("Control+Enter")
    await desk.told("已判定：确认窜货")
    await expect(desk.see("diversion-verdict")).to_contain_text("警告")
    decided = await street.boss.get(f"/diversions/{case['id']}")
    assert (decided["verdict"], decided["consequence"], decided["reason"]) == ("confirmed", "warning", "经销商承认")


async def test_goods_would_lie_in_one_warehouse_while_the_other_runs_out(street: Street, studio: Studio) -> None:
    world = street.world
    await world.stock(world.brand, street.soda, 240, lot="A2611", days=240)
    await world.admin.post("/warehouses", {"name": "城东仓"}, 201)
    desk = await a_desk(studio, world.admin, "/transfers")
    await desk.see("propose").click()
    form = desk.page.locator(".form-drawer").filter(visible=True)
    await form.get_by_text("自己的仓库之间").click()
    await form.locator("[data-field=to_warehouse_id] .el-select__wrapper").click()
    await desk.page.get_by_role("option", name="城东仓").click()
    await form.get_by_label("添加商品").first.fill("青柠")
    await desk.page.get_by_role("option", name="青柠苏打水").click()
    await expect(desk.see("free")).to_contain_text("可调 10箱")
    await form.get_by_label("青柠苏打水的数量").fill("3")
    await form.get_by_role("button", name="活动备货").click()
    await desk.see("form-save").click()
    await desk.told("等待审批")
    await desk.see("transfer-approve").click()
    await desk.page.get_by_role("button", name="通过", exact=True).last.click()
    await desk.told("已通过")
    await desk.see("transfer-issue").click()
    await desk.page.get_by_role("button", name="发出", exact=True).last.click()
    await desk.told("已发出")
    await desk.is_for_everybody()
    await desk.see("transfer-receive").click()
    good = desk.page.get_by_label("青柠苏打水 A2611 完好")
    await good.fill("2箱22瓶")
    await desk.page.get_by_label("青柠苏打水 A2611 差异原因").fill("压坏两瓶")
    await desk.see("receive-confirm").click()
    await desk.told("已按差异收货")
    await expect(desk.see("transfer")).to_contain_text("短少 2瓶")
    await desk.see("transfer-close").click()
    await desk.page.get_by_role("button", name="承运方赔付").click()
    await desk.see("reason-confirm").click()
    await expect(desk.see("transfer-state")).to_have_text("已完成")
    # 240 - 72 stay, 70 have come: two bottles are the loss.
    held = (await world.admin.get("/stock/balances"))["items"]
    assert sorted(item["on_hand"] for item in held if item["product_id"] == street.soda.id) == [70, 168]
