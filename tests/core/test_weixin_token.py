"""The access token is shared, and Redis is not needed for it."""

from __future__ import annotations

import asyncio

from redis import asyncio as aioredis

from server.core.weixin.transport import Token, TokenStore
from tests.services import EmbeddedServices


class Source:
    """Counts how many tokens were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    async def fetch(self) -> Token:
        self.asked += 1
        await asyncio.sleep(0)
        return Token(f"token-{self.asked}", 7200)


async def test_two_processes_do_not_throw_each_others_token_out(services: EmbeddedServices, redis_number: int) -> None:
    source = Source()
    client = aioredis.Redis.from_url(services.redis_database(redis_number), decode_responses=True)
    await client.delete("token:test")
    first, second = (TokenStore("token:test", client, source.fetch) for _ in range(2))
    assert await first.current() == await second.current() == "token-1"
    assert await first.current(refused="token-1") == "token-2"
    assert await second.current(refused="token-1") == "token-2"
    assert source.asked == 2
    assert 0 < await client.ttl("token:test") < 7200
    await client.delete("token:test")
    await client.aclose()


async def test_messages_go_on_while_redis_is_away() -> None:
    source = Source()
    away = aioredis.Redis.from_url("unix:///nowhere/redis.sock", decode_responses=True)
    store = TokenStore("token:test", away, source.fetch)
    assert await store.current() == await store.current() == "token-1"
    await away.aclose()


async def test_many_messages_at_once_ask_for_one_token() -> None:
    source = Source()
    store = TokenStore("token:test", None, source.fetch)
    found = await asyncio.gather(*(store.current() for _ in range(20)))
    assert set(found) == {"token-1"} and source.asked == 1
