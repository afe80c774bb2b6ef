"""What open pages are told, over Redis and server-sent events.

A live message only says that something changed; the page asks again for what it shows. Messages may be lost: a
page that (re)connects, one that is too slow, and every page while Redis is away, is told to ask again (`resync`).

A process has one subscription, whatever the number of its open pages, and one sender, which takes all that waits in
one round trip.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any

import msgspec
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from server.core import db
from server.core.actor import Actor
from server.core.redis import attempt, client

Told = tuple[str, dict[str, Any]]

RESYNC: Told = ("resync", {})
FULL: Told = ("full", {})
"""The last word to a page: its account has opened too many others since."""
WAKE = "wake"
"""Says nothing to a page: its stream looks whether it may go on."""

RESYNC_SECONDS = 5.0
BEAT_SECONDS = 20.0
PAGES_EACH = 10
"""How many pages an account has open in one process; one more ends the oldest."""

BACKLOG = 100
"""How many messages a slow page may be behind."""

HINT_SECONDS = 3.0
"""So long hints of one kind are gathered into one."""

_SEND_AT_ONCE = 500
_outgoing: deque[tuple[str, str]] = deque(maxlen=10_000)  # while Redis hangs the oldest are lost; pages ask again
_sender: asyncio.Task[None] | None = None
_hints: dict[tuple[int, str], tuple[asyncio.AbstractEventLoop, asyncio.TimerHandle]] = {}


def _channel(kind: str, key: int) -> str:
    """Channels are one space for all databases of a Redis, so the name says whose: deployments may share a server."""
    redis = client()
    number = 0 if redis is None else redis.connection_pool.connection_kwargs.get("db") or 0
    return f"live:{number}:{kind}:{key}"


def org_channel(org_id: int) -> str:
    """The channel of all accounts of one org."""
    return _channel("org", org_id)


def account_channel(account_id: int) -> str:
    """The channel of one account."""
    return _channel("account", account_id)


async def _send() -> None:
    while _outgoing:
        redis = client()
        now = [_outgoing.popleft() for _ in range(min(len(_outgoing), _SEND_AT_ONCE))]
        if redis is not None:
            pipeline = redis.pipeline(transaction=False)
            for channel, text in now:
                pipeline.publish(channel, text)
            await attempt(pipeline.execute())


def _publish(channels: Iterable[str], path: str, event: str, data: Mapping[str, Any]) -> asyncio.Task[None]:
    global _sender
    text = msgspec.json.encode({"path": path, "event": event, "data": data}).decode()
    _outgoing.extend((channel, text) for channel in channels)
    loop = asyncio.get_running_loop()
    if _sender is None or _sender.done() or _sender.get_loop() is not loop:
        _sender = loop.create_task(_send())
    return _sender


async def tell(org_ids: Iterable[int], path: str, event: str, data: Mapping[str, Any]) -> None:
    """Tell the open pages of these orgs once the transaction has committed; the answer does not wait for it.

    `path` is that of the org it is about: who does not see that org is not told.
    """
    channels = [org_channel(org_id) for org_id in dict.fromkeys(org_ids)]

    async def publish() -> None:
        _publish(channels, path, event, data)

    await db.after_commit(publish)


async def tell_each(orgs: Iterable[tuple[int, str]], event: str, data: Mapping[str, Any]) -> None:
    """Tell the open pages of each of these orgs (id, path) what concerns it, once the transaction has committed."""
    told = list(orgs)

    async def publish() -> None:
        for org_id, path in told:
            _publish([org_channel(org_id)], path, event, data)

    await db.after_commit(publish)


async def hint(org_id: int, event: str) -> None:
    """Tell an org's pages that something of a kind changed somewhere below, once the transaction has committed.

    However much changes, each process says so at most every `HINT_SECONDS`, and not before the last of it is there.
    """

    async def begin() -> None:
        loop = asyncio.get_running_loop()
        waiting = _hints.get((org_id, event))
        if waiting is None or waiting[0] is not loop:
            _hints[org_id, event] = loop, loop.call_later(HINT_SECONDS, _give_hint, org_id, event)

    await db.after_commit(begin)


def _give_hint(org_id: int, event: str) -> None:
    del _hints[org_id, event]
    _publish([org_channel(org_id)], "", event, {})


async def wake_account(account_id: int) -> None:
    """Let an account's streams look whether it is still signed in, once the transaction has committed."""
    await _wake(account_channel(account_id))


async def wake_org(org_id: int) -> None:
    """Let the streams of all accounts of an org look whether they are still signed in."""
    await _wake(org_channel(org_id))


async def wake_orgs(org_ids: Iterable[int]) -> None:
    """Let the streams of all accounts of these orgs look who they are now."""
    await _wake(*(org_channel(org_id) for org_id in dict.fromkeys(org_ids)))


async def _wake(*channels: str) -> None:
    async def publish() -> None:
        _publish(channels, "", WAKE, {})

    await db.after_commit(publish)


async def tell_account(account_id: int, event: str, data: Mapping[str, Any]) -> None:
    """Tell the open pages of one account."""
    await asyncio.shield(_publish([account_channel(account_id)], "", event, data))


def frame(event: str, data: str) -> str:
    """One server-sent event."""
    return f"event: {event}\ndata: {data}\n\n"


