"""Delivers the outbox: events are expanded, messages sent, in their order, and none is lost.

A message in hand is leased: should the process die while sending, the next one sends it again, with the same task id
or duplicate check, so that WeCom shows it once. Errors that may pass stop their whole channel for a while, so that
messages keep their order; errors that will not pass are kept, visible, and can be sent again from the API (B7).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from tortoise.exceptions import BaseORMException

from bot.deliver import Delivery, NotWanted
from bot.fanout import Event, Fanout, tell_live
from bot.leader import Leader
from bot.limits import MemberLimits
from bot.wecom.client import WeComError, WeComRetryable
from server.core import clock, db
from server.notify import queries
from server.settings import Settings

GROUPS: dict[str, tuple[str, ...]] = {
    "wecom": ("wecom_card", "wecom_update", "wecom_text"),
    "wechat": ("subscribe",),
}
LEASE = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=48)
EVENT_ATTEMPTS = 8
_log = logging.getLogger("qutong.dispatcher")


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

    async def run(self) -> None:
        """Deliver until cancelled; a database that is away is waited for."""
        while True:
            try:
                busy = await self.leader.leads() and await self.step()
            except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException):
                _log.exception("dispatch_failed")
                busy = False
                await asyncio.sleep(1)
            if not busy:
                await asyncio.sleep(self.idle)

    async def step(self) -> bool:
        """Expand one event and send one message of each group; whether there was anything to do."""
        busy = await self.expand_one()
        for group in GROUPS:
            if self._paused.get(group, clock.now()) <= clock.now():
                busy = await self.send_one(group) or busy
        return busy

    async def expand_one(self) -> bool:
        """Turn the oldest event into notices and messages, in one transaction with its mark."""
        fan = Fanout(self.settings)
        taken: db.Row | None = None
        try:
            async with db.transaction():
                taken = await queries.take(clock.now(), ["event"])
                if taken is None:
                    return False
                await fan.expand(_event(taken))
                await queries.settle(taken["root_id"], taken["id"], "delivered", "", clock.now())
        except Exception as error:  # one event that cannot be expanded must not hold up the others
            if taken is None:
                raise
            _log.exception("event_failed", extra={"outbox_id": taken["id"]})
            await self._put_off_event(taken, error)
            return True
        await tell_live(fan.told)
        return True

    async def _put_off_event(self, taken: db.Row, error: Exception) -> None:
        attempts = taken["attempts"] + 1
        state = "failed" if attempts >= EVENT_ATTEMPTS else "pending"
        again = clock.now() + timedelta(seconds=min(2**attempts, self.longest_pause))
        await queries.lease(taken["root_id"], taken["id"], again)
        await queries.settle(taken["root_id"], taken["id"], state, f"{type(error).__name__}: {error}", clock.now())

    async def send_one(self, group: str) -> bool:
        """Send the oldest message of a group; False when none is due."""
        async with db.transaction():
            taken = await queries.take(clock.now(), GROUPS[group])
            if taken is None:
                return False
            payload = msgspec.json.decode(taken["payload"])
            wait = self.limits.wait(payload.get("userids", ()), clock.now())
            if wait:
                now = clock.now()
                await queries.settle(taken["root_id"], taken["id"], "pending", "等待:发得太多", now, now + wait)
                return True
            await queries.lease(taken["root_id"], taken["id"], clock.now() + LEASE)
        await self._send(group, taken, payload)
        return True

    async def _send(self, group: str, taken: db.Row, payload: dict[str, Any]) -> None:
        send: Callable[[db.Row, dict[str, Any]], Awaitable[None]] = getattr(self.delivery, taken["channel"])
        key = (taken["root_id"], taken["id"])
        try:
            await send(taken, payload)
        except NotWanted as reason:
            await queries.settle(*key, "skipped", str(reason), clock.now())
        except WeComRetryable as error:
            await self._pause(group, taken, error)
        except WeComError as error:
            _log.warning("message_failed", extra={"outbox_id": taken["id"], "errcode": error.errcode})
            await queries.settle(*key, "failed", str(error), clock.now())
        except Exception as error:  # a bug in one message must not hold up the others
            _log.exception("message_failed", extra={"outbox_id": taken["id"]})
            await queries.settle(*key, "failed", f"{type(error).__name__}: {error}", clock.now())
        else:
            self._failures[group] = 0
            self.limits.count(payload.get("userids", ()), clock.now())
            await queries.settle(*key, "delivered", "", clock.now())

    async def _pause(self, group: str, taken: db.Row, error: WeComRetryable) -> None:
        """Stop the whole group for a while: what comes after must not overtake."""
        failures = self._failures[group] = self._failures.get(group, 0) + 1
        seconds = min(max(0.25 * 2**failures, error.retry_after or 0.0), self.longest_pause)
        again = clock.now() + timedelta(seconds=seconds)
        self._paused[group] = again
        state = "failed" if clock.now() - taken["created_at"] > GIVE_UP_AFTER else "pending"
        _log.warning("channel_paused", extra={"group": group, "seconds": seconds, "reason": str(error)})
        await queries.settle(taken["root_id"], taken["id"], state, str(error), clock.now(), again)


def _event(taken: db.Row) -> Event:
    return Event(
        taken["id"], taken["root_id"], taken["topic"], taken["subject_id"], msgspec.json.decode(taken["payload"])
    )
