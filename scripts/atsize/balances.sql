-- What lies where, as all moves before say, and what was there at the beginning of each month -----------------------

INSERT INTO stock_balance (root_id, location_id, product_id, lot_id, is_real, on_hand, reserved)
SELECT {brand}, e.location_id, e.product_id, e.lot_id, w.kind IN ('warehouse', 'quarantine'), e.qty, coalesce(r.qty, 0)
FROM (SELECT location_id, product_id, lot_id, sum(qty) AS qty
      FROM (SELECT to_location_id AS location_id, product_id, lot_id, qty FROM stock_move
            UNION ALL SELECT from_location_id, product_id, lot_id, -qty FROM stock_move) ends
      GROUP BY location_id, product_id, lot_id) e
JOIN location w ON w.id = e.location_id
LEFT JOIN (SELECT location_id, product_id, lot_id, sum(qty) AS qty
           FROM (SELECT location_id, product_id, lot_id, qty FROM reservation
                 UNION ALL
                 SELECT t.from_location_id, x.product_id, x.lot_id, x.qty FROM transfer t
                 JOIN transfer_lot x ON x.root_id = t.root_id AND x.transfer_id = t.id WHERE t.state = 'approved'
                 UNION ALL
                 SELECT g.from_location_id, x.product_id, x.lot_id, x.qty FROM goods_return g
                 JOIN goods_return_lot x ON x.root_id = g.root_id AND x.return_id = g.id
                 WHERE g.state IN ('asked', 'approved')) held
           GROUP BY location_id, product_id, lot_id) r USING (location_id, product_id, lot_id);

-- The brand and the regional dealers have snapshots of two years, as `server/stock/snapshots.py` would have taken them.
INSERT INTO stock_snapshot_head (root_id, location_id, before, taken_at)
SELECT {brand}, 10 * o.id + 1, m.before, m.before + interval '3 hours'
FROM org o CROSS JOIN generate_series(0, 23) AS k (n)
CROSS JOIN LATERAL (SELECT (date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') - k.n * interval '1 month')
                           AT TIME ZONE 'Asia/Shanghai' AS before) m
WHERE o.id = {brand} OR o.parent_id = {brand};

INSERT INTO stock_snapshot (root_id, location_id, before, product_id, lot_id, on_hand)
SELECT {brand}, h.location_id, h.before, e.product_id, e.lot_id, sum(e.qty)
FROM stock_snapshot_head h
JOIN (SELECT to_location_id AS location_id, product_id, lot_id, qty, at FROM stock_move
      UNION ALL SELECT from_location_id, product_id, lot_id, -qty, at FROM stock_move) e
    ON e.location_id = h.location_id AND e.at < h.before
GROUP BY h.location_id, h.before, e.product_id, e.lot_id HAVING sum(e.qty) <> 0;
