"""The project's own clock: tests set it, everything asks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: datetime | None = None
_zone = ZoneInfo("Asia/Shanghai")


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


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` for the length of the block (tests, and the demo's history)."""
    global _frozen
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before
