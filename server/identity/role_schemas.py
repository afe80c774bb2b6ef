"""Requests and responses of roles."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Name, ShortText, Version
from server.identity.schemas import RoleName

Kind = Literal["brand", "dealer", "store"]
RoleTitle = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"\S")]
Permissions = Annotated[list[Name], msgspec.Meta(min_length=1, max_length=100)]


class NewRole(msgspec.Struct):
    """A role of the own org; `base` says whose scope it has."""

    base: RoleName
    name: RoleTitle
    permissions: Permissions
    note: ShortText = ""


class RoleEdit(msgspec.Struct):
    """Changes to a role; only what is given changes. It works at once for all who have it."""

    version: Version
    name: RoleTitle | None = None
    permissions: Permissions | None = None
    note: ShortText | None = None


class RetireRole(msgspec.Struct):
    """Which role its accounts get: a built-in one, or another one of the org; needed where it has any."""

    version: Version
    move_to: RoleName | None = None
    move_to_id: Id | None = None


class RoleOut(msgspec.Struct):
    """A role: built-in (without `id`), or built by an org."""

    id: int | None
    base: RoleName
    name: str
    kind: Kind
    note: str
    bound: bool
    permissions: list[str]
    accounts: int
    mine: bool
    version: int


class RoleList(msgspec.Struct):
    """The roles that accounts of an org can have: the built-in ones of its kind, then its own."""

    items: list[RoleOut]


class PermissionOut(msgspec.Struct):
    """One permission: what it is called, what it lets do, which others it is of little use without."""

    key: str
    name: str
    note: str
    needs: list[str]
    kinds: list[Kind]
    operations: list[str]


class PermissionGroup(msgspec.Struct):
    """Permissions about one matter."""

    key: str
    name: str
    permissions: list[PermissionOut]


class PermissionMatrix(msgspec.Struct):
    """Every permission × every role."""

    groups: list[PermissionGroup]
    roles: list[RoleOut]
    grantable: list[str]
