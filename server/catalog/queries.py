"""Set-based reads and writes of the catalogue.

The texts are put together from constants of this file only; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.core import db, search

CALLED = {
    "category": "SELECT id, name FROM category WHERE root_id = $1 AND id = ANY ({ids})",
    "product": "SELECT id, name FROM product WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

PACKAGINGS = """
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object('id', k.id, 'name', k.name, 'unit_qty', k.unit_qty, 'gtin', k.gtin,
                                      'is_default', k.is_default) ORDER BY k.unit_qty)::text AS packagings
    FROM packaging k WHERE k.product_id = p.id
) k ON true
"""

# A category and all below it.
IN_CATEGORY = """
p.category_id = ANY (ARRAY(
    WITH RECURSIVE below AS (
        SELECT id FROM category WHERE id = $3 AND root_id = $1
        UNION ALL SELECT c.id FROM category c JOIN below b ON c.parent_id = b.id
    ) SELECT id FROM below))
"""

FOUND = search.matches("p", "$5", "$6")


def page_of(columns: str, walk: str, find: str, searched: bool, before: str = "") -> str:
    """A page of products in the order of their ids, with these columns of the product `p` and of what it is joined to.

    `walk` lists them in their order, `find` by what they are found by; both are FROM and WHERE of the one list. `$1` is
    the brand, `$2` the last id seen, `$3` a category, `$4` the size of the page, `$5` and `$6` what is searched.
    `before`: other parts of the WITH clause.
    """
    if not searched:
        head = f"WITH {before} given AS (SELECT $5::text[], $6::text[])"
        shown = f"SELECT {columns} {walk} ORDER BY p.id LIMIT $4"
        return f"{head} SELECT p.*, k.packagings FROM ({shown}) p {PACKAGINGS} ORDER BY p.id"
    key = f"SELECT p.id AS key, {FOUND} AS hit {walk} ORDER BY p.id"
    parts = search.hits(key, f"SELECT p.id AS key {find} AND {FOUND}", "$4")
    return f"""WITH {before} {parts}, shown AS (
    SELECT {columns} {find} AND p.id IN (SELECT key FROM hits) ORDER BY p.id LIMIT $4
)
SELECT p.*, k.packagings FROM shown p {PACKAGINGS} ORDER BY p.id"""


# A picture that the brand itself uploaded, whoever of its channel asks.
_PICTURE = """
SELECT f.id FROM product p
JOIN stored_file f ON f.root_id = p.root_id AND f.org_id = p.root_id AND p.image_url = '/api/v1/files/' || f.id
WHERE p.root_id = $1 AND p.id = $2
"""

NAMES_FILE = """
SELECT FROM product p WHERE p.root_id = f.root_id AND p.image_url = '/api/v1/files/' || f.id
"""
"""That a product shows an uploaded picture, for the clean-up of uploads."""

_PRODUCT = f"SELECT p.*, k.packagings FROM product p {PACKAGINGS} WHERE p.root_id = $1 AND p.id = $2"

_SCANNED = "SELECT id, product_id FROM packaging WHERE root_id = $1 AND gtin = $2"


# What scans name: by GTIN, by the product's code (then the single piece), or by a packaging that somebody chose.
_NAMED = """
SELECT 'gtin' AS by, k.gtin AS given, k.product_id, k.id AS packaging_id, k.unit_qty
FROM packaging k WHERE k.root_id = $1 AND k.gtin = ANY ($2::text[])
UNION ALL
SELECT 'code', p.code, p.id, k.id, k.unit_qty
FROM product p JOIN packaging k ON k.product_id = p.id AND k.unit_qty = 1
WHERE p.root_id = $1 AND p.code = ANY ($3::text[])
UNION ALL
SELECT 'packaging', k.id::text, k.product_id, k.id, k.unit_qty
FROM packaging k WHERE k.root_id = $1 AND k.id = ANY ($4::bigint[])
"""


async def named(
    root_id: int, gtins: Sequence[str], codes: Sequence[str], packaging_ids: Sequence[int]
) -> Sequence[db.Row]:
    """The packagings that these GTINs, product codes and ids name, by what was given."""
    return await db.rows(_NAMED, root_id, list(gtins), list(codes), list(packaging_ids))


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


_WAYS = """
WITH RECURSIVE named AS (
    SELECT id, name, name AS way FROM category WHERE root_id = $1 AND parent_id IS NULL
    UNION ALL SELECT c.id, c.name, n.way || '/' || c.name FROM category c JOIN named n ON c.parent_id = n.id
)
SELECT id, name, way FROM named ORDER BY way
"""


async def category_ways(root_id: int) -> Sequence[db.Row]:
    """All categories of a brand with the names on the way to them."""
    return await db.rows(_WAYS, root_id)
