"""The database's own floor: what the rows of an operation cost when nothing else is done.

Every statement here writes the very rows that the verb of its name leaves behind, into the same tables with their
indexes and constraints, with the same contents (also the stored answer of the idempotency key), as one set-based
statement that is a transaction of its own, with fsync on. All values are given: the floor looks up no price,
chooses no lot, checks no right, makes no answer. So no way of writing the verb can be faster on this database, and
the ratio tells what checking, deciding and serving cost.

Rows that several orders share (stock, the pair's account) are locked in the order of the house, so that the floor
cannot deadlock either. The reads fetch the same rows as the page shows, without filters, scope or paging.
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

_CLAIM = """
claim AS (
    INSERT INTO idempotency (account_id, key, root_id, request_hash, status, response, created_at)
    VALUES ($2, $5, $1, $6, {status}, $7, $8)
)"""

# $1 root  $2 account  $3 seller  $4 buyer  $5 key  $6 hash  $7 answer  $8 moment  $9 request id
# $10 number  $11 first product  $12 total  $13 … $18 the lines
SUBMIT = f"""
WITH {_CLAIM.format(status=201)}, placed AS (
    INSERT INTO orders (root_id, number, seller_id, buyer_id, state, delivery_method, line_count, first_product,
                        total_fen, created_by, submitted_at, updated_at)
    VALUES ($1, $10, $3, $4, 'submitted', 'deliver', cardinality($13::bigint[]), $11, $12, $2, $8, $8)
    RETURNING id
), lines AS (
    INSERT INTO order_line (root_id, order_id, line_no, product_id, packaging_id, unit_qty, packaging_qty,
                            ordered_qty, guide_price_fen, price_fen, amount_fen)
    SELECT $1, o.id, t.n, t.product_id, t.packaging_id, t.unit_qty, t.packaging_qty, t.unit_qty * t.packaging_qty,
           t.guide_fen, t.price_fen, t.unit_qty * t.packaging_qty * t.price_fen
    FROM placed o, unnest($13::bigint[], $14::bigint[], $15::int[], $16::int[], $17::bigint[], $18::bigint[])
        WITH ORDINALITY AS t (product_id, packaging_id, unit_qty, packaging_qty, guide_fen, price_fen, n)
), event AS (
    INSERT INTO order_event (root_id, order_id, verb, to_state, account_id, at)
    SELECT $1, id, 'submit', 'submitted', $2, $8 FROM placed
), asked AS (
    INSERT INTO approval (root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, created_at)
    SELECT $1, 'order', id, $10, $3, $4, $12, $8 FROM placed
), message AS (
    INSERT INTO outbox (root_id, channel, topic, subject_id, next_at, created_at)
    SELECT $1, 'event', 'order.submitted', id, $8, $8 FROM placed
), trail AS (
    INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
    SELECT $1, $2, $4, 'submit', 'order', id, jsonb_build_object('total_fen', $12::bigint), $9, $8 FROM placed
)
SELECT id FROM placed
"""

# What approve, issue and receive leave behind alike. $10 order  $11 amount  $12 the facts, as JSON
_STEP = """
{claim}, header AS (
    UPDATE orders SET state = '{state}', {amount} = {amount} + $11, updated_at = $8 WHERE root_id = $1 AND id = $10
), event AS (
    INSERT INTO order_event (root_id, order_id, verb, from_state, to_state, account_id, at)
    VALUES ($1, $10, '{verb}', '{before}', '{state}', $2, $8)
), message AS (
    INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
    VALUES ($1, 'event', 'order.{verb}', $10, $12::text::jsonb, $8, $8)
), trail AS (
    INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
    VALUES ($1, $2, {org}, '{verb}', 'order', $10, $12::text::jsonb, $9, $8)
)"""

_LOCKED = """
locked AS (
    SELECT b.product_id, b.lot_id, t.qty
    FROM unnest($15::bigint[], $16::bigint[], $17::int[]) AS t (product_id, lot_id, qty)
    JOIN stock_balance b ON b.root_id = $1 AND b.location_id = $13 AND b.product_id = t.product_id
                        AND b.lot_id = t.lot_id
    ORDER BY b.location_id, b.product_id, b.lot_id
    FOR UPDATE OF b
)"""

_LINES = """
lines AS (
    UPDATE order_line l SET {column} = l.{column} + t.qty
    FROM unnest($14::int[], $17::int[]) AS t (line_no, qty)
    WHERE l.root_id = $1 AND l.order_id = $10 AND l.line_no = t.line_no
)"""

_MOVES = """
moves AS (
    INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason,
                            document_kind, document_id, account_id, at)
    SELECT $1, t.product_id, t.lot_id, t.qty, $13, $18, '{reason}', '{kind}', {id}, $2, $8
    FROM unnest($15::bigint[], $16::bigint[], $17::int[]) AS t (product_id, lot_id, qty){source}
), arrived AS (
    INSERT INTO stock_balance AS b (root_id, location_id, product_id, lot_id, is_real, on_hand)
    SELECT $1, $18, t.product_id, t.lot_id, {is_real}, t.qty
    FROM unnest($15::bigint[], $16::bigint[], $17::int[]) AS t (product_id, lot_id, qty)
    ORDER BY 3, 4
    ON CONFLICT (root_id, location_id, product_id, lot_id) DO UPDATE SET on_hand = b.on_hand + excluded.on_hand
)"""

# $13 warehouse  $14 … $17 the lines: number, product, lot, quantity
APPROVE = f"""
WITH {
    _STEP.format(
        claim=_CLAIM.format(status=200), verb="approve", before="submitted", state="approved",
        amount="approved_fen", org="$3",
    )
}, {_LOCKED}, {_LINES.format(column="approved_qty")}, held AS (
    UPDATE stock_balance b SET reserved = b.reserved + t.qty FROM locked t
    WHERE b.root_id = $1 AND b.location_id = $13 AND b.product_id = t.product_id AND b.lot_id = t.lot_id
), reserved AS (
    INSERT INTO reservation (root_id, order_id, line_no, location_id, product_id, lot_id, qty)
    SELECT $1, $10, t.line_no, $13, t.product_id, t.lot_id, t.qty
    FROM unnest($14::int[], $15::bigint[], $16::bigint[], $17::int[]) AS t (line_no, product_id, lot_id, qty)
), decided AS (
    UPDATE approval SET state = 'approved', decided_by = $2, decided_at = $8, surface = 'app'
    WHERE root_id = $1 AND subject_kind = 'order' AND subject_id = $10
), pair AS (
    INSERT INTO trade_account AS t (root_id, seller_id, buyer_id, committed_fen) VALUES ($1, $3, $4, $11)
    ON CONFLICT (root_id, seller_id, buyer_id) DO UPDATE SET committed_fen = t.committed_fen + excluded.committed_fen
)
SELECT 1
"""  # fmt: skip

# $13 warehouse  $14 … $17 the lines  $18 the way to the buyer  $19 number of the note  $20 prices  $21 today
ISSUE = f"""
WITH {
    _STEP.format(
        claim=_CLAIM.format(status=200), verb="issue", before="approved", state="issued", amount="issued_fen",
        org="$3",
    )
}, {_LOCKED}, {_LINES.format(column="issued_qty")}, note AS (
    INSERT INTO goods_issue (root_id, number, order_id, seller_id, buyer_id, location_id, state, total_fen,
                             issued_by, issued_at)
    VALUES ($1, $19, $10, $3, $4, $13, 'in_transit', $11, $2, $8)
    RETURNING id
), note_lines AS (
    INSERT INTO goods_issue_line (root_id, issue_id, line_no, order_line_no, product_id, lot_id, qty, price_fen,
                                  amount_fen)
    SELECT $1, note.id, t.n, t.line_no, t.product_id, t.lot_id, t.qty, t.price_fen, t.qty * t.price_fen
    FROM note, unnest($14::int[], $15::bigint[], $16::bigint[], $17::int[], $20::bigint[]) WITH ORDINALITY
        AS t (line_no, product_id, lot_id, qty, price_fen, n)
), freed AS (
    DELETE FROM reservation WHERE root_id = $1 AND order_id = $10
), left_over AS (
    UPDATE stock_balance b SET on_hand = b.on_hand - t.qty, reserved = b.reserved - t.qty FROM locked t
    WHERE b.root_id = $1 AND b.location_id = $13 AND b.product_id = t.product_id AND b.lot_id = t.lot_id
), {_MOVES.format(reason="issue", kind="goods_issue", id="note.id", source=", note", is_real="false")}, entry AS (
    INSERT INTO ledger_entry (root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document_kind,
                              document_id, account_id, occurred_on, at)
    SELECT $1, $3, $4, 'receivable', 'revenue', $11, 'issue', 'goods_issue', note.id, $2, $21, $8 FROM note
), pair AS (
    UPDATE trade_account SET receivable_fen = receivable_fen + $11, committed_fen = committed_fen - $11
    WHERE root_id = $1 AND seller_id = $3 AND buyer_id = $4
)
SELECT id FROM note
"""  # fmt: skip

# $13 the way to the buyer  $14 … $17 the lines  $18 the buyer's warehouse  $19 goods issue; $3 is the buyer here
RECEIVE = f"""
WITH {
    _STEP.format(
        claim=_CLAIM.format(status=200), verb="receive", before="issued", state="received", amount="received_fen",
        org="$3",
    )
}, {_LOCKED}, {_LINES.format(column="received_qty")}, signed AS (
    INSERT INTO receipt (root_id, issue_id, order_id, received_by, received_at) VALUES ($1, $19, $10, $2, $8)
    RETURNING id
), note AS (
    UPDATE goods_issue SET state = 'received' WHERE root_id = $1 AND id = $19
), note_lines AS (
    UPDATE goods_issue_line SET received_qty = qty WHERE root_id = $1 AND issue_id = $19
), left_over AS (
    UPDATE stock_balance b SET on_hand = b.on_hand - t.qty FROM locked t
    WHERE b.root_id = $1 AND b.location_id = $13 AND b.product_id = t.product_id AND b.lot_id = t.lot_id
), {_MOVES.format(reason="receipt", kind="receipt", id="signed.id", source=", signed", is_real="true")}
SELECT id, $4::bigint FROM signed
"""  # fmt: skip

# $1 root  $2 buyer
LIST_ORDERS = """
SELECT o.id, o.number, o.state, o.seller_id, s.name AS seller_name, o.buyer_id, b.name AS buyer_name, o.total_fen,
       o.approved_fen, o.issued_fen, o.received_fen, o.line_count, o.first_product, o.delivery_method, o.wished_on,
       o.submitted_at, o.updated_at
