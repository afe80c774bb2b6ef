"""Goods come in and are sold by scanning: with a camera, a hand scanner and a keyboard, with network and without."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from server.core import clock
from tests.journeys.street import AMPLE, PASSWORD, Street
from tests.stock.scanning import begin, finish, scan, send
from tests.support.barcodes import GS1_DATAMATRIX
from tests.support.browser import Phone, Studio
from tests.world import User


async def test_a_keeper_scans_goods_in_through_a_dead_spot_and_each_case_counts_once(
    street: Street, studio: Studio
) -> None:
    soda, tea, lychee = street.goods[:3]
    keeper = await street.world.user(street.dealer, "dealer_warehouse", name="赵强")
    until = clock.today() + timedelta(days=300)
    # A case with its lot and day, as the supplier printed it.
    studio.camera.see(f"01{soda.itf}17{until:%y%m%d}10B7")
    phone = await (await studio.phone()).log_in(keeper.phone, PASSWORD)
    await phone.tap("tab-stock")
    await phone.tap("begin-in")
    await phone.tap("why-purchase")

    # Held before the camera it counts once, and fills in lot and day by itself.
    await expect(phone.see("heard")).to_contain_text(soda.name)
    line = phone.see(f"scan-line-{soda.id}")
    await expect(line).to_contain_text("1箱")
    await expect(line).to_contain_text(f"批次 B7 {until} 到期")
    await expect(phone.see("scan-waiting")).to_have_text("已全部上传")

    await phone.app_is_kept()
    await phone.context.set_offline(True)
    # A hand scanner types the code and Enter.
    await _beep(phone, tea.itf)
    await _beep(phone, tea.itf)
    await expect(phone.see(f"scan-line-{tea.id}")).to_contain_text("2箱")
    await _type(phone, lychee.ean)
    await _type(phone, tea.itf)
    await expect(phone.see(f"scan-line-{tea.id}")).to_contain_text("3箱")
    await phone.tap("scan-undo")
    await expect(phone.see(f"scan-line-{tea.id}")).to_contain_text("2箱")
    await expect(phone.see("scan-waiting")).to_contain_text("条等待上传")
    await phone.page.close()

    # The phone was put away; the list is still there, and a tap changes a number.
    # What lies before the camera now is of no product of this brand: it is kept too, until somebody lets it go.
    studio.camera.see(GS1_DATAMATRIX)
    await phone.open("/pages/scan/list")
    await phone.tap("book-in")
    await phone.tap(f"scan-line-{lychee.id}")
    await phone.see("count-1-input").locator("input").fill("6")
    await phone.see("count-1-input").locator("input").blur()
    await phone.tap("line-done")
    await expect(phone.see("scan-unknown")).to_contain_text("1 个条码未识别")
    await expect(phone.see(f"scan-line-{lychee.id}")).to_contain_text("6瓶")

    await phone.context.set_offline(False)
    await expect(phone.see("scan-waiting")).to_have_text("已全部上传")
    # Goods that spoil are asked for their lot once each.
    for product in (tea, lychee):
        await phone.see(f"scan-line-{product.id}").get_by_test_id("ask-lot").click()
        await phone.see("lot-code").locator("input").fill("A2611")
        await phone.tap("lot-save")
        await expect(phone.see(f"scan-line-{product.id}")).to_contain_text("批次 A2611")
    await phone.tap("scan-finish")
    await expect(phone.see("unknown-06901234567892")).to_contain_text("商品库里没有")
    await phone.tap("unknown-drop")
    await phone.agree("不计数")
    await expect(phone.see("scan-unknown")).to_be_hidden()
    await phone.tap("sheet-close")
    await phone.tap("scan-finish")
    await phone.agree("3箱 6瓶")
    await expect(phone.see("session-head")).to_contain_text("3箱 6瓶")
    # One case of 24, two cases, six bottles
    stock = await _on_hand(street.boss)
    assert [stock[product.id] - AMPLE for product in (soda, tea, lychee)] == [24, 48, 6]


async def test_a_store_owner_sells_what_is_scanned_and_solves_a_code_that_nobody_knows(
    street: Street, studio: Studio
) -> None:
    soda, tea = street.soda, street.tea
    opening = await begin(street.owner)
    await send(street.owner, opening, scan(soda.itf, 2, lot_code="A2611"), scan(tea.itf, 1, lot_code="A2611"))
    await finish(street.owner, opening)
    # The QR code on the bottle: a GS1 Digital Link.
    studio.camera.see(f"https://id.example.com/01/0{soda.ean}")
    phone = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await phone.tap("tab-stock")
    await phone.tap("begin-sale")
    await expect(phone.see("heard")).to_contain_text(soda.name)
    await expect(phone.see(f"scan-line-{soda.id}")).to_contain_text("1瓶")
    await _beep(phone, soda.ean)
    await expect(phone.see(f"scan-line-{soda.id}")).to_contain_text("2瓶")
    # A sticker of somebody's own.
    await _type(phone, "TEA-PROMO")
    await expect(phone.see("scan-unknown")).to_contain_text("1 个条码未识别")
    # Misread digits are refused, and not counted.
    await _type(phone, soda.ean[:-1] + str((int(soda.ean[-1]) + 1) % 10))
    await expect(phone.see("heard")).to_have_attribute("data-tone", "bad")

    await phone.tap("scan-finish")
    await phone.tap("unknown-choose")
    await phone.see("unknown-search").locator("input").fill(tea.name)
    await phone.tap(f"choose-{tea.code}")
    await phone.tap("pack-1")
    await phone.tap("sheet-close")
    await expect(phone.see(f"scan-line-{tea.id}")).to_contain_text("1瓶")
    await phone.tap("scan-finish")
    await phone.agree("卖出")
    await expect(phone.see("session-head")).to_contain_text("3瓶")
    stock = await _on_hand(street.owner)
    assert (stock[soda.id], stock[tea.id]) == (46, 23)
    await phone.page.go_back()
    await expect(phone.see(f"stock-{soda.code}")).to_be_visible()


async def _beep(phone: Phone, code: str) -> None:
    """A hand scanner: keys faster than people's, and Enter."""
    await phone.page.evaluate(
        """code => [...code, 'Enter'].forEach(key => document.body.dispatchEvent(
            new KeyboardEvent('keydown', {key, bubbles: true})))""",
        code,
    )


async def _type(phone: Phone, code: str) -> None:
    await phone.see("scanner-input").locator("input").fill(code)
    await phone.tap("scanner-add")


async def _on_hand(who: User) -> dict[int, int]:
    return {item["product_id"]: item["on_hand"] for item in (await who.get("/stock"))["items"]}
