"""The project's own clock: tests set it, everything asks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_frozen: datetime | None = None
_zone = ZoneInfo("Asia/Shanghai")
_EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return _frozen or datetime.now(UTC)


def today() -> date:
    """The business day of the deployment's zone."""
    return now().astimezone(_zone).date()


def use_zone(zone: ZoneInfo) -> None:
    """Set the zone in which business days begin (done once, at the start of a process)."""
    global _zone
    _zone = zone


def zone() -> ZoneInfo:
    """The zone in which business days begin."""
    return _zone


def _midnight(day: date) -> datetime:
    near = min(max(day, _EVER[0].date()), _EVER[1].date())  # further away there is nothing, and no midnight either
    return datetime.combine(near, time(), _zone)


def between(first: date | None, last: date | None) -> tuple[datetime, datetime]:
    """The moments from which and before which some business days are; without a day the beginning or end of time."""
    begin = _EVER[0] if first is None else _midnight(first)
    return begin, _EVER[1] if last is None else _midnight(min(last, _EVER[1].date()) + timedelta(days=1))


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` for the length of the block (tests, and the demo's history)."""
    global _frozen
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before
