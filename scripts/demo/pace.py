"""What lets half a year be written in a minute, without leaving anything undone that makes data safe."""

from __future__ import annotations

from contextlib import AsyncExitStack

from tortoise import connections

from server.core import db
from server.settings import Settings


async def hurry(settings: Settings) -> None:
    """Let this process's commits not wait for the disk one by one.

    PostgreSQL still writes them in order and in a moment; the one commit that calls the world finished is waited for
    (`settle`), and a world that is not called finished is begun again. So nothing half-written is ever taken for whole.
    """
    async with AsyncExitStack() as opened:
        for _ in range(settings.database_connections):
            connection = await opened.enter_async_context(connections.get("default").acquire_connection())
            await connection.execute("SET synchronous_commit = off")


async def settle() -> None:
    """Wait, inside the open transaction, for the disk to have all of it."""
    await db.run("SET LOCAL synchronous_commit = on")


async def look_again() -> None:
    """Let the planner see how the tables have grown: statistics of empty tables make slow plans."""
    await db.run("ANALYZE")
