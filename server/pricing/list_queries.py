"""Reads of price lists: a page of a list, products by groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from server.catalog.queries import FOUND, IN_CATEGORY
from server.core import db, search
from server.pricing.queries import LIMIT_COLUMNS, ListOf
from server.pricing.resolve import LIMITS, OFFERED, PAIR, PRICE

# What comes after the entry `e`: the base price that a temporary one gives way to, and the next entry that begins.
_AFTER = """
LEFT JOIN LATERAL (
    SELECT x.price_fen AS base_fen FROM price x
    WHERE e.until_on IS NOT NULL AND x.root_id = t.root_id AND x.seller_id = t.seller_id
      AND x.audience = ANY (t.audiences) AND x.product_id = p.id AND x.ended_at IS NULL AND x.from_on <= e.until_on
      AND x.until_on IS NULL
    ORDER BY x.buyer_id IS NULL, x.from_on DESC, x.id DESC LIMIT 1
) base ON true
LEFT JOIN LATERAL (
    SELECT x.from_on AS next_from, x.price_fen AS next_fen FROM price x
    WHERE x.root_id = t.root_id AND x.seller_id = t.seller_id AND x.audience = ANY (t.audiences)
      AND x.product_id = p.id AND x.ended_at IS NULL AND x.from_on > t.day
    ORDER BY x.from_on, x.id DESC LIMIT 1
) next ON true
"""
_ENTRY = f"""
e.price_fen, e.id AS entry_id, e.exception_id, e.from_on, e.until_on, base.base_fen, next.next_from, next.next_fen,
e.price_fen IS NULL OR {OFFERED} IS NOT NULL AS offered
"""
_PRODUCT = f"""
p.id AS product_id, p.code AS product_code, p.name AS product_name, p.spec, p.base_unit, p.category_id,
{LIMIT_COLUMNS}
"""
# Of a group's list only the list itself; of a buyer what the buyer sees. Each with the dealer whose limits hold.
_OF_BUYER = f"SELECT {PAIR}, $7::date AS day FROM org s, org b WHERE s.id = $8 AND b.id = $9::bigint"
_OF_GROUP = f"""
SELECT {PAIR}, $7::date AS day
FROM org s, (SELECT 0::bigint AS id, $9::text AS price_group, '' AS grade, '' AS region_code) b WHERE s.id = $8
"""
_LISTED = f"""
p.root_id = $1 AND p.id > $2 AND ($3::bigint IS NULL OR {IN_CATEGORY})
AND (e.price_fen IS NOT NULL OR next.next_fen IS NOT NULL OR e.buyer_id IS NOT NULL)
"""
# Both lists in the order of their products, which come first (nothing else is joined before them), so that no more of
# them are looked at than a page shows; what is searched, by the products that have it.
_WALK = f"""
FROM (
    SELECT DISTINCT product_id FROM (
        (SELECT product_id FROM price x WHERE x.root_id = $1 AND x.seller_id = $8
            AND x.audience = (SELECT audiences[1] FROM t) AND x.product_id > $2 AND x.ended_at IS NULL
         ORDER BY product_id)
        UNION ALL
        (SELECT product_id FROM price x WHERE x.root_id = $1 AND x.seller_id = $8
            AND x.audience = (SELECT audiences[2] FROM t) AND x.product_id > $2 AND x.ended_at IS NULL
         ORDER BY product_id)
    ) both_lists ORDER BY product_id
) listed
CROSS JOIN LATERAL (SELECT * FROM t WHERE listed.product_id > 0 OFFSET 0) t
JOIN product p ON p.id = listed.product_id {PRICE} {LIMITS} {_AFTER}
WHERE {_LISTED}
"""
_FIND = f"FROM t CROSS JOIN product p {PRICE} {LIMITS} {_AFTER} WHERE {_LISTED}"
_COLUMNS = f"{_PRODUCT}, {_ENTRY}, CASE WHEN e.buyer_id IS NULL THEN 'group' ELSE 'buyer' END AS source"


@cache
def _list(buyer: bool, searched: bool) -> str:
    pair = f"t AS MATERIALIZED ({_OF_BUYER if buyer else _OF_GROUP})"
    if not searched:
        return f"WITH {pair}, given AS (SELECT $5::text[], $6::text[]) SELECT {_COLUMNS} {_WALK} ORDER BY p.id LIMIT $4"
    found = search.hits(
        f"SELECT p.id AS key, {FOUND} AS hit {_WALK} ORDER BY p.id", f"SELECT p.id AS key {_FIND} AND {FOUND}", "$4"
    )
    hit = "p.id IN (SELECT key FROM hits)"
    return f"WITH {pair}, {found} SELECT {_COLUMNS} {_FIND} AND {hit} ORDER BY p.id LIMIT $4"


_PRODUCTS = f"""
FROM product p
WHERE p.root_id = $1 AND p.id > $2 AND p.status = 'active' AND ($3::bigint IS NULL OR {IN_CATEGORY})
"""


@cache
def _matrix(one: bool, searched: bool) -> str:
    products = _PRODUCTS + (" AND p.id = $10" if one else " AND $10::bigint IS NULL")
    if searched:
        walk = f"SELECT p.id AS key, {FOUND} AS hit {products} ORDER BY p.id"
        parts = search.hits(walk, f"SELECT p.id AS key {products} AND {FOUND}", "$4")
        products += " AND p.id IN (SELECT key FROM hits)"
    else:
        parts = "given AS (SELECT $5::text[], $6::text[])"
    return f"""
