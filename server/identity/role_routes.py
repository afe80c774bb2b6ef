"""HTTP of roles and the permission matrix."""

from __future__ import annotations

import msgspec

from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes
from server.core.types import Id
from server.identity import custom_roles
from server.identity.role_schemas import NewRole, PermissionMatrix, RetireRole, RoleEdit, RoleList

routes = Routes("identity")


class RoleFilter(msgspec.Struct):
    """Of which org; without one, of the own."""

    org_id: Id | None = None


@routes.get("/permissions", permission="account.manage")
async def get_permissions(actor: Actor) -> PermissionMatrix:
    """Every permission × every role."""
    return await custom_roles.matrix(actor)


@routes.get("/roles", permission="account.manage", errors=[NotFound])
async def list_roles(actor: Actor, query: RoleFilter) -> RoleList:
    """The roles that accounts of an org can have."""
    return RoleList(await custom_roles.list_roles(actor, query.org_id))


@routes.post("/roles", permission="role.manage", status=201, errors=[custom_roles.RoleNameTaken])
async def create_role(actor: Actor, body: NewRole) -> RoleList:
    """Build a role for the own org's people."""
    await custom_roles.create_role(actor, body)
    return RoleList(await custom_roles.own_roles(actor))


@routes.patch(
    "/roles/<role_id:int>", permission="role.manage", errors=[NotFound, StaleVersion, custom_roles.RoleNameTaken]
)
async def edit_role(actor: Actor, role_id: int, body: RoleEdit) -> RoleList:
    """Change a role, at once for all who have it."""
    await custom_roles.edit_role(actor, role_id, body)
    return RoleList(await custom_roles.own_roles(actor))


@routes.post(
    "/roles/<role_id:int>/retire", permission="role.manage", errors=[NotFound, StaleVersion, custom_roles.RoleInUse]
)
async def retire_role(actor: Actor, role_id: int, body: RetireRole) -> RoleList:
    """Take a role out of use; its accounts get another one."""
    await custom_roles.retire_role(actor, role_id, body)
    return RoleList(await custom_roles.own_roles(actor))
