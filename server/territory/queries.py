"""Set-based statements of the territories.

The texts are put together from constants of this file; every value is a parameter. Regions are compared by their codes:
what lies in one is a range of codes, what it lies in are at most three others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.core import db, tree
from server.territory import reach


class Wanted(NamedTuple):
    """Regions, categories and days that a dealer is to hold; `related` are all categories that meet the wanted ones."""

    codes: list[str]
    categories: list[int | None]
    related: list[int]
    from_on: date
    until_on: date | None
    exclusive: bool


class Inside(NamedTuple):
    """Ranges of codes, and (region, what it lies in) pairs, as columns for a statement."""

    codes: list[str]
    lows: list[str]
    highs: list[str]
    inner: list[str]
    outer: list[str]


class Lines(NamedTuple):
    """(category, itself or one above it) pairs, as columns."""

    categories: list[int]
    ups: list[int]


# Whoever changes what dealers hold in a brand waits here for whoever does so already.
_LOCK = "SELECT 1 FROM org WHERE id = $1 FOR NO KEY UPDATE"

_INSERT = """
INSERT INTO authority (root_id, org_id, region_code, category_id, exclusive, from_on, until_on, note, granted_by,
                       granted_at)
SELECT $1, $2, r.code, c.id, $5, $6, $7, $8, $9, $10
FROM unnest($3::text[]) AS r (code) CROSS JOIN unnest($4::bigint[]) AS c (id)
ORDER BY r.code, c.id
"""

# $1 root  $2 dealer  $3 its path  $4-$6 regions with their ranges  $7, $8 regions and what they lie in
# $9 categories  $10 categories that meet them  $11, $12 period  $13 exclusive  $14 authority to leave out
_CONFLICTS = """
WITH hit AS (
    SELECT w.code AS wanted, a.id, a.org_id, a.region_code, a.category_id, a.exclusive, a.from_on, a.until_on
    FROM unnest($4::text[], $5::text[], $6::text[]) AS w (code, low, high)
    JOIN authority a ON a.root_id = $1 AND a.revoked_on IS NULL AND a.region_code >= w.low AND a.region_code < w.high
    UNION ALL
    SELECT w.code, a.id, a.org_id, a.region_code, a.category_id, a.exclusive, a.from_on, a.until_on
    FROM unnest($7::text[], $8::text[]) AS w (code, outside)
    JOIN authority a ON a.root_id = $1 AND a.revoked_on IS NULL AND a.region_code = w.outside
)
SELECT h.*, g.name, g.path, count(*) OVER () AS found
FROM hit h JOIN org g ON g.id = h.org_id
WHERE h.id <> $14
  AND h.from_on <= coalesce($12, 'infinity'::date) AND coalesce(h.until_on, 'infinity'::date) >= $11
  AND CASE WHEN h.org_id = $2
      THEN h.region_code = h.wanted
           AND EXISTS (SELECT FROM unnest($9::bigint[]) AS c (id) WHERE c.id IS NOT DISTINCT FROM h.category_id)
      ELSE (h.exclusive OR $13)
           AND (h.category_id IS NULL OR array_position($9, NULL) > 0 OR h.category_id = ANY ($10))
           AND NOT starts_with(g.path, $3) AND NOT starts_with($3, g.path) END
