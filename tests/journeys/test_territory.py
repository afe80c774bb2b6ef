"""Who may sell where, and how goods look: a manager's morning at the desk, and what a dealer and a store see of it."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from server.core import clock
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority
from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk
from tests.support.photo import cartons


async def _grant_form(desk: Desk, dealer: str, words: str, region: str) -> None:
    """Open the form, choose a dealer by its name and a region by its pinyin."""
    await desk.see("grant").click()
    form = desk.page.locator(".form-drawer").filter(visible=True)
    await form.get_by_label("经销商").first.fill(dealer[:2])
    await desk.page.get_by_role("option", name=dealer).click()
    await desk.see("regions-search").fill(words)
    await form.get_by_role("button", name=region).click()


async def test_two_dealers_would_fight_over_a_city_that_was_promised_to_one_of_them(
    street: Street, studio: Studio
) -> None:
    world, today = street.world, clock.today()
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    rival = await world.dealer(name="钱塘食品批发")
    last = today + timedelta(days=20)
    promised = NewAuthority(street.dealer.id, ["330100"], today, until_on=last, exclusive=True)
    await grant_authority(manager.actor, promised)
    desk = await a_desk(studio, manager, "/territory")
    await expect(desk.row("杭州江南商贸")).to_contain_text("20 天后到期")

    # West Lake lies in Hangzhou: the form says whose that is before anything is sent, and the server says it too.
    await _grant_form(desk, rival.name, "xihu", "浙江省杭州市西湖区")
    await expect(desk.see("grant-check")).to_contain_text("已独家授权给")
    await expect(desk.see("grant-check")).to_contain_text("杭州江南商贸")
    await desk.is_for_everybody()
    await desk.see("form-save").click()
    await expect(desk.see("form-problem")).to_contain_text("杭州江南商贸")
    # Ningbo is free.
    await desk.see("regions-chosen").get_by_role("button").click()
    await desk.see("regions-search").fill("ningbo")
    await desk.page.locator(".regions-found").get_by_role("button", name="浙江省宁波市").first.click()
    await expect(desk.see("grant-check")).to_contain_text("没有冲突")
    await desk.see("form-save").click()
    await desk.told("已授权 1 条")
    await expect(desk.row("钱塘食品批发")).to_contain_text("浙江省宁波市")

    # The dealer sees on the phone what it holds.
    phone = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await phone.tap("tab-mine")
    await phone.tap("mine-authorities")
    await expect(phone.see("area-330100")).to_contain_text("独家")
    await expect(phone.see("area-330100")).to_contain_text("20 天后到期")
    await phone.picture("authorities")

    # The promise is taken back with a reason, and the rival gets what it wanted.
    await desk.row("杭州江南商贸").get_by_role("checkbox").check()
    await desk.see("revoke").click()
    await desk.page.get_by_role("button", name="窜货处理").click()
    await desk.see("reason-confirm").click()
    await desk.told("已收回 1 条授权")
    await expect(desk.row("杭州江南商贸")).to_contain_text("已收回")
    await _grant_form(desk, rival.name, "xihu", "浙江省杭州市西湖区")
    await desk.see("form-save").click()
    await desk.told("已授权 1 条")


async def test_nobody_would_know_where_goods_are_not_sold(street: Street, studio: Studio) -> None:
    world, today = street.world, clock.today()
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    other = await world.dealer(name="钱塘食品批发")
    # 嘉兴 has seven counties: one alone, one shared by two, five white; a store stands in 海宁, which nobody has.
    await grant_authority(manager.actor, NewAuthority(street.dealer.id, ["330402"], today, exclusive=True))
    await grant_authority(manager.actor, NewAuthority(street.dealer.id, ["330411"], today))
    await grant_authority(manager.actor, NewAuthority(other.id, ["330411"], today))
    await world.store(street.dealer, name="海宁小店", region_code="330481")
    desk = await a_desk(studio, manager, "/territory/coverage")
    await desk.see("tile-330000").click()
    await expect(desk.row("嘉兴市")).to_contain_text("29% 2/7")
    await desk.page.get_by_role("button", name="嘉兴市").click()
    await expect(desk.see("coverage-sum")).to_contain_text("2 / 7 个区县")
    for county, state in (("南湖区", "独家"), ("秀洲区", "多家"), ("海宁市", "空白")):
        await expect(desk.row(county)).to_contain_text(state)
    await desk.is_for_everybody()
    await desk.picture("console-coverage")
    await desk.page.get_by_text("空白区域").click()
    await expect(desk.see("white-total")).to_contain_text("5 个区县")
    await expect(desk.row("海宁市")).to_contain_text("1")
    # From the white spot straight to a dealer for it.
    await desk.row("海宁市").get_by_role("button", name="授权").click()
    form = desk.page.locator(".form-drawer").filter(visible=True)
    await expect(desk.see("regions-chosen")).to_contain_text("浙江省嘉兴市海宁市")
    await form.get_by_label("经销商").first.fill("钱塘")
    await desk.page.get_by_role("option", name="钱塘食品批发").click()
    await desk.see("form-save").click()
    await desk.told("已授权 1 条")
    await expect(desk.see("white-total")).to_contain_text("4 个区县")


async def test_a_product_would_look_the_same_as_all_others_on_the_shelf(street: Street, studio: Studio) -> None:
    manager = await street.world.user(street.world.brand, "brand_manager", name="周敏")
    desk = await a_desk(studio, manager, "/products?q=青柠")
    await desk.row("青柠苏打水").click()
    form = desk.page.locator(".form-drawer").filter(visible=True)
    await form.get_by_label("商品图片").set_input_files(
        {"name": "soda.png", "mimeType": "image/png", "buffer": cartons()}
    )
    await expect(form.get_by_role("button", name="预览")).to_be_visible()
    await desk.see("form-save").click()
    await desk.told("已保存")

    # A half pack is added: a slip in the barcode is seen while it is typed.
    await desk.row("青柠苏打水").click()
    await desk.button("加一种包装")
    await form.get_by_label("包装名称").fill("半箱")
    await form.get_by_label("包装条码").fill("6901234567891")
    await expect(form.get_by_text("最后一位应为 2")).to_be_visible()
    await form.get_by_label("包装条码").fill("6901234567892")
    await form.locator(".pack-new").get_by_role("button", name="保存").click()
    await desk.told("已新增包装")
    await desk.is_for_everybody()

    phone = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    tiles = phone.page.locator(".product-tile").filter(visible=True)
    await expect(tiles.first).to_be_visible()
    await expect(phone.page.locator('.product-tile[data-picture="true"]').filter(visible=True)).to_have_count(1)
