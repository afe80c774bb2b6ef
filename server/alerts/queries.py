"""Set-based reads and writes of alerts."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from server.core import db, tree
from server.core.actor import Actor
from server.identity import holders

CALLED = {
    "alert": """
SELECT a.id, o.name || ' ' || p.name AS name
FROM alert a JOIN org o ON o.id = a.org_id JOIN product p ON p.id = a.product_id
WHERE a.root_id = $1 AND a.id = ANY ({ids})
""",
    "alert_digest": """
SELECT d.id, o.name AS name FROM alert_digest d JOIN org o ON o.id = d.org_id
WHERE d.root_id = $1 AND d.id = ANY ({ids})
""",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

_COLUMNS = """
SELECT a.*, o.name AS org_name, o.path AS org_path, o.kind AS org_kind, o.parent_id, u.name AS supplier_name,
       w.name AS warehouse_name, w.is_default, p.name AS product_name, p.code AS product_code, p.color, p.base_unit,
       coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty, d.number AS order_number,
       d.state AS order_state, q.name AS ordered_by_name, m.name AS reminded_by_name, c.snoozed_until, c.snooze_reason,
       z.name AS snoozed_by_name, c.holder_id, h.name AS holder_name, c.note
"""
# $3: whose care it is
_JOINS = """
JOIN org o ON o.id = a.org_id LEFT JOIN org u ON u.id = o.parent_id
JOIN location w ON w.id = a.warehouse_id JOIN product p ON p.id = a.product_id
LEFT JOIN packaging k ON k.product_id = p.id AND k.is_default
LEFT JOIN orders d ON d.root_id = a.root_id AND d.id = a.order_id LEFT JOIN account q ON q.id = a.ordered_by
LEFT JOIN account m ON m.id = a.reminded_by
LEFT JOIN alert_care c ON c.root_id = a.root_id AND c.alert_id = a.id AND c.org_id = $3
LEFT JOIN account z ON z.id = c.snoozed_by LEFT JOIN account h ON h.id = c.holder_id
"""

# $1 root  $2 scope  $3 own org  $4 before  $5 rows  $6 kind  $7 org  $8 warehouse  $9 product  $10 opened before
# $11 the reader
_GIVEN = "given AS (SELECT $6::text, $7::bigint, $8::bigint, $9::bigint, $10::timestamptz, $11::bigint, $3::bigint)"
_ASLEEP = """EXISTS (SELECT FROM alert_care c WHERE c.root_id = $1 AND c.alert_id = a.id AND c.org_id = $3
                     AND c.snoozed_until IS NOT NULL)"""
_SHOW = {
    "open": f" AND a.closed_at IS NULL AND NOT {_ASLEEP}",
    "snoozed": f" AND a.closed_at IS NULL AND {_ASLEEP}",
    "closed": " AND a.closed_at IS NOT NULL",
}
_CONDITIONS = {
    "kind": " AND a.kind = $6",
    "warehouse": " AND a.warehouse_id = $8",
    "product": " AND a.product_id = $9",
    "days": " AND a.opened_at <= $10",
    "below": " AND a.org_id <> $3",
    "mine": " AND a.id IN (SELECT c.alert_id FROM alert_care c WHERE c.holder_id = $11)",
}
_RUN = "SELECT a.* FROM alert a WHERE a.root_id = $1{org} AND a.id < $4{conditions} ORDER BY a.id DESC LIMIT $5"


@cache
def list_statement(everywhere: bool, one_org: bool, show: str, *named: str) -> str:
    """The list: one run of an index for who sees the whole brand, else a run for each org inside the scope."""
    conditions = _SHOW[show] + "".join(_CONDITIONS[name] for name in named)
    if everywhere and not one_org:
        hits = _RUN.format(org="", conditions=conditions)
        given = f"{_GIVEN}, scope AS (SELECT $2::text[])"
    else:
        orgs = f"SELECT DISTINCT g.id FROM {tree.below('$2', 'o.id')}" + (" WHERE g.id = $7" if one_org else "")
        run = _RUN.format(org=" AND a.org_id = o.id", conditions=conditions)
        hits = f"SELECT h.* FROM ({orgs}) o CROSS JOIN LATERAL ({run}) h ORDER BY h.id DESC LIMIT $5"
        given = _GIVEN
    return f"WITH {given}, hits AS ({hits}){_COLUMNS} FROM hits a {_JOINS} ORDER BY a.id DESC"


_SOME = (
    _COLUMNS
    + " FROM alert a "
    + _JOINS
    + """
