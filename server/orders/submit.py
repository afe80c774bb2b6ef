"""Placing orders: one statement, whatever the number of lines, for all orders that come at the same moment.

It looks up the prices and the seller's rules, refuses what cannot be sold, takes the idempotency keys and writes each
order, its lines, its event, the question to the seller, the message and the audit entry, or nothing at all of it.
"""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from server.core import clock, db, idempotency, live
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, OrgFrozen
from server.core.idempotency import Claim
from server.core.logs import request_id
from server.core.money import yuan
from server.core.together import Together
from server.orders import shelf
from server.orders.queries import ORDER_FLOW
from server.orders.schemas import NewOrder, OrderPlaced
from server.pricing.offers import NotOffered
from server.pricing.resolve import GUIDE, LIMITS, OFFERED, PAIR, PRICE
from server.rules import queries as rules
from server.rules.service import local


class PriceChanged(BusinessError):
    """A price is no longer the one the buyer saw; `lines` brings the new ones, to be shown and asked again."""

    status, code, title = 409, "price_changed", "价格有变化"


SUBMIT = f"""
WITH RECURSIVE input AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::bigint[],
                         $8::text[], $9::timestamptz[], $10::text[], $11::date[], $12::text[],
                         $13::text[], $21::timestamp[], $22::boolean[]) WITH ORDINALITY
        AS t (root_id, account_id, seller_id, buyer_id, key, request_hash,
              address_id, prefix, moment, delivery_method, wished_on, note,
              request_id, local, waives, n)
), pair AS MATERIALIZED (
    SELECT i.n, s.name AS seller_name, s.status AS seller_status, $20::date AS day, {PAIR}
    FROM input i JOIN org s ON s.id = i.seller_id JOIN org b ON b.id = i.buyer_id
), priced AS (
    SELECT l.n, l.line_no, l.product_id, l.packaging_id, l.packaging_qty, l.seen_fen, p.name, p.category_id, k.unit_qty,
           {GUIDE} AS guide_price_fen, {OFFERED} AS price_fen
    FROM unnest($14::int[], $15::int[], $16::bigint[], $17::bigint[], $18::int[], $19::bigint[])
        AS l (n, line_no, product_id, packaging_id, packaging_qty, seen_fen)
    JOIN pair t ON t.n = l.n
    LEFT JOIN product p ON p.id = l.product_id AND p.root_id = t.root_id AND p.status = 'active'
    LEFT JOIN packaging k ON k.id = l.packaging_id AND k.product_id = p.id
    {PRICE} {LIMITS}
), total AS (
    SELECT n, count(*)::int AS line_count, sum(packaging_qty * unit_qty * price_fen)::bigint AS total_fen,
           bool_and(unit_qty IS NOT NULL AND price_fen IS NOT NULL AND price_fen = seen_fen) AS good,
           min(name) FILTER (WHERE line_no = 1) AS first_product
    FROM priced GROUP BY n
), {rules.RULES}, {rules.KEPT.format(amount="total")}, checked AS (
    SELECT i.*, r.kept, r.kept OR i.waives AS in_rules, t.line_count, t.total_fen, t.good, t.first_product,
           s.seller_name, s.seller_status,
           CASE WHEN d.id IS NOT NULL THEN
               jsonb_build_object('contact_name', d.contact_name, 'contact_phone', d.contact_phone,
                                  'detail', d.region_name || d.detail) END AS address
    FROM input i
    JOIN total t ON t.n = i.n
    JOIN pair s ON s.n = i.n
    JOIN kept k ON k.n = i.n
    CROSS JOIN LATERAL (SELECT k.minimum_kept AND k.goods_kept AND k.day_kept AS kept) r
    LEFT JOIN delivery_address d ON d.id = i.address_id AND d.org_id = i.buyer_id
), ready AS (
    SELECT DISTINCT ON (account_id, key) * FROM checked
    WHERE good AND in_rules AND seller_status = 'active' AND (address_id IS NULL OR address IS NOT NULL)
    ORDER BY account_id, key, n
), fresh AS MATERIALIZED (
    SELECT *, prefix || lpad(id::text, greatest(6, length(id::text)), '0') AS number
    FROM (SELECT *, nextval('orders_id_seq') AS id FROM ready) s
), claim AS (
    INSERT INTO idempotency (account_id, key, root_id, request_hash, status, response, created_at)
    SELECT account_id, key, root_id, request_hash, 201,
           json_build_object('id', id, 'number', number, 'state', 'submitted',
                             'total_fen', total_fen, 'line_count', line_count, 'submitted_at', moment)::text, moment
    FROM fresh
    ORDER BY account_id, key  -- sets of several processes wait for each other's keys in one order only
    ON CONFLICT (account_id, key) DO NOTHING
    RETURNING account_id, key, response
), taken AS (
    SELECT f.*, c.response
    FROM fresh f JOIN claim c ON c.account_id = f.account_id AND c.key = f.key
), placed AS (
    INSERT INTO orders (id, root_id, number, seller_id, buyer_id, state, delivery_method, address, wished_on, note,
                        line_count, first_product, total_fen, created_by, submitted_at, updated_at)
    SELECT id, root_id, number, seller_id, buyer_id, 'submitted', delivery_method, address, wished_on, note,
           line_count, first_product, total_fen, account_id, moment, moment
    FROM taken
), lines AS (
    INSERT INTO order_line (root_id, order_id, line_no, product_id, packaging_id, unit_qty, packaging_qty,
                            ordered_qty, guide_price_fen, price_fen, amount_fen)
    SELECT o.root_id, o.id, p.line_no, p.product_id, p.packaging_id, p.unit_qty, p.packaging_qty,
           p.packaging_qty * p.unit_qty, p.guide_price_fen, p.price_fen, p.packaging_qty * p.unit_qty * p.price_fen
    FROM taken o JOIN priced p ON p.n = o.n
), event AS (
    INSERT INTO order_event (root_id, order_id, verb, to_state, account_id, reason, at)
    SELECT root_id, id, 'submit', 'submitted', account_id, CASE WHEN kept THEN '' ELSE '未按下单规则' END, moment
    FROM taken
), asked AS (
    INSERT INTO approval (root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, flow_id, created_at)
    SELECT t.root_id, 'order', t.id, t.number, t.seller_id, t.buyer_id, t.total_fen, {ORDER_FLOW}, t.moment FROM taken t
), message AS (
    INSERT INTO outbox (root_id, channel, topic, subject_id, next_at, created_at)
    SELECT root_id, 'event', 'order.submitted', id, moment, moment FROM taken
), trail AS (
    INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
    SELECT root_id, account_id, buyer_id, 'submit', 'order', id,
           jsonb_build_object('total_fen', total_fen)
               || CASE WHEN kept THEN '{{}}'::jsonb ELSE '{{"override_rules": true}}' END,
           request_id, moment FROM taken
)
SELECT c.n, (SELECT t.response FROM taken t WHERE t.n = c.n) AS response, c.seller_status, c.seller_name, c.in_rules,
       CASE WHEN NOT c.good THEN
           (SELECT json_agg(json_build_object('line_no', line_no, 'name', name, 'unit_qty', unit_qty,
                                              'price_fen', price_fen, 'seen_fen', seen_fen) ORDER BY line_no)
            FROM priced p WHERE p.n = c.n)::text END AS lines
FROM checked c
"""

