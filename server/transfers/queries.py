"""Set-based reads and writes of transfers; each is one statement whatever the number of lines."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.approvals.queries import STEPS, held
from server.core import db, tree
from server.core.actor import Actor
from server.stock.fefo import Pick

CALLED = {
    "transfer": "SELECT id, number AS name FROM transfer WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

KIND = "transfer"
"""What approvals and journals call a transfer."""

_ORGS = "SELECT id, kind, name, path, parent_id, status FROM org WHERE root_id = $1 AND id = ANY ($2::bigint[])"

# The named warehouses, or the default ones, which stay open until the transaction ends.
_WAREHOUSE = """
SELECT id, name FROM location
WHERE org_id = $1 AND kind = 'warehouse' AND closed_at IS NULL
  AND CASE WHEN $2::bigint IS NULL THEN is_default ELSE id = $2 END
FOR KEY SHARE
"""

# What an org last paid its supplier for each product.
_BOUGHT = """
SELECT p.id, x.price_fen FROM product p
LEFT JOIN LATERAL (
    SELECT l.amount_fen / l.qty AS price_fen FROM order_line o
    JOIN orders d ON d.root_id = o.root_id AND d.id = o.order_id AND d.seller_id = $2 AND d.buyer_id = $3
    JOIN goods_issue i ON i.root_id = o.root_id AND i.order_id = o.order_id
    JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id AND l.order_line_no = o.line_no
    WHERE o.root_id = $1 AND o.product_id = p.id AND l.amount_fen >= l.qty
    ORDER BY i.id DESC LIMIT 1
) x ON true
WHERE p.root_id = $1 AND p.id = ANY ($4::bigint[])
"""

# What a buyer was given on a supplier's account, less what it gave away on it or is about to.
_SETTLED = """
SELECT l.product_id, sum(n.qty)::bigint AS qty, sum(n.qty * l.price_fen)::bigint AS fen
FROM transfer t
JOIN transfer_line l ON l.root_id = t.root_id AND l.transfer_id = t.id AND l.product_id = ANY ($4::bigint[])
JOIN transfer_lot x ON x.root_id = t.root_id AND x.transfer_id = t.id AND x.line_no = l.line_no
CROSS JOIN LATERAL (SELECT CASE WHEN t.to_org_id = $3 THEN x.received_qty
                                WHEN t.state IN ('approved', 'issued') THEN -x.qty ELSE -x.received_qty END AS qty) n
WHERE t.root_id = $1 AND t.supplier_id = $2 AND (t.from_org_id = $3 OR t.to_org_id = $3)
GROUP BY 1
"""

_PROPOSE = """
WITH made AS (
    INSERT INTO transfer (id, root_id, number, from_org_id, from_location_id, to_org_id, to_location_id, supplier_id,
                          reason, line_count, total_fen, proposed_by, proposed_at)
    SELECT n.id, $1, $2 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $3, $4, $5, $6, $7, $8,
           cardinality($11::bigint[]), (SELECT sum(q * f) FROM unnest($12::bigint[], $13::bigint[]) AS t (q, f)),
           $9, $10
    FROM (SELECT nextval('transfer_id_seq') AS id) n
    RETURNING id, number, total_fen
), lines AS (
    INSERT INTO transfer_line (root_id, transfer_id, line_no, product_id, qty, price_fen, price_from)
    SELECT $1, made.id, t.n, t.product_id, t.qty, t.price_fen, t.price_from
    FROM made, unnest($11::bigint[], $12::bigint[], $13::bigint[], $14::text[]) WITH ORDINALITY
        AS t (product_id, qty, price_fen, price_from, n)
)
SELECT id, number, total_fen FROM made
"""

_HEAD = """
SELECT t.*, g.name AS from_name, g.path AS from_path, g.status AS from_status, k.name AS to_name, k.path AS to_path,
       k.status AS to_status
