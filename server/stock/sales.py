"""Sell-through: what stores and dealers sold to consumers, by store, product and day. (T4, D3.3, D5.1)"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from server.core import clock, paging
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.stock import places
from server.stock import sales_queries as queries
from server.stock.sales_schemas import (
    DaySum,
    OrgSum,
    ProductSum,
    SaleFilter,
    SaleOut,
    SalesSummary,
    SalesSummaryFilter,
)

_EVER = (date(1970, 1, 1), date(9000, 1, 1))
_LAST = 2**63 - 1
USUAL, LONGEST = timedelta(days=29), timedelta(days=91)
"""How long before its last day a period begins: where no other is asked for, and at most."""

FIRST = 50
"""So many are named who, and of which, sold most."""


async def list_sales(actor: Actor, wanted: SaleFilter) -> tuple[list[SaleOut], str | None]:
    """What was sold on which day, of the own org and all inside the scope, the newest day first."""
    actor.require("stock.read")
    if wanted.org_id is not None:
        await places.org_seen(actor, wanted.org_id)
    found = await queries.sales(
        actor,
        actor.sees_all and wanted.org_id is None,
        wanted.org_id,
        wanted.product_id,
        (wanted.from_ or _EVER[0], wanted.to or _EVER[1]),
        _before(wanted.cursor),
        wanted.limit + 1,
    )
    shown = found[: wanted.limit]
    cursor = None
    if len(found) > wanted.limit:
        last = shown[-1]
        cursor = paging.encode_cursor(last["day"].isoformat(), last["org_id"], last["product_id"])
    return [msgspec.convert(dict(item), SaleOut) for item in shown], cursor


def _before(cursor: str | None) -> list[object]:
    key = paging.decode_cursor(cursor, 3)
    if key is None:
        return [_EVER[1], _LAST, _LAST]
    try:
        day = date.fromisoformat(key[0])
    except (TypeError, ValueError):
        raise InvalidInput("翻页标记无效，请重新打开列表") from None
    if any(not isinstance(part, int) or not 0 < part <= _LAST for part in key[1:]):
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return [day, *key[1:]]


async def summarize_sales(actor: Actor, wanted: SalesSummaryFilter) -> SalesSummary:
    """What the own org and all inside the scope sold in a period, added up by day, by org and by product."""
    actor.require("stock.read")
    if wanted.org_id is not None:
        await places.org_seen(actor, wanted.org_id)
    to = wanted.to or clock.today()
    from_ = wanted.from_ or to - USUAL
    if not timedelta() <= to - from_ <= LONGEST:
        raise InvalidInput("请选择 92 天以内的日期，开始不能晚于结束")
    everywhere = actor.sees_all and wanted.org_id is None
    found = await queries.summed(actor, everywhere, wanted.org_id, wanted.product_id, (from_, to), FIRST)
    days = msgspec.json.decode(found["days"] or "[]", type=list[DaySum])
    return SalesSummary(
        from_=from_,
        to=to,
        qty=sum(item.qty for item in days),
        value_fen=sum(item.value_fen for item in days),
        org_count=found["org_count"],
        product_count=found["product_count"],
        days=days,
        orgs=msgspec.json.decode(found["orgs"] or "[]", type=list[OrgSum]),
        products=msgspec.json.decode(found["products"] or "[]", type=list[ProductSum]),
    )