ORDER BY h.region_code, h.id
LIMIT 50
"""

# Live authorities of the dealers under some paths that do not lie within those of the nearest dealer above that holds
# any. $1 root  $2 paths  $3 today  $4, $5 categories and those above them  $6 path as it would be, instead of  $7
_OUTSIDE = f"""
WITH line AS (
    SELECT * FROM unnest($4::bigint[], $5::bigint[]) AS t (category_id, up)
), own AS (
    SELECT DISTINCT g.id, g.name, $6::text || substr(g.path, length($7::text) + 1) AS path
    FROM {tree.below("$2", condition="o.kind = 'dealer'")}
), bounded AS (
    SELECT o.id, o.name, b.above_id
    FROM own o
    CROSS JOIN LATERAL (
        SELECT t.id::bigint AS above_id
        FROM unnest(string_to_array(btrim(o.path, '/'), '/')) WITH ORDINALITY AS t (id, step)
        WHERE t.id::bigint <> o.id AND t.id::bigint <> $1
          AND EXISTS (SELECT FROM authority x WHERE x.root_id = $1 AND x.org_id = t.id::bigint
                      AND x.revoked_on IS NULL AND coalesce(x.until_on, 'infinity'::date) >= $3)
        ORDER BY t.step DESC LIMIT 1
    ) b
)
SELECT a.id, b.id AS org_id, b.name, b.above_id, u.name AS above_name, u.path AS above_path, a.region_code,
       a.category_id, a.exclusive, a.from_on, a.until_on, count(*) OVER () AS found
FROM bounded b
JOIN authority a ON a.root_id = $1 AND a.org_id = b.id AND a.revoked_on IS NULL
    AND coalesce(a.until_on, 'infinity'::date) >= $3
JOIN org u ON u.id = b.above_id
WHERE NOT coalesce((
    SELECT range_agg(daterange(p.from_on, p.until_on, '[]')) @> daterange(greatest(a.from_on, $3), a.until_on, '[]')
    FROM authority p
    WHERE p.root_id = $1 AND p.org_id = b.above_id AND p.revoked_on IS NULL
      AND {reach.within("a.region_code", "p.region_code")}
      AND (p.category_id IS NULL
           OR p.category_id IN (SELECT l.up FROM line l WHERE l.category_id = a.category_id))), false)
ORDER BY b.id, a.region_code, a.id
"""

# Of dealers that are taken out of the line of others: what meets the authorities of those, where one is exclusive.
# $1 root  $2 path that is moved  $3 those above it no longer  $4, $5 categories and those above them  $6 today
_PARTED = f"""
WITH line AS (
    SELECT * FROM unnest($4::bigint[], $5::bigint[]) AS t (category_id, up)
)
SELECT a.id, g.id AS org_id, g.name, u.id AS above_id, u.name AS above_name, u.path AS above_path, a.region_code,
       a.category_id, b.exclusive, b.from_on, b.until_on, b.region_code AS theirs
FROM org g
JOIN authority a ON a.root_id = $1 AND a.org_id = g.id AND a.revoked_on IS NULL
JOIN org u ON u.id = ANY ($3::bigint[])
JOIN authority b ON b.root_id = $1 AND b.org_id = u.id AND b.revoked_on IS NULL
WHERE g.root_id = $1 AND g.kind = 'dealer' AND g.path ~>=~ $2 AND g.path ~<~ (left($2, -1) || '0')
  AND (a.exclusive OR b.exclusive)
  AND coalesce(a.until_on, 'infinity'::date) >= greatest(b.from_on, $6)
  AND coalesce(b.until_on, 'infinity'::date) >= greatest(a.from_on, $6)
  AND ({reach.within("a.region_code", "b.region_code")} OR {reach.below("b.region_code", "a.region_code")})
  AND (a.category_id IS NULL OR b.category_id IS NULL
       OR b.category_id IN (SELECT l.up FROM line l WHERE l.category_id = a.category_id)
       OR a.category_id IN (SELECT l.up FROM line l WHERE l.category_id = b.category_id))