WHERE a.root_id = $1 AND a.id = ANY ($4::bigint[]) AND EXISTS (
    SELECT FROM unnest($2::text[]) AS prefix WHERE o.path ~>=~ prefix AND o.path ~<~ (left(prefix, -1) || '0'))
ORDER BY a.id
"""
)
_LOCKED = _SOME + " FOR NO KEY UPDATE OF a"

_COUNTED = f"""
WITH given AS (SELECT $2::text[])
SELECT k.kind, (SELECT count(*) FROM (
    SELECT FROM alert a WHERE a.root_id = $1{{org}} AND a.kind = k.kind AND a.closed_at IS NULL AND NOT {_ASLEEP}
    LIMIT 1000) x) AS count
FROM unnest(ARRAY['low', 'high', 'soon']) AS k (kind)
"""
_OWN = _COUNTED.format(org=" AND a.org_id = $3")
_ALL_BELOW = _COUNTED.format(org=" AND a.org_id <> $3")
_SCOPE_BELOW = f"""
SELECT a.kind, least(count(*), 1000) AS count
FROM {tree.below("$2", "o.id", "o.id <> $3")} JOIN alert a ON a.root_id = $1 AND a.org_id = g.id
WHERE a.closed_at IS NULL AND NOT {_ASLEEP} GROUP BY 1
"""
_MINE = """
SELECT count(*) FROM alert_care c JOIN alert a ON a.root_id = c.root_id AND a.id = c.alert_id AND a.closed_at IS NULL
WHERE c.holder_id = $1 AND c.snoozed_until IS NULL
"""

_DAYS = """
SELECT (m.at AT TIME ZONE $6)::date AS day, sum(m.qty)::bigint AS qty FROM stock_move m
WHERE m.root_id = $1 AND m.from_location_id = $2 AND m.product_id = $3 AND m.at >= $4 AND m.reason = ANY ($5::text[])
GROUP BY 1 ORDER BY 1
"""
_LOTS = """
SELECT l.code AS lot_code, l.expires_on, b.on_hand - b.reserved AS qty
FROM stock_balance b JOIN lot l ON l.id = b.lot_id
WHERE b.root_id = $1 AND b.location_id = $2 AND b.product_id = $3 AND b.on_hand > b.reserved AND l.blocked_by IS NULL
  AND l.expires_on < 'infinity'
ORDER BY l.expires_on, l.id LIMIT 50
"""

_SNOOZE = """
INSERT INTO alert_care AS c (root_id, alert_id, org_id, snoozed_until, snooze_reason, snoozed_by)
SELECT $1, t.id, $2, $4, $5, $6 FROM unnest($3::bigint[]) AS t (id) ORDER BY t.id
ON CONFLICT (root_id, alert_id, org_id) DO UPDATE SET snoozed_until = excluded.snoozed_until,
    snooze_reason = excluded.snooze_reason, snoozed_by = excluded.snoozed_by
"""
_HAND = """
INSERT INTO alert_care AS c (root_id, alert_id, org_id, holder_id, note, handed_by, handed_at)
SELECT $1, t.id, $2, $4, $5, $6, $7 FROM unnest($3::bigint[]) AS t (id) ORDER BY t.id
ON CONFLICT (root_id, alert_id, org_id) DO UPDATE SET holder_id = excluded.holder_id, note = excluded.note,
    handed_by = excluded.handed_by, handed_at = excluded.handed_at
