"""Set-based reads and writes of guide prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.core import clock, db
from server.pricing.queries import Period
from server.pricing.resolve import CEILING, FLOOR, LIMITS
from server.pricing.schemas import GuideIn


class Scope(NamedTuple):
    """Whose limits: the dealers of a grade, of a region, of both; of all when neither is given."""

    root_id: int
    grade: str
    region_code: str

    @property
    def prefix(self) -> str:
        """The digits with which the codes of all divisions in the region begin (GB/T 2260)."""
        code = self.region_code
        return code.removesuffix("0000") if code.endswith("0000") else code.removesuffix("00")


_LOCK = "SELECT id FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[]) ORDER BY id FOR NO KEY UPDATE"

# A new entry without a last day takes the place of that of the same day and of all before it that it outlasts; one with
# a last day that of those within its time.
_REPLACE = """
UPDATE guide_price SET ended_by = $8, ended_at = $9
WHERE root_id = $1 AND grade = $2 AND region_code = $3 AND product_id = ANY ($4::bigint[]) AND ended_at IS NULL
  AND CASE WHEN $6::date IS NULL THEN until_on IS NULL AND (from_on = $5 OR (from_on < $5 AND $5 <= $7::date))
           ELSE from_on >= $5 AND until_on <= $6 END
"""

_INSERT = """
INSERT INTO guide_price (root_id, grade, region_code, product_id, floor_fen, guide_fen, ceiling_fen, from_on, until_on,
                         set_by, set_at)
SELECT $1, $2, $3, t.product_id, t.floor_fen, t.guide_fen, t.ceiling_fen, $8, $9, $10, $11
FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[]) AS t (product_id, floor_fen, guide_fen, ceiling_fen)
ORDER BY t.product_id
"""

_SAME = """
SELECT t.n FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
    WITH ORDINALITY AS t (product_id, floor_fen, guide_fen, ceiling_fen, n)
JOIN LATERAL (
    SELECT x.* FROM guide_price x
    WHERE x.root_id = $1 AND x.grade = $2 AND x.region_code = $3 AND x.product_id = t.product_id
      AND x.ended_at IS NULL AND x.from_on <= $8
      AND CASE WHEN $9::date IS NULL THEN x.until_on IS NULL ELSE x.from_on = $8 AND x.until_on = $9 END
    ORDER BY x.from_on DESC, x.id DESC LIMIT 1
) s ON (s.floor_fen, s.guide_fen, s.ceiling_fen) = (t.floor_fen, t.guide_fen, t.ceiling_fen)
"""

# The entries of price lists, in force in a period, that lie outside the limits on its first day: those of the dealers
# in the scope, and the brand's for buyers in the scope. Buyers of a group whom no guide price tells apart count once.
_OUTSIDE = f"""
WITH used AS (
    SELECT coalesce(array_agg(DISTINCT x.grade), '{{}}') AS grades,
           coalesce(array_agg(DISTINCT x.region_code), '{{}}') AS regions
    FROM guide_price x WHERE x.root_id = $1 AND x.product_id = ANY ($2::bigint[]) AND x.ended_at IS NULL
), dealer AS (
    SELECT o.id, o.parent_id, o.price_group,
           CASE WHEN o.grade = ANY (u.grades) THEN ARRAY['', o.grade] ELSE ARRAY[''] END AS grades,
           ARRAY(SELECT r FROM unnest(ARRAY['', left(o.region_code, 2) || '0000', left(o.region_code, 4) || '00',
                                            o.region_code]) r WHERE r = '' OR r = ANY (u.regions)) AS regions
    FROM org o CROSS JOIN used u
    WHERE o.root_id = $1 AND (o.kind = 'dealer' OR o.parent_id = $1)
      AND ($5 = '' OR o.grade = $5) AND ($6 = '' OR o.region_code LIKE $6 || '%')
), listed AS (
    SELECT x.*, d.grades, d.regions FROM dealer d JOIN price x ON x.seller_id = d.id
    WHERE x.root_id = $1 AND x.product_id = ANY ($2::bigint[]) AND x.ended_at IS NULL
    UNION ALL
    SELECT x.*, d.grades, d.regions
    FROM price x JOIN (SELECT DISTINCT price_group, grades, regions FROM dealer WHERE parent_id = $1) d
        ON d.price_group = x.price_group
    WHERE x.root_id = $1 AND x.seller_id = $1 AND x.product_id = ANY ($2::bigint[]) AND x.ended_at IS NULL
    UNION ALL
    SELECT x.*, d.grades, d.regions FROM dealer d JOIN price x ON x.buyer_id = d.id
    WHERE x.root_id = $1 AND x.seller_id = $1 AND x.product_id = ANY ($2::bigint[]) AND x.ended_at IS NULL
), t AS (
    SELECT l.*, $3::date AS day FROM listed l
    WHERE l.price_fen IS NOT NULL AND l.exception_id IS NULL
      AND ($4::date IS NULL OR l.from_on <= $4) AND (l.until_on IS NULL OR l.until_on >= $3)
)
SELECT DISTINCT ON (s.name, t.seller_id, t.id, t.product_id) t.id, t.seller_id, s.name AS seller_name, t.product_id,
       p.name AS product_name, t.price_fen, {FLOOR} AS floor_fen, {CEILING} AS ceiling_fen,
       b.name AS buyer_name, t.price_group