ORDER BY g.id, a.region_code, a.id
"""

# Pairs of authorities whose categories meet only now, of dealers of different lines, where one is exclusive.
# $1 root  $2, $3 categories and those above them that were not so before  $4 today
_MET = f"""
WITH line AS (
    SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS t (category_id, up)
), pair AS (
    SELECT a.id, b.id AS their_id
    FROM line l
    JOIN authority a ON a.root_id = $1 AND a.revoked_on IS NULL AND a.category_id = l.category_id
    JOIN authority b ON b.root_id = $1 AND b.revoked_on IS NULL AND b.category_id = l.up
        AND {reach.within("a.region_code", "b.region_code")}
    UNION
    SELECT a.id, b.id
    FROM line l
    JOIN authority b ON b.root_id = $1 AND b.revoked_on IS NULL AND b.category_id = l.up
    JOIN authority a ON a.root_id = $1 AND a.revoked_on IS NULL AND a.category_id = l.category_id
        AND {reach.below("b.region_code", "a.region_code")}
)
SELECT a.org_id, g.name, g.path, a.region_code, a.category_id, u.id AS their_org_id, u.name AS their_name,
       u.path AS their_path, b.id, b.region_code AS theirs, b.category_id AS their_category_id, b.exclusive, b.from_on,
       b.until_on, count(*) OVER () AS found
FROM pair p
JOIN authority a ON a.root_id = $1 AND a.id = p.id
JOIN authority b ON b.root_id = $1 AND b.id = p.their_id
JOIN org g ON g.id = a.org_id
JOIN org u ON u.id = b.org_id
WHERE (a.exclusive OR b.exclusive)
  AND coalesce(a.until_on, 'infinity'::date) >= greatest(b.from_on, $4)
  AND coalesce(b.until_on, 'infinity'::date) >= greatest(a.from_on, $4)
  AND NOT starts_with(g.path, u.path) AND NOT starts_with(u.path, g.path)
ORDER BY a.region_code, a.id, b.id
LIMIT 50
"""

_HOLDING = """
SELECT DISTINCT g.path FROM authority a JOIN org g ON g.id = a.org_id
WHERE a.root_id = $1 AND a.revoked_on IS NULL AND a.category_id = ANY ($2::bigint[])
ORDER BY g.path
"""

_FOR_CHANGE = """
SELECT a.*, g.path, g.name FROM authority a JOIN org g ON g.id = a.org_id
WHERE a.root_id = $1 AND a.id = ANY ($2::bigint[])
ORDER BY a.id
FOR UPDATE OF a
"""

_CHANGE = """
UPDATE authority SET from_on = $4, until_on = $5, exclusive = $6, note = $7, version = version + 1,
    told_days = CASE WHEN until_on IS NOT DISTINCT FROM $5 THEN told_days END
WHERE root_id = $1 AND id = $2 AND version = $3
"""

_REVOKE = """
UPDATE authority SET revoked_on = $3, revoked_by = $4, revoke_reason = $5, version = version + 1
WHERE root_id = $1 AND id = ANY ($2::bigint[])
"""

_ON = f"a.root_id = $1 AND a.org_id = $2 AND {reach.held_on('a', '$3')}"
_HELD = f"""
SELECT EXISTS (SELECT FROM authority a WHERE {_ON}) AS any,
       EXISTS (SELECT FROM authority a WHERE {_ON} AND a.region_code = ANY ($4::text[])
               AND (a.category_id IS NULL OR a.category_id = ANY ($5::bigint[]))) AS here
"""

_HOLDS = f"""
SELECT DISTINCT a.category_id, $4::text[] IS NULL OR a.region_code = ANY ($4) AS here FROM authority a WHERE {_ON}
"""

# One event per dealer and last day, when thirty days, seven days or the day itself are reached; each once.
_EXPIRING = """
WITH due AS (
    SELECT root_id, id, CASE WHEN until_on <= $1 THEN 0 WHEN until_on <= $1 + 7 THEN 7 ELSE 30 END AS days
    FROM authority
    WHERE revoked_on IS NULL AND until_on BETWEEN $1 AND $1 + 30
), told AS (
    UPDATE authority a SET told_days = d.days
    FROM due d
    WHERE a.root_id = d.root_id AND a.id = d.id AND (a.told_days IS NULL OR a.told_days > d.days)
    RETURNING a.root_id, a.id, a.org_id, a.region_code, a.until_on, d.days
)
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT root_id, 'event', 'authority.expiring', org_id,
       jsonb_build_object('org_id', org_id, 'days', days, 'until_on', until_on, 'count', count(*),
                          'regions', (array_agg(DISTINCT region_code::text))[1:3]), $2, $2
