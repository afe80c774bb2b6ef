"""Looking at stock: which episodes begin, go on and end. A fixed number of statements per brand, whatever its size.

Usually only what has moved or was ordered since the last look is looked at; once a day everything, for days of cover
and expiry change by themselves. A look of what was looked at before changes nothing. (S3.1, B2)
"""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from server.alerts.words import BUILT_IN, MARGIN_PCT, WINDOW_DAYS
from server.core import clock, db
from server.stock.freshness import SOON_SQL
from server.stock.insight_queries import USED

SETTLED = timedelta(minutes=5)
"""What was written so long ago has been committed; what is younger is looked at once more."""

# The rules of a brand with the categories below those that they name; what is built in belongs to nobody (0).
RULES = f"""
reach AS (
    SELECT org_id, audience, kind, warehouse_id, category_id, product_id, qty, days, category_id AS named_id, 0 AS depth
    FROM alert_rule WHERE root_id = $1
    UNION ALL
    SELECT r.org_id, r.audience, r.kind, r.warehouse_id, c.id, 0, r.qty, r.days, r.named_id, r.depth + 1
    FROM reach r JOIN category c ON c.root_id = $1 AND c.parent_id = r.category_id
    WHERE r.category_id > 0 AND r.depth < 20
), rule AS MATERIALIZED (
    SELECT r.*, CASE WHEN product_id > 0 THEN 200 WHEN category_id > 0 THEN 100 - 2 * depth ELSE 0 END
                + CASE WHEN warehouse_id > 0 THEN 1 ELSE 0 END AS rank
    FROM reach r
    UNION ALL
    SELECT 0, '', t.kind, 0, 0, 0, NULL, t.days, 0, 0, 0
    FROM (VALUES {", ".join(f"('{kind}', {days})" for kind, days in BUILT_IN.items())}) AS t (kind, days)
), setter AS MATERIALIZED (
    SELECT org_id, '/' || org_id || '/' AS step, bool_or(warehouse_id > 0) AS places
    FROM alert_rule WHERE root_id = $1 GROUP BY 1
)"""

# Those who say something for an org, the nearest first; at the end what is built in.
CHAIN = """
ARRAY(SELECT s.org_id FROM setter s WHERE strpos({path}, s.step) > 0 ORDER BY strpos({path}, s.step) DESC) || 0::bigint
"""

# What a key (chain, org_kind, own_id, place_id, product_id, category_id) is judged by; one row for each kind.
HOLDING = """
SELECT DISTINCT ON (k.chain, k.org_kind, k.place_id, k.product_id, r.kind)
       k.chain, k.org_kind, k.place_id, k.product_id, r.kind, r.qty, r.days, r.org_id, r.named_id, r.rank
FROM {keys} k JOIN rule r ON r.org_id = ANY (k.chain)
    AND (r.org_id = 0 OR r.audience = CASE WHEN r.org_id = k.own_id THEN 'own' ELSE k.org_kind END)
    AND (r.warehouse_id = 0 OR r.warehouse_id = k.place_id)
    AND (r.product_id = k.product_id OR r.product_id = 0 AND r.category_id IN (0, k.category_id))
ORDER BY k.chain, k.org_kind, k.place_id, k.product_id, r.kind, array_position(k.chain, r.org_id), r.rank DESC
"""

# What comes back into quarantine is on its way, but nothing that could be sold. For a location `w` of kind in_transit.
COMING_BACK = """
JOIN stock_move m ON m.root_id = $1 AND m.to_location_id = w.id AND m.reason = 'return_out'
    AND NOT EXISTS (SELECT FROM stock_move n WHERE n.root_id = $1 AND n.document_kind = m.document_kind
                    AND n.document_id = m.document_id AND n.from_location_id = w.id)
"""

