"""What can be done with the channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from tortoise.expressions import F, Q

from server.channel.models import Org
from server.channel.schemas import NewOrg, OrgEdit, OrgFilter
from server.core import audit, db, live, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, NotFound, StaleVersion
from server.regions import service as regions

MAX_DEPTH = 50  # levels above an org: its path must fit an index entry
OrgCreated = Callable[[Org], Awaitable[None]]

_org_created: list[OrgCreated] = []


class OrgMisplaced(BusinessError):
    """Stores have nothing below them, and nothing is put under a stranger's org."""

    status, code, title = 422, "org_misplaced", "层级不对"


def on_org_created(handler: OrgCreated) -> None:
    """Let another module prepare its part of a new org, in the same transaction."""
    if handler not in _org_created:
        _org_created.append(handler)


async def _prepare(org: Org) -> None:
    for handler in _org_created:
        await handler(org)


async def found_brand(name: str, code: str = "") -> Org:
    """Create a brand, the root of a channel (installation and demo data; there is no route to it)."""
    async with db.transaction():
        root_id = await db.value("SELECT nextval(pg_get_serial_sequence('org', 'id'))")
        org = await Org.create(id=root_id, root_id=root_id, kind="brand", name=name, code=code, path=f"/{root_id}/")
        await _prepare(org)
    return org


async def find_org(actor: Actor, org_id: int) -> Org:
    """One org inside the scope; `NotFound` for a stranger's."""
    org = await actor.visible(Org).get_or_none(id=org_id)
    if org is None:
        raise NotFound("没有找到这个客户，或者它不在您的管理范围内")
    return org


async def list_orgs(actor: Actor, wanted: OrgFilter) -> tuple[list[Org], str | None]:
    """Orgs inside the scope in the order of their creation, a page at a time."""
    query = actor.visible(Org).order_by("id").limit(wanted.limit + 1)
    if wanted.kind:
        query = query.filter(kind=wanted.kind)
    if wanted.parent_id:
        query = query.filter(parent_id=wanted.parent_id)
    if wanted.q:
        query = query.filter(Q(name__icontains=wanted.q) | Q(code__icontains=wanted.q))
    after = paging.id_cursor(wanted.cursor)
    if after:
        query = query.filter(id__gt=after)
    found = await query
    more = len(found) > wanted.limit
    found = found[: wanted.limit]
    return found, paging.encode_cursor(found[-1].id) if more else None


async def create_org(actor: Actor, new: NewOrg) -> Org:
    """Add a dealer or store below an org in the scope (S1.1, D3.1).

    Dealers add only their own stores and dealers below them; raises `OrgMisplaced` under a store.
    """
    actor.require("channel.manage")
    regions.check(new.region_code)
    async with db.transaction():
        parent = await find_org(actor, new.parent_id)
        if parent.kind == "store":
            raise OrgMisplaced("门店下面不能再添加下级")
        if parent.path.count("/") - 1 > MAX_DEPTH:
            raise OrgMisplaced(f"渠道最多 {MAX_DEPTH} 级，不能再往下添加")
        org_id = await db.value("SELECT nextval(pg_get_serial_sequence('org', 'id'))")
        values = msgspec.to_builtins(new)
        del values["parent_id"]
        org = await Org.create(
            id=org_id, root_id=parent.root_id, parent_id=parent.id, path=f"{parent.path}{org_id}/", **values
        )
        await _prepare(org)
        await audit.record(actor, "create", "org", org.id, {**values, "parent_id": parent.id})
    return org


async def edit_org(actor: Actor, org_id: int, edit: OrgEdit) -> Org:
    """Change an archive; raises `StaleVersion` when somebody else did in between."""
    actor.require("channel.manage")
    changes = {name: item for name, item in msgspec.to_builtins(edit).items() if item is not None}
    version = changes.pop("version")
    async with db.transaction():
        org = await find_org(actor, org_id)
        _not_own_terms(actor, org, changes)
        before = {name: getattr(org, name) for name in changes}
        if changes.get("region_code") != before.get("region_code"):  # one that was abolished since may stay
            regions.check(changes["region_code"])
        changed = await Org.filter(id=org_id, version=version).update(**changes, version=F("version") + 1)
        if not changed:
            raise StaleVersion("这份档案刚被别人改过，请刷新后再改")
        await audit.record(actor, "edit", "org", org_id, audit.difference(before, changes))
    return await Org.get(id=org_id)


def _not_own_terms(actor: Actor, org: Org, changes: dict[str, Any]) -> None:
    """Grade and price group are what the supplier grants; nobody grants them to himself."""
    if org.id == actor.org_id and org.kind != "brand" and {"price_group", "grade"} & changes.keys():
        raise Forbidden("价格组和等级由上级供应商设置")


async def set_frozen(actor: Actor, org_id: int, reason: str | None) -> Org:
    """Freeze an org (its accounts are out at once) or, with no reason, let it work again (S1.1).

    What an org has frozen, only it and those above it may change.
    """
    actor.require("channel.manage")
    async with db.transaction():
        await db.run("SELECT 1 FROM org WHERE id = $1 AND root_id = $2 FOR UPDATE", org_id, actor.root_id)
        org = await find_org(actor, org_id)
        if org.id == actor.org_id:
            raise Forbidden("不能冻结自己所在的组织")
        if org.frozen_by is not None and not await actor.visible(Org).filter(id=org.frozen_by).exists():
            raise Forbidden("这个组织由上级冻结，请联系上级处理")
        status, by = ("active", None) if reason is None else ("frozen", actor.org_id)
        changes = {"status": status, "frozen_reason": reason, "frozen_by": by}
        await Org.filter(id=org_id).update(**changes, version=F("version") + 1)
        await audit.record(actor, "unfreeze" if reason is None else "freeze", "org", org_id, {"reason": reason})
        await live.wake_org(org_id)
    return await Org.get(id=org_id)
