"""Set-based reads and writes of stock; each is one statement whatever the number of lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.core import db
from server.stock.fefo import Pick
from server.stock.freshness import SOON_SQL
from server.stock.words import REASONS


class Move(NamedTuple):
    """Goods of one lot from one place to another; `reserved` base units of it were held at the source."""

    product_id: int
    lot_id: int
    qty: int
    from_location: int
    to_location: int
    reason: str
    reserved: int = 0


class Document(NamedTuple):
    """Why goods move: a paper, who wrote it, and when."""

    kind: str
    id: int
    account_id: int | None
    at: datetime


# The order is the rule of the house: location, product, lot.
CALLED = {
    "location": """
SELECT l.id, o.name || '·' || l.name AS name FROM location l JOIN org o ON o.id = l.org_id
WHERE l.root_id = $1 AND l.id = ANY ({ids})
""",
    "warehouse": """
SELECT l.id, o.name || '·' || l.name AS name FROM location l JOIN org o ON o.id = l.org_id
WHERE l.root_id = $1 AND l.id = ANY ({ids})
""",
    "stock_setting": "SELECT id, name FROM org WHERE root_id = $1 AND id = ANY ({ids})",
    "scan_session": "SELECT id, number AS name FROM scan_session WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

_LOCK_LOTS = """
SELECT b.location_id, b.product_id, b.lot_id, l.code, l.expires_on, b.on_hand - b.reserved AS free,
       l.blocked_by IS NOT NULL AS blocked
FROM stock_balance b JOIN lot l ON l.id = b.lot_id
WHERE b.root_id = $1 AND b.product_id = ANY ($3::bigint[]) AND b.on_hand > 0
  AND b.location_id IN ($5, coalesce($4::bigint, (
      SELECT id FROM location WHERE org_id = $2 AND kind = 'warehouse' AND is_default)))
ORDER BY b.location_id, b.product_id, b.lot_id
FOR UPDATE OF b
"""

_RESERVE = """
WITH picks AS (
    SELECT * FROM unnest($4::int[], $5::bigint[], $6::bigint[], $7::bigint[]) AS t (line_no, product_id, lot_id, qty)
), held AS (
    UPDATE stock_balance b SET reserved = b.reserved + p.qty
    FROM (SELECT product_id, lot_id, sum(qty)::bigint AS qty FROM picks GROUP BY 1, 2) p
    WHERE b.root_id = $1 AND b.location_id = $2 AND b.product_id = p.product_id AND b.lot_id = p.lot_id
)
INSERT INTO reservation (root_id, order_id, line_no, location_id, product_id, lot_id, qty)
SELECT $1, $3, line_no, $2, product_id, lot_id, qty FROM picks
ON CONFLICT (root_id, order_id, line_no, lot_id) DO UPDATE SET qty = reservation.qty + excluded.qty
"""

_RESERVATIONS = """
SELECT r.line_no, r.product_id, r.lot_id, r.qty, l.expires_on, l.blocked_by IS NOT NULL AS blocked, r.location_id,
       (SELECT id FROM location WHERE org_id = $3 AND kind = 'in_transit' AND is_default) AS way_id
FROM reservation r JOIN lot l ON l.id = r.lot_id
WHERE r.root_id = $1 AND r.order_id = $2
ORDER BY r.line_no, l.expires_on, r.lot_id
"""

_LOCK_RESERVED = """
SELECT 1 FROM stock_balance b
WHERE (b.root_id, b.location_id, b.product_id, b.lot_id) IN
      (SELECT root_id, location_id, product_id, lot_id FROM reservation WHERE root_id = $1 AND order_id = $2)