FROM transfer t JOIN org g ON g.id = t.from_org_id JOIN org k ON k.id = t.to_org_id
"""
_SEEN = " AND (g.path LIKE ANY ($3::text[]) OR k.path LIKE ANY ($3::text[]))"
# The lock of the document comes before all others: stock and money follow.
_LOCK = _HEAD + "WHERE t.root_id = $1 AND t.id = $2" + _SEEN + " FOR NO KEY UPDATE OF t"

_ENDS = """
SELECT o.id, o.path FROM transfer t
CROSS JOIN LATERAL (VALUES (1, t.from_org_id), (2, t.to_org_id), (3, t.supplier_id)) AS e (n, id)
JOIN org o ON o.id = e.id
WHERE t.root_id = $1 AND t.id = $2 ORDER BY e.n
"""

_LINES = """
SELECT l.line_no, l.product_id, p.code AS product_code, p.name AS product_name, p.base_unit,
       coalesce(c.name, '') AS case_name, coalesce(c.unit_qty, 1) AS case_qty, l.qty, l.price_fen, l.price_from
FROM transfer_line l JOIN product p ON p.id = l.product_id
LEFT JOIN packaging c ON c.product_id = p.id AND c.is_default
WHERE l.root_id = $1 AND l.transfer_id = $2 ORDER BY l.line_no
"""
_LOTS = """
SELECT x.no, x.line_no, x.product_id, x.lot_id, t.code AS lot_code, nullif(t.expires_on, 'infinity') AS expires_on,
       x.qty, x.received_qty, x.damaged_qty, x.short_qty, x.note, l.price_fen
FROM transfer_lot x JOIN lot t ON t.id = x.lot_id
JOIN transfer_line l ON l.root_id = x.root_id AND l.transfer_id = x.transfer_id AND l.line_no = x.line_no
WHERE x.root_id = $1 AND x.transfer_id = $2 ORDER BY x.no
"""

_HOLD = """
INSERT INTO transfer_lot (root_id, transfer_id, no, line_no, product_id, lot_id, qty)
SELECT $1, $2, t.n, t.line_no, t.product_id, t.lot_id, t.qty
FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::bigint[]) WITH ORDINALITY
    AS t (line_no, product_id, lot_id, qty, n)
"""
_DROP = "DELETE FROM transfer_lot WHERE root_id = $1 AND transfer_id = $2"

_COUNT = """
UPDATE transfer_lot x SET received_qty = t.good, damaged_qty = t.damaged, short_qty = x.qty - t.good - t.damaged,
    note = t.note
FROM unnest($3::int[], $4::int[], $5::int[], $6::text[]) AS t (no, good, damaged, note)
WHERE x.root_id = $1 AND x.transfer_id = $2 AND x.no = t.no
"""

# $3 state  $4 who  $5 when  $6 why it ended  $7 what was settled
_MARK = {
    "approved": "UPDATE transfer SET state = $3 WHERE root_id = $1 AND id = $2",
    "issued": "UPDATE transfer SET state = $3, issued_by = $4, issued_at = $5 WHERE root_id = $1 AND id = $2",
    "received": """
UPDATE transfer SET state = $3, received_by = $4, received_at = $5, settled_fen = $6,
    to_location_id = $7 WHERE root_id = $1 AND id = $2""",
    "ended": """
UPDATE transfer SET state = $3, ended_by = $4, ended_at = $5, ending = $6 WHERE root_id = $1 AND id = $2""",
}

_COLUMNS = """
SELECT t.*, g.name AS from_name, k.name AS to_name, s.name AS supplier_name, w.name AS from_warehouse,
       v.name AS to_warehouse, c.name AS proposed_by_name
