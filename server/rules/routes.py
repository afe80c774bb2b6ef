"""HTTP of order rules; what they say to an order is in `orders/shelf.py`."""

from __future__ import annotations

import asyncio

from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes
from server.rules import service, tries
from server.rules.holidays import proposed
from server.rules.schemas import (
    DayChanges,
    DayList,
    HolidayProposal,
    HolidayQuery,
    RuleSet,
    RuleSetOut,
    Tried,
    TryOrder,
)

routes = Routes("rules")


@routes.get("/order-rules", permission="rule.manage")
async def get_order_rules(actor: Actor) -> RuleSetOut:
    """The order rules of the own org."""
    return await service.read_rules(actor)


@routes.post("/order-rules", permission="rule.manage", errors=[StaleVersion, NotFound])
async def set_order_rules(actor: Actor, body: RuleSet) -> RuleSetOut:
    """Set all order rules of the own org."""
    await service.save_rules(actor, body)
    return await service.read_rules(actor)


@routes.post("/order-rules/days", permission="rule.manage")
async def set_calendar_days(actor: Actor, body: DayChanges) -> DayList:
    """Close days, open made-up ones, or let days be like their weekday again."""
    return DayList(await service.save_days(actor, body))


@routes.post("/order-rules/try", permission="rule.manage", idempotent="no", errors=[NotFound])
async def try_order(actor: Actor, body: TryOrder) -> Tried:
    """Which rule would say what to an order."""
    return await tries.try_order(actor, body)


@routes.get("/order-rules/holidays", permission="rule.manage")
async def propose_holidays(actor: Actor, query: HolidayQuery) -> HolidayProposal:
    """The public holidays of a year, to be taken over."""
    return await asyncio.to_thread(proposed, query.year)