ORDER BY b.location_id, b.product_id, b.lot_id
FOR UPDATE OF b
"""

_RELEASE = """
WITH gone AS (
    DELETE FROM reservation WHERE root_id = $1 AND order_id = $2 RETURNING location_id, product_id, lot_id, qty
)
UPDATE stock_balance b SET reserved = b.reserved - g.qty
FROM (SELECT location_id, product_id, lot_id, sum(qty)::bigint AS qty FROM gone GROUP BY 1, 2, 3) g
WHERE b.root_id = $1 AND b.location_id = g.location_id AND b.product_id = g.product_id AND b.lot_id = g.lot_id
"""

# What leaves is no longer held. $13 order  $14 the lines, beside the lots and quantities of the moves
_PICKED = """
picks AS (
    SELECT * FROM unnest($14::int[], $3::bigint[], $4::bigint[]) AS t (line_no, lot_id, qty)
), used_up AS (
    DELETE FROM reservation r USING picks p
    WHERE r.root_id = $1 AND r.order_id = $13 AND r.line_no = p.line_no AND r.lot_id = p.lot_id AND r.qty = p.qty
), lessened AS (
    UPDATE reservation r SET qty = r.qty - p.qty FROM picks p
    WHERE r.root_id = $1 AND r.order_id = $13 AND r.line_no = p.line_no AND r.lot_id = p.lot_id AND r.qty > p.qty
)"""

_CONSUME = """
WITH picks AS (
    SELECT * FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS t (line_no, lot_id, qty)
), used_up AS (
    DELETE FROM reservation r USING picks p
    WHERE r.root_id = $1 AND r.order_id = $2 AND r.line_no = p.line_no AND r.lot_id = p.lot_id AND r.qty = p.qty
)
UPDATE reservation r SET qty = r.qty - p.qty FROM picks p
WHERE r.root_id = $1 AND r.order_id = $2 AND r.line_no = p.line_no AND r.lot_id = p.lot_id AND r.qty > p.qty
"""

_LESS_RESERVED = """
UPDATE stock_balance b SET reserved = b.reserved - p.qty
FROM (SELECT product_id, lot_id, sum(qty)::bigint AS qty
      FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS t (product_id, lot_id, qty) GROUP BY 1, 2) p
WHERE b.root_id = $1 AND b.location_id = $2 AND b.product_id = p.product_id AND b.lot_id = p.lot_id
"""

# The insertion takes the balances one after the other, in the order of the house: locks those that are there, makes
# the others. A proposed row is checked too, also where one is there: then as not real, for it is only a difference.
_MOVE = """
moves AS (
    SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[])
        AS t (product_id, lot_id, qty, from_id, to_id, reason, reserved)
), journal AS (
    INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason,
                            document_kind, document_id, account_id, at)
    SELECT $1, product_id, lot_id, qty, from_id, to_id, reason, $9, $10, $11, $12 FROM moves
), change AS (
    SELECT location_id, product_id, lot_id, sum(qty)::bigint AS qty, sum(reserved)::bigint AS reserved
    FROM (SELECT from_id AS location_id, product_id, lot_id, -qty AS qty, reserved FROM moves
          UNION ALL SELECT to_id, product_id, lot_id, qty, 0 FROM moves) ends
    GROUP BY 1, 2, 3
)
INSERT INTO stock_balance AS b (root_id, location_id, product_id, lot_id, is_real, on_hand, reserved)
SELECT $1::bigint, c.location_id, c.product_id, c.lot_id,
       w.kind IN ('warehouse', 'quarantine') AND e.location_id IS NULL, c.qty,
       c.reserved
FROM change c JOIN location w ON w.id = c.location_id
LEFT JOIN stock_balance e ON e.root_id = $1 AND e.location_id = c.location_id AND e.product_id = c.product_id
                         AND e.lot_id = c.lot_id
ORDER BY 2, 3, 4
ON CONFLICT (root_id, location_id, product_id, lot_id)
    DO UPDATE SET on_hand = b.on_hand + excluded.on_hand, reserved = b.reserved - excluded.reserved
