"""What shops have and sell is told by phone: an opening stock, a till's file, a case and the way it came."""

from __future__ import annotations

from playwright.async_api import expect

from server.core import clock
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority
from tests.exchange.books import book
from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Phone, Studio
from tests.world import Product, User


async def test_a_shop_says_what_is_there_uploads_its_till_once_and_its_dealer_sees_the_sales(
    street: Street, studio: Studio
) -> None:
    soda = street.soda
    phone = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await phone.tap("tab-stock")
    await expect(phone.see("open-stock")).to_contain_text("先点一下店里有多少货")
    await phone.tap("open-stock-go")
    await _type(phone, soda.itf)
    await expect(phone.see(f"scan-line-{soda.id}")).to_contain_text("1箱")
    await phone.tap("scan-finish")
    await phone.agree("1箱")
    await expect(phone.see("session-head")).to_contain_text("1箱")

    # Nobody can sell more than there is, and then nothing of the file is written.
    await phone.open("/pages/stock/sales")
    await phone.tap("till-open")
    await _upload(phone, [soda.code, 30, clock.today()])
    await expect(phone.see("till-errors")).to_contain_text("只有 24")
    await _upload(phone, [soda.code, 6, clock.today()])
    await phone.tap("till-confirm")
    await phone.agree("登记 1 行销售")
    await expect(phone.see("till-state")).to_have_text("已登记")
    await _upload(phone, [soda.code, 6, clock.today()])
    await expect(phone.words("没有新的销售")).to_be_visible()

    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.open("/pages/stock/sales")
    await expect(boss.see("sales-qty")).to_have_text("6")
    await boss.tap(f"sold-by-{street.store.id}")
    await expect(boss.see(f"sold-of-{soda.code}")).to_contain_text("6瓶")
    await boss.open(f"/pages/stock/org?id={street.store.id}")
    # One case of 24, six sold.
    await expect(boss.see(f"stock-{soda.code}")).to_contain_text("18瓶")
    await boss.tap(f"stock-{soda.code}")
    await expect(boss.see("product-available")).to_have_text("18瓶")


async def test_a_case_is_bound_as_it_leaves_and_the_shop_reads_whose_hands_it_went_through(
    street: Street, studio: Studio
) -> None:
    world, soda = street.world, street.soda
    await world.stock(world.brand, soda, 24, lot="A2612", days=300)
    await world.offer(world.brand, [soda])
    made = await world.admin.post(
        "/trace/ranges",
        {"scheme": "url", "product_id": soda.id, "packaging_id": soda.case, "count": 1, "lot_code": "A2612"},
        201,
    )
    (code,) = (await world.admin.get(f"/trace/ranges/{made['id']}/codes"))["items"]
    first = await _sent(world.admin, street.boss, soda)
    await world.admin.post(f"/trace/issues/{first}/bind", {"codes": [code["text"]]})
    await street.boss.post(f"/goods-issues/{first}/receive", {})
    # Only what he got with a code can leave by it: all that ends sooner goes out first.
    await _sent(street.boss, street.owner, soda, cases=20)
    second = await _sent(street.boss, street.owner, soda)

    keeper = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await keeper.open(f"/pages/trace/bind?issue={second}")
    await _type(keeper, code["text"])
    await expect(keeper.see("bound-cases")).to_have_text("已绑 1 箱")
    await expect(keeper.see("heard")).to_have_attribute("data-tone", "good")

    phone = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await phone.open("/pages/trace/scan?mode=receive")
    await _type(phone, code["content"])
    await expect(phone.see("heard")).to_contain_text(soda.name)
    # His own hand he sees, the one above it is only counted.
    await expect(phone.see("way")).to_contain_text(f"{street.dealer.name} → {street.store.name}")
    await expect(phone.see("way-hidden")).to_contain_text("另有 1 手")


async def test_a_rep_finds_a_case_in_a_strangers_shop_names_the_county_and_its_dealer_answers(
    street: Street, studio: Studio
) -> None:
    world, soda = street.world, street.soda
    await grant_authority(world.admin.actor, NewAuthority(street.dealer.id, ["330100"], clock.today()))
    await world.stock(world.brand, soda, 24, lot="A2612", days=300)
    await world.offer(world.brand, [soda])
    new = {"scheme": "url", "product_id": soda.id, "packaging_id": soda.case, "count": 1, "lot_code": "A2612"}
    made = await world.admin.post("/trace/ranges", new, 201)
    (code,) = (await world.admin.get(f"/trace/ranges/{made['id']}/codes"))["items"]
    issue = await _sent(world.admin, street.boss, soda)
    await world.admin.post(f"/trace/issues/{issue}/bind", {"codes": [code["text"]]})
    await street.boss.post(f"/goods-issues/{issue}/receive", {})

    rep = await world.user(world.brand, "brand_rep", [street.dealer], name="陆川")
    phone = await (await studio.phone()).log_in(rep.phone, PASSWORD)
    await phone.tap("tab-mine")
    await phone.tap("mine-trace")
    await _type(phone, code["text"])
    await phone.tap("check-open")
    # The shop is nobody's whom he knows; its county says whose authority it is.
    await phone.see("store-search").locator("input").fill("武昌")
    await phone.tap("county-420106")
    await phone.write("check-note", "货架第二层")
    await phone.tap("check-submit")
    await expect(phone.see("way-verdict")).to_contain_text("疑似窜货")

    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap("tab-mine")
    await boss.tap("mine-diversions")
    await boss.words("湖北省武汉市武昌区").first.click()
    await boss.write("state-text", "客户网上转卖，已要求收回")
    await boss.tap("state-submit")
    await expect(boss.see("diversion-statement")).to_contain_text("已要求收回")


async def _sent(seller: User, buyer: User, product: Product, cases: int = 1) -> int:
    """Goods on their way; the goods issue."""
    lines = [
        {"product_id": product.id, "packaging_id": product.case, "packaging_qty": cases, "price_fen": product.price_fen}
    ]
    order = await buyer.post("/orders", {"delivery_method": "pickup", "lines": lines}, 201)
    await seller.post(f"/orders/{order['id']}/approve", {"override_credit": True})
    return int((await seller.post(f"/orders/{order['id']}/issue", {}))["issue"]["id"])


async def _type(phone: Phone, code: str) -> None:
    await phone.see("scanner-input").locator("input").fill(code)
    await phone.tap("scanner-add")


async def _upload(phone: Phone, *rows: list[object]) -> None:
    """Choose a till's file."""
    async with phone.page.expect_file_chooser() as opened:
        await phone.tap("till-choose")
    chooser = await opened.value
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    await chooser.set_files({"name": "收银流水.xlsx", "mimeType": kind, "buffer": book("till", *rows)})
