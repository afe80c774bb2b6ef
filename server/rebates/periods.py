"""Periods of an agreement: months, quarters and years of the calendar, or just its own days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple

Every = Literal["month", "quarter", "year", "dates"]

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
EVERY_NAMES: dict[str, str] = {"month": "按月", "quarter": "按季度", "year": "按年", "dates": "整个期间"}


class Period(NamedTuple):
    """A period with its first and last day; `no` counts from 1."""

    no: int
    from_on: date
    until_on: date


def _ending(day: date, months: int) -> date:
    """The last day of the month, quarter or year in which a day lies."""
    month = (day.month - 1) // months * months + months
    return date(day.year, month, monthrange(day.year, month)[1])


def periods(every: Every, from_on: date, until_on: date) -> list[Period]:
    """All periods of an agreement; the first and the last may be shorter than the calendar's."""
    if every == "dates":
        return [Period(1, from_on, until_on)]
    found: list[Period] = []
    first = from_on
    while first <= until_on:
        last = min(_ending(first, _MONTHS[every]), until_on)
        found.append(Period(len(found) + 1, first, last))
        first = last + timedelta(days=1)
    return found


def year_before(day: date) -> date:
    """The same day of the year before; 29 February: the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def name_of(every: Every, period: Period) -> str:
    """What people call a period: `2026 年 11 月`, `2026 年第 4 季度`, `2026 年`, or its days."""
    day = period.from_on
    if every == "month":
        return f"{day.year} 年 {day.month} 月"
    if every == "quarter":
        return f"{day.year} 年第 {(day.month + 2) // 3} 季度"
    if every == "year":
        return f"{day.year} 年"
    return f"{day.isoformat()} 至 {period.until_on.isoformat()}"
