"""What moving an org to another supplier means for its orders. (S1.2)

An order is between two parties, and stays so: what is under way is finished, rejected or cancelled with the supplier
who has it before the org moves, so that nothing is issued or signed between people who do not see each other any more.
What is past stays readable by both.
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from server.channel.moving import Move
from server.channel.tree_schemas import Consequence
from server.core import db
from server.orders.states import STATE_NAMES

_UNDER_WAY = ("submitted", "approved", "issued", "on_hold")
_SHOWN = 5
_COUNTED = 1000

# A run per state of the buyer's index; the newest numbers as examples.
_OPEN = f"""
SELECT s.state, h.n, h.numbers FROM unnest($4::text[]) AS s (state) CROSS JOIN LATERAL (
    SELECT count(*)::int AS n, (array_agg(x.number))[1:{_SHOWN}] AS numbers FROM (
        SELECT o.number FROM orders o
        WHERE o.root_id = $1 AND o.buyer_id = $3 AND o.state = s.state AND o.seller_id = $2
        ORDER BY o.id DESC LIMIT {_COUNTED}) x) h
WHERE h.n > 0
"""


async def tell_of_orders(move: Move) -> list[Consequence]:
    """The orders under way between the org and its present supplier; they forbid the move."""
    found = await db.rows(_OPEN, move.org.root_id, move.old.id, move.org.id, list(_UNDER_WAY))
    if not found:
        title = f"{move.org.name}与{move.old.name}之间没有进行中的订单，历史订单双方都还能看到"
        return [Consequence("orders", title)]
    number = sum(item["n"] for item in found)
    details = [f"{STATE_NAMES[item['state']]} {item['n']} 张：{'、'.join(item['numbers'])}" for item in found]
    title = f"与{move.old.name}还有 {number} 张订单没有完成，请先完成、驳回或取消"
    return [Consequence("orders", title, details, forbids=True)]
