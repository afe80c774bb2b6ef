-- Stocktakes and alerts: what people found and are told about what lies there ---------------------------------------------

-- Every dealer and every fifth store has counted five lots now and then; of the last time, some are not done. What they
-- found in the past was left as it is, what the newest found is what the books say.
CREATE TEMP TABLE counted AS
SELECT n AS id, w.org_id, w.at, w.newest,
       CASE WHEN w.newest THEN (ARRAY['planned', 'counting', 'counted', 'submitted', 'adjusted', 'rejected'])[1 + n % 6]
            WHEN n % 9 = 0 THEN 'cancelled' ELSE 'adjusted' END AS state
FROM generate_series(1, {stocktakes}) AS n
CROSS JOIN LATERAL (
    SELECT CASE n % 2 WHEN 0 THEN {first_dealer} + n / 2 % {dealers} ELSE {first_store} + n / 2 * 5 % {stores} END AS org_id,
           n > {stocktakes} - least({stocktakes} / 10, {dealers}) AS newest,
           now() - interval '1 hour' - interval '{days} days' * (1 - n::float8 / {stocktakes}) AS at) w;

INSERT INTO stocktake (id, root_id, number, org_id, location_id, state, scope, blind, planned_on, line_count, made_by,
                       made_at, started_by, started_at, counted_by, counted_at, submitted_by, submitted_at, ended_by,
                       ended_at)
SELECT id, {brand}, 'PK' || lpad(id::text, 9, '0'), org_id, 10 * org_id + 1, state, 'all', false, at::date,
       CASE WHEN state IN ('planned', 'counting') THEN 0 ELSE 5 END, org_id, at,
       CASE WHEN state <> 'planned' THEN org_id END, CASE WHEN state <> 'planned' THEN at END,
       CASE WHEN state NOT IN ('planned', 'counting') THEN org_id END,
       CASE WHEN state NOT IN ('planned', 'counting') THEN at + interval '10 minutes' END,
       CASE WHEN state IN ('submitted', 'adjusted', 'rejected') THEN org_id END,
       CASE WHEN state IN ('submitted', 'adjusted', 'rejected') THEN at + interval '20 minutes' END,
       CASE WHEN state IN ('adjusted', 'rejected', 'cancelled') THEN org_id END,
       CASE WHEN state IN ('adjusted', 'rejected', 'cancelled') THEN at + interval '30 minutes' END
FROM counted
ON CONFLICT DO NOTHING;

INSERT INTO stocktake_line (root_id, stocktake_id, line_no, product_id, lot_id, lot_code, expires_on, how, counted_qty,
                            first_at, counted_at, book_qty, price_fen, price_from, is_left)
SELECT {brand}, t.id, b.n, b.product_id, b.lot_id, l.code, l.expires_on, 'lot', b.on_hand + CASE WHEN c.newest THEN 0
       ELSE b.n END, c.at, c.at, b.on_hand, 290, 'purchase', NOT c.newest
FROM stocktake t JOIN counted c ON c.id = t.id
CROSS JOIN LATERAL (
    SELECT row_number() OVER (ORDER BY x.product_id) AS n, x.* FROM stock_balance x
    WHERE x.root_id = {brand} AND x.location_id = t.location_id ORDER BY x.product_id LIMIT 5) b
JOIN lot l ON l.id = b.lot_id
WHERE t.line_count > 0;

-- The brand has counted all of its products, and looks at what it found.
INSERT INTO stocktake (id, root_id, number, org_id, location_id, state, scope, blind, planned_on, line_count, made_by,
                       made_at, started_by, started_at, counted_by, counted_at)
SELECT {stocktakes} + 1, {brand}, 'PK' || {stocktakes} + 1, {brand}, 10 * {brand} + 1, 'counted', 'all', false,
       current_date, count(*), {brand}, now(), {brand}, now(), {brand}, now()
FROM stock_balance WHERE root_id = {brand} AND location_id = 10 * {brand} + 1;

INSERT INTO stocktake_line (root_id, stocktake_id, line_no, product_id, lot_id, lot_code, expires_on, how, counted_qty,
                            first_at, counted_at, book_qty, price_fen, price_from)
SELECT {brand}, {stocktakes} + 1, row_number() OVER (ORDER BY b.product_id), b.product_id, b.lot_id, l.code, l.expires_on,
       'lot', b.on_hand - CASE WHEN b.product_id % 50 = 0 THEN 1 ELSE 0 END, now(), now(), b.on_hand, 290, 'purchase'
FROM stock_balance b JOIN lot l ON l.id = b.lot_id WHERE b.root_id = {brand} AND b.location_id = 10 * {brand} + 1;

-- One digest for each alert; a tenth of them still goes on. Those of dealers and stores by turns.
INSERT INTO alert_digest (id, root_id, org_id, at)
SELECT n, {brand}, CASE n % 2 WHEN 0 THEN {first_dealer} + n / 2 % {dealers} ELSE {first_store} + n / 2 % {stores} END,
       now() - interval '{days} days' * (1 - n::float8 / {alerts})
FROM generate_series(1, {alerts}) AS n;

INSERT INTO alert (id, root_id, org_id, warehouse_id, product_id, kind, digest_id, limit_days, available, on_way, used,
                   ageing, expired, opened_at, looked_at, closed_at)
SELECT d.id, {brand}, d.org_id, 10 * d.org_id + 1, 1 + d.id % {products},
       (ARRAY['low', 'high', 'soon'])[1 + d.id / 7 % 3], d.id, 14, 5, 0, 30, 0, 0, d.at, now(),
       CASE WHEN d.id <= 0.9 * {alerts} THEN d.at + interval '5 days' END
FROM alert_digest d
ON CONFLICT DO NOTHING;

INSERT INTO alert_care (root_id, alert_id, org_id, snoozed_until, snooze_reason, snoozed_by)
SELECT {brand}, id, org_id, current_date + (id % 14)::int, '在路上', org_id FROM alert WHERE closed_at IS NULL AND id % 5 = 0;
