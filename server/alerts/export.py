"""The list of alerts as a file."""

from __future__ import annotations

from server.alerts.schemas import AlertFilter
from server.alerts.views import list_alerts
from server.alerts.words import KIND_NAMES
from server.core.exports import Column, Export, pages, register

_COLUMNS = (
    Column("类型", lambda item: KIND_NAMES[item.kind], width=10),
    Column("组织", "org.name", width=24),
    Column("仓库", "warehouse.name", width=16),
    Column("商品编码", "product_code", width=16),
    Column("商品", "product_name", width=28),
    Column("单位", "base_unit", width=6),
    Column("可用", "figures.available", "number", 10),
    Column("在途", "figures.on_way", "number", 10),
    Column("近 30 天用量", "figures.used", "number", 14),
    Column("约够天数", "figures.cover_days", "number", 10),
    Column("临期数量", "figures.ageing", "number", 10),
    Column("最近到期", "figures.nearest_expiry", "date", 12),
    Column("说明", "words", width=40),
    Column("开始", "opened_at", "moment", 18),
    Column("结束", "closed_at", "moment", 18),
    Column("订单", lambda item: item.order.number if item.order else "", width=16),
    Column("转交给", lambda item: item.care.holder.name if item.care.holder else "", width=12),
    Column("稍后提醒", "care.snoozed_until", "date", 12),
)


def register_list() -> None:
    """Let alerts be exported as they are filtered."""
    register(Export("alerts", "库存预警", "stock.read", AlertFilter, _COLUMNS, pages(list_alerts)))
