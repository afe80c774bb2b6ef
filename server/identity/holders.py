"""Who holds a permission: the one place that asks it of the database.

An account's permissions are those of its built-in role, or of the role that its org has built. Whoever looks for the
holders of a permission puts the condition of this module into his statement, and compares no names of roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from server.identity.roles import BOUND, PERMISSIONS, ROLES, within_reach


def _among(alias: str, roles: Iterable[str]) -> str:
    return f"{alias}.role IN ({', '.join(repr(role) for role in roles)})"


@cache
def holds(permission: str, alias: str = "a") -> str:
    """The condition that the account under this alias holds a permission, as a part of a statement."""
    if permission not in PERMISSIONS:
        raise ValueError(f"no such permission: {permission}")
    built_in = _among(alias, (role for role, held in ROLES.items() if permission in held))
    reach = _among(alias, (role for role in ROLES if permission in within_reach(role)))
    own = f"EXISTS (SELECT FROM role y WHERE y.id = {alias}.role_id AND y.permissions @> '{{{permission}}}')"
    return f"CASE WHEN {alias}.role_id IS NULL THEN {built_in} ELSE {reach} AND {own} END"


def bound(alias: str = "a") -> str:
    """The condition that an account's scope is the dealers assigned to it, not its org."""
    return f"{alias}.role = '{BOUND}'"
