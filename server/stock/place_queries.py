"""Statements of warehouses and of how an org keeps its stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.core import db
from server.core.actor import Actor

_WAREHOUSES = """
SELECT w.id, w.name, w.kind = 'quarantine' AS quarantine,
       w.is_default AND w.kind = 'warehouse' AS is_default, w.version, w.closed_at,
       coalesce(h.products, 0) AS products, coalesce(h.on_hand, 0) AS on_hand, coalesce(h.reserved, 0) AS reserved,
       (SELECT count(*) FROM scan_session s WHERE s.location_id = w.id AND s.state = 'open') AS sessions
FROM location w
LEFT JOIN LATERAL (
    SELECT count(DISTINCT b.product_id) AS products, sum(b.on_hand)::bigint AS on_hand,
           sum(b.reserved)::bigint AS reserved
    FROM stock_balance b WHERE b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0
) h ON true
WHERE w.org_id = $2 AND w.kind = ANY ($5::text[]) AND ($3 OR w.closed_at IS NULL) AND ($4::bigint IS NULL OR w.id = $4)
ORDER BY w.kind = 'quarantine', w.closed_at NULLS FIRST, NOT w.is_default, w.id
"""

_SEEN_ORG = """
SELECT o.id FROM org o WHERE o.id = $1 AND o.root_id = $2 AND EXISTS (
    SELECT FROM unnest($3::text[]) AS prefix WHERE o.path ~>=~ prefix AND o.path ~<~ (left(prefix, -1) || '0'))
"""

_ADD = """
INSERT INTO location (root_id, org_id, kind, name, is_default)
SELECT $1, $2, 'warehouse', $3, false
WHERE (SELECT count(*) FROM location WHERE org_id = $2 AND kind = 'warehouse' AND closed_at IS NULL) < $4
ON CONFLICT DO NOTHING
RETURNING id
"""

# FOR UPDATE, and not less, waits for all who are putting goods into one of them, and keeps others from beginning.
_LOCK = """
SELECT id, name, is_default, version, closed_at FROM location
WHERE org_id = $1 AND kind = 'warehouse' AND (id = $2 OR is_default AND $3)
ORDER BY id FOR UPDATE
"""

_RENAME = "UPDATE location SET name = $2, version = version + 1 WHERE id = $1"
_TAKEN = """
SELECT EXISTS (SELECT FROM location WHERE org_id = $1 AND kind = 'warehouse' AND name = $2 AND closed_at IS NULL
               AND id IS DISTINCT FROM $3)
"""
_NOT_DEFAULT = "UPDATE location SET is_default = false, version = version + 1 WHERE id = $1"
_DEFAULT = "UPDATE location SET is_default = true, version = version + 1 WHERE id = $1"
_CLOSE = "UPDATE location SET closed_at = $2, version = version + 1 WHERE id = $1"

_USED = """
SELECT EXISTS (SELECT FROM stock_balance WHERE root_id = $1 AND location_id = $2 AND on_hand > 0) AS goods,
       EXISTS (SELECT FROM scan_session WHERE location_id = $2 AND state = 'open') AS sessions
"""

_SETTINGS = "SELECT keeps_lots, version FROM stock_setting WHERE root_id = $1 AND org_id = $2"
_SET = """
INSERT INTO stock_setting AS s (root_id, org_id, keeps_lots, updated_by, updated_at)
SELECT $1, $2, $3, $4, $5 WHERE $6 = 0 OR EXISTS (SELECT FROM stock_setting WHERE root_id = $1 AND org_id = $2)
ON CONFLICT (root_id, org_id) DO UPDATE
    SET keeps_lots = excluded.keeps_lots, version = s.version + 1, updated_by = excluded.updated_by,
        updated_at = excluded.updated_at
    WHERE s.version = $6
"""


async def warehouses(
    root_id: int, org_id: int, closed: bool, warehouse_id: int | None = None, kinds: Sequence[str] = ("warehouse",)
) -> Sequence[db.Row]:
    """The warehouses of an org with what lies in them, the default one first."""
    return await db.rows(_WAREHOUSES, root_id, org_id, closed, warehouse_id, list(kinds))


async def seen_org(actor: Actor, org_id: int) -> bool:
    """Whether an org lies inside the scope."""
    return await db.value(_SEEN_ORG, org_id, actor.root_id, actor.scope) is not None


async def add(root_id: int, org_id: int, name: str, most: int) -> int | None:
    """Add a warehouse unless there are enough, or one of this name; its id."""
    found: int | None = await db.value(_ADD, root_id, org_id, name, most)
    return found


async def lock(org_id: int, warehouse_id: int, with_default: bool = False) -> dict[int, db.Row]:
    """Lock a warehouse, perhaps with the one that is the default now: by id."""
    return {item["id"]: item for item in await db.rows(_LOCK, org_id, warehouse_id, with_default)}


async def name_taken(org_id: int, name: str, warehouse_id: int | None = None) -> bool:
    """Whether another open warehouse of the org has this name."""
    return bool(await db.value(_TAKEN, org_id, name, warehouse_id))


async def rename(warehouse_id: int, name: str) -> None:
    """Give a locked warehouse another name."""
    await db.run(_RENAME, warehouse_id, name)


async def change_default(old_id: int, new_id: int) -> None:
    """Let another of two locked warehouses be the default one."""
    await db.run(_NOT_DEFAULT, old_id)
    await db.run(_DEFAULT, new_id)


async def used(root_id: int, warehouse_id: int) -> db.Row:
    """Whether goods lie in a warehouse, and whether sessions are open in it."""
    (found,) = await db.rows(_USED, root_id, warehouse_id)
    return found


async def close(warehouse_id: int, at: datetime) -> None:
    """Close a locked warehouse."""
    await db.run(_CLOSE, warehouse_id, at)


async def settings(root_id: int, org_id: int) -> db.Row | None:
    """How an org has set that its stock is kept."""
    return await db.row(_SETTINGS, root_id, org_id)


async def set_settings(actor: Actor, keeps_lots: bool, version: int, at: datetime) -> bool:
    """Write down how the own org keeps its stock; whether `version` was the present one."""
    asked = (actor.root_id, actor.org_id, keeps_lots, actor.account_id, at, version)
    return bool(await db.run(_SET, *asked))
