"""A brand with years behind it, written set-based: for tests of plans, never of rules."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

DEALERS = 100
STORES = 10
"""Of each dealer."""

PRODUCTS = 300

_FILL = """
SET session_replication_role = replica;
SET synchronous_commit = off;

INSERT INTO org (id, root_id, kind, name, path) VALUES (1, 1, 'brand', '老品牌', '/1/');
INSERT INTO org (id, root_id, parent_id, kind, name, path)
SELECT 1 + d, 1, 1, 'dealer', '经销商' || d, '/1/' || 1 + d || '/' FROM generate_series(1, {dealers}) d;
INSERT INTO org (id, root_id, parent_id, kind, name, path)
SELECT 1000 * (1 + d) + s, 1, 1 + d, 'store', '门店' || d || '-' || s,
       '/1/' || 1 + d || '/' || 1000 * (1 + d) + s || '/'
FROM generate_series(1, {dealers}) d, generate_series(1, {stores}) s;
INSERT INTO account (id, root_id, org_id, name, phone, password_hash, role)
SELECT id, 1, id, name || '负责人', '1' || lpad(id::text, 10, '0'), '',
       CASE kind WHEN 'brand' THEN 'brand_admin' WHEN 'dealer' THEN 'dealer_owner' ELSE 'store_owner' END FROM org;
INSERT INTO account (id, root_id, org_id, name, phone, password_hash, role)
VALUES (999, 1, 1, '业务员', '19999999999', '', 'brand_rep');
INSERT INTO assignment (account_id, org_id, root_id) SELECT 999, 1 + d, 1 FROM generate_series(1, 5) d;
INSERT INTO location (id, root_id, org_id, kind, name)
SELECT 10 * id + n, 1, id, place, place
FROM org, unnest('{{warehouse,in_transit}}'::text[]) WITH ORDINALITY t (place, n);

INSERT INTO category (id, root_id, name) VALUES (1, 1, '饮料');
INSERT INTO product (id, root_id, category_id, code, name, base_unit, search_text, shelf_life_days, guide_price_fen,
                     floor_price_fen, ceiling_price_fen)
SELECT p, 1, 1, 'P' || p, '商品' || p, '瓶', 'p' || p || ' 商品' || p, 365, 300, 150, 600
FROM generate_series(1, {products}) p;
INSERT INTO packaging (id, root_id, product_id, name, unit_qty, gtin, is_default)
SELECT 2 * p + n, 1, p, '瓶', CASE n WHEN 0 THEN 1 ELSE 24 END, lpad((2 * p + n)::text, 14, '0'), n = 1
FROM generate_series(1, {products}) p, generate_series(0, 1) n;
INSERT INTO price (root_id, seller_id, price_group, product_id, price_fen)
SELECT 1, o.id, 'standard', p, 290 FROM org o, generate_series(1, {products}) p WHERE o.kind <> 'store';
INSERT INTO lot (id, root_id, product_id, code, expires_on)
SELECT 10 * p + n, 1, p, 'L' || n, '2099-01-01' FROM generate_series(1, {products}) p, generate_series(1, 3) n;
INSERT INTO stock_balance (root_id, location_id, product_id, lot_id, is_real, on_hand)
SELECT 1, 10 * o.id + 1, l.product_id, l.id, true, 100 FROM org o, lot l WHERE o.kind <> 'store';

-- One in fifty orders is a dealer's own; one in a hundred or so is not finished.
INSERT INTO orders (id, root_id, number, seller_id, buyer_id, state, delivery_method, line_count, first_product,
                    total_fen, created_by, submitted_at, updated_at)
SELECT n, 1, '250101' || lpad(n::text, 6, '0'), CASE n % 50 WHEN 0 THEN 1 ELSE d END,
       CASE n % 50 WHEN 0 THEN d ELSE 1000 * d + 1 + n / {dealers} % {stores} END,
       CASE WHEN n % 101 = 7 THEN (ARRAY['submitted', 'approved', 'issued'])[1 + n / 101 % 3] ELSE 'closed' END,
       'deliver', 5, '商品' || n % {products}, 1000, 1, moment, moment
