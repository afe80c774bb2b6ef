"""Set-based reads and writes of orders; each is one statement whatever the number of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from server.approvals import queries as approvals
from server.approvals.steps import Matter
from server.core import db
from server.core.actor import Actor
from server.core.logs import request_id
from server.orders.parts import part_of
from server.stock.fefo import Pick

# The lock of the order comes before all others: stock and money follow, in this order, everywhere.
# The lines are locked with it, so that they too are read as they stand once the lock was waited for.
CALLED = {
    "order": "SELECT id, number AS name FROM orders WHERE root_id = $1 AND id = ANY ({ids})",
    "goods_issue": "SELECT id, number AS name FROM goods_issue WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

_LOCK = """
SELECT o.id, o.number, o.state, o.seller_id, o.buyer_id, o.total_fen, b.path AS buyer_path, b.name AS buyer_name,
       b.status AS buyer_status, l.line_no, l.product_id, l.ordered_qty, l.approved_qty, l.issued_qty, l.received_qty,
       l.short_qty, l.damaged_qty, l.price_fen, l.amount_fen
FROM orders o JOIN org b ON b.id = o.buyer_id
JOIN order_line l ON l.root_id = o.root_id AND l.order_id = o.id
WHERE o.root_id = $1 AND o.id = {order} AND (b.path LIKE ANY ($3::text[]) OR o.seller_id = $4)
ORDER BY l.line_no
FOR UPDATE OF o, l
"""
_LOCK_ORDER = _LOCK.format(order="$2")
_LOCK_ORDER_OF_ISSUE = _LOCK.format(order="(SELECT order_id FROM goods_issue WHERE root_id = $1 AND id = $2)")

ORDER_FLOW = approvals.FLOW.format(root="t.root_id", org="t.seller_id", kind="'order'")

_LINES = """
SELECT line_no, product_id, packaging_id, unit_qty, packaging_qty, ordered_qty, approved_qty, issued_qty,
       received_qty, short_qty, damaged_qty, guide_price_fen, price_fen, amount_fen
