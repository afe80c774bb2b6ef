"""What people, and those who mean harm, send in place of a good workbook: a clear word, and nothing changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from server.core.bulk import nobody
from server.exchange import cells, kept, reading
from server.exchange.reading import Content, read
from server.exchange.sheets import KINDS, PRODUCTS
from server.exchange.workbook import NotAWorkbook, check_head
from tests.exchange.books import as_bytes, book, checked, headings, product_row, upload
from tests.world import World, everything

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def repacked(body: bytes, **parts: bytes) -> bytes:
    """A workbook with parts replaced or added; `/` in a part's name is written `__`."""
    out, given_parts = io.BytesIO(), {name.replace("__", "/"): data for name, data in parts.items()}
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            if info.filename not in given_parts:
                target.writestr(info.filename, source.read(info))
        for name, data in given_parts.items():
            target.writestr(name, data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GOOD = book("products", product_row())


def _replace(body: bytes, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, change(data) if info.filename == SHEET else data)
    return out.getvalue()


HEADS = {
    "an empty file": (b"", "空的"),
    "a picture": (b"\xff\xd8\xff\xe0 picture", "不是 Excel"),
    "text": ("编码,名称\n1,2\n".encode(), "不是 Excel"),
    "the old format": (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "xls"),
    "a file with a password": (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "more than ten megabytes": (b"PK\x03\x04" + b"\0" * (10 * 1024 * 1024), "10 MB"),
}


@pytest.mark.parametrize("what", HEADS)
async def test_what_is_no_workbook_is_refused_at_once(world: World, what: str) -> None:
    body, words = HEADS[what]
    with pytest.raises(NotAWorkbook, match=words):
        check_head(body)
    before = await everything(world.brand.id)
    refused = await upload(world.admin, "products", body[: 10 * 1024 * 1024 + 100], status=422)
    assert refused["code"] == "not_a_workbook" and words in refused["detail"]
    assert await everything(world.brand.id) == before


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/workbook.xml", b"<workbook/>")
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(320):
                sheet.write(b" " * 1024 * 1024)
    return out.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
PACKAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "half a file": (lambda: GOOD[: len(GOOD) // 2], "已损坏"),
    "another zip": (lambda: _zip(word__document=b"<x/>"), "不是 Excel"),
    "a zip of nothing": (lambda: _zip(), "不是 Excel|已损坏"),
    "macros": (lambda: repacked(GOOD, **{"xl__vbaProject.bin": b"\xcc\x61"}), "宏"),
    "a zip bomb": (_bomb, "太大"),
    "entities that laugh": (lambda: _replace(GOOD, lambda _: LAUGHS), "不安全"),
    "a sheet that is no XML": (lambda: _replace(GOOD, lambda data: data[:200]), "已损坏"),
    "a binary workbook": (lambda: _zip(**{"xl__workbook.bin": b"x"}), "xlsb"),
    "a sheet of another name": (
        lambda: book("products", product_row(), head=["甲", "乙", "丙"]),
        "第 1 行不是表头",
    ),
    "no rows": (lambda: book("products"), "没有任何内容"),
    "a missing column": (lambda: book("products", head=headings("products")[4:]), "缺少这些列：编码、名称、分类"),
    "rows beyond Excel's": (
        lambda: _replace(GOOD, lambda data: data.replace(b'<row r="2"', b'<row r="999999999"')),
        "超出了 Excel",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PACKAGES)
async def test_a_package_that_is_not_what_it_seems_is_refused_in_words(what: str, tmp_path: Path) -> None:
    make, words = PACKAGES[what]
    file = tmp_path / "a.xlsx"
    file.write_bytes(make())
    with pytest.raises(NotAWorkbook, match=words):
        await read(file, PRODUCTS, nobody)


async def _content(tmp_path: Path, body: bytes, kind: str = "products") -> Content:
    file = tmp_path / "a.xlsx"
    file.write_bytes(body)
    return await read(file, KINDS[kind], nobody)


def _found(content: Content) -> list[tuple[str, str]]:
    return [(error.cell, error.detail) for error in sorted(content.errors)]


async def test_formulas_errors_and_merged_cells_are_named_one_by_one(tmp_path: Path) -> None:
    made = Workbook()
    page = made.active
    page.title = "商品"
    page.append(headings("products"))
    page.append(product_row(名称='=HYPERLINK("http://x","点我")', 指导价="=1+2"))
    page.append(product_row(规格="#N/A"))
    page.append(product_row())
    page.merge_cells("C4:D5")
    found = _found(await _content(tmp_path, as_bytes(made)))
    assert found[:3] == [
        ("B2", "这里是公式，请复制后“选择性粘贴为数值”"),
        ("H2", "这里是公式，请复制后“选择性粘贴为数值”"),
        ("C3", "这里是 Excel 的错误值 #N/A"),
    ]
    assert ("C4", "合并了单元格（C4:D5），请取消合并，每行都填上") in found


async def test_what_excel_made_of_codes_and_numbers_is_understood_or_named(tmp_path: Path) -> None:
    rows = [
        product_row("YL1", piece="6901234567892", 编码=" ＹＬ００１\u3000", 指导价="３.５０", 保质期天数="365 "),
        product_row(piece="6901234567892", 单件条码=6901234567892.0, 编码=1001, 指导价="¥3.50"),
        product_row(piece="6901234567892", 单件条码="6.90123E+12", 编码=date(2026, 3, 12)),
        product_row(piece="6901234567892", 单件条码=12345678905, 编码=1234567890123456789),
        product_row(piece="6901234567892", 保质期天数=1.5, 指导价="3.505", 箱规="两打"),
    ]
    content = await _content(tmp_path, book("products", *rows))
    first, second = (row for row in content.rows if not row.unread)
    assert (first.code, first.guide_price_fen, first.shelf_life_days) == ("YL001", 350, 365)
    assert (second.code, second.gtin, second.guide_price_fen) == ("1001", "6901234567892", 350)
    assert _found(content) == [
        ("A4", "Excel 把编码变成了日期，请把这一列设为“文本”格式后重新填写"),
        ("F4", "条码变成了科学计数法，请把这一列设为“文本”格式后重新填写"),
        ("A5", "编码位数太多，Excel 已经丢失末尾几位，请把这一列设为“文本”格式后重新填写"),
        ("F5", "条码应为 8、12、13 或 14 位，这里是 11 位；如果开头的 0 丢了，请把这一列设为“文本”格式"),
        ("G6", "应为整数"),
        ("H6", "金额最多两位小数"),
        ("L6", "应为数字"),
    ]


async def test_hidden_rows_and_sheets_are_told_of_and_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    made = Workbook()
    page = made.active
    page.title = "商品"
    page.append(headings("products"))
    page.append(product_row())
    page.row_dimensions[2].hidden = True
    made.create_sheet("旧数据").sheet_state = "hidden"
    content = await _content(tmp_path, as_bytes(made))
    assert content.notices == ["有 1 行被隐藏（例如被筛选掉），它们也会一起导入", "隐藏的工作表没有导入：旧数据"]
    made["旧数据"].sheet_state, page.sheet_state = "visible", "hidden"
    with pytest.raises(NotAWorkbook, match="“商品”被隐藏了"):
        await _content(tmp_path, as_bytes(made))


async def test_only_so_many_rows_are_taken_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    row = ["S1", "店"]
    assert len((await _content(tmp_path, book("stores", row, row, row), "stores")).rows) == 3
    with pytest.raises(NotAWorkbook, match="一次最多导入 3 行"):
        await _content(tmp_path, book("stores", row, row, row, row), "stores")


_CELL = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30),
    st.sampled_from(["=1+1", "+1", "-1", "@x", "#REF!", "示例", "１２３", "0x10", "1e5", "2027-02-30", "   ", "∞"]),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(_CELL, min_size=1, max_size=14), min_size=1, max_size=6))
async def test_no_content_of_cells_breaks_the_reader(rows: list[list[Any]], tmp_path: Path) -> None:
    try:
        content = await _content(tmp_path, book("products", *rows))
    except NotAWorkbook:
        return
    for row in (row for row in content.rows if not row.unread):
        assert row.code == row.code.strip() != "" and isinstance(row.guide_price_fen, int)
        assert not row.name.startswith("="), "a formula came in as a name"
    assert all(error.row >= 1 and error.detail for error in content.errors)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(GOOD) - 1), junk=st.binary(min_size=1, max_size=40))
