"""Reading the way of a case through six hands: the request, and what the same rows cost the database alone."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import quote

import asyncpg

from scripts.benchmark.http_client import request
from scripts.benchmark.world import Member, World
from server.trace import codes

Values = tuple[Any, ...]

HANDS = 6
CASES = 10_000
_TAG, _SECRET = "0BENC", bytes(range(16))

_RANGE = """
INSERT INTO trace_range (root_id, scheme, product_id, packaging_id, pack_name, unit_qty, lot_id, count, tag, secret,
                         made_at)
VALUES ($1, 'url', $2, $3, '箱', $4, $5, $6, $7, $8, now()) RETURNING id
"""
_HANDS = """
INSERT INTO trace_hand (root_id, document_kind, document_id, number, from_id, to_id, at, arrived_at)
SELECT $1, 'transfer', n, 'DB' || n, t.giver, t.taker, now(), now()
FROM generate_series(1, 600) AS n JOIN unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS t (giver, taker, place)
  ON t.place = 1 + n % cardinality($2::bigint[])
RETURNING id
"""
_CODES = """
INSERT INTO trace_code (root_id, range_id, no, hand_id, lot_id, hands)
SELECT $1, $2, c.no, h.ids[6], $3, h.ids FROM generate_series(1, $4::bigint) AS c (no)
CROSS JOIN LATERAL (
    SELECT array_agg(($5::bigint[])[1 + (c.no * 7 + s.n * 97) % 600] ORDER BY s.n) AS ids
    FROM generate_series(1, 6) AS s (n)) h
"""

# $1 root  $2 range  $3 number in it
WAY = """
SELECT r.product_id, p.name, l.code, l.expires_on, h.document_kind, h.document_id, h.number, h.at, h.arrived_at,
       f.name AS from_name, t.name AS to_name
FROM trace_code c
JOIN trace_range r ON r.root_id = c.root_id AND r.id = c.range_id
JOIN product p ON p.id = r.product_id JOIN lot l ON l.id = c.lot_id
CROSS JOIN LATERAL unnest(c.hands) WITH ORDINALITY AS x (hand_id, step)
JOIN trace_hand h ON h.root_id = c.root_id AND h.id = x.hand_id
JOIN org f ON f.id = h.from_id JOIN org t ON t.id = h.to_id
WHERE c.root_id = $1 AND c.range_id = $2 AND c.no = $3
ORDER BY x.step
"""


class Traces:
    """Ten thousand cases that went through six hands each, made when they are first asked for."""

    def __init__(self, connection: asyncpg.Connection, world: World) -> None:
        self._db, self._world = connection, world
        self._range = 0
        self._chance = random.Random(11)  # noqa: S311 - the same cases every time

    async def _ready(self) -> int:
        if not self._range:
            root, goods = self._world.root_id, self._world.goods[0]
            made = (goods.product_id, goods.packaging_id, goods.unit_qty, goods.lot_id, CASES, _TAG, _SECRET)
            found = await self._db.fetchval(_RANGE, root, *made)
            pairs = self._world.buyers
            takers, givers = [buyer.org_id for buyer, _ in pairs], [seller.org_id for _, seller in pairs]
            hands = [row["id"] for row in await self._db.fetch(_HANDS, root, givers, takers)]
            await self._db.execute(_CODES, root, found, goods.lot_id, CASES, hands)
            self._range = found
        return self._range

    async def request(self, reader: Member) -> bytes:
        """Somebody looks at a case."""
        await self._ready()
        code = codes.write(_TAG, _SECRET, self._chance.randint(1, CASES))
        return request("GET", f"/trace/way?code={quote(code)}", reader.token)

    async def row(self) -> Values:
        """The same as the floor reads it."""
        return (self._world.root_id, await self._ready(), self._chance.randint(1, CASES))
