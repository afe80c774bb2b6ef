"""Statements of the lines of stocktakes; each is one whatever their number."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.core import db
from server.counts.rules import Line

_PRODUCTS = """
SELECT id, name, code, shelf_life_days FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[])
"""

_LOTS = "SELECT id, product_id, code, expires_on FROM lot WHERE root_id = $1 AND id = ANY ($2::bigint[])"

_FORGET_LEFT = """
UPDATE stocktake_line SET is_left = false
WHERE root_id = $1 AND stocktake_id = $2 AND product_id = ANY ($3::bigint[]) AND how <> 'outside'
"""

_WRITE = """
INSERT INTO stocktake_line (root_id, stocktake_id, line_no, product_id, lot_id, lot_code, produced_on, expires_on, how,
                            counted_qty, first_at, counted_at, book_qty, unsure, price_fen, price_from, is_left)
SELECT $1, $2, t.n, t.product_id, t.lot_id, t.lot_code, t.produced_on, t.expires_on, t.how, t.qty, t.first_at, t.at,
       t.book, t.unsure, t.fen, t.source, t.is_left
FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::date[], $7::date[], $8::text[], $9::bigint[],
            $10::timestamptz[], $11::timestamptz[], $12::bigint[], $13::bool[], $14::bigint[], $15::text[], $16::bool[])
    WITH ORDINALITY AS t (product_id, lot_id, lot_code, produced_on, expires_on, how, qty, first_at, at, book, unsure,
                          fen, source, is_left, n)
"""

_CLEAR = "DELETE FROM stocktake_line WHERE root_id = $1 AND stocktake_id = $2 RETURNING product_id, lot_code, is_left"

_DIFFERENCE = "CASE WHEN l.is_left OR l.counted_qty IS NULL THEN 0 ELSE l.counted_qty - l.book_qty END"

_SUM_UP = f"""
UPDATE stocktake t SET line_count = s.n, gain_fen = s.gain, loss_fen = s.loss
FROM (SELECT count(*) AS n, coalesce(sum(greatest({_DIFFERENCE}, 0) * l.price_fen), 0)::bigint AS gain,
             coalesce(sum(greatest(-({_DIFFERENCE}), 0) * l.price_fen), 0)::bigint AS loss
      FROM stocktake_line l WHERE l.root_id = $1 AND l.stocktake_id = $2) s
WHERE t.root_id = $1 AND t.id = $2
RETURNING t.gain_fen, t.loss_fen
"""

_WHICH = {
    "all": "true",
    "different": "l.how <> 'outside' AND l.counted_qty IS NOT NULL AND l.counted_qty <> l.book_qty",
    "uncounted": "l.counted_qty IS NULL AND NOT l.is_left",
    "unsure": "l.unsure",
    "left": "l.is_left AND l.how <> 'outside'",
    "outside": "l.how = 'outside'",
}
"""Which lines a filter shows."""

_COLUMNS = """
SELECT l.line_no, l.product_id, p.code AS product_code, p.name AS product_name, p.base_unit, p.color, l.lot_id,
       l.lot_code, nullif(l.expires_on, 'infinity') AS expires_on, l.how, l.counted_qty, l.counted_at, l.book_qty,
       l.unsure, l.price_fen, l.price_from, l.is_left, l.moved_qty, c.name AS category_name,
       coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty
FROM stocktake_line l JOIN product p ON p.id = l.product_id JOIN category c ON c.id = p.category_id
LEFT JOIN packaging k ON k.product_id = p.id AND k.is_default
WHERE l.root_id = $1 AND l.stocktake_id = $2
"""
_PAGE = {
    name: _COLUMNS + f" AND {which} AND l.line_no > $3 ORDER BY l.line_no LIMIT $4" for name, which in _WHICH.items()
}

_COUNTS = (
    "SELECT "
    + ", ".join(f"count(*) FILTER (WHERE {which}) AS {name}" for name, which in _WHICH.items())
    + """
FROM stocktake_line l WHERE l.root_id = $1 AND l.stocktake_id = $2
"""
)

_BY_CATEGORY = f"""
SELECT c.id, c.name, count(*) FILTER (WHERE {_DIFFERENCE} <> 0) AS lines,
       coalesce(sum(greatest({_DIFFERENCE}, 0) * l.price_fen), 0)::bigint AS gain_fen,
       coalesce(sum(greatest(-({_DIFFERENCE}), 0) * l.price_fen), 0)::bigint AS loss_fen
