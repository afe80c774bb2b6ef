"""Who has too much near who has too little: what a supplier could move between his dealers. (S3.3)

Days of cover are what is free in all warehouses over what left them in the last 30 days by being delivered or sold.
Below LOW_DAYS a dealer has too little, above HIGH_DAYS (or when nothing leaves) too much. As much goes over as
brings the taker to AIM_DAYS and leaves the giver AIM_DAYS, in whole cases; within a city first, then within a province.
"""

from __future__ import annotations

from datetime import timedelta

from server.core import clock, db
from server.core.actor import Actor
from server.core.types import OrgRef
from server.stock.insight_queries import USED
from server.transfers.schemas import Side, Suggestion, SuggestionFilter, SuggestionList

WINDOW_DAYS = 30
LOW_DAYS = 7
HIGH_DAYS = 60
AIM_DAYS = 30

# $1 root  $2 supplier  $3 scope  $4 since  $5 reasons of use  $6 product  $7 today  $8 low  $9 high  $10 aim  $11 rows
_SUGGEST = """
WITH dealers AS MATERIALIZED (
    SELECT o.id, o.name, o.region_code FROM org o
    WHERE o.parent_id = $2 AND o.kind = 'dealer' AND o.status = 'active' AND o.region_code <> ''
      AND o.path LIKE ANY ($3::text[])
), places AS MATERIALIZED (
    SELECT w.id, d.id AS org_id FROM dealers d JOIN location w ON w.org_id = d.id AND w.kind = 'warehouse'
), free AS (
    SELECT w.org_id, b.product_id,
           coalesce(sum(b.on_hand - b.reserved) FILTER (WHERE l.expires_on >= $7 AND l.blocked_by IS NULL), 0)::bigint
               AS qty
    FROM places w JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id
    JOIN lot l ON l.id = b.lot_id
    WHERE $6::bigint IS NULL OR b.product_id = $6
    GROUP BY 1, 2
), went AS (
    SELECT w.org_id, m.product_id, sum(m.qty)::bigint AS qty
    FROM places w JOIN stock_move m ON m.root_id = $1 AND m.from_location_id = w.id
    WHERE m.at >= $4 AND m.reason = ANY ($5::text[]) AND ($6::bigint IS NULL OR m.product_id = $6)
    GROUP BY 1, 2
), cover AS MATERIALIZED (
    SELECT f.org_id, f.product_id, f.qty AS free, coalesce(w.qty, 0) AS out, d.name, d.region_code
    FROM free f JOIN dealers d ON d.id = f.org_id
    LEFT JOIN went w ON w.org_id = f.org_id AND w.product_id = f.product_id
), pairs AS (
    SELECT t.product_id, t.org_id AS to_id, t.name AS to_name, t.region_code AS to_region, t.free AS to_free,
           t.out AS to_out, g.org_id AS from_id, g.name AS from_name, g.region_code AS from_region, g.free AS from_free,
           g.out AS from_out, left(t.region_code, 4) = left(g.region_code, 4) AS same_city,
           least(t.out * $10 / 30 - t.free, g.free - g.out * $10 / 30) AS qty
    FROM cover t JOIN cover g ON g.product_id = t.product_id AND g.org_id <> t.org_id
        AND left(g.region_code, 2) = left(t.region_code, 2)
    WHERE t.out > 0 AND t.free * 30 < t.out * $8 AND g.free > 0 AND g.free * 30 > g.out * $9
), ranked AS (
    SELECT p.*, row_number() OVER (PARTITION BY product_id, to_id ORDER BY same_city DESC, qty DESC, from_id) AS nth
    FROM pairs p
)
SELECT r.*, i.name AS product_name, i.base_unit, coalesce(c.name, '') AS case_name, coalesce(c.unit_qty, 1) AS case_qty,
       r.qty / coalesce(c.unit_qty, 1) * coalesce(c.unit_qty, 1) AS whole
FROM ranked r JOIN product i ON i.id = r.product_id AND i.status = 'active'
LEFT JOIN packaging c ON c.product_id = i.id AND c.is_default
WHERE r.nth = 1 AND r.qty >= coalesce(c.unit_qty, 1)
ORDER BY r.to_free::numeric / r.to_out, r.qty DESC, r.product_id, r.to_id
LIMIT $11
"""


def _side(item: db.Row, side: str) -> Side:
    free, out = item[f"{side}_free"], item[f"{side}_out"]
    days = None if out == 0 else free * WINDOW_DAYS // out
    return Side(OrgRef(item[f"{side}_id"], item[f"{side}_name"]), item[f"{side}_region"], free, out, days)


async def suggest(actor: Actor, wanted: SuggestionFilter) -> SuggestionList:
    """What the own org could move between its dealers in the scope, the emptiest taker first."""
    since = clock.now() - timedelta(days=WINDOW_DAYS)
    found = await db.rows(
        _SUGGEST, actor.root_id, actor.org_id, actor.patterns, since, list(USED), wanted.product_id, clock.today(),
        LOW_DAYS, HIGH_DAYS, AIM_DAYS, wanted.limit,
    )  # fmt: skip
    same = ("product_id", "product_name", "base_unit", "case_name", "case_qty")
    items = [
        Suggestion(
            **{name: item[name] for name in same},
            qty=item["whole"],
            near="city" if item["same_city"] else "province",
            giver=_side(item, "from"),
            taker=_side(item, "to"),
        )
        for item in found
    ]
    return SuggestionList(items, WINDOW_DAYS, LOW_DAYS, HIGH_DAYS)