async def test_damage_anywhere_in_a_file_ends_in_words(place: int, junk: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(GOOD[:place] + junk + GOOD[place + len(junk) :])
    try:
        await read(file, PRODUCTS, nobody)
    except NotAWorkbook as refusal:
        assert "请" in refusal.detail or "第 1 行" in refusal.detail, refusal.detail


async def test_a_template_can_be_filled_in_and_comes_back_without_its_example(world: World, tmp_path: Path) -> None:
    answer = await world.admin.call("GET", "/exchange/templates/products")
    made = load_workbook(io.BytesIO(answer.content))
    page = made["商品"]
    assert made.sheetnames == ["商品", "说明", "选项"] and made["选项"].sheet_state == "hidden"
    assert page.column_dimensions["F"].number_format == "@" and page["F2"].number_format == "@"
    choice = next(rule for rule in page.data_validations.dataValidation if "D2" in str(rule.sqref))
    assert choice.formula1 == "='选项'!$A$1:$A$1" and made["选项"]["A1"].value == "饮料"
    for number, value in enumerate(product_row("YL77"), start=1):
        page.cell(3, number, value)
    job = await checked(world.admin, "products", as_bytes(made))
    assert job["report"]["counts"]["new"] == 1 and job["report"]["error_count"] == 0
    assert job["report"]["notices"] == ["以“示例”开头的 1 行是示例，没有导入"]


def test_amounts_dates_and_phones_are_understood_as_people_write_them() -> None:
    assert cells.yuan()(0.1 + 0.2) == 30 and cells.yuan()("1,234.50元") == 123_450
    assert cells.day("2027年6月30日") == cells.day("20270630") == cells.day("2027/6/30") == date(2027, 6, 30)
    assert cells.mobile(13800000000.0) == cells.mobile("+86 138-0000-0000") == "13800000000"


async def test_what_was_checked_is_written_as_it_was_checked_and_read_anew_where_that_is_lost(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["商品1", "L1", date(2026, 1, 1), date(2027, 1, 1), 5],
        ["商品2", "L1", None, date(2027, 1, 2), 6],
    ]
    content = await _content(tmp_path, book("stock", *rows), "stock")
    assert not content.errors
    kept.keep(tmp_path / "rows", content)
    again = kept.take(tmp_path / "rows", KINDS["stock"])
    assert again == content and again.rows[0].lot is again.rows[1].lot
    assert kept.take(tmp_path / "rows", KINDS["customers"]) is None, "rows of another kind were taken for these"
    (tmp_path / "rows").write_bytes((tmp_path / "rows").read_bytes()[:-9])
    assert kept.take(tmp_path / "rows", KINDS["stock"]) is None
    assert kept.take(tmp_path / "nowhere", KINDS["stock"]) is None
