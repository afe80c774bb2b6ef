"""What buyers have reached, and how a period came about, as files. (S4.3)"""

from __future__ import annotations

from typing import Annotated

import msgspec

from server.core.exports import Column, Export, named, pages, pages_of, register
from server.core.types import Id, ShortText
from server.rebates.schemas import ProgressFilter
from server.rebates.statement import KINDS, list_lines
from server.rebates.views import list_progress

_PROGRESS = (
    Column("协议编号", "number", width=18),
    Column("协议", "name", width=28),
    Column("供货方", "seller.name", width=24),
    Column("客户", "buyer.name", width=24),
    Column("期间", "period", width=18),
    Column("开始", "from_on", "date", 12),
    Column("结束", "until_on", "date", 12),
    Column("进货额", "amount_fen", "money"),
    Column("返利", "fen", "money"),
    Column("各项达到", lambda item: "；".join(f"{term.words}：{term.measured}" for term in item.terms), width=50),
    Column("还差", lambda item: "；".join(term.missing_words for term in item.terms if term.missing_words), width=40),
    Column("已结算", "settled_fen", "money"),
    Column("结算时间", "settled_at", "moment", 18),
)

_LINES = (
    Column("日期", "day", "date", 12),
    Column("单据", named("kind", KINDS), width=8),
    Column("单号", "number", width=18),
    Column("商品编码", "product_code", width=16),
    Column("商品", "product_name", width=28),
    Column("单位", "base_unit", width=6),
    Column("签收数量", "bought_qty", "number", 10),
    Column("扣除退货后", "qty", "number", 12),
    Column("计入金额", "amount_fen", "money"),
    Column("产生返利", "rebate_fen", "money"),
)


class LinesFilter(msgspec.Struct):
    """Whose period of which agreement."""

    rebate_id: Id
    buyer_id: Id
    period_no: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    cursor: ShortText | None = None
    limit: int = 50


def register_exports() -> None:
    """Let both be exported by whoever reads them."""
    register(Export("rebate_progress", "返利进度", "rebate.read", ProgressFilter, _PROGRESS, pages_of(list_progress)))
    register(Export("rebate_lines", "返利明细", "rebate.read", LinesFilter, _LINES, pages(list_lines)))