class Page:
    """An open page, and what it has not been sent yet."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.channels = (org_channel(actor.org_id), account_channel(actor.account_id))
        self.waiting: asyncio.Queue[Told] = asyncio.Queue(BACKLOG)
        self._must_resync = False

    def put(self, told: Told) -> None:
        """Leave a message; one more than the page can be behind becomes a single `resync`."""
        if self._must_resync:
            return  # it will ask for everything anyway
        if told is RESYNC or self.waiting.full():
            self._forget()
            told = RESYNC
            self._must_resync = True
        self.waiting.put_nowait(told)

    def end(self) -> None:
        """Make `full` the last that the page hears."""
        self._forget()
        self._must_resync = True
        self.waiting.put_nowait(FULL)

    def _forget(self) -> None:
        while not self.waiting.empty():
            self.waiting.get_nowait()

    async def next(self) -> Told | None:
        """The next message; None when there was none for a while."""
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                told = await self.waiting.get()
        except TimeoutError:
            return None
        if told is RESYNC:
            self._must_resync = False
        return told


class Hub:
    """The one subscription of a process, handed out in memory to its open pages."""

    def __init__(self) -> None:
        self._pages: dict[str, dict[Page, None]] = {}  # the oldest first
        self._subscription: PubSub | None = None
        self._confirmed: set[str] = set()
        self._away = False
        self.task = asyncio.get_running_loop().create_task(self._run())

    async def add(self, page: Page) -> None:
        """Let a page hear; it is told to ask again as soon as nothing can be missed any more."""
        own = account_channel(page.actor.account_id)
        if len(open_now := self._pages.get(own, {})) >= PAGES_EACH:
            oldest = next(iter(open_now))
            oldest.end()
            await self.remove(oldest)
        for channel in page.channels:
            self._pages.setdefault(channel, {})[page] = None
        if self._away or self._confirmed.issuperset(page.channels):
            page.put(RESYNC)
        if self._subscription is not None:
            new = [channel for channel in page.channels if channel not in self._confirmed]
            if new:
                await attempt(self._subscription.subscribe(*new))

    async def remove(self, page: Page) -> None:
        """Forget a page that was closed, and the channels that nobody listens to."""
        gone = []
        for channel in page.channels:
            pages = self._pages.get(channel, {})
            pages.pop(page, None)
            if not pages and self._pages.pop(channel, None) is not None:
                gone.append(channel)
        self._confirmed.difference_update(gone)
        if gone and self._subscription is not None:
            await attempt(self._subscription.unsubscribe(*gone))

    async def _run(self) -> None:
        while True:
            redis = client()
            if redis is not None:
                subscription = redis.pubsub()
                try:
                    await self._hear(subscription)
                except (RedisError, OSError, TimeoutError):
                    pass
                finally:
                    self._subscription = None
                    self._confirmed.clear()
                    await attempt(subscription.aclose())  # type: ignore[no-untyped-call]
            self._away = True
            self._all_ask_again()
            await asyncio.sleep(RESYNC_SECONDS)

    async def _hear(self, subscription: PubSub) -> None:
        # A channel of nobody's keeps the subscription alive when the last page is closed.
        asked = {"live", *self._pages}
        await subscription.subscribe(*asked)
        self._subscription, self._away = subscription, False
        if came_since := self._pages.keys() - asked:
            await subscription.subscribe(*came_since)
        while True:
            message = await subscription.get_message(timeout=BEAT_SECONDS)
            if message is None:
                await subscription.ping()  # finds a connection that died in silence
            elif message["type"] == "message":
                self._hand_out(message["channel"], message["data"])
            elif message["type"] == "subscribe":
                self._confirm(message["channel"])

    def _confirm(self, channel: str) -> None:
        if channel in self._pages:
            self._confirmed.add(channel)
        for page in self._pages.get(channel, ()):
            if self._confirmed.issuperset(page.channels):
                page.put(RESYNC)

    def _hand_out(self, channel: str, text: str) -> None:
        told = msgspec.json.decode(text)
        for page in self._pages.get(channel, ()):
            if not told["path"] or page.actor.sees(told["path"]):
                page.put((told["event"], told["data"]))

    def _all_ask_again(self) -> None:
        for pages in self._pages.values():
            for page in pages:
                page.put(RESYNC)


_hub: Hub | None = None


def hub() -> Hub:
    """The hub of this process and of this event loop."""
    global _hub
    if _hub is None or _hub.task.done() or _hub.task.get_loop() is not asyncio.get_running_loop():
        _hub = Hub()
    return _hub


async def close() -> None:
    """Stop listening: the process ends."""
    global _hub
    for _, waiting in _hints.values():
        waiting.cancel()
    _hints.clear()
    if _hub is not None and not _hub.task.done() and _hub.task.get_loop() is asyncio.get_running_loop():
        _hub.task.cancel()
        await asyncio.gather(_hub.task, return_exceptions=True)
    _hub = None


async def listen(actor: Actor) -> AsyncGenerator[Told | None]:
    """What an account is told, as (event, data); None is a heartbeat. Outlives Redis; ends with `full` only."""
    page = Page(actor)
    home = hub()
    try:
        await home.add(page)
        told = None
        while told is not FULL:
            told = await page.next()
            yield told
    finally:
        await home.remove(page)
