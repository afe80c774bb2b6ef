-- What else happens to goods: sold to consumers, scanned, moved between warehouses, asked for between dealers --------

-- Of what came in the last half year, stores have sold two of three within a day; their tills have told of it.
INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, account_id, at)
SELECT {brand}, l.product_id, l.lot_id, l.received_qty * 2 / 3, 10 * i.buyer_id + 1, p.id, 'sale', 'till', i.buyer_id,
       i.buyer_id, r.received_at + interval '20 hours'
FROM receipt r JOIN goods_issue i ON i.root_id = r.root_id AND i.id = r.issue_id
JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id
JOIN location p ON p.org_id = i.buyer_id AND p.kind = 'consumer' AND p.is_default
WHERE i.buyer_id >= {first_store} AND r.received_at > now() - interval '180 days' AND l.received_qty > 1 ORDER BY r.id;

INSERT INTO sale_day (root_id, org_id, day, product_id, qty)
SELECT {brand}, document_id, (at AT TIME ZONE 'Asia/Shanghai')::date, product_id, sum(qty)
FROM stock_move WHERE reason = 'sale' GROUP BY 2, 3, 4 ORDER BY 2, 3, 4;

INSERT INTO till_sale (root_id, org_id, day, ticket, product_id, qty, account_id, at)
SELECT root_id, org_id, day, '', product_id, qty, org_id, (day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM sale_day;

-- Sessions of dealers and stores by turns, five scans each: goods that came in, or were counted; of the newest some are
-- still open, and some were given up.
INSERT INTO scan_session (id, root_id, org_id, number, kind, state, location_id, reason, opened_by, opened_at, ended_by,
                          ended_at)
SELECT n, {brand}, w.org_id, CASE n % 3 WHEN 0 THEN 'PD' ELSE 'RK' END || lpad(n::text, 9, '0'),
       CASE n % 3 WHEN 0 THEN 'count' ELSE 'in' END, w.state, 10 * w.org_id + 1,
       CASE n % 3 WHEN 0 THEN '' ELSE 'purchase' END, w.org_id, w.at,
       CASE WHEN w.state <> 'open' THEN w.org_id END, CASE WHEN w.state <> 'open' THEN w.at + interval '1 hour' END
FROM generate_series(1, {sessions}) AS n
CROSS JOIN LATERAL (
    SELECT CASE n % 2 WHEN 0 THEN {first_dealer} + n / 2 % {dealers} ELSE {first_store} + n * 7 % {stores} END AS org_id,
           CASE WHEN n <= 0.99 * {sessions} THEN 'finished' WHEN n % 2 = 0 THEN 'open' ELSE 'cancelled' END AS state,
           now() - interval '3 days' - interval '{days} days' * (1 - n::float8 / {sessions}) AS at) w;

INSERT INTO scan (root_id, session_id, id, seq, code, key, product_id, packaging_id, unit_qty, count, account_id,
                  scanned_at, received_at)
SELECT {brand}, s.id, md5(s.id || ':' || j)::uuid, 5 * s.id + j, k.gtin, k.gtin, k.product_id, k.id, k.unit_qty, 1,
       s.opened_by, s.opened_at + j * interval '1 second', s.opened_at + j * interval '2 seconds'
FROM scan_session s CROSS JOIN generate_series(0, 4) AS j
JOIN packaging k ON k.id = 2 * (1 + (s.org_id * 31 + j) % {products}) + 1;

INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, account_id, at)
SELECT {brand}, c.product_id, c.product_id, sum(c.count * c.unit_qty), 10 * s.org_id + 3, s.location_id, s.reason,
       'scan_session', s.id, s.ended_by, s.ended_at
FROM scan_session s JOIN scan c ON c.root_id = s.root_id AND c.session_id = s.id
WHERE s.kind = 'in' AND s.state = 'finished' GROUP BY s.root_id, s.id, c.product_id;

-- Every dealer has a second warehouse, into which he moves what came in for it; and dealers of one supplier ask for
-- goods of each other: some of that waits, the rest was refused or taken back.
INSERT INTO location (id, root_id, org_id, kind, name, is_default)
SELECT 10 * id + 8, {brand}, id, 'warehouse', '东仓', false FROM org WHERE kind = 'dealer';

INSERT INTO transfer (id, root_id, number, from_org_id, from_location_id, to_org_id, to_location_id, supplier_id, state,
                      reason, line_count, total_fen, proposed_by, proposed_at, issued_by, issued_at, received_by,
                      received_at, ended_by, ended_at)
SELECT n, {brand}, 'DB' || lpad(n::text, 9, '0'), t.giver, 10 * t.giver + 1, t.taker,
       10 * t.taker + CASE n % 2 WHEN 0 THEN 8 ELSE 1 END, CASE n % 2 WHEN 1 THEN t.supplier END, t.state, '备货', 1,
       CASE n % 2 WHEN 0 THEN 0 ELSE 24 * (p.guide_price_fen - 10) END, t.taker, t.at,
       CASE WHEN t.state IN ('issued', 'received') THEN t.giver END,
       CASE WHEN t.state IN ('issued', 'received') THEN t.at + interval '2 hours' END,
       CASE WHEN t.state = 'received' THEN t.taker END,
       CASE WHEN t.state = 'received' THEN t.at + interval '4 hours' END,
       CASE WHEN t.state IN ('rejected', 'cancelled') THEN t.supplier END,
       CASE WHEN t.state IN ('rejected', 'cancelled') THEN t.at + interval '1 hour' END