FROM order_line WHERE root_id = $1 AND order_id = $2 ORDER BY line_no
"""

_LAST_EVENT = """
SELECT e.verb, e.at, a.name FROM order_event e LEFT JOIN account a ON a.id = e.account_id
WHERE e.root_id = $1 AND e.order_id = $2 ORDER BY e.id DESC LIMIT 1
"""

_TRANSITION = """
WITH header AS (
    UPDATE orders SET state = $3,
        reason = CASE WHEN $6 IN ('reject', 'cancel', 'close', 'hold', 'resume') THEN $7 ELSE reason END,
        approved_fen = approved_fen + $8, issued_fen = issued_fen + $9, received_fen = received_fen + $10,
        updated_at = $11
    WHERE root_id = $1 AND id = $2
), lines AS (
    UPDATE order_line l SET approved_qty = t.approved, issued_qty = t.issued, received_qty = t.received,
        short_qty = t.short, damaged_qty = t.damaged
    FROM unnest($12::int[], $13::int[], $14::int[], $15::int[], $16::int[], $17::int[])
        AS t (line_no, approved, issued, received, short, damaged)
    WHERE l.root_id = $1 AND l.order_id = $2 AND l.line_no = t.line_no
), event AS (
    INSERT INTO order_event (root_id, order_id, verb, from_state, to_state, account_id, reason, at)
    VALUES ($1, $2, $6, $4, $3, $5, $7, $11)
), message AS (
    INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
    VALUES ($1, 'event', 'order.' || $18, $2, $19::text::jsonb, $11, $11)
)
INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
VALUES ($1, $5, $20, $6, 'order', $2, $19::text::jsonb, $21, $11)
"""

# Of a line's discount the rest keeps what the approved part did not take; in one step, as it is no rule's any more.
_BACK_ORDER = f"""
WITH rest AS (
    SELECT l.*, row_number() OVER (ORDER BY l.line_no)::int AS no, l.ordered_qty - l.approved_qty AS qty,
           l.amount_fen - {part_of("l", "l.approved_qty")} AS fen
    FROM order_line l WHERE l.root_id = $1 AND l.order_id = $2 AND l.ordered_qty > l.approved_qty
), made AS (
    INSERT INTO orders (id, root_id, number, seller_id, buyer_id, state, delivery_method, address, wished_on, note,
                        line_count, first_product, total_fen, back_order_of, created_by, submitted_at, updated_at)
    SELECT $3, o.root_id, o.number || '-' || $4, o.seller_id, o.buyer_id, 'submitted', o.delivery_method, o.address,
           NULL, o.note, t.n, t.first_product, t.total_fen, o.id, o.created_by, $5, $5
    FROM orders o, (
        SELECT count(*)::int AS n, sum(r.fen)::bigint AS total_fen,
               (array_agg(p.name ORDER BY r.no))[1] AS first_product
        FROM rest r JOIN product p ON p.id = r.product_id) t
    WHERE o.root_id = $1 AND o.id = $2
    RETURNING *
), lines AS (
    INSERT INTO order_line (root_id, order_id, line_no, product_id, packaging_id, unit_qty, packaging_qty,
                            ordered_qty, guide_price_fen, price_fen, amount_fen, discount_fen, steps, gift_of)
    SELECT $1, m.id, r.no, r.product_id,
           CASE WHEN w.whole THEN r.packaging_id ELSE b.id END,
           CASE WHEN w.whole THEN r.unit_qty ELSE 1 END,
           CASE WHEN w.whole THEN r.qty / r.unit_qty ELSE r.qty END,
           r.qty, r.guide_price_fen, r.price_fen, r.fen, r.qty * r.price_fen - r.fen,
           CASE WHEN r.discount_fen > 0 THEN jsonb_build_array(jsonb_build_object(
               'kind', CASE WHEN r.gift_of IS NULL THEN 'promotion' ELSE 'gift' END, 'words', '原订单的优惠',
               'before_fen', r.qty * r.price_fen, 'after_fen', r.fen)) END,
           CASE WHEN r.gift_of IS NOT NULL THEN coalesce(g.no, 0) END
    FROM made m CROSS JOIN rest r
    JOIN packaging b ON b.product_id = r.product_id AND b.unit_qty = 1
    LEFT JOIN rest g ON g.line_no = r.gift_of
    CROSS JOIN LATERAL (SELECT r.qty % r.unit_qty = 0 AS whole) w
), event AS (
    INSERT INTO order_event (root_id, order_id, verb, to_state, account_id, reason, at)
    SELECT $1, id, 'submit', 'submitted', $6, '欠货转单', $5 FROM made
), asked AS (
    INSERT INTO approval (root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, flow_id, created_at)
    SELECT $1, 'order', t.id, t.number, t.seller_id, t.buyer_id, t.total_fen, {ORDER_FLOW}, $5 FROM made t
), message AS (
    INSERT INTO outbox (root_id, channel, topic, subject_id, next_at, created_at)
    SELECT $1, 'event', 'order.submitted', id, $5, $5 FROM made
)
INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
SELECT $1, $6, seller_id, 'back_order', 'order', id, jsonb_build_object('back_order_of', back_order_of), $7, $5
FROM made
"""

_ISSUE = """
WITH made AS (
    INSERT INTO goods_issue (id, root_id, number, order_id, seller_id, buyer_id, location_id, state, total_fen,
                             issued_by, issued_at)
    SELECT n.id, $1, $2 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $3, $4, $5, $6, 'in_transit', $7,
           $8, $9
    FROM (SELECT nextval('goods_issue_id_seq') AS id) n
    RETURNING id, number
), lines AS (
    INSERT INTO goods_issue_line (root_id, issue_id, line_no, order_line_no, product_id, lot_id, qty, price_fen,
                                  amount_fen)
    SELECT $1, made.id, t.n, t.order_line_no, t.product_id, t.lot_id, t.qty, t.price_fen, t.amount_fen
    FROM made, unnest($10::int[], $11::bigint[], $12::bigint[], $13::int[], $14::bigint[], $15::bigint[])
        WITH ORDINALITY AS t (order_line_no, product_id, lot_id, qty, price_fen, amount_fen, n)
)
SELECT id, number FROM made
"""

_ISSUE_LINES = """
SELECT i.state, i.total_fen, (SELECT count(*) FROM goods_issue x WHERE x.root_id = i.root_id
                              AND x.order_id = i.order_id AND x.state = 'in_transit' AND x.id <> i.id) AS others_on_way,
       l.line_no, l.order_line_no, l.product_id, l.lot_id, l.qty, l.amount_fen
