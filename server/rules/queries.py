"""Set-based reads and writes of order rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from server.core import db

# Which rules hold for each order of `input` (n, root_id, seller_id, buyer_id, address_id) and each product of `priced`
# (n, product_id, category_id, packaging_qty, unit_qty): CTEs for the statement that quotes and the one that places, so
# that both mean the same. Of several rules the most specific holds: a product's before its category's, the nearer
# category's before the wider one's; then the audience's rank decides. Needs WITH RECURSIVE.
RULES = """
whom AS (
    SELECT i.n, i.root_id, i.seller_id,
           ARRAY['all', 'grade:' || b.grade, 'group:' || b.price_group, 'buyer:' || b.id,
                 'region:' || left(w.region, 2) || '0000', 'region:' || left(w.region, 4) || '00',
                 'region:' || w.region] AS audiences
    FROM input i JOIN org b ON b.id = i.buyer_id
    LEFT JOIN delivery_address d ON d.id = i.address_id AND d.org_id = i.buyer_id
    CROSS JOIN LATERAL (SELECT coalesce(nullif(d.region_code, ''), b.region_code) AS region) w
), rule AS MATERIALIZED (
    SELECT w.n, r.* FROM whom w
    JOIN order_rule r ON r.root_id = w.root_id AND r.seller_id = w.seller_id AND r.audience = ANY (w.audiences)
), minimum AS (
    SELECT DISTINCT ON (n) n, audience, min_fen FROM rule WHERE kind = 'minimum' ORDER BY n, rank DESC
), delivery AS (
    SELECT DISTINCT ON (n) n, audience, weekdays, cut_off, lead_days FROM rule WHERE kind = 'calendar'
    ORDER BY n, rank DESC
), reach AS (
    SELECT n, root_id, audience, rank, category_id AS named_id, category_id, 0 AS depth, min_qty, multiple, whole_cases
    FROM rule WHERE kind = 'goods' AND category_id > 0
    UNION ALL
    SELECT r.n, r.root_id, r.audience, r.rank, r.named_id, c.id, r.depth + 1, r.min_qty, r.multiple, r.whole_cases
    FROM reach r JOIN category c ON c.root_id = r.root_id AND c.parent_id = r.category_id
    WHERE r.depth < 20
), candidate AS (
    SELECT n, audience, rank, product_id, 0::bigint AS category_id, 0::bigint AS named_id,
           CASE WHEN product_id > 0 THEN 100 ELSE 0 END AS nearness, min_qty, multiple, whole_cases
    FROM rule WHERE kind = 'goods' AND category_id = 0
    UNION ALL
    SELECT n, audience, rank, 0, category_id, named_id, 50 - depth, min_qty, multiple, whole_cases FROM reach
), wanted AS (
    SELECT n, product_id, category_id, sum(packaging_qty::bigint * unit_qty)::bigint AS qty
    FROM priced WHERE unit_qty IS NOT NULL GROUP BY n, product_id, category_id
), goods_rule AS (
    SELECT DISTINCT ON (w.n, w.product_id) w.n, w.product_id, w.qty, c.audience, c.named_id, c.nearness, c.min_qty,
           CASE WHEN c.whole_cases THEN
               (SELECT max(k.unit_qty) FROM packaging k WHERE k.product_id = w.product_id)
           ELSE c.multiple END AS multiple
    FROM wanted w
    JOIN candidate c ON c.n = w.n AND (c.product_id = w.product_id OR c.category_id = w.category_id OR c.nearness = 0)
    ORDER BY w.n, w.product_id, c.nearness DESC, c.rank DESC
)
"""

# Whether each order of `input` (also: local, wished_on, delivery_method) keeps to the rules; `amount` (n, total_fen).
# A day is kept when it is open, one of the seller's delivery days (made-up ones too), and when as many open days lie
# between the day that the order counts as of and it as the seller needs. Who fetches his goods needs only an open day.
KEPT = """
kept AS (
    SELECT i.n,
           a.total_fen >= coalesce(m.min_fen, 0) AS minimum_kept,
           NOT EXISTS (SELECT FROM goods_rule g WHERE g.n = i.n AND (g.qty < g.min_qty OR g.qty % g.multiple <> 0))
               AS goods_kept,
           i.wished_on IS NULL OR coalesce(c.is_open, true) AND (
               i.delivery_method = 'pickup' OR d.n IS NULL
               OR (c.is_open OR extract(isodow FROM i.wished_on)::smallint = ANY (d.weekdays))
                  AND i.wished_on - s.day - (
                      SELECT count(*) FROM calendar_day x
                      WHERE x.root_id = i.root_id AND x.seller_id = i.seller_id AND NOT x.is_open
                        AND x.day >= s.day AND x.day < i.wished_on) >= d.lead_days) AS day_kept
    FROM input i
    JOIN {amount} a ON a.n = i.n
    LEFT JOIN minimum m ON m.n = i.n
    LEFT JOIN delivery d ON d.n = i.n
    LEFT JOIN calendar_day c ON c.root_id = i.root_id AND c.seller_id = i.seller_id AND c.day = i.wished_on
    CROSS JOIN LATERAL (
        SELECT i.local::date + CASE WHEN i.local::time >= d.cut_off THEN 1 ELSE 0 END AS day) s
)
"""

_APPLYING = f"""
WITH RECURSIVE input AS (
    SELECT 1 AS n, $1::bigint AS root_id, $2::bigint AS seller_id, $3::bigint AS buyer_id, $4::bigint AS address_id
), priced AS (
    SELECT 1 AS n, p.id AS product_id, p.category_id, 1 AS packaging_qty, 1 AS unit_qty
    FROM product p WHERE p.root_id = $1 AND p.id = ANY ($5::bigint[])
), {RULES}
SELECT m.min_fen, m.audience AS minimum_for, d.weekdays, d.cut_off, coalesce(d.lead_days, 0) AS lead_days,
       d.audience AS calendar_for,
       (SELECT json_agg(json_build_object('product_id', g.product_id, 'min_qty', g.min_qty, 'multiple', g.multiple,
                                          'audience', g.audience, 'target',
                                          CASE WHEN g.nearness = 100 THEN '这个商品' WHEN g.nearness = 0 THEN '所有商品'
                                          ELSE (SELECT y.name FROM category y WHERE y.id = g.named_id) END))::text
        FROM goods_rule g) AS goods,
       (SELECT json_agg(json_build_object('day', x.day, 'is_open', x.is_open, 'name', x.name) ORDER BY x.day)::text
        FROM calendar_day x WHERE x.root_id = i.root_id AND x.seller_id = i.seller_id
                              AND x.day BETWEEN $6::date AND $6::date + 366) AS days
