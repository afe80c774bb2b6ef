"""Statements of scanning; each is one whatever the number of scans."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Literal, NamedTuple
from uuid import UUID

from server.core import db, tree
from server.core.actor import Actor


class Scan(NamedTuple):
    """A scan to be kept; the product is None where the code stands for none."""

    id: UUID
    code: str
    symbology: str
    key: str
    problem: str
    product_id: int | None
    packaging_id: int | None
    unit_qty: int | None
    times: int
    lot_code: str
    produced_on: date | None
    expires_on: date | None
    serial: str
    undone: bool
    scanned_at: datetime


_OPEN = """
WITH place AS (
    SELECT id FROM location
    WHERE org_id = $2 AND closed_at IS NULL AND kind = ANY ($4::text[])
      AND (id = $3 OR ($3::bigint IS NULL AND kind = 'warehouse' AND is_default))
    FOR KEY SHARE
), n AS (SELECT nextval('scan_session_id_seq') AS id)
INSERT INTO scan_session (id, root_id, org_id, number, kind, location_id, reason, note, opened_by, opened_at)
SELECT n.id, $1, $2, $5 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $6, place.id, $7, $8, $9, $10
FROM n, place
RETURNING id
"""

# A session stands still for a verb (UPDATE), or stays open while scans are written into it (SHARE).
_LOCK = """
SELECT s.id, s.number, s.kind, s.state, s.location_id, s.reason, s.opened_at, w.closed_at AS place_closed_at,
       coalesce(g.keeps_lots, o.kind <> 'store') AS keeps_lots
FROM scan_session s JOIN location w ON w.id = s.location_id JOIN org o ON o.id = s.org_id
LEFT JOIN stock_setting g ON g.root_id = s.root_id AND g.org_id = s.org_id
WHERE s.root_id = $1 AND s.org_id = $2 AND s.id = $3
FOR {how}
"""
_LOCK_FOR_SCANS = _LOCK.format(how="SHARE OF s")
_LOCK_FOR_CHANGE = _LOCK.format(how="NO KEY UPDATE OF s")
_LOCK_TO_FINISH = _LOCK.format(how="NO KEY UPDATE OF s FOR KEY SHARE OF w")

# They are numbered as they come, and written in the order of their ids, so that no two phones can block each other.
_PUT = """
INSERT INTO scan AS s (root_id, session_id, seq, id, code, symbology, key, problem, product_id, packaging_id, unit_qty,
                       count, lot_code, produced_on, expires_on, serial, undone, scanned_at, account_id, received_at)
SELECT $1, $2, t.*, $18, $19
FROM (SELECT nextval('scan_seq_seq'), g.*
      FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::int[],
                  $11::int[], $12::text[], $13::date[], $14::date[], $15::text[], $16::bool[], $17::timestamptz[]) AS g
      OFFSET 0) t
ORDER BY 4
ON CONFLICT (root_id, session_id, id) DO UPDATE SET undone = true WHERE excluded.undone AND NOT s.undone
"""

# A scan as it stands: what its code was solved as, and whether its serial was scanned before.
_STANDING = """
SELECT s.id, s.seq, s.code, s.count, s.lot_code, s.expires_on, s.serial, s.scanned_at AS at, a.name AS account_name,
       CASE WHEN s.product_id IS NULL AND x.product_id IS NULL THEN s.problem ELSE '' END AS problem,
       coalesce(s.product_id, x.product_id) AS product_id, coalesce(s.packaging_id, x.packaging_id) AS packaging_id,
       coalesce(s.unit_qty, x.unit_qty, 1) AS unit_qty, coalesce(p.name, '') AS product_name,
       coalesce(p.base_unit, '') AS base_unit, coalesce(k.name, '') AS packaging_name,
       CASE WHEN s.undone THEN 'undone'
            WHEN s.product_id IS NULL AND x.key IS NULL THEN 'unknown'
            WHEN s.product_id IS NULL AND x.product_id IS NULL THEN 'dropped'
            WHEN s.serial <> '' AND EXISTS (
                SELECT FROM scan e
                LEFT JOIN scan_solution y ON (y.root_id, y.session_id, y.key) = (e.root_id, e.session_id, e.key)
                WHERE e.root_id = s.root_id AND e.session_id = s.session_id AND e.serial = s.serial AND e.serial <> ''
                  AND e.seq < s.seq AND NOT e.undone
                  AND coalesce(e.product_id, y.product_id) = coalesce(s.product_id, x.product_id)) THEN 'repeated'
            ELSE 'counted' END AS state
