"""What a customer has bought: totals, months, and the products it buys most. (D3.2)"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec

from server.channel.lists import one_org
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput
from server.customers.lists import AMOUNT, COUNTS
from server.customers.schemas import CustomerProfile, MonthTotal, PurchasePeriod, Purchases, TopProduct
from server.identity.accounts import anyone_at

ORDERS = 2000
"""So many orders of the period are looked at, the newest."""

TOP = 20
LONGEST = 3 * 366

_PURCHASES = f"""
WITH bought AS MATERIALIZED (
    SELECT o.id, o.submitted_at, {AMOUNT} AS amount_fen, o.state FROM orders o
    WHERE o.root_id = $1 AND o.buyer_id = $2 AND o.submitted_at >= $3 AND o.submitted_at < $4 AND {COUNTS}
    ORDER BY o.id DESC LIMIT {ORDERS}
), months AS (
    SELECT date_trunc('month', submitted_at AT TIME ZONE $5)::date AS month, count(*)::int AS orders,
           sum(amount_fen)::bigint AS amount_fen
    FROM bought GROUP BY 1
), products AS (
    SELECT l.product_id, sum(q.qty)::bigint AS qty,
           sum(div(l.amount_fen::numeric * q.qty, l.ordered_qty))::bigint AS amount_fen,
           count(DISTINCT b.id)::int AS orders, max(b.submitted_at) AS last_order_at
    FROM bought b JOIN order_line l ON l.root_id = $1 AND l.order_id = b.id
    CROSS JOIN LATERAL (SELECT CASE WHEN b.state IN ('received', 'closed') THEN l.received_qty ELSE l.issued_qty END
                        AS qty) q
    WHERE q.qty > 0 GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT {TOP}
)
SELECT count(*)::int AS orders, coalesce(sum(amount_fen), 0)::bigint AS amount_fen,
       min(submitted_at) AS first_order_at, max(submitted_at) AS last_order_at,
       (SELECT json_agg(m ORDER BY m.month)::text FROM months m) AS months,
       (SELECT json_agg(row_to_json(x) ORDER BY x.amount_fen DESC, x.product_id)::text FROM (
            SELECT t.*, p.name, p.base_unit FROM products t JOIN product p ON p.id = t.product_id) x) AS products
FROM bought
"""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def _days(wanted: PurchasePeriod) -> tuple[date, date]:
    until = wanted.to_on or clock.today()
    begin = wanted.from_on or until - timedelta(days=365)
    if begin > until:
        raise InvalidInput("开始日期不能晚于结束日期", [FieldError("/from_on", "不能晚于结束日期")])
    if (until - begin).days > LONGEST or not date(2000, 1, 1) <= begin <= until <= date(2200, 1, 1):
        raise InvalidInput("最多查看三年", [FieldError("/from_on", "最多查看三年")])
    return begin, until


async def purchases_of(root_id: int, buyer_id: int, wanted: PurchasePeriod) -> Purchases:
    """What a buyer bought in a period."""
    begin, until = _days(wanted)
    bounds = (_midnight(begin), _midnight(until + timedelta(days=1)))
    found = await db.row(_PURCHASES, root_id, buyer_id, *bounds, str(clock.zone()))
    assert found is not None
    return Purchases(
        begin,
        until,
        found["orders"],
        found["amount_fen"],
        found["first_order_at"],
        found["last_order_at"],
        msgspec.json.decode(found["months"] or "[]", type=list[MonthTotal]),
        msgspec.json.decode(found["products"] or "[]", type=list[TopProduct]),
    )


async def profile(actor: Actor, org_id: int, wanted: PurchasePeriod) -> CustomerProfile:
    """A customer inside the scope, as its supplier knows it."""
    org = await one_org(actor, org_id)
    return CustomerProfile(org, await anyone_at(org_id), await purchases_of(actor.root_id, org_id, wanted))
