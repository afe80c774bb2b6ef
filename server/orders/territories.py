"""Which goods of an order leave their dealer's territory: nothing is stopped, it is seen. (S1.3)"""

from __future__ import annotations

import msgspec

from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.orders.schemas import OutsideTerritory
from server.territory import service as territory

_ORDER = """
SELECT o.submitted_at, s.id AS seller_id, s.name AS seller_name, s.kind AS seller_kind, b.id AS buyer_id,
       b.name AS buyer_name, b.kind AS buyer_kind, b.region_code,
       (SELECT json_agg(json_build_array(l.line_no, p.category_id))::text
        FROM order_line l JOIN product p ON p.id = l.product_id
        WHERE l.root_id = o.root_id AND l.order_id = o.id) AS lines
FROM orders o JOIN org s ON s.id = o.seller_id JOIN org b ON b.id = o.buyer_id
WHERE o.root_id = $1 AND o.id = $2 AND (b.path LIKE ANY ($3::text[]) OR o.seller_id = $4)
"""


async def outside_territory(actor: Actor, order_id: int) -> OutsideTerritory:
    """The lines of an order that a dealer had no authority for on the day it was submitted.

    What a dealer buys is compared with the categories that it may sell anywhere; what it sells to a store, with those
    that it may sell where the store is.
    """
    found = await db.row(_ORDER, actor.root_id, order_id, actor.patterns, actor.seller_id)
    if found is None:
        raise NotFound("没有找到这张订单")
    party = "buyer" if found["buyer_kind"] == "dealer" else "seller"
    region = None if party == "buyer" else found["region_code"]
    if found[f"{party}_kind"] != "dealer" or region == "":
        return OutsideTerritory(None, [], region)
    lines = msgspec.json.decode(found["lines"] or "[]", type=list[tuple[int, int]])
    day = found["submitted_at"].astimezone(clock.zone()).date()
    beyond = await territory.beyond(actor, found[f"{party}_id"], region, {category for _, category in lines}, day)
    numbers = sorted(number for number, category in lines if category in beyond)
    return OutsideTerritory(found[f"{party}_name"] if numbers else None, numbers, region)
