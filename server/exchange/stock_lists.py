"""The lists of stock that can be exported, column by column."""

from __future__ import annotations

from server.core.exports import Column, Export, named, pages
from server.counts.schemas import StocktakeExport
from server.counts.views import export_lines
from server.stock.expiring import ExpiringFilter, list_expiring
from server.stock.freshness import FRESHNESS_NAMES
from server.stock.history import list_moves, list_past
from server.stock.history_schemas import MoveFilter, PastFilter
from server.stock.insight import list_turnover
from server.stock.insight_schemas import TurnoverFilter
from server.stock.listing import BalanceFilter, list_balances
from server.stock.sales import list_sales
from server.stock.sales_schemas import SaleFilter
from server.stock.schemas import StockFilter
from server.stock.service import list_stock
from server.stock.session_schemas import ScanSessionFilter
from server.stock.sessions import list_sessions
from server.stock.words import KIND_NAMES

_STOCK = (
    Column("商品编码", "product_code"),
    Column("商品", "product_name", width=28),
    Column("单位", "base_unit", width=6),
    Column("库存", "on_hand", "number", 12),
    Column("占用", "reserved", "number", 12),
    Column("可用", lambda item: item["on_hand"] - item["reserved"], "number", 12),
    Column("在途", "in_transit", "number", 12),
    Column("最近到期", "nearest_expiry", "date", 12),
)

_BALANCE = (
    Column("仓库", "warehouse_name", width=14),
    Column("商品编码", "product_code"),
    Column("商品", "product_name", width=28),
    Column("规格", "spec", width=12),
    Column("批次", "lot_code", width=14),
    Column("到期日", "expires_on", "date", 12),
    Column("剩余天数", "days", "number", 10),
    Column("效期", named("freshness", FRESHNESS_NAMES), width=10),
    Column("单位", "base_unit", width=6),
    Column("库存", "on_hand", "number", 12),
    Column("占用", "reserved", "number", 12),
    Column("可用", "available", "number", 12),
)

_GOODS = (
    Column("商品编码", "product_code"),
    Column("商品", "product_name", width=24),
)
_LOT = (
    Column("批次", "lot_code"),
    Column("到期日", "expires_on", "date", 12),
)
_MOVE = (
    Column("时间", "at", "moment", 18),
    Column("方向", named("direction", {"in": "入", "out": "出", "between": "仓间"}), width=8),
    Column("原因", "reason_name", width=12),
    *_GOODS,
    *_LOT,
    Column("数量", "qty", "number", 10),
    Column("单位", "base_unit", width=6),
    Column("从", lambda item: f"{item.source.org_name}{item.source.name}", width=24),
    Column("到", lambda item: f"{item.target.org_name}{item.target.name}", width=24),
    Column("单据", "document_name", width=12),
    Column("单号", "document_number", width=20),
    Column("经手人", "account_name", width=12),
)
_PAST = (
    Column("仓库", "warehouse_name", width=16),
    *_GOODS,
    *_LOT,
    Column("数量", "on_hand", "number", 10),
    Column("现在", "now", "number", 10),
    Column("增减", lambda item: item.now - item.on_hand, "number", 10),
    Column("单位", "base_unit", width=6),
)
_SALE = (
    Column("日期", "day", "date", 12),
    Column("门店", "org_name", width=24),
    *_GOODS,
    Column("数量", "qty", "number", 10),
    Column("单位", "base_unit", width=6),
)
_HOW = {"lot": "按批次点", "spread": "未分批次", "none": "未盘", "outside": "范围外"}
_STOCKTAKE_LINE = (
    *_GOODS,
    Column("分类", "category_name", width=14),
    *_LOT,
    Column("单位", "base_unit", width=6),
    Column("账面数", "book_qty", "number", 10),
    Column("实盘数", "counted_qty", "number", 10),
    Column("差异", "difference", "number", 10),
    Column("单价", "price_fen", "money", 12),
    Column("差异金额", "difference_fen", "money"),
    Column("已调整", "moved_qty", "number", 10),
    Column("点数时间", "counted_at", "moment", 18),
    Column("批次依据", named("how", _HOW), width=10),
    Column("点数时有进出", lambda item: "是" if item.unsure else "", width=12),
    Column("不调整", lambda item: "是" if item.is_left else "", width=8),
)
_EXPIRING = (
    Column("仓库", "warehouse_name", width=16),
    *_GOODS,
    *_LOT,
    Column("剩余天数", "days", "number", 10),
    Column("效期", named("freshness", FRESHNESS_NAMES), width=14),
    Column("库存", "on_hand", "number", 12),
    Column("占用", "reserved", "number", 12),
    Column("单位", "base_unit", width=6),
    Column("货值", "value_fen", "money"),
)
_TURNOVER = (
    *_GOODS,
    Column("库存", "on_hand", "number", 12),
    Column("可用", "available", "number", 12),
    Column("入库", "in_qty", "number", 12),
    Column("出库", "out_qty", "number", 12),
    Column("用量", "used_qty", "number", 12),
    Column("单位", "base_unit", width=6),
    Column("可用天数", "cover_days", "number", 10),
    Column("周转率%", "turnover_pct", "number", 10),
    Column("最近到期", "nearest_expiry", "date", 12),
    Column("单价", "price_fen", "money"),
    Column("货值", "value_fen", "money"),
)
_SCANNED = {"open": "进行中", "finished": "已完成", "cancelled": "已作废"}
_SESSION = (
    Column("单号", "number", width=20),
    Column("组织", "org.name", width=24),
    Column("类型", named("kind", KIND_NAMES), width=8),
    Column("原因", "reason_name", width=12),
    Column("仓库", "warehouse.name", width=16),
    Column("状态", named("state", _SCANNED), width=10),
    Column("开始", "opened_at", "moment", 18),
    Column("开始人", "opened_by", width=12),
    Column("结束", "ended_at", "moment", 18),
    Column("结束人", "ended_by", width=12),
    Column("备注", "note", width=24),
)


STOCK_LISTS = (
    Export("stock", "库存", "stock.read", StockFilter, _STOCK, pages(list_stock)),
    Export("balances", "库存余额", "stock.read", BalanceFilter, _BALANCE, pages(list_balances)),
    Export("moves", "出入库明细", "stock.read", MoveFilter, _MOVE, pages(list_moves)),
    Export("past_stock", "历史库存", "stock.read", PastFilter, _PAST, pages(list_past)),
    Export("expiring", "临期", "stock.read", ExpiringFilter, _EXPIRING, pages(list_expiring)),
    Export("turnover", "周转", "stock.read", TurnoverFilter, _TURNOVER, pages(list_turnover)),
    Export("stocktake", "盘点差异", "stock.count", StocktakeExport, _STOCKTAKE_LINE, export_lines),
    Export("sales", "动销", "stock.read", SaleFilter, _SALE, pages(list_sales)),
    Export("scan_sessions", "扫码记录", "stock.read", ScanSessionFilter, _SESSION, pages(list_sessions)),
)
