"""The schedule: run by the leading bot only."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.leader import Leader
from server.alerts.look import look_at_all
from server.approvals.people import steps_of
from server.channel.counted import add_up_stores
from server.core import clock, db, orphans
from server.counts import plans as stocktake_plans
from server.exchange import jobs as exchange
from server.pricing import midnight
from server.rebates import accrual, settling
from server.settings import Settings
from server.stock.snapshots import take_snapshots
from server.territory import service as territory
from server.trace import recalls

REMIND_EVERY = timedelta(hours=24)
KEEP_MESSAGES = timedelta(days=30)
KEEP_KEYS = timedelta(days=30)
KEEP_FAILURES = timedelta(days=1)
KEEP_CALLBACKS = timedelta(days=7)
_log = logging.getLogger("qutong.jobs")

# One statement: marks and announces, so that a reminder goes out once per period.
_REMIND = f"""
WITH stale AS (
    UPDATE approval a SET reminded_at = $1
    WHERE state = 'pending' AND (reminded_at IS NULL OR reminded_at < $2) AND EXISTS (
        SELECT FROM ({steps_of("a")}) s
        WHERE s.no = a.step_no
          AND coalesce(a.step_at, a.created_at) < $1::timestamptz - s.remind_hours * interval '1 hour')
    RETURNING root_id, subject_kind, subject_id
)
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT root_id, 'event', 'approval.stale', subject_id, jsonb_build_object('kind', subject_kind), $1, $1 FROM stale
"""

# What a step has left for as long as its flow says is asked of those whom it names for that.
_ESCALATE = f"""
WITH late AS (
    UPDATE approval a SET escalated_at = $1
    WHERE state = 'pending' AND escalated_at IS NULL AND EXISTS (
        SELECT FROM ({steps_of("a")}) s
        WHERE s.no = a.step_no
          AND coalesce(a.step_at, a.created_at) < $1::timestamptz - s.escalate_hours * interval '1 hour')
    RETURNING root_id, subject_kind, subject_id
)
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT root_id, 'event', 'approval.escalated', subject_id, jsonb_build_object('kind', subject_kind), $1, $1 FROM late
"""

# Thirty days before a paper ends, seven, and on its last day (or when it is written down later): once each. What is
# told is that of the nearest of these days, so that a paper entered late is told of once.
_EXPIRING = """
WITH due AS (
    SELECT id, CASE WHEN valid_until <= $2::date THEN 0 WHEN valid_until <= $2::date + 7 THEN 7 ELSE 30 END AS stage
    FROM qualification
    WHERE valid_until IS NOT NULL AND alerted IS DISTINCT FROM 0 AND valid_until <= $2::date + 30
), told AS (
    UPDATE qualification q SET alerted = d.stage FROM due d
    WHERE q.id = d.id AND (q.alerted IS NULL OR q.alerted > d.stage)
    RETURNING q.root_id, q.id, q.org_id, q.valid_until, d.stage
)
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT root_id, 'event', 'qualification.expiring', id,
       jsonb_build_object('org_id', org_id, 'days', valid_until - $2::date, 'stage', stage), $1, $1 FROM told
