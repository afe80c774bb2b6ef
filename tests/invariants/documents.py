"""Checks of documents: orders (invariant 3), exactly once (4), messages (6)."""

from __future__ import annotations

from tests.invariants.asking import check

# 3. Orders -------------------------------------------------------------------------------------------------


@check
def order_quantities_chain() -> str:
    """Ordered ≥ approved ≥ issued ≥ received + short + damaged, and all of them what the documents say."""
    return """
    WITH sent AS (
        SELECT i.root_id, i.order_id, l.order_line_no AS line_no, sum(l.qty) AS issued,
               sum(l.received_qty) AS received, sum(l.short_qty) AS short, sum(l.damaged_qty) AS damaged,
               bool_and(l.price_fen = o.price_fen AND l.product_id = o.product_id) AS same
        FROM goods_issue i JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id
        LEFT JOIN order_line o ON o.root_id = i.root_id AND o.order_id = i.order_id AND o.line_no = l.order_line_no
        WHERE ($1::bigint IS NULL OR i.root_id = $1) GROUP BY 1, 2, 3
    )
    SELECT format('order %s line %s: ordered %s approved %s issued %s received %s short %s damaged %s, sent %s',
                  order_id, line_no, l.ordered_qty, l.approved_qty, l.issued_qty, l.received_qty, l.short_qty,
                  l.damaged_qty, s.issued)
    FROM (SELECT * FROM order_line WHERE ($1::bigint IS NULL OR root_id = $1)) l
    FULL JOIN sent s USING (root_id, order_id, line_no)
    WHERE l.ordered_qty IS NULL OR NOT coalesce(s.same, true)
       OR NOT (l.ordered_qty >= l.approved_qty AND l.approved_qty >= l.issued_qty
               AND l.issued_qty >= l.received_qty + l.short_qty + l.damaged_qty)
       OR (l.issued_qty, l.received_qty, l.short_qty, l.damaged_qty)
          <> (coalesce(s.issued, 0), coalesce(s.received, 0), coalesce(s.short, 0), coalesce(s.damaged, 0))
    """


@check
def order_amounts_equal_their_lines() -> str:
    """The amounts on an order and on a goods issue are those of their lines."""
    return """
    SELECT format('order %s: (%s, %s, %s, %s; %s lines), lines say (%s, %s, %s, %s; %s lines)', o.id, o.total_fen,
                  o.approved_fen, o.issued_fen, o.received_fen, o.line_count, l.total, l.approved, l.issued,
                  l.received, l.n)
    FROM orders o LEFT JOIN (
        SELECT o.root_id, o.order_id, count(*) AS n, sum(o.ordered_qty * o.price_fen - o.discount_fen) AS total,
               sum(div(o.amount_fen::numeric * o.approved_qty, o.ordered_qty)) AS approved,
               sum(div(o.amount_fen::numeric * o.issued_qty, o.ordered_qty)) AS issued,
               coalesce((SELECT sum(div(x.amount_fen::numeric * x.received_qty, x.qty)) FROM goods_issue i
                         JOIN goods_issue_line x ON x.root_id = i.root_id AND x.issue_id = i.id
                         WHERE i.root_id = o.root_id AND i.order_id = o.order_id), 0) AS received
        FROM order_line o GROUP BY 1, 2) l ON l.root_id = o.root_id AND l.order_id = o.id
    WHERE ($1::bigint IS NULL OR o.root_id = $1)
      AND (o.total_fen, o.approved_fen, o.issued_fen, o.received_fen, o.line_count)
          IS DISTINCT FROM (l.total, l.approved, l.issued, l.received, l.n)
    UNION ALL
    SELECT format('goods issue %s: %s, lines say %s', i.id, i.total_fen, l.total)
    FROM goods_issue i LEFT JOIN (SELECT root_id, issue_id, sum(amount_fen) AS total FROM goods_issue_line
                                  GROUP BY 1, 2) l ON l.root_id = i.root_id AND l.issue_id = i.id
    WHERE ($1::bigint IS NULL OR i.root_id = $1) AND i.total_fen IS DISTINCT FROM l.total
    """