FROM scan s
JOIN account a ON a.id = s.account_id
LEFT JOIN scan_solution x ON s.product_id IS NULL
    AND (x.root_id, x.session_id, x.key) = (s.root_id, s.session_id, s.key)
LEFT JOIN product p ON p.id = coalesce(s.product_id, x.product_id)
LEFT JOIN packaging k ON k.id = coalesce(s.packaging_id, x.packaging_id)
WHERE s.root_id = $1 AND s.session_id = $2 AND {which}
"""
_TAKEN = _STANDING.format(which="s.id = ANY ($3::uuid[])")
_SCANS = _STANDING.format(which="s.seq < $3 ORDER BY s.seq DESC LIMIT $4")

# What counts: no scan that is undone, a serial once, an unknown code as what it was solved as.
_LIVE = """
WITH live AS (
    SELECT s.seq, s.key, s.problem, s.scanned_at, s.count, s.lot_code, s.produced_on, s.expires_on, s.serial,
           coalesce(s.product_id, x.product_id) AS product_id, coalesce(s.packaging_id, x.packaging_id) AS packaging_id,
           coalesce(s.unit_qty, x.unit_qty) AS unit_qty, x.key IS NOT NULL AS solved
    FROM scan s
    LEFT JOIN scan_solution x ON s.product_id IS NULL
        AND (x.root_id, x.session_id, x.key) = (s.root_id, s.session_id, s.key)
    WHERE s.root_id = $1 AND s.session_id = $2 AND NOT s.undone
), once AS (
    SELECT *, row_number() OVER (PARTITION BY product_id, CASE WHEN product_id IS NULL THEN key END, serial
                                 ORDER BY seq) AS n
    FROM live
)
"""

_LINES = (
    _LIVE
    + """, lines AS (
    SELECT product_id, packaging_id, unit_qty, lot_code, produced_on, expires_on, min(seq) AS seq,
           sum(count)::bigint AS count, sum(count::bigint * unit_qty)::bigint AS qty,
           count(*) FILTER (WHERE serial <> '') AS serials
    FROM once WHERE product_id IS NOT NULL AND (serial = '' OR n = 1)
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT l.*, p.name AS product_name, p.code AS product_code, p.color, p.base_unit, p.shelf_life_days,
       coalesce(k.name, '') AS packaging_name
FROM lines l JOIN product p ON p.id = l.product_id LEFT JOIN packaging k ON k.id = l.packaging_id
ORDER BY l.seq
"""
)

_UNKNOWN = (
    _LIVE
    + """
SELECT key AS code, max(problem) AS problem, count(*) AS scans, sum(count)::bigint AS count,
       min(scanned_at) AS first_at, bool_or(solved) AS dropped
FROM once WHERE product_id IS NULL AND (serial = '' OR n = 1)
GROUP BY key ORDER BY min(seq)
"""
)

_PACKAGINGS = """
SELECT product_id, json_agg(json_build_object('id', id, 'name', name, 'unit_qty', unit_qty, 'gtin', gtin,
                                              'is_default', is_default) ORDER BY unit_qty)::text AS packagings
FROM packaging WHERE product_id = ANY ($1::bigint[]) GROUP BY 1
"""

_HEAD = """
SELECT s.id, s.number, s.org_id, o.name AS org_name, s.kind, s.state, s.location_id, w.name AS location_name, s.reason,
       s.note, s.opened_at, s.ended_at, a.name AS opened_by, coalesce(e.name, '') AS ended_by
FROM {sessions} s
JOIN org o ON o.id = s.org_id
JOIN location w ON w.id = s.location_id
JOIN account a ON a.id = s.opened_by
LEFT JOIN account e ON e.id = s.ended_by
"""
_ONE = f"""{_HEAD.format(sessions="scan_session")}
WHERE s.root_id = $1 AND s.id = $2 AND (s.org_id = $3 OR EXISTS (
    SELECT FROM unnest($4::text[]) AS t (prefix)
    WHERE o.path ~>=~ t.prefix AND o.path ~<~ (left(t.prefix, -1) || '0')))
"""

# $1 root  $2 scope  $3 org  $4 before this one  $5 state  $6 kind  $7 rows
_NEWEST = """
    SELECT * FROM scan_session x
    WHERE x.root_id = $1{org} AND x.id < $4{chosen}
    ORDER BY x.id DESC LIMIT $7"""
_WHOSE = {"org": " AND x.org_id = $3", "all": "", "below": " AND x.org_id = b.id"}
_BELOW = f"""
    SELECT n.* FROM (SELECT DISTINCT g.id FROM {tree.below("$2", "o.id")}) b
    CROSS JOIN LATERAL ({{run}}) n ORDER BY n.id DESC LIMIT $7"""


@cache
def _page(whose: Literal["org", "all", "below"], of_state: bool, of_kind: bool) -> str:
    """The list: what is chosen is part of the statement, so that it is read by the index of just that."""
    chosen = (" AND x.state = $5" if of_state else "") + (" AND x.kind = $6" if of_kind else "")
    run = _NEWEST.format(org=_WHOSE[whose], chosen=chosen)
    found = _BELOW.format(run=run) if whose == "below" else run
    given = "WITH given AS (SELECT $2::text[], $3::bigint, $5::text, $6::text)"
    return f"{given} {_HEAD.format(sessions=f'({found})')} ORDER BY s.id DESC"


_KEEPS_LOTS = """
SELECT coalesce((SELECT keeps_lots FROM stock_setting WHERE root_id = $1 AND org_id = $2),
                (SELECT kind <> 'store' FROM org WHERE root_id = $1 AND id = $2))
"""

_SOLVE = """
INSERT INTO scan_solution AS x (root_id, session_id, key, product_id, packaging_id, unit_qty, account_id, at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE EXISTS (SELECT FROM scan WHERE root_id = $1 AND session_id = $2 AND key = $3 AND product_id IS NULL)
ON CONFLICT (root_id, session_id, key) DO UPDATE
    SET product_id = excluded.product_id, packaging_id = excluded.packaging_id, unit_qty = excluded.unit_qty,
        account_id = excluded.account_id, at = excluded.at
"""

_SAY_LOT = """
UPDATE scan s SET lot_code = $4, produced_on = $5, expires_on = $6
WHERE s.root_id = $1 AND s.session_id = $2 AND NOT s.undone AND s.lot_code = $7 AND s.expires_on IS NOT DISTINCT FROM $8
  AND (s.product_id = $3 OR s.product_id IS NULL AND EXISTS (
        SELECT FROM scan_solution x WHERE x.root_id = $1 AND x.session_id = $2 AND x.key = s.key AND x.product_id = $3))
"""

_END = """
UPDATE scan_session SET state = $3, ended_by = $4, ended_at = $5 WHERE root_id = $1 AND id = $2
"""

_NAMES_PACKAGING = """
SELECT EXISTS (SELECT FROM scan WHERE root_id = $1 AND packaging_id = $2)
    OR EXISTS (SELECT FROM scan_solution WHERE root_id = $1 AND packaging_id = $2)
"""


async def open_session(
    actor: Actor, kind: str, place: tuple[int | None, Sequence[str]], prefix: str, reason: str, note: str, at: datetime
) -> int | None:
    """Make a session in a warehouse of the own org (`place`: its id or None, the kinds it may be of); its id."""
    found: int | None = await db.value(
        _OPEN, actor.root_id, actor.org_id, place[0], list(place[1]), prefix, kind, reason, note, actor.account_id, at
    )
    return found


async def lock_for_scans(actor: Actor, session_id: int) -> db.Row | None:
    """Keep an own session from ending while scans are written into it, by any number of phones at once."""
    return await db.row(_LOCK_FOR_SCANS, actor.root_id, actor.org_id, session_id)


async def lock(actor: Actor, session_id: int) -> db.Row | None:
    """Lock an own session: scans under way are in it, and later ones wait."""
    return await db.row(_LOCK_FOR_CHANGE, actor.root_id, actor.org_id, session_id)


async def lock_to_finish(actor: Actor, session_id: int) -> db.Row | None:
    """Lock an own session, and keep its warehouse from being closed."""
    return await db.row(_LOCK_TO_FINISH, actor.root_id, actor.org_id, session_id)


async def put(actor: Actor, session_id: int, scans: Sequence[Scan], at: datetime) -> None:
    """Keep scans; one that is there stays what it is, but may be undone."""
    columns = [list(column) for column in zip(*scans, strict=True)]
    await db.run(_PUT, actor.root_id, session_id, *columns, actor.account_id, at)


async def taken(root_id: int, session_id: int, ids: Sequence[UUID]) -> dict[UUID, db.Row]:
    """These scans as they stand."""
    return {item["id"]: item for item in await db.rows(_TAKEN, root_id, session_id, list(ids))}


async def scans(root_id: int, session_id: int, before: int, limit: int) -> Sequence[db.Row]:
    """A page of a session's scans, the newest first."""
    return await db.rows(_SCANS, root_id, session_id, before, limit)


async def lines(root_id: int, session_id: int) -> Sequence[db.Row]:
    """What counts, summed per product, packaging and lot, in the order in which it was first scanned."""
    return await db.rows(_LINES, root_id, session_id)


async def unknown(root_id: int, session_id: int) -> Sequence[db.Row]:
    """The codes that stand for nothing."""
    return await db.rows(_UNKNOWN, root_id, session_id)


async def packagings(product_ids: Sequence[int]) -> dict[int, str]:
    """The packagings of products, as JSON."""
    found = await db.rows(_PACKAGINGS, list(product_ids))
    return {item["product_id"]: item["packagings"] for item in found}


async def session(actor: Actor, session_id: int) -> db.Row | None:
    """A session of the own org, or of one inside the scope."""
    return await db.row(_ONE, actor.root_id, session_id, actor.org_id, actor.scope)


async def sessions(
    actor: Actor, of: int | None, before: int, state: str | None, kind: str | None, limit: int
) -> Sequence[db.Row]:
    """A page of an org's sessions, or of all inside the scope (`of` is None), the newest first."""
    whose: Literal["org", "all", "below"] = "org" if of is not None else "all" if actor.sees_all else "below"
    statement = _page(whose, state is not None, kind is not None)
    return await db.rows(statement, actor.root_id, actor.scope, of, before, state, kind, limit)


async def keeps_lots(actor: Actor, org_id: int | None = None) -> bool:
    """Whether an org, the own one, asks for the lots of goods that spoil."""
    return bool(await db.value(_KEEPS_LOTS, actor.root_id, org_id or actor.org_id))


async def solve(
    actor: Actor, session_id: int, key: str, packed: tuple[int | None, int | None, int | None], at: datetime
) -> bool:
    """Say what an unknown code is (product, packaging, base units), or nothing; whether there is such a code."""
    return bool(await db.run(_SOLVE, actor.root_id, session_id, key, *packed, actor.account_id, at))


async def say_lot(
    root_id: int,
    session_id: int,
    product_id: int,
    lot: tuple[str, date | None, date | None],
    was: tuple[str, date | None],
) -> int:
    """Give the scans of a product that say `was` another lot (code, production, expiry); how many there are."""
    return await db.run(_SAY_LOT, root_id, session_id, product_id, *lot, *was)


async def end(root_id: int, session_id: int, state: str, account_id: int, at: datetime) -> None:
    """Write down that a session is over, and how."""
    await db.run(_END, root_id, session_id, state, account_id, at)


async def names_packaging(root_id: int, packaging_id: int) -> bool:
    """Whether any scan is of this packaging."""
    return bool(await db.value(_NAMES_PACKAGING, root_id, packaging_id))
