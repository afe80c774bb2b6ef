"""Orders line by line, for files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from server.core import db, exports
from server.core.actor import Actor
from server.orders.lists import list_orders
from server.orders.schemas import OrderFilter

_LINES = """
SELECT l.order_id, l.line_no, p.code, p.name, p.base_unit, k.name AS packaging_name, l.unit_qty, l.packaging_qty,
       l.ordered_qty, l.approved_qty, l.issued_qty, l.received_qty, l.short_qty, l.damaged_qty, l.price_fen,
       l.amount_fen, l.discount_fen, l.gift_of IS NOT NULL AS gift,
       (SELECT string_agg(s ->> 'words', '；' ORDER BY n)
        FROM jsonb_array_elements(l.steps) WITH ORDINALITY AS x (s, n)) AS taken, p.category_id, c.name AS category_name
FROM order_line l JOIN product p ON p.id = l.product_id JOIN packaging k ON k.id = l.packaging_id
JOIN category c ON c.id = p.category_id
WHERE l.root_id = $1 AND l.order_id = ANY ($2::bigint[])
ORDER BY l.order_id DESC, l.line_no
"""


async def lines(actor: Actor, wanted: OrderFilter) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """The lines of the orders that a list shows, each with its order as `order`."""
    async for page in exports.pages(list_orders)(actor, wanted):
        orders = {order.id: order for order in page}
        found = await db.rows(_LINES, actor.root_id, list(orders))
        yield [{**line, "order": orders[line["order_id"]]} for line in found]
