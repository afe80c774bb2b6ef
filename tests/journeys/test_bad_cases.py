"""What goes wrong is said on the spot, in Chinese, and nothing is half done."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.street import PASSWORD, Street, a_street
from tests.support.browser import Phone, Studio
from tests.world import gtin13


async def _scanned(store: Phone, code: str, tone: str, *said: str) -> None:
    """Type a code under the camera, and read what is said."""
    await store.write("scan-input", code)
    await store.tap("scan-find")
    for words in said:
        await expect(store.see("scan-result")).to_contain_text(words)
    await expect(store.see("scan-result")).to_have_attribute("data-tone", tone)


async def _with_a_case_of_soda(street: Street, studio: Studio, *, hears: bool = True) -> Phone:
    """A store with a case of soda in the cart, about to submit; unless it `hears`, nothing reaches it live."""
    phone = await studio.phone()
    if not hears:
        await phone.page.route("**/api/v1/events*", lambda route: route.abort())
    store = await phone.log_in(street.owner.phone, PASSWORD)
    await store.tap(f"add-case-{street.soda.code}")
    await store.tap("tab-cart")
    await expect(store.see("cart-address")).to_contain_text("文三路 88 号")
    await expect(store.see("cart-total")).to_have_text("¥72.00")
    await expect(store.see("cart-submit").and_(store.page.locator(":not([disabled])"))).to_be_visible()
    return store


async def _orders(street: Street) -> list[int]:
    return [order["total_fen"] for order in (await street.owner.get("/orders"))["items"]]


async def test_a_barcode_that_cannot_be_ordered_says_why_and_shows_the_code(street: Street, studio: Studio) -> None:
    unknown, elsewhere = gtin13(), await street.world.product(name="未供应的果汁")
    wrong = street.soda.ean[:-1] + str((int(street.soda.ean[-1]) + 1) % 10)
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.tap("scan-open")
    await _scanned(store, unknown, "bad", "商品库里没有这个条码", unknown)
    await _scanned(store, wrong, "bad", "校验位不对", wrong)
    await _scanned(store, "12345", "bad", "不是商品条码", "12345")
    await _scanned(store, elsewhere.ean, "bad", "没有向您供应", elsewhere.ean)
    await _scanned(store, street.soda.itf, "good", "共 1箱")
    await _scanned(store, street.soda.itf, "good", "又扫到", "2箱")
    await store.tap("scan-close")
    # 2 cases of 24 at 3.00, and nothing else
    await expect(store.see("cart-bar")).to_contain_text("¥144.00")


async def test_a_price_that_changed_is_shown_and_asked_before_the_order_goes_out(
    street: Street, studio: Studio
) -> None:
    store = await _with_a_case_of_soda(street, studio, hears=False)
    await street.world.offer(street.dealer, [street.soda], price_fen=320)
    await store.tap("cart-submit")
    await store.agree("价格有变化")
    assert await _orders(street) == []
    # 24 at 3.20
    await expect(store.see("cart-total")).to_have_text("¥76.80")
    await expect(store.see("cart-price-changed")).to_be_visible()
    await store.tap("cart-submit")
    await store.agree("原 ¥3.00 → 现 ¥3.20")
    await expect(store.see("submit-result")).to_have_attribute("data-state", "sent")
    assert await _orders(street) == [7_680]


async def test_a_frozen_dealer_takes_no_order_and_the_cart_stays_full(street: Street, studio: Studio) -> None:
    store = await _with_a_case_of_soda(street, studio)
    await street.world.admin.post(f"/orgs/{street.dealer.id}/freeze", {"reason": "资质到期"})
    await store.tap("cart-submit")
    await store.agree("冻结")
    await expect(store.see(f"case-{street.soda.code}-input").locator("input")).to_have_value("1")
    await store.page.reload()
    await store.tap("tab-cart")
    await expect(store.see(f"case-{street.soda.code}-input").locator("input")).to_have_value("1")


async def test_two_quick_taps_on_submit_make_one_order(street: Street, studio: Studio) -> None:
    store = await _with_a_case_of_soda(street, studio)
    await store.see("cart-submit").evaluate("button => { button.click(); button.click() }")
    await expect(store.see("submit-result")).to_have_attribute("data-state", "sent")
    assert await _orders(street) == [7_200]
    assert len(store.posted("/api/v1/orders")) == 1


async def test_a_quantity_that_is_no_whole_number_is_asked_for_again(street: Street, studio: Studio) -> None:
    store = await _with_a_case_of_soda(street, studio)
    await store.write(f"case-{street.soda.code}-input", "1.5")
    await expect(store.words("请输入整数")).to_be_visible()
    await expect(store.see(f"case-{street.soda.code}-input").locator("input")).to_have_value("1")
    await expect(store.see("cart-total")).to_have_text("¥72.00")


async def test_the_order_of_a_stranger_is_not_found_by_its_address(street: Street, studio: Studio) -> None:
    stranger = await a_street(street.world.http)
    order = await stranger.world.order(stranger.owner, [(stranger.soda, 5)])
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.page.goto(f"/#/pages/order/detail?id={order.id}")
    await expect(store.words("没有找到")).to_be_visible()
    await expect(store.see("order-state")).to_be_hidden()
