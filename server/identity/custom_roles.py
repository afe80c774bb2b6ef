"""Roles that an org builds for its own people (D6.1)."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from asyncpg import UniqueViolationError

from server.channel.service import find_org
from server.core import audit, clock, db, live
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound, StaleVersion
from server.identity import permissions
from server.identity.role_schemas import NewRole, PermissionMatrix, RetireRole, RoleEdit, RoleOut
from server.identity.roles import BOUND, PERMISSIONS, ROLE_NAMES, ROLES, held_by, kind_of, within_reach

MOST = 50
"""Roles that an org may have: beyond that nobody knows any more who may do what."""


class RoleNameTaken(BusinessError):
    """The org has a role of this name."""

    status, code, title = 409, "role_name_taken", "角色重名"


class RoleInUse(BusinessError):
    """Accounts have the role that is to be retired; somebody must say which they get."""

    status, code, title = 409, "role_in_use", "角色正在使用"


_ONE = """
SELECT id, root_id, org_id, base, name, note, permissions, version FROM role
WHERE id = $1 AND org_id = $2 AND retired_at IS NULL
"""
_OWN = """
SELECT r.id, r.base, r.name, r.note, r.permissions, r.version,
       (SELECT count(*) FROM account a WHERE a.role_id = r.id) AS accounts
FROM role r WHERE r.org_id = $1 AND r.retired_at IS NULL ORDER BY r.base, r.id
"""
_BUILT_IN = """
SELECT role, count(*) AS accounts FROM account WHERE org_id = $1 AND role_id IS NULL GROUP BY role
"""
_ADD = """
INSERT INTO role (root_id, org_id, base, name, note, permissions, created_at, updated_at)
SELECT $1, $2, $3, $4, $5, $6::text[], $7, $7
WHERE (SELECT count(*) FROM role WHERE org_id = $2 AND retired_at IS NULL) < $8
RETURNING id
"""
_CHANGE = """
UPDATE role SET name = $3, note = $4, permissions = $5::text[], version = version + 1, updated_at = $6
WHERE id = $1 AND version = $2 AND retired_at IS NULL
"""
_RETIRE = "UPDATE role SET retired_at = $3, version = version + 1 WHERE id = $1 AND version = $2 AND retired_at IS NULL"
_MOVE = """
UPDATE account SET role = $2, role_id = $3, version = version + 1, updated_at = $4 WHERE role_id = $1 RETURNING id
"""


def refuse_more_than_own(actor: Actor, base: str, held: Iterable[str]) -> None:
    """Nobody hands out, in orgs of the own kind, more than he holds himself, nor a wider view than his own."""
    if kind_of(base) != actor.org_kind:
        return
    if not actor.permissions.issuperset(held) or (actor.assigned is not None and base != BOUND):
        raise Forbidden("不能授予超出自己权限的角色")


def _checked(actor: Actor, base: str, wanted: Sequence[str]) -> list[str]:
    """The permissions of a role to be, each once; refused where they are unknown, out of reach, or not one's own."""
    held = sorted(set(wanted))
    beyond = [key for key in held if key not in within_reach(base)]
    if beyond:
        names = "、".join(PERMISSIONS.get(key, key) for key in beyond)
        words = f"{ROLE_NAMES[base]}类角色不能有这些权限：{names}"
        raise InvalidInput(words, [FieldError("/permissions", words)])
    lacking = [PERMISSIONS[key] for key in held if key not in actor.permissions]
    if lacking:
        raise Forbidden(f"不能授予自己没有的权限：{'、'.join(lacking)}")
    return held


async def own_role(actor: Actor, role_id: int) -> db.Row:
    """A role of the own org, locked; `NotFound` for another's."""
    found = await db.row(_ONE + " FOR UPDATE", role_id, actor.org_id)
    if found is None:
        raise NotFound("没有找到这个角色，可能已经停用")
    return found


async def role_at(org_id: int, role_id: int) -> db.Row:
    """A role for an account of this org; `NotFound` for another org's role."""
    found = await db.row(_ONE + " FOR SHARE", role_id, org_id)
    if found is None:
        raise NotFound("没有找到这个角色，可能已经停用", [FieldError("/role_id", "没有找到这个角色")])
    return found


async def create_role(actor: Actor, new: NewRole) -> int:
    """Build a role for the own org's people, from permissions that one holds."""
    actor.require("role.manage")
    if kind_of(new.base) != actor.org_kind:
        raise InvalidInput("基础角色不适用于本组织", [FieldError("/base", "基础角色不适用于本组织")])
    held = _checked(actor, new.base, new.permissions)
    what = (actor.root_id, actor.org_id, new.base, new.name.strip(), new.note, held, clock.now(), MOST)
    try:
        async with db.transaction():
            role_id = await db.value(_ADD, *what)
            if role_id is None:
                raise InvalidInput(f"自定义角色最多 {MOST} 个，请先停用不用的")
            await audit.record(actor, "create", "role", role_id, {**msgspec.to_builtins(new), "permissions": held})
    except UniqueViolationError:
        raise RoleNameTaken(f"已经有叫“{new.name.strip()}”的角色了，请换个名字") from None
    return int(role_id)


async def edit_role(actor: Actor, role_id: int, edit: RoleEdit) -> None:
    """Change a role; all who have it may do what it says from their next request on.

    Nobody changes the role that he has himself, nor one that holds more than he.
    """
    actor.require("role.manage")
    try:
        async with db.transaction():
            role = await own_role(actor, role_id)
            await _not_own(actor, role_id)
            refuse_more_than_own(actor, role["base"], role["permissions"])
            held = role["permissions"] if edit.permissions is None else _checked(actor, role["base"], edit.permissions)
            name = role["name"] if edit.name is None else edit.name.strip()
            note = role["note"] if edit.note is None else edit.note
            if not await db.run(_CHANGE, role_id, edit.version, name, note, held, clock.now()):
                raise StaleVersion("这个角色刚被别人改过，请刷新后再改")
            await audit.record(actor, "edit", "role", role_id, _changes(role, name, note, held))
            await _wake(await holders_of(role_id))
    except UniqueViolationError:
        raise RoleNameTaken(f"已经有叫“{edit.name}”的角色了，请换个名字") from None


