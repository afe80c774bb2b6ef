"""How often something may be done in a minute; counted in Redis, without it in this process alone."""

from __future__ import annotations

from collections import Counter

from server.core import clock
from server.core.errors import TooManyRequests
from server.core.redis import attempt, client

_here: Counter[str] = Counter()
_minute = 0


def _count_here(name: str, minute: int) -> int:
    global _minute
    if minute != _minute:
        _here.clear()
        _minute = minute
    _here[name] += 1
    return _here[name]


async def _count(name: str, minute: int) -> int:
    redis = client()
    if redis is not None:
        pipeline = redis.pipeline(transaction=False)
        pipeline.incr(f"limit:{name}:{minute}")
        pipeline.expire(f"limit:{name}:{minute}", 120)
        counted = await attempt(pipeline.execute())
        if counted is not None:
            return int(counted[0])
    return _count_here(name, minute)


async def hold_back(name: str, per_minute: int, detail: str) -> None:
    """Count one use; `TooManyRequests` with this sentence once there were more in this minute than allowed."""
    if await _count(name, int(clock.now().timestamp()) // 60) > per_minute:
        raise TooManyRequests(detail, retry_after=60)
