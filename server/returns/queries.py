"""Set-based reads and writes of returns; each is one statement whatever the number of lines."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.approvals.queries import STEPS, held
from server.core import db, tree
from server.core.actor import Actor
from server.returns.hooks import Bought, without_order
from server.stock.fefo import Pick

CALLED = {
    "return": "SELECT id, number AS name FROM goods_return WHERE root_id = $1 AND id = ANY ({ids})",
    "quarantine": "SELECT id, number AS name FROM quarantine_paper WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

KIND = "return"
"""What approvals and journals call a return."""

# Two requests of one buyer wait for each other, before either reads what he has bought.
_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('return:' || $1::bigint, 0))"

_ENDS = """
SELECT b.id AS buyer_id, b.name AS buyer_name, b.status AS buyer_status, s.id, s.name, s.status,
       s.id = b.parent_id AS is_supplier,
       EXISTS (SELECT FROM trade_account t WHERE t.root_id = $1 AND t.seller_id = s.id AND t.buyer_id = b.id) AS traded
FROM org b JOIN org s ON s.root_id = $1 AND s.id = coalesce($3, b.parent_id)
WHERE b.root_id = $1 AND b.id = $2
"""

# A warehouse stays open until the transaction ends.
_PLACE = """
SELECT id, kind FROM location
WHERE org_id = $1 AND kind IN ('warehouse', 'quarantine') AND closed_at IS NULL
  AND CASE WHEN $2::bigint IS NULL THEN is_default AND kind = 'warehouse' ELSE id = $2 END
FOR KEY SHARE
"""

# What was signed for as good, by orders, less what is given back or asked to be: what is short goes with its price, for
# the buyer has lost it.
_BOUGHT = """
WITH got AS (
    SELECT l.product_id, sum(l.received_qty)::bigint AS qty,
           sum(div(l.amount_fen::numeric * l.received_qty, l.qty))::bigint AS fen
    FROM goods_issue i JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id
    WHERE i.root_id = $1 AND i.seller_id = $2 AND i.buyer_id = $3 AND i.state = 'received'
      AND l.product_id = ANY ($4::bigint[])
    GROUP BY 1
), back AS (
    SELECT l.product_id, sum(l.approved_qty)::bigint AS qty, sum(l.amount_fen)::bigint AS fen
    FROM goods_return r JOIN goods_return_line l ON l.root_id = r.root_id AND l.return_id = r.id
    WHERE r.root_id = $1 AND r.seller_id = $2 AND r.buyer_id = $3 AND r.state NOT IN ('rejected', 'cancelled')
      AND l.product_id = ANY ($4::bigint[])
    GROUP BY 1
)
SELECT product_id, coalesce(g.qty, 0) - coalesce(b.qty, 0) AS qty, coalesce(g.fen, 0) - coalesce(b.fen, 0) AS fen
FROM got g FULL JOIN back b USING (product_id)
"""

_ASK = """
WITH made AS (
    INSERT INTO goods_return (id, root_id, number, buyer_id, seller_id, from_location_id, note, line_count, total_fen,
                              asked_by, asked_at)
    SELECT n.id, $1, $2 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $3, $4, $5, $6,
           cardinality($9::bigint[]), (SELECT sum(f) FROM unnest($17::bigint[]) AS t (f)), $7, $8
    FROM (SELECT nextval('goods_return_id_seq') AS id) n
    RETURNING id, number, total_fen
), lines AS (
    INSERT INTO goods_return_line (root_id, return_id, line_no, product_id, qty, approved_qty, reason, note, photo_ids,
                                   bought_qty, paid_fen, price_fen, amount_fen)
    SELECT $1, made.id, t.n, t.product_id, t.qty, t.qty, t.reason, t.note,
           ARRAY(SELECT jsonb_array_elements_text(t.photos)::bigint), t.bought_qty, t.paid_fen, t.price_fen,
           t.amount_fen
    FROM made, unnest($9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[]::jsonb[], $14::bigint[],
                      $15::bigint[], $16::bigint[], $17::bigint[]) WITH ORDINALITY
        AS t (product_id, qty, reason, note, photos, bought_qty, paid_fen, price_fen, amount_fen, n)
), lots AS (
    INSERT INTO goods_return_lot (root_id, return_id, no, line_no, product_id, lot_id, qty)
    SELECT $1, made.id, t.n, t.line_no, t.product_id, t.lot_id, t.qty
    FROM made, unnest($18::int[], $19::bigint[], $20::bigint[], $21::bigint[]) WITH ORDINALITY
        AS t (line_no, product_id, lot_id, qty, n)
)
SELECT id, number, total_fen FROM made
"""

_HEAD = """
SELECT r.*, b.name AS buyer_name, b.path AS buyer_path, b.status AS buyer_status, s.name AS seller_name,
       s.status AS seller_status