FROM generate_series(1, {transfers}) AS n
CROSS JOIN LATERAL (
    SELECT {first_dealer} + {regional} + n / 2 % {regional} AS giver,
           {first_dealer} + {regional} * (CASE n % 2 WHEN 0 THEN 1 ELSE 2 END) + n / 2 % {regional} AS taker,
           {first_dealer} + n / 2 % {regional} AS supplier,
           CASE WHEN n % 2 = 0 AND n <= 0.99 * {transfers} THEN 'received'
                WHEN n % 2 = 0 THEN (ARRAY['approved', 'issued'])[1 + n / 2 % 2]
                WHEN n > 0.98 * {transfers} THEN 'proposed' ELSE (ARRAY['rejected', 'cancelled'])[1 + n / 2 % 2] END AS state,
           now() - interval '4 days' - interval '{days} days' * (1 - n::float8 / {transfers}) AS at) t
JOIN product p ON p.id = 1 + (t.giver * 31 + n / 2 % {assortment}) % {products};

INSERT INTO transfer_line (root_id, transfer_id, line_no, product_id, qty, price_fen, price_from)
SELECT {brand}, t.id, 1, p.id, 24, t.total_fen / 24, CASE t.total_fen WHEN 0 THEN 'none' ELSE 'offered' END
FROM transfer t JOIN product p ON p.id = 1 + (t.from_org_id * 31 + t.id / 2 % {assortment}) % {products};

INSERT INTO transfer_lot (root_id, transfer_id, no, line_no, product_id, lot_id, qty, received_qty)
SELECT {brand}, t.id, 1, 1, l.product_id, l.product_id, l.qty, CASE t.state WHEN 'received' THEN l.qty ELSE 0 END
FROM transfer t JOIN transfer_line l ON l.root_id = t.root_id AND l.transfer_id = t.id
WHERE t.state IN ('approved', 'issued', 'received');

INSERT INTO stock_move (root_id, product_id, lot_id, qty, from_location_id, to_location_id, reason, document_kind,
                        document_id, account_id, at)
SELECT {brand}, x.product_id, x.lot_id, x.qty, m.source, m.target, m.reason, m.kind, m.document_id, t.proposed_by, m.at
FROM transfer t JOIN transfer_lot x ON x.root_id = t.root_id AND x.transfer_id = t.id
CROSS JOIN LATERAL (VALUES
    (10 * t.from_org_id + 3, t.from_location_id, 'supply', 'supply', t.from_org_id, t.proposed_at),
    (t.from_location_id, 10 * t.to_org_id + 2, 'transfer_out', 'transfer', t.id, t.issued_at),
    (10 * t.to_org_id + 2, t.to_location_id, 'transfer_in', 'transfer', t.id, t.received_at)
) AS m (source, target, reason, kind, document_id, at)
WHERE m.at IS NOT NULL ORDER BY m.at;

-- Prices outside the limits, asked by dealers for their stores and by the brand's reps for dealers. What was approved
-- stands in the buyer's list.
INSERT INTO price_exception (id, root_id, number, seller_id, buyer_id, product_id, price_fen, floor_fen, guide_fen,
                             ceiling_fen, from_on, until_on, reason, state, asked_by, asked_at)
SELECT n, {brand}, 'TJ' || lpad(n::text, 9, '0'), b.parent_id, b.id, p.id, greatest(1, p.floor_price_fen - 20),
       p.floor_price_fen, p.guide_price_fen, p.ceiling_price_fen, x.at::date, x.at::date + 30, '大单', x.state,
       CASE n % 10 WHEN 0 THEN {rep} ELSE b.parent_id END, x.at
FROM generate_series(1, {exceptions}) AS n
CROSS JOIN LATERAL (
    SELECT CASE WHEN n > 0.99 * {exceptions} THEN 'pending'
                ELSE (ARRAY['approved', 'rejected', 'approved', 'void'])[1 + n % 4] END AS state,
           now() - interval '{days} days' * (1 - n::float8 / {exceptions}) AS at) x
JOIN org b ON b.id = CASE n % 10 WHEN 0 THEN {first_dealer} + n / 10 % {regional} ELSE {first_store} + n % {stores} END
JOIN product p ON p.id = 1 + n * 13 % {products};

INSERT INTO price (root_id, seller_id, buyer_id, product_id, price_fen, from_on, until_on, set_by, set_at, exception_id)
SELECT {brand}, seller_id, buyer_id, product_id, price_fen, from_on, until_on, seller_id, asked_at, id
FROM price_exception WHERE state = 'approved';

INSERT INTO price_list (root_id, seller_id, buyer_id, updated_at)
SELECT DISTINCT {brand}, seller_id, buyer_id, timestamptz '2025-01-01' FROM price_exception WHERE state = 'approved'
ON CONFLICT DO NOTHING;

-- What was decided about transfers and prices; the numbers go on after those of the orders.
INSERT INTO approval (id, root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, state, decided_by,
                      decided_at, created_at)
SELECT {orders} + row_number() OVER (ORDER BY x.at, x.kind, x.id), {brand}, x.kind, x.id, x.number, x.org_id, x.buyer_id,
       x.fen, x.state, CASE WHEN x.state <> 'pending' THEN x.org_id END,
       CASE WHEN x.state <> 'pending' THEN x.at + interval '1 hour' END, x.at
FROM (SELECT 'transfer' AS kind, id, number, supplier_id AS org_id, to_org_id AS buyer_id, total_fen AS fen,
             CASE state WHEN 'proposed' THEN 'pending' WHEN 'cancelled' THEN 'void' ELSE 'rejected' END AS state,
             proposed_at AS at FROM transfer WHERE supplier_id IS NOT NULL
      UNION ALL
      SELECT 'price_exception', id, number, seller_id, buyer_id, price_fen, state, asked_at FROM price_exception) x;
