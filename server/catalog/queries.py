"""Set-based reads and writes of the catalogue.

The texts are put together from constants of this file only; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from server.core import db, search

_PACKAGINGS = """
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('id', k.id, 'name', k.name, 'unit_qty', k.unit_qty, 'gtin', k.gtin,
                                      'is_default', k.is_default) ORDER BY k.unit_qty)::text AS packagings
    FROM packaging k WHERE k.product_id = p.id
) k ON true
"""

# The guide price's limits may have moved since a price was set: outside them nothing is offered (D5.3).
_WITHIN = "AND r.price_fen BETWEEN p.floor_price_fen AND p.ceiling_price_fen"

# A category and all below it.
_IN_CATEGORY = """
p.category_id IN (
    WITH RECURSIVE below AS (
        SELECT id FROM category WHERE id = $3 AND root_id = $1
        UNION ALL SELECT c.id FROM category c JOIN below b ON c.parent_id = b.id
    ) SELECT id FROM below)
"""

# What a buyer is offered: its supplier's price for its group; the brand itself sees guide prices.
_OFFERED = f"""
FROM product p
LEFT JOIN price r ON r.root_id = p.root_id AND r.seller_id = $7 AND r.price_group = $8 AND r.product_id = p.id
    {_WITHIN}
WHERE p.root_id = $1 AND p.id > $2 AND p.status = 'active' AND (r.price_fen IS NOT NULL OR $7::bigint IS NULL)
  AND ($3::bigint IS NULL OR {_IN_CATEGORY})
"""

_ALL = f"""
FROM product p
WHERE p.root_id = $1 AND p.id > $2
  AND ($3::bigint IS NULL OR {_IN_CATEGORY})
"""

_FOUND = search.matches("p", "$5", "$6")


@cache
def list_statement(offers: bool, searched: bool) -> str:
    """A page of products in the order of their ids; `$5` and `$6` are what a text is found by."""
    listed = _OFFERED if offers else _ALL
    price = ", coalesce(r.price_fen, p.guide_price_fen) AS price_fen" if offers else ""
    if not searched:
        shown = f"SELECT p.*{price} {listed} ORDER BY p.id LIMIT $4"
        return f"WITH given AS (SELECT $5::text[], $6::text[]) SELECT p.*, k.packagings FROM ({shown}) p {_PACKAGINGS}"
    walk = f"SELECT p.id AS key, {_FOUND} AS hit {listed} ORDER BY p.id"
    parts = search.hits(walk, f"SELECT p.id AS key {listed} AND {_FOUND}", "$4")
    return f"""WITH {parts}, shown AS (
    SELECT p.*{price} {listed} AND p.id IN (SELECT key FROM hits) ORDER BY p.id LIMIT $4
)
SELECT p.*, k.packagings FROM shown p {_PACKAGINGS} ORDER BY p.id"""


OFFERS_BY_ID = f"""
SELECT p.*, r.price_fen, k.packagings
FROM product p
LEFT JOIN price r ON r.root_id = p.root_id AND r.seller_id = $2 AND r.price_group = $3 AND r.product_id = p.id
    {_WITHIN}
{_PACKAGINGS}
WHERE p.root_id = $1 AND p.id = ANY ($4::bigint[]) AND p.status = 'active'
ORDER BY p.id
"""

_PRICES = """
SELECT r.product_id, p.name AS product_name, r.price_fen, p.guide_price_fen, p.floor_price_fen, p.ceiling_price_fen
FROM price r JOIN product p ON p.id = r.product_id
WHERE r.root_id = $1 AND r.seller_id = $2 AND r.price_group = $3 AND r.product_id > $4
ORDER BY r.product_id
LIMIT $5
"""

_OUTSIDE = """
SELECT t.product_id, t.ordinality - 1 AS index, p.name, p.floor_price_fen, p.ceiling_price_fen
FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS t (product_id, price_fen)
LEFT JOIN product p ON p.id = t.product_id AND p.root_id = $1
WHERE p.id IS NULL OR t.price_fen NOT BETWEEN p.floor_price_fen AND p.ceiling_price_fen
ORDER BY 2
"""

_SET = """
INSERT INTO price (root_id, seller_id, price_group, product_id, price_fen, updated_by, updated_at)
SELECT $1, $2, $3, t.product_id, t.price_fen, $6, $7
FROM unnest($4::bigint[], $5::bigint[]) AS t (product_id, price_fen)
WHERE t.price_fen IS NOT NULL
ORDER BY t.product_id
ON CONFLICT (root_id, seller_id, price_group, product_id)
DO UPDATE SET price_fen = excluded.price_fen, updated_by = excluded.updated_by, updated_at = excluded.updated_at
"""

_WITHDRAW = """
DELETE FROM price WHERE root_id = $1 AND seller_id = $2 AND price_group = $3 AND product_id = ANY ($4::bigint[])
"""

# A picture that the brand itself uploaded, whoever of its channel asks.
_PICTURE = """
SELECT f.id FROM product p
JOIN stored_file f ON f.root_id = p.root_id AND f.org_id = p.root_id AND p.image_url = '/api/v1/files/' || f.id
WHERE p.root_id = $1 AND p.id = $2
"""

_PRODUCT = f"SELECT p.*, k.packagings FROM product p {_PACKAGINGS} WHERE p.root_id = $1 AND p.id = $2"

_SCANNED = "SELECT id, product_id FROM packaging WHERE root_id = $1 AND gtin = $2"


async def products(
    root_id: int, after: int, category_id: int | None, limit: int, q: str | None, *buyer: Any
) -> Sequence[db.Row]:
    """A page of products; with a `buyer` (its supplier, its price group) those that it is offered, with its prices."""
    wanted = search.look_for(q)
    statement = list_statement(bool(buyer), wanted is not None)
    return await db.rows(statement, root_id, after, category_id, limit, *(wanted or (None, None)), *buyer)


async def product(root_id: int, product_id: int) -> db.Row | None:
    """One product of a brand with its packagings."""
    return await db.row(_PRODUCT, root_id, product_id)


async def scanned(root_id: int, gtin: str) -> db.Row | None:
    """The packaging that carries a GTIN-14."""
    return await db.row(_SCANNED, root_id, gtin)


async def picture(root_id: int, product_id: int) -> int | None:
    """The brand's file that a product names as its picture."""
    file_id: int | None = await db.value(_PICTURE, root_id, product_id)
    return file_id


async def outside_limits(root_id: int, product_ids: list[int], prices: list[int | None]) -> Sequence[db.Row]:
    """The prices that break the guide price's limits, and unknown products (name null)."""
    return await db.rows(_OUTSIDE, root_id, product_ids, prices)


async def set_prices(
    root_id: int, seller_id: int, group: str, product_ids: list[int], prices: list[int | None], by: int, at: object
) -> None:
    """Write a price list; where the price is null nothing is offered any more."""
    await db.run(_SET, root_id, seller_id, group, product_ids, prices, by, at)
    withdrawn = [product_id for product_id, price in zip(product_ids, prices, strict=True) if price is None]
    if withdrawn:
        await db.run(_WITHDRAW, root_id, seller_id, group, withdrawn)


async def prices(root_id: int, seller_id: int, group: str, after: int, limit: int) -> Sequence[db.Row]:
    """A page of a price list."""
    return await db.rows(_PRICES, root_id, seller_id, group, after, limit)
