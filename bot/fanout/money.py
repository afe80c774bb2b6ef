"""Payments: who owes is told of what was registered. (D4.3)"""

from __future__ import annotations

from bot.fanout.fan import Fanout
from bot.fanout.registry import Event, on
from server.core.money import yuan


@on("payment.registered")
async def _paid(fan: Fanout, event: Event) -> None:
    buyer_id, amount = int(event.payload["buyer_id"]), int(event.payload["amount_fen"])
    people = await fan.people(buyer_id, "settlement.read")
    fan.tell(event, people, "收款已登记", f"供应商登记收到您的付款 {yuan(amount)}", "settlement")