# $1 brand  $2 today  $3 since when it counts for the pace  $4 reasons of use  $5 now  $6 the last move settled
# $7 the last event settled
_TOUCHED = f"""
touched AS MATERIALIZED (
    SELECT w.org_id, x.product_id
    FROM (SELECT from_location_id AS id, product_id FROM stock_move WHERE root_id = $1 AND id > $6
          UNION SELECT to_location_id, product_id FROM stock_move WHERE root_id = $1 AND id > $6) x
    JOIN location w ON w.id = x.id
    UNION
    SELECT party, l.product_id
    FROM (SELECT DISTINCT order_id FROM order_event WHERE root_id = $1 AND id > $7) e
    JOIN orders o ON o.root_id = $1 AND o.id = e.order_id
    JOIN order_line l ON l.root_id = o.root_id AND l.order_id = o.id
    CROSS JOIN unnest(ARRAY[o.seller_id, o.buyer_id]) AS party
), place AS MATERIALIZED (
    SELECT w.id, w.org_id, w.is_default, o.kind AS org_kind, o.path
    FROM location w JOIN org o ON o.id = w.org_id
    WHERE w.org_id IN (SELECT org_id FROM touched) AND w.kind = 'warehouse' AND w.closed_at IS NULL
      AND o.status = 'active'
), goods AS MATERIALIZED (
    SELECT p.id, t.product_id FROM place p JOIN touched t ON t.org_id = p.org_id
    WHERE EXISTS (SELECT FROM stock_balance b
                  WHERE b.root_id = $1 AND b.location_id = p.id AND b.product_id = t.product_id)
       OR EXISTS (SELECT FROM alert_rule r
                  WHERE r.root_id = $1 AND r.org_id = p.org_id AND r.product_id = t.product_id AND r.kind = 'low'
                    AND r.audience = 'own' AND r.qty > 0
                    AND (r.warehouse_id = p.id OR r.warehouse_id = 0 AND p.is_default))
), went AS MATERIALIZED (
    SELECT g.id, g.product_id, sum(m.qty)::bigint AS used
    FROM goods g JOIN stock_move m ON m.root_id = $1 AND m.from_location_id = g.id AND m.product_id = g.product_id
        AND m.at >= $3 AND m.reason = ANY ($4::text[])
    GROUP BY 1, 2
), coming AS (
    SELECT w.org_id, b.product_id, b.on_hand AS qty
    FROM touched t JOIN location w ON w.org_id = t.org_id AND w.kind = 'in_transit'
    JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.product_id = t.product_id
    UNION ALL
    SELECT w.org_id, m.product_id, -m.qty
    FROM (SELECT DISTINCT org_id FROM touched) t
    JOIN location w ON w.org_id = t.org_id AND w.kind = 'in_transit' {COMING_BACK}
    UNION ALL
    SELECT o.buyer_id, l.product_id,
           CASE WHEN o.state IN ('submitted', 'on_hold') THEN l.ordered_qty ELSE l.approved_qty - l.issued_qty END
    FROM (SELECT DISTINCT org_id FROM touched) t
    JOIN orders o ON o.root_id = $1 AND o.buyer_id = t.org_id
        AND o.state IN ('submitted', 'on_hold', 'approved', 'issued')
    JOIN order_line l ON l.root_id = o.root_id AND l.order_id = o.id
)"""
_EVERYTHING = f"""
unasked AS (SELECT $6::bigint, $7::bigint), place AS MATERIALIZED (
    SELECT w.id, w.org_id, w.is_default, o.kind AS org_kind, o.path
    FROM location w JOIN org o ON o.id = w.org_id
    WHERE o.root_id = $1 AND w.kind = 'warehouse' AND w.closed_at IS NULL AND o.status = 'active'
), goods AS MATERIALIZED (
    SELECT DISTINCT b.location_id AS id, b.product_id
    FROM place p JOIN stock_balance b ON b.root_id = $1 AND b.location_id = p.id
    UNION
    SELECT p.id, r.product_id FROM alert_rule r JOIN place p ON p.org_id = r.org_id
        AND (p.id = r.warehouse_id OR r.warehouse_id = 0 AND p.is_default)
    WHERE r.root_id = $1 AND r.audience = 'own' AND r.kind = 'low' AND r.product_id > 0 AND r.qty > 0
), went AS MATERIALIZED (
    SELECT p.id, m.product_id, sum(m.qty)::bigint AS used
    FROM place p JOIN stock_move m ON m.root_id = $1 AND m.from_location_id = p.id
        AND m.at >= $3 AND m.reason = ANY ($4::text[])
    GROUP BY 1, 2
), coming AS (
    SELECT w.org_id, b.product_id, b.on_hand AS qty
    FROM stock_balance b JOIN location w ON w.id = b.location_id AND w.kind = 'in_transit'
    WHERE b.root_id = $1 AND b.on_hand > 0
    UNION ALL
    SELECT w.org_id, m.product_id, -m.qty
    FROM location w {COMING_BACK} WHERE w.root_id = $1 AND w.kind = 'in_transit'
    UNION ALL
    SELECT o.buyer_id, l.product_id,
           CASE WHEN o.state IN ('submitted', 'on_hold') THEN l.ordered_qty ELSE l.approved_qty - l.issued_qty END
    FROM orders o JOIN order_line l ON l.root_id = o.root_id AND l.order_id = o.id
    WHERE o.root_id = $1 AND o.state IN ('submitted', 'on_hold', 'approved', 'issued')
)"""

