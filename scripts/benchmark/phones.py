"""Twenty phones that scan into one session of one warehouse at once, and whether each scan is there, and once.

Every fifth batch comes twice, as from a phone on a bad line, and perhaps over two connections at the same moment; with
each batch the last scan of the one before is taken back, whichever of them arrives first. When the measurement is over
the session is finished, and what moved into the warehouse is compared with what the phones were told is kept.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from scripts.benchmark.http_client import Connection, request
from scripts.benchmark.options import BATCH
from scripts.benchmark.stock import PACKED, SESSION, Scanning, Values
from scripts.benchmark.world import LOT, World

AGAIN = 5
"""Of so many batches one comes twice."""

_KEPT = "SELECT id::text, undone FROM scan WHERE root_id = $1 AND session_id = $2"
_MOVED = """
SELECT product_id, sum(qty)::bigint AS qty FROM stock_move
WHERE root_id = $1 AND document_kind = 'scan_session' AND document_id = $2 GROUP BY 1
"""


class ScansLost(Exception):
    """What the phones were told is kept is not what the warehouse has."""


class _Scan(NamedTuple):
    id: str
    product_id: int
    qty: int


class Phones:
    """One session at the first dealer, opened when the first batch is made."""

    def __init__(self, connection: asyncpg.Connection, world: World, scanning: Scanning) -> None:
        self._db, self._world, self._scanning = connection, world, scanning
        self._seller = world.buyers[0][1]
        self._session = 0
        self._packed: list[Any] = []
        self._tokens = itertools.cycle(world.phones)
        self._chance = random.Random(13)  # noqa: S311 - the same scans every time
        self._before: tuple[str, str] | None = None
        self._made: dict[bytes, tuple[list[_Scan], str]] = {}
        self._told: dict[str, _Scan] = {}
        self._taken_back: set[str] = set()

    async def _ready(self) -> None:
        if not self._session:
            ids = [item.packaging_id for item in self._world.goods]
            self._packed = await self._db.fetch(PACKED, self._world.root_id, ids)
            seller = self._seller
            asked = (self._world.root_id, seller.org_id, uuid.uuid4().hex, seller.warehouse, seller.account_id)
            self._session = await self._db.fetchval(SESSION, *asked)

    async def requests(self, count: int) -> list[bytes]:
        """So many batches."""
        await self._ready()
        made: list[bytes] = []
        while len(made) < count:
            one = self._batch()
            made += [one, one] if len(self._made) % AGAIN == 0 else [one]
        return made[:count]

    def _batch(self) -> bytes:
        moment = datetime.now(UTC).isoformat()
        chosen = self._chance.choices(self._packed, k=BATCH)
        scans = [_Scan(str(uuid.uuid4()), item["product_id"], item["unit_qty"]) for item in chosen]
        body: list[dict[str, object]] = [
            {"id": one.id, "code": item["gtin"], "count": 1, "at": moment, "lot_code": LOT}
            for one, item in zip(scans, chosen, strict=True)
        ]
        gone = ""
        if self._before is not None:
            gone, code = self._before
            body.append({"id": gone, "code": code, "count": 1, "at": moment, "lot_code": LOT, "undone": True})
        self._before = scans[-1].id, chosen[-1]["gtin"]
        path = f"/scan-sessions/{self._session}/scans"
        made = request("POST", path, next(self._tokens), msgspec.json.encode({"scans": body}))
        self._made[made] = (scans, gone)
        return made

    def told(self, batch: bytes) -> None:
        """A phone was told that its batch is kept."""
        scans, gone = self._made[batch]
        self._told.update((one.id, one) for one in scans)
        if gone:
            self._taken_back.add(gone)

    async def rows(self, count: int) -> list[Values]:
        """The same as the floor writes it, into one session too."""
        return [await self._scanning.row(self._seller, BATCH) for _ in range(count)]

    async def check(self, connection: Connection) -> int:
        """Finish the session; how many scans were kept. Raises `ScansLost` where one is missing or counts twice."""
        path = f"/scan-sessions/{self._session}/finish"
        finish = request("POST", path, self._world.phones[0], b"{}", Idempotency_Key=uuid.uuid4().hex)
        await connection.ask(finish, 200)
        kept = {row["id"]: row["undone"] for row in await self._db.fetch(_KEPT, self._world.root_id, self._session)}
        missing = self._told.keys() - kept.keys()
        standing = {id_ for id_ in self._taken_back if not kept.get(id_, False)}
        wanted: Counter[int] = Counter()
        for one in self._told.values():
            if one.id not in self._taken_back:
                wanted[one.product_id] += one.qty
        rows = await self._db.fetch(_MOVED, self._world.root_id, self._session)
        moved = {row["product_id"]: row["qty"] for row in rows}
        if missing or standing or moved != dict(wanted):
            words = f"{len(missing)} scans are missing, {len(standing)} were not taken back"
            raise ScansLost(f"{words}, {sum(moved.values())} moved of {wanted.total()}")
        return len(self._told)
