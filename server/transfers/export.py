"""The list of transfers as a file. (S3.3)"""

from __future__ import annotations

from server.core.exports import Column, Export, pages_of, register
from server.transfers.schemas import TransferFilter
from server.transfers.states import STATE_NAMES
from server.transfers.views import list_transfers

_COLUMNS = (
    Column("调拨单号", "number", width=18),
    Column("状态", lambda item: STATE_NAMES[item.state], width=18),
    Column("调出方", "from_org.name", width=24),
    Column("调出仓库", "from_warehouse", width=16),
    Column("调入方", "to_org.name", width=24),
    Column("调入仓库", "to_warehouse", width=16),
    Column("商品种数", "line_count", "number", 10),
    Column("结算方", lambda item: item.supplier.name if item.supplier else "", width=24),
    Column("金额", "total_fen", "money"),
    Column("原因", "reason", width=30),
    Column("提出人", "proposed_by", width=12),
    Column("提出时间", "proposed_at", "moment", 18),
)


def register_exports() -> None:
    """Let the list be exported by whoever reads it."""
    register(Export("transfers", "调拨单", "stock.read", TransferFilter, _COLUMNS, pages_of(list_transfers)))
