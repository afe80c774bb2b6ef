"""Statements over the journal: what moved, and what there was. Each reads its rows by an index, in their order."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from server.core import db
from server.stock.words import REASONS

# $1 root  $2 org  $3 warehouse
_PLACES = """
places AS MATERIALIZED (
    SELECT id, name FROM location
    WHERE org_id = $2 AND root_id = $1 AND kind IN ('warehouse', 'quarantine') AND ($3::bigint IS NULL OR id = $3)
)"""

# The newest moves of a run: those of a place (at one end) for one reason, or of one product there.
# $4 product  $5 reasons  $6 from  $7 to  $8 $9 before this moment and move  $10 rows  $11 lot
_RUN = """
SELECT m.id, m.at FROM stock_move m
WHERE m.root_id = $1 AND m.{end}_location_id = w.id AND {only} AND m.at >= $6 AND m.at < $7
  AND (m.at, m.id) < ($8, $9)
ORDER BY m.at DESC, m.id DESC LIMIT $10"""
_OF_REASON = "m.reason = r.reason"
_OF_PRODUCT = "m.product_id = $4 AND m.reason = ANY ($5::text[])"
_OF_LOT = f"{_OF_PRODUCT} AND m.lot_id = $11"
_PRODUCT_OF_LOT = "SELECT product_id FROM lot WHERE root_id = $1 AND id = $2"

_SHOWN = """
SELECT m.id, m.at, m.qty, m.reason, m.product_id, p.name AS product_name, p.code AS product_code, p.base_unit,
       coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty, m.lot_id, l.code AS lot_code,
       nullif(l.expires_on, 'infinity') AS expires_on, m.document_kind, m.document_id,
       coalesce(a.name, '系统') AS account_name,
       f.kind AS from_kind, f.name AS from_name, f.org_id AS from_org_id, fo.name AS from_org_name,
       fo.path AS from_path, too.path AS to_path,
       t.kind AS to_kind, t.name AS to_name, t.org_id AS to_org_id, too.name AS to_org_name,
       EXISTS (SELECT FROM places WHERE id = m.from_location_id) AS from_here,
       EXISTS (SELECT FROM places WHERE id = m.to_location_id) AS to_here
FROM hits h
JOIN stock_move m ON m.root_id = $1 AND m.id = h.id
JOIN product p ON p.id = m.product_id
JOIN lot l ON l.id = m.lot_id
JOIN location f ON f.id = m.from_location_id JOIN org fo ON fo.id = f.org_id
JOIN location t ON t.id = m.to_location_id JOIN org too ON too.id = t.org_id
LEFT JOIN packaging k ON k.product_id = m.product_id AND k.is_default
LEFT JOIN account a ON a.id = m.account_id
ORDER BY m.at DESC, m.id DESC
"""


@cache
def _moves_statement(of_product: bool, of_lot: bool) -> str:
    """The list: put together from runs of one index each, of which no more is read than a page holds."""
    only = _OF_LOT if of_lot else _OF_PRODUCT if of_product else _OF_REASON
    runs = "places w" if of_product else "places w CROSS JOIN unnest($5::text[]) AS r (reason)"
    parts = " UNION ".join(
        f"SELECT h.* FROM {runs} CROSS JOIN LATERAL ({_RUN.format(end=end, only=only)}) h" for end in ("from", "to")
    )
    given = "given AS (SELECT $4::bigint, $5::text[], $11::bigint)"
    return f"WITH {given}, {_PLACES}, hits AS (SELECT * FROM ({parts}) x ORDER BY at DESC, id DESC LIMIT $10){_SHOWN}"


# A day in the past is told from the nearest anchor: what there is now, or a snapshot before or after it; and the moves
# between. $4 the moment  $5 product
_ANCHORS = """
anchors AS MATERIALIZED (
    SELECT w.id, a.before FROM places w CROSS JOIN LATERAL (
        SELECT before FROM (
            (SELECT h.before FROM stock_snapshot_head h
             WHERE h.root_id = $1 AND h.location_id = w.id AND h.before <= $4 ORDER BY h.before DESC LIMIT 1)
            UNION ALL
            (SELECT h.before FROM stock_snapshot_head h
             WHERE h.root_id = $1 AND h.location_id = w.id AND h.before > $4 ORDER BY h.before LIMIT 1)
            UNION ALL SELECT NULL::timestamptz
        ) c ORDER BY abs(extract(epoch FROM coalesce(c.before, greatest($6, $4)) - $4)), c.before LIMIT 1
    ) a
)"""

# Moves between the anchor and the moment: added after a snapshot, taken back before one, and before now.
_BETWEEN = """
    SELECT a.id, m.product_id, m.lot_id, {sign}m.qty * CASE WHEN a.before <= $4 THEN 1 ELSE -1 END
    FROM anchors a JOIN stock_move m ON m.root_id = $1 AND m.{end}_location_id = a.id AND {only}
     AND m.at >= least(a.before, $4) AND m.at < greatest(coalesce(a.before, 'infinity'), $4)"""


def _past(of_product: bool) -> str:
    """The parts of a WITH clause up to `past (location_id, product_id, lot_id, on_hand)`, which leaves out nothing."""
    only = "m.product_id = $5" if of_product else "m.reason = ANY ($7::text[])"
    product = " AND s.product_id = $5" if of_product else ""
    moves = " UNION ALL ".join(
        _BETWEEN.format(sign=sign, end=end, only=only) for sign, end in (("", "to"), ("-", "from"))
    )
    return f"""given AS (SELECT $5::bigint, $6::timestamptz, $7::text[]), {_PLACES}, {_ANCHORS}, past AS (
    SELECT id AS location_id, product_id, lot_id, sum(qty)::bigint AS on_hand
    FROM (
        SELECT a.id, s.product_id, s.lot_id, s.on_hand FROM anchors a
        JOIN stock_snapshot s ON s.root_id = $1 AND s.location_id = a.id AND s.before = a.before{product}
        UNION ALL
        SELECT a.id, s.product_id, s.lot_id, s.on_hand FROM anchors a
        JOIN stock_balance s ON a.before IS NULL AND s.root_id = $1 AND s.location_id = a.id AND s.on_hand <> 0{product}
        UNION ALL {moves}
    ) ends (id, product_id, lot_id, qty)
    GROUP BY 1, 2, 3 HAVING sum(qty) <> 0
)"""


# $8 … $10 after this place, product and lot  $11 rows
_THEN = """
, shown AS (
    SELECT p.*, coalesce(b.on_hand, 0) AS now FROM (
        SELECT * FROM past WHERE (location_id, product_id, lot_id) > ($8::bigint, $9::bigint, $10::bigint)
        ORDER BY 1, 2, 3 LIMIT $11) p
    LEFT JOIN stock_balance b ON b.root_id = $1
        AND (b.location_id, b.product_id, b.lot_id) = (p.location_id, p.product_id, p.lot_id)
)"""
_CHANGED = """
, here AS (
    SELECT b.location_id, b.product_id, b.lot_id, b.on_hand AS now FROM places w
    JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.on_hand <> 0{product}
), shown AS (
    SELECT location_id, product_id, lot_id, coalesce(p.on_hand, 0) AS on_hand, coalesce(h.now, 0) AS now
    FROM past p FULL JOIN here h USING (location_id, product_id, lot_id)
    WHERE p.on_hand IS DISTINCT FROM h.now
      AND (location_id, product_id, lot_id) > ($8::bigint, $9::bigint, $10::bigint)
    ORDER BY 1, 2, 3 LIMIT $11
)"""
_PAST_PAGE = """
SELECT s.location_id AS warehouse_id, w.name AS warehouse_name, s.product_id, p.name AS product_name,
       p.code AS product_code, p.base_unit, coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty,
       s.lot_id, l.code AS lot_code, nullif(l.expires_on, 'infinity') AS expires_on, s.on_hand, s.now