FROM (SELECT n, 2 + n % {dealers} AS d, timestamptz '2025-01-01' + n * interval '1 minute' AS moment
      FROM generate_series(1, {orders}) n) x;
INSERT INTO order_line (root_id, order_id, line_no, product_id, packaging_id, unit_qty, packaging_qty, ordered_qty,
                        guide_price_fen, price_fen, amount_fen)
SELECT 1, n, l, 1 + (n + l) % {products}, 2 * (1 + (n + l) % {products}), 1, 1, 1, 300, 200, 200
FROM generate_series(1, {orders}) n, generate_series(1, 5) l;
INSERT INTO order_event (root_id, order_id, verb, to_state, account_id, at)
SELECT 1, id, 'submit', 'submitted', created_by, submitted_at FROM orders;
INSERT INTO approval (root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, state, created_at)
SELECT 1, 'order', id, number, seller_id, buyer_id, total_fen,
       CASE state WHEN 'submitted' THEN 'pending' ELSE 'approved' END, submitted_at FROM orders;
INSERT INTO goods_issue (id, root_id, number, order_id, seller_id, buyer_id, location_id, state, total_fen, issued_by,
                         issued_at)
SELECT id, 1, 'CK' || number, id, seller_id, buyer_id, 10 * seller_id + 1,
       CASE state WHEN 'issued' THEN 'in_transit' ELSE 'received' END, total_fen, 1, submitted_at FROM orders;
INSERT INTO goods_issue_line (root_id, issue_id, line_no, order_line_no, product_id, lot_id, qty, price_fen, amount_fen)
SELECT 1, order_id, line_no, line_no, product_id, 10 * product_id + 1, 1, 200, 200 FROM order_line;
INSERT INTO ledger_entry (root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document_kind, document_id,
                          occurred_on, at)
SELECT 1, seller_id, buyer_id, 'receivable', 'revenue', total_fen, 'issue', 'goods_issue', id, submitted_at,
       submitted_at FROM orders;
INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, at)
SELECT 1, created_by, CASE verb WHEN 1 THEN buyer_id ELSE seller_id END, 'submit', 'order', id, submitted_at
FROM orders, generate_series(1, 2) verb;
INSERT INTO outbox (root_id, channel, topic, subject_id, state, next_at, created_at, delivered_at)
SELECT 1, (ARRAY['event', 'event', 'wecom_card', 'subscribe', 'wecom_update'])[1 + n % 5], 'order.submitted', id,
       CASE WHEN id > {orders} - 100 THEN 'pending' ELSE 'delivered' END, submitted_at, submitted_at, submitted_at
FROM orders, generate_series(0, 4, 2) n;
INSERT INTO notice (root_id, account_id, kind, title, body, dedupe_key, created_at, read_at)
SELECT 1, a, 'order.submitted', '新订单', '', id || ':' || a, submitted_at, submitted_at
FROM orders, LATERAL (VALUES (seller_id), (buyer_id)) v (a);
INSERT INTO session (account_id, token_hash, expires_at)
SELECT 1 + n % {dealers}, decode(md5(n::text) || md5(n::text), 'hex'), '2099-01-01'
FROM generate_series(1, {orders} / 4) n;
SELECT setval(pg_get_serial_sequence(t, 'id'), 10 * {orders}) FROM unnest('{{orders,goods_issue}}'::text[]) t;
ANALYZE;
SET session_replication_role = DEFAULT;
"""


@dataclass(frozen=True)
class Large:
    """Who looks at what, in a large world."""

    brand: int = 1
    dealer: int = 3
    store: int = 3001
    rep: int = 999


async def fill(connection: asyncpg.Connection, orders: int) -> Large:
    """Write so many orders with all that belongs to them."""
    await connection.execute(_FILL.format(orders=orders, dealers=DEALERS, stores=STORES, products=PRODUCTS))
    return Large()
