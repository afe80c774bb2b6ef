-- Years of trade, written set-based, {orders} orders of {stores} stores and {dealers} dealers.
--
-- Order n is bought by a store, every fortieth by a dealer from the one above it; its lines are cases out of the
-- seller's assortment. Most are signed for and paid; of the newest hundredth some are under way.

CREATE TEMP TABLE trade AS
SELECT n AS id,
       CASE WHEN n % 40 = 0 THEN d.seller ELSE s.dealer END AS seller_id,
       CASE WHEN n % 40 = 0 THEN d.buyer ELSE s.buyer END AS buyer_id,
       1 + n % 5 AS line_count,
       date_trunc('second', t.moment) AS moment,
       CASE WHEN n > 0.99 * {orders} THEN
                (ARRAY['submitted', 'submitted', 'approved', 'issued', 'issued', 'received'])[1 + n % 6]
            WHEN n % 67 = 3 THEN 'cancelled'
            WHEN n % 71 = 5 THEN 'rejected'
            ELSE 'received' END AS state
FROM generate_series(1, {orders}) n
CROSS JOIN LATERAL (SELECT now() - interval '2 days' - interval '{days} days' * (1 - n::float8 / {orders}) AS moment) t
CROSS JOIN LATERAL (SELECT {first_store} + (n * 7919::bigint + n / 40) % {stores} AS buyer,
                           {first_dealer} + (n * 7919::bigint + n / 40) % {stores} % {dealers} AS dealer) s
CROSS JOIN LATERAL (SELECT {first_dealer} + (n / 40) % {dealers} AS buyer,
                           CASE WHEN (n / 40) % {dealers} < {regional} THEN {brand}
                                ELSE {first_dealer} + ((n / 40) % {dealers} - {regional}) % {regional} END AS seller) d;

CREATE TEMP TABLE trade_line AS
SELECT t.id, t.seller_id, t.buyer_id, t.state, j AS line_no,
       1 + (t.seller_id * 31 + (t.id * 13 + j * 17) % {assortment}) % {products} AS product_id,
       1 + ((t.id + j) % 3)::int AS cases, 24 AS unit_qty
FROM trade t CROSS JOIN LATERAL generate_series(1, t.line_count) j;

CREATE TEMP TABLE trade_total AS
SELECT l.id, sum(l.cases * l.unit_qty * (p.guide_price_fen - 10))::bigint AS fen,
       min(p.name) FILTER (WHERE l.line_no = 1) AS first_product
FROM trade_line l JOIN product p ON p.id = l.product_id GROUP BY l.id;
ANALYZE trade, trade_line, trade_total;

INSERT INTO orders (id, root_id, number, seller_id, buyer_id, state, delivery_method, address, line_count,
                    first_product, total_fen, approved_fen, issued_fen, received_fen, created_by, submitted_at,
                    updated_at)
SELECT t.id, {brand}, to_char(t.moment, 'YYMMDD') || lpad(t.id::text, greatest(6, length(t.id::text)), '0'),
       t.seller_id, t.buyer_id, t.state, 'deliver',
       jsonb_build_object('contact_name', '收货人', 'contact_phone', '13800000000', 'detail', '人民路 1 号'),
       t.line_count, x.first_product, x.fen,
       CASE WHEN t.state IN ('approved', 'issued', 'received') THEN x.fen ELSE 0 END,
       CASE WHEN t.state IN ('issued', 'received') THEN x.fen ELSE 0 END,
       CASE WHEN t.state = 'received' THEN x.fen ELSE 0 END, t.buyer_id, t.moment, t.moment
FROM trade t JOIN trade_total x USING (id) ORDER BY t.id;

INSERT INTO order_line (root_id, order_id, line_no, product_id, packaging_id, unit_qty, packaging_qty, ordered_qty,
                        approved_qty, issued_qty, received_qty, guide_price_fen, price_fen, amount_fen)
SELECT {brand}, l.id, l.line_no, l.product_id, 2 * l.product_id + 1, l.unit_qty, l.cases, q.qty,
       CASE WHEN l.state IN ('approved', 'issued', 'received') THEN q.qty ELSE 0 END,
       CASE WHEN l.state IN ('issued', 'received') THEN q.qty ELSE 0 END,
       CASE WHEN l.state = 'received' THEN q.qty ELSE 0 END,
       p.guide_price_fen, p.guide_price_fen - 10, q.qty * (p.guide_price_fen - 10)
