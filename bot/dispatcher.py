"""Delivers the outbox: events are expanded, messages sent, in their order, and none is lost.

A message in hand is leased: should the process die while sending, the next one sends it again, with the same task id
or duplicate check, so that WeCom shows it once. Messages of different streams and members go out at the same time,
those of one stream or one member one after the other. Errors that may pass stop their whole group for a while, so that
messages keep their order; errors that will not pass are kept, visible, and can be sent again from the API (B7).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import msgspec

from bot.deliver import Delivered, Delivery, NotWanted
from bot.fanout import Event, Fanout, tell_live
from bot.leader import Leader
from bot.limits import WINDOWS, MemberLimits
from bot.wecom.client import WeComError, WeComRetryable
from server.core import clock, db, live
from server.core.weixin.errors import CONCURRENT, RATE_LIMITED
from server.notify import queries
from server.settings import Settings

GROUPS: dict[str, tuple[str, ...]] = {
    "wecom": ("wecom_card", "wecom_update", "wecom_text"),
    "wechat": ("subscribe",),
}
EVENTS_AT_ONCE = 100
MESSAGES_LOOKED_AT = 200
SENT_AT_ONCE = 16
LEASE = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=48)
EVENT_ATTEMPTS = 8
_AFTER_FAILURE = 1.0
ALONE_AFTER = 5
"""Attempts after which a message that fails while WeCom answers others waits alone, and its group goes on."""
_log = logging.getLogger("qutong.dispatcher")

Taken = tuple[db.Row, dict[str, Any]]


class Dispatcher:
    """The delivering side of the bot; `longest_pause` bounds the back-off."""

    def __init__(
        self, settings: Settings, leader: Leader, delivery: Delivery, longest_pause: float = 60.0, idle: float = 0.2
    ) -> None:
        self.settings, self.leader, self.delivery = settings, leader, delivery
        self.longest_pause, self.idle = longest_pause, idle
        self.limits = MemberLimits()
        self._paused: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}
        self._term = 0
        self._beginning = asyncio.Lock()

    @property
    def groups(self) -> list[str]:
        """What can be sent at all: without credentials, messages stay in the outbox."""
        configured = {"wecom": self.settings.wecom.configured, "wechat": self.settings.wechat.configured}
        return [group for group in GROUPS if configured[group]]

    async def run(self) -> None:
        """Deliver until cancelled; expanding never waits for sending, nor one group for the other."""
        works: list[Callable[[], Awaitable[bool]]] = [
            self.expand,
            *(partial(self.send, group) for group in self.groups),
        ]
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(self._forever(work))

    async def _forever(self, work: Callable[[], Awaitable[bool]]) -> None:
        """Repeat one kind of work; a database that is away is waited for."""
        while True:
            try:
                busy = await self.leader.leads() and await self._begun() and await work()
            except Exception as error:  # whatever it is, what is left in the outbox is tried again
                _log.error("dispatch_failed", exc_info=error)
                busy = False
                await asyncio.sleep(_AFTER_FAILURE)
            if not busy:
                await asyncio.sleep(self.idle)

    async def _begun(self) -> bool:
        """At the beginning of a lead: take over what the bot before had in hand, and what it has sent."""
        async with self._beginning:
            if self._term != self.leader.term:
                term = self.leader.term
                await self.take_over()
                self._term = term
        return True

    async def take_over(self) -> None:
        """Make due at once what was in hand, and count it as sent, since it may have been."""
        self.limits.forget()
        for sent in await queries.sent_since(clock.now() - WINDOWS[-1][0]):
            self.limits.count(_members(sent), sent["delivered_at"])
        for held in await queries.take_over():
            self.limits.count(_members(held), clock.now())

    async def step(self) -> bool:
        """Expand a batch of events and send what is due of each group; whether there was anything to do."""
        busy = await self.expand()
        for group in self.groups:
            busy = await self.send(group) or busy
        return busy

    async def expand(self, at_once: int = EVENTS_AT_ONCE) -> bool:
        """Turn the oldest events into notices and messages, in one transaction with their mark."""
        fan = Fanout(self.settings)
        taken: Sequence[db.Row] = ()
        try:
            async with db.transaction():
                taken = await queries.take_events(clock.now(), at_once)
                failed = await fan.expand([_event(item) for item in taken])
                wrong = {event.id for event, _ in failed}
                await queries.done([item for item in taken if item["id"] not in wrong], clock.now())
        except Exception as error:
            if db.is_away(error) or isinstance(error, asyncpg.TransactionRollbackError) or not taken:
                raise
            if len(taken) > 1:  # what follows from one of them is refused: alone it is told from the others
                return await self.expand(1)
            failed = [(_event(taken[0]), error)]
        attempts = {item["id"]: item["attempts"] + 1 for item in taken}
        for event, reason in failed:
            await self._put_off_event(event, attempts[event.id], reason)
        await tell_live(fan.told)
        await _show_keepers(taken)
        return bool(taken)

    async def _put_off_event(self, event: Event, attempts: int, error: Exception) -> None:
        state = "failed" if attempts >= EVENT_ATTEMPTS else "pending"
        again = clock.now() + timedelta(seconds=min(2**attempts, self.longest_pause))
        await queries.count_attempt(event.root_id, event.id)
        await queries.settle(event.root_id, event.id, state, f"{type(error).__name__}: {error}", clock.now(), again)

    async def send(self, group: str) -> bool:
        """Send what is due of a group; False when nothing is, or the group is paused."""
        if self._paused.get(group, clock.now()) > clock.now():
            return False
        async with db.transaction():
            due = await queries.take_messages(clock.now(), GROUPS[group], MESSAGES_LOOKED_AT)
            chosen, waits = self._choose(due)
            if waits:
                await queries.put_off(waits, "等待：这位成员收到的消息快要超过企业微信的限额")
            if chosen:
                await queries.lease([item for item, _ in chosen], clock.now() + LEASE)
        # Whatever becomes of one of them, and also when the bot stops: none is left under way.
        sends = (self._send(group, item, payload) for item, payload in chosen)
        for outcome in await asyncio.gather(*sends, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        await _show_keepers([*(item for item, _ in chosen), *(item for item, _ in waits)])
        return bool(chosen or waits)

    def _choose(self, due: Sequence[db.Row]) -> tuple[list[Taken], list[tuple[db.Row, datetime]]]:
        """What can go out side by side, in order; and what waits until when, since a member has had enough."""
        chosen: list[Taken] = []
        waits: list[tuple[db.Row, datetime]] = []
        spoken_for: set[str] = set()
        now = clock.now()
        for item in due:
            payload = msgspec.json.decode(item["payload"])
            members = set(_members(item))
            if members & spoken_for:  # comes after one that goes out now
                spoken_for |= members
                continue
            wait = self.limits.wait(list(members), now)
            if wait:
                waits.append((item, now + wait))
            elif len(chosen) < SENT_AT_ONCE:
                chosen.append((item, payload))
                spoken_for |= members
        return chosen, waits

    async def _send(self, group: str, taken: db.Row, payload: dict[str, Any]) -> None:
        key = (taken["root_id"], taken["id"])
        try:
            done = await self.delivery.send(taken, payload)
        except NotWanted as reason:
            await queries.settle(*key, "skipped", str(reason), clock.now())
        except WeComRetryable as error:
            await self._try_later(group, taken, error)
        except WeComError as error:
            _log.warning("message_failed", extra={"outbox_id": taken["id"], "errcode": error.errcode})
            await queries.settle(*key, "failed", str(error), clock.now())
        except Exception as error:  # a bug in one message must not hold up the others
            if db.is_away(error):
                raise  # the message stays in hand until its lease ends
            _log.exception("message_failed", extra={"outbox_id": taken["id"]})
            await queries.settle(*key, "failed", f"{type(error).__name__}: {error}", clock.now())
        else:
            await self._sent(group, key, done)

    async def _sent(self, group: str, key: tuple[int, int], done: Delivered) -> None:
        self._failures[group] = 0
        self.limits.count(done.members, clock.now())
        await queries.settle(*key, "delivered", done.remark, clock.now())

    async def _try_later(self, group: str, taken: db.Row, error: WeComRetryable) -> None:
        """Stop the whole group for a while: what comes after must not overtake.

        A message that keeps failing although WeCom answers would hold up all others: it waits alone.
        """
        attempts = taken["attempts"] + 1
        limited = error.errcode in (RATE_LIMITED, CONCURRENT)
        alone = attempts >= ALONE_AFTER and not limited and await self.delivery.answers(group)
        paused = self._paused.get(group, clock.now()) > clock.now()  # by another message sent at the same time
        failures = attempts if alone else self._failures.get(group, 0) + (not paused)
        seconds = min(max(0.25 * 2 ** min(failures, 20), error.retry_after or 0.0), self.longest_pause)
        again = clock.now() + timedelta(seconds=seconds)
        if not alone:
            self._failures[group], self._paused[group] = failures, again
        state = "failed" if clock.now() - taken["created_at"] > GIVE_UP_AFTER else "pending"
        event = "message_put_off" if alone else "channel_paused"
        _log.warning(event, extra={"group": group, "seconds": seconds, "reason": str(error)})
        await queries.settle(taken["root_id"], taken["id"], state, str(error), clock.now(), again)


def _members(item: db.Row) -> list[str]:
    found: dict[str, Any] = msgspec.json.decode(item["payload"])
    return list(found.get("userids", ()))


async def _show_keepers(moved: Sequence[db.Row]) -> None:
    """Let open pages of the outbox show what has become of these messages."""
    for root_id in {item["root_id"] for item in moved}:
        await live.hint(root_id, "outbox")


def _event(taken: db.Row) -> Event:
    return Event(
        taken["id"], taken["root_id"], taken["topic"], taken["subject_id"], msgspec.json.decode(taken["payload"])
    )