"""
_POST = "WITH" + _MOVE
_SEND = f"WITH{_PICKED}, {_MOVE}"

# The warehouse of $2, into which goods are going to be moved, cannot be closed before they are.
_LOCATIONS = """
WITH home AS (
    SELECT org_id, kind, id FROM location WHERE org_id = $2 AND kind = 'warehouse' AND is_default FOR KEY SHARE
)
SELECT org_id, kind, id FROM location
WHERE org_id = ANY ($1::bigint[]) AND is_default AND NOT (org_id IS NOT DISTINCT FROM $2 AND kind = 'warehouse')
UNION ALL SELECT org_id, kind, id FROM home
"""

_OPEN = """
INSERT INTO location (root_id, org_id, kind, name)
SELECT $1, o.id, t.kind, t.name FROM unnest($2::bigint[]) AS o (id), unnest($3::text[], $4::text[]) AS t (kind, name)
ON CONFLICT DO NOTHING
"""

_LOTS = """
WITH given AS (
    SELECT * FROM unnest($2::bigint[], $3::text[], $4::date[], $5::date[]) WITH ORDINALITY
        AS t (product_id, code, produced_on, expires_on, n)
), made AS (
    INSERT INTO lot (root_id, product_id, code, produced_on, expires_on)
    SELECT DISTINCT ON (product_id, code) $1::bigint, product_id, code, produced_on, expires_on
    FROM given ORDER BY product_id, code, n
    ON CONFLICT (root_id, product_id, code) DO UPDATE SET code = excluded.code
    RETURNING id, product_id, code, expires_on
)
SELECT g.n, m.id, m.expires_on FROM given g JOIN made m ON m.product_id = g.product_id AND m.code = g.code ORDER BY g.n
"""

_KNOWN_LOTS = """
SELECT t.n - 1 AS n, l.expires_on
FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS t (product_id, code, n)
JOIN lot l ON l.root_id = $1 AND l.product_id = t.product_id AND l.code = t.code
"""

_KNOWN_PRODUCTS = "SELECT count(*) FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[])"

_AVAILABLE = """
SELECT b.product_id, sum(b.on_hand - b.reserved)::bigint AS available
FROM stock_balance b
JOIN location w ON w.id = b.location_id
JOIN lot l ON l.id = b.lot_id
WHERE w.org_id = $2 AND w.kind = 'warehouse' AND w.is_default AND b.root_id = $1 AND b.product_id = ANY ($3::bigint[])
  AND b.on_hand > b.reserved AND l.expires_on >= $4 AND l.blocked_by IS NULL
GROUP BY 1
"""

_STOCK = f"""
WITH held AS (
    SELECT b.product_id,
           sum(b.on_hand) FILTER (WHERE w.kind <> 'in_transit')::bigint AS on_hand,
           sum(b.reserved) FILTER (WHERE w.kind <> 'in_transit')::bigint AS reserved,
           sum(b.on_hand) FILTER (WHERE w.kind = 'in_transit')::bigint AS in_transit,
           nullif(min(l.expires_on) FILTER (WHERE w.kind <> 'in_transit'), 'infinity') AS nearest_expiry
    FROM location w
    JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0
    JOIN lot l ON l.id = b.lot_id
    WHERE w.org_id = $2 AND (w.id = $7 OR $7::bigint IS NULL AND w.kind IN ('warehouse', 'in_transit'))
      AND w.kind IN ('warehouse', 'quarantine', 'in_transit')
    GROUP BY b.product_id
)
SELECT p.id AS product_id, p.name AS product_name, p.code AS product_code, p.color, p.base_unit, p.shelf_life_days,
       {SOON_SQL} AS soon_days, coalesce(h.on_hand, 0) AS on_hand, coalesce(h.reserved, 0) AS reserved,
       coalesce(h.in_transit, 0) AS in_transit, h.nearest_expiry,
       (SELECT json_agg(json_build_object('id', k.id, 'name', k.name, 'unit_qty', k.unit_qty, 'gtin', k.gtin,
                                          'is_default', k.is_default) ORDER BY k.unit_qty)::text
        FROM packaging k WHERE k.product_id = p.id) AS packagings
FROM held h JOIN product p ON p.id = h.product_id
LEFT JOIN freshness_rule f ON f.root_id = p.root_id AND f.category_id = p.category_id
WHERE p.id > $3 AND ($4::text IS NULL OR position($4 IN p.search_text) > 0)
  AND ($5::bigint IS NULL OR p.category_id = $5)
ORDER BY p.id
LIMIT $6
"""


async def lock_lots(
    root_id: int, org_id: int, product_ids: list[int], location_id: int | None = None, target_id: int | None = None
) -> Sequence[db.Row]:
    """Lock and read the lots of these products in an org's warehouse: the one that delivers, if none is named.

    With those at `target_id`, where they are going to be moved, so that all are locked in the order of the house.
    """
    return await db.rows(_LOCK_LOTS, root_id, org_id, product_ids, location_id, target_id)


async def reserve(root_id: int, location_id: int, order_id: int, picks: Sequence[Pick]) -> None:
    """Hold the picked quantities for an order; the lots are locked already."""
    await db.run(
        _RESERVE,
        root_id,
        location_id,
        order_id,
        [p.line_no for p in picks],
        [p.product_id for p in picks],
        [p.lot_id for p in picks],
        [p.qty for p in picks],
    )


async def reservations(root_id: int, order_id: int, buyer_id: int) -> Sequence[db.Row]:
    """What is held for an order, by line, the lot that expires first ahead; where it is, and its way to the buyer."""
    return await db.rows(_RESERVATIONS, root_id, order_id, buyer_id)


async def release(root_id: int, order_id: int) -> None:
    """Give back all that is held for an order."""
    await db.run(_LOCK_RESERVED, root_id, order_id)
    await db.run(_RELEASE, root_id, order_id)


async def consume(root_id: int, order_id: int, picks: Sequence[Pick]) -> None:
    """Take picked quantities off the order's reservations."""
    await db.run(
        _CONSUME, root_id, order_id, [p.line_no for p in picks], [p.lot_id for p in picks], [p.qty for p in picks]
    )


