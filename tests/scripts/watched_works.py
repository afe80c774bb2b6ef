"""`python -m tests.scripts.watched_works URL`: the large pieces of work in a small world, and what they really do."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from scripts.atsize import works
from scripts.atsize.size import BRAND, FIRST_DEALER, Size
from server import modules
from server.channel.moving import move_org
from server.channel.tree_schemas import MoveRequest
from server.core import db
from server.core.actor import Actor
from server.identity.service import actor_for
from server.settings import load_settings

STATE = """
SELECT md5(string_agg(o.path || o.version, ',' ORDER BY o.id)),
       (SELECT md5(string_agg(state, ',' ORDER BY id)) FROM orders),
       (SELECT count(*) FROM authority), (SELECT count(*) FROM packaging), (SELECT count(*) FROM audit_entry)
FROM org o
"""
PATHS = "SELECT id, path FROM org"


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        """The time."""
        return self.seconds


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[None]:
    """The database of this process."""
    modules.wire()
    await db.connect(load_settings({"DATABASE_URL": url}))
    try:
        yield
    finally:
        await db.disconnect()


async def timed(clock: Clock) -> dict[str, Any]:
    """What is said of work of 500, 200 and 900 ms with preparations of 100 s, and what each round found."""
    rounds, found = [0.5, 0.2, 0.9], []

    async def prepare() -> None:
        clock.seconds += 100
        await db.run("UPDATE org SET note = note || 'x' WHERE id = $1", BRAND)

    async def work(actor: Actor) -> None:
        found.append(await db.value("SELECT note FROM org WHERE id = $1", BRAND))
        clock.seconds += rounds[len(found) - 1]

    took = await works._timed("work", 200.0, await actor_for(BRAND), prepare, work)
    return {"ms": round(took.ms), "good": took.good, "found": found}


async def moved() -> dict[str, Any]:
    """What the moves are called, how many orgs each moved below whom, and whether all is as it was."""
    size, real = Size().scaled(0.001), move_org
    counted: list[int] = []

    async def counting(actor: Actor, org_id: int, wanted: MoveRequest) -> Any:
        before = {item["id"]: item["path"] for item in await db.rows(PATHS)}
        done = await real(actor, org_id, wanted)
        after = {item["id"]: item["path"] for item in await db.rows(PATHS)}
        below = f"/{BRAND}/{wanted.parent_id}/{FIRST_DEALER}/"
        counted.append(sum(after[key] != path and after[key].startswith(below) for key, path in before.items()))
        return done

    before = tuple((await db.rows(STATE))[0].values())
    with patch.object(works, "move_org", counting):
        taken = await works.works(size)
    return {
        "names": [item.name for item in taken],
        "moved": counted,
        "same": before == tuple((await db.rows(STATE))[0].values()),
    }


async def watch(url: str) -> dict[str, Any]:
    """Everything."""
    async with connected(url):
        seen = await moved()
        clock = Clock()
        with patch.object(works, "time", clock):
            return {**seen, **await timed(clock)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(watch(sys.argv[1]))))
