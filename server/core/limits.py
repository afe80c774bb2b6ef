"""How often something may be done in a minute or a day; counted in Redis, without it in this process alone."""

from __future__ import annotations

from collections import Counter

from server.core import clock
from server.core.errors import TooManyRequests
from server.core.redis import attempt, client

MINUTE, DAY = 60, 24 * 60 * 60

_here: dict[int, Counter[str]] = {}  # by the length of a period
_period: dict[int, int] = {}


def _count_here(name: str, period: int, seconds: int) -> int:
    if _period.get(seconds) != period:
        _here[seconds] = Counter()
        _period[seconds] = period
    _here[seconds][name] += 1
    return _here[seconds][name]


async def _count(name: str, seconds: int) -> int:
    period = int(clock.now().timestamp()) // seconds
    redis = client()
    if redis is not None:
        key = f"limit:{name}:{period}"
        pipeline = redis.pipeline(transaction=False)
        pipeline.incr(key)
        pipeline.expire(key, 2 * seconds)
        counted = await attempt(pipeline.execute())
        if counted is not None:
            return int(counted[0])
    return _count_here(name, period, seconds)


async def hold_back(name: str, per_minute: int, detail: str) -> None:
    """Count one use; `TooManyRequests` with this sentence once there were more in this minute than allowed."""
    if await _count(name, MINUTE) > per_minute:
        raise TooManyRequests(detail, retry_after=MINUTE)


async def hold_back_for_today(name: str, per_day: int, detail: str) -> None:
    """Count one use; `TooManyRequests` with this sentence once there were more in these 24 hours than allowed."""
    if await _count(name, DAY) > per_day:
        raise TooManyRequests(detail, retry_after=DAY)
