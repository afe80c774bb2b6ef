"""What an org should order, and why: so much as lasts until the next order has come. (D2.2, T1)

    need = used × (lead + cover) ÷ window − available − on_way

in base units, at least up to the threshold where that is a quantity; rounded up to the packaging by which the product
is usually sold, and to what the supplier's order rules ask. The lead time is the median of the past deliveries.
"""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from server.alerts.look import CHAIN, COMING_BACK, HOLDING, RULES
from server.alerts.schemas import ProposalLine, RestockProposal
from server.alerts.words import MARGIN_PCT, WINDOW_DAYS
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import OrgRef
from server.orders.schemas import MAX_LINES
from server.pricing import offers as pricing
from server.rules.schemas import LineRule
from server.rules.terms import applying, step
from server.stock.insight_queries import USED

MEASURED = 3
"""So many past deliveries say how long goods take."""

# $1 brand  $2 today  $3 since  $4 reasons of use  $5 org  $6 products, or all that it has ever had
_FIGURES = f"""
WITH RECURSIVE {RULES}, place AS MATERIALIZED (
    SELECT w.id, w.org_id, o.kind AS org_kind, {CHAIN.format(path="o.path")} AS chain
    FROM location w JOIN org o ON o.id = w.org_id
    WHERE o.root_id = $1 AND w.org_id = $5 AND w.kind = 'warehouse' AND w.is_default
), goods AS MATERIALIZED (
    SELECT DISTINCT x.product_id FROM (
        SELECT b.product_id FROM place p JOIN stock_balance b ON b.root_id = $1 AND b.location_id = p.id
        UNION ALL SELECT r.product_id FROM rule r JOIN place p ON p.org_id = r.org_id
        WHERE r.audience = 'own' AND r.kind = 'low' AND r.qty > 0 AND r.product_id > 0 AND r.warehouse_id IN (0, p.id)
        UNION ALL SELECT unnest($6::bigint[])) x
    WHERE $6::bigint[] IS NULL OR x.product_id = ANY ($6)
), key AS (
    SELECT p.chain, p.org_kind, CASE WHEN s.org_id IS NOT NULL THEN p.org_id ELSE 0 END AS own_id, p.id AS place_id,
           i.id AS product_id, i.category_id
    FROM place p CROSS JOIN goods g JOIN product i ON i.id = g.product_id AND i.root_id = $1 AND i.status = 'active'
    LEFT JOIN setter s ON s.org_id = p.org_id
), holding AS ({HOLDING.format(keys="key")}), ruled AS (
    SELECT product_id, max(qty) FILTER (WHERE kind = 'low') AS low_qty,
           max(days) FILTER (WHERE kind = 'cover') AS cover, max(days) FILTER (WHERE kind = 'lead') AS lead
    FROM holding GROUP BY 1
), lots AS (
    SELECT b.product_id, sum(b.on_hand - b.reserved)::bigint AS available
    FROM place p JOIN stock_balance b ON b.root_id = $1 AND b.location_id = p.id
    JOIN goods g ON g.product_id = b.product_id
    JOIN lot l ON l.id = b.lot_id AND l.blocked_by IS NULL AND l.expires_on >= $2::date
    GROUP BY 1
), went AS (
    SELECT m.product_id, sum(m.qty)::bigint AS used
    FROM place p JOIN stock_move m ON m.root_id = $1 AND m.from_location_id = p.id AND m.at >= $3
        AND m.reason = ANY ($4::text[])
    JOIN goods g ON g.product_id = m.product_id
    GROUP BY 1
), coming AS (
    SELECT product_id, sum(qty)::bigint AS on_way FROM (
        SELECT b.product_id, b.on_hand AS qty FROM location w
        JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id WHERE w.org_id = $5 AND w.kind = 'in_transit'
        UNION ALL
        SELECT m.product_id, -m.qty FROM location w {COMING_BACK} WHERE w.org_id = $5 AND w.kind = 'in_transit'
        UNION ALL
        SELECT l.product_id,
               CASE WHEN o.state IN ('submitted', 'on_hold') THEN l.ordered_qty ELSE l.approved_qty - l.issued_qty END
        FROM orders o JOIN order_line l ON l.root_id = o.root_id AND l.order_id = o.id
        WHERE o.root_id = $1 AND o.buyer_id = $5 AND o.state IN ('submitted', 'on_hold', 'approved', 'issued')) x
    GROUP BY 1
)
SELECT i.id AS product_id, i.code AS product_code, i.name AS product_name, i.color, i.base_unit, k.id AS packaging_id,
       k.name AS packaging_name, k.unit_qty, r.low_qty, r.cover, r.lead, coalesce(l.available, 0) AS available,
       coalesce(c.on_way, 0) AS on_way, coalesce(w.used, 0) AS used, a.id AS alert_id
FROM ruled r JOIN product i ON i.id = r.product_id
CROSS JOIN LATERAL (
    SELECT x.id, x.name, x.unit_qty FROM packaging x WHERE x.product_id = i.id
    ORDER BY NOT x.is_default, x.unit_qty DESC LIMIT 1) k
LEFT JOIN lots l ON l.product_id = i.id LEFT JOIN went w ON w.product_id = i.id
LEFT JOIN coming c ON c.product_id = i.id
LEFT JOIN alert a ON a.warehouse_id = (SELECT id FROM place) AND a.product_id = i.id AND a.kind = 'low'
    AND a.closed_at IS NULL
ORDER BY i.id
"""

