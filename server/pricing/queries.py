"""Set-based reads and writes of price lists; the number of statements never depends on the number of lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.core import db
from server.pricing.resolve import CEILING, FLOOR, GUIDE, LIMITS


class ListOf(NamedTuple):
    """A list: of a seller for a group of its buyers, or for one of them."""

    root_id: int
    seller_id: int
    price_group: str | None
    buyer_id: int | None

    @property
    def audience(self) -> str:
        """The list's key beside its seller's, as the tables make it."""
        return f"g{self.price_group}" if self.buyer_id is None else f"b{self.buyer_id}"


class Period(NamedTuple):
    """From the first day to the last; without a last one it is a base price."""

    from_on: date
    until_on: date | None


_PARTIES = """
SELECT s.id, s.kind, s.name, s.path, s.sets_prices, s.grade, s.region_code, b.id AS buyer_id, b.name AS buyer_name,
       b.price_group AS buyer_group
FROM org s LEFT JOIN org b ON b.id = $3 AND b.parent_id = s.id
WHERE s.id = $2 AND s.root_id = $1
"""

_LOCK = """
INSERT INTO price_list AS l (root_id, seller_id, price_group, buyer_id, updated_by, updated_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (root_id, seller_id, audience)
DO UPDATE SET updated_by = excluded.updated_by, updated_at = excluded.updated_at
"""

# The dealers whose limits hold for a list (of the group's many only what the guide prices tell apart), then each line
# with the limits that it breaks, and what the list says now: any entry, and the one of the same kind.
_LINES = f"""
WITH l AS (
    SELECT * FROM unnest($5::bigint[], $6::bigint[]) WITH ORDINALITY AS t (product_id, price_fen, n)
), used AS (
    SELECT coalesce(array_agg(DISTINCT x.grade), '{{}}') AS grades,
           coalesce(array_agg(DISTINCT x.region_code), '{{}}') AS regions
    FROM guide_price x WHERE x.root_id = $1 AND x.product_id = ANY ($5::bigint[]) AND x.ended_at IS NULL
), dealer AS (
    SELECT s.grade, s.region_code FROM org s WHERE s.id = $2 AND s.kind <> 'brand'
    UNION
    SELECT b.grade, b.region_code FROM org s JOIN org b ON b.parent_id = s.id
    WHERE s.id = $2 AND s.kind = 'brand' AND (b.id = $4 OR b.price_group = $3)
    UNION
    SELECT '', '' FROM org s WHERE s.id = $2 AND s.kind = 'brand' AND $4::bigint IS NULL
), t AS MATERIALIZED (
    SELECT DISTINCT $1::bigint AS root_id, $7::date AS day,
           CASE WHEN d.grade = ANY (u.grades) THEN ARRAY['', d.grade] ELSE ARRAY[''] END AS grades,
           ARRAY(SELECT r FROM unnest(ARRAY['', left(d.region_code, 2) || '0000', left(d.region_code, 4) || '00',
                                            d.region_code]) r WHERE r = '' OR r = ANY (u.regions)) AS regions
    FROM dealer d CROSS JOIN used u
)
SELECT l.n::int - 1 AS index, l.product_id, l.price_fen, p.name, bad.floor_fen, bad.guide_fen, bad.ceiling_fen,
       bad.grade, bad.region_code, coalesce(now.price_fen, 0) AS now_fen, now.until_on AS now_until,
       same.id AS same_id, same.id IS NOT NULL AND same.price_fen IS NOT DISTINCT FROM l.price_fen AS stands
FROM l
LEFT JOIN product p ON p.id = l.product_id AND p.root_id = $1
LEFT JOIN LATERAL (
    SELECT {FLOOR} AS floor_fen, {GUIDE} AS guide_fen, {CEILING} AS ceiling_fen, g.grade, g.region_code
    FROM t {LIMITS}
    WHERE l.price_fen NOT BETWEEN {FLOOR} AND {CEILING}
    ORDER BY g.grade DESC NULLS LAST, g.region_code DESC LIMIT 1
) bad ON true
LEFT JOIN LATERAL (
    SELECT x.price_fen, x.until_on FROM price x
    WHERE x.root_id = $1 AND x.seller_id = $2 AND x.audience = $9 AND x.product_id = l.product_id
      AND x.ended_at IS NULL AND x.from_on <= $7 AND (x.until_on IS NULL OR x.until_on >= $7)
    ORDER BY x.until_on IS NULL, x.from_on DESC, x.id DESC LIMIT 1
) now ON true
LEFT JOIN LATERAL (
    SELECT x.id, x.price_fen FROM price x
    WHERE x.root_id = $1 AND x.seller_id = $2 AND x.audience = $9 AND x.product_id = l.product_id
      AND x.ended_at IS NULL AND x.from_on <= $7
      AND CASE WHEN $8::date IS NULL THEN x.until_on IS NULL ELSE x.from_on = $7 AND x.until_on = $8 END
    ORDER BY x.from_on DESC, x.id DESC LIMIT 1
) same ON true
ORDER BY l.n
"""

# A new base price takes the place of that of the same day and, once it holds, of all before it; a temporary one of
# those that lie within its time.
_REPLACE = """
UPDATE price SET ended_by = $7, ended_at = $8
WHERE root_id = $1 AND seller_id = $2 AND audience = $3 AND product_id = ANY ($4::bigint[]) AND ended_at IS NULL
  AND CASE WHEN $6::date IS NULL THEN until_on IS NULL AND (from_on = $5 OR (from_on < $5 AND $5 <= $9::date))
           ELSE from_on >= $5 AND until_on <= $6 END
"""

_INSERT = """
INSERT INTO price (root_id, seller_id, price_group, buyer_id, product_id, price_fen, from_on, until_on, set_by, set_at,
                   exception_id)
SELECT $1, $2, $3, $4, t.product_id, t.price_fen, $7, $8, $9, $10, $11
FROM unnest($5::bigint[], $6::bigint[]) AS t (product_id, price_fen)
ORDER BY t.product_id
"""

_END = """
UPDATE price SET ended_by = $4, ended_at = $5
WHERE root_id = $1 AND seller_id = $2 AND id = ANY ($3::bigint[]) AND ended_at IS NULL
RETURNING id, price_group, buyer_id, product_id, price_fen, from_on, until_on
"""

# How many buyers see another price of these products, how many of them have own ones, how many orders keep the old.
_REACHED = """
WITH buyer AS (
    SELECT b.id FROM org b
    WHERE b.parent_id = $2 AND CASE WHEN $4::bigint IS NULL THEN b.price_group = $3 ELSE b.id = $4 END
), own AS (
    SELECT x.buyer_id, count(DISTINCT x.product_id) AS products
    FROM price x
    WHERE $4::bigint IS NULL AND x.root_id = $1 AND x.seller_id = $2 AND x.product_id = ANY ($5::bigint[])
      AND x.buyer_id IS NOT NULL AND x.ended_at IS NULL AND x.from_on <= $6
      AND (x.until_on IS NULL OR x.until_on >= $6)
    GROUP BY 1
)
SELECT count(*) FILTER (WHERE coalesce(w.products, 0) < cardinality($5::bigint[])) AS buyers, count(w.buyer_id) AS own,
       (SELECT count(*) FROM orders o
        WHERE o.root_id = $1 AND o.seller_id = $2 AND o.state IN ('submitted', 'on_hold')
          AND o.buyer_id IN (SELECT id FROM buyer)
          AND EXISTS (SELECT FROM order_line l WHERE l.root_id = o.root_id AND l.order_id = o.id
                      AND l.product_id = ANY ($5::bigint[]))) AS orders
FROM buyer b LEFT JOIN own w ON w.buyer_id = b.id
"""

# What a list itself asks on a day, of the whole catalogue or of a category and all below it.
_SOURCE = """
WITH RECURSIVE below AS (
    SELECT id FROM category WHERE id = $5 AND root_id = $1
    UNION ALL SELECT c.id FROM category c JOIN below b ON c.parent_id = b.id
)
SELECT e.product_id, e.price_fen FROM (
    SELECT DISTINCT ON (x.product_id) x.product_id, x.price_fen FROM price x
    WHERE x.root_id = $1 AND x.seller_id = $2 AND x.audience = $3 AND x.ended_at IS NULL AND x.from_on <= $4
      AND (x.until_on IS NULL OR x.until_on >= $4)
    ORDER BY x.product_id, x.until_on IS NULL, x.from_on DESC, x.id DESC
) e
JOIN product p ON p.id = e.product_id AND p.status = 'active'
WHERE e.price_fen IS NOT NULL AND ($5::bigint IS NULL OR p.category_id IN (SELECT id FROM below))
ORDER BY e.product_id
LIMIT $6
"""

_BUYERS = """
SELECT b.id, b.path FROM org b
WHERE b.parent_id = $1 AND b.status = 'active' AND (b.price_group = ANY ($2::text[]) OR b.id = ANY ($3::bigint[]))
ORDER BY b.id
"""

_HISTORY = """
SELECT x.id, x.price_group, x.buyer_id, o.name AS buyer_name, x.price_fen, x.from_on, x.until_on, x.exception_id,
       coalesce(a.name, '系统') AS set_by, x.set_at, x.ended_at,
       CASE WHEN x.ended_at IS NOT NULL THEN coalesce(z.name, '系统') END AS ended_by, was.price_fen AS old_fen
FROM price x
LEFT JOIN org o ON o.id = x.buyer_id
LEFT JOIN account a ON a.id = x.set_by
LEFT JOIN account z ON z.id = x.ended_by
LEFT JOIN LATERAL (
    SELECT w.price_fen FROM price w
    WHERE w.root_id = x.root_id AND w.seller_id = x.seller_id AND w.product_id = x.product_id AND w.id < x.id
      AND w.audience = x.audience AND (w.until_on IS NULL) = (x.until_on IS NULL)
    ORDER BY w.id DESC LIMIT 1
) was ON true
WHERE x.root_id = $1 AND x.seller_id = $2 AND x.product_id = $3 AND ($4::text IS NULL OR x.audience = $4) AND x.id < $5
ORDER BY x.id DESC
LIMIT $6
"""

_GROUPS = """
WITH known AS (
    SELECT price_group, count(*) AS buyers FROM org WHERE parent_id = $2 GROUP BY 1
), lists AS (
    SELECT price_group, audience, updated_at FROM price_list
    WHERE root_id = $1 AND seller_id = $2 AND buyer_id IS NULL
)
SELECT coalesce(k.price_group, l.price_group) AS price_group, NULL::bigint AS buyer_id, NULL::text AS buyer_name,
       coalesce(k.buyers, 0) AS buyers, l.updated_at, n.*
FROM known k FULL JOIN lists l ON l.price_group = k.price_group {counts}
ORDER BY 1
"""
_OWN_LISTS = """
SELECT NULL::text AS price_group, l.buyer_id, o.name AS buyer_name, 1 AS buyers, l.updated_at, n.*
FROM (SELECT buyer_id, audience, updated_at FROM price_list
      WHERE root_id = $1 AND seller_id = $2 AND buyer_id > $4 ORDER BY buyer_id) l
JOIN org o ON o.id = l.buyer_id AND o.parent_id = $2 {counts}
WHERE n.products + n.planned > 0
ORDER BY l.buyer_id
LIMIT $5
"""
_COUNTS = """
LEFT JOIN LATERAL (
    SELECT count(DISTINCT x.product_id) FILTER (WHERE x.from_on <= $3) AS products,
           count(*) FILTER (WHERE x.until_on IS NOT NULL AND x.from_on <= $3) AS temporary,
           count(*) FILTER (WHERE x.from_on > $3) AS planned
    FROM price x
    WHERE x.root_id = $1 AND x.seller_id = $2 AND x.audience = l.audience AND x.ended_at IS NULL
      AND (x.until_on IS NULL OR x.until_on >= $3)
) n ON true
"""
GROUPS = _GROUPS.format(counts=_COUNTS)
OWN_LISTS = _OWN_LISTS.format(counts=_COUNTS)

# The product with its limits, as seen from the dealer of the pair; a brand's group has no single one.
LIMIT_COLUMNS = f"""
{FLOOR} AS floor_fen, {GUIDE} AS guide_fen, {CEILING} AS ceiling_fen, g.grade, g.region_code
"""


async def parties(root_id: int, seller_id: int, buyer_id: int | None) -> db.Row | None:
    """A seller and one of its buyers (null where it is none of its)."""
    return await db.row(_PARTIES, root_id, seller_id, buyer_id)


async def lock(of: ListOf, by: int, at: datetime) -> None:
    """Be the only one who changes this list until the transaction ends; the list is there afterwards."""
    await db.run(_LOCK, *of, by or None, at)


async def lines(of: ListOf, product_ids: list[int], prices: list[int | None], period: Period) -> Sequence[db.Row]:
    """Each line with the limits it breaks, if any, and with what the list says on the first day."""
    return await db.rows(_LINES, *of, product_ids, prices, *period, of.audience)


async def write(
    of: ListOf, product_ids: list[int], prices: list[int | None], period: Period, by: int, at: datetime, today: date,
    exception_id: int | None = None,
) -> None:  # fmt: skip
    """Add entries to a list; what they take the place of is ended, not lost. Those of an exception may be anything."""
    who = by or None
    await db.run(_REPLACE, of.root_id, of.seller_id, of.audience, product_ids, *period, who, at, today)
    await db.run(_INSERT, *of, product_ids, prices, *period, who, at, exception_id)


async def end(root_id: int, seller_id: int, ids: list[int], by: int, at: datetime) -> Sequence[db.Row]:
    """End entries; those that were ended before are not among the rows."""
    return await db.rows(_END, root_id, seller_id, ids, by or None, at)


async def buyers(seller_id: int, groups: list[str], buyer_ids: list[int]) -> Sequence[db.Row]:
    """The buyers whom lists of these groups and of these buyers concern: id, path."""
    return await db.rows(_BUYERS, seller_id, groups, buyer_ids)


async def history(
    root_id: int, seller_id: int, product_id: int, audience: str | None, before: int, limit: int
) -> Sequence[db.Row]:
    """What was set for a product, the newest first."""
    return await db.rows(_HISTORY, root_id, seller_id, product_id, audience, before, limit)


async def own(root_id: int, seller_id: int, ids: list[int]) -> bool:
    """Whether any of these entries is this seller's, ended or not."""
    return bool(
        await db.value(
            "SELECT true FROM price WHERE root_id = $1 AND seller_id = $2 AND id = ANY ($3::bigint[]) LIMIT 1",
            root_id,
            seller_id,
            ids,
        )
    )


async def set_authority(org_id: int, sets_prices: bool) -> None:
    """Whether a dealer sets its own prices."""
    await db.run("UPDATE org SET sets_prices = $2 WHERE id = $1", org_id, sets_prices)


async def reached(of: ListOf, product_ids: list[int], day: date) -> db.Row:
    """Whom a change of these products' prices in a list reaches: buyers, own, orders."""
    found = await db.row(_REACHED, *of, product_ids, day)
    assert found is not None
    return found if product_ids else {"buyers": 0, "own": 0, "orders": 0}


async def source(of: ListOf, day: date, category_id: int | None, limit: int) -> Sequence[db.Row]:
    """What a list itself asks on a day: product_id, price_fen."""
    return await db.rows(_SOURCE, of.root_id, of.seller_id, of.audience, day, category_id, limit)
