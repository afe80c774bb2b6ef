"""Checks of the two journals: goods (invariant 1) and money (invariant 2)."""

from __future__ import annotations

from tests.invariants.asking import check

# 1. Stock --------------------------------------------------------------------------------------------------


@check
def stock_sums_to_zero() -> str:
    """Goods neither appear nor vanish: over all locations every product and lot sums to zero."""
    return """
    SELECT format('product %s lot %s sums to %s over all locations', product_id, lot_id, sum(on_hand))
    FROM stock_balance WHERE ($1::bigint IS NULL OR root_id = $1)
    GROUP BY root_id, product_id, lot_id HAVING sum(on_hand) <> 0
    """


@check
def balances_equal_the_journal() -> str:
    """What a location holds is what came minus what went."""
    return """
    WITH ends AS (
        SELECT root_id, to_location_id AS location_id, product_id, lot_id, qty FROM stock_move
        WHERE ($1::bigint IS NULL OR root_id = $1)
        UNION ALL
        SELECT root_id, from_location_id, product_id, lot_id, -qty FROM stock_move
        WHERE ($1::bigint IS NULL OR root_id = $1)
    ), journal AS (SELECT root_id, location_id, product_id, lot_id, sum(qty) AS qty FROM ends GROUP BY 1, 2, 3, 4)
    SELECT format('location %s product %s lot %s holds %s, its moves say %s', location_id, product_id, lot_id,
                  b.on_hand, j.qty)
    FROM (SELECT * FROM stock_balance WHERE ($1::bigint IS NULL OR root_id = $1)) b
    FULL JOIN journal j USING (root_id, location_id, product_id, lot_id)
    WHERE coalesce(b.on_hand, 0) <> coalesce(j.qty, 0)
    """


@check
def no_real_location_below_zero() -> str:
    """No warehouse promises or gives what it has not; only warehouses and quarantine are real."""
    return """
    SELECT format('location %s (%s) product %s lot %s: on hand %s, reserved %s, real %s', b.location_id, l.kind,
                  b.product_id, b.lot_id, b.on_hand, b.reserved, b.is_real)
    FROM stock_balance b LEFT JOIN location l ON l.id = b.location_id
    WHERE ($1::bigint IS NULL OR b.root_id = $1)
      AND (b.is_real IS DISTINCT FROM (l.kind IN ('warehouse', 'quarantine')) OR b.reserved < 0
           OR (b.is_real AND b.reserved > b.on_hand) OR (NOT b.is_real AND b.reserved <> 0)
           OR (l.kind IN ('in_transit', 'loss', 'consumer') AND b.on_hand < 0))
    """


@check
def snapshots_equal_the_journal() -> str:
    """What a place held at a moment in the past is the sum of its moves before it."""
    return """
    WITH heads AS (SELECT root_id, location_id, before FROM stock_snapshot_head
                   WHERE ($1::bigint IS NULL OR root_id = $1)), ends AS (
        SELECT h.root_id, h.location_id, h.before, m.product_id, m.lot_id, m.qty
        FROM heads h JOIN stock_move m ON m.root_id = h.root_id AND m.to_location_id = h.location_id AND m.at < h.before
        UNION ALL
        SELECT h.root_id, h.location_id, h.before, m.product_id, m.lot_id, -m.qty
        FROM heads h JOIN stock_move m
            ON m.root_id = h.root_id AND m.from_location_id = h.location_id AND m.at < h.before
    ), journal AS (SELECT root_id, location_id, before, product_id, lot_id, sum(qty) AS qty FROM ends
                   GROUP BY 1, 2, 3, 4, 5)
    SELECT format('location %s before %s product %s lot %s: snapshot %s, moves say %s', location_id, before,
                  product_id, lot_id, s.on_hand, j.qty)
    FROM (SELECT * FROM stock_snapshot WHERE ($1::bigint IS NULL OR root_id = $1)) s
    FULL JOIN journal j USING (root_id, location_id, before, product_id, lot_id)
    WHERE coalesce(s.on_hand, 0) <> coalesce(j.qty, 0)
    """


