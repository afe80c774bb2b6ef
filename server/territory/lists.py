"""Lists of authorities."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.core import clock, db, paging, tree
from server.core.actor import Actor
from server.core.types import MAX_ID, OrgRef
from server.regions import service as regions
from server.territory import areas, categories
from server.territory.categories import Tree
from server.territory.schemas import AuthorityFilter, AuthorityOut, Standing

_SHOWN = """
SELECT a.*, g.name AS org_name, b.name AS granted_by_name, r.name AS revoked_by_name
FROM ({found}) a
JOIN org g ON g.id = a.org_id
LEFT JOIN account b ON b.id = a.granted_by
LEFT JOIN account r ON r.id = a.revoked_by
ORDER BY a.id DESC
"""

_ALL = "SELECT a.* FROM authority a WHERE a.root_id = $1 AND a.id < $2{conditions} ORDER BY a.id DESC LIMIT $3"

# A narrow scope is a few dealers: so many at most are read of each.
_SCOPED = f"""
SELECT a.* FROM (
    SELECT DISTINCT g.id FROM {tree.below("$4")} WHERE g.kind = 'dealer'
) d CROSS JOIN LATERAL (
    SELECT a.* FROM authority a
    WHERE a.root_id = $1 AND a.org_id = d.id AND a.id < $2{{conditions}} ORDER BY a.id DESC LIMIT $3
) a ORDER BY a.id DESC LIMIT $3
"""

_STANDING: dict[Standing, str] = {
    "current": "a.revoked_on IS NULL AND a.from_on <= ${day} AND (a.until_on IS NULL OR a.until_on >= ${day})",
    "future": "a.revoked_on IS NULL AND a.from_on > ${day}",
    "ended": "a.revoked_on IS NULL AND a.until_on < ${day}",
    "revoked": "a.revoked_on IS NOT NULL AND ${day}::date IS NOT NULL",
}


class _Conditions:
    """Conditions and their values."""

    def __init__(self, values: list[Any]) -> None:
        self.values, self.text = values, ""

    def add(self, text: str, *values: Any) -> None:
        """One more; `{}` in the text stands for the numbers of its values in turn."""
        numbers = range(len(self.values) + 1, len(self.values) + 1 + len(values))
        self.values.extend(values)
        self.text += " AND (" + text.format(*(f"${number}" for number in numbers)) + ")"


def _chosen(tree: Tree, wanted: AuthorityFilter, chosen: _Conditions) -> None:
    today = clock.today()
    if wanted.org_id:
        chosen.add("a.org_id = {}", wanted.org_id)
    if wanted.region_code:
        low, high = areas.bounds(wanted.region_code)
        outer = regions.lineage(wanted.region_code)
        chosen.add("a.region_code = ANY ({}::text[]) OR (a.region_code >= {} AND a.region_code < {})", outer, low, high)
    if wanted.category_id:
        chosen.add("a.category_id IS NULL OR a.category_id = ANY ({}::bigint[])", tree.up(wanted.category_id))
    if wanted.standing:
        chosen.add(_STANDING[wanted.standing].replace("${day}", "{0}"), today)
    if wanted.on:
        chosen.add(_STANDING["current"].replace("${day}", "{0}"), wanted.on)
    if wanted.exclusive is not None:
        chosen.add("a.exclusive = {}", wanted.exclusive)
    if wanted.ends_within is not None:
        last = today + timedelta(days=wanted.ends_within)
        chosen.add("a.revoked_on IS NULL AND a.until_on BETWEEN {} AND {}", today, last)


def _standing(found: db.Row) -> Standing:
    today = clock.today()
    if found["revoked_on"] is not None:
        return "revoked"
    if found["until_on"] is not None and found["until_on"] < today:
        return "ended"
    return "future" if found["from_on"] > today else "current"


def _authority(tree: Tree, found: db.Row) -> AuthorityOut:
    return AuthorityOut(
        id=found["id"],
        org=OrgRef(found["org_id"], found["org_name"]),
        region_code=found["region_code"],
        region_name=regions.full_name(found["region_code"]),
        category_id=found["category_id"],
        category_name=None if found["category_id"] is None else tree.name(found["category_id"]),
        exclusive=found["exclusive"],
        from_on=found["from_on"],
        until_on=found["until_on"],
        note=found["note"],
        standing=_standing(found),
        granted_by_name=found["granted_by_name"],
        granted_at=found["granted_at"],
        revoked_on=found["revoked_on"],
        revoked_by_name=found["revoked_by_name"],
        revoke_reason=found["revoke_reason"],
        version=found["version"],
    )


async def list_authorities(actor: Actor, wanted: AuthorityFilter) -> tuple[list[AuthorityOut], str | None]:
    """Authorities inside the scope, the latest first (S1.3). A dealer sees its own and those of dealers below it."""
    actor.require("territory.read")
    tree = await categories.load(actor)
    after = paging.id_cursor(wanted.cursor) or MAX_ID
    chosen = _Conditions([actor.root_id, after, wanted.limit + 1])
    if not actor.sees_all:
        chosen.values.append(actor.scope)
    _chosen(tree, wanted, chosen)
    found = (_ALL if actor.sees_all else _SCOPED).format(conditions=chosen.text)
    shown, cursor = paging.page(await db.rows(_SHOWN.format(found=found), *chosen.values), wanted.limit)
    return [_authority(tree, item) for item in shown], cursor