FROM stocktake_line l JOIN product p ON p.id = l.product_id JOIN category c ON c.id = p.category_id
WHERE l.root_id = $1 AND l.stocktake_id = $2
GROUP BY 1, 2 HAVING count(*) FILTER (WHERE {_DIFFERENCE} <> 0) > 0
ORDER BY sum(abs({_DIFFERENCE}) * l.price_fen) DESC, c.id
"""

_TO_ADJUST = """
SELECT l.line_no, l.product_id, p.name AS product_name, l.lot_id, l.lot_code, l.produced_on, l.expires_on,
       l.counted_qty, l.first_at, l.counted_at, l.book_qty, l.price_fen
FROM stocktake_line l JOIN product p ON p.id = l.product_id
WHERE l.root_id = $1 AND l.stocktake_id = $2 AND NOT l.is_left AND l.counted_qty IS NOT NULL
ORDER BY l.line_no
"""

_ADJUSTED = """
UPDATE stocktake_line l SET book_qty = t.book, moved_qty = t.moved, lot_id = t.lot_id
FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::bigint[]) AS t (line_no, book, moved, lot_id)
WHERE l.root_id = $1 AND l.stocktake_id = $2 AND l.line_no = t.line_no
"""

_SETTLE = {
    "leave": "UPDATE stocktake_line SET is_left = true WHERE root_id = $1 AND stocktake_id = $2"
    " AND line_no = ANY ($3::int[]) AND how <> 'outside'",
    "adjust": "UPDATE stocktake_line SET is_left = false WHERE root_id = $1 AND stocktake_id = $2"
    " AND line_no = ANY ($3::int[]) AND how <> 'outside'",
}
# A line that nobody counted is none now: as of this moment.
_ZERO = """
UPDATE stocktake_line l SET counted_qty = 0, how = 'lot', first_at = $4, counted_at = $4, is_left = false,
    book_qty = coalesce((SELECT b.on_hand FROM stock_balance b WHERE b.root_id = $1 AND b.location_id = $5
                         AND b.product_id = l.product_id AND b.lot_id = l.lot_id), 0)
WHERE l.root_id = $1 AND l.stocktake_id = $2 AND l.line_no = ANY ($3::int[]) AND l.counted_qty IS NULL
RETURNING l.product_id, l.lot_id, l.lot_code, l.expires_on
"""

_PRODUCTS_OF = """
SELECT DISTINCT product_id FROM stocktake_line
WHERE root_id = $1 AND stocktake_id = $2 AND how <> 'outside' AND line_no = ANY ($3::int[]) ORDER BY 1
"""
_DIFFERING = """
SELECT DISTINCT product_id FROM stocktake_line l
WHERE l.root_id = $1 AND l.stocktake_id = $2 AND (l.counted_qty IS NULL OR l.counted_qty <> l.book_qty)
  AND l.how <> 'outside' ORDER BY 1
"""

# The products that are to be counted, or were: $3 in the scope or all, $4 those that were counted, after $5.
_TALLY = """
SELECT p.id AS product_id, p.code AS product_code, p.name AS product_name, p.base_unit, p.color,
       coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty, coalesce(h.qty, 0) AS book_qty,
       ($3::bigint[] IS NULL OR p.id = ANY ($3)) AS is_inside
FROM (SELECT b.product_id, sum(b.on_hand)::bigint AS qty FROM stock_balance b
      WHERE b.root_id = $1 AND b.location_id = $2 AND b.on_hand > 0
        AND ($3::bigint[] IS NULL OR b.product_id = ANY ($3))
      GROUP BY 1
      UNION SELECT t.id, 0 FROM unnest($4::bigint[]) AS t (id) WHERE NOT EXISTS (
        SELECT FROM stock_balance b WHERE b.root_id = $1 AND b.location_id = $2 AND b.on_hand > 0
        AND b.product_id = t.id AND ($3::bigint[] IS NULL OR b.product_id = ANY ($3)))
      UNION SELECT t.id, 0 FROM unnest($3::bigint[]) AS t (id) WHERE $7::bool AND NOT EXISTS (
        SELECT FROM stock_balance b WHERE b.root_id = $1 AND b.location_id = $2 AND b.on_hand > 0
        AND b.product_id = t.id) AND NOT t.id = ANY ($4)) h