"""
_JOINS = """
FROM transfer t
JOIN org g ON g.id = t.from_org_id JOIN org k ON k.id = t.to_org_id LEFT JOIN org s ON s.id = t.supplier_id
JOIN location w ON w.id = t.from_location_id JOIN location v ON v.id = t.to_location_id
JOIN account c ON c.id = t.proposed_by
"""
# A page is found first, and looked up then. Whoever sees the whole brand reads the newest; others those of the orgs
# that they see, as givers or takers.
_NEWEST = """
    SELECT t.id FROM transfer t
    WHERE t.root_id = $1{whose} AND t.id < $3 AND ($4::text IS NULL OR t.state = $4)
      AND ($5::bigint IS NULL OR t.from_org_id = $5 OR t.to_org_id = $5)
    ORDER BY t.id DESC LIMIT $6"""
_PAGE = f"""
WITH hits AS MATERIALIZED ({{found}})
{_COLUMNS} {_JOINS} WHERE t.root_id = $1 AND t.id = ANY (ARRAY(SELECT id FROM hits)) ORDER BY t.id DESC
"""
_PAGE_ALL = _PAGE.format(found=_NEWEST.format(whose=" AND $2::text[] IS NOT NULL"))
_OF_ORG = [_NEWEST.format(whose=f" AND t.{end}_org_id = b.id") for end in ("from", "to")]
_PAGE_MINE = _PAGE.format(found=tree.newest("$2", _OF_ORG, "$6"))

_ONE = (
    _COLUMNS
    + f""", i.name AS issued_by_name, r.name AS received_by_name, e.name AS ended_by_name, a.id AS approval_id,
       a.step_no,
       a.proposal::text AS proposal, a.org_id AS asked_org, {STEPS} AS steps, coalesce(f.in_turn, false) AS in_turn,
       {held("$4", "$5::date")} AS held
"""
    + _JOINS
    + """
LEFT JOIN account i ON i.id = t.issued_by LEFT JOIN account r ON r.id = t.received_by
LEFT JOIN account e ON e.id = t.ended_by
LEFT JOIN approval a ON a.root_id = t.root_id AND a.subject_kind = 'transfer' AND a.subject_id = t.id
                    AND a.state = 'pending'
LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
WHERE t.root_id = $1 AND t.id = $2
"""
    + _SEEN
)

_MANY = (
    _COLUMNS
    + """, (SELECT string_agg(x.name || ' ×' || x.qty || x.base_unit, '；' ORDER BY x.line_no)
        FROM (SELECT l.line_no, p.name, l.qty, p.base_unit FROM transfer_line l JOIN product p ON p.id = l.product_id
              WHERE l.root_id = t.root_id AND l.transfer_id = t.id ORDER BY l.line_no LIMIT 4) x) AS goods
"""
    + _JOINS
    + "WHERE t.root_id = ANY ($1::bigint[]) AND t.id = ANY ($2::bigint[])"
)

_HOLDING = """
SELECT x.product_id, x.lot_id, sum(x.qty)::bigint AS qty, t.id, t.number
FROM transfer t JOIN transfer_lot x ON x.root_id = t.root_id AND x.transfer_id = t.id
WHERE t.root_id = $1 AND t.from_location_id = $2 AND t.state = 'approved'
  AND (x.product_id, x.lot_id) IN (SELECT * FROM unnest($3::bigint[], $4::bigint[]))
GROUP BY 1, 2, 4, 5 ORDER BY 4
"""

_NUMBERS = "SELECT id, number FROM transfer WHERE root_id = $1 AND id = ANY ($2::bigint[])"


class New(NamedTuple):
    """A transfer to be written; a price and where it is from for each line."""

    prefix: str
    from_org_id: int
    from_location_id: int
    to_org_id: int
    to_location_id: int
    supplier_id: int | None
    reason: str


async def orgs(root_id: int, ids: Sequence[int]) -> dict[int, db.Row]:
    """Orgs of the brand by their id."""
    return {item["id"]: item for item in await db.rows(_ORGS, root_id, list(ids))}


async def warehouse(org_id: int, warehouse_id: int | None) -> db.Row | None:
    """An open warehouse of an org, or its default one; it stays open until the transaction ends."""
    return await db.row(_WAREHOUSE, org_id, warehouse_id)


async def bought(root_id: int, supplier_id: int, buyer_id: int, products: Sequence[int]) -> dict[int, int | None]:
    """What a buyer last paid its supplier for products of the brand; None where it never bought one."""
    found = await db.rows(_BOUGHT, root_id, supplier_id, buyer_id, list(products))
    return {item["id"]: item["price_fen"] for item in found}


async def settled(root_id: int, supplier_id: int, buyer_id: int, products: Sequence[int]) -> dict[int, tuple[int, int]]:
    """What a buyer got on a supplier's account without an order, less what it gave away: so many, for so much."""
    found = await db.rows(_SETTLED, root_id, supplier_id, buyer_id, list(products))
    return {item["product_id"]: (item["qty"], item["fen"]) for item in found}


