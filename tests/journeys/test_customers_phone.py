"""The dealer's phone on the road: a new store is written down at its door, and served though it has no account."""

from __future__ import annotations

from playwright.async_api import expect

from server.core import db
from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.world import PASSWORD

DOOR = {"name": "河坊街副食", "contact": "陈婶", "phone": "13857100000", "address": "河坊街 8 号"}


async def test_a_store_met_on_the_road_would_be_forgotten_and_a_customer_without_a_phone_turned_away(
    street: Street, studio: Studio
) -> None:
    phone = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await phone.context.grant_permissions(["geolocation"])
    await phone.context.set_geolocation({"latitude": 30.25, "longitude": 120.16})
    await phone.tap("tab-mine")
    await phone.tap("mine-customers")
    await expect(phone.words("转角便利店")).to_be_visible()
    await phone.tap("customer-add")
    for field, text in DOOR.items():
        await phone.write(f"customer-{field}", text)
    await phone.tap("customer-locate")
    await expect(phone.see("customer-place")).to_contain_text("30.24")  # as the maps of the country draw it
    await phone.picture("phone-store")
    await phone.tap("customer-save")
    await expect(phone.see("customer-title")).to_have_text("河坊街副食")
    await phone.write("customer-new-tag", "夜市")
    await phone.tap("customer-add-tag")
    await expect(phone.see("tag-夜市")).to_be_visible()
    await phone.picture("phone-customer")
    await phone.tap("customer-invite")
    await expect(phone.see("invite-code")).to_be_visible()
    await phone.page.go_back()

    await phone.tap("customer-order")
    await phone.tap(f"add-case-{street.soda.code}")
    await expect(phone.see("order-total")).to_have_text("¥72.00")
    await phone.picture("phone-order-for")
    await phone.tap("order-check")
    await phone.tap("delivery-pickup")
    await expect(phone.see("order-sum")).to_have_text("¥72.00")
    await phone.picture("phone-order-for-check")
    await phone.tap("order-submit")
    await phone.page.wait_for_url("**/pages/order/review**")
    brand = street.world.brand.id
    shop = await db.row("SELECT id, lat FROM org WHERE root_id = $1 AND name = $2", brand, DOOR["name"])
    assert shop is not None and 30.24 < shop["lat"] < 30.25
    order = "SELECT seller_id, total_fen, created_by, delivery_method FROM orders WHERE buyer_id = $1"
    placed = await db.row(order, shop["id"])
    assert placed is not None
    assert (placed["seller_id"], placed["total_fen"], placed["delivery_method"]) == (street.dealer.id, 7200, "pickup")
    assert placed["created_by"] == street.boss.account_id