@check
def sales_by_day_equal_the_moves() -> str:
    """What is told as sold is what left for consumers by being sold."""
    return """
    WITH moved AS (
        SELECT m.root_id, w.org_id, m.product_id, sum(m.qty) AS qty
        FROM stock_move m JOIN location w ON w.id = m.from_location_id
        WHERE m.reason = 'sale' AND ($1::bigint IS NULL OR m.root_id = $1) GROUP BY 1, 2, 3
    ), told AS (SELECT root_id, org_id, product_id, sum(qty) AS qty FROM sale_day
                WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2, 3)
    SELECT format('org %s product %s: %s told as sold, moves say %s', org_id, product_id, t.qty, m.qty)
    FROM moved m FULL JOIN told t USING (root_id, org_id, product_id)
    WHERE coalesce(m.qty, 0) <> coalesce(t.qty, 0)
    """


@check
def reserved_equals_open_reservations() -> str:
    """What a balance holds back is what orders, approved transfers and returns that have not left hold of it."""
    return """
    WITH parts AS (
        SELECT root_id, location_id, product_id, lot_id, qty FROM reservation
        UNION ALL
        SELECT t.root_id, t.from_location_id, x.product_id, x.lot_id, x.qty
        FROM transfer t JOIN transfer_lot x ON x.root_id = t.root_id AND x.transfer_id = t.id WHERE t.state = 'approved'
        UNION ALL
        SELECT r.root_id, r.from_location_id, x.product_id, x.lot_id, x.qty
        FROM goods_return r JOIN goods_return_lot x ON x.root_id = r.root_id AND x.return_id = r.id
        WHERE r.state IN ('asked', 'approved')
    ), held AS (SELECT root_id, location_id, product_id, lot_id, sum(qty) AS qty FROM parts
                WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2, 3, 4)
    SELECT format('location %s product %s lot %s: reserved %s, documents hold %s', location_id, product_id, lot_id,
                  b.reserved, h.qty)
    FROM (SELECT * FROM stock_balance WHERE ($1::bigint IS NULL OR root_id = $1)) b
    FULL JOIN held h USING (root_id, location_id, product_id, lot_id)
    WHERE coalesce(b.reserved, 0) <> coalesce(h.qty, 0)
    """


@check
def open_orders_hold_what_is_approved_and_not_issued() -> str:
    """Every approved piece that has not left is held, of the seller's own stock; a finished order holds nothing."""
    return """
    WITH held AS (
        SELECT r.root_id, r.order_id, r.line_no, sum(r.qty) AS qty, bool_and(w.org_id = o.seller_id
               AND r.product_id = l.product_id AND t.product_id = l.product_id) AS own
        FROM reservation r
        JOIN orders o ON o.root_id = r.root_id AND o.id = r.order_id
        JOIN order_line l ON l.root_id = r.root_id AND l.order_id = r.order_id AND l.line_no = r.line_no
        JOIN location w ON w.id = r.location_id JOIN lot t ON t.id = r.lot_id
        WHERE ($1::bigint IS NULL OR r.root_id = $1) GROUP BY 1, 2, 3
    ), due AS (
        SELECT l.root_id, l.order_id, l.line_no, l.approved_qty - l.issued_qty AS qty
        FROM order_line l JOIN orders o ON o.root_id = l.root_id AND o.id = l.order_id
        WHERE ($1::bigint IS NULL OR l.root_id = $1) AND o.state IN ('approved', 'issued', 'received')
          AND l.approved_qty > l.issued_qty
    )
    SELECT format('order %s line %s holds %s, should hold %s (own stock: %s)', order_id, line_no, h.qty, d.qty, h.own)
    FROM held h FULL JOIN due d USING (root_id, order_id, line_no)
    WHERE coalesce(h.qty, 0) <> coalesce(d.qty, 0) OR NOT coalesce(h.own, true)
    """


