"""The channel as a tree: opened branch by branch, and the way up from any place in it. (S1.2)"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence

from server.channel.lists import apart
from server.channel.service import find_org
from server.channel.tree_schemas import Ancestor, Branch, TreeFilter
from server.core import db, paging
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import MAX_ID

COUNTED = 1000
"""A branch counts what is directly below it so far; more is more."""

_BRANCH = f"""
SELECT b.id, b.kind, b.code, b.name, b.sort_name, b.status, b.grade, b.region_code, b.version,
       (SELECT count(*)::int FROM (SELECT FROM org c WHERE c.parent_id = b.id AND c.kind = 'dealer' LIMIT {COUNTED}) n)
           AS dealers,
       (SELECT count(*)::int FROM (SELECT FROM org c WHERE c.parent_id = b.id AND c.kind = 'store' LIMIT {COUNTED}) n)
           AS stores
"""

# By the index of a parent's children, dealers before stores, each by name.
_CHILDREN = f"""
{_BRANCH} FROM (
    SELECT g.* FROM unnest($2::text[]) AS k (kind) CROSS JOIN LATERAL (
        SELECT o.* FROM org o
        WHERE o.parent_id = $1 AND o.kind = k.kind AND (o.kind, o.sort_name, o.id) > ($3, $4::text COLLATE "C", $5)
        ORDER BY o.sort_name, o.id LIMIT $6) g
    ORDER BY g.kind, g.sort_name, g.id LIMIT $6) b
ORDER BY b.kind, b.sort_name, b.id
"""
_TOPS = f"{_BRANCH} FROM org b WHERE b.root_id = $1 AND b.path = ANY ($2::text[]) ORDER BY b.kind, b.sort_name, b.id"

_ABOVE = """
SELECT o.id, o.kind, o.name FROM org g
JOIN org o ON o.id = ANY (string_to_array(trim(BOTH '/' FROM g.path), '/')::bigint[])
WHERE g.id = $1 AND EXISTS (SELECT FROM unnest($2::text[]) AS s (prefix) WHERE starts_with(o.path, s.prefix))
ORDER BY length(o.path)
"""


def _branch(found: db.Row) -> Branch:
    return Branch(**{name: found[name] for name in Branch.__struct_fields__})


async def list_children(actor: Actor, wanted: TreeFilter) -> tuple[list[Branch], str | None]:
    """What is directly below an org, dealers first; without one, where the own scope begins."""
    if wanted.parent_id is None:
        return [_branch(item) for item in await db.rows(_TOPS, actor.root_id, apart(actor.scope))], None
    await find_org(actor, wanted.parent_id)
    kinds = [wanted.kind] if wanted.kind else ["dealer", "store"]
    after = paging.decode_cursor(wanted.cursor, 3) or ["", "", 0]
    kinds_fit = [type(item) for item in after] == [str, str, int]
    if not kinds_fit or not 0 <= after[2] <= MAX_ID:
        raise InvalidInput("翻页标记无效，请重新打开列表")
    found = await db.rows(_CHILDREN, wanted.parent_id, kinds, *after, wanted.limit + 1)
    shown = found[: wanted.limit]
    last = shown[-1] if len(found) > wanted.limit else None
    cursor = paging.encode_cursor(last["kind"], last["sort_name"], last["id"]) if last else None
    return [_branch(item) for item in shown], cursor


async def way_up(actor: Actor, org_id: int) -> list[Ancestor]:
    """The orgs above one, as far as the scope reaches, and itself as the last."""
    await find_org(actor, org_id)
    found: Sequence[db.Row] = await db.rows(_ABOVE, org_id, actor.scope)
    return [Ancestor(item["id"], item["kind"], item["name"]) for item in found]