FROM goods_issue i JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id
WHERE i.root_id = $1 AND i.id = $2
ORDER BY l.line_no
"""

_RECEIPT = """
WITH made AS (
    INSERT INTO receipt (root_id, issue_id, order_id, note, photo_ids, credit_fen, received_by, received_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    RETURNING id
), issue AS (
    UPDATE goods_issue SET state = 'received' WHERE root_id = $1 AND id = $2
), lines AS (
    UPDATE goods_issue_line l SET received_qty = t.good, damaged_qty = t.damaged,
        short_qty = l.qty - t.good - t.damaged, note = t.note
    FROM unnest($9::int[], $10::int[], $11::int[], $12::text[]) AS t (line_no, good, damaged, note)
    WHERE l.root_id = $1 AND l.issue_id = $2 AND l.line_no = t.line_no
)
SELECT id FROM made
"""

# What conditions of approval steps ask about an order, or about one that is only thought of.
_WEIGHED = """
SELECT coalesce((SELECT t.receivable_fen + t.committed_fen - t.prepaid_fen + $4 > t.limit_fen FROM trade_account t
                 WHERE t.root_id = $1 AND t.seller_id = $2 AND t.buyer_id = $3), false) AS over_credit,
       NOT EXISTS (SELECT FROM orders o WHERE o.root_id = $1 AND o.buyer_id = $3 AND o.seller_id = $2
                   AND o.id < coalesce($5, o.id + 1) AND o.state NOT IN ('rejected', 'cancelled')) AS first_order,
       coalesce((SELECT max(100.0 * (l.guide_price_fen - l.price_fen) / l.guide_price_fen) FROM order_line l
                 WHERE l.root_id = $1 AND l.order_id = $5 AND l.guide_price_fen > 0), 0)::float8 AS below_guide_pct
"""


class LineState(NamedTuple):
    """The quantities of a line after a verb."""

    line_no: int
    approved: int
    issued: int
    received: int
    short: int
    damaged: int


class Transition(NamedTuple):
    """What a verb does to an order; amounts are what is added, in fen."""

    verb: str
    from_state: str
    to_state: str
    reason: str = ""
    approved_fen: int = 0
    issued_fen: int = 0
    received_fen: int = 0
    lines: Sequence[LineState] = ()
    facts: Mapping[str, Any] = {}
    topic: str = ""


class IssueMade(NamedTuple):
    """A goods issue to be written; `picks` with the price of their lines and what each costs."""

    prefix: str
    location_id: int
    picks: Sequence[Pick]
    prices: Sequence[int]
    amounts: Sequence[int]

    @property
    def total_fen(self) -> int:
        """What the buyer owes for it."""
        return sum(self.amounts)


class ReceiptMade(NamedTuple):
    """A receipt to be written; lines are (line_no, good, damaged, note)."""

    issue_id: int
    order_id: int
    note: str
    photo_ids: list[int]
    credit_fen: int
    lines: Sequence[tuple[int, int, int, str]]


async def lock(actor: Actor, order_id: int) -> Sequence[db.Row]:
    """Lock an order inside the scope: its lines, each beside what the order says; none where there is no such order."""
    return await db.rows(_LOCK_ORDER, actor.root_id, order_id, actor.patterns, actor.seller_id)


async def lock_by_issue(actor: Actor, issue_id: int) -> Sequence[db.Row]:
    """Lock the order of a goods issue, like `lock`."""
    return await db.rows(_LOCK_ORDER_OF_ISSUE, actor.root_id, issue_id, actor.patterns, actor.seller_id)


async def lines(root_id: int, order_id: int) -> Sequence[db.Row]:
    """The lines of an order."""
    return await db.rows(_LINES, root_id, order_id)


async def last_event(root_id: int, order_id: int) -> db.Row | None:
    """What happened last, by whom."""
    return await db.row(_LAST_EVENT, root_id, order_id)


async def write_transition(actor: Actor, order_id: int, change: Transition, at: datetime) -> None:
    """The new state, quantities and amounts, with event, message and audit entry."""
    done = change.lines
    await db.run(
        _TRANSITION,
        actor.root_id,
        order_id,
        change.to_state,
        change.from_state,
        actor.account_id or None,
        change.verb,
        change.reason,
        change.approved_fen,
        change.issued_fen,
        change.received_fen,
        at,
        [line.line_no for line in done],
        [line.approved for line in done],
        [line.issued for line in done],
        [line.received for line in done],
        [line.short for line in done],
        [line.damaged for line in done],
        change.topic or change.verb,
        msgspec.json.encode({**change.facts, **({"reason": change.reason} if change.reason else {})}).decode(),
        actor.org_id,
        request_id.get(),
    )


async def write_back_order(actor: Actor, order_id: int, at: datetime) -> int:
    """Make a new submitted order of what was not approved; its id."""
    new_id = int(await db.value("SELECT nextval('orders_id_seq')"))
    await db.run(
        _BACK_ORDER, actor.root_id, order_id, new_id, str(new_id), at, actor.account_id or None, request_id.get()
    )
    return new_id


async def write_issue(actor: Actor, order: db.Row, issue: IssueMade, at: datetime) -> tuple[int, str]:
    """Write a goods issue with its lines; its id and its number."""
    (made,) = await db.rows(
        _ISSUE,
        actor.root_id,
        issue.prefix,
        order["id"],
        order["seller_id"],
        order["buyer_id"],
        issue.location_id,
        issue.total_fen,
        actor.account_id,
        at,
        [p.line_no for p in issue.picks],
        [p.product_id for p in issue.picks],
        [p.lot_id for p in issue.picks],
        [p.qty for p in issue.picks],
        list(issue.prices),
        list(issue.amounts),
    )
    return made["id"], made["number"]


async def issue_lines(root_id: int, issue_id: int) -> Sequence[db.Row]:
    """The lines of a goods issue, each beside what the issue says."""
    return await db.rows(_ISSUE_LINES, root_id, issue_id)


async def write_receipt(actor: Actor, receipt: ReceiptMade, at: datetime) -> int:
    """Write a receipt and what was counted; its id."""
    receipt_id = await db.value(
        _RECEIPT,
        actor.root_id,
        receipt.issue_id,
        receipt.order_id,
        receipt.note,
        receipt.photo_ids,
        receipt.credit_fen,
        actor.account_id,
        at,
        [line[0] for line in receipt.lines],
        [line[1] for line in receipt.lines],
        [line[2] for line in receipt.lines],
        [line[3] for line in receipt.lines],
    )
    return int(receipt_id)


NAMES_FILE = "SELECT FROM receipt r WHERE r.root_id = f.root_id AND f.id = ANY (r.photo_ids)"
"""That a receipt shows a picture, for the clean-up of uploads."""

_NAMES_PACKAGING = """
SELECT EXISTS (
    SELECT FROM packaging k
    JOIN order_line l ON l.root_id = $1 AND l.product_id = k.product_id AND l.packaging_id = k.id WHERE k.id = $2)
"""


async def names_packaging(root_id: int, packaging_id: int) -> bool:
    """Whether any order is in this packaging."""
    return bool(await db.value(_NAMES_PACKAGING, root_id, packaging_id))


async def weigh(root_id: int, seller_id: int, buyer_id: int, order_id: int | None, amount_fen: int) -> Matter:
    """What conditions of approval steps ask about an order of this amount."""
    (found,) = await db.rows(_WEIGHED, root_id, seller_id, buyer_id, amount_fen, order_id)
    return Matter(amount_fen, **found)
