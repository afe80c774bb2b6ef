"""Placing an order: one statement, whatever the number of lines.

It looks up the prices, refuses what cannot be sold, takes the idempotency key and writes the order, its lines, its
event, the question to the seller, the message and the audit entry, or nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.catalog.service import NotOffered
from server.core import clock, db, idempotency, live
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, OrgFrozen
from server.core.idempotency import Claim
from server.core.logs import request_id
from server.core.money import yuan
from server.orders.schemas import NewOrder, OrderPlaced


class PriceChanged(BusinessError):
    """A price is no longer the one the buyer saw; `lines` brings the new ones, to be shown and asked again."""

    status, code, title = 409, "price_changed", "价格有变化"


SUBMIT = """
WITH input AS (
    SELECT * FROM unnest($8::bigint[], $9::bigint[], $10::int[], $11::bigint[]) WITH ORDINALITY
        AS t (product_id, packaging_id, packaging_qty, seen_fen, line_no)
), priced AS (
    SELECT i.line_no::int AS line_no, i.product_id, i.packaging_id, i.packaging_qty, i.seen_fen, p.name,
           p.guide_price_fen, k.unit_qty, r.price_fen
    FROM input i
    LEFT JOIN product p ON p.id = i.product_id AND p.root_id = $1 AND p.status = 'active'
    LEFT JOIN packaging k ON k.id = i.packaging_id AND k.product_id = p.id
    LEFT JOIN price r ON r.root_id = $1 AND r.seller_id = $3 AND r.price_group = $7 AND r.product_id = p.id
), total AS (
    SELECT count(*)::int AS line_count, sum(packaging_qty * unit_qty * price_fen)::bigint AS total_fen,
           bool_and(unit_qty IS NOT NULL AND price_fen IS NOT NULL AND price_fen = seen_fen) AS good,
           (array_agg(name ORDER BY line_no))[1] AS first_product
    FROM priced
), seller AS (
    SELECT name, status, frozen_reason FROM org WHERE id = $3
), place AS (
    SELECT jsonb_build_object('contact_name', contact_name, 'contact_phone', contact_phone,
                              'detail', region_name || detail) AS address
    FROM delivery_address WHERE id = $12::bigint AND org_id = $4
), fresh AS (
    SELECT nextval('orders_id_seq') AS id FROM total, seller
    WHERE total.good AND seller.status = 'active' AND ($12::bigint IS NULL OR EXISTS (SELECT FROM place))
), answer AS (
    SELECT f.id, $13::text || lpad(f.id::text, 6, '0') AS number FROM fresh f
), claim AS (
    INSERT INTO idempotency (account_id, key, root_id, request_hash, status, response, created_at)
    SELECT $2, $5, $1, $6, 201,
           json_build_object('id', a.id, 'number', a.number, 'state', 'submitted', 'total_fen', t.total_fen,
                             'line_count', t.line_count, 'submitted_at', $14::timestamptz)::text, $14
    FROM answer a, total t
    ON CONFLICT (account_id, key) DO NOTHING
    RETURNING response
), placed AS (
    INSERT INTO orders (id, root_id, number, seller_id, buyer_id, state, delivery_method, address, wished_on, note,
                        line_count, first_product, total_fen, created_by, submitted_at, updated_at)
    SELECT a.id, $1, a.number, $3, $4, 'submitted', $15, (SELECT address FROM place), $16, $17,
           t.line_count, t.first_product, t.total_fen, $2, $14, $14
    FROM answer a, total t, claim
    RETURNING id, number, total_fen
), lines AS (
    INSERT INTO order_line (root_id, order_id, line_no, product_id, packaging_id, unit_qty, packaging_qty,
                            ordered_qty, guide_price_fen, price_fen, amount_fen)
    SELECT $1, o.id, p.line_no, p.product_id, p.packaging_id, p.unit_qty, p.packaging_qty,
           p.packaging_qty * p.unit_qty, p.guide_price_fen, p.price_fen, p.packaging_qty * p.unit_qty * p.price_fen
    FROM placed o, priced p
), event AS (
    INSERT INTO order_event (root_id, order_id, verb, to_state, account_id, at)
    SELECT $1, id, 'submit', 'submitted', $2, $14 FROM placed
), asked AS (
    INSERT INTO approval (root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, created_at)
    SELECT $1, 'order', id, number, $3, $4, total_fen, $14 FROM placed
), message AS (
    INSERT INTO outbox (root_id, channel, topic, subject_id, next_at, created_at)
    SELECT $1, 'event', 'order.submitted', id, $14, $14 FROM placed
), trail AS (
    INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
    SELECT $1, $2, $4, 'submit', 'order', id, jsonb_build_object('total_fen', total_fen), $18, $14 FROM placed
)
SELECT (SELECT response FROM claim) AS response, t.good, s.status AS seller_status, s.name AS seller_name,
       s.frozen_reason, EXISTS (SELECT FROM fresh) AS taken,
       CASE WHEN NOT t.good THEN
           (SELECT json_agg(json_build_object('line_no', line_no, 'name', name, 'unit_qty', unit_qty,
                                              'price_fen', price_fen, 'seen_fen', seen_fen) ORDER BY line_no)
            FROM priced)::text END AS lines