FROM goods_return r JOIN org b ON b.id = r.buyer_id JOIN org s ON s.id = r.seller_id
"""
_SEEN = " AND (b.path LIKE ANY ($3::text[]) OR s.path LIKE ANY ($3::text[]))"
# The lock of the document comes before all others: stock and money follow.
_LOCK = _HEAD + "WHERE r.root_id = $1 AND r.id = $2" + _SEEN + " FOR NO KEY UPDATE OF r"

_LINES = """
SELECT l.line_no, l.product_id, p.code AS product_code, p.name AS product_name, p.spec, p.color, p.base_unit,
       coalesce(c.name, '') AS case_name, coalesce(c.unit_qty, 1) AS case_qty, l.qty, l.approved_qty, l.reason, l.note,
       l.photo_ids, l.bought_qty, l.paid_fen, l.price_fen, l.amount_fen
FROM goods_return_line l JOIN product p ON p.id = l.product_id
LEFT JOIN packaging c ON c.product_id = p.id AND c.is_default
WHERE l.root_id = $1 AND l.return_id = $2 ORDER BY l.line_no
"""
# $3: the org whose quarantine is looked into
_LOTS = """
SELECT x.no, x.line_no, x.product_id, x.lot_id, t.code AS lot_code, nullif(t.expires_on, 'infinity') AS expires_on,
       x.qty, x.received_qty, x.damaged_qty, x.short_qty, x.note, l.approved_qty, l.amount_fen,
       coalesce(q.on_hand - q.reserved, 0) AS in_quarantine, t.blocked_by IS NULL AND t.expires_on >= $4 AS fit
FROM goods_return_lot x JOIN lot t ON t.id = x.lot_id
JOIN goods_return_line l ON l.root_id = x.root_id AND l.return_id = x.return_id AND l.line_no = x.line_no
LEFT JOIN location w ON w.org_id = $3 AND w.kind = 'quarantine'
LEFT JOIN stock_balance q ON q.root_id = x.root_id AND q.location_id = w.id AND q.product_id = x.product_id
                         AND q.lot_id = x.lot_id
WHERE x.root_id = $1 AND x.return_id = $2 ORDER BY x.no
"""

_GRANT = """
WITH given AS (
    SELECT * FROM unnest($3::int[], $4::bigint[], $7::bigint[]) AS t (line_no, qty, fen)
), lines AS (
    UPDATE goods_return_line l SET approved_qty = g.qty, amount_fen = g.fen FROM given g
    WHERE l.root_id = $1 AND l.return_id = $2 AND l.line_no = g.line_no
    RETURNING 1
), kept AS (
    SELECT * FROM unnest($5::int[], $6::bigint[]) AS t (no, qty)
), gone AS (
    DELETE FROM goods_return_lot x WHERE x.root_id = $1 AND x.return_id = $2 AND x.no <> ALL ($5::int[])
)
UPDATE goods_return_lot x SET qty = k.qty FROM kept k
WHERE x.root_id = $1 AND x.return_id = $2 AND x.no = k.no AND x.qty <> k.qty
"""
_DROP = "DELETE FROM goods_return_lot WHERE root_id = $1 AND return_id = $2"

_COUNT = """
UPDATE goods_return_lot x SET received_qty = t.good, damaged_qty = t.damaged, short_qty = x.qty - t.good - t.damaged,
    note = t.note
FROM unnest($3::int[], $4::int[], $5::int[], $6::text[]) AS t (no, good, damaged, note)
WHERE x.root_id = $1 AND x.return_id = $2 AND x.no = t.no
"""

# $3 state  $4 who  $5 when  $6 why, or what was granted or credited
_MARK = {
    "approved": """
UPDATE goods_return SET state = $3, approved_by = $4, approved_at = $5, decision = $6, total_fen = $7
WHERE root_id = $1 AND id = $2""",
    "issued": "UPDATE goods_return SET state = $3, issued_by = $4, issued_at = $5 WHERE root_id = $1 AND id = $2",
    "received": """
UPDATE goods_return SET state = $3, received_by = $4, received_at = $5, credited_fen = $6
WHERE root_id = $1 AND id = $2""",
    "ended": """
UPDATE goods_return SET state = $3, ended_by = $4, ended_at = $5, ending = $6 WHERE root_id = $1 AND id = $2""",
}

_GOODS = """
(SELECT string_agg(x.name || ' ×' || x.qty || x.base_unit, '；' ORDER BY x.line_no)
 FROM (SELECT l.line_no, p.name, l.approved_qty AS qty, p.base_unit
       FROM goods_return_line l JOIN product p ON p.id = l.product_id
       WHERE l.root_id = r.root_id AND l.return_id = r.id AND l.approved_qty > 0
       ORDER BY l.line_no LIMIT 4) x) AS goods,