@check
def in_transit_equals_unsigned_issues() -> str:
    """What is on the way to an org is what was issued, transferred or given back to it and not signed for."""
    return """
    WITH way AS (
        SELECT b.root_id, w.org_id, b.product_id, b.lot_id, b.on_hand AS qty
        FROM stock_balance b JOIN location w ON w.id = b.location_id AND w.kind = 'in_transit'
        WHERE ($1::bigint IS NULL OR b.root_id = $1)
    ), parts AS (
        SELECT i.root_id, i.buyer_id AS org_id, l.product_id, l.lot_id, l.qty
        FROM goods_issue i JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id
        WHERE i.state = 'in_transit'
        UNION ALL
        SELECT t.root_id, t.to_org_id, x.product_id, x.lot_id, x.qty
        FROM transfer t JOIN transfer_lot x ON x.root_id = t.root_id AND x.transfer_id = t.id WHERE t.state = 'issued'
        UNION ALL
        SELECT r.root_id, r.seller_id, x.product_id, x.lot_id, x.qty
        FROM goods_return r JOIN goods_return_lot x ON x.root_id = r.root_id AND x.return_id = r.id
        WHERE r.state = 'issued'
    ), sent AS (SELECT root_id, org_id, product_id, lot_id, sum(qty) AS qty FROM parts
                WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2, 3, 4)
    SELECT format('to org %s product %s lot %s: %s on the way, unsigned issues say %s', org_id, product_id, lot_id,
                  w.qty, s.qty)
    FROM way w FULL JOIN sent s USING (root_id, org_id, product_id, lot_id)
    WHERE coalesce(w.qty, 0) <> coalesce(s.qty, 0)
    """


@check
def moves_equal_their_documents() -> str:
    """Issues, transfers and returns move their lines once, and what arrived, broke and is missing of them once; a
    stocktake moves the differences of its lines, once it is adjusted."""
    return """
    WITH moved AS (
        SELECT m.root_id, m.document_kind AS kind, m.document_id AS id, m.product_id, m.lot_id, m.reason,
               sum(m.qty) AS qty
        FROM stock_move m
        WHERE ($1::bigint IS NULL OR m.root_id = $1)
          AND m.document_kind IN ('goods_issue', 'receipt', 'transfer', 'stocktake', 'return')
        GROUP BY 1, 2, 3, 4, 5, 6
    ), parts AS (
        SELECT l.root_id, 'goods_issue' AS kind, l.issue_id AS id, l.product_id, l.lot_id, 'issue' AS reason, l.qty
        FROM goods_issue_line l WHERE ($1::bigint IS NULL OR l.root_id = $1)
        UNION ALL
        SELECT l.root_id, 'receipt', r.id, l.product_id, l.lot_id, x.reason, x.qty
        FROM goods_issue_line l JOIN receipt r ON r.root_id = l.root_id AND r.issue_id = l.issue_id
        CROSS JOIN LATERAL (VALUES ('receipt', l.received_qty), ('damaged', l.damaged_qty), ('short', l.short_qty))
            AS x (reason, qty)
        WHERE ($1::bigint IS NULL OR l.root_id = $1) AND x.qty > 0
        UNION ALL
        SELECT l.root_id, 'transfer', l.transfer_id, l.product_id, l.lot_id, x.reason, x.qty
        FROM transfer_lot l JOIN transfer t ON t.root_id = l.root_id AND t.id = l.transfer_id
        CROSS JOIN LATERAL (VALUES ('transfer_out', l.qty), ('transfer_in', l.received_qty),
                                   ('damaged', l.damaged_qty), ('short', l.short_qty)) AS x (reason, qty)
        WHERE ($1::bigint IS NULL OR l.root_id = $1) AND x.qty > 0 AND t.state IN ('issued', 'received', 'closed')
        UNION ALL
        SELECT l.root_id, 'stocktake', l.stocktake_id, l.product_id, l.lot_id,
               CASE WHEN l.counted_qty > l.book_qty THEN 'count_gain' ELSE 'count_loss' END,
               abs(l.counted_qty - l.book_qty)
        FROM stocktake_line l JOIN stocktake t ON t.root_id = l.root_id AND t.id = l.stocktake_id
        WHERE ($1::bigint IS NULL OR l.root_id = $1) AND t.state = 'adjusted' AND NOT l.is_left
          AND l.counted_qty IS NOT NULL AND l.counted_qty <> l.book_qty
        UNION ALL
        SELECT l.root_id, 'return', l.return_id, l.product_id, l.lot_id, x.reason, x.qty
        FROM goods_return_lot l JOIN goods_return r ON r.root_id = l.root_id AND r.id = l.return_id
        CROSS JOIN LATERAL (VALUES ('return_out', l.qty), ('return_in', l.received_qty),
                                   ('damaged', l.damaged_qty), ('short', l.short_qty)) AS x (reason, qty)
        WHERE ($1::bigint IS NULL OR l.root_id = $1) AND x.qty > 0 AND r.state IN ('issued', 'received', 'closed')
    ), written AS (SELECT root_id, kind, id, product_id, lot_id, reason, sum(qty) AS qty FROM parts
                   GROUP BY 1, 2, 3, 4, 5, 6)
    SELECT format('%s %s product %s lot %s %s: moved %s, written %s', kind, id, product_id, lot_id, reason,
                  m.qty, w.qty)
    FROM moved m FULL JOIN written w USING (root_id, kind, id, product_id, lot_id, reason)
    WHERE coalesce(m.qty, 0) <> coalesce(w.qty, 0)
    """


