"""Diversions, the holders of a recall and the codes of a range as files: what their screens show. (S1.4)"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from server.core.actor import Actor
from server.core.exports import PAGE, Column, Export, pages, register
from server.trace import ranges, recalls
from server.trace.diversion_lists import list_diversions
from server.trace.diversion_schemas import DiversionFilter
from server.trace.diversions import CONSEQUENCES, STATES, VERDICTS
from server.trace.recall_schemas import HolderExport, HolderOut, RecallFilter
from server.trace.schemas import CodeOut, CodeQuery, RangeCodes

_KINDS = {"scan": "扫码发现", "order": "卖给区域外客户"}
_ORGS = {"brand": "品牌", "dealer": "经销商", "store": "门店"}

_DIVERSION = (
    Column("窜货单号", "number", width=18),
    Column("状态", lambda item: STATES[item.state], width=10),
    Column("经销商", "dealer.name", width=24),
    Column("商品", "product_name", width=24),
    Column("怎么发现", lambda item: _KINDS[item.kind], width=16),
    Column("出现的区域", "region_name", width=24),
    Column("证据数", "evidence", "number", 8),
    Column("首次发现", "opened_at", "moment", 18),
    Column("最近发现", "last_at", "moment", 18),
    Column("处理人", "taken_by_name", width=12),
    Column("经销商已说明", lambda item: "是" if item.stated else "否", width=12),
    Column("判定", lambda item: VERDICTS.get(item.verdict or "", ""), width=20),
    Column("处理", lambda item: CONSEQUENCES[item.consequence] if item.verdict else "", width=14),
    Column("罚款", "penalty_fen", "money"),
)

_HOLDER = (
    Column("客户", "org.name", width=28),
    Column("类型", lambda item: _ORGS[item.kind], width=10),
    Column("地区", "region_name", width=24),
    Column("联系人", "contact_name", width=12),
    Column("联系电话", "contact_phone", width=16),
    Column("现有", "qty", "number", 10),
    Column("在途", "on_the_way", "number", 10),
    Column("累计收到", "had_qty", "number", 10),
    Column("通知时间", "told_at", "moment", 18),
    Column("已读时间", "read_at", "moment", 18),
    Column("封存数量", "set_aside", "number", 10),
    Column("回复", "note", width=30),
    Column("回复时间", "answered_at", "moment", 18),
)

_CODE = (
    Column("序号", "no", "number", 12),
    Column("追溯码", "text", width=24),
    Column("二维码内容", "content", width=60),
)


async def _holders(actor: Actor, wanted: HolderExport) -> tuple[Sequence[HolderOut], str | None]:
    return await recalls.list_holders(actor, wanted.recall_id, wanted)


async def _codes(actor: Actor, wanted: RangeCodes) -> AsyncIterator[Sequence[CodeOut]]:
    """From the first to the last that is wanted, some at a time."""
    first: int | None = wanted.first
    while first is not None and (wanted.until is None or first <= wanted.until):
        limit = PAGE if wanted.until is None else min(PAGE, wanted.until - first + 1)
        found = await ranges.print_codes(actor, wanted.range_id, CodeQuery(first, limit))
        if found.items:
            yield found.items
        first = found.next_first


_RECALL = (
    Column("召回单号", "number", width=18),
    Column("状态", lambda item: {"running": "进行中", "ended": "已结束"}[item.state], width=10),
    Column("商品", "product_name", width=28),
    Column("批次", "lot_code", width=16),
    Column("原因", "reason", width=40),
    Column("发起时间", "started_at", "moment", 18),
    Column("本组织回复时间", "answered_at", "moment", 18),
)


def register_exports() -> None:
    """Let these lists be exported by whoever reads them."""
    brand: tuple[str, ...] = ("brand",)
    many: Any = pages(list_diversions)
    for export in (
        Export("diversions", "窜货单", "diversion.read", DiversionFilter, _DIVERSION, many, ("brand", "dealer")),
        Export("recalls", "召回", "stock.read", RecallFilter, _RECALL, pages(recalls.list_recalls)),
        Export("recall_holders", "召回名单", "recall.manage", HolderExport, _HOLDER, pages(_holders), brand),
        Export("trace_codes", "追溯码", "trace.manage", RangeCodes, _CODE, _codes, brand),
    ):
        register(export)
