"""What a count of goods asks of stock: what was scanned, what the books said at a moment, what is held.

The books of a moment are told from the journal: what there is now, less all that has moved since. So they can be worked
out again at any time, and say the same. (D2.3)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from server.core import db
from server.stock.documents import Paper
from server.stock.words import REASONS

# What counts in several sessions together: no scan that is undone, a serial once in all of them, an unknown code as
# what it was solved as. A phone whose clock is ahead has scanned when the scan arrived; nothing was counted before $6.
# $2 $3 sessions and their rounds  $4 $5 products of which only rounds from one on stand
_SCANNED = """
WITH live AS (
    SELECT s.seq, s.serial, s.count, s.lot_code, s.produced_on, s.expires_on, r.round,
           coalesce(s.product_id, x.product_id) AS product_id, coalesce(s.unit_qty, x.unit_qty) AS unit_qty,
           greatest(least(s.scanned_at, s.received_at), $6::timestamptz) AS at
    FROM unnest($2::bigint[], $3::int[]) AS r (session_id, round)
    JOIN scan_session z ON z.root_id = $1 AND z.id = r.session_id AND z.state <> 'cancelled'
    JOIN scan s ON s.root_id = $1 AND s.session_id = r.session_id AND NOT s.undone
    LEFT JOIN scan_solution x ON s.product_id IS NULL
        AND (x.root_id, x.session_id, x.key) = (s.root_id, s.session_id, s.key)
    LEFT JOIN unnest($4::bigint[], $5::int[]) AS a (product_id, round)
        ON a.product_id = coalesce(s.product_id, x.product_id)
    WHERE coalesce(s.product_id, x.product_id) IS NOT NULL AND r.round >= coalesce(a.round, 1)
), once AS (
    SELECT *, row_number() OVER (PARTITION BY product_id, serial ORDER BY seq) AS n FROM live
)
SELECT product_id, 0::bigint AS lot_id, lot_code, produced_on, expires_on,
       sum(count::bigint * unit_qty)::bigint AS qty, min(at) AS first_at, max(at) AS last_at
FROM once WHERE serial = '' OR n = 1
GROUP BY product_id, lot_code, produced_on, expires_on
ORDER BY product_id, lot_code, expires_on
"""

# The lots of a place that lie there, or have moved since $3. $4 of these products, or all  $5 and these
_THERE = """
WITH moved AS MATERIALIZED (
    SELECT m.product_id, m.lot_id FROM stock_move m
    WHERE m.root_id = $1 AND m.from_location_id = $2 AND m.reason = ANY ($6::text[]) AND m.at >= $3
    UNION
    SELECT m.product_id, m.lot_id FROM stock_move m
    WHERE m.root_id = $1 AND m.to_location_id = $2 AND m.reason = ANY ($6::text[]) AND m.at >= $3
)
SELECT b.product_id, b.lot_id, l.code, l.produced_on, l.expires_on, b.on_hand, b.reserved
FROM stock_balance b JOIN lot l ON l.id = b.lot_id
WHERE b.root_id = $1 AND b.location_id = $2
  AND ($4::bigint[] IS NULL OR b.product_id = ANY ($4) OR b.product_id = ANY ($5::bigint[]))
  AND (b.on_hand <> 0 OR EXISTS (SELECT FROM moved m WHERE m.product_id = b.product_id AND m.lot_id = b.lot_id))
ORDER BY b.product_id, l.expires_on, b.lot_id
"""

# What the books said of each product and lot at its moment, and what has moved since. `during`: whether anything moved
# between its first and its last scan.
_BOOKS = """
SELECT t.n - 1 AS n, coalesce(b.on_hand, 0) AS on_hand, coalesce(b.reserved, 0) AS reserved,
       (coalesce(b.on_hand, 0) - came.since + went.since)::bigint AS book, came.since - went.since AS since,
       came.during + went.during > 0 AS during
FROM unnest($3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[]) WITH ORDINALITY
    AS t (product_id, lot_id, first_at, at, n)
LEFT JOIN stock_balance b ON b.root_id = $1 AND b.location_id = $2 AND b.product_id = t.product_id
                         AND b.lot_id = t.lot_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.qty) FILTER (WHERE m.at > t.at), 0)::bigint AS since,
           count(*) FILTER (WHERE m.at <= t.at) AS during
    FROM stock_move m WHERE m.root_id = $1 AND m.to_location_id = $2 AND m.product_id = t.product_id
      AND m.lot_id = t.lot_id AND m.at > t.first_at
) came
CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.qty) FILTER (WHERE m.at > t.at), 0)::bigint AS since,
           count(*) FILTER (WHERE m.at <= t.at) AS during
    FROM stock_move m WHERE m.root_id = $1 AND m.from_location_id = $2 AND m.product_id = t.product_id
      AND m.lot_id = t.lot_id AND m.at > t.first_at
) went
ORDER BY t.n
"""

_LOCK = """
SELECT 1 FROM stock_balance b
WHERE b.root_id = $1 AND b.location_id = ANY ($2::bigint[])
  AND (b.product_id, b.lot_id) IN (SELECT * FROM unnest($3::bigint[], $4::bigint[]))
