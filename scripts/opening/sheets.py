"""The sheets of the workbook: what each column is called, and the type that checks its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal
from zipfile import BadZipFile

import msgspec
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from scripts.toolbox.console import Problem
from server.core.types import Name, ShortText

Yuan = Annotated[Decimal, msgspec.Meta(description="元")]
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]


class CategoryRow(msgspec.Struct):
    """A category."""

    name: Name
    parent: ShortText = ""


class ProductRow(msgspec.Struct):
    """A product in pieces, and where `case_qty` is given, in cases."""

    code: Name
    name: Name
    category: Name
    base_unit: Name
    gtin: Name
    shelf_life_days: Count
    guide: Yuan
    floor: Yuan
    ceiling: Yuan
    spec: ShortText = ""
    case_name: ShortText = "箱"
    case_qty: Count | None = None
    case_gtin: ShortText = ""


class OrgRow(msgspec.Struct):
    """A dealer or store; without a parent's code it is the brand's own customer."""

    code: Name
    name: Name
    kind: Literal["经销商", "门店"]
    parent: ShortText = ""
    price_group: Name = "standard"
    grade: ShortText = ""
    region_code: ShortText = ""
    address: ShortText = ""
    contact_name: ShortText = ""
    contact_phone: ShortText = ""
    owner_phone: ShortText = ""
    credit: Yuan | None = None


class PriceRow(msgspec.Struct):
    """What a seller (the brand where no code is given) asks of a group of its buyers, per base unit."""

    product: Name
    price: Yuan
    seller: ShortText = ""
    price_group: Name = "standard"


class StockRow(msgspec.Struct):
    """Opening stock of one lot, in base units."""

    product: Name
    lot: Name
    expires_on: date
    qty: Count
    org: ShortText = ""
    produced_on: date | None = None


Row = CategoryRow | ProductRow | OrgRow | PriceRow | StockRow


@dataclass(frozen=True)
class Sheet:
    """One sheet: its title, the type of its rows, and its columns as heading → field, with an example."""

    title: str
    kind: type[Any]
    columns: dict[str, str]
    example: Sequence[Any] = ()


SHEETS = (
    Sheet("分类", CategoryRow, {"分类": "name", "上级分类": "parent"}, ["碳酸饮料", "饮料"]),
    Sheet(
        "商品",
        ProductRow,
        {
            "编码": "code", "名称": "name", "规格": "spec", "分类": "category", "单位": "base_unit", "单件条码": "gtin",
            "保质期天数": "shelf_life_days", "指导价": "guide", "最低价": "floor", "最高价": "ceiling",
            "箱名": "case_name", "箱规": "case_qty", "箱码": "case_gtin",
        },
        ["YL001", "柠檬汽水", "500ml", "碳酸饮料", "瓶", "6901234567892", 365, 3.5, 2.8, 5, "箱", 24, "16901234567899"],
    ),
    Sheet(
        "客户",
        OrgRow,
        {
            "编码": "code", "名称": "name", "类型": "kind", "上级编码": "parent", "价格组": "price_group",
            "等级": "grade", "区划代码": "region_code", "地址": "address", "联系人": "contact_name",
            "联系电话": "contact_phone", "老板手机号": "owner_phone", "信用额度": "credit",
        },
        ["JX001", "示例商贸", "经销商", "", "standard", "A", "430100", "示例路 1 号", "王", "", "13900000001", 200000],
    ),
    Sheet(
        "价格",
        PriceRow,
        {"供货方编码": "seller", "价格组": "price_group", "商品编码": "product", "单价": "price"},
        ["", "standard", "YL001", 3.2],
    ),
    Sheet(
        "期初库存",
        StockRow,
        {"组织编码": "org", "商品编码": "product", "批次": "lot", "生产日期": "produced_on", "到期日": "expires_on",
         "数量": "qty"},
        ["", "YL001", "L20260101", date(2026, 1, 1), date(2027, 1, 1), 2400],
    ),
)  # fmt: skip


@dataclass
class Content:
    """The rows of a workbook by sheet, as (row number in the sheet, row), and what is wrong with it."""

    rows: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def read(file: Path) -> Content:
    """Read all known sheets; raises a `Problem` when the file is no workbook or has none of them."""
    try:
        found = pd.read_excel(file, sheet_name=None, dtype=object, keep_default_na=False)
    except FileNotFoundError:
        raise Problem(f"没有找到文件 {file}") from None
    except (ValueError, OSError, BadZipFile, KeyError):
        raise Problem(f"{file} 不是可以读取的 Excel 文件（.xlsx）") from None
    content = Content()
    for sheet in SHEETS:
        if sheet.title in found:
            content.rows[sheet.title] = list(_rows(sheet, found[sheet.title], content.errors))
    if not content.rows:
        raise Problem(f"{file} 里没有这些工作表中的任何一张：{'、'.join(sheet.title for sheet in SHEETS)}")
    return content


def _rows(sheet: Sheet, table: pd.DataFrame, errors: list[str]) -> list[tuple[int, Any]]:
    headings = {str(heading).strip(): heading for heading in table.columns}
    unknown = [heading for heading in headings if heading not in sheet.columns and not heading.startswith("Unnamed")]
    if unknown:
        errors.append(f"{sheet.title}：不认识的列 {'、'.join(unknown)}")
    rows = []
    for number, record in enumerate(table.to_dict("records"), start=2):
        given = {
            name: _plain(record[headings[heading]])
            for heading, name in sheet.columns.items()
            if heading in headings and str(record[headings[heading]]).strip() not in ("", "NaT", "nan")
        }
        if given:
            try:
                rows.append((number, msgspec.convert(given, sheet.kind, strict=False)))
            except msgspec.ValidationError as error:
                errors.append(f"{sheet.title} 第 {number} 行：{_words(sheet, str(error))}")
    return rows


def _plain(cell: Any) -> Any:
    """A cell as text or date: numbers lose their “.0”, so that a code typed as a number stays a code."""
    if isinstance(cell, (datetime, pd.Timestamp)):
        return cell.date()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _words(sheet: Sheet, error: str) -> str:
    for heading, name in sheet.columns.items():
        if f"`$.{name}`" in error or f"`{name}`" in error:
            return f"“{heading}”没有填写或格式不对"
    return "内容不对"


def fen(amount: Decimal) -> int:
    """Yuan as written → integer fen; raises `Problem` for parts of a fen."""
    try:
        exact = amount * 100
        if exact != int(exact) or exact < 0:
            raise Problem(f"金额 {amount} 不能精确到分")
    except (InvalidOperation, OverflowError, ValueError):
        raise Problem(f"金额 {amount} 不对") from None
    return int(exact)


def write_template(file: Path) -> None:
    """An empty workbook with every sheet, its headings and one example row."""
    book = Workbook()
    book.remove(book.active)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.title)
        page.append(list(sheet.columns))
        page.append(list(sheet.example))
        page.freeze_panes = "A2"
        for number, heading in enumerate(sheet.columns, start=1):
            cell = page.cell(1, number)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7F1EC")
            page.column_dimensions[get_column_letter(number)].width = max(12, 2 * len(heading) + 4)
    book.save(file)
