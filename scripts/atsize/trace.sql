-- The way of the cases ---------------------------------------------------------------------------------------

-- A range for each packaging in cases, as many codes bound of each; a tag is the number of its range.
INSERT INTO trace_range (id, root_id, scheme, product_id, packaging_id, pack_name, unit_qty, lot_id, count, tag, secret,
                         made_at)
SELECT row_number() OVER (ORDER BY k.product_id), {brand}, 'url', k.product_id, k.id, k.name, k.unit_qty, l.id,
       1000000, lpad((row_number() OVER (ORDER BY k.product_id))::text, 5, '0'),
       decode(lpad((row_number() OVER (ORDER BY k.product_id))::text, 32, '0'), 'hex'), now()
FROM (SELECT DISTINCT ON (product_id) * FROM packaging WHERE unit_qty > 1 ORDER BY product_id, unit_qty) k
CROSS JOIN LATERAL (SELECT id FROM lot WHERE lot.product_id = k.product_id ORDER BY id LIMIT 1) l;

INSERT INTO trace_hand (id, root_id, document_kind, document_id, number, from_id, to_id, at)
SELECT row_number() OVER (ORDER BY id), {brand}, 'goods_issue', id, number, seller_id, buyer_id, issued_at
FROM goods_issue;

-- Case number n of all went through six documents that lie far from each other.
INSERT INTO trace_code (root_id, range_id, no, hand_id, lot_id, hands)
SELECT {brand}, r.id, c.no, h.ids[6], r.lot_id, h.ids
FROM (SELECT id, lot_id, count(*) OVER () AS ranges FROM trace_range) r
CROSS JOIN LATERAL generate_series(1, {cases} / r.ranges) AS c (no)
CROSS JOIN (SELECT max(id) AS last FROM trace_hand) x
CROSS JOIN LATERAL (
    SELECT array_agg(1 + (r.id * 7919 + c.no * 104729 + s.n * 15485863) % x.last ORDER BY s.n) AS ids
    FROM generate_series(1, 6) AS s (n)
) h;

INSERT INTO diversion (id, root_id, number, kind, dealer_id, subject, region_code, product_id, state, opened_at, last_at,
                       taken_by, taken_at, verdict, reason, decided_by, decided_at, weight, counted_on)
SELECT n, {brand}, 'CH' || n, 'scan', {first_dealer} + n % {dealers}, 'hand:' || n,
       (ARRAY['330203', '440305', '110105', '510107', '420106'])[1 + n % 5], 1 + n % {products},
       CASE WHEN n % 20 = 0 THEN 'open' WHEN n % 20 = 1 THEN 'taken' ELSE 'decided' END, x.at, x.at,
       CASE WHEN n % 20 > 0 THEN {brand} END, CASE WHEN n % 20 > 0 THEN x.at END,
       CASE WHEN n % 20 > 1 THEN 'confirmed' END, CASE WHEN n % 20 > 1 THEN '两处门店都有' ELSE '' END,
       CASE WHEN n % 20 > 1 THEN {brand} END, CASE WHEN n % 20 > 1 THEN x.at END, (n % 20 > 1)::int, x.at::date
FROM generate_series(1, greatest({orders} / 100, 200)) AS n
CROSS JOIN LATERAL (SELECT now() - (n % {days}) * interval '1 day' AS at) x;

INSERT INTO trace_scan (root_id, range_id, no, by, org_id, account_id, region_code, at, diversion_id)
SELECT {brand}, 1 + n % 100, 1 + n / 100, 'store', {first_store} + n % {stores}, {brand}, '330203', now(), 1 + n / 4
FROM generate_series(1, greatest({orders} / 100, 200) * 4 - 4) AS n;

-- One org in ten has the lot that is called back, the others had one before.
INSERT INTO recall (id, root_id, number, product_id, lot_id, state, reason, instruction, started_by, started_at, outcome,
                    ended_by, ended_at)
SELECT n, {brand}, 'ZH' || n, r.product_id, r.lot_id, CASE n WHEN 1 THEN 'running' ELSE 'ended' END, '瓶盖松动', '下架',
       {brand}, now(), '', CASE WHEN n > 1 THEN {brand} END, CASE WHEN n > 1 THEN now() END
FROM trace_range r, generate_series(1, 300) AS n WHERE r.id = 1;

INSERT INTO recall_holder (root_id, recall_id, org_id, qty, told_at, read_at)
SELECT {brand}, CASE WHEN id % 10 = 0 THEN 1 ELSE 2 END, id, 24, now(), CASE WHEN id % 3 = 0 THEN now() END FROM org WHERE kind <> 'brand';
