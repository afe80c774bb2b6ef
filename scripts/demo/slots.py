"""The moments at which people work: nine a day, never the same minute twice, so that much can happen at one moment.

The clock of the system is one for all, so things that happen together share a moment and are done side by side.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_TIMES = (
    time(8, 3), time(9, 18), time(10, 31), time(11, 36), time(13, 42), time(14, 57), time(16, 14), time(17, 33),
    time(19, 21),
)  # fmt: skip
SUNDAY = 6


def _moment(day: date, index: int, zone: ZoneInfo) -> datetime:
    jitter = timedelta(seconds=(day.toordinal() * 7919 + index * 104_729) % 1500)
    return datetime.combine(day, _TIMES[index], zone) + jitter


def next_slot(after: datetime, zone: ZoneInfo, sundays: bool = True) -> datetime:
    """The first working moment that is not before `after`."""
    day = after.astimezone(zone).date()
    while True:
        if sundays or day.weekday() != SUNDAY:
            for index in range(len(_TIMES)):
                moment = _moment(day, index, zone)
                if moment >= after:
                    return moment
        day += timedelta(days=1)


def slot(day: date, index: int, zone: ZoneInfo) -> datetime:
    """One of the nine moments of a day, counted from 0."""
    return _moment(day, index, zone)
