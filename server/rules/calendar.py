"""On which days a seller delivers; plain functions of the calendar and the moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

_ONE = timedelta(days=1)
HORIZON = 120
"""So many days are looked through for the next ones."""


class Calendar(NamedTuple):
    """A seller's delivery days for a buyer; `special` says of a day whether it is open, whatever its weekday."""

    weekdays: frozenset[int]
    cut_off: time | None
    lead_days: int
    special: Mapping[date, bool]

    def is_open(self, day: date) -> bool:
        """Whether the seller works on a day: each that is not closed."""
        return self.special.get(day, True)

    def delivers(self, day: date) -> bool:
        """Whether goods can arrive on a day: an open one of the weekdays, or a made-up working day."""
        return self.special.get(day, day.isoweekday() in self.weekdays)


def counts_as(calendar: Calendar, local: datetime) -> date:
    """The day that an order of this local moment counts as of: the next one from the cut-off on."""
    late = calendar.cut_off is not None and local.time() >= calendar.cut_off
    return local.date() + (_ONE if late else timedelta(0))


def can_deliver(calendar: Calendar, local: datetime, day: date) -> bool:
    """Whether an order of this moment can be delivered on a day: as many open days as the seller needs lie before."""
    if not calendar.delivers(day):
        return False
    start = counts_as(calendar, local)
    if day < start:
        return False
    special = [off for off, is_open in calendar.special.items() if not is_open and start <= off < day]
    return (day - start).days - len(special) >= calendar.lead_days


def offered(calendar: Calendar, local: datetime, count: int) -> list[date]:
    """The next days on which an order of this moment can be delivered, the earliest first."""
    first = counts_as(calendar, local)
    days = (first + timedelta(days=n) for n in range(HORIZON))
    return list(islice((day for day in days if can_deliver(calendar, local, day)), count))


def nearest(calendar: Calendar, local: datetime, wished: date, count: int = 3) -> list[date]:
    """Of the days that can be delivered on, those next to one that cannot: after it, else the last before it."""
    days = offered(calendar, local, HORIZON)
    return [day for day in days if day >= wished][:count] or days[-count:]