"""

_CLEAN = (
    ("DELETE FROM outbox WHERE state IN ('delivered', 'skipped') AND delivered_at < $1", KEEP_MESSAGES),
    ("DELETE FROM idempotency WHERE created_at < $1", KEEP_KEYS),
    ("DELETE FROM login_failure WHERE at < $1", KEEP_FAILURES),
    ("UPDATE invitation SET token = NULL WHERE token IS NOT NULL AND expires_at < $1", KEEP_FAILURES),
    ("DELETE FROM wecom_state WHERE at < $1", KEEP_FAILURES),
    ("DELETE FROM callback_seen WHERE seen_at < $1", KEEP_CALLBACKS),
)


def _daytime(moment: datetime) -> bool:
    """Reminders are for working hours."""
    return 8 <= moment.astimezone(clock.zone()).hour < 21


async def remind_stale_approvals() -> int:
    """Remind those who should decide of what has waited for as long as its step says, then daily; the number."""
    moment = clock.now()
    if not _daytime(moment):
        return 0
    return await db.run(_REMIND, moment, moment - REMIND_EVERY)


async def escalate_approvals() -> int:
    """Ask those named for it about what has waited too long at its step, once; the number of approvals."""
    moment = clock.now()
    if not _daytime(moment):
        return 0
    return await db.run(_ESCALATE, moment)


async def warn_of_ending_authorities() -> int:
    """Tell of territories that end in thirty days, in seven and today, once each; the number of events."""
    return await territory.announce_expiring()


async def tell_of_expiring_papers() -> int:
    """Leave an event for each paper that ends within 30 days, 7 days or today, once each; the number of events."""
    moment = clock.now()
    if not _daytime(moment):
        return 0
    return await db.run(_EXPIRING, moment, clock.today())


async def tell_of_new_prices() -> int:
    """Let open carts hear that planned prices have begun or temporary ones have ended; the number of sellers."""
    return await midnight.tell_of_the_day()


async def prepare_stocktakes() -> int:
    """Make the stocktakes whose day has come and remind who is to count, once each; the number."""
    if not _daytime(clock.now()):
        return 0
    return await stocktake_plans.prepare()


async def tell_late_holders() -> int:
    """Tell those to whom goods came of a lot that was called back meanwhile; the number of them."""
    return await recalls.join_all()


async def look_at_stock() -> int:
    """Let alerts about stock begin and end, at the hours at which people want to hear of it; how many did."""
    return await look_at_all() if _daytime(clock.now()) else 0


async def accrue_rebates() -> int:
    """Bring what buyers have reached up to now, correct what goods that went back took along, let settlements of
    periods that are over begin; the number of rows."""
    return await accrual.accrue_all()


async def settle_rebates() -> int:
    """Credit what periods came to whose settlement has begun; the number of buyers."""
    return await settling.settle_all()


async def clean_up() -> int:
    """Remove what has been delivered, answered or seen long ago; failed messages stay."""
    moment = clock.now()
    return sum([await db.run(sql, moment - age) for sql, age in _CLEAN])


def schedule(leader: Leader, settings: Settings) -> AsyncIOScheduler:
    """All jobs; each runs only where the lead is held."""
    scheduler = AsyncIOScheduler(timezone=str(clock.zone()))

    async def clean_exchange() -> int:
        return await exchange.clean_up(settings.data_folder, clock.now())

    async def clean_uploads() -> int:
        return await orphans.clean_up(settings.data_folder)

    def add(job: Callable[[], Awaitable[int]], **when: object) -> None:
        async def run() -> int | None:
            if not await leader.leads():
                return None
            changed = await job()
            _log.info("job", extra={"job": job.__name__, "changed": changed})
            return changed

        scheduler.add_job(run, id=job.__name__, max_instances=1, coalesce=True, misfire_grace_time=3600, **when)

    add(remind_stale_approvals, trigger="interval", minutes=5)
    add(escalate_approvals, trigger="interval", minutes=5)
    add(prepare_stocktakes, trigger="interval", minutes=10)
    add(warn_of_ending_authorities, trigger="cron", hour=9)
    add(tell_of_expiring_papers, trigger="interval", minutes=30)
    # Right after midnight; and, where no bot was there then, as soon as one is.
    add(tell_of_new_prices, trigger="cron", minute="*/5", second=1)
    add(tell_late_holders, trigger="interval", minutes=10)
    add(look_at_stock, trigger="interval", minutes=5)
    # Every day after midnight; by day too, so that people see this morning's goods.
    add(accrue_rebates, trigger="cron", hour="0,6-22", minute=10)
    add(settle_rebates, trigger="interval", minutes=2)
    add(clean_up, trigger="cron", hour=3, minute=30)
    add(take_snapshots, trigger="cron", day="1-3", hour="2-6")
    add(add_up_stores, trigger="interval", minutes=30)
    add(clean_uploads, trigger="cron", hour=3, minute=50)
    add(clean_exchange, trigger="cron", hour=3, minute=40)
    return scheduler
