"""What open pages are told, over Redis and server-sent events.

A live message only says that something changed; the page asks again for what it shows. Messages may be lost: a
page that (re)connects, and every page while Redis is away, is told to ask again (`resync`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import msgspec
from redis.exceptions import RedisError

from server.core import db
from server.core.actor import Actor
from server.core.redis import attempt, client

_running: set[asyncio.Task[None]] = set()

RESYNC_SECONDS = 5.0
BEAT_SECONDS = 20.0


def org_channel(org_id: int) -> str:
    """The channel of all accounts of one org."""
    return f"live:org:{org_id}"


def account_channel(account_id: int) -> str:
    """The channel of one account."""
    return f"live:account:{account_id}"


async def _publish(channels: list[str], text: str) -> None:
    redis = client()
    if redis is not None:
        pipeline = redis.pipeline(transaction=False)
        for name in channels:
            pipeline.publish(name, text)
        await attempt(pipeline.execute())


def _publish_soon(channels: list[str], path: str, event: str, data: Mapping[str, Any]) -> None:
    text = msgspec.json.encode({"path": path, "event": event, "data": data}).decode()
    task = asyncio.get_running_loop().create_task(_publish(channels, text))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def tell(org_ids: Iterable[int], path: str, event: str, data: Mapping[str, Any]) -> None:
    """Tell the open pages of these orgs once the transaction has committed; the answer does not wait for it.

    `path` is that of the org it is about: who does not see that org is not told.
    """
    channels = [org_channel(org_id) for org_id in dict.fromkeys(org_ids)]

    async def publish() -> None:
        _publish_soon(channels, path, event, data)

    await db.after_commit(publish)


async def tell_account(account_id: int, event: str, data: Mapping[str, Any]) -> None:
    """Tell the open pages of one account."""
    text = msgspec.json.encode({"path": "", "event": event, "data": data}).decode()
    await _publish([account_channel(account_id)], text)


def frame(event: str, data: str) -> str:
    """One server-sent event."""
    return f"event: {event}\ndata: {data}\n\n"


async def listen(actor: Actor) -> AsyncIterator[tuple[str, dict[str, Any]] | None]:
    """What an account is told, as (event, data); None is a heartbeat. Never ends by itself, outlives Redis."""
    channels = [org_channel(actor.org_id), account_channel(actor.account_id)]
    while True:
        yield "resync", {}
        redis = client()
        if redis is None:
            await asyncio.sleep(RESYNC_SECONDS)
            continue
        subscription = redis.pubsub(ignore_subscribe_messages=True)
        try:
            await subscription.subscribe(*channels)
            while True:
                message = await subscription.get_message(timeout=BEAT_SECONDS)
                if message is None:
                    yield None
                    continue
                told = msgspec.json.decode(message["data"])
                if not told["path"] or actor.sees(told["path"]):
                    yield told["event"], told["data"]
        except (RedisError, OSError, TimeoutError):
            await asyncio.sleep(RESYNC_SECONDS)
        finally:
            await attempt(subscription.aclose())  # type: ignore[no-untyped-call]