_LEAD = """
SELECT count(*) AS deliveries, ceil(extract(epoch FROM
           percentile_disc(0.5) WITHIN GROUP (ORDER BY r.received_at - o.submitted_at)) / 86400)::int AS days
FROM (SELECT root_id, id, order_id FROM goods_issue
      WHERE root_id = $1 AND buyer_id = $2 AND seller_id = $3 AND state = 'received' ORDER BY id DESC LIMIT 20) i
JOIN receipt r ON r.root_id = i.root_id AND r.issue_id = i.id
JOIN orders o ON o.root_id = i.root_id AND o.id = i.order_id
"""
_PARTIES = """
SELECT b.name AS buyer_name, s.id AS supplier_id, s.name AS supplier_name
FROM org b JOIN org s ON s.id = b.parent_id WHERE b.root_id = $1 AND b.id = $2
"""


class Need(NamedTuple):
    """The plain rule, without a database: what is missing, in base units."""

    used: int
    lead_days: int
    cover_days: int
    available: int
    on_way: int
    low_qty: int | None = None

    @property
    def wanted(self) -> int:
        """What should be there or on its way: what is used until the next order comes; or the threshold by a margin."""
        by_pace = -(-self.used * (self.lead_days + self.cover_days) // WINDOW_DAYS)
        by_threshold = -(-(self.low_qty or 0) * (100 + MARGIN_PCT) // 100)
        return max(by_pace, by_threshold)

    @property
    def qty(self) -> int:
        """What is missing of it."""
        return max(0, self.wanted - self.available - self.on_way)

    @property
    def falls_short(self) -> bool:
        """Whether it does not even last for the time that is ordered for: then it is suggested without an alert."""
        total = self.available + self.on_way
        return total * WINDOW_DAYS < self.used * self.cover_days or total < (self.low_qty or 0)


def packed(need: int, unit_qty: int, rule: LineRule | None) -> int:
    """So many packagings of `unit_qty` as are needed, in steps that the supplier takes."""
    least, by = step(rule, unit_qty)
    packagings = -(-need // unit_qty)
    return max(least, -(-packagings // by) * by) if need else 0


async def propose(actor: Actor, org_id: int, product_ids: Sequence[int] | None = None) -> RestockProposal:
    """What an org should order of these products, or of all that it has had: those that fall short.

    The caller has made sure that the reader may see it. `InvalidInput` for the brand, who buys from nobody.
    """
    parties = await db.row(_PARTIES, actor.root_id, org_id)
    if parties is None:
        raise InvalidInput("品牌没有上级供应商，请安排生产或外购入库")
    since = clock.now() - timedelta(days=WINDOW_DAYS)
    asked = None if product_ids is None else list(product_ids)
    found = await db.rows(_FIGURES, actor.root_id, clock.today(), since, list(USED), org_id, asked)
    measured = await db.row(_LEAD, actor.root_id, org_id, parties["supplier_id"])
    assert measured is not None
    lead = measured["days"] if measured["deliveries"] >= MEASURED else None
    needed = [(item, need) for item in found if (need := _need(item, lead)).qty and (asked or need.falls_short)]
    needed = sorted(needed, key=lambda one: (one[0]["alert_id"] is None, _lasts(one[1])))[:MAX_LINES]
    ids = [item["product_id"] for item, _ in needed]
    pair = (parties["supplier_id"], org_id)
    offers = await pricing.offers_by_id(actor, ids, pair) if ids else {}
    rules = await applying(actor.root_id, *pair, None, ids)
    lines = [_line(item, need, offers.get(item["product_id"]), rules.goods) for item, need in needed]
    total = sum(line.amount_fen for line in lines)
    return RestockProposal(
        org=OrgRef(org_id, parties["buyer_name"]),
        supplier=OrgRef(parties["supplier_id"], parties["supplier_name"]),
        window_days=WINDOW_DAYS,
        lead_days=lead if lead is not None else max((need.lead_days for _, need in needed), default=0),
        lead_from=measured["deliveries"] if lead is not None else 0,
        lines=lines,
        total_fen=total,
        missing_fen=max(0, (rules.min_fen or 0) - total),
    )


def _need(item: db.Row, lead: int | None) -> Need:
    days = item["lead"] if lead is None else lead
    return Need(item["used"], days, item["cover"], item["available"], item["on_way"], item["low_qty"])


def _lasts(need: Need) -> float:
    return (need.available + need.on_way) / need.used if need.used else 0.0


def _line(item: db.Row, need: Need, offer: db.Row | None, rules: Mapping[int, LineRule]) -> ProposalLine:
    count = packed(need.qty, item["unit_qty"], rules.get(item["product_id"]))
    price = offer["price_fen"] if offer else None
    qty = count * item["unit_qty"]
    same = ("product_id", "product_code", "product_name", "color", "base_unit", "packaging_id", "packaging_name",
            "unit_qty", "available", "on_way", "used", "alert_id")  # fmt: skip
    return ProposalLine(
        **{name: item[name] for name in same},
        packaging_qty=count,
        qty=qty,
        need=need.qty,
        cover_days=need.cover_days,
        price_fen=price,
        amount_fen=qty * (price or 0),
        why=_why(item, need, count),
        problem=None if price is not None else "供应商暂不供应",
    )


def _why(item: db.Row, need: Need, count: int) -> str:
    """The figures in the words of a shop owner."""
    unit = item["base_unit"]
    by_pace = need.wanted > -(-(need.low_qty or 0) * (100 + MARGIN_PCT) // 100)
    if by_pace:
        pace = f"{need.used / WINDOW_DAYS:.1f}".removesuffix(".0")
        until = f"到货要 {need.lead_days} 天，再备 {need.cover_days} 天"
        wanted = f"近 {WINDOW_DAYS} 天用掉 {need.used} {unit}（每天约 {pace}）；{until}，共要 {need.wanted} {unit}"
    else:
        wanted = f"下限 {need.low_qty} {unit}，多备一成到 {need.wanted} {unit}"
    there = f"可用 {need.available} {unit}" + (f"，在途 {need.on_way} {unit}" if need.on_way else "")
    packs = f"取整为 {count} {item['packaging_name']}" + (
        f"（每{item['packaging_name']} {item['unit_qty']} {unit}）" if item["unit_qty"] > 1 else ""
    )
    return f"{wanted}；{there}；还差 {need.qty} {unit}，{packs}"