@check
def counted_books_equal_the_journal() -> str:
    """The book figure of a line that was adjusted is what the journal says of the moment when it was counted."""
    return """
    WITH lines AS (
        SELECT l.*, t.location_id FROM stocktake_line l
        JOIN stocktake t ON t.root_id = l.root_id AND t.id = l.stocktake_id
        WHERE ($1::bigint IS NULL OR l.root_id = $1) AND t.state = 'adjusted' AND NOT l.is_left
          AND l.counted_qty IS NOT NULL AND l.lot_id IS NOT NULL
    ), journal AS (
        SELECT l.root_id, l.stocktake_id, l.line_no, coalesce(sum(
            CASE WHEN m.to_location_id = l.location_id THEN m.qty ELSE -m.qty END), 0) AS qty
        FROM lines l LEFT JOIN stock_move m ON m.root_id = l.root_id AND m.product_id = l.product_id
            AND m.lot_id = l.lot_id AND m.at <= l.counted_at
            AND NOT (m.document_kind = 'stocktake' AND m.document_id = l.stocktake_id)
            AND l.location_id IN (m.from_location_id, m.to_location_id)
        GROUP BY 1, 2, 3
    )
    SELECT format('stocktake %s line %s: the books said %s, the journal says %s; moved %s of %s', stocktake_id, line_no,
                  l.book_qty, j.qty, l.moved_qty, l.counted_qty - l.book_qty)
    FROM lines l JOIN journal j USING (root_id, stocktake_id, line_no)
    WHERE l.book_qty <> j.qty OR l.moved_qty <> l.counted_qty - l.book_qty
    """


# 2. Money --------------------------------------------------------------------------------------------------


@check
def journal_sums_to_zero() -> str:
    """Every entry has two ends, so a brand's accounts sum to zero."""
    return """
    SELECT format('brand %s: the accounts sum to %s', root_id, sum(amount))
    FROM (SELECT root_id, debit AS account, amount_fen AS amount FROM ledger_entry
          UNION ALL SELECT root_id, credit, -amount_fen FROM ledger_entry) ends
    WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY root_id HAVING sum(amount) <> 0
    """