FROM shown s
JOIN places w ON w.id = s.location_id
JOIN product p ON p.id = s.product_id
JOIN lot l ON l.id = s.lot_id
LEFT JOIN packaging k ON k.product_id = s.product_id AND k.is_default
ORDER BY s.location_id, s.product_id, s.lot_id
"""


@cache
def past_statement(of_product: bool, changed: bool) -> str:
    """A page of what there was at a moment, or of what has changed since."""
    shown = _CHANGED.format(product=" AND b.product_id = $5" if of_product else "") if changed else _THEN
    return f"WITH {_past(of_product)}{shown}{_PAST_PAGE}"


@cache
def snapshot_statement() -> str:
    """Write down what one place held before a moment, told as any day in the past is."""
    return f"""WITH {_past(False)}, head AS (
    INSERT INTO stock_snapshot_head (root_id, location_id, before, taken_at) VALUES ($1, $3, $4, $8)
    ON CONFLICT DO NOTHING RETURNING location_id
)
INSERT INTO stock_snapshot (root_id, location_id, before, product_id, lot_id, on_hand)
SELECT $1, p.location_id, $4, p.product_id, p.lot_id, p.on_hand FROM past p JOIN head h ON h.location_id = p.location_id
"""


async def moves(
    root_id: int,
    org_id: int,
    warehouse_id: int | None,
    goods: tuple[int | None, int | None],
    reasons: Sequence[str],
    period: tuple[datetime, datetime],
    before: tuple[datetime, int],
    limit: int,
) -> Sequence[db.Row]:
    """A page of the moves into and out of an org's warehouses, the newest first; `goods`: product and lot."""
    product_id, lot_id = goods
    return await db.rows(
        _moves_statement(product_id is not None, lot_id is not None),
        root_id,
        org_id,
        warehouse_id,
        product_id,
        list(reasons),
        *period,
        *before,
        limit,
        lot_id,
    )


async def product_of_lot(root_id: int, lot_id: int) -> int | None:
    """Of which product a lot is."""
    found: int | None = await db.value(_PRODUCT_OF_LOT, root_id, lot_id)
    return found


async def past(
    root_id: int,
    org_id: int,
    warehouse_id: int | None,
    moment: datetime,
    product_id: int | None,
    changed: bool,
    now: datetime,
    after: Sequence[int],
    limit: int,
) -> Sequence[db.Row]:
    """A page of what an org's warehouses held just before a moment; `changed`: that is another quantity now."""
    asked = (root_id, org_id, warehouse_id, moment, product_id, now, list(REASONS), *after, limit)
    return await db.rows(past_statement(product_id is not None, changed), *asked)
