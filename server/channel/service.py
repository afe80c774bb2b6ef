"""What can be done with the channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from tortoise.expressions import F

from server.channel import contacts, words
from server.channel.models import Org
from server.channel.schemas import NewOrg, OrgEdit
from server.core import audit, clock, db, files, live
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound, StaleVersion
from server.core.search import sort_name
from server.regions import service as regions

CALLED = {
    "org": "SELECT id, name FROM org WHERE root_id = $1 AND id = ANY ({ids})",
    "delivery_address": """
SELECT id, region_name || detail AS name FROM delivery_address WHERE root_id = $1 AND id = ANY ({ids})
""",
    "qualification": """
SELECT q.id, o.name AS name FROM qualification q JOIN org o ON o.id = q.org_id
WHERE q.root_id = $1 AND q.id = ANY ({ids})
""",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

MAX_DEPTH = 50  # levels above an org: its path must fit an index entry
GRANTED = {
    "price_group", "grade", "settlement_method", "due_day", "credit_days", "cooperation", "cooperating_since", "note",
}  # fmt: skip
"""What of an archive is the supplier's to say."""

NAMES_FILE = "SELECT FROM org o WHERE o.root_id = f.root_id AND o.photo_id = f.id"
"""That an archive shows a picture, for the clean-up of uploads."""

MAY_BE_NOTHING = {"due_day", "credit_days", "cooperating_since", "size_sqm", "lat", "lng", "photo_id"}
OrgsCreated = Callable[[int, Sequence[int]], Awaitable[None]]
"""Is told the brand and the new orgs."""

_orgs_created: list[OrgsCreated] = []


class OrgMisplaced(BusinessError):
    """Stores have nothing below them, and nothing is put under a stranger's org."""

    status, code, title = 422, "org_misplaced", "层级不对"


def on_orgs_created(handler: OrgsCreated) -> None:
    """Let another module prepare its part of new orgs, in the same transaction."""
    if handler not in _orgs_created:
        _orgs_created.append(handler)


async def prepare(root_id: int, org_ids: Sequence[int]) -> None:
    """Make new orgs be found, and let all modules prepare their part of them."""
    await words.rewrite(org_ids)
    for handler in _orgs_created:
        await handler(root_id, org_ids)


async def found_brand(name: str, code: str = "") -> Org:
    """Create a brand, the root of a channel (installation and demo data; there is no route to it)."""
    async with db.transaction():
        root_id = await db.value("SELECT nextval(pg_get_serial_sequence('org', 'id'))")
        path = f"/{root_id}/"
        values: dict[str, Any] = {"name": name, "code": code, "path": path, "sort_name": sort_name(name)}
        org = await Org.create(id=root_id, root_id=root_id, kind="brand", **values)
        await prepare(org.root_id, [org.id])
    return org


async def find_org(actor: Actor, org_id: int) -> Org:
    """One org inside the scope; `NotFound` for a stranger's."""
    org = await actor.visible(Org).get_or_none(id=org_id)
    if org is None:
        raise NotFound("没有找到这个客户，或者它不在您的管理范围内")
    return org


async def hold_tree_still(root_id: int) -> None:
    """Let nothing move in this brand's tree until the transaction ends: call it before a path is read and extended."""
    await db.run("SELECT pg_advisory_xact_lock_shared(hashtextextended('tree:' || $1::bigint, 0))", root_id)


