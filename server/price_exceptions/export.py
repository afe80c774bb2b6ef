"""The list of price exceptions as a file. (D5.3)"""

from __future__ import annotations

from server.core.exports import Column, Export, named, pages_of, register
from server.price_exceptions.schemas import ExceptionFilter
from server.price_exceptions.service import SEEN_BY, list_exceptions

_STATES = {"pending": "待审批", "approved": "已通过", "rejected": "已驳回", "void": "已撤回"}

_COLUMNS = (
    Column("申请单", "number", width=18),
    Column("状态", named("state", _STATES), width=10),
    Column("供货方", "seller.name", width=24),
    Column("客户", "buyer.name", width=24),
    Column("商品编码", "product_code", width=16),
    Column("商品", "product_name", width=28),
    Column("规格", "spec", width=14),
    Column("单位", "base_unit", width=6),
    Column("申请价", "price_fen", "money", 12),
    Column("最低价", "floor_fen", "money", 12),
    Column("指导价", "guide_fen", "money", 12),
    Column("最高价", "ceiling_fen", "money", 12),
    Column("开始日期", "from_on", "date", 12),
    Column("结束日期", "until_on", "date", 12),
    Column("原因", "reason", width=32),
    Column("申请人", "asked_by", width=12),
    Column("申请时间", "asked_at", "moment", 18),
    Column("审批人", "decided_by", width=12),
    Column("审批时间", "decided_at", "moment", 18),
    Column("审批说明", "decision_reason", width=32),
)


def register_list() -> None:
    """Let price exceptions be exported as they are filtered."""
    source, sells = pages_of(list_exceptions), ("brand", "dealer")
    register(Export("price_exceptions", "特价申请", SEEN_BY, ExceptionFilter, _COLUMNS, source, sells))