@check
def states_have_their_events() -> str:
    """An order's events lead, one after another, from its submission to its state."""
    return """
    WITH story AS (
        SELECT root_id, order_id, verb, from_state, to_state,
               lag(to_state) OVER w AS before, row_number() OVER w AS n, row_number() OVER back AS n_back
        FROM order_event WHERE ($1::bigint IS NULL OR root_id = $1)
        WINDOW w AS (PARTITION BY root_id, order_id ORDER BY id),
               back AS (PARTITION BY root_id, order_id ORDER BY id DESC)
    )
    SELECT format('order %s event %s (%s) goes from %s, before it was %s', order_id, n, verb, from_state, before)
    FROM story WHERE from_state IS DISTINCT FROM before OR (n = 1) <> (verb = 'submit')
    UNION ALL
    SELECT format('order %s is %s, its last event says %s', o.id, o.state, s.to_state)
    FROM orders o LEFT JOIN story s ON s.root_id = o.root_id AND s.order_id = o.id AND s.n_back = 1
    WHERE ($1::bigint IS NULL OR o.root_id = $1) AND o.state IS DISTINCT FROM s.to_state
    """


@check
def states_agree_with_quantities() -> str:
    """What a state says of the goods is true."""
    return """
    WITH sums AS (
        SELECT root_id, order_id, sum(approved_qty) AS approved, sum(issued_qty) AS issued,
               sum(received_qty + short_qty + damaged_qty) AS signed
        FROM order_line WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2
    )
    SELECT format('order %s is %s with approved %s, issued %s, signed for %s', o.id, o.state, s.approved, s.issued,
                  s.signed)
    FROM orders o JOIN sums s ON s.root_id = o.root_id AND s.order_id = o.id
    WHERE NOT CASE o.state
        WHEN 'submitted' THEN s.approved = 0
        WHEN 'on_hold' THEN s.approved = 0
        WHEN 'rejected' THEN s.approved = 0
        WHEN 'approved' THEN s.approved > 0 AND s.issued = 0
        WHEN 'cancelled' THEN s.issued = 0
        WHEN 'issued' THEN s.issued > 0 AND s.signed < s.approved
        WHEN 'received' THEN s.approved > 0 AND s.signed = s.approved
        WHEN 'closed' THEN s.issued > 0 AND s.signed = s.issued
        ELSE false END
    """


@check
def nothing_is_issued_without_an_approval() -> str:
    """Goods leave only for an order that somebody approved, after the approval."""
    return """
    SELECT format('goods issue %s of order %s left without an approval', i.id, i.order_id)
    FROM goods_issue i
    LEFT JOIN approval a ON a.root_id = i.root_id AND a.subject_kind = 'order' AND a.subject_id = i.order_id
    WHERE ($1::bigint IS NULL OR i.root_id = $1)
      AND (a.state IS DISTINCT FROM 'approved' OR a.decided_at > i.issued_at
           OR NOT EXISTS (SELECT FROM order_event e WHERE e.root_id = i.root_id AND e.order_id = i.order_id
                          AND e.verb = 'approve' AND e.at <= i.issued_at))
    """


# 4. Exactly once -------------------------------------------------------------------------------------------


@check
def one_decision_per_order() -> str:
    """An order asks for one approval, which is decided once and agrees with what happened to the order."""
    return """
    WITH decisions AS (
        SELECT root_id, order_id, count(*) FILTER (WHERE verb = 'approve') AS approvals,
               count(*) FILTER (WHERE verb = 'reject') AS rejections,
               count(*) FILTER (WHERE verb = 'cancel') AS cancels
        FROM order_event WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2
    )
    SELECT format('order %s (%s): approval %s, %s approvals, %s rejections, %s cancellations', o.id, o.state, a.state,
                  d.approvals, d.rejections, d.cancels)
    FROM orders o
    LEFT JOIN approval a ON a.root_id = o.root_id AND a.subject_kind = 'order' AND a.subject_id = o.id
    LEFT JOIN decisions d ON d.root_id = o.root_id AND d.order_id = o.id
    WHERE ($1::bigint IS NULL OR o.root_id = $1)
      AND (a.id IS NULL OR d.approvals + d.rejections > 1 OR d.cancels > 1
           OR a.org_id <> o.seller_id OR a.buyer_id <> o.buyer_id OR a.amount_fen <> o.total_fen
           OR (a.state = 'pending') <> (o.state IN ('submitted', 'on_hold'))
           OR (a.state = 'pending') <> (a.decided_at IS NULL)
           OR (a.state = 'approved') <> (d.approvals = 1) OR (a.state = 'rejected') <> (d.rejections = 1)
           OR (a.state = 'void') <> (d.approvals = 0 AND d.cancels = 1))
    """


