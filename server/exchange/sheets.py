"""The kinds of files that can be imported: their columns, their rows, and the verb that takes these."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from server.catalog.bulk import ProductRow, save_products
from server.channel import terms
from server.channel.imports import OrgRow, save_orgs
from server.core.actor import Actor
from server.core.bulk import Plan, Told
from server.core.errors import NotFound
from server.customers.imports import CustomerRow, save_customers
from server.customers.schemas import MAX_TAGS
from server.exchange import cells
from server.exchange.cells import DATE, MONEY, TEXT, WHOLE, Convert
from server.pricing.bulk import PriceRow, save_prices
from server.stock.bulk import StockRow, open_stock
from server.stock.till import TillRow, save_till

EXAMPLE = "示例"
"""A row whose first cell begins so is an example, and is passed over."""


def _group(value: Any) -> str:
    """A price group by what people call it."""
    return terms.group_called(str(cells.text()(value)))


_BLANKS = {TEXT: "", MONEY: 0, WHOLE: 0, DATE: date.max}

Save = Callable[..., Awaitable[Plan]]


@dataclass(frozen=True)
class Column:
    """A column: what it is called, which field it fills, what may stand in it, how Excel shows it."""

    heading: str
    field: str
    convert: Convert
    required: bool = False
    format: str = TEXT
    width: int = 14
    note: str = ""
    choices: str = ""
    example: Any = ""


@dataclass(frozen=True)
class Sheet:
    """A kind of file: one sheet of rows."""

    kind: str
    title: str
    permission: str
    columns: tuple[Column, ...]
    make: Callable[[Mapping[str, Any]], Any]
    save: Save
    notes: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ("brand", "dealer")

    @cached_property
    def blank(self) -> dict[str, Any]:
        """What stands for required cells that could not be read; nothing is said of it (`core.bulk.Plan`)."""
        return {column.field: _BLANKS[column.format] for column in self.columns if column.required}

    @property
    def row(self) -> type[Any]:
        """The type of its rows."""
        return type(self.make(self.blank))

    def column(self, field: str) -> int:
        """The place of a field's column."""
        return next(place for place, column in enumerate(self.columns) if column.field == field)


_SALE = cells.yuan()
_QTY = cells.whole(2, 10_000)

PRODUCTS = Sheet(
    "products",
    "商品",
    "catalog.manage",
    (
        Column("编码", "code", cells.code, True, example="示例001", note="商品在本品牌里唯一的编码；已有的编码会更新"),
        Column("名称", "name", cells.text(), True, width=24, example="柠檬汽水"),
        Column("规格", "spec", cells.text(), example="500ml"),
        Column("分类", "category", cells.text(), True, choices="categories", example="碳酸饮料",
               note="先在商品分类里建好；重名的写成“上级/下级”"),
        Column("单位", "base_unit", cells.text(), True, width=8, example="瓶", note="最小销售单位；登记后不能再改"),
        Column("单件条码", "gtin", cells.gtin, True, width=18, example="6901234567892", note="8、12、13 或 14 位数字"),
        Column("保质期天数", "shelf_life_days", cells.whole(0, 10_000), True, WHOLE, example=365,
               note="不过期的商品填 0"),
        Column("指导价", "guide_price_fen", _SALE, True, MONEY, example=3.5, note="元；在最低价和最高价之间"),
        Column("最低价", "floor_price_fen", _SALE, True, MONEY, example=2.8),
        Column("最高价", "ceiling_price_fen", _SALE, True, MONEY, example=5),
        Column("箱名", "case_name", cells.text(), width=8, example="箱"),
        Column("箱规", "case_qty", _QTY, False, WHOLE, example=24, note="一箱多少件；箱规和箱码要一起填"),
        Column("箱码", "case_gtin", cells.gtin, width=18, example="16901234567899"),
        Column("中包名", "inner_name", cells.text(), width=8, note="箱和单件之间的包装，没有就空着"),
        Column("中包规", "inner_qty", _QTY, False, WHOLE),
        Column("中包条码", "inner_gtin", cells.gtin, width=18),
    ),
    lambda given: ProductRow(**given),
    save_products,
    ("按编码认商品：没有的会新增，已有的会更新，文件里没有的不动。", "价格一律以元填写，按最小单位（瓶、袋）计。"),
)  # fmt: skip


