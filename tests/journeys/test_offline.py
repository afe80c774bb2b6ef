"""A shop in a cellar: the network comes and goes, the order does not get lost and does not double."""

from __future__ import annotations

from playwright.async_api import Route, expect

from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Phone, Studio


async def test_a_draft_outlives_the_closed_app_and_an_order_made_offline_is_sent_once(
    street: Street, studio: Studio
) -> None:
    soda, tea = street.soda, street.tea
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.tap(f"add-case-{soda.code}")
    await store.tap("tab-cart")
    await expect(store.see("cart-address")).to_contain_text("文三路 88 号")
    await store.tap("tab-shop")
    await store.app_is_kept()

    await store.context.set_offline(True)
    await expect(store.see("network-banner")).to_be_visible()
    await store.tap(f"add-case-{tea.code}")
    await store.page.close()

    # Opened anew, still without network: the app is there, and the draft in it.
    await store.open()
    await store.tap("tab-cart")
    await expect(store.see(f"case-{soda.code}-input").locator("input")).to_have_value("1")
    await expect(store.see(f"case-{tea.code}-input").locator("input")).to_have_value("1")
    await expect(store.see("cart-offline")).to_be_visible()
    # 24 at 3.00 and 24 at 4.20, as they were seen last
    await expect(store.see("cart-total")).to_have_text("¥172.80")
    await store.tap(f"case-{soda.code}-plus")
    # 48 at 3.00 and 24 at 4.20
    await expect(store.see("cart-total")).to_have_text("¥244.80")
    await store.tap("cart-submit")
    await expect(store.see("submit-result")).to_have_attribute("data-state", "waiting")
    await store.tap("result-view")
    await expect(store.see("order-waiting")).to_contain_text("¥244.80")
    assert await _orders(street) == []

    await store.context.set_offline(False)
    await expect(store.see("order-waiting")).to_be_hidden()
    await expect(store.words("待审核").first).to_be_visible()
    assert await _orders(street) == [24_480]
    await expect(store.see("network-banner")).to_be_hidden()


async def test_the_camera_reads_on_without_network_and_nothing_old_or_of_the_api_is_stored(
    street: Street, studio: Studio
) -> None:
    store = await studio.phone(at="/docs")
    # As an earlier version left it.
    await store.page.evaluate("caches.open('qutong-older').then(older => older.put('/assets/gone.js', new Response()))")
    await store.page.close()
    await store.open()
    await store.log_in(street.owner.phone, PASSWORD)
    await store.app_is_kept()
    await store.page.reload()
    await _scans_a_case(store, street, "共 1箱")
    await store.context.set_offline(True)
    await store.page.reload()
    await _scans_a_case(store, street, "加到 2箱")
    stored = await store.page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(async name => [name,"
        " (await (await caches.open(name)).keys()).map(kept => new URL(kept.url).pathname)])))"
    )
    ((version, paths),) = stored
    assert version != "qutong-older"
    assert "/" in paths and any(path.endswith(".wasm") for path in paths)
    assert all(path == "/" or path.startswith("/assets/") for path in paths)


async def _scans_a_case(store: Phone, street: Street, said: str) -> None:
    store.studio.camera.see(street.soda.itf)
    await store.tap("scan-open")
    await expect(store.see("scan-result")).to_contain_text(said)
    await store.tap("scan-close")


async def test_an_order_whose_answer_got_lost_is_not_made_twice_though_the_app_was_closed_meanwhile(
    street: Street, studio: Studio
) -> None:
    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.tap(f"add-case-{street.soda.code}")
    await store.tap("tab-cart")
    await expect(store.see("cart-address")).to_contain_text("文三路 88 号")
    await store.page.route("**/api/v1/orders", lose)
    await store.tap("cart-submit")
    await expect(store.see("submit-result")).to_have_attribute("data-state", "waiting")
    assert await _orders(street) == [7_200]
    await store.page.close()

    await store.open()
    await store.tap("tab-orders")
    await expect(store.words("待审核").first).to_be_visible()
    await expect(store.see("order-waiting")).to_be_hidden()
    assert await _orders(street) == [7_200]
    keys = {request.headers["idempotency-key"] for request in store.posted("/api/v1/orders")}
    assert len(store.posted("/api/v1/orders")) >= 2
    assert len(keys) == 1


async def _orders(street: Street) -> list[int]:
    """What the server knows: the total of each order of the store."""
    return [order["total_fen"] for order in (await street.owner.get("/orders"))["items"]]