# A threshold in days is one on what lasts so long at the pace; what has no pace has no days. Stopped products are
# never too few. What is near its end comes from the lots that nobody has been promised.
_LOOK = f"""
WITH RECURSIVE {{which}}, {RULES}, given AS (
    SELECT p.*, {CHAIN.format(path="p.path")} AS chain FROM place p
), kept AS MATERIALIZED (
    SELECT g.id, g.product_id, p.org_id, p.is_default, p.org_kind, p.chain, i.category_id, i.status,
           CASE WHEN s.org_id IS NOT NULL THEN p.org_id ELSE 0 END AS own_id,
           CASE WHEN s.places THEN g.id ELSE 0 END AS place_id
    FROM goods g JOIN given p ON p.id = g.id JOIN product i ON i.id = g.product_id AND i.root_id = $1
    LEFT JOIN setter s ON s.org_id = p.org_id
), key AS (
    SELECT DISTINCT chain, org_kind, own_id, place_id, product_id, category_id FROM kept
), holding AS ({HOLDING.format(keys="key")}), ruled AS MATERIALIZED (
    SELECT chain, org_kind, place_id, product_id,
           max(qty) FILTER (WHERE kind = 'low') AS low_qty, max(days) FILTER (WHERE kind = 'low') AS low_days,
           max(qty) FILTER (WHERE kind = 'high') AS high_qty, max(days) FILTER (WHERE kind = 'high') AS high_days,
           max(days) FILTER (WHERE kind = 'soon') AS soon_days, coalesce(bool_or(kind = 'soon'), false) AS says_soon
    FROM holding GROUP BY 1, 2, 3, 4
), limits AS MATERIALIZED (
    SELECT k.*, r.low_qty, r.low_days, r.high_qty, r.high_days,
           CASE WHEN r.says_soon THEN r.soon_days ELSE {SOON_SQL} END AS soon_days
    FROM kept k
    JOIN ruled r ON r.chain = k.chain AND r.org_kind = k.org_kind AND r.place_id = k.place_id
        AND r.product_id = k.product_id
    JOIN product p ON p.id = k.product_id
    LEFT JOIN freshness_rule f ON f.root_id = $1 AND f.category_id = p.category_id
), lots AS (
    SELECT k.id, k.product_id,
           sum(b.on_hand - b.reserved) FILTER (WHERE l.expires_on >= $2::date)::bigint AS available,
           sum(b.on_hand - b.reserved) FILTER (WHERE l.expires_on - $2::date <= k.soon_days)::bigint AS ageing,
           sum(b.on_hand - b.reserved) FILTER (WHERE l.expires_on < $2::date)::bigint AS expired,
           min(l.expires_on) FILTER (WHERE b.on_hand > b.reserved AND l.expires_on - $2::date <= k.soon_days)
               AS nearest_expiry
    FROM limits k JOIN stock_balance b ON b.root_id = $1 AND b.location_id = k.id AND b.product_id = k.product_id
    JOIN lot l ON l.id = b.lot_id AND l.blocked_by IS NULL
    GROUP BY 1, 2
), on_way AS (
    SELECT org_id, product_id, sum(qty)::bigint AS qty FROM coming GROUP BY 1, 2
), looked AS MATERIALIZED (
    SELECT k.*, coalesce(l.available, 0) AS available, coalesce(l.ageing, 0) AS ageing,
           coalesce(l.expired, 0) AS expired, l.nearest_expiry, coalesce(w.used, 0) AS used,
           CASE WHEN k.is_default THEN coalesce(c.qty, 0) ELSE 0 END AS on_way
    FROM limits k
    LEFT JOIN lots l ON l.id = k.id AND l.product_id = k.product_id
    LEFT JOIN went w ON w.id = k.id AND w.product_id = k.product_id
    LEFT JOIN on_way c ON c.org_id = k.org_id AND c.product_id = k.product_id
), judged AS MATERIALIZED (
    SELECT l.*, c.kind, c.begins, c.stays, c.limit_qty, c.limit_days, a.id AS alert_id
    FROM looked l
    CROSS JOIN LATERAL (SELECT l.available + l.on_way AS total, $8::int AS window_days) n
    CROSS JOIN LATERAL (
        SELECT 'low' AS kind, l.low_qty AS limit_qty, l.low_days AS limit_days,
               l.status = 'active' AND (coalesce(n.total < l.low_qty, false)
                   OR coalesce(l.used > 0 AND n.total * n.window_days < l.used * l.low_days, false)) AS begins,
               l.status = 'active' AND (coalesce(n.total * 100 < l.low_qty * (100 + $9::bigint), false)
                   OR coalesce(l.used > 0 AND n.total * n.window_days * 100
                               < l.used * l.low_days * (100 + $9::bigint), false)) AS stays
        UNION ALL
        SELECT 'high', l.high_qty, l.high_days,
               coalesce(n.total > l.high_qty, false)
                   OR coalesce(l.used > 0 AND n.total * n.window_days > l.used * l.high_days, false),
               coalesce(n.total * 100 > l.high_qty * (100 - $9::bigint), false)
                   OR coalesce(l.used > 0 AND n.total * n.window_days * 100
                               > l.used * l.high_days * (100 - $9::bigint), false)
        UNION ALL SELECT 'soon', NULL, l.soon_days, l.ageing > 0, l.ageing > 0
    ) c
    LEFT JOIN alert a ON a.warehouse_id = l.id AND a.product_id = l.product_id AND a.kind = c.kind
        AND a.closed_at IS NULL
    WHERE c.begins OR a.id IS NOT NULL
), digest AS (
    INSERT INTO alert_digest (root_id, org_id, at)
    SELECT DISTINCT $1::bigint, org_id, $5::timestamptz FROM judged WHERE alert_id IS NULL
    RETURNING id, org_id
), opened AS (
    INSERT INTO alert (root_id, org_id, warehouse_id, product_id, kind, digest_id, limit_qty, limit_days, available,
                       on_way, used, ageing, expired, nearest_expiry, opened_at, looked_at)
    SELECT $1, j.org_id, j.id, j.product_id, j.kind, d.id, j.limit_qty, j.limit_days, j.available, j.on_way, j.used,
           j.ageing, j.expired, j.nearest_expiry, $5, $5
    FROM judged j JOIN digest d ON d.org_id = j.org_id WHERE j.alert_id IS NULL
    ORDER BY j.org_id, array_position(ARRAY['high', 'soon', 'low'], j.kind), j.product_id  -- the newest are read first
    RETURNING id
), went_on AS (
    UPDATE alert a SET limit_qty = j.limit_qty, limit_days = j.limit_days, available = j.available, on_way = j.on_way,
        used = j.used, ageing = j.ageing, expired = j.expired, nearest_expiry = j.nearest_expiry, looked_at = $5,
        closed_at = CASE WHEN j.stays THEN NULL ELSE $5::timestamptz END
    FROM judged j
    WHERE a.root_id = $1 AND a.id = j.alert_id
      AND (NOT j.stays OR (a.limit_qty, a.limit_days, a.available, a.on_way, a.used, a.ageing, a.expired,
                           a.nearest_expiry)
          IS DISTINCT FROM (j.limit_qty, j.limit_days, j.available, j.on_way, j.used, j.ageing, j.expired,
                            j.nearest_expiry))
    RETURNING a.closed_at
), gone AS ({{gone}}), told AS (
    INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
    SELECT $1, 'event', 'alert.opened', id, jsonb_build_object('org_id', org_id), $5, $5 FROM digest ORDER BY id
)
SELECT (SELECT count(*) FROM opened) AS opened,
       (SELECT count(*) FROM went_on WHERE closed_at IS NOT NULL) + (SELECT count(*) FROM gone) AS closed
"""

