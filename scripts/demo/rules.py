"""What the sellers of the demo world ask of orders, and who decides about them from today on."""

from __future__ import annotations

from scripts.demo.archives import FIRST_STEPS, Party, World
from server.approvals import flows
from server.approvals.schemas import NewFlow, NewStep
from server.core import clock
from server.rules.holidays import proposed
from server.rules.schemas import Audience, CalendarRule, DayChanges, MinimumRule, RuleSet
from server.rules.service import save_days, save_rules

THIRD_ABOVE_FEN = 8_000_000
"""Above 80,000 yuan, or over the credit limit, the administrator decides last."""

_ALL = Audience("all")
_LEAST_FEN = {"brand": 300_000, "province": 150_000, "city": 80_000, "county": 20_000}
_WORKDAYS = [1, 2, 3, 4, 5, 6]


async def set_rules(world: World) -> None:
    """A least amount and delivery days with every seller, the public holidays, and three steps with the brand."""
    for seller in world.sellers:
        await _terms(seller)
    boss = world.brand.boss
    (present, _) = await flows.present(boss.root_id, boss.org_id, "order")
    last = NewStep("总部终审", "role:brand_admin", above_fen=THIRD_ABOVE_FEN, over_credit=True)
    await flows.save_flow(boss, "order", NewFlow(present["id"] if present else 0, [*FIRST_STEPS, last]))


async def _terms(seller: Party) -> None:
    least = MinimumRule(_ALL, _LEAST_FEN.get(seller.level, 20_000))
    calendar = CalendarRule(_ALL, _WORKDAYS, 1, "16:00")
    await save_rules(seller.boss, RuleSet(0, [least], [], [calendar]))
    await save_days(seller.boss, DayChanges(proposed(clock.today().year).items))
