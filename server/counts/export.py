"""The list of stocktakes as a file; the lines of one are exported by `server.exchange.stock_lists`. (D2.3)"""

from __future__ import annotations

from server.core.exports import Column, Export, named, pages_of, register
from server.counts.report import SCOPES
from server.counts.schemas import StocktakeFilter
from server.counts.states import STATE_NAMES
from server.counts.views import list_stocktakes

_COLUMNS = (
    Column("盘点单号", "number", width=18),
    Column("状态", named("state", STATE_NAMES), width=12),
    Column("组织", "org.name", width=24),
    Column("仓库", "warehouse.name", width=16),
    Column("范围", named("scope", SCOPES), width=10),
    Column("分类", lambda item: item.category.name if item.category else "", width=16),
    Column("方式", lambda item: "盲盘" if item.blind else "明盘", width=8),
    Column("轮次", "round", "number", 8),
    Column("行数", "line_count", "number", 8),
    Column("盘盈", "gain_fen", "money"),
    Column("盘亏", "loss_fen", "money"),
    Column("计划日期", "planned_on", "date", 12),
    Column("建立人", "made_by", width=12),
    Column("建立时间", "made_at", "moment", 18),
    Column("开始时间", "started_at", "moment", 18),
    Column("结束时间", "ended_at", "moment", 18),
    Column("备注", "note", width=24),
)


def register_list() -> None:
    """Let stocktakes be exported as they are filtered."""
    register(Export("stocktakes", "盘点单", "stock.read", StocktakeFilter, _COLUMNS, pages_of(list_stocktakes)))