@check
def trade_accounts_equal_the_ledger() -> str:
    """The running totals of a pair are those of its entries."""
    return """
    WITH ends AS (
        SELECT root_id, seller_id, buyer_id, debit AS account, amount_fen AS amount FROM ledger_entry
        UNION ALL SELECT root_id, seller_id, buyer_id, credit, -amount_fen FROM ledger_entry
    ), ledger AS (
        SELECT root_id, seller_id, buyer_id,
               coalesce(sum(amount) FILTER (WHERE account = 'receivable'), 0) AS receivable,
               -coalesce(sum(amount) FILTER (WHERE account = 'prepaid'), 0) AS prepaid,
               -coalesce(sum(amount) FILTER (WHERE account = 'rebate_credit'), 0) AS rebate
        FROM ends WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2, 3
    )
    SELECT format('seller %s buyer %s: account (%s, %s, %s), ledger (%s, %s, %s)', seller_id, buyer_id,
                  t.receivable_fen, t.prepaid_fen, t.rebate_credit_fen, l.receivable, l.prepaid, l.rebate)
    FROM (SELECT * FROM trade_account WHERE ($1::bigint IS NULL OR root_id = $1)) t
    FULL JOIN ledger l USING (root_id, seller_id, buyer_id)
    WHERE (coalesce(t.receivable_fen, 0), coalesce(t.prepaid_fen, 0), coalesce(t.rebate_credit_fen, 0))
          <> (coalesce(l.receivable, 0), coalesce(l.prepaid, 0), coalesce(l.rebate, 0))
    """


@check
def receivable_equals_issued_less_credited_less_paid() -> str:
    """What a buyer owes follows from the documents: issued − short or damaged − paid ± transferred − given back, and
    what rebate credit paid; a rebate taken back that was used already is owed again."""
    return """
    WITH parts AS (
        SELECT root_id, seller_id, buyer_id, total_fen AS fen FROM goods_issue
        UNION ALL
        SELECT i.root_id, i.seller_id, i.buyer_id, -r.credit_fen
        FROM receipt r JOIN goods_issue i ON i.root_id = r.root_id AND i.id = r.issue_id
        UNION ALL
        SELECT root_id, seller_id, buyer_id, -amount_fen FROM payment
        UNION ALL
        SELECT root_id, supplier_id, to_org_id, settled_fen FROM transfer WHERE to_org_id <> supplier_id
        UNION ALL
        SELECT root_id, supplier_id, from_org_id, -settled_fen FROM transfer WHERE from_org_id <> supplier_id
        UNION ALL
        SELECT root_id, seller_id, buyer_id, -credited_fen FROM goods_return
        UNION ALL
        SELECT root_id, seller_id, buyer_id, owed_fen FROM rebate_entry
        UNION ALL
        SELECT root_id, seller_id, buyer_id, -fen FROM rebate_use
    ), owed AS (
        SELECT root_id, seller_id, buyer_id, sum(fen) AS fen FROM parts
        WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2, 3
    )
    SELECT format('seller %s buyer %s: receivable %s, documents say %s', seller_id, buyer_id, t.receivable_fen, o.fen)
    FROM (SELECT * FROM trade_account WHERE ($1::bigint IS NULL OR root_id = $1)) t
    FULL JOIN owed o USING (root_id, seller_id, buyer_id)
    WHERE coalesce(t.receivable_fen, 0) <> coalesce(o.fen, 0)
    """


