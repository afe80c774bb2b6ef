"""Rebates of the demo world: the brand's for its dealers, shown dealers' for their stores; last month is settled."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from scripts.demo.archives import Party, World
from server.approvals.schemas import Decision
from server.core import clock, db
from server.rebates import accrual, progress_queries, service, settling, views
from server.rebates.schemas import NewRebate, RebateAudience
from server.rebates.terms import Goods, Rule, Step, Term

_ROUND = 100_000
"""Steps are whole thousands of yuan."""

_BEST = "SELECT category_id FROM product WHERE root_id = $1 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"


def _month(day: date, ago: int) -> date:
    """The first day of the month so many before a day's."""
    months = day.year * 12 + day.month - 1 - ago
    return date(months // 12, months % 12 + 1, 1)


async def agree(world: World, now: datetime) -> None:
    """The brand and each shown dealer have agreed on a rebate two months ago; everything since is worked out."""
    today = now.astimezone(clock.zone()).date()
    shown = {person.org for person in world.cast if person.shown and person.org}
    dealers = [world.parties[number] for number in sorted(shown) if world.parties[number].level != "store"]
    category = int(await db.value(_BEST, world.root_id))
    made = [await _made(world.brand, "2026 年度经销商进货返利", now, await _of_dealers(world.brand, today, category))]
    for dealer in dealers:
        if dealer.buyers:
            rule = Rule((await _of_amount(dealer, today, (100, 200)),))
            made.append(await _made(dealer, "门店进货返利", now, rule))
    for day in (_month(today, 0) - timedelta(days=1), today):
        # the last evening of the month before, when it still ran; and this morning, when it is over
        with clock.frozen(min(now - timedelta(hours=2), clock.between(day, None)[0] + timedelta(hours=22))):
            for agreement_id in made:
                agreement = await progress_queries.agreement(world.root_id, agreement_id)
                assert agreement is not None
                await accrual.accrue(agreement)
            await settling.settle_all()


async def _made(seller: Party, name: str, now: datetime, rule: Rule) -> int:
    today = now.astimezone(clock.zone()).date()
    days = (_month(today, 1), date(today.year, 12, 31))
    with clock.frozen(now - timedelta(days=today.day + 20)):
        new = NewRebate(name, RebateAudience("all"), "month", *days, rule, "退货按最近一次进货冲减")
        made = (await service.make(seller.boss, new)).id
        await service.submit(seller.boss, made)
        if seller.level == "brand":
            await service.decide(seller.boss, made, Decision("approve", "同意，按月结算"))
    return made


async def _of_dealers(brand: Party, today: date, category: int) -> Rule:
    goods = Goods(categories=(category,))
    mix = Term("重点品类占比", "mix", "percent", (Step(1_500, 30), Step(2_500, 50)), goods=goods)
    paid = Term("按时回款", "payment", "percent", (Step(9_000, 20),), within_days=30)
    return Rule((await _of_amount(brand, today, (150, 250, 350)), mix, paid))


async def _of_amount(seller: Party, today: date, percents: tuple[int, ...]) -> Term:
    """Steps around what the seller's buyers buy in a month."""
    probe = Rule((Term("", "amount", "percent", (Step(0, 100),)),))
    new = NewRebate("试算", RebateAudience("all"), "month", today, today, probe)
    found = await views.preview(seller.boss, new)
    usual = max(_ROUND, found.amount_fen // max(1, found.reckoned))
    first, more = max(1, usual * 6 // (10 * _ROUND)), max(1, usual * 5 // (10 * _ROUND))
    steps = [Step((first + more * n) * _ROUND, percent) for n, percent in enumerate(percents)]
    return Term("", "amount", "percent", tuple(steps))
