"""Connections of the pool: one that a cut-off request held is there for the next."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from sanic import Sanic

from server.core import db
from server.settings import Settings


async def _write() -> None:
    async with db.transaction():
        await db.value("SELECT 1")


async def test_clients_who_leave_at_the_beginning_of_a_write_do_not_use_up_the_connections(
    app: Sanic[Any, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = asyncpg.transaction.Transaction.start
    begun = asyncio.Event()

    async def slow(self: Any) -> None:
        begun.set()
        await asyncio.sleep(60)
        await start(self)

    monkeypatch.setattr(asyncpg.transaction.Transaction, "start", slow)
    for _ in range(settings.database_connections + 1):
        begun.clear()
        writing = asyncio.create_task(_write())
        await asyncio.wait_for(begun.wait(), 20)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    monkeypatch.undo()
    await asyncio.wait_for(_write(), 10)
    assert not db.transaction_open()


async def test_clients_who_leave_in_the_middle_of_a_statement_undo_it_and_leave_the_connection(
    app: Sanic[Any, Any], settings: Settings
) -> None:
    name = "cut off"
    for _ in range(settings.database_connections + 1):
        written = asyncio.Event()

        async def write(written: asyncio.Event) -> None:
            async with db.transaction():
                await db.run("INSERT INTO callback_seen (dedupe_key, seen_at) VALUES ($1, now())", name)
                written.set()
                await db.value("SELECT pg_sleep(60)")

        writing = asyncio.create_task(write(written))
        await asyncio.wait_for(written.wait(), 20)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    assert await db.value("SELECT count(*) FROM callback_seen WHERE dedupe_key = $1", name) == 0