# Of a warehouse that was closed, or an org that was frozen, nothing is looked at any more.
_GONE = """
    UPDATE alert a SET closed_at = $5, looked_at = $5
    WHERE a.root_id = $1 AND a.closed_at IS NULL AND NOT EXISTS (
        SELECT FROM kept k WHERE k.id = a.warehouse_id AND k.product_id = a.product_id)
    RETURNING a.id
"""
LOOK_AT_CHANGES = _LOOK.format(which=_TOUCHED, gone="SELECT 1 WHERE false")
LOOK_AT_EVERYTHING = _LOOK.format(which=_EVERYTHING, gone=_GONE)

# The planner takes what the rules hold for next to nothing, and would go through it once for each of all goods.
JOIN_WHOLE, _JOIN_AS_EVER = "SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop = on"

_BEGIN = """
INSERT INTO alert_look (root_id, looked_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
_BRANDS = "SELECT id FROM org WHERE kind = 'brand' ORDER BY id"
_TAKE = "SELECT move_id, event_id, full_on FROM alert_look WHERE root_id = $1 FOR UPDATE SKIP LOCKED"
_DONE = """
UPDATE alert_look SET looked_at = $2, full_on = coalesce($3, full_on),
    move_id = greatest(move_id, (SELECT max(id) FROM stock_move WHERE root_id = $1 AND id > move_id AND at <= $4)),
    event_id = greatest(event_id, (SELECT max(id) FROM order_event WHERE root_id = $1 AND id > event_id AND at <= $4))
