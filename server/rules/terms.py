"""What the rules say about one order, and what it lacks, in words; the same for a quote, a refusal and a try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import gcd
from typing import NamedTuple

import msgspec

from server.core import clock
from server.core.money import yuan
from server.rules import queries
from server.rules.calendar import Calendar, can_deliver, counts_as, nearest, offered
from server.rules.schemas import Finding, LineRule, OrderTerms, SpecialDay

DAYS_OFFERED = 14
_EVERY_DAY = frozenset(range(1, 8))
_WEEKDAYS = "一二三四五六日"


class Line(NamedTuple):
    """A line of an order as the rules see it; quantities in packagings of `unit_qty` base units."""

    product_id: int
    name: str
    base_unit: str
    unit_qty: int
    packaging_qty: int

    @property
    def qty(self) -> int:
        """In base units."""
        return self.unit_qty * self.packaging_qty


class Applying(NamedTuple):
    """The rules that hold for an order."""

    min_fen: int | None
    minimum_for: str | None
    calendar: Calendar
    calendar_for: str | None
    goods: Mapping[int, LineRule]
    days: Sequence[SpecialDay]


async def applying(
    root_id: int, seller_id: int, buyer_id: int, address_id: int | None, product_ids: Sequence[int]
) -> Applying:
    """The rules that hold now between a seller and a buyer, for these products."""
    found = await queries.applying(root_id, seller_id, buyer_id, address_id, product_ids, clock.today())
    goods = msgspec.json.decode(found["goods"] or "[]", type=list[LineRule])
    days = msgspec.json.decode(found["days"] or "[]", type=list[SpecialDay])
    calendar = Calendar(
        frozenset(found["weekdays"] or _EVERY_DAY),
        found["cut_off"],
        found["lead_days"],
        {item.day: item.is_open for item in days},
    )
    by_product = {rule.product_id: rule for rule in goods}
    return Applying(found["min_fen"], found["minimum_for"], calendar, found["calendar_for"], by_product, days)


def terms(
    rules: Applying, total_fen: int, lines: Sequence[Line], method: str, wished_on: date | None, moment: datetime
) -> OrderTerms:
    """What holds for an order placed at this moment, and what it lacks."""
    local = moment.astimezone(clock.zone())
    calendar = rules.calendar
    if method == "pickup":  # who fetches his goods waits for no delivery day
        calendar = calendar._replace(weekdays=_EVERY_DAY, cut_off=None, lead_days=0)
    dates = offered(calendar, local, DAYS_OFFERED)
    missing = max(0, (rules.min_fen or 0) - total_fen)
    findings = [*_minimum(missing, rules.min_fen), *_goods(rules.goods, lines)]
    findings += _day(calendar, rules, wished_on, local)
    last = dates[-1] if dates else local.date()
    return OrderTerms(
        min_fen=rules.min_fen,
        missing_fen=missing,
        cut_off_at=_cut_off_at(calendar, local),
        lead_days=calendar.lead_days,
        dates=dates,
        days=[item for item in rules.days if local.date() <= item.day <= last],
        findings=findings,
    )


def _minimum(missing: int, min_fen: int | None) -> list[Finding]:
    if not missing:
        return []
    return [Finding("minimum", "/lines", f"还差 {yuan(missing)} 起送（满 {yuan(min_fen or 0)}）")]


def _goods(rules: Mapping[int, LineRule], lines: Sequence[Line]) -> list[Finding]:
    """One finding at each line of a product whose quantity, over all its lines, does not fit."""
    ordered: dict[int, int] = {}
    for line in lines:
        ordered[line.product_id] = ordered.get(line.product_id, 0) + line.qty
    return [
        Finding("multiple", f"/lines/{index}/packaging_qty", words)
        for index, line in enumerate(lines)
        if (rule := rules.get(line.product_id)) is not None
        and (words := misfit(rule, line, ordered[line.product_id])) is not None
    ]


def misfit(rule: LineRule, line: Line, qty: int) -> str | None:
    """Why so much of a product cannot be ordered, and what could be; None where it can."""
    multiple, least = rule.multiple or 1, rule.min_qty or 1
    if qty >= least and qty % multiple == 0:
        return None
    asked = []
    if rule.min_qty:
        asked.append(f"至少 {rule.min_qty} {line.base_unit}")
    if multiple > 1:
        asked.append(f"为 {multiple} 的倍数")
    fits = max(-(-qty // multiple), -(-least // multiple)) * multiple
    return f"需{'、'.join(asked)}，建议 {fits} {line.base_unit}"


def step(rule: LineRule | None, unit_qty: int) -> tuple[int, int]:
    """In packagings of so many base units: the least number, and the step by which it grows, of a line alone."""
    if rule is None:
        return 1, 1
    multiple = rule.multiple or 1
    by = multiple // gcd(multiple, unit_qty)
    least = -(-(rule.min_qty or 1) // unit_qty)
    return -(-least // by) * by, by


def _day(calendar: Calendar, rules: Applying, wished_on: date | None, local: datetime) -> list[Finding]:
    if wished_on is None or wished_on < local.date() or can_deliver(calendar, local, wished_on):
        return []
    next_ones = "、".join(_spoken(day) for day in nearest(calendar, local, wished_on))
    why = _why_not(calendar, rules, wished_on, local)
    offer = f"可选 {next_ones}" if next_ones else "近期没有可以送货的日子，请联系供应商"
    return [Finding("day", "/wished_on", f"{_spoken(wished_on)}{why}，{offer}")]


def _why_not(calendar: Calendar, rules: Applying, day: date, local: datetime) -> str:
    if not calendar.is_open(day):
        name = next((item.name for item in rules.days if item.day == day), "")
        return f"休息（{name}）" if name else "休息"
    if not calendar.delivers(day):
        return "不送货"
    late = counts_as(calendar, local) > local.date()
    return "来不及送到" + ("（今天已过截单时间）" if late else "")


def _spoken(day: date) -> str:
    """11 月 27 日（周五）"""
    return f"{day.month} 月 {day.day} 日（周{_WEEKDAYS[day.weekday()]}）"


def _cut_off_at(calendar: Calendar, local: datetime) -> datetime | None:
    """When the offered days change: at today's cut-off, or tomorrow's when that is over."""
    if calendar.cut_off is None:
        return None
    moment = datetime.combine(local.date(), calendar.cut_off, clock.zone())
    return moment if moment > local else moment + timedelta(days=1)
