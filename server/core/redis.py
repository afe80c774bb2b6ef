"""Redis holds what may be lost; without it the system is slower, never wrong.

`redis.asyncio` is what aioredis became. Every use goes through `attempt`, which answers None when Redis cannot be
reached and says so in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TypeVar

from redis import asyncio as aioredis
from redis.exceptions import RedisError

T = TypeVar("T")
_log = logging.getLogger("qutong.redis")
_client: aioredis.Redis | None = None


def connect(url: str) -> aioredis.Redis | None:
    """Prepare the client of this process; no connection is made before the first use."""
    global _client
    _client = None
    if url:
        _client = aioredis.Redis.from_url(
            url, decode_responses=True, socket_connect_timeout=1.0, socket_timeout=5.0, health_check_interval=30
        )
    return _client


def client() -> aioredis.Redis | None:
    """The client of this process, or None when no Redis was configured."""
    return _client


async def disconnect() -> None:
    """Close the client's connections."""
    global _client
    if _client is not None:
        await _client.aclose()
        _client = None


async def attempt(work: Awaitable[T]) -> T | None:
    """The result of one Redis call, or None when Redis is away."""
    try:
        return await work
    except (RedisError, OSError, TimeoutError) as error:
        _log.warning("redis_away", extra={"reason": type(error).__name__})
        return None