ORDER BY b.location_id, b.product_id, b.lot_id
FOR UPDATE OF b
"""

_NAMED = """
SELECT l.product_id, l.code, l.id, l.expires_on FROM lot l
WHERE l.root_id = $1 AND (l.product_id, l.code) IN (SELECT * FROM unnest($2::bigint[], $3::text[]))
"""

_HELD_BY_ORDERS = """
SELECT product_id, lot_id, order_id AS document_id, sum(qty)::bigint AS qty FROM reservation
WHERE root_id = $1 AND location_id = $2 AND (product_id, lot_id) IN (SELECT * FROM unnest($3::bigint[], $4::bigint[]))
GROUP BY 1, 2, 3 ORDER BY 3
"""


class Scanned(NamedTuple):
    """Sessions and the rounds they belong to, and of which products only what was scanned from a round on stands."""

    sessions: Sequence[int]
    rounds: Sequence[int]
    products: Sequence[int]
    from_rounds: Sequence[int]


class Moment(NamedTuple):
    """A product and lot, counted from one moment to another."""

    product_id: int
    lot_id: int
    first_at: datetime
    at: datetime


class Holding(NamedTuple):
    """So many base units of a product and lot are held for a document."""

    product_id: int
    lot_id: int
    qty: int
    paper: Paper


Holders = Callable[[int, Sequence[db.Row]], Awaitable[list[Holding]]]
HoldersAt = Callable[[int, int, Sequence[int], Sequence[int]], Awaitable[list[Holding]]]
_by_orders: list[Holders] = []
_by_others: list[HoldersAt] = []


def orders_named_by(holders: Holders) -> None:
    """Let the module of the orders say whose reservations these are: (brand, rows of (product, lot, document, qty))."""
    _by_orders[:] = [holders]


def holds_too(holders: HoldersAt) -> None:
    """Let a module whose documents hold goods say which: (brand, location, products, lots)."""
    if holders not in _by_others:
        _by_others.append(holders)


async def scanned(root_id: int, wanted: Scanned, since: datetime) -> Sequence[db.Row]:
    """What was scanned in sessions, per product and lot as it was said, with the first and the last moment."""
    columns = [list(column) for column in wanted]
    return await db.rows(_SCANNED, root_id, *columns, since)


async def there(
    root_id: int, location_id: int, since: datetime, products: Sequence[int] | None, more: Sequence[int]
) -> Sequence[db.Row]:
    """The lots that lie in a place, or have moved there since a moment; of all products, or of these and more."""
    own = None if products is None else list(products)
    return await db.rows(_THERE, root_id, location_id, since, own, list(more), list(REASONS))


async def books(root_id: int, location_id: int, moments: Sequence[Moment]) -> Sequence[db.Row]:
    """What the books said of each of these at its moment, what has moved since, and what there is now; in order."""
    columns = [list(column) for column in zip(*moments, strict=True)] or [[], [], [], []]
    return await db.rows(_BOOKS, root_id, location_id, *columns)


async def lock(root_id: int, locations: Sequence[int], products: Sequence[int], lots: Sequence[int]) -> None:
    """Lock the balances of these lots in these places, in the order of the house."""
    await db.run(_LOCK, root_id, list(locations), list(products), list(lots))


async def lots_named(root_id: int, products: Sequence[int], codes: Sequence[str]) -> dict[tuple[int, str], db.Row]:
    """Those of these lots that there are, by product and code: id and expiry."""
    found = await db.rows(_NAMED, root_id, list(products), list(codes))
    return {(item["product_id"], item["code"]): item for item in found}


async def holders(root_id: int, location_id: int, products: Sequence[int], lots: Sequence[int]) -> list[Holding]:
    """Which documents hold goods of these lots in a place."""
    asked = (root_id, location_id, list(products), list(lots))
    found: list[Holding] = []
    for by_orders in _by_orders:
        found += await by_orders(root_id, await db.rows(_HELD_BY_ORDERS, *asked))
    for others in _by_others:
        found += await others(*asked)
    return found
