"""The same change for many archives at once, with a result for each; in a fixed number of statements. (S1.1)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.channel.archive_schemas import BulkEdit, BulkFreeze, BulkItem, BulkResult
from server.channel.models import Org
from server.core import clock, db, live
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.logs import request_id

# Locked in the order of their ids, as everywhere.
_LOCK = """
SELECT id FROM org WHERE id = ANY ($1::bigint[]) AND root_id = $2 ORDER BY id FOR UPDATE
"""

_EDIT = """
UPDATE org SET grade = coalesce($2, grade), price_group = coalesce($3, price_group),
    cooperation = coalesce($4, cooperation), version = version + 1, updated_at = $5
WHERE id = ANY ($1::bigint[])
"""

_FREEZE = """
UPDATE org SET status = $2, frozen_reason = $3, frozen_by = $4, version = version + 1, updated_at = $5
WHERE id = ANY ($1::bigint[])
"""

_TRAIL = """
INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
SELECT $1, $2, $3, $4, 'org', t.id, t.changes::jsonb, $5, $6
FROM unnest($7::bigint[], $8::text[]) AS t (id, changes) ORDER BY t.id
"""


async def record_all(actor: Actor, verb: str, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """An entry in the trail of each of these orgs, in the open transaction."""
    texts = [msgspec.json.encode(item, enc_hook=str).decode() for item in changes.values()]
    who = (actor.root_id, actor.account_id or None, actor.org_id, verb, request_id.get(), clock.now())
    await db.run(_TRAIL, *who, list(changes), texts)


class _Chosen:
    """The orgs of a bulk edit, locked: those that may be changed, and a word for each of the others."""

    def __init__(self, items: Sequence[BulkItem]) -> None:
        self.items = {item.id: item for item in items}
        self.orgs: dict[int, Org] = {}
        self.refused: dict[int, str] = {}

    async def lock(self, actor: Actor) -> None:
        """Lock and read all; strangers and those changed meanwhile are refused."""
        await db.run(_LOCK, list(self.items), actor.root_id)
        found = {int(org.id): org for org in await actor.visible(Org).filter(id__in=list(self.items))}
        for org_id, item in self.items.items():
            org = found.get(org_id)
            if org is None:
                self.refused[org_id] = "没有找到，或者不在您的管理范围内"
                continue
            self.orgs[org_id] = org
            if org.version != item.version:
                self.refused[org_id] = "刚被别人改过，请刷新后再改"
            elif org_id == actor.org_id:
                self.refused[org_id] = "不能批量修改自己所在的组织"

    @property
    def good(self) -> list[int]:
        """The orgs to change, in the order of their ids."""
        return sorted(org_id for org_id in self.orgs if org_id not in self.refused)

    def results(self) -> list[BulkResult]:
        """A result per org."""
        return [
            BulkResult(
                org_id,
                self.orgs[org_id].name if org_id in self.orgs else "",
                org_id not in self.refused,
                self.refused.get(org_id, ""),
            )
            for org_id in self.items
        ]


async def edit_orgs(actor: Actor, wanted: BulkEdit) -> list[BulkResult]:
    """Give many orgs the same grade, price group or state of co-operation; those that cannot be are told apart."""
    actor.require("channel.manage")
    names = ("grade", "price_group", "cooperation")
    changes = {name: getattr(wanted, name) for name in names if getattr(wanted, name) is not None}
    if not changes:
        raise InvalidInput("请选择要修改的内容")
    chosen = _Chosen(wanted.items)
    async with db.transaction():
        await chosen.lock(actor)
        await db.run(_EDIT, chosen.good, wanted.grade, wanted.price_group, wanted.cooperation, clock.now())
        trail = {
            org_id: {n: [getattr(chosen.orgs[org_id], n), to] for n, to in changes.items()} for org_id in chosen.good
        }
        await record_all(actor, "edit", trail)
    return chosen.results()


async def freeze_orgs(actor: Actor, wanted: BulkFreeze) -> list[BulkResult]:
    """Freeze many orgs for one reason, or, with none, let them work again; each as `set_frozen` would."""
    actor.require("channel.manage")
    chosen = _Chosen(wanted.items)
    async with db.transaction():
        await chosen.lock(actor)
        by = {org.frozen_by for org in chosen.orgs.values() if org.frozen_by is not None}
        seen = set(await actor.visible(Org).filter(id__in=list(by)).values_list("id", flat=True)) if by else set()
        for org_id, org in chosen.orgs.items():
            if org.frozen_by is not None and org.frozen_by not in seen:
                chosen.refused.setdefault(org_id, "由上级冻结，请联系上级处理")
        status, frozen_by = ("active", None) if wanted.reason is None else ("frozen", actor.org_id)
        await db.run(_FREEZE, chosen.good, status, wanted.reason, frozen_by, clock.now())
        verb = "unfreeze" if wanted.reason is None else "freeze"
        await record_all(actor, verb, {org_id: {"reason": wanted.reason} for org_id in chosen.good})
        await live.wake_orgs(chosen.good)
    return chosen.results()
