"""A file goes in: looked at first, then all of it or nothing."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from server.core import db
from tests.exchange.books import book, checked, headings, imported, product_row
from tests.world import World, everything, gtin13, gtin_case, number


async def archives(world: World) -> dict[str, str]:
    """A fingerprint of all that a brand has, but for the trail of who did what."""
    found = await everything(world.brand.id)
    return {name: print_of for name, print_of in found.items() if name not in ("audit_entry", "idempotency")}


async def test_products_are_added_then_changed_and_the_same_file_twice_changes_nothing(world: World) -> None:
    code, piece = f"YL{number()}", gtin13()
    file = book("products", product_row(code, piece=piece), product_row())
    job = await checked(world.admin, "products", file)
    assert job["report"], job["error"]
    assert job["report"]["counts"] == {"new": 2, "changed": 0, "same": 0, "wrong": 0}
    assert await db.value("SELECT count(*) FROM product WHERE root_id = $1", world.brand.id) == 0

    done = await imported(world.admin, "products", file)
    assert (done["state"], done["rows"], done["percent"]) == ("done", 2, 100)
    scanned = await world.admin.get(f"/catalog/scan/{gtin_case(piece)}")
    assert scanned["product"]["code"] == code
    before = await archives(world)
    again = await imported(world.admin, "products", file)
    assert again["report"]["counts"] == {"new": 0, "changed": 0, "same": 2, "wrong": 0}
    assert await archives(world) == before

    dearer = book("products", product_row(code, piece=piece, 指导价=4))
    changed = await imported(world.admin, "products", dearer)
    assert changed["report"]["counts"]["changed"] == 1
    edits = await db.rows(
        "SELECT changes::text, request_id FROM audit_entry WHERE root_id = $1 AND subject_kind = 'product' "
        "AND verb = 'edit'",
        world.brand.id,
    )
    assert [item["request_id"] for item in edits] == [f"import-{changed['id']}"]
    assert '"guide_price_fen": [350, 400]' in edits[0]["changes"]


async def test_a_row_with_one_bad_cell_has_its_other_cells_checked_in_the_same_round(world: World) -> None:
    taken = gtin13()
    no_case = {"箱名": None, "箱规": None, "箱码": None}
    await imported(world.admin, "products", book("products", product_row("YL900", piece=taken, **no_case)))
    file = book(
        "products",
        product_row(piece=taken, 分类="没有的分类", 指导价="三块五", **no_case),  # the barcode belongs to YL900
        product_row(piece=taken, 编码="有 空格", **no_case),  # so nobody can say whether the barcode is its own
        product_row("YL901", 最低价="?", 最高价=3),  # so nothing can be said of the limits
        product_row("YL900", piece=taken, 单位="箱", 保质期天数=-1, **no_case),
    )
    job = await checked(world.admin, "products", file)
    assert job["report"]["counts"] == {"new": 0, "changed": 0, "same": 0, "wrong": 4}
    found = {item["cell"]: item["detail"] for item in job["report"]["errors"]}
    assert sorted(found) == ["A3", "D2", "E5", "F2", "F3", "F5", "G5", "H2", "I4"]
    assert found["D2"] == "没有“没有的分类”这个分类" and found["H2"] == "应为数字"
    assert found["F2"] == f"条码 0{taken} 已属于商品 YL900"
    assert found["F3"] == found["F5"] == f"条码 0{taken} 在文件里出现了两次"

    stores = book(
        "stores",
        ["MD1", "一店", "没有的上级", "standard", "A", "999999", "路", "王", "电话"],
        ["MD2", None, "MD1"],
        [None, "三店", None, "standard", "A", "430102"],
        head=headings("stores")[:9],
    )
    job = await checked(world.admin, "stores", stores)
    assert [(item["cell"], item["detail"]) for item in job["report"]["errors"]] == [
        ("C2", "没有编码为 没有的上级 的上级，或者它不在您的管理范围内"),
        ("F2", "没有代码为 999999 的行政区划，请重新选择"),
        ("I2", "电话只能有数字、空格和 + - ( ) 等符号"),
        ("B3", "“名称”没有填写"),
        ("A4", "“编码”没有填写"),
    ]


async def test_every_wrong_cell_is_named_with_its_place_and_marked_red_in_a_copy(world: World) -> None:
    piece = gtin13()
    wrong_digit = piece[:-1] + str((int(piece[-1]) + 1) % 10)
    file = book(
        "products",
        product_row(),
        product_row(单件条码=wrong_digit, 箱码=None, 箱规=None),
        product_row(分类="没有的分类"),
        product_row(指导价="三块五", 名称=None),
        product_row(指导价=9.99),
    )
    before = await everything(world.brand.id)
    job = await checked(world.admin, "products", file)
    assert job["report"]["counts"] == {"new": 1, "changed": 0, "same": 0, "wrong": 4}
    assert [(item["cell"], item["detail"]) for item in job["report"]["errors"]] == [
        ("F3", f"条码 {wrong_digit} 的校验位不对"),
        ("D4", "没有“没有的分类”这个分类"),
        ("B5", "“名称”没有填写"),
        ("H5", "应为数字"),
        ("H6", "指导价必须在最低价和最高价之间"),
    ]
    refused = await world.admin.post(f"/exchange/jobs/{job['id']}/confirm", status=409)
    assert "错误" in refused["detail"]
    marked = await world.admin.call("GET", f"/exchange/jobs/{job['id']}/marked")
    page = load_workbook(io.BytesIO(marked.content)).active
    assert page["F3"].fill.fgColor.rgb.endswith("FFC7CE") and "校验位" in page["F3"].comment.text
    assert page["F2"].comment is None and page["F3"].value == wrong_digit
    assert await everything(world.brand.id) == before
