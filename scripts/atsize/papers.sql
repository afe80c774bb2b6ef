-- Goods that went back, in each state; and a brand that has every product in its warehouse -----------------------------

-- A piece of what every hundredth store signed for goes back; of the newest some wait, are held or are on their way.
CREATE TEMP TABLE back AS
SELECT row_number() OVER (ORDER BY i.id) AS id, i.seller_id, i.buyer_id, l.product_id, l.lot_id, l.received_qty AS bought,
       l.price_fen AS fen, r.received_at + interval '1 hour' AS at,
       CASE WHEN i.id > 0.98 * {orders} THEN (ARRAY['asked', 'approved', 'issued'])[1 + i.id / 100 % 3]
            WHEN i.id / 100 % 10 = 0 THEN 'rejected' WHEN i.id / 100 % 10 = 1 THEN 'cancelled' ELSE 'closed' END AS state
FROM receipt r JOIN goods_issue i ON i.root_id = r.root_id AND i.id = r.issue_id
JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id AND l.line_no = 1
WHERE i.buyer_id >= {first_store} AND i.id % 100 = 7 AND l.received_qty >= 24;

INSERT INTO goods_return (id, root_id, number, buyer_id, seller_id, from_location_id, state, line_count, total_fen,
                          credited_fen, asked_by, asked_at, approved_by, approved_at, issued_by, issued_at, received_by,
                          received_at, ended_by, ended_at, ending)
SELECT id, {brand}, 'TH' || lpad(id::text, 9, '0'), buyer_id, seller_id, 10 * buyer_id + 1, state, 1, fen,
       CASE state WHEN 'closed' THEN fen ELSE 0 END, buyer_id, at,
       CASE WHEN state IN ('approved', 'issued', 'closed') THEN seller_id END,
       CASE WHEN state IN ('approved', 'issued', 'closed') THEN at + interval '1 minute' END,
       CASE WHEN state IN ('issued', 'closed') THEN buyer_id END,
       CASE WHEN state IN ('issued', 'closed') THEN at + interval '2 minutes' END,
       CASE WHEN state = 'closed' THEN seller_id END, CASE WHEN state = 'closed' THEN at + interval '3 minutes' END,
       CASE WHEN state IN ('rejected', 'cancelled') THEN seller_id END,
       CASE WHEN state IN ('rejected', 'cancelled') THEN at + interval '1 minute' END,
       CASE WHEN state IN ('rejected', 'cancelled') THEN '照片看不清' ELSE '' END
FROM back;

INSERT INTO goods_return_line (root_id, return_id, line_no, product_id, qty, approved_qty, reason, bought_qty, paid_fen,
                               price_fen, amount_fen)
SELECT {brand}, id, 1, product_id, 1, 1, 'damaged', bought, bought * fen, fen, fen FROM back;

INSERT INTO goods_return_lot (root_id, return_id, no, line_no, product_id, lot_id, qty, received_qty)
SELECT {brand}, id, 1, 1, product_id, lot_id, 1, CASE state WHEN 'closed' THEN 1 ELSE 0 END
FROM back WHERE state NOT IN ('rejected', 'cancelled');

INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, account_id, at)
SELECT {brand}, b.product_id, b.lot_id, 1, m.source, m.target, m.reason, 'return', b.id, m.account_id, m.at
FROM back b JOIN location q ON q.org_id = b.seller_id AND q.kind = 'quarantine'
CROSS JOIN LATERAL (VALUES
    (10 * b.buyer_id + 1, 10 * b.seller_id + 2, 'return_out', b.buyer_id, b.at + interval '2 minutes',
     b.state IN ('issued', 'closed')),
    (10 * b.seller_id + 2, q.id, 'return_in', b.seller_id, b.at + interval '3 minutes', b.state = 'closed')
) AS m (source, target, reason, account_id, at, happened)
WHERE m.happened ORDER BY m.at;

INSERT INTO ledger_entry (root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document_kind, document_id,
                          account_id, occurred_on, at)
SELECT {brand}, seller_id, buyer_id, 'revenue', 'receivable', fen, 'return', 'return', id, seller_id, at::date, at
FROM back WHERE state = 'closed' ORDER BY id;

UPDATE trade_account t SET receivable_fen = t.receivable_fen - b.fen
FROM (SELECT seller_id, buyer_id, sum(fen) AS fen FROM back WHERE state = 'closed' GROUP BY 1, 2) b
WHERE t.root_id = {brand} AND t.seller_id = b.seller_id AND t.buyer_id = b.buyer_id;

INSERT INTO approval (id, root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, state, decided_by,
                      decided_at, created_at)
SELECT x.last + b.id, {brand}, 'return', b.id, 'TH' || lpad(b.id::text, 9, '0'), b.seller_id, b.buyer_id, b.fen,
       CASE b.state WHEN 'asked' THEN 'pending' WHEN 'rejected' THEN 'rejected' WHEN 'cancelled' THEN 'void'
                    ELSE 'approved' END,
       CASE WHEN b.state <> 'asked' THEN b.seller_id END,
       CASE WHEN b.state <> 'asked' THEN b.at + interval '1 minute' END, b.at
FROM back b, (SELECT max(id) AS last FROM approval) x;

-- All products lie in the brand's warehouse: 20,000 of them.
INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, at)
SELECT {brand}, id, id, 240 + id % 1000, 10 * {brand} + 3, 10 * {brand} + 1, 'supply', 'supply', {brand},
       now() - interval '4 days' - interval '{days} days'
FROM product;
