"""The list of returns as a file."""

from __future__ import annotations

from server.core.exports import Column, Export, named, pages_of, register
from server.returns.schemas import ReturnFilter
from server.returns.states import REASON_NAMES, STATE_NAMES
from server.returns.views import list_returns

_COLUMNS = (
    Column("退货单号", "number", width=18),
    Column("状态", named("state", STATE_NAMES), width=12),
    Column("退货方", "buyer.name", width=24),
    Column("供货方", "seller.name", width=24),
    Column("退货仓库", "from_warehouse", width=16),
    Column("原因", lambda item: "、".join(REASON_NAMES[reason] for reason in item.reasons), width=14),
    Column("商品", "goods", width=48),
    Column("商品种数", "line_count", "number", 10),
    Column("申请金额", "total_fen", "money"),
    Column("冲减金额", "credited_fen", "money"),
    Column("申请人", "asked_by", width=12),
    Column("申请时间", "asked_at", "moment", 18),
)


def register_list() -> None:
    """Let returns be exported as they are filtered."""
    register(Export("returns", "退货单", "stock.read", ReturnFilter, _COLUMNS, pages_of(list_returns)))
