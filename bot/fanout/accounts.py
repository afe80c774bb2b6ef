"""Accounts: who made an invitation hears that it was taken. (D6.1)"""

from __future__ import annotations

from bot.fanout.fan import Fanout
from bot.fanout.registry import Event, on


@on("invitation.used")
async def _joined(fan: Fanout, event: Event) -> None:
    told = event.payload
    body = f"{told['name']}已成为{told['org']}的{told['role']}"
    fan.tell(event, [{"id": int(told["account_id"])}], "邀请已接受", body, "staff")
