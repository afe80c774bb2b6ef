"""How many stores lie in which region, without looking at each of them.

The database itself counts, in the transaction that writes to `org` (migration m0022): a row says how many came or went,
and a region has as many stores as its rows add up to. `tests/invariants` compares them with the archive.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.core import db

_INSIDE = """
SELECT region_code AS code, sum(stores)::int AS stores FROM region_stores
WHERE root_id = $1 AND region_code >= $2 AND region_code < $3
GROUP BY 1 HAVING sum(stores) <> 0
"""
_IN = """
SELECT region_code AS code, sum(stores)::int AS stores FROM region_stores
WHERE root_id = $1 AND region_code = ANY ($2::text[])
GROUP BY 1 HAVING sum(stores) <> 0
"""

# What a reader sees is the same before and after; of two who add up at once the second finds nothing left.
_ADD_UP = """
WITH several AS (
    SELECT root_id, region_code FROM region_stores GROUP BY 1, 2 HAVING count(*) > 1
), gone AS (
    DELETE FROM region_stores r USING several s WHERE r.root_id = s.root_id AND r.region_code = s.region_code
    RETURNING r.*
)
INSERT INTO region_stores
SELECT root_id, region_code, sum(stores) FROM gone GROUP BY 1, 2 HAVING sum(stores) <> 0
"""


async def stores_inside(root_id: int, low: str, high: str) -> dict[str, int]:
    """How many stores lie in each region whose code is between two others."""
    return {item["code"]: item["stores"] for item in await db.rows(_INSIDE, root_id, low, high)}


async def stores_in(root_id: int, codes: Sequence[str]) -> dict[str, int]:
    """How many stores lie in each of these regions; absent means none."""
    return {item["code"]: item["stores"] for item in await db.rows(_IN, root_id, list(codes))}


async def add_up_stores() -> int:
    """Make one row of all that came and went in a region; the number of rows written."""
    return await db.run(_ADD_UP)
