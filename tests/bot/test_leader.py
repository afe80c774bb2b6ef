"""One bot of many leads, and another takes over when it is gone."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from bot import jobs
from bot.leader import Leader
from server.core import db
from server.settings import Settings
from tests.bot.conftest import Chat

pytestmark = pytest.mark.usefixtures("app")  # its pool


async def test_only_one_of_two_bots_leads_and_the_other_takes_over_when_it_dies(settings: Settings) -> None:
    first, second = Leader(settings), Leader(settings)
    assert await first.leads() and not await second.leads()
    assert await first.leads()
    assert first._connection is not None
    first._connection.terminate()  # what the kernel does with the connections of a killed process
    await until_leads(second)
    first._seen = 0.0
    assert not await first.leads()
    await second.resign()
    await until_leads(first)
    assert (first.term, second.term) == (2, 1)
    await first.resign()


async def until_leads(leader: Leader) -> None:
    deadline = time.monotonic() + 10
    while not await leader.leads():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_asking_at_the_same_moment_does_not_cost_the_lead(settings: Settings) -> None:
    leader, other = Leader(settings), Leader(settings)
    for _ in range(3):
        leader._seen = 0.0
        assert all(await asyncio.gather(*(leader.leads() for _ in range(10))))
    assert leader.term == 1 and not await other.leads()
    await leader.resign()


async def test_a_bot_whose_database_is_away_does_not_lead_and_does_not_fall_over(settings: Settings) -> None:
    away = Leader(replace(settings, database_url="postgresql://postgres@/nowhere?host=/nonexistent"))
    assert not await away.leads()


async def test_the_lead_ends_when_the_database_ends_its_connection(settings: Settings) -> None:
    leader = Leader(settings)
    assert await leader.leads() and leader._connection is not None
    await db.run("SELECT pg_terminate_backend($1)", leader._connection.get_server_pid())
    leader._seen = 0.0
    assert not await leader.leads()
    await until_leads(leader)
    assert leader.term == 2
    await leader.resign()


async def test_a_job_runs_on_the_leading_bot_only(chat: Chat, settings: Settings) -> None:
    leaders = [Leader(settings), Leader(settings)]
    schedules = [jobs.schedule(leader, settings) for leader in leaders]
    old = "INSERT INTO callback_seen (dedupe_key, seen_at) VALUES ($1, now() - $2::interval)"
    await db.run(old, "press:old", timedelta(days=8))
    await db.run(old, "press:new", timedelta(days=6))
    changed = [await schedule.get_job("clean_up").func() for schedule in schedules]
    assert changed == [1, None]
    kept = await db.rows("SELECT dedupe_key FROM callback_seen WHERE dedupe_key IN ('press:old', 'press:new')")
    assert [item["dedupe_key"] for item in kept] == ["press:new"]
    for leader in leaders:
        await leader.resign()


async def test_the_lock_does_not_outlive_a_connection_that_is_given_up(settings: Settings) -> None:
    leader = Leader(settings)
    assert await leader.leads()
    await leader.resign()
    connection = await asyncpg.connect(**leader._options)
    deadline = time.monotonic() + 10
    while await connection.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    await connection.close()