async def give_back(root_id: int, location_id: int, order_id: int, picks: Sequence[Pick]) -> None:
    """Give back some of what is held for an order; the lots are locked already."""
    await consume(root_id, order_id, picks)
    await db.run(
        _LESS_RESERVED,
        root_id,
        location_id,
        [p.product_id for p in picks],
        [p.lot_id for p in picks],
        [p.qty for p in picks],
    )


async def post(root_id: int, moves: Sequence[Move], document: Document) -> None:
    """Write moves into the journal and onto the balances of both ends, locked in the order of the house."""
    await db.run(_POST, *_values(root_id, moves, document))


async def send(root_id: int, order_id: int, picks: Sequence[Pick], moves: Sequence[Move], document: Document) -> None:
    """Take picked quantities off the order's reservations and move them; a move for each pick, in their order."""
    await db.run(_SEND, *_values(root_id, moves, document), order_id, [pick.line_no for pick in picks])


def _values(root_id: int, moves: Sequence[Move], document: Document) -> tuple[object, ...]:
    unknown = {move.reason for move in moves} - REASONS.keys()
    assert not unknown, f"lists of moves go by their reasons: say in words.py what {unknown} are"
    return (
        root_id,
        [m.product_id for m in moves],
        [m.lot_id for m in moves],
        [m.qty for m in moves],
        [m.from_location for m in moves],
        [m.to_location for m in moves],
        [m.reason for m in moves],
        [m.reserved for m in moves],
        *document,
    )


async def locations(org_ids: Sequence[int], into: int | None = None) -> dict[tuple[int, str], int]:
    """The default location of each kind of these orgs: (org, kind) → location.

    The warehouse of `into` stays open until the transaction ends; should another one have taken its place at this very
    moment, it is that one.
    """
    found = await db.rows(_LOCATIONS, list(org_ids), into)
    if into is not None and (into, "warehouse") not in {(item["org_id"], item["kind"]) for item in found}:
        return await locations(org_ids, into)
    return {(item["org_id"], item["kind"]): item["id"] for item in found}


async def open_locations(root_id: int, org_ids: Sequence[int], kinds: dict[str, str]) -> None:
    """Create the locations of orgs."""
    await db.run(_OPEN, root_id, list(org_ids), list(kinds), list(kinds.values()))


async def ensure_lots(
    root_id: int, products: list[int], codes: list[str], produced: list[date | None], expires: list[date]
) -> Sequence[db.Row]:
    """The lots with these codes, made where they are new, in the order given."""
    return await db.rows(_LOTS, root_id, products, codes, produced, expires)


async def known_lots(root_id: int, products: list[int], codes: list[str]) -> dict[int, date]:
    """When those of these lots expire that are known, by their place in the lists."""
    return {item["n"]: item["expires_on"] for item in await db.rows(_KNOWN_LOTS, root_id, products, codes)}


async def known_products(root_id: int, product_ids: list[int]) -> int:
    """How many of these are products of the brand."""
    return int(await db.value(_KNOWN_PRODUCTS, root_id, product_ids))


async def available(root_id: int, org_id: int, product_ids: Sequence[int], today: date) -> dict[int, int]:
    """What an org can still promise of these products from where it delivers, in base units; absent means none."""
    found = await db.rows(_AVAILABLE, root_id, org_id, list(product_ids), today)
    return {item["product_id"]: item["available"] for item in found}


async def stock(
    root_id: int, org_id: int, after: int, q: str | None, category_id: int | None, limit: int, place_id: int | None
) -> Sequence[db.Row]:
    """A page of an org's stock per product: in its warehouses and on the way, or in one place."""
    return await db.rows(_STOCK, root_id, org_id, after, q, category_id, limit, place_id)