ARRAY(SELECT DISTINCT l.reason FROM goods_return_line l WHERE l.root_id = r.root_id AND l.return_id = r.id
      ORDER BY 1) AS reasons
"""
# The place is looked up for what is shown only: there are more of them than of anything else that is joined.
_COLUMNS = f"""
SELECT r.*, b.name AS buyer_name, s.name AS seller_name, c.name AS asked_by_name,
       (SELECT w.name FROM location w WHERE w.id = r.from_location_id) AS from_warehouse, {_GOODS}
"""
_JOINS = """
FROM goods_return r
JOIN org b ON b.id = r.buyer_id JOIN org s ON s.id = r.seller_id
JOIN account c ON c.id = r.asked_by
"""
# A page is found first, and looked up then. Whoever sees the whole brand reads the newest; others those of the orgs
# that they see, as buyers or sellers.
_NEWEST = """
    SELECT r.id FROM goods_return r
    WHERE r.root_id = $1{whose} AND r.id < $3 AND ($4::text IS NULL OR r.state = $4)
      AND ($5::bigint IS NULL OR r.buyer_id = $5 OR r.seller_id = $5)
      AND ($7::text IS NULL OR CASE $7 WHEN 'out' THEN r.buyer_id ELSE r.seller_id END = $8)
    ORDER BY r.id DESC LIMIT $6"""
_PAGE = f"""
WITH hits AS MATERIALIZED ({{found}})
{_COLUMNS} {_JOINS} WHERE r.root_id = $1 AND r.id = ANY (ARRAY(SELECT id FROM hits)) ORDER BY r.id DESC
"""
_PAGE_ALL = _PAGE.format(found=_NEWEST.format(whose=" AND $2::text[] IS NOT NULL"))
_OF_ORG = [_NEWEST.format(whose=f" AND r.{side}_id = b.id") for side in ("buyer", "seller")]
_PAGE_MINE = _PAGE.format(found=tree.newest("$2", _OF_ORG, "$6"))

_ONE = (
    _COLUMNS
    + f""", v.name AS approved_by_name, i.name AS issued_by_name, k.name AS received_by_name, e.name AS ended_by_name,
       a.id AS approval_id, a.step_no, a.proposal::text AS proposal, a.org_id AS asked_org, {STEPS} AS steps,
       coalesce(f.in_turn, false) AS in_turn, {held("$4", "$5::date")} AS held
"""
    + _JOINS
    + """
LEFT JOIN account v ON v.id = r.approved_by LEFT JOIN account i ON i.id = r.issued_by
LEFT JOIN account k ON k.id = r.received_by LEFT JOIN account e ON e.id = r.ended_by
LEFT JOIN approval a ON a.root_id = r.root_id AND a.subject_kind = 'return' AND a.subject_id = r.id
                    AND a.state = 'pending'
LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
WHERE r.root_id = $1 AND r.id = $2
"""
    + _SEEN
)

_MANY = _COLUMNS + _JOINS + "WHERE r.root_id = ANY ($1::bigint[]) AND r.id = ANY ($2::bigint[])"

_HOLDING = """
SELECT x.product_id, x.lot_id, sum(x.qty)::bigint AS qty, r.id, r.number
FROM goods_return r JOIN goods_return_lot x ON x.root_id = r.root_id AND x.return_id = r.id
WHERE r.root_id = $1 AND r.from_location_id = $2 AND r.state IN ('asked', 'approved')
  AND (x.product_id, x.lot_id) IN (SELECT * FROM unnest($3::bigint[], $4::bigint[]))
