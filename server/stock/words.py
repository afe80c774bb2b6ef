"""The words of stock: places, and why goods move."""

from __future__ import annotations

from typing import Literal

LOCATION_NAMES = {
    "warehouse": "主仓",
    "quarantine": "隔离区",
    "in_transit": "在途",
    "supply": "货源",
    "consumer": "消费者",
    "adjustment": "盘点调整",
    "loss": "损耗",
}
"""What the places of a new org are called."""

KIND_NAMES = {"in": "入库", "out": "出库", "sale": "销售", "count": "盘点"}
PREFIXES = {"in": "RK", "out": "QC", "sale": "XS", "count": "PD"}
"""How the numbers of scan sessions begin; CK is that of goods issues."""

REASONS: dict[str, str] = {
    "supply": "登记入库",
    "production": "生产入库",
    "purchase": "外购入库",
    "opening": "期初库存",
    "issue": "出库发货",
    "receipt": "签收入库",
    "short": "签收短少",
    "damaged": "破损",
    "lost": "丢失损耗",
    "expired": "过期报废",
    "sample": "样品赠送",
    "own_use": "自用",
    "sale": "销售",
    "transfer_out": "调拨发出",
    "transfer_in": "调拨入库",
    "count_gain": "盘盈",
    "count_loss": "盘亏",
    "return_out": "退货发出",
    "return_in": "退货入隔离区",
    "release": "隔离放行",
    "write_off": "隔离报损",
}
"""Every reason for which goods move, as people say it. A new one is added here by the module that brings it."""

Reason = Literal["production", "purchase", "opening", "damaged", "lost", "expired", "sample", "own_use"]
"""What a session of goods in or out can be for."""

INCOMING: dict[str, tuple[str, ...]] = {
    "production": ("brand",),
    "purchase": ("brand", "dealer", "store"),
    "opening": ("brand", "dealer", "store"),
}
"""Why goods come in from outside the system, and the kinds of org to which they may."""

OUTGOING: dict[str, str] = {
    "damaged": "loss",
    "lost": "loss",
    "expired": "loss",
    "sample": "consumer",
    "own_use": "consumer",
}
"""Why goods leave without being sold, and where they go by that."""