"""
_REMIND = "UPDATE alert SET reminded_by = $3, reminded_at = $4 WHERE root_id = $1 AND id = ANY ($2::bigint[])"
_TAKE = "UPDATE alert SET taken_by = $3, taken_key = $4, taken_at = $5 WHERE root_id = $1 AND id = ANY ($2::bigint[])"
_LET_GO = """
UPDATE alert SET taken_by = NULL, taken_key = NULL, taken_at = NULL
WHERE root_id = $1 AND id = ANY ($2::bigint[]) AND taken_key = $3
"""
_ORDERED = """
UPDATE alert SET order_id = $3, ordered_by = CASE WHEN order_id = $3 THEN ordered_by ELSE $4 END,
    ordered_at = CASE WHEN order_id = $3 THEN ordered_at ELSE $5 END, taken_by = NULL, taken_key = NULL, taken_at = NULL
WHERE root_id = $1 AND id = ANY ($2::bigint[])
"""
_PLACED = (
    "SELECT (response::jsonb ->> 'id')::bigint FROM idempotency WHERE account_id = $1 AND key = $2 AND status = 201"
)

_COLLEAGUES = f"""
SELECT a.id, a.name, a.role, y.name AS own_role FROM account a LEFT JOIN role y ON y.id = a.role_id
WHERE a.org_id = $1 AND a.status = 'active' AND ({holders.holds("alert.handle", "a")})
  AND ($2::bigint IS NULL OR a.id = $2)
ORDER BY a.name, a.id LIMIT 200
"""
# Of these orgs, whether the account sees each: all of its own org's tree, or the dealers that it looks after.
_UNSEEN = f"""
SELECT count(*) FROM org o JOIN account a ON a.id = $1 JOIN org home ON home.id = a.org_id
WHERE o.id = ANY ($2::bigint[]) AND NOT CASE WHEN {holders.bound("a")} THEN EXISTS (
        SELECT FROM assignment x JOIN org d ON d.id = x.org_id WHERE x.account_id = a.id AND o.path LIKE d.path || '%')
    ELSE o.path LIKE home.path || '%' END