FROM told GROUP BY root_id, org_id, until_on, days
"""


async def lock(root_id: int) -> None:
    """Be the only one who changes authorities of this brand until the transaction ends."""
    await db.run(_LOCK, root_id)


async def conflicts(
    root_id: int, org_id: int, path: str, wanted: Wanted, inside: Inside, without: int = 0
) -> Sequence[db.Row]:
    """Authorities that stand against a grant: others' where one of the two is exclusive, the dealer's own same one."""
    return await db.rows(
        _CONFLICTS, root_id, org_id, path, inside.codes, inside.lows, inside.highs, inside.inner, inside.outer,
        wanted.categories, wanted.related, wanted.from_on, wanted.until_on, wanted.exclusive, without,
    )  # fmt: skip


async def insert(root_id: int, org_id: int, wanted: Wanted, note: str, by: int | None, at: datetime) -> int:
    """Write a row per region and category; how many."""
    return await db.run(
        _INSERT, root_id, org_id, wanted.codes, wanted.categories, wanted.exclusive, wanted.from_on,
        wanted.until_on, note, by, at,
    )  # fmt: skip


async def outside(
    root_id: int, paths: list[str], today: date, lines: Lines, moved: tuple[str, str] = ("", "")
) -> Sequence[db.Row]:
    """What dealers under these paths hold beyond their upper dealer; `moved`: (new, old) beginning of their paths."""
    return await db.rows(_OUTSIDE, root_id, paths, today, lines.categories, lines.ups, moved[0], moved[1])


async def parted(root_id: int, path: str, above: list[int], today: date, lines: Lines) -> Sequence[db.Row]:
    """What would meet the authorities of dealers that are above no longer."""
    return await db.rows(_PARTED, root_id, path, above, lines.categories, lines.ups, today)


async def met(root_id: int, lines: Lines, today: date) -> Sequence[db.Row]:
    """Authorities that meet because categories lie in others now, where one is exclusive."""
    return await db.rows(_MET, root_id, lines.categories, lines.ups, today)


async def holding(root_id: int, category_ids: list[int]) -> list[str]:
    """The paths of the dealers that hold authorities in these categories."""
    return [item["path"] for item in await db.rows(_HOLDING, root_id, category_ids)]


async def for_change(root_id: int, ids: list[int]) -> Sequence[db.Row]:
    """Authorities with their dealers, locked."""
    return await db.rows(_FOR_CHANGE, root_id, ids)


async def change(root_id: int, authority_id: int, version: int, values: tuple[object, ...]) -> bool:
    """Write period, exclusivity and note; whether the version was still that."""
    return await db.run(_CHANGE, root_id, authority_id, version, *values) == 1


async def revoke(root_id: int, ids: list[int], today: date, by: int | None, reason: str) -> int:
    """End authorities on a day."""
    return await db.run(_REVOKE, root_id, ids, today, by, reason)


async def held(root_id: int, org_id: int, day: date, lineage: list[str], categories: list[int]) -> tuple[bool, bool]:
    """Whether a dealer held anything on a day, and whether in a region and category."""
    found = await db.row(_HELD, root_id, org_id, day, lineage, categories)
    assert found is not None
    return found["any"], found["here"]


async def holds(root_id: int, org_id: int, day: date, lineage: list[str] | None) -> Sequence[db.Row]:
    """The categories that a dealer held on a day, and whether in a region; without one, anywhere."""
    return await db.rows(_HOLDS, root_id, org_id, day, lineage)


async def announce_expiring(today: date, at: datetime) -> int:
    """Mark and announce what ends within thirty days, seven days, today; the number of events."""
    return await db.run(_EXPIRING, today, at)