FROM trade_line l JOIN product p ON p.id = l.product_id
CROSS JOIN LATERAL (SELECT l.cases * l.unit_qty AS qty) q ORDER BY l.id, l.line_no;

CREATE TEMP TABLE step (state text, n int, verb text, from_state text, to_state text, hours int);
INSERT INTO step
SELECT s.state, v.n, v.verb, v.from_state, v.to_state, v.hours
FROM (VALUES (1, 'submit', NULL, 'submitted', 0), (2, 'approve', 'submitted', 'approved', 1),
             (3, 'issue', 'approved', 'issued', 3), (4, 'receive', 'issued', 'received', 20),
             (5, 'reject', 'submitted', 'rejected', 1), (6, 'cancel', 'submitted', 'cancelled', 1))
     AS v (n, verb, from_state, to_state, hours)
JOIN (VALUES ('submitted', '{{1}}'::int[]), ('approved', '{{1,2}}'), ('issued', '{{1,2,3}}'),
             ('received', '{{1,2,3,4}}'), ('rejected', '{{1,5}}'), ('cancelled', '{{1,6}}')) AS s (state, steps)
    ON v.n = ANY (s.steps);

INSERT INTO order_event (id, root_id, order_id, verb, from_state, to_state, account_id, at)
SELECT 10 * t.id + s.n, {brand}, t.id, s.verb, s.from_state, s.to_state,
       CASE WHEN s.n IN (1, 4, 6) THEN t.buyer_id ELSE t.seller_id END, t.moment + s.hours * interval '1 hour'
FROM trade t JOIN step s USING (state) ORDER BY t.id, s.n;

INSERT INTO approval (id, root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, state, decided_by,
                      decided_at, created_at)
SELECT o.id, {brand}, 'order', o.id, o.number, o.seller_id, o.buyer_id, o.total_fen,
       CASE o.state WHEN 'submitted' THEN 'pending' WHEN 'rejected' THEN 'rejected' WHEN 'cancelled' THEN 'void'
                    ELSE 'approved' END,
       CASE o.state WHEN 'submitted' THEN NULL WHEN 'cancelled' THEN o.buyer_id ELSE o.seller_id END,
       CASE o.state WHEN 'submitted' THEN NULL ELSE o.submitted_at + interval '1 hour' END, o.submitted_at
FROM orders o ORDER BY o.id;

INSERT INTO goods_issue (id, root_id, number, order_id, seller_id, buyer_id, location_id, state, total_fen, issued_by,
                         issued_at)
SELECT id, {brand}, 'CK' || number, id, seller_id, buyer_id, 10 * seller_id + 1,
       CASE state WHEN 'issued' THEN 'in_transit' ELSE 'received' END, total_fen, seller_id,
       submitted_at + interval '3 hours'
FROM orders WHERE state IN ('issued', 'received') ORDER BY id;

INSERT INTO goods_issue_line (root_id, issue_id, line_no, order_line_no, product_id, lot_id, qty, received_qty,
                              price_fen, amount_fen)
SELECT {brand}, order_id, line_no, line_no, product_id, product_id, issued_qty, received_qty, price_fen,
       issued_qty * price_fen
FROM order_line WHERE issued_qty > 0 ORDER BY order_id, line_no;

INSERT INTO receipt (id, root_id, issue_id, order_id, received_by, received_at)
SELECT id, {brand}, id, order_id, buyer_id, issued_at + interval '17 hours'
FROM goods_issue WHERE state = 'received' ORDER BY id;

-- Goods: what a seller ever needs comes in at the beginning; every issue and receipt moves its lines.
INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, at)
SELECT {brand}, product_id, product_id, sum(cases * unit_qty) + 100, 10 * seller_id + 3, 10 * seller_id + 1, 'supply',
       'supply', seller_id, now() - interval '3 days' - interval '{days} days'
FROM trade_line GROUP BY seller_id, product_id;

INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, account_id, at)
SELECT {brand}, l.product_id, l.lot_id, l.qty, 10 * i.seller_id + 1, 10 * i.buyer_id + 2, 'issue', 'goods_issue', i.id,
       i.issued_by, i.issued_at
FROM goods_issue i JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id ORDER BY i.id;

INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, account_id, at)
SELECT {brand}, l.product_id, l.lot_id, l.qty, 10 * i.buyer_id + 2, 10 * i.buyer_id + 1, 'receipt', 'receipt', r.id,
       r.received_by, r.received_at
FROM receipt r JOIN goods_issue i ON i.root_id = r.root_id AND i.id = r.issue_id
JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id ORDER BY r.id;

INSERT INTO reservation (root_id, order_id, line_no, location_id, product_id, lot_id, qty)
SELECT {brand}, id, line_no, 10 * seller_id + 1, product_id, product_id, cases * unit_qty
FROM trade_line WHERE state = 'approved';

-- Money: each issue is owed, four of five that were signed for are paid.
INSERT INTO payment (id, root_id, number, seller_id, buyer_id, method, amount_fen, registered_by, received_on, at)
SELECT i.id, {brand}, 'SK' || substr(i.number, 3), i.seller_id, i.buyer_id, 'bank', i.total_fen, i.seller_id,
       (i.issued_at + interval '10 days')::date, i.issued_at + interval '10 days'
FROM goods_issue i WHERE i.state = 'received' AND i.id % 5 <> 0 ORDER BY i.id;

INSERT INTO ledger_entry (root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document_kind, document_id,
                          account_id, occurred_on, at)
SELECT {brand}, seller_id, buyer_id, debit, credit, fen, reason, kind, id, seller_id, at::date, at
FROM (SELECT seller_id, buyer_id, 'receivable' AS debit, 'revenue' AS credit, total_fen AS fen, 'issue' AS reason,
             'goods_issue' AS kind, id, issued_at AS at FROM goods_issue
      UNION ALL
      SELECT seller_id, buyer_id, 'cash', 'receivable', amount_fen, 'bank', 'payment', id, at FROM payment) e
ORDER BY e.at;

INSERT INTO trade_account (root_id, seller_id, buyer_id, limit_fen, committed_fen, receivable_fen)
SELECT {brand}, seller_id, buyer_id, 1000000000, sum(committed), sum(receivable)
FROM (SELECT seller_id, buyer_id, approved_fen - issued_fen AS committed, issued_fen AS receivable FROM orders
      UNION ALL
      SELECT seller_id, buyer_id, 0, -amount_fen FROM payment) e
GROUP BY seller_id, buyer_id;

-- What people are told, and the trail. Messages that were delivered are cleaned away after a while.
INSERT INTO outbox (root_id, channel, topic, subject_id, state, next_at, created_at, delivered_at)
SELECT {brand}, 'event', 'order.' || CASE verb WHEN 'submit' THEN 'submitted' ELSE verb END, order_id, 'delivered', at,
       at, at
FROM order_event WHERE at > now() - interval '3 days' ORDER BY id;

UPDATE outbox SET state = 'pending', delivered_at = NULL WHERE id > (SELECT max(id) - 100 FROM outbox);

INSERT INTO session (account_id, token_hash, created_at, last_seen_at, expires_at)
SELECT id, decode(md5(id::text) || md5(id::text), 'hex'), now(), now(), now() + interval '30 days' FROM account;

INSERT INTO notice (root_id, account_id, kind, title, body, dedupe_key, created_at, read_at)
SELECT {brand}, x.account_id, 'order.submitted', '订单 ' || o.number, '', o.id || ':' || x.account_id, o.submitted_at,
       CASE WHEN o.id % 10 <> 0 THEN o.submitted_at END
FROM orders o CROSS JOIN LATERAL (VALUES (o.seller_id), (o.buyer_id)) AS x (account_id)
WHERE o.submitted_at > now() - interval '180 days' ORDER BY o.id;

INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, at)
SELECT {brand}, account_id, account_id, verb, 'order', order_id, at FROM order_event ORDER BY id;

DROP TABLE trade, trade_line, trade_total, step;