WITH {parts}, t AS MATERIALIZED (
    SELECT {PAIR}, $7::date AS day, b.price_group, b.n
    FROM org s, (SELECT 0::bigint AS id, named AS price_group, n, '' AS grade, '' AS region_code
                 FROM unnest($9::text[]) WITH ORDINALITY AS u (named, n)) b WHERE s.id = $8
), shown AS (
    SELECT p.* {products} ORDER BY p.id LIMIT $4
)
SELECT {_PRODUCT}, {_ENTRY}, t.price_group
FROM shown p CROSS JOIN t {PRICE} {LIMITS} {_AFTER}
ORDER BY p.id, t.n
"""


# What is to come of all lists of a seller; `base_fen` is what the list asks otherwise.
_PLANNED = """
SELECT x.id, x.price_group, x.buyer_id, o.name AS buyer_name, x.product_id, p.code AS product_code,
       p.name AS product_name, x.price_fen, base.price_fen AS base_fen, x.from_on, x.until_on,
       coalesce(a.name, '系统') AS set_by, x.set_at
FROM (SELECT * FROM price x WHERE x.root_id = $1 AND x.seller_id = $2 AND x.ended_at IS NULL AND {which}
      ORDER BY {order} LIMIT $6) x
JOIN product p ON p.id = x.product_id
LEFT JOIN org o ON o.id = x.buyer_id
LEFT JOIN account a ON a.id = x.set_by
LEFT JOIN LATERAL (
    SELECT y.price_fen FROM price y
    WHERE y.root_id = x.root_id AND y.seller_id = x.seller_id AND y.audience = x.audience
      AND y.product_id = x.product_id AND y.ended_at IS NULL AND y.until_on IS NULL AND y.from_on <= x.from_on
      AND y.id <> x.id
    ORDER BY y.from_on DESC, y.id DESC LIMIT 1
) base ON true
ORDER BY {order}
"""
_TO_BEGIN = _PLANNED.format(
    which="x.from_on > $3 AND ($4::date IS NULL OR (x.from_on, x.id) > ($4, $5))", order="x.from_on, x.id"
)
_RUNNING = _PLANNED.format(
    which="x.from_on <= $3 AND x.until_on >= $3 AND ($4::date IS NULL OR (x.until_on, x.id) > ($4, $5))",
    order="x.until_on, x.id",
)


async def planned(
    seller: tuple[int, int], running: bool, day: date, after: tuple[date | None, int], limit: int
) -> Sequence[db.Row]:
    """Entries of a seller (root, id) that begin after a day, or temporary ones in force, in the order of that day."""
    return await db.rows(_RUNNING if running else _TO_BEGIN, *seller, day, *after, limit)


async def page(
    of: ListOf, day: date, after: int, category_id: int | None, q: str | None, limit: int
) -> Sequence[db.Row]:
    """A page of what a list says on a day; of a buyer's, of what the buyer sees."""
    look = search.look_for(q)
    whom = of.buyer_id or of.price_group
    asked = (of.root_id, after, category_id, limit, *(look or (None, None)), day, of.seller_id, whom)
    return await db.rows(_list(of.buyer_id is not None, look is not None), *asked)


async def matrix(
    seller: tuple[int, int], groups: list[str], day: date, after: int, category_id: int | None, product_id: int | None,
    q: str | None, limit: int,
) -> Sequence[db.Row]:  # fmt: skip
    """Products by groups of a seller (root, id): for each product as many rows as there are groups."""
    look = search.look_for(q)
    root_id, seller_id = seller
    asked = (root_id, after, category_id, limit, *(look or (None, None)), day, seller_id, groups, product_id)
    return await db.rows(_matrix(product_id is not None, look is not None), *asked)
