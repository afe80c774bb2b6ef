"""The catalogue: barcodes, packagings, price limits, what is offered, and how it is found."""

from __future__ import annotations

from typing import Any

import pytest

from server.catalog.gtin import GtinCheckDigit, gtin14
from tests.contract.stage import PICTURE
from tests.world import Product, User, World, gtin13, gtin_case, number


def new(world: World, *packagings: tuple[str, int, str], **more: Any) -> dict[str, Any]:
    packed = [{"name": name, "unit_qty": qty, "gtin": gtin} for name, qty, gtin in packagings]
    return {
        "category_id": world.category_id, "code": f"N{number()}", "name": "苏打水", "base_unit": "瓶",
        "shelf_life_days": 365, "guide_price_fen": 300, "floor_price_fen": 200, "ceiling_price_fen": 400,
        "packagings": packed, **more,
    }  # fmt: skip


async def a_shop(world: World) -> tuple[User, User, Product]:
    """A dealer's owner, the owner of his store, and a product that he offers at its guide price of 3.00."""
    dealer = await world.dealer()
    product = await world.product(300)  # floor 1.50, ceiling 6.00
    await world.offer(dealer, [product])
    return await world.boss(dealer), await world.boss(await world.store(dealer)), product


# Check digits by GS1 General Specifications 7.9: weights 3, 1, 3 … from the right, up to the next ten.
# 690123456789: 9·3+8+7·3+6+5·3+4+3·3+2+1·3+0+9·3+6 = 128 → 2.
@pytest.mark.parametrize(
    ("scanned", "kept"),
    [
        ("96385074", "00000096385074"),  # EAN-8
        ("036000291452", "00036000291452"),  # UPC-A
        ("6901234567892", "06901234567892"),  # EAN-13
        ("16901234567899", "16901234567899"),  # ITF-14, indicator 1: 128 + 1·3 = 131 → 9
        ("86901234567898", "86901234567898"),  # ITF-14, indicator 8: 128 + 8·3 = 152 → 8
        (" 6901234567892 ", "06901234567892"),
    ],
)
def test_barcodes_of_all_lengths_are_kept_as_fourteen_digits(scanned: str, kept: str) -> None:
    assert gtin14(scanned) == kept


@pytest.mark.parametrize(
    "scanned",
    ["96385075", "036000291453", "6901234567891", "16901234567892", "690123456789", "12345", "69012345678９2", "",
     "96901234567895", "2012345678903", "69012345678A2"],
)  # fmt: skip
def test_a_misread_barcode_or_one_for_inside_a_shop_is_no_product(scanned: str) -> None:
    with pytest.raises(GtinCheckDigit):
        gtin14(scanned)


async def test_scanning_a_piece_or_a_case_gives_the_right_packaging(world: World) -> None:
    _, buyer, product = await a_shop(world)
    codes = {product.ean: product.piece, product.itf: product.case, "0" + product.ean: product.piece}
    for code, packaging in codes.items():
        found = await buyer.get(f"/catalog/scan/{code}")
        assert (found["product"]["id"], found["packaging_id"], found["code"]) == (product.id, packaging, code)


async def test_a_barcode_that_cannot_be_sold_says_why_and_shows_the_code(world: World) -> None:
    _, buyer, _ = await a_shop(world)
    unknown, not_sold = gtin13(), await world.product()
    answer = await buyer.get(f"/catalog/scan/{unknown}", 404)
    assert answer["code"] == "gtin_unknown" and unknown in answer["detail"] and answer["scanned"] == unknown
    answer = await buyer.get(f"/catalog/scan/{not_sold.ean}", 409)
    assert answer["code"] == "not_offered" and not_sold.ean in answer["detail"]
    wrong = not_sold.ean[:-1] + str((int(not_sold.ean[-1]) + 1) % 10)
    assert (await buyer.get(f"/catalog/scan/{wrong}", 422))["code"] == "gtin_check_digit"
    assert "苹果" in (await buyer.get("/catalog/scan/苹果", 422))["detail"]