SET_LINES = 400
"""Orders that wait for the database at the same moment are placed by one statement, of so many lines at most."""


class _Cart(NamedTuple):
    """An order to be placed, with all that its rows say."""

    actor: Actor
    order: NewOrder
    claim: Claim
    moment: datetime
    request_id: str


async def _place(carts: Sequence[_Cart]) -> list[db.Row | None]:
    """Place these orders, each whole or not at all; what became of each in their order."""
    lines = [(n, no, line) for n, cart in enumerate(carts, 1) for no, line in enumerate(cart.order.lines, 1)]
    today = clock.today()
    prefix = today.strftime("%y%m%d")
    found = await db.rows(
        SUBMIT,
        [cart.actor.root_id for cart in carts],
        [cart.actor.account_id for cart in carts],
        [cart.actor.supplier_id for cart in carts],
        [cart.actor.org_id for cart in carts],
        [cart.claim.key for cart in carts],
        [cart.claim.request_hash for cart in carts],
        [cart.order.address_id for cart in carts],
        [prefix] * len(carts),
        [cart.moment for cart in carts],
        [cart.order.delivery_method for cart in carts],
        [cart.order.wished_on for cart in carts],
        [cart.order.note for cart in carts],
        [cart.request_id for cart in carts],
        [n for n, _, _ in lines],
        [no for _, no, _ in lines],
        [line.product_id for _, _, line in lines],
        [line.packaging_id for _, _, line in lines],
        [line.packaging_qty for _, _, line in lines],
        [line.price_fen for _, _, line in lines],
        today,
        [local(cart.moment) for cart in carts],
        [cart.order.override_rules for cart in carts],
    )
    by_number = {item["n"]: item for item in found}
    return [by_number.get(n) for n in range(1, len(carts) + 1)]