def _changes(role: db.Row, name: str, note: str, held: Sequence[str]) -> dict[str, Any]:
    changed: dict[str, Any] = audit.difference(role, {"name": name, "note": note})
    before, after = set(role["permissions"]), set(held)
    return changed | {"added": sorted(after - before), "removed": sorted(before - after)}


async def _not_own(actor: Actor, role_id: int) -> None:
    if await db.value("SELECT role_id FROM account WHERE id = $1", actor.account_id) == role_id:
        raise Forbidden("不能修改自己正在使用的角色，请让另一位管理员来改")


async def holders_of(role_id: int) -> list[int]:
    """The accounts that have a role."""
    return [item["id"] for item in await db.rows("SELECT id FROM account WHERE role_id = $1 ORDER BY id", role_id)]


async def _wake(account_ids: Iterable[int]) -> None:
    for account_id in account_ids:
        await live.wake_account(account_id)


async def retire_role(actor: Actor, role_id: int, wanted: RetireRole) -> int:
    """Take a role out of use; its accounts get another one of the same reach. How many they were.

    Raises `RoleInUse` where it has accounts and nothing was said about them.
    """
    actor.require("role.manage")
    async with db.transaction():
        role = await own_role(actor, role_id)
        await _not_own(actor, role_id)
        refuse_more_than_own(actor, role["base"], role["permissions"])
        if not await db.run(_RETIRE, role_id, wanted.version, clock.now()):
            raise StaleVersion("这个角色刚被别人改过，请刷新后再停用")
        affected = await holders_of(role_id)
        base, target = await _successor(actor, role, wanted, len(affected))
        await db.rows(_MOVE, role_id, base, target, clock.now())
        changes = {"name": role["name"], "move_to": base, "move_to_id": target, "accounts": affected}
        await audit.record(actor, "retire", "role", role_id, changes)
        await _wake(affected)
    return len(affected)


async def _successor(actor: Actor, role: db.Row, wanted: RetireRole, count: int) -> tuple[str, int | None]:
    """Base and id of the role that the accounts get."""
    if wanted.move_to_id is not None:
        other = await own_role(actor, wanted.move_to_id)
        base, held = str(other["base"]), frozenset(other["permissions"])
    elif wanted.move_to is not None:
        base, held = wanted.move_to, ROLES[wanted.move_to]
    elif count:
        raise RoleInUse(f"还有 {count} 个账号在用“{role['name']}”，请选择他们改用的角色", accounts=count)
    else:
        return str(role["base"]), None
    if kind_of(base) != kind_of(role["base"]) or (base == BOUND) != (role["base"] == BOUND):
        raise InvalidInput("改用的角色要和原来的看到同样的范围", [FieldError("/move_to", "可见范围不同")])
    refuse_more_than_own(actor, base, held)
    return base, wanted.move_to_id


def _built_in(role: str, counts: dict[str, int]) -> RoleOut:
    return RoleOut(
        id=None,
        base=role,  # type: ignore[arg-type]  # one of the built-in roles
        name=ROLE_NAMES[role],
        kind=kind_of(role),  # type: ignore[arg-type]
        note="",
        bound=role == BOUND,
        permissions=sorted(ROLES[role]),
        accounts=counts.get(role, 0),
        mine=False,
        version=1,
    )


def _own(found: db.Row, mine: bool) -> RoleOut:
    return RoleOut(
        id=found["id"],
        base=found["base"],
        name=found["name"],
        kind=kind_of(found["base"]),  # type: ignore[arg-type]
        note=found["note"],
        bound=found["base"] == BOUND,
        permissions=sorted(held_by(found["base"], found["permissions"])),
        accounts=found["accounts"],
        mine=mine,
        version=found["version"],
    )


async def roles_of(actor: Actor, org_id: int, kinds: Sequence[str]) -> list[RoleOut]:
    """The roles of these kinds of org: the built-in ones, then those that the org has built."""
    counts = {item["role"]: item["accounts"] for item in await db.rows(_BUILT_IN, org_id)}
    own = [_own(item, org_id == actor.org_id) for item in await db.rows(_OWN, org_id)]
    return [_built_in(role, counts) for role in ROLES if kind_of(role) in kinds] + own


async def own_roles(actor: Actor) -> list[RoleOut]:
    """The roles that the own org's people can have."""
    return await roles_of(actor, actor.org_id, [actor.org_kind])


async def list_roles(actor: Actor, org_id: int | None) -> list[RoleOut]:
    """The roles that accounts of an org inside the scope can have; of the own org without an id."""
    actor.require("account.manage")
    if org_id is None or org_id == actor.org_id:
        return await own_roles(actor)
    org = await find_org(actor, org_id)
    return await roles_of(actor, org.id, [org.kind])


async def matrix(actor: Actor) -> PermissionMatrix:
    """Every permission × every role of the own kind of org and of those below it, with the own org's own roles."""
    actor.require("account.manage")
    order = [kind for kind, _ in permissions.KINDS]
    kinds = order[order.index(actor.org_kind) :]  # type: ignore[arg-type]
    return PermissionMatrix(permissions.groups(), await roles_of(actor, actor.org_id, kinds), sorted(actor.permissions))
