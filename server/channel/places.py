"""Where the stores are: points where few are looked at, and how many there are in each part of the map where many are.

A store has its cell of an eighth of a degree; an index of cells gives the map of a country without reading the stores.
(D3.1, S1.3)
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from typing import Literal

import msgspec

from server.channel.lists import apart
from server.channel.schemas import Cooperation, Lat, Lng, OrgKind
from server.core import db, tree
from server.core.actor import Actor
from server.core.errors import InvalidInput

POINTS = 500
"""So many stores are shown one by one; more of them as numbers."""

CELLS = 2000


class MapFilter(msgspec.Struct):
    """The part of the map that is looked at."""

    west: Lng = 73.0
    south: Lat = 17.0
    east: Lng = 136.0
    north: Lat = 54.0
    kind: Literal["dealer", "store"] = "store"


class Cluster(msgspec.Struct):
    """So many stores around a place."""

    lat: float
    lng: float
    count: int


class MapPoint(msgspec.Struct):
    """A store on the map."""

    id: int
    name: str
    kind: OrgKind
    status: Literal["active", "frozen"]
    cooperation: Cooperation
    grade: str
    lat: float
    lng: float


class StoreMap(msgspec.Struct):
    """What lies in a part of the map: `points`, or, where there are too many, `clusters`; `total` of them."""

    total: int
    points: list[MapPoint]
    clusters: list[Cluster]


_BELOW = f"{tree.below('$2')} WHERE g.kind = $3 AND g.cell IS NOT NULL"
_INSIDE = " AND g.lng BETWEEN $4::float8 AND $5::float8 AND g.lat BETWEEN $6::float8 AND $7::float8"

# The rows of cells that the part of the map covers, each one range of the index.
_ROWS = """generate_series(floor($6::float8 * 8)::int, floor($7::float8 * 8)::int) AS r (row)
    CROSS JOIN LATERAL (
        SELECT {columns} FROM org o
        WHERE o.root_id = $1 AND o.kind = $3 AND o.cell BETWEEN r.row * 2880 + floor($4::float8 * 8)::int
                                                            AND r.row * 2880 + floor($5::float8 * 8)::int
        OFFSET 0) g
WHERE $2::text[] IS NOT NULL"""

_READ = ("o.lat, o.lng", "*")
"""The index has where an org lies; what a point shows is in its row."""

_CLUSTERS = """
SELECT count(*)::int AS count, avg(g.lat) AS lat, avg(g.lng) AS lng FROM {source}
GROUP BY floor(g.lat / $8::float8), floor(g.lng / $8::float8) ORDER BY 1 DESC LIMIT {limit}
"""
_POINTS = """
SELECT g.id, g.name, g.kind, g.status, g.cooperation, g.grade, g.lat, g.lng FROM {source} ORDER BY g.id LIMIT {limit}
"""


async def store_map(actor: Actor, wanted: MapFilter) -> StoreMap:
    """The stores inside the scope that lie in a part of the map."""
    if wanted.west >= wanted.east or wanted.south >= wanted.north:
        raise InvalidInput("地图范围不对")
    rows = {columns: (_ROWS.format(columns=columns) if actor.sees_all else _BELOW) + _INSIDE for columns in _READ}
    box = (wanted.west, wanted.east, wanted.south, wanted.north)
    asked = (actor.root_id, apart(actor.scope), wanted.kind, *box)
    size = max((wanted.east - wanted.west) / 32, (wanted.north - wanted.south) / 24)
    found = await db.rows(_CLUSTERS.format(source=rows["o.lat, o.lng"], limit=CELLS), *asked, size)
    clusters = [Cluster(item["lat"], item["lng"], item["count"]) for item in found]
    total = sum(item.count for item in clusters)
    if total > POINTS:
        return StoreMap(total, [], clusters)
    points = await db.rows(_POINTS.format(source=rows["*"], limit=POINTS), *asked)
    return StoreMap(total, [MapPoint(**item) for item in points], [])