def worded(names: Mapping[str, str]) -> Convert:
    """One of these words, as the code that it stands for."""
    codes = {word: code for code, word in names.items()}
    allowed = cells.choice(*codes)
    return lambda value: codes[allowed(value)]


def _org_columns(what: str, parent: str, *more: Column) -> tuple[Column, ...]:
    return (
        Column("编码", "code", cells.code, True, example="示例001", note=f"{what}唯一的编码；已有的编码会更新"),
        Column("名称", "name", cells.text(), True, width=26, example="示例商行"),
        Column("上级编码", "parent", cells.code, note=parent),
        Column("价格组", "price_group", _group, choices="price_groups", example="标准价",
               note="决定按哪一组价格供货；新增时空着就是标准价"),
        Column("等级", "grade", cells.text(), width=8, choices="grades", example="A"),
        Column("区划代码", "region_code", cells.region, width=24, choices="regions", example="430100",
               note="6 位行政区划代码（GB/T 2260）"),
        Column("地址", "address", cells.text(), width=30, example="示例路 1 号"),
        Column("联系人", "contact_name", cells.text(), example="王先生"),
        Column("联系电话", "contact_phone", cells.telephone, width=16, example="13900000000"),
        *more,
        Column("合作状态", "cooperation", worded(terms.COOPERATIONS), width=10, choices="cooperations",
               example="合作中"),
        Column("备注", "note", cells.text(500), width=24),
    )  # fmt: skip


_TERMS = (
    Column("结算方式", "settlement_method", worded(terms.SETTLEMENT_METHODS), width=12, choices="settlement_methods",
           example="月结"),
    Column("结算日", "due_day", cells.whole(1, 31), False, WHOLE, 8, "每月几号结算", example=25),
    Column("账期天数", "credit_days", cells.whole(0, 365), False, WHOLE, 10, example=30),
)  # fmt: skip
_SHOP = (
    Column("门店类型", "store_kind", worded(terms.STORE_KINDS), width=12, choices="store_kinds", example="便利店"),
    Column("面积", "size_sqm", cells.whole(1, 1_000_000), False, WHOLE, 8, "平方米", example=60),
    Column("结算方式", "settlement_method", worded(terms.SETTLEMENT_METHODS), width=12, choices="settlement_methods"),
)


_BY_CODE = (
    "按编码认客户：没有的会新增，已有的会更新，文件里没有的不动。",
    "空着的格子不改动已有的内容。",
    "导入不能改上级，请在档案里移动。",
)

DEALERS = Sheet(
    "dealers", "经销商", "channel.manage",
    _org_columns("经销商", "供货给它的上级经销商的编码；空着就是您自己。可以写本文件里的另一行", *_TERMS),
    lambda given: OrgRow(kind="dealer", **given), save_orgs, _BY_CODE,
)  # fmt: skip

STORES = Sheet(
    "stores", "门店", "channel.manage",
    _org_columns("门店", "供货给它的经销商的编码；空着就是您自己", *_SHOP),
    lambda given: OrgRow(kind="store", **given), save_orgs, _BY_CODE,
)  # fmt: skip


def _tags(value: Any) -> tuple[str, ...]:
    """Tags, parted by 、 or a comma."""
    found = tuple(dict.fromkeys(cells.cleaned(tag) for tag in re.split("[、,，;；]", cells.shown(value))))
    wrong = [tag for tag in found if not 0 < len(tag) <= 20]
    if wrong or len(found) > MAX_TAGS:
        raise cells.Refused(f"标签用顿号隔开，每个最多 20 个字，一共最多 {MAX_TAGS} 个")
    return found


CUSTOMERS = Sheet(
    "customers", "客户", "channel.manage",
    (
        *STORES.columns,
        Column("标签", "tags", _tags, width=24, example="老客户、重点", note="用顿号隔开；填了就换掉原来的全部标签"),
    ),
    lambda given: CustomerRow(kind="store", **given), save_customers, _BY_CODE,
)  # fmt: skip


