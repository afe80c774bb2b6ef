"""Who asks, and what he may see and do: the one place for scope.

The channel is a tree and an org's `path` names its ancestors, so what an account may see is a set of path
prefixes: the own org's for most, the assigned dealers' for a sales rep.
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.core.errors import Forbidden

M = TypeVar("M", bound=Model)


class Scoped(Protocol):
    """A model that says along which relation its rows belong to an org ("" for the org itself)."""

    scope_path: ClassVar[str]


class Actor(msgspec.Struct, frozen=True):
    """An account at work, as it stood when the request began."""

    account_id: int
    session_id: int
    name: str
    role: str
    permissions: frozenset[str]
    root_id: int
    org_id: int
    org_kind: str
    org_name: str
    path: str
    supplier_id: int | None
    price_group: str
    assigned: tuple[str, ...] | None = None
    surface: str = "api"

    @property
    def scope(self) -> list[str]:
        """The path prefixes of all that this actor may see; a rep without dealers sees nothing."""
        return [self.path] if self.assigned is None else list(self.assigned)

    @property
    def patterns(self) -> list[str]:
        """The scope as LIKE patterns: pass it to a statement and compare with `path LIKE ANY($n)`."""
        return [prefix + "%" for prefix in self.scope]

    @property
    def seller_id(self) -> int:
        """Whose sales are seen even where the buyer has another supplier by now: the own org's; of a rep, none."""
        return self.org_id if self.assigned is None else 0

    @property
    def sees_all(self) -> bool:
        """Whether the scope is the whole brand."""
        return self.assigned is None and self.path == f"/{self.root_id}/"

    @property
    def sells(self) -> bool:
        """Whether this org has buyers."""
        return self.org_kind in ("brand", "dealer")

    def may(self, permission: str) -> bool:
        """Whether the account's role has the permission."""
        return permission in self.permissions

    def require(self, *either: str) -> None:
        """Raise `Forbidden` unless the account has the permission, or one of several."""
        if self.permissions.isdisjoint(either):
            raise Forbidden("您的账号没有这项权限，请联系管理员开通")

    def sees(self, path: str) -> bool:
        """Whether an org with this path lies in the scope."""
        return any(path.startswith(prefix) for prefix in self.scope)

    def visible(self, model: type[M]) -> QuerySet[M]:
        """All rows of a model inside the scope; every query of the ORM begins here."""
        relation: str = getattr(model, "scope_path")  # noqa: B009  (a model without it must fail loudly)
        key = f"{relation}__path__startswith" if relation else "path__startswith"
        allowed = Q(*[Q(**{key: prefix}) for prefix in self.scope], join_type="OR") if self.scope else Q(id=0)
        return model.filter(allowed)


def system_actor(root_id: int, path: str, permissions: frozenset[str], **more: Any) -> Actor:
    """The actor of jobs: it acts for a whole brand, under the name 系统."""
    return Actor(
        account_id=0,
        session_id=0,
        name="系统",
        role="system",
        permissions=permissions,
        root_id=root_id,
        org_id=root_id,
        org_kind="brand",
        org_name="系统",
        path=path,
        supplier_id=None,
        price_group="",
        surface="job",
        **more,
    )