JOIN product p ON p.id = h.product_id
LEFT JOIN packaging k ON k.product_id = p.id AND k.is_default
WHERE p.id > $5 ORDER BY p.id LIMIT $6
"""


async def products(root_id: int, ids: Sequence[int]) -> dict[int, db.Row]:
    """Products by their id: name, code, shelf life."""
    return {item["id"]: item for item in await db.rows(_PRODUCTS, root_id, list(ids))}


async def lots(root_id: int, ids: Sequence[int]) -> dict[int, db.Row]:
    """Lots by their id."""
    return {item["id"]: item for item in await db.rows(_LOTS, root_id, list(ids))}


async def forget_left(root_id: int, stocktake_id: int, products: Sequence[int]) -> None:
    """Let what was left of products that are counted again be decided anew."""
    await db.run(_FORGET_LEFT, root_id, stocktake_id, list(products))


async def write(root_id: int, stocktake_id: int, lines: Sequence[Line]) -> None:
    """Write the lines of a stocktake in their order."""
    columns = [list(column) for column in zip(*lines, strict=True)] or [[] for _ in Line._fields]
    await db.run(_WRITE, root_id, stocktake_id, *columns)


async def clear(root_id: int, stocktake_id: int) -> set[tuple[int, str]]:
    """Take the lines away that are worked out anew; which products and lots had been left as they are."""
    found = await db.rows(_CLEAR, root_id, stocktake_id)
    return {(item["product_id"], item["lot_code"]) for item in found if item["is_left"]}


async def sum_up(root_id: int, stocktake_id: int) -> tuple[int, int]:
    """Write what a stocktake comes to: gains and losses in fen."""
    (found,) = await db.rows(_SUM_UP, root_id, stocktake_id)
    return found["gain_fen"], found["loss_fen"]


async def page(root_id: int, stocktake_id: int, which: str, after: int, limit: int) -> Sequence[db.Row]:
    """A page of lines, in their order."""
    return await db.rows(_PAGE[which], root_id, stocktake_id, after, limit)


async def counts(root_id: int, stocktake_id: int) -> db.Row:
    """How many lines each filter shows."""
    (found,) = await db.rows(_COUNTS, root_id, stocktake_id)
    return found


async def by_category(root_id: int, stocktake_id: int) -> Sequence[db.Row]:
    """Gains and losses of each category, the largest first."""
    return await db.rows(_BY_CATEGORY, root_id, stocktake_id)


async def to_adjust(root_id: int, stocktake_id: int) -> Sequence[db.Row]:
    """The lines that are compared with the books."""
    return await db.rows(_TO_ADJUST, root_id, stocktake_id)


async def adjusted(root_id: int, stocktake_id: int, lines: Sequence[tuple[int, int, int, int]]) -> None:
    """Write what was adjusted: (line, book figure, moved, lot)."""
    columns = [list(column) for column in zip(*lines, strict=True)] or [[], [], [], []]
    await db.run(_ADJUSTED, root_id, stocktake_id, *columns)


async def settle(found: db.Row, choice: str, lines: Sequence[int], at: datetime) -> Sequence[db.Row]:
    """Decide lines: leave them, adjust them after all, or count them as none; the products and lots of those."""
    if choice != "zero":
        await db.run(_SETTLE[choice], found["root_id"], found["id"], list(lines))
        return []
    return await db.rows(_ZERO, found["root_id"], found["id"], list(lines), at, found["location_id"])


async def products_of(root_id: int, stocktake_id: int, lines: Sequence[int]) -> list[int]:
    """The products of lines."""
    return [item["product_id"] for item in await db.rows(_PRODUCTS_OF, root_id, stocktake_id, list(lines))]


async def differing(root_id: int, stocktake_id: int) -> list[int]:
    """The products that differ, or were not counted."""
    return [item["product_id"] for item in await db.rows(_DIFFERING, root_id, stocktake_id)]


async def tally(
    found: db.Row, scope: Sequence[int] | None, counted: Sequence[int], after: int, limit: int, listed: bool
) -> Sequence[db.Row]:
    """A page of the products that are to be counted, or were counted; `listed`: also those that are not there."""
    inside = None if scope is None else list(scope)
    asked = (found["root_id"], found["location_id"], inside, list(counted), after, limit, listed)
    return await db.rows(_TALLY, *asked)
