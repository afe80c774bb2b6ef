"""Scanning and reading stock: the requests, and what the same rows cost the database alone."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from scripts.benchmark.http_client import request
from scripts.benchmark.world import Member, World
from server.stock.snapshots import month_begin

Values = tuple[Any, ...]

SESSION = """
INSERT INTO scan_session (root_id, org_id, number, kind, location_id, reason, opened_by, opened_at)
VALUES ($1, $2, $3, 'in', $4, 'opening', $5, now()) RETURNING id
"""
PACKED = "SELECT id, product_id, unit_qty, gtin FROM packaging WHERE root_id = $1 AND id = ANY ($2::bigint[])"

# The rows of a batch of scans, and those that its answer shows.
# $1 root  $2 session  $3 account  $4 moment  $5 … $10 the scans
SCAN_IN = """
WITH put AS (
    INSERT INTO scan (root_id, session_id, id, code, key, product_id, packaging_id, unit_qty, count, account_id,
                      scanned_at, received_at)
    SELECT $1, $2, t.id, t.code, '0' || t.code, t.product_id, t.packaging_id, t.unit_qty, t.count, $3, $4, $4
    FROM unnest($5::uuid[], $6::text[], $7::bigint[], $8::bigint[], $9::int[], $10::int[])
        AS t (id, code, product_id, packaging_id, unit_qty, count)
    RETURNING id, code, count, product_id, packaging_id
)
SELECT s.id, s.code, s.count, p.name, p.base_unit, k.name AS packaging_name
FROM put s JOIN product p ON p.id = s.product_id JOIN packaging k ON k.id = s.packaging_id
"""

# $1 root  $2 warehouse
BALANCE = """
SELECT b.product_id, b.lot_id, b.on_hand, b.reserved, l.code, l.expires_on, p.name, p.code AS product_code, p.color,
       p.base_unit, w.name AS warehouse_name
FROM stock_balance b JOIN lot l ON l.id = b.lot_id JOIN product p ON p.id = b.product_id
JOIN location w ON w.id = b.location_id
WHERE b.root_id = $1 AND b.location_id = $2 AND b.on_hand > 0
ORDER BY b.product_id, b.lot_id LIMIT 50
"""
# The nearest that can be: the snapshot of the very moment. How long moves between a day and a snapshot take is what
# `scripts/world` measures.  $1 root  $2 warehouse
AS_OF = """
SELECT b.product_id, b.lot_id, b.on_hand, l.code, l.expires_on, p.name, p.code AS product_code, p.color, p.base_unit,
       w.name AS warehouse_name
FROM stock_snapshot b JOIN lot l ON l.id = b.lot_id JOIN product p ON p.id = b.product_id
JOIN location w ON w.id = b.location_id
WHERE b.root_id = $1 AND b.location_id = $2
  AND b.before = (SELECT max(before) FROM stock_snapshot_head WHERE root_id = $1 AND location_id = $2)
ORDER BY b.product_id, b.lot_id LIMIT 50
"""

PATHS = {"balance": "/stock/balances?limit=50", "as_of": "/stock/past?limit=50&day={day}"}
STATEMENTS = {"balance": BALANCE, "as_of": AS_OF}


class Scanning:
    """One open session per dealer, into which all scan."""

    def __init__(self, connection: asyncpg.Connection, world: World) -> None:
        self._db, self._world = connection, world
        self._sessions: dict[int, int] = {}
        self._packed: list[Any] = []
        self._chance = random.Random(5)  # noqa: S311 - the same scans every time

    async def _session(self, seller: Member) -> int:
        if seller.org_id not in self._sessions:
            asked = (self._world.root_id, seller.org_id, uuid.uuid4().hex, seller.warehouse, seller.account_id)
            self._sessions[seller.org_id] = await self._db.fetchval(SESSION, *asked)
        return self._sessions[seller.org_id]

    async def _scans(self, count: int) -> list[Any]:
        if not self._packed:
            ids = [item.packaging_id for item in self._world.goods]
            self._packed = await self._db.fetch(PACKED, self._world.root_id, ids)
        return self._chance.choices(self._packed, k=count)

    async def request(self, seller: Member, lines: int) -> bytes:
        """A batch of scans of cases, as a phone sends it."""
        moment = datetime.now(UTC).isoformat()
        scans = [
            {"id": str(uuid.uuid4()), "code": item["gtin"], "count": 1, "at": moment}
            for item in await self._scans(lines)
        ]
        path = f"/scan-sessions/{await self._session(seller)}/scans"
        return request("POST", path, seller.token, msgspec.json.encode({"scans": scans}))

    async def row(self, seller: Member, lines: int) -> Values:
        """The same as the floor writes it."""
        found = await self._scans(lines)
        return (
            self._world.root_id,
            await self._session(seller),
            seller.account_id,
            datetime.now(UTC),
            [uuid.uuid4() for _ in found],
            [item["gtin"] for item in found],
            [item["product_id"] for item in found],
            [item["id"] for item in found],
            [item["unit_qty"] for item in found],
            [1 for _ in found],
        )


def path(name: str) -> str:
    """The address of a read, below `/api/v1`: as-of is that of the last day of the month before."""
    last = month_begin(datetime.now(UTC)).date() - timedelta(days=1)
    return PATHS[name].format(day=last.isoformat())