FROM total t, seller s
"""


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
            "有商品暂不供应,请从购物车移除",
            [FieldError(f"/lines/{line.line_no - 1}", f"{line.name or '商品'}暂不供应") for line in missing],
        )
    changed = [line for line in lines if line.price_fen is not None and line.price_fen != line.seen_fen]
    return PriceChanged(
        f"有 {len(changed)} 种商品的价格有变化,请确认新价格后再提交",
        [
            FieldError(f"/lines/{c.line_no - 1}/price_fen", f"{c.name}现在是 {yuan(c.price_fen or 0)}")
            for c in changed
        ],
        lines=[{"line_no": c.line_no, "price_fen": c.price_fen} for c in changed],
    )


async def submit_order(actor: Actor, order: NewOrder, claim: Claim) -> OrderPlaced:
    """Submit an order to the own supplier (T1, D1.1); the same key gives the same order.

    Raises `PriceChanged`, `NotOffered`, `OrgFrozen` (the supplier), `NotFound` (the address), `KeyReused`.
    """
    if actor.supplier_id is None:
        raise InvalidInput("品牌没有上级供应商,不能下采购订单")
    if order.wished_on is not None and order.wished_on < clock.today():
        raise InvalidInput("期望送达日期不能早于今天", [FieldError("/wished_on", "不能早于今天")])
    moment = clock.now()
    found = await db.row(
        SUBMIT,
        actor.root_id,
        actor.account_id,
        actor.supplier_id,
        actor.org_id,
        claim.key,
        claim.request_hash,
        actor.price_group,
        [line.product_id for line in order.lines],
        [line.packaging_id for line in order.lines],
        [line.packaging_qty for line in order.lines],
        [line.price_fen for line in order.lines],
        order.address_id,
        clock.today().strftime("%y%m%d"),
        moment,
        order.delivery_method,
        order.wished_on,
        order.note,
        request_id.get(),
    )
    if found is None or found["response"] is None:
        return await _not_placed(found, claim)
    placed = msgspec.json.decode(found["response"], type=OrderPlaced)
    told = {"id": placed.id, "number": placed.number, "state": "submitted"}
    parties = {"seller_id": actor.supplier_id, "buyer_id": actor.org_id}
    await live.tell(parties.values(), actor.path, "order", told | parties)
    return placed


async def _not_placed(found: db.Row | None, claim: Claim) -> OrderPlaced:
    """The earlier answer of a key used before, else the reason of the refusal."""
    earlier = await idempotency.find(claim)
    if earlier is not None:
        return msgspec.json.decode(earlier.response, type=OrderPlaced)
    if found is None:
        raise NotFound("没有找到您的供应商")
    if found["seller_status"] != "active":
        raise OrgFrozen(f"供应商{found['seller_name']}已被冻结,暂时不能下单")
    if found["lines"] is not None:
        raise refuse_lines(msgspec.json.decode(found["lines"], type=list[_Line]))
    raise NotFound("没有找到这个收货地址,请重新选择")
