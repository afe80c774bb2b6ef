"""Large pieces of work, each within its time: done in the world at size, and taken back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scripts.atsize.size import BRAND, FIRST_DEALER, Size
from server.catalog.models import Packaging, Product
from server.catalog.packs import remove_packaging
from server.channel.models import Org
from server.channel.moving import move_org, preview_move
from server.channel.tree_schemas import MoveQuestion, MoveRequest
from server.core import db
from server.core.actor import Actor
from server.identity.service import actor_for

MOVED = 10_000
TIMES = 3

# The regional dealers behind the first one come below it until its part has so many orgs; nothing forbids a move then.
_GATHER = """
WITH moved AS (
    SELECT id, path, $1::text || id || '/' AS place FROM org
    WHERE parent_id = $2 AND kind = 'dealer' AND id > $3 ORDER BY id LIMIT $4
)
UPDATE org o SET path = m.place || substr(o.path, length(m.path) + 1),
                 parent_id = CASE WHEN o.id = m.id THEN $3 ELSE o.parent_id END
FROM moved m WHERE o.path ~>=~ m.path AND o.path ~<~ (left(m.path, -1) || '0')
"""
_RELEASE = """
WITH withdrawn AS (
    DELETE FROM authority a USING org o
    WHERE a.root_id = $2 AND o.id = a.org_id AND o.path ~>=~ $1 AND o.path ~<~ (left($1, -1) || '0')
)
UPDATE orders SET state = 'received'
WHERE root_id = $2 AND buyer_id = $3 AND state IN ('submitted', 'approved', 'issued', 'on_hold')
"""
_COUNT = "SELECT count(*) FROM org WHERE path ~>=~ $1 AND path ~<~ (left($1, -1) || '0')"
_NEVER_ORDERED = """
INSERT INTO packaging (root_id, product_id, name, unit_qty, gtin) VALUES ($1, 7, '托盘', 960, '96901234567894')
RETURNING id
"""


@dataclass(frozen=True)
class Took:
    """A piece of work: the best of some times, and the time that it has."""

    name: str
    ms: float
    limit_ms: float

    @property
    def good(self) -> bool:
        """Whether it kept its time."""
        return self.ms <= self.limit_ms


class _Back(Exception):
    """Takes back what was done."""


@asynccontextmanager
async def _taken_back() -> AsyncIterator[None]:
    try:
        async with db.transaction():
            yield
            raise _Back
    except _Back:
        pass


Work = Callable[[Actor], Awaitable[None]]


async def _timed(
    name: str, limit_ms: float, actor: Actor, prepare: Callable[[], Awaitable[object]], work: Work
) -> Took:
    taken = []
    for _ in range(TIMES):
        async with _taken_back():
            await prepare()
            started = time.perf_counter()
            await work(actor)
            taken.append((time.perf_counter() - started) * 1000)
    return Took(name, min(taken), limit_ms)


async def works(size: Size) -> list[Took]:
    """All pieces of work, one after the other; in a small world fewer than `MOVED` orgs are moved."""
    actor = await actor_for(BRAND)
    target = FIRST_DEALER + size.regional - 1
    path = f"/{BRAND}/{FIRST_DEALER}/"

    async def gather() -> None:
        each = 1 + size.dealers // size.regional + size.stores // size.regional
        await db.run(_GATHER, path, BRAND, FIRST_DEALER, min(MOVED // each, size.regional - 2))
        await db.run(_RELEASE, path, BRAND, FIRST_DEALER)

    async def preview(actor: Actor) -> None:
        shown = await preview_move(actor, FIRST_DEALER, MoveQuestion(target))
        assert shown.allowed, shown.consequences

    async def move(actor: Actor) -> None:
        org = await Org.get(id=FIRST_DEALER)
        await move_org(actor, org.id, MoveRequest(parent_id=target, version=org.version, reason="归并"))

    async def pack() -> None:
        await db.run(_NEVER_ORDERED, BRAND)

    async def unpack(actor: Actor) -> None:
        found = await Packaging.get(root_id=BRAND, gtin="96901234567894")
        product = await Product.get(id=found.product_id)
        await remove_packaging(actor, found.id, product.version)

    async with _taken_back():
        await gather()
        count = await db.value(_COUNT, path)
    return [
        await _timed(f"what moving {count:,} orgs means", 2_000, actor, gather, preview),
        await _timed(f"moving {count:,} orgs", 2_000, actor, gather, move),
        await _timed("removing a packaging that was never ordered", 100, actor, pack, unpack),
    ]
