"""The world at size hangs together as years of real trade would; what is measured in it is worth knowing."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import asyncpg

from scripts.atsize.fill import fill
from scripts.atsize.size import Size
from server.core import db
from tests.invariants.checks import CHECKS, broken
from tests.services import EmbeddedServices

# Its cases went through documents that lie far from each other on the disk, and not from hand to hand.
FAR_APART = {"cases_go_from_hand_to_hand", "no_more_cases_pass_than_goods"}


def _world(services: EmbeddedServices) -> str:
    """A small edition of the world at size, made once per run."""

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

    return services.database_url(services.template("atsize", build))


def test_no_invariant_is_broken_in_the_world_at_size(services: EmbeddedServices) -> None:
    url = _world(services)
    assert asyncio.run(_facts(url)) == {
        "orders": 2_000, "dealers": 30, "stores": 200, "states": {"approved", "cancelled", "issued", "received",
                                                                 "rejected", "submitted"},
    }  # fmt: skip
    assert asyncio.run(broken(url, checks=[check for check in CHECKS if check.__name__ not in FAR_APART])) == []


def test_what_is_said_of_large_pieces_of_work_is_what_they_did(services: EmbeddedServices) -> None:
    """The time is that of the work alone, the best of three; so many are moved as are named; nothing of it stays."""
    command = [sys.executable, "-m", "tests.scripts.watched_works", _world(services)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    # Of three regional dealers two come together, with 9 county dealers each, and the third is the target. 200 stores
    # are dealt out to 30 dealers in turn, 7 for each of the first 20 (the two, and 12 of the 18), 6 for the others:
    # 2 + 18 + 14 × 7 + 6 × 6 = 154.
    assert seen["moved"] == [154, 154, 154]
    assert seen["names"][:2] == ["what moving 154 orgs means", "moving 154 orgs"]
    assert seen["same"]
    assert (seen["ms"], seen["good"]) == (200, True)
    assert seen["found"] == ["x"] * 3, "each round begins anew, and finds what was prepared"


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