FROM t
JOIN product p ON p.id = t.product_id
JOIN org s ON s.id = t.seller_id
LEFT JOIN org b ON b.id = t.buyer_id
{LIMITS}
WHERE t.price_fen NOT BETWEEN {FLOOR} AND {CEILING}
ORDER BY s.name, t.seller_id, t.id, t.product_id
"""

_END = """
UPDATE guide_price SET ended_by = $3, ended_at = $4
WHERE root_id = $1 AND id = ANY ($2::bigint[]) AND ended_at IS NULL
RETURNING id, product_id, grade, region_code, floor_fen, guide_fen, ceiling_fen, from_on, until_on
"""

_PAGE = """
SELECT x.*, p.code AS product_code, p.name AS product_name, p.floor_price_fen AS own_floor_fen,
       p.guide_price_fen AS own_guide_fen, p.ceiling_price_fen AS own_ceiling_fen,
       coalesce(a.name, '系统') AS set_by_name,
       CASE WHEN x.ended_at IS NOT NULL THEN coalesce(z.name, '系统') END AS ended_by_name
FROM guide_price x
JOIN product p ON p.id = x.product_id
LEFT JOIN account a ON a.id = x.set_by
LEFT JOIN account z ON z.id = x.ended_by
WHERE x.root_id = $1 AND ($2::bigint IS NULL OR x.product_id = $2) AND ($3::text IS NULL OR x.grade = $3)
  AND ($4::text IS NULL OR x.region_code = $4)
  AND ($5::date IS NULL OR (x.ended_at IS NULL AND (x.until_on IS NULL OR x.until_on >= $5)))
  AND x.id < $6
ORDER BY x.id DESC
LIMIT $7
"""

_SCOPES = """
SELECT g.grade, g.region_code, g.products, n.dealers
FROM (SELECT grade, region_code, count(DISTINCT product_id) AS products FROM guide_price
      WHERE root_id = $1 AND ended_at IS NULL AND (until_on IS NULL OR until_on >= $2) GROUP BY 1, 2) g
CROSS JOIN LATERAL (
    SELECT count(*) AS dealers FROM org o
    WHERE o.root_id = $1 AND o.kind = 'dealer' AND (g.grade = '' OR o.grade = g.grade)
      AND (g.region_code = '' OR o.region_code LIKE regexp_replace(g.region_code, '(00){1,2}$', '') || '%')
) n
ORDER BY g.region_code, g.grade
"""


async def lock(root_id: int, product_ids: list[int]) -> list[int]:
    """Be the only one who changes the limits of these products; those that are none of the brand's."""
    found = {item["id"] for item in await db.rows(_LOCK, root_id, product_ids)}
    return [product_id for product_id in product_ids if product_id not in found]


async def write(scope: Scope, prices: Sequence[GuideIn], when: Period, by: int, at: datetime) -> int:
    """Add entries for a scope; how many were not so before."""
    columns = [
        [getattr(item, name) for item in prices] for name in ("product_id", "floor_fen", "guide_fen", "ceiling_fen")
    ]
    same = {item["n"] - 1 for item in await db.rows(_SAME, *scope, *columns, *when)}
    kept = [[value for n, value in enumerate(column) if n not in same] for column in columns]
    await db.run(_REPLACE, *scope, kept[0], *when, clock.today(), by or None, at)
    await db.run(_INSERT, *scope, *kept, *when, by or None, at)
    return len(kept[0])


async def outside(scope: Scope, product_ids: list[int], when: Period) -> Sequence[db.Row]:
    """The entries of price lists that lie outside the limits in a period."""
    return await db.rows(_OUTSIDE, scope.root_id, product_ids, *when, scope.grade, scope.prefix)


async def end(root_id: int, ids: list[int], by: int, at: datetime) -> Sequence[db.Row]:
    """End guide prices; those that were ended before are not among the rows."""
    return await db.rows(_END, root_id, ids, by or None, at)


async def known(root_id: int, ids: list[int]) -> bool:
    """Whether any of these is a guide price of the brand."""
    found = "SELECT true FROM guide_price WHERE root_id = $1 AND id = ANY ($2::bigint[]) LIMIT 1"
    return bool(await db.value(found, root_id, ids))


async def page(
    root_id: int,
    product_id: int | None,
    grade: str | None,
    region: str | None,
    day: date | None,
    before: int,
    limit: int,
) -> list[dict[str, object]]:
    """A page of guide prices, the newest first; without a day also those that have ended."""
    found = await db.rows(_PAGE, root_id, product_id, grade, region, day, before, limit)
    return [{**item, "set_by": item["set_by_name"], "ended_by": item["ended_by_name"]} for item in found]


async def scopes(root_id: int, day: date) -> Sequence[db.Row]:
    """The grades and regions with guide prices, how many products and how many dealers each."""
    return await db.rows(_SCOPES, root_id, day)


async def grades(root_id: int) -> list[str]:
    """The grades that the brand's dealers have."""
    sql = "SELECT DISTINCT grade FROM org WHERE root_id = $1 AND kind = 'dealer' AND grade <> '' ORDER BY 1 LIMIT 50"
    return [item["grade"] for item in await db.rows(sql, root_id)]


async def buyers_of(seller_ids: list[int]) -> Sequence[db.Row]:
    """All buyers of these sellers: id, path."""
    sql = "SELECT id, path FROM org WHERE parent_id = ANY ($1::bigint[]) AND status = 'active' ORDER BY id"
    return await db.rows(sql, seller_ids)