FROM input i LEFT JOIN minimum m ON true LEFT JOIN delivery d ON true
"""

_SET = """
SELECT s.version, a.name AS updated_by, s.updated_at
FROM order_rule_set s LEFT JOIN account a ON a.id = s.updated_by
WHERE s.root_id = $1 AND s.seller_id = $2
"""

_ALL = """
SELECT r.*, b.name AS buyer_name, coalesce(p.name, c.name, '') AS target_name
FROM order_rule r
LEFT JOIN org b ON b.id = CASE WHEN r.audience LIKE 'buyer:%' THEN substr(r.audience, 7)::bigint END
LEFT JOIN product p ON p.id = r.product_id
LEFT JOIN category c ON c.id = r.category_id
WHERE r.root_id = $1 AND r.seller_id = $2
ORDER BY r.kind, r.rank, r.audience, target_name
"""

_RAISE = """
INSERT INTO order_rule_set AS s (root_id, seller_id, version, updated_by, updated_at) VALUES ($1, $2, 1, $4, $5)
ON CONFLICT (root_id, seller_id) DO UPDATE
    SET version = s.version + 1, updated_by = excluded.updated_by, updated_at = excluded.updated_at
    WHERE s.version = $3
RETURNING version
"""

_WRITE = """
INSERT INTO order_rule (root_id, seller_id, audience, kind, product_id, category_id, rank, min_fen, min_qty, multiple,
                        whole_cases, weekdays, cut_off, lead_days)
SELECT $1, $2, t.audience, t.kind, t.product_id, t.category_id, t.rank, t.min_fen, t.min_qty, t.multiple, t.whole_cases,
       t.weekdays::smallint[], t.cut_off, t.lead_days
FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::smallint[], $8::bigint[], $9::int[], $10::int[],
            $11::boolean[], $12::text[], $13::time[], $14::smallint[])
    AS t (audience, kind, product_id, category_id, rank, min_fen, min_qty, multiple, whole_cases, weekdays, cut_off,
          lead_days)