GROUP BY 1, 2, 4, 5 ORDER BY 4
"""

_NUMBERS = "SELECT id, number FROM goods_return WHERE root_id = $1 AND id = ANY ($2::bigint[])"

NAMES_FILE = "SELECT FROM goods_return_line l WHERE l.root_id = f.root_id AND f.id = ANY (l.photo_ids)"
"""That a line of a return shows a picture, for the clean-up of uploads."""


class New(NamedTuple):
    """A return to be written."""

    prefix: str
    buyer_id: int
    seller_id: int
    from_location_id: int
    note: str


class NewLine(NamedTuple):
    """A line to be written, with its price and where that is from; photos as JSON."""

    product_id: int
    qty: int
    reason: str
    note: str
    photos: str
    bought_qty: int
    paid_fen: int
    price_fen: int
    amount_fen: int


async def in_turn(buyer_id: int) -> None:
    """Be the only one who asks for a return of this buyer until the transaction ends."""
    await db.run(_IN_TURN, buyer_id)


async def ends(root_id: int, buyer_id: int, seller_id: int | None) -> db.Row | None:
    """A buyer, and a seller of his: the present supplier where none is named."""
    return await db.row(_ENDS, root_id, buyer_id, seller_id)


async def place(org_id: int, location_id: int | None) -> db.Row | None:
    """An open warehouse of an org or its quarantine, or its default warehouse."""
    return await db.row(_PLACE, org_id, location_id)


async def bought(root_id: int, seller_id: int, buyer_id: int, products: Sequence[int]) -> Mapping[int, Bought]:
    """What a buyer has bought from a seller and not given back: how many, and for how much."""
    found = await without_order(root_id, seller_id, buyer_id, products)
    for item in await db.rows(_BOUGHT, root_id, seller_id, buyer_id, list(products)):
        more = found.get(item["product_id"], Bought(0, 0))
        found[item["product_id"]] = Bought(item["qty"] + more.qty, item["fen"] + more.fen)
    return found


async def ask(actor: Actor, new: New, lines: Sequence[NewLine], picks: Sequence[Pick], at: datetime) -> db.Row:
    """Write a return with the lots that are held for it."""
    columns = [list(column) for column in zip(*lines, strict=True)]
    held_lots = [[getattr(p, name) for p in picks] for name in ("line_no", "product_id", "lot_id", "qty")]
    found = await db.row(_ASK, actor.root_id, *new, actor.account_id, at, *columns, *held_lots)
    assert found is not None
    return found


async def lock(actor: Actor, return_id: int) -> db.Row | None:
    """A return inside the scope, locked."""
    return await db.row(_LOCK, actor.root_id, return_id, actor.patterns)


async def lines(root_id: int, return_id: int) -> Sequence[db.Row]:
    """The lines of a return."""
    return await db.rows(_LINES, root_id, return_id)


async def lots(root_id: int, return_id: int, keeper_id: int, today: date) -> Sequence[db.Row]:
    """The lots of a return, with what their line is worth and what of each lies in an org's quarantine."""
    return await db.rows(_LOTS, root_id, return_id, keeper_id, today)


async def grant(
    root_id: int, return_id: int, granted: Mapping[int, int], fens: Sequence[int], kept: Mapping[int, int]
) -> None:
    """Write how much of each line (by its number) may come back, for how much, and what stays held of each lot."""
    columns = (list(granted), list(granted.values()), list(kept), list(kept.values()), list(fens))
    await db.run(_GRANT, root_id, return_id, *columns)


async def drop(root_id: int, return_id: int) -> None:
    """Forget what was held."""
    await db.run(_DROP, root_id, return_id)


async def count(root_id: int, return_id: int, counted: Sequence[tuple[int, int, int, str]]) -> None:
    """Write what arrived: (number, good, damaged, note)."""
    columns = [[line[n] for line in counted] for n in range(4)]
    await db.run(_COUNT, root_id, return_id, *columns)


async def mark(root_id: int, return_id: int, what: str, state: str, *more: object) -> None:
    """Write a new state, with who did it and when."""
    await db.run(_MARK[what], root_id, return_id, state, *more)


async def page(
    actor: Actor, before: int, state: str | None, org_id: int | None, side: str | None, limit: int
) -> Sequence[db.Row]:
    """A page of the returns in the scope, the newest first."""
    statement = _PAGE_ALL if actor.sees_all else _PAGE_MINE
    return await db.rows(statement, actor.root_id, actor.scope, before, state, org_id, limit, side, actor.org_id)


async def one(actor: Actor, return_id: int, day: date) -> db.Row | None:
    """A return in the scope with its people, and the approval that waits."""
    return await db.row(_ONE, actor.root_id, return_id, actor.patterns, actor.account_id, day)


async def facts_of_many(root_ids: Sequence[int], ids: Sequence[int]) -> dict[tuple[int, int], db.Row]:
    """Returns by (brand, id), for programs that act for the whole brand."""
    found = await db.rows(_MANY, list(root_ids), list(ids))
    return {(item["root_id"], item["id"]): item for item in found}


async def numbers(root_id: int, ids: Sequence[int]) -> dict[int, str]:
    """The numbers of returns."""
    return {item["id"]: item["number"] for item in await db.rows(_NUMBERS, root_id, list(ids))}


async def holding(root_id: int, location_id: int, products: Sequence[int], lots: Sequence[int]) -> Sequence[db.Row]:
    """What returns that have not been sent hold of these lots in a place."""
    return await db.rows(_HOLDING, root_id, location_id, list(products), list(lots))
