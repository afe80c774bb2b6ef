"""A stocktake: the boss asks for it, the keeper counts blind through a dead spot, and the books are right again."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.street import AMPLE, PASSWORD, Street
from tests.support.browser import Phone, Studio
from tests.world import User


async def test_a_keeper_counts_without_seeing_the_books_and_the_boss_puts_them_right(
    street: Street, studio: Studio
) -> None:
    soda, tea = street.goods[:2]
    keeper = await street.world.user(street.dealer, "dealer_warehouse", name="赵强")
    studio.camera.see(None)
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.open("/pages/count/new")
    await boss.tap("scope-list")
    await boss.tap("new-products")
    for item in (soda, tea):
        await boss.see("pick-search").locator("input").fill(item.name)
        await boss.tap(f"pick-{item.code}")
    await boss.tap("pick-done")
    await boss.tap("stocktake-create")
    await expect(boss.see("stocktake-state")).to_have_text("盘点中")
    await expect(boss.see(f"tally-{soda.id}")).to_contain_text("账面 20箱")
    await boss.picture("phone-stocktake")

    phone = await (await studio.phone()).log_in(keeper.phone, PASSWORD)
    await phone.tap("tab-stock")
    await phone.tap("begin-count")
    await phone.words("2 种商品").first.click()
    await expect(phone.see(f"tally-{soda.id}")).to_contain_text("未点")
    await expect(phone.words("账面")).to_have_count(0)
    # 19 cases of soda, and 3 bottles that he takes back; one of the cases is scanned where there is no network.
    await phone.tap("stocktake-scan")
    await _scanned(phone, soda.itf)
    await phone.tap(f"scan-line-{soda.id}")
    await phone.write("count-24-input", "18")
    await phone.tap("line-done")
    await expect(phone.see("scan-waiting")).to_have_text("已全部上传")
    await phone.app_is_kept()
    await phone.context.set_offline(True)
    await _scanned(phone, soda.itf)
    await _scanned(phone, tea.ean)
    await phone.tap("scan-undo")
    await expect(phone.see("scan-waiting")).to_contain_text("条等待上传")
    await phone.context.set_offline(False)
    await expect(phone.see("scan-waiting")).to_have_text("已全部上传")
    await phone.tap("scan-finish")
    await phone.agree("19箱")
    await expect(phone.see(f"tally-{soda.id}").get_by_test_id("tally-qty")).to_have_text("19箱")
    # The tea is counted by hand: 20 cases and 2 bottles.
    await phone.tap(f"tally-{tea.id}")
    await phone.write("type-cases-input", "20")
    await phone.write("type-pieces-input", "2")
    await phone.tap("type-save")
    await expect(phone.see(f"tally-{tea.id}").get_by_test_id("tally-qty")).to_have_text("20箱2瓶")
    await phone.tap("stocktake-close")
    await phone.agree("出差异")
    await expect(phone.see("wait-blind")).to_be_visible()
    await expect(phone.words("账面")).to_have_count(0)

    # The dealer pays the guide price where the brand asks none: 24 × 3.00 are missing, 2 × 4.20 are more.
    await expect(boss.see("stocktake-state")).to_have_text("待处理差异")
    await expect(boss.see("loss")).to_have_text("¥72.00")
    await expect(boss.see("gain")).to_have_text("¥8.40")
    await boss.picture("phone-differences")
    await boss.tap("stocktake-submit")
    await boss.agree("盘亏 ¥72.00")
    await expect(boss.see("stocktake-state")).to_have_text("已调整")
    stock = await _on_hand(street.boss)
    assert (stock[soda.id] - AMPLE, stock[tea.id] - AMPLE) == (-24, 2)


async def _scanned(phone: Phone, code: str) -> None:
    await phone.see("scanner-input").locator("input").fill(code)
    await phone.tap("scanner-add")


async def _on_hand(who: User) -> dict[int, int]:
    return {item["product_id"]: item["on_hand"] for item in (await who.get("/stock"))["items"]}