_placing: Together[_Cart, db.Row | None] = Together(
    _place, lanes=2, heaviest=SET_LINES, weight=lambda cart: len(cart.order.lines)
)


class _Line(msgspec.Struct):
    line_no: int
    name: str | None
    unit_qty: int | None
    price_fen: int | None
    seen_fen: int


def refuse_lines(lines: Sequence[_Line]) -> BusinessError:
    """Why the lines cannot be ordered: not offered first, then prices that changed."""
    missing = [line for line in lines if line.unit_qty is None or line.price_fen is None]
    if missing:
        return NotOffered(
            "有商品暂不供应，请从购物车移除",
            [FieldError(f"/lines/{line.line_no - 1}", f"{line.name or '商品'}暂不供应") for line in missing],
        )
    changed = [line for line in lines if line.price_fen is not None and line.price_fen != line.seen_fen]
    return PriceChanged(
        f"有 {len(changed)} 种商品的价格有变化，请确认新价格后再提交",
        [FieldError(f"/lines/{c.line_no - 1}/price_fen", f"{c.name}现在是 {yuan(c.price_fen or 0)}") for c in changed],
        lines=[{"line_no": c.line_no, "price_fen": c.price_fen} for c in changed],
    )


async def submit_order(actor: Actor, order: NewOrder, claim: Claim) -> OrderPlaced:
    """Submit an order to the own supplier (T1, D1.1); the same key gives the same order.

    Raises `PriceChanged`, `NotOffered`, `RulesUnmet`, `OrgFrozen` (the supplier), `NotFound` (the address),
    `KeyReused`.
    """
    if actor.supplier_id is None:
        raise InvalidInput("品牌没有上级供应商，不能下采购订单")
    if order.wished_on is not None and order.wished_on < clock.today():
        earlier = await idempotency.find(claim)  # sent before midnight, and sent again after it
        if earlier is not None:
            return msgspec.json.decode(earlier.response, type=OrderPlaced)
        raise InvalidInput("期望送达日期不能早于今天", [FieldError("/wished_on", "不能早于今天")])
    cart = _Cart(actor, order, claim, clock.now(), request_id.get())
    found = await _placing.ask(cart)
    if found is None or found["response"] is None:
        return await _not_placed(found, cart)
    placed = msgspec.json.decode(found["response"], type=OrderPlaced)
    told = {"id": placed.id, "number": placed.number, "state": "submitted"}
    parties = {"seller_id": actor.supplier_id, "buyer_id": actor.org_id}
    await live.tell(parties.values(), actor.path, "order", told | parties)
    if actor.supplier_id != actor.root_id:
        await live.hint(actor.root_id, "orders")
    return placed


async def _not_placed(found: db.Row | None, cart: _Cart) -> OrderPlaced:
    """The earlier answer of a key used before, else the reason of the refusal."""
    earlier = await idempotency.find(cart.claim)
    if earlier is not None:
        return msgspec.json.decode(earlier.response, type=OrderPlaced)
    if found is None:
        raise NotFound("没有找到您的供应商")
    if found["seller_status"] != "active":
        raise OrgFrozen(f"供应商{found['seller_name']}已被冻结，暂时不能下单")
    if found["lines"] is not None:
        raise refuse_lines(msgspec.json.decode(found["lines"], type=list[_Line]))
    if not found["in_rules"]:
        raise await shelf.outside_rules(cart.actor, cart.order, cart.moment)
    raise NotFound("没有找到这个收货地址，请重新选择")