@check
def entries_equal_their_documents() -> str:
    """A goods issue is charged once, a receipt and a payment credited once, each with its amount."""
    return """
    WITH booked AS (
        SELECT root_id, document_kind AS kind, document_id AS id, seller_id, buyer_id, count(*) AS n,
               sum(amount_fen) AS fen
        FROM ledger_entry WHERE ($1::bigint IS NULL OR root_id = $1)
        GROUP BY 1, 2, 3, 4, 5
    ), written AS (
        SELECT root_id, 'goods_issue' AS kind, id, seller_id, buyer_id, total_fen AS fen FROM goods_issue
        WHERE ($1::bigint IS NULL OR root_id = $1) AND total_fen > 0
        UNION ALL
        SELECT r.root_id, 'receipt', r.id, i.seller_id, i.buyer_id, r.credit_fen
        FROM receipt r JOIN goods_issue i ON i.root_id = r.root_id AND i.id = r.issue_id
        WHERE ($1::bigint IS NULL OR r.root_id = $1) AND r.credit_fen > 0
        UNION ALL
        SELECT root_id, 'payment', id, seller_id, buyer_id, amount_fen FROM payment
        WHERE ($1::bigint IS NULL OR root_id = $1)
        UNION ALL
        SELECT t.root_id, 'transfer', t.id, t.supplier_id, d.org_id, t.settled_fen
        FROM transfer t CROSS JOIN LATERAL (VALUES (t.from_org_id), (t.to_org_id)) AS d (org_id)
        WHERE ($1::bigint IS NULL OR t.root_id = $1) AND t.settled_fen > 0 AND d.org_id <> t.supplier_id
        UNION ALL
        SELECT root_id, 'return', id, seller_id, buyer_id, credited_fen FROM goods_return
        WHERE ($1::bigint IS NULL OR root_id = $1) AND credited_fen > 0
        UNION ALL
        SELECT root_id, 'rebate', id, seller_id, buyer_id, CASE WHEN fen > 0 THEN fen ELSE from_credit_fen END
        FROM rebate_entry WHERE ($1::bigint IS NULL OR root_id = $1) AND (fen > 0 OR from_credit_fen > 0)
        UNION ALL
        SELECT root_id, 'rebate_owed', id, seller_id, buyer_id, owed_fen FROM rebate_entry
        WHERE ($1::bigint IS NULL OR root_id = $1) AND owed_fen > 0
        UNION ALL
        SELECT root_id, 'rebate_use', id, seller_id, buyer_id, fen FROM rebate_use
        WHERE ($1::bigint IS NULL OR root_id = $1)
    )
    SELECT format('%s %s: booked %s in %s entries, written %s', kind, id, b.fen, b.n, w.fen)
    FROM booked b FULL JOIN written w USING (root_id, kind, id, seller_id, buyer_id)
    WHERE b.n IS DISTINCT FROM 1 OR b.fen IS DISTINCT FROM w.fen
    """


@check
def nobody_gives_back_more_than_he_bought_nor_is_credited_more_than_he_paid() -> str:
    """Of each product, and of each seller: what is given back, or asked to be, of what was signed for as good; all of
    it comes to exactly what was paid.

    Who trades by transfers beside is not looked at: theirs are bought and given away on the same account.
    """
    return """
    WITH got AS (
        SELECT i.root_id, i.seller_id, i.buyer_id, l.product_id, sum(l.received_qty) AS qty,
               sum(div(l.amount_fen::numeric * l.received_qty, l.qty)) AS fen
        FROM goods_issue i JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id
        WHERE ($1::bigint IS NULL OR i.root_id = $1) GROUP BY 1, 2, 3, 4
    ), back AS (
        SELECT r.root_id, r.seller_id, r.buyer_id, l.product_id, sum(l.approved_qty) AS qty,
               sum(l.amount_fen) AS fen
        FROM goods_return r JOIN goods_return_line l ON l.root_id = r.root_id AND l.return_id = r.id
        WHERE ($1::bigint IS NULL OR r.root_id = $1) AND r.state NOT IN ('rejected', 'cancelled')
          AND NOT EXISTS (SELECT FROM transfer t WHERE t.root_id = r.root_id AND t.supplier_id = r.seller_id
                          AND r.buyer_id IN (t.from_org_id, t.to_org_id))
        GROUP BY 1, 2, 3, 4
    )
    SELECT format('buyer %s seller %s product %s: bought %s for %s, gave back %s for %s', buyer_id, seller_id,
                  product_id, g.qty, g.fen, b.qty, b.fen)
    FROM back b LEFT JOIN got g USING (root_id, seller_id, buyer_id, product_id)
    WHERE b.qty > coalesce(g.qty, 0) OR b.fen > coalesce(g.fen, 0) OR (b.qty = g.qty AND b.fen <> g.fen)
    """