async def propose(actor: Actor, new: New, lines: Sequence[tuple[int, int, int, str]], at: datetime) -> db.Row:
    """Write a transfer; lines are (product, quantity, price, where it is from)."""
    columns = [list(column) for column in zip(*lines, strict=True)]
    found = await db.row(_PROPOSE, actor.root_id, *new, actor.account_id, at, *columns)
    assert found is not None
    return found


async def lock(actor: Actor, transfer_id: int) -> db.Row | None:
    """A transfer inside the scope, locked."""
    return await db.row(_LOCK, actor.root_id, transfer_id, actor.patterns)


async def ends(root_id: int, transfer_id: int) -> Sequence[db.Row]:
    """Who gives, who takes, and who settles it, with their places in the tree."""
    return await db.rows(_ENDS, root_id, transfer_id)


async def lines(root_id: int, transfer_id: int) -> Sequence[db.Row]:
    """The lines of a transfer."""
    return await db.rows(_LINES, root_id, transfer_id)


async def lots(root_id: int, transfer_id: int) -> Sequence[db.Row]:
    """The lots of a transfer, with the price of their line."""
    return await db.rows(_LOTS, root_id, transfer_id)


async def hold(root_id: int, transfer_id: int, picks: Sequence[Pick]) -> None:
    """Write which lots are held for a transfer."""
    columns = [[getattr(p, name) for p in picks] for name in ("line_no", "product_id", "lot_id", "qty")]
    await db.run(_HOLD, root_id, transfer_id, *columns)


async def drop(root_id: int, transfer_id: int) -> None:
    """Forget what was held."""
    await db.run(_DROP, root_id, transfer_id)


async def count(root_id: int, transfer_id: int, counted: Sequence[tuple[int, int, int, str]]) -> None:
    """Write what arrived: (number, good, damaged, note)."""
    columns = [[line[n] for line in counted] for n in range(4)]
    await db.run(_COUNT, root_id, transfer_id, *columns)


async def mark(root_id: int, transfer_id: int, what: str, state: str, *more: object) -> None:
    """Write a new state, with who did it and when where `what` keeps it."""
    await db.run(_MARK[what], root_id, transfer_id, state, *more)


async def page(actor: Actor, before: int, state: str | None, org_id: int | None, limit: int) -> Sequence[db.Row]:
    """A page of the transfers in the scope, the newest first."""
    statement = _PAGE_ALL if actor.sees_all else _PAGE_MINE
    return await db.rows(statement, actor.root_id, actor.scope, before, state, org_id, limit)


async def one(actor: Actor, transfer_id: int, day: date) -> db.Row | None:
    """A transfer in the scope with its people, and the approval that waits."""
    return await db.row(_ONE, actor.root_id, transfer_id, actor.patterns, actor.account_id, day)


async def facts_of_many(root_ids: Sequence[int], ids: Sequence[int]) -> dict[tuple[int, int], db.Row]:
    """Transfers by (brand, id), for programs that act for the whole brand."""
    found = await db.rows(_MANY, list(root_ids), list(ids))
    return {(item["root_id"], item["id"]): item for item in found}


async def numbers(root_id: int, ids: Sequence[int]) -> dict[int, str]:
    """The numbers of transfers."""
    return {item["id"]: item["number"] for item in await db.rows(_NUMBERS, root_id, list(ids))}


async def holding(root_id: int, location_id: int, products: Sequence[int], lots: Sequence[int]) -> Sequence[db.Row]:
    """What approved transfers hold of these lots in a place."""
    return await db.rows(_HOLDING, root_id, location_id, list(products), list(lots))