FROM orders o JOIN org s ON s.id = o.seller_id JOIN org b ON b.id = o.buyer_id
WHERE o.root_id = $1 AND o.buyer_id = $2
ORDER BY o.id DESC
LIMIT 20
"""

# $1 root  $2 seller  $3 warehouse
CATALOGUE = """
SELECT p.id, p.code, p.name, p.spec, p.category_id, p.image_url, p.color, p.base_unit, r.price_fen,
       p.guide_price_fen, p.shelf_life_days,
       (SELECT json_agg(json_build_object('id', k.id, 'name', k.name, 'unit_qty', k.unit_qty, 'gtin', k.gtin,
                                          'is_default', k.is_default) ORDER BY k.unit_qty)::text
        FROM packaging k WHERE k.product_id = p.id) AS packagings,
       (SELECT sum(b.on_hand - b.reserved)::bigint FROM stock_balance b
        WHERE b.root_id = $1 AND b.location_id = $3 AND b.product_id = p.id) AS available
FROM product p
JOIN price r ON r.root_id = $1 AND r.seller_id = $2 AND r.audience = 'gstandard' AND r.product_id = p.id
    AND r.ended_at IS NULL
WHERE p.root_id = $1 AND p.status = 'active'
ORDER BY p.id
LIMIT 50
"""