@check
def committed_equals_approved_and_not_issued() -> str:
    """The part of the exposure that is not yet owed is that of the open orders and transfers."""
    return """
    WITH parts AS (
        SELECT o.root_id, o.seller_id, o.buyer_id, div(l.amount_fen::numeric * l.approved_qty, l.ordered_qty)
               - div(l.amount_fen::numeric * l.issued_qty, l.ordered_qty) AS fen
        FROM orders o JOIN order_line l ON l.root_id = o.root_id AND l.order_id = o.id
        WHERE o.state IN ('approved', 'issued', 'received')
        UNION ALL
        SELECT root_id, supplier_id, to_org_id, total_fen FROM transfer
        WHERE state IN ('approved', 'issued') AND to_org_id <> supplier_id
    ), open AS (SELECT root_id, seller_id, buyer_id, sum(fen) AS fen FROM parts
                WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2, 3)
    SELECT format('seller %s buyer %s: committed %s, open orders say %s', seller_id, buyer_id, t.committed_fen, o.fen)
    FROM (SELECT * FROM trade_account WHERE ($1::bigint IS NULL OR root_id = $1)) t
    FULL JOIN open o USING (root_id, seller_id, buyer_id)
    WHERE coalesce(t.committed_fen, 0) <> coalesce(o.fen, 0)
    """


@check
def rebate_credit_is_what_was_settled_less_what_was_taken_back_and_used() -> str:
    """Of each pair, never below nothing; and a settled period was credited with the sum of its entries."""
    return """
    WITH parts AS (
        SELECT root_id, seller_id, buyer_id, CASE WHEN fen > 0 THEN fen ELSE -from_credit_fen END AS fen
        FROM rebate_entry WHERE ($1::bigint IS NULL OR root_id = $1)
        UNION ALL
        SELECT root_id, seller_id, buyer_id, -fen FROM rebate_use WHERE ($1::bigint IS NULL OR root_id = $1)
    ), credit AS (
        SELECT root_id, seller_id, buyer_id, sum(fen) AS fen FROM parts GROUP BY 1, 2, 3
    )
    SELECT format('seller %s buyer %s: rebate credit %s, documents say %s', seller_id, buyer_id, t.rebate_credit_fen,
                  c.fen)
    FROM (SELECT * FROM trade_account WHERE ($1::bigint IS NULL OR root_id = $1)) t
    FULL JOIN credit c USING (root_id, seller_id, buyer_id)
    WHERE coalesce(t.rebate_credit_fen, 0) <> coalesce(c.fen, 0) OR t.rebate_credit_fen < 0
    UNION ALL
    SELECT format('rebate %s period %s buyer %s: settled %s, entries say %s', p.agreement_id, p.period_no, p.buyer_id,
                  p.settled_fen, e.fen)
    FROM rebate_progress p CROSS JOIN LATERAL (
        SELECT coalesce(sum(x.fen), 0) AS fen FROM rebate_entry x
        WHERE x.root_id = p.root_id AND x.agreement_id = p.agreement_id AND x.period_no = p.period_no
          AND x.buyer_id = p.buyer_id) e
    WHERE ($1::bigint IS NULL OR p.root_id = $1) AND coalesce(p.settled_fen, 0) <> e.fen
    """
