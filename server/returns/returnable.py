"""What an org could give back to a seller: what lies there, and was bought there and not given back."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from server.core import clock, db, paging, search
from server.core.actor import Actor
from server.core.errors import FieldError, NotFound
from server.core.types import OrgRef
from server.returns import queries
from server.returns.hooks import Bought
from server.returns.schemas import Returnable, ReturnableFilter, ReturnableList

# The products that lie in a place, with their lots. $1 root  $2 place  $3 the last product shown  $4 rows  $5 today
# $6 one product  $7, $8 what a product is found by  $9 an order  $10 the buyer
_LYING = """
WITH given AS (
    SELECT $5::date, $6::bigint, $7::text[], $8::text[], $9::bigint, $10::bigint
), lying AS (
    SELECT b.product_id, b.lot_id, (b.on_hand - b.reserved)::bigint AS free, l.code, l.expires_on, l.blocked_by
    FROM stock_balance b JOIN lot l ON l.id = b.lot_id
    WHERE b.root_id = $1 AND b.location_id = $2 AND b.product_id > $3 AND b.on_hand > b.reserved{conditions}
), shown AS (
    SELECT product_id, sum(free)::bigint AS free_qty,
           json_agg(json_build_object('lot_id', lot_id, 'lot_code', code,
                                      'expires_on', nullif(expires_on, 'infinity'), 'expired', expires_on < $5,
                                      'recalled', blocked_by IS NOT NULL, 'free_qty', free)
                    ORDER BY expires_on, lot_id)::text AS lots
    FROM lying GROUP BY 1 ORDER BY 1 LIMIT $4
)
SELECT s.*, p.code AS product_code, p.name AS product_name, p.spec, p.color, p.base_unit,
       (SELECT coalesce(json_agg(json_build_object('id', k.id, 'name', k.name, 'unit_qty', k.unit_qty, 'gtin', k.gtin,
                                                   'is_default', k.is_default) ORDER BY k.unit_qty), '[]')::text
        FROM packaging k WHERE k.product_id = p.id) AS packagings
FROM shown s JOIN product p ON p.id = s.product_id
ORDER BY s.product_id
"""
_FOUND = f"SELECT p.id FROM product p WHERE p.root_id = $1 AND {search.matches('p', '$7', '$8')}"
_CONDITIONS = {
    "product": " AND b.product_id = $6",
    "search": f" AND b.product_id IN ({_FOUND})",
    "order": """ AND b.product_id IN (SELECT l.product_id FROM orders o JOIN order_line l
        ON l.root_id = o.root_id AND l.order_id = o.id WHERE o.root_id = $1 AND o.id = $9 AND o.buyer_id = $10)""",
    "expired": " AND l.expires_on < $5",
    "recalled": " AND l.blocked_by IS NOT NULL",
}


async def list_returnable(actor: Actor, wanted: ReturnableFilter) -> ReturnableList:
    """What the own org could give back, by product; without the products that it has not bought there."""
    ends = await queries.ends(actor.root_id, actor.org_id, wanted.seller_id)
    if ends is None or not (ends["is_supplier"] or ends["traded"]):
        raise NotFound("没有找到这个供货方", [FieldError("/seller_id", "请选择您进过货的供货方")])
    place = await queries.place(actor.org_id, wanted.warehouse_id)
    if place is None:
        raise NotFound("没有找到这个仓库，或者它已经停用", [FieldError("/warehouse_id", "请重新选择")])
    after, look = paging.id_cursor(wanted.cursor) or 0, search.look_for(wanted.q)
    asked = {"product": wanted.product_id, "search": look, "order": wanted.order_id}
    named = [name for name, value in asked.items() if value is not None] + ([wanted.only] if wanted.only else [])
    statement = _LYING.format(conditions="".join(_CONDITIONS[name] for name in named))
    found = await db.rows(
        statement, actor.root_id, place["id"], after, wanted.limit + 1, clock.today(), wanted.product_id,
        *(look or (None, None)), wanted.order_id, actor.org_id,
    )  # fmt: skip
    page, cursor = paging.page(found, wanted.limit, "product_id")
    products = [item["product_id"] for item in page]
    bought = await queries.bought(actor.root_id, ends["id"], actor.org_id, products)
    items = [_shown(item, bought[item["product_id"]]) for item in page if _left(bought, item["product_id"])]
    return ReturnableList(OrgRef(ends["id"], ends["name"]), items, cursor)


def _left(bought: Mapping[int, Bought], product_id: int) -> bool:
    return product_id in bought and bought[product_id].qty > 0


def _shown(item: Mapping[str, Any], bought: Bought) -> Returnable:
    paid = max(0, bought.fen)
    more = {
        "packagings": msgspec.json.decode(item["packagings"]),
        "lots": msgspec.json.decode(item["lots"]),
        "bought_qty": bought.qty,
        "paid_fen": paid,
        "price_fen": paid // bought.qty,
        "most_qty": min(item["free_qty"], bought.qty),
    }
    return msgspec.convert({**item, **more}, Returnable)