WHERE root_id = $1
"""

# What was put off until today and is not over comes back, once.
_DUE = """
WITH due AS (
    UPDATE alert_care c SET snoozed_until = NULL
    FROM alert a
    WHERE c.root_id = $1 AND c.snoozed_until <= $2 AND a.root_id = c.root_id AND a.id = c.alert_id
    RETURNING c.alert_id, c.org_id, c.snoozed_by, c.holder_id, a.closed_at
)
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT $1, 'event', 'alert.due', alert_id,
       jsonb_build_object('org_id', org_id, 'account_id', coalesce(holder_id, snoozed_by)), $3, $3
FROM due WHERE closed_at IS NULL ORDER BY alert_id
"""


class Looked(NamedTuple):
    """What a look has changed."""

    opened: int
    closed: int


async def look(root_id: int, everything: bool = False) -> Looked | None:
    """Look at a brand's stock, all of it once a day; None where another look is under way."""
    moment, today = clock.now(), clock.today()
    async with db.transaction():
        await db.run(_BEGIN, root_id, moment)
        last = await db.row(_TAKE, root_id)
        if last is None:
            return None
        full = everything or last["full_on"] is None or last["full_on"] < today
        since = moment - timedelta(days=WINDOW_DAYS)
        asked = (root_id, today, since, list(USED), moment, last["move_id"], last["event_id"], WINDOW_DAYS, MARGIN_PCT)
        found = await (_everything if full else _changes)(asked)
        assert found is not None
        await db.run(_DUE, root_id, today, moment)
        await db.run(_DONE, root_id, moment, today if full else None, moment - SETTLED)
    return Looked(found["opened"], found["closed"])


async def _everything(asked: tuple[object, ...]) -> db.Row | None:
    await db.run(JOIN_WHOLE)
    found = await db.row(LOOK_AT_EVERYTHING, *asked)
    await db.run(_JOIN_AS_EVER)
    return found


async def _changes(asked: tuple[object, ...]) -> db.Row | None:
    return await db.row(LOOK_AT_CHANGES, *asked)


async def look_at_all() -> int:
    """Look at the stock of every brand; how many alerts have begun or ended."""
    changed = 0
    for brand in await db.rows(_BRANDS):
        looked = await look(brand["id"])
        changed += sum(looked) if looked else 0
    return changed