def price_or_none(value: Any) -> int | None:
    """A price, or the word that says that it is offered no more."""
    if isinstance(value, str) and cells.cleaned(value) in ("不供应", "停供"):
        return None
    price: int = _SALE(value)
    return price


PRICES = Sheet(
    "prices", "价格", "price.manage",
    (
        Column("商品", "product", cells.code, True, width=20, example="示例001", note="商品的编码，或任一包装的条码"),
        Column("单价", "price_fen", price_or_none, True, MONEY, example=3.2,
               note="元，按最小单位；写“不供应”就不再卖给这一组"),
        Column("价格组", "price_group", _group, choices="price_groups", example="标准价",
               note="卖给哪一组客户；两列都空着就是标准价"),
        Column("客户编码", "buyer", cells.code, note="只给一个客户的价格；和价格组只能填一个"),
        Column("开始日期", "from_on", cells.day, False, DATE, note="空着就是今天；不能早于今天"),
        Column("结束日期", "until_on", cells.day, False, DATE, note="填了就是临时价格，到期恢复原价"),
    ),
    lambda given: PriceRow(**given), save_prices,
    ("每行是您卖给一组客户的一个价格；文件里没有的价格不动。", "价格要在商品的最低价和最高价之间。"),
)  # fmt: skip

STOCK = Sheet(
    "stock", "期初库存", "stock.manage",
    (
        Column("商品", "product", cells.code, True, width=20, example="示例001", note="商品的编码，或任一包装的条码"),
        Column("批次", "lot", cells.code, True, width=16, example="L20260101"),
        Column("生产日期", "produced_on", cells.day, False, DATE, example=date(2026, 1, 1)),
        Column("到期日", "expires_on", cells.day, True, DATE, example=date(2027, 1, 1)),
        Column("数量", "qty", cells.whole(1, 10_000_000), True, WHOLE, example=2400, note="按最小单位（瓶、袋）计"),
    ),
    lambda given: StockRow(**given), open_stock,
    ("登记您自己仓库里开始时有的货，每个批次只能登记一次。", "同一份文件再导一次不会重复入库。"),
)  # fmt: skip

TILL = Sheet(
    "till", "销售流水", "stock.sell",
    (
        Column("商品", "product", cells.code, True, width=20, example="示例001", note="商品的编码，或任一包装的条码"),
        Column("数量", "qty", cells.whole(1, 10_000_000), True, WHOLE, example=6, note="按最小单位（瓶、袋）计"),
        Column("日期", "day", cells.day, True, DATE, example=date(2026, 1, 1), note="卖出的日期"),
        Column("小票号", "ticket", cells.text(60), width=18, note="有就填上；没有的话，一天里同一商品的数量会合在一起"),
    ),
    lambda given: TillRow(**given), save_till,
    (
        "登记您卖给消费者的商品，库存随之减少；先到期的批次先出。",
        "同一份文件再导一次不会重复扣减；同一天（或同一张小票）的数量变多时，只扣多出来的。",
        "没有小票号时，请每次导出一整天的流水。",
        "已经用扫码登记过的销售不要再导入。",
    ),
    orgs=("dealer", "store"),
)  # fmt: skip

_ALL = (PRODUCTS, DEALERS, STORES, CUSTOMERS, PRICES, STOCK, TILL)
KINDS: dict[str, Sheet] = {sheet.kind: sheet for sheet in _ALL}


def offered(actor: Actor) -> list[Sheet]:
    """What an account may import."""
    return [sheet for sheet in KINDS.values() if _allowed(actor, sheet)]


def find(actor: Actor, kind: str) -> Sheet:
    """A kind that this account may import; `NotFound` for one that there is not."""
    sheet = KINDS.get(kind)
    if sheet is None:
        raise NotFound("没有这种导入")
    actor.require(sheet.permission)
    if not _allowed(actor, sheet):
        raise NotFound("您的组织没有这种导入")
    return sheet


def _allowed(actor: Actor, sheet: Sheet) -> bool:
    return actor.may(sheet.permission) and actor.org_kind in sheet.orgs


async def save(sheet: Sheet, actor: Actor, rows: Sequence[Any], write: bool, told: Told) -> Plan:
    """Let the module that owns the rows look at them, or write them."""
    return await sheet.save(actor, rows, write=write, told=told)