async def test_a_product_has_exactly_one_single_piece_and_no_barcode_twice(world: World) -> None:
    admin, ean = world.admin, gtin13()
    made = await admin.post("/products", new(world, ("瓶", 1, ean), ("箱", 24, gtin_case(ean))), 201)
    assert [item["gtin"] for item in made["packagings"]] == ["0" + ean, gtin_case(ean)]
    for packed in ([("箱", 24, gtin13())], [("瓶", 1, gtin13()), ("罐", 1, gtin13())]):
        assert (await admin.post("/products", new(world, *packed), 422))["errors"][0]["pointer"] == "/packagings"
    twice = [new(world, ("瓶", 1, ean)), new(world, ("瓶", 1, gtin13()), ("箱", 12, gtin13()), ("盒", 12, gtin13()))]
    for body in (*twice, new(world, ("瓶", 1, gtin13()), code=made["code"])):
        assert (await admin.post("/products", body, 409))["code"] == "code_taken"
    bad = new(world, ("瓶", 1, ean[:-1] + str((int(ean[-1]) + 1) % 10)))
    assert (await admin.post("/products", bad, 422))["code"] == "gtin_check_digit"


async def test_a_category_name_is_there_once_in_its_place(world: World) -> None:
    top = await world.admin.post("/categories", {"name": "零食"}, 201)
    for _ in range(2):
        assert (await world.admin.post("/categories", {"name": "零食"}, 409))["code"] == "code_taken"
    await world.admin.post("/categories", {"name": "零食", "parent_id": top["id"]}, 201)
    await world.admin.post("/categories", {"name": "零食", "parent_id": top["id"]}, 409)


async def test_the_guide_price_stays_between_floor_and_ceiling(world: World) -> None:
    product = await world.product(300)
    for edit in ({"floor_price_fen": 301}, {"ceiling_price_fen": 299}, {"guide_price_fen": 601}):
        answer = await world.admin.call("PATCH", f"/products/{product.id}", {"version": 1, **edit})
        assert answer.status_code == 422, answer.text
    stale = await world.admin.call("PATCH", f"/products/{product.id}", {"version": 7, "name": "新名"})
    assert stale.status_code == 409 and stale.json()["code"] == "stale_version"


async def test_a_product_is_found_by_name_code_pinyin_initials_and_barcode(world: World) -> None:
    seller, buyer, _ = await a_shop(world)
    ean, code = gtin13(), f"SD{number()}"
    sought = new(world, ("瓶", 1, ean), code=code, name="海盐苏打水", spec="500ml")
    made = await world.admin.post("/products", sought, 201)
    body = {"price_group": "standard", "prices": [{"product_id": made["id"], "price_fen": 300}]}
    await seller.post("/prices", body)
    for q in ("苏打", "haiyan", "HYSD", "hysds", code.lower(), ean, "500ML", " 海盐 "):
        found = (await buyer.get("/catalog/products", params={"q": q}))["items"]
        assert [item["id"] for item in found] == [made["id"]], q
    for q in ("可乐", "%", "_", "\\"):
        assert (await buyer.get("/catalog/products", params={"q": q}))["items"] == [], q


async def test_what_was_not_changed_is_not_sent_again(world: World) -> None:
    seller, buyer, product = await a_shop(world)
    await buyer.get("/catalog/products")
    tag = buyer.last.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await buyer.call("GET", "/catalog/products", headers={"If-None-Match": known})
        assert again.status_code == 304 and not again.content and again.headers["ETag"] == tag
    body = {"price_group": "standard", "prices": [{"product_id": product.id, "price_fen": 250}]}
    await seller.post("/prices", body)
    now = await buyer.call("GET", "/catalog/products", headers={"If-None-Match": tag})
    assert now.status_code == 200 and now.headers["ETag"] != tag


async def test_the_whole_channel_sees_a_products_picture_and_nothing_else_that_lies_beside_it(world: World) -> None:
    seller, buyer, product = await a_shop(world)
    await buyer.get(f"/products/{product.id}/picture", 404)

    async def shown_as(uploader: User) -> None:
        form = {"file": ("a.png", PICTURE, "image/png")}
        file = (await uploader.call("POST", "/files", files=form)).json()
        version = (await world.admin.get(f"/products/{product.id}"))["version"]
        edit = {"version": version, "image_url": file["url"]}
        assert (await world.admin.call("PATCH", f"/products/{product.id}", edit)).status_code == 200

    await shown_as(world.admin)
    for who in (world.admin, seller, buyer):
        answer = await who.call("GET", f"/products/{product.id}/picture")
        assert (answer.status_code, answer.content) == (200, PICTURE)
        assert answer.headers["content-type"] == "image/png"
    stranger = (await World.create(world.http)).admin
    await stranger.get(f"/products/{product.id}/picture", 404)
    # A photo of a receipt does not become public by being named.
    await shown_as(buyer)
    await seller.get(f"/products/{product.id}/picture", 404)