"""

_DIGEST = """
SELECT d.*, o.name AS org_name, o.kind AS org_kind, o.path AS org_path, n.name AS done_by_name
FROM alert_digest d JOIN org o ON o.id = d.org_id LEFT JOIN account n ON n.id = d.done_by
WHERE d.root_id = $1 AND d.id = $2
"""
_OF_DIGEST = """
SELECT a.*, p.name AS product_name, p.base_unit, w.name AS warehouse_name
FROM alert a JOIN product p ON p.id = a.product_id JOIN location w ON w.id = a.warehouse_id
WHERE a.root_id = $1 AND a.digest_id = $2
ORDER BY array_position(ARRAY['low', 'soon', 'high'], a.kind), a.id LIMIT $3
"""
_DIGEST_SIZE = "SELECT kind, count(*) AS count FROM alert WHERE root_id = $1 AND digest_id = $2 GROUP BY kind"
_DIGEST_IDS = """
SELECT id FROM alert WHERE root_id = $1 AND digest_id = $2 AND closed_at IS NULL ORDER BY id LIMIT 200
"""
_DIGEST_DONE = """
UPDATE alert_digest SET done = $3, done_by = $4, done_at = $5 WHERE root_id = $1 AND id = $2 AND done IS NULL
"""


async def page(
    actor: Actor,
    show: str,
    named: Sequence[str],
    before: int,
    limit: int,
    kind: str | None,
    org_id: int | None,
    warehouse_id: int | None,
    product_id: int | None,
    opened_before: datetime | None,
) -> Sequence[db.Row]:
    """A page of the alerts of the orgs in the scope, the newest first."""
    statement = list_statement(actor.sees_all, org_id is not None, show, *named)
    return await db.rows(
        statement, actor.root_id, actor.scope, actor.org_id, before, limit, kind, org_id, warehouse_id, product_id,
        opened_before, actor.account_id,
    )  # fmt: skip


async def some(actor: Actor, ids: Sequence[int], lock: bool = False) -> Sequence[db.Row]:
    """These of the alerts in the scope, perhaps locked."""
    return await db.rows(_LOCKED if lock else _SOME, actor.root_id, actor.scope, actor.org_id, list(ids))


async def counts(actor: Actor) -> tuple[dict[str, int], dict[str, int], int]:
    """How many of each kind: of the own org, of those below; and handed over to the reader."""
    bound = actor.assigned is not None
    own = [] if bound else await db.rows(_OWN, actor.root_id, actor.scope, actor.org_id)
    below = await db.rows(_ALL_BELOW if actor.sees_all else _SCOPE_BELOW, actor.root_id, actor.scope, actor.org_id)
    mine = int(await db.value(_MINE, actor.account_id))
    return _by_kind(own), _by_kind(below), mine


def _by_kind(found: Sequence[db.Row]) -> dict[str, int]:
    return {"low": 0, "high": 0, "soon": 0, **{item["kind"]: item["count"] for item in found}}


async def days(
    root_id: int, warehouse_id: int, product_id: int, since: datetime, reasons: Sequence[str], zone: str
) -> Sequence[db.Row]:
    """What was used of a product in a warehouse, day by day."""
    return await db.rows(_DAYS, root_id, warehouse_id, product_id, since, list(reasons), zone)


async def lots(root_id: int, warehouse_id: int, product_id: int) -> Sequence[db.Row]:
    """The lots of a product in a warehouse that nobody was promised, the nearest end first."""
    return await db.rows(_LOTS, root_id, warehouse_id, product_id)


async def snooze(actor: Actor, ids: Sequence[int], until: date, reason: str) -> None:
    """Do not show these to the own people until a day."""
    await db.run(_SNOOZE, actor.root_id, actor.org_id, list(ids), until, reason, actor.account_id)


async def hand(actor: Actor, ids: Sequence[int], account_id: int, note: str, at: datetime) -> None:
    """Give these to a colleague."""
    await db.run(_HAND, actor.root_id, actor.org_id, list(ids), account_id, note, actor.account_id, at)


async def remind(actor: Actor, ids: Sequence[int], at: datetime) -> None:
    """Note that these were brought to mind."""
    await db.run(_REMIND, actor.root_id, list(ids), actor.account_id, at)


async def take(actor: Actor, ids: Sequence[int], key: str, at: datetime) -> None:
    """Note who is ordering for these, by which request."""
    await db.run(_TAKE, actor.root_id, list(ids), actor.account_id, key, at)


async def let_go(root_id: int, ids: Sequence[int], key: str) -> None:
    """Nothing was ordered by that request."""
    await db.run(_LET_GO, root_id, list(ids), key)


async def ordered(root_id: int, ids: Sequence[int], order_id: int, by: int, at: datetime) -> None:
    """Note the order that was placed for these."""
    await db.run(_ORDERED, root_id, list(ids), order_id, by, at)


async def placed(account_id: int, key: str) -> int | None:
    """The order that an account has placed by a request, if it has."""
    found: int | None = await db.value(_PLACED, account_id, key)
    return found


async def colleagues(org_id: int, account_id: int | None = None) -> Sequence[db.Row]:
    """Who of an org's people handles alerts."""
    return await db.rows(_COLLEAGUES, org_id, account_id)


async def sees_all_of(account_id: int, org_ids: Sequence[int]) -> bool:
    """Whether an account sees all of these orgs."""
    return not await db.value(_UNSEEN, account_id, list(org_ids))


async def digest(root_id: int, digest_id: int) -> db.Row | None:
    """What began at one org in one look, and what was done about it."""
    return await db.row(_DIGEST, root_id, digest_id)


async def of_digest(root_id: int, digest_id: int, limit: int) -> tuple[Sequence[db.Row], dict[str, int]]:
    """The first alerts of a digest, and how many there are of each kind."""
    found = await db.rows(_OF_DIGEST, root_id, digest_id, limit)
    sizes = await db.rows(_DIGEST_SIZE, root_id, digest_id)
    return found, {item["kind"]: item["count"] for item in sizes}


async def open_of_digest(root_id: int, digest_id: int) -> list[int]:
    """The alerts of a digest that are not over."""
    return [item["id"] for item in await db.rows(_DIGEST_IDS, root_id, digest_id)]


async def digest_done(actor: Actor, digest_id: int, done: str, at: datetime) -> bool:
    """Note what was done on the card of a digest; whether it was the first."""
    return bool(await db.run(_DIGEST_DONE, actor.root_id, digest_id, done, actor.account_id, at))