"""

_UNKNOWN = """
SELECT (SELECT array_agg(t.id) FROM unnest($3::bigint[]) AS t (id)
        WHERE NOT EXISTS (SELECT FROM org b WHERE b.id = t.id AND b.parent_id = $2)) AS buyers,
       (SELECT array_agg(t.id) FROM unnest($4::bigint[]) AS t (id)
        WHERE NOT EXISTS (SELECT FROM product p WHERE p.id = t.id AND p.root_id = $1)) AS products,
       (SELECT array_agg(t.id) FROM unnest($5::bigint[]) AS t (id)
        WHERE NOT EXISTS (SELECT FROM category c WHERE c.id = t.id AND c.root_id = $1)) AS categories
"""

_DAYS = """
SELECT day, is_open, name FROM calendar_day WHERE root_id = $1 AND seller_id = $2 AND day >= $3 ORDER BY day
"""

_SET_DAYS = """
INSERT INTO calendar_day (root_id, seller_id, day, is_open, name)
SELECT $1, $2, t.day, t.is_open, t.name FROM unnest($3::date[], $4::boolean[], $5::text[]) AS t (day, is_open, name)
ORDER BY t.day
ON CONFLICT (root_id, seller_id, day) DO UPDATE SET is_open = excluded.is_open, name = excluded.name
"""

_TRIED = """
SELECT b.name AS buyer_name, (
    SELECT json_agg(json_build_object('id', p.id, 'name', p.name, 'base_unit', p.base_unit))::text
    FROM product p WHERE p.root_id = $1 AND p.id = ANY ($4::bigint[])) AS products
FROM org b WHERE b.root_id = $1 AND b.parent_id = $2 AND b.id = $3
"""

_CLEAR_DAYS = "DELETE FROM calendar_day WHERE root_id = $1 AND seller_id = $2 AND day = ANY ($3::date[])"


class RuleRow(NamedTuple):
    """A rule as it is written."""

    audience: str
    kind: str
    product_id: int
    category_id: int
    rank: int
    min_fen: int | None = None
    min_qty: int | None = None
    multiple: int | None = None
    whole_cases: bool = False
    weekdays: str | None = None
    cut_off: time | None = None
    lead_days: int | None = None


async def applying(
    root_id: int, seller_id: int, buyer_id: int, address_id: int | None, product_ids: Sequence[int], today: date
) -> db.Row:
    """The rules that hold between a seller and a buyer, for these products, with the seller's special days."""
    (found,) = await db.rows(_APPLYING, root_id, seller_id, buyer_id, address_id, list(product_ids), today)
    return found


async def rule_set(root_id: int, seller_id: int) -> db.Row | None:
    """Version of a seller's rules, who changed them last and when; None where there never were any."""
    return await db.row(_SET, root_id, seller_id)


async def all_rules(root_id: int, seller_id: int) -> Sequence[db.Row]:
    """All rules of a seller with the names of what they are about."""
    return await db.rows(_ALL, root_id, seller_id)


async def raise_version(root_id: int, seller_id: int, version: int, by: int, at: datetime) -> int | None:
    """Take the next version of a seller's rules; None when `version` is not the present one."""
    raised: int | None = await db.value(_RAISE, root_id, seller_id, version, by, at)
    return raised


async def unknown(
    root_id: int, seller_id: int, buyers: list[int], products: list[int], categories: list[int]
) -> db.Row:
    """Of these ids, those that are not the seller's buyers, the brand's products or categories; null where all are."""
    (found,) = await db.rows(_UNKNOWN, root_id, seller_id, buyers, products, categories)
    return found


async def replace(root_id: int, seller_id: int, rules: Sequence[RuleRow]) -> None:
    """Write all rules of a seller in the place of those before."""
    await db.run("DELETE FROM order_rule WHERE root_id = $1 AND seller_id = $2", root_id, seller_id)
    if rules:
        await db.run(_WRITE, root_id, seller_id, *[list(column) for column in zip(*rules, strict=True)])


async def days(root_id: int, seller_id: int, since: date) -> Sequence[db.Row]:
    """A seller's special days from a day on."""
    return await db.rows(_DAYS, root_id, seller_id, since)


async def set_days(root_id: int, seller_id: int, days: Sequence[tuple[date, bool, str]], clear: Sequence[date]) -> None:
    """Set special days, and forget others."""
    if clear:
        await db.run(_CLEAR_DAYS, root_id, seller_id, list(clear))
    if days:
        await db.run(_SET_DAYS, root_id, seller_id, *[list(column) for column in zip(*days, strict=True)])


async def tried(root_id: int, seller_id: int, buyer_id: int, product_ids: list[int]) -> db.Row | None:
    """The name of a seller's buyer, and these products; None where it is not the seller's."""
    return await db.row(_TRIED, root_id, seller_id, buyer_id, product_ids)
