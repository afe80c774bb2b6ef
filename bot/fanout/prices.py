"""Prices: a dealer is told what of his own has fallen outside the limits. (D5.3)"""

from __future__ import annotations

from bot.fanout.fan import Fanout
from bot.fanout.registry import Event, on


@on("price.outside")
async def _outside(fan: Fanout, event: Event) -> None:
    """His prices lie outside new guide prices: nobody can order at them until they are set anew."""
    people = await fan.people(event.subject_id, "price.manage")
    count, names = int(event.payload["prices"]), "、".join(event.payload["products"])
    more = f"等 {count} 个价格" if count > len(event.payload["products"]) else ""
    body = f"{names}{more}从 {event.payload['from_on']} 起超出指导价的范围，重新定价前买家不能下单"
    fan.tell(event, people, f"有 {count} 个价格需要调整", body, "prices")