@check
def one_receipt_per_signed_issue() -> str:
    """A delivery is signed for once, for all its lines, and credited exactly what did not arrive."""
    return """
    SELECT format('goods issue %s is %s with %s receipts, credit %s, not arrived %s', i.id, i.state, r.n, r.credit,
                  l.missing)
    FROM goods_issue i
    LEFT JOIN (SELECT root_id, issue_id, count(*) AS n, sum(credit_fen) AS credit FROM receipt GROUP BY 1, 2) r
        ON r.root_id = i.root_id AND r.issue_id = i.id
    JOIN (SELECT root_id, issue_id, sum(CASE WHEN received_qty + damaged_qty + short_qty > 0
                          THEN amount_fen - div(amount_fen::numeric * received_qty, qty) ELSE 0 END) AS missing,
                 bool_and(received_qty + damaged_qty + short_qty = qty) AS counted
          FROM goods_issue_line GROUP BY 1, 2) l ON l.root_id = i.root_id AND l.issue_id = i.id
    WHERE ($1::bigint IS NULL OR i.root_id = $1)
      AND NOT CASE i.state WHEN 'received' THEN coalesce(r.n = 1 AND l.counted AND r.credit = l.missing, false)
                           ELSE r.n IS NULL AND l.missing = 0 END
    """


@check
def keys_have_their_answers() -> str:
    """No idempotency key is kept without the answer it stands for."""
    return """
    SELECT format('account %s key %s has no answer', account_id, key)
    FROM idempotency WHERE ($1::bigint IS NULL OR root_id = $1) AND (status IS NULL OR response IS NULL)
    """


# 6. Notifications ------------------------------------------------------------------------------------------


@check
def events_have_their_messages() -> str:
    """Each event of an order left one message and each message has its event; delivered ones are cleaned some day."""
    return """
    WITH happened AS (
        SELECT root_id, order_id AS id, CASE verb WHEN 'submit' THEN 'submitted' ELSE verb END AS topic, count(*) AS n,
               max(at) AS at
        FROM order_event WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2, 3
    ), told AS (
        SELECT root_id, subject_id AS id, substr(topic, 7) AS topic, count(*) AS n
        FROM outbox WHERE ($1::bigint IS NULL OR root_id = $1) AND channel = 'event' AND topic LIKE 'order.%'
        GROUP BY 1, 2, 3
    )
    SELECT format('order %s %s: %s events, %s messages', id, topic, h.n, t.n)
    FROM happened h FULL JOIN told t USING (root_id, id, topic)
    WHERE h.n IS DISTINCT FROM t.n AND (h.at IS NULL OR h.at > now() - interval '1 day')
    """


# 7. What is kept beside what it is worked out from ---------------------------------------------------------------


@check
def stores_by_region_equal_the_archive() -> str:
    """As many stores as are counted in a region lie there."""
    return """
    WITH counted AS (SELECT root_id, region_code, sum(stores) AS n FROM region_stores
                     WHERE ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2),
    there AS (SELECT root_id, region_code COLLATE "C" AS region_code, count(*) AS n FROM org
              WHERE kind = 'store' AND ($1::bigint IS NULL OR root_id = $1) GROUP BY 1, 2)
    SELECT format('brand %s region %s: %s counted, %s there', root_id, region_code, c.n, t.n)
    FROM counted c FULL JOIN there t USING (root_id, region_code) WHERE coalesce(c.n, 0) <> coalesce(t.n, 0)
    """