async def create_org(actor: Actor, new: NewOrg) -> Org:
    """Add a dealer or store below an org in the scope (S1.1, D3.1).

    Dealers add only their own stores and dealers below them; raises `OrgMisplaced` under a store.
    """
    actor.require("channel.manage")
    regions.check(new.region_code)
    values = msgspec.structs.asdict(new)
    del values["parent_id"]
    async with db.transaction():
        await hold_tree_still(actor.root_id)
        parent = await find_org(actor, new.parent_id)
        if parent.kind == "store":
            raise OrgMisplaced("门店下面不能再添加下级")
        if parent.path.count("/") - 1 > MAX_DEPTH:
            raise OrgMisplaced(f"渠道最多 {MAX_DEPTH} 级，不能再往下添加")
        await _check_place(actor, values)
        org_id = await db.value("SELECT nextval(pg_get_serial_sequence('org', 'id'))")
        org = await Org.create(
            id=org_id,
            root_id=parent.root_id,
            parent_id=parent.id,
            path=f"{parent.path}{org_id}/",
            sort_name=sort_name(new.name),
            **values,
        )
        await contacts.set_main(org, new.contact_name, new.contact_phone)
        await prepare(org.root_id, [org.id])
        await audit.record(actor, "create", "org", org.id, {**values, "parent_id": parent.id})
    return org


async def _check_place(actor: Actor, changes: Mapping[str, Any]) -> None:
    """A place has two numbers, and a photo is one that the writer has taken."""
    if (changes.get("lat") is None) != (changes.get("lng") is None):
        raise InvalidInput("经度和纬度要一起填写", [FieldError("/lat", "经度和纬度要一起填写")])
    if changes.get("photo_id") is not None and not await files.are_own(actor, [changes["photo_id"]]):
        raise InvalidInput("照片没有上传成功，请重新拍照", [FieldError("/photo_id", "请重新上传")])


def _changes(edit: OrgEdit) -> dict[str, Any]:
    """What an edit changes: what is given, and what is given as nothing where there may be nothing."""
    given = {name: item for name, item in msgspec.structs.asdict(edit).items() if item is not msgspec.UNSET}
    return {name: item for name, item in given.items() if item is not None or name in MAY_BE_NOTHING}


async def edit_org(actor: Actor, org_id: int, edit: OrgEdit) -> Org:
    """Change an archive; raises `StaleVersion` when somebody else did in between."""
    actor.require("channel.manage")
    changes = _changes(edit)
    version = changes.pop("version")
    async with db.transaction():
        org = await find_org(actor, org_id)
        _not_own_terms(actor, org, changes)
        if "photo_id" in changes and changes["photo_id"] == org.photo_id:
            del changes["photo_id"]
        await _check_place(actor, changes)
        before = {name: getattr(org, name) for name in changes}
        if changes.get("region_code") != before.get("region_code"):  # one that was abolished since may stay
            regions.check(changes["region_code"])
        written = {**changes, "version": F("version") + 1, "updated_at": clock.now()}
        if not await Org.filter(id=org_id, version=version).update(**written):
            raise StaleVersion("这份档案刚被别人改过，请刷新后再改")
        if {"contact_name", "contact_phone"} & changes.keys():
            name, phone = (changes.get(field, getattr(org, field)) for field in ("contact_name", "contact_phone"))
            await contacts.set_main(org, name, phone)
        if {"name", "code", "contact_name", "contact_phone"} & changes.keys():
            await words.rewrite([org_id])
        await audit.record(actor, "edit", "org", org_id, audit.difference(before, changes))
    return await Org.get(id=org_id)


def _not_own_terms(actor: Actor, org: Org, changes: dict[str, Any]) -> None:
    """What the supplier grants, and what it thinks of its buyer, is not for the buyer to write."""
    if org.id == actor.org_id and org.kind != "brand" and GRANTED & changes.keys():
        raise Forbidden("价格组、等级、结算条款和合作状态由上级供应商设置")


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


async def price_groups(actor: Actor) -> list[str]:
    """The price groups that the own buyers are in."""
    found = await db.rows("SELECT DISTINCT price_group AS name FROM org WHERE parent_id = $1", actor.org_id)
    return sorted({"standard", *(item["name"] for item in found)})


async def grades(actor: Actor) -> list[str]:
    """The grades that the own buyers have; A, B, C where there are none yet."""
    found = await db.rows("SELECT DISTINCT grade AS name FROM org WHERE parent_id = $1 AND grade <> ''", actor.org_id)
    return sorted(item["name"] for item in found) or ["A", "B", "C"]
