"""The world at size hangs together as years of real trade would; what is measured in it is worth knowing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import asyncpg

from scripts.atsize.fill import fill
from scripts.atsize.size import Size
from server.core import db
from tests.invariants.checks import broken
from tests.services import EmbeddedServices


def test_no_invariant_is_broken_in_the_world_at_size(services: EmbeddedServices) -> None:
    async def write(url: str) -> None:
        connection = await asyncpg.connect(**db.connection_options(url))
        before = await connection.fetch("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        await fill(connection, Size().scaled(0.001))
        after = await connection.fetch("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        await connection.close()
        assert before == after

    def build(url: str) -> None:
        subprocess.run([sys.executable, "-m", "server.migrate"], env={**os.environ, "DATABASE_URL": url}, check=True)
        asyncio.run(write(url))

    url = services.database_url(services.template("atsize", build))
    assert asyncio.run(_facts(url)) == {
        "orders": 2_000, "dealers": 30, "stores": 200, "states": {"approved", "cancelled", "issued", "received",
                                                                 "rejected", "submitted"},
    }  # fmt: skip
    assert asyncio.run(broken(url)) == []


async def _facts(url: str) -> dict[str, object]:
    connection = await asyncpg.connect(**db.connection_options(url))
    try:
        return {
            "orders": await connection.fetchval("SELECT count(*) FROM orders"),
            "dealers": await connection.fetchval("SELECT count(*) FROM org WHERE kind = 'dealer'"),
            "stores": await connection.fetchval("SELECT count(*) FROM org WHERE kind = 'store'"),
            "states": {row[0] for row in await connection.fetch("SELECT DISTINCT state FROM orders")},
        }
    finally:
        await connection.close()
