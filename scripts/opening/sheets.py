"""The sheets of an opening workbook: all archives of a new deployment in one file, built upon the exchange's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.catalog.bulk import CategoryRow, save_categories
from server.channel.imports import OrgRow, save_orgs
from server.exchange import cells
from server.exchange.cells import MONEY
from server.exchange.sheets import DEALERS, EXAMPLE, PRICES, PRODUCTS, STOCK, Column, Sheet
from server.exchange.template import build
from server.pricing.bulk import PriceRow
from server.stock.bulk import StockRow

_KINDS = {"经销商": "dealer", "门店": "store"}


class OpeningOrg(OrgRow):
    """A dealer or store with its owner's phone, which becomes an account, and its credit."""

    owner_phone: str | None = None
    credit_fen: int | None = None


class OpeningPrice(PriceRow):
    """A price of any seller of the channel; without a code of the brand."""

    seller: str | None = None


class OpeningStock(StockRow):
    """Opening stock of any org; without a code of the brand."""

    org: str | None = None


def _kind(value: object) -> str:
    return _KINDS[cells.choice(*_KINDS)(value)]


def _shown(sheet: Sheet, *fields: str) -> tuple[Column, ...]:
    """Some columns of the exchange's sheet, in this order."""
    return tuple(sheet.columns[sheet.column(field)] for field in fields)


_FIRST = f"{EXAMPLE}001"

CATEGORIES = Sheet(
    "categories", "分类", "catalog.manage",
    (
        Column("分类", "name", cells.text(), True, example=f"{EXAMPLE}：碳酸饮料"),
        Column("上级分类", "parent", cells.text(), example="饮料", note="先写上级，再写下级"),
    ),
    lambda given: CategoryRow(**given), save_categories,
)  # fmt: skip

ORGS = Sheet(
    "orgs", "客户", "channel.manage",
    (
        *_shown(DEALERS, "code", "name"),
        Column("类型", "kind", _kind, True, width=10, example="经销商", note="经销商或门店"),
        *_shown(DEALERS, "parent", "price_group", "grade", "region_code", "address", "contact_name", "contact_phone"),
        Column("老板手机号", "owner_phone", cells.mobile, width=16, example="13900000001", note="填了就开通老板账号"),
        Column("信用额度", "credit_fen", cells.yuan(0, 10**13), False, MONEY, example=200000, note="元"),
    ),
    lambda given: OpeningOrg(**given), save_orgs, DEALERS.notes,
)  # fmt: skip

_product = replace(PRICES.columns[0], heading="商品编码", example="YL001")

OPENING_PRICES = replace(
    PRICES,
    columns=(
        Column("供货方编码", "seller", cells.code, example=_FIRST, note="空着就是品牌自己"),
        *_shown(PRICES, "price_group"), _product, *_shown(PRICES, "price_fen"),
    ),
    make=lambda given: OpeningPrice(**given),
)  # fmt: skip

OPENING_STOCK = replace(
    STOCK,
    columns=(
        Column("组织编码", "org", cells.code, example=_FIRST, note="空着就是品牌自己"),
        _product, *_shown(STOCK, "lot", "produced_on", "expires_on", "qty"),
    ),
    make=lambda given: OpeningStock(**given),
    notes=STOCK.notes[1:],
)  # fmt: skip

SHEETS = (CATEGORIES, PRODUCTS, ORGS, OPENING_PRICES, OPENING_STOCK)


def write_template(file: Path) -> None:
    """An empty workbook with every sheet, its headings, an example row and the notes."""
    file.write_bytes(build(SHEETS, {}))
