"""Requests and responses of the tree and of moving a part of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.channel.schemas import OrgKind
from server.core.types import Id, Limit, Name, Reason, Version

LongCursor = Annotated[str, msgspec.Meta(max_length=1000)]


class TreeFilter(msgspec.Struct):
    """Which branch to open; none: where the own scope begins."""

    parent_id: Id | None = None
    kind: Literal["dealer", "store"] | None = None
    cursor: LongCursor | None = None
    limit: Limit = 50


class Branch(msgspec.Struct):
    """An org as a node of the tree; counts of what is directly below, up to 1,000 each."""

    id: int
    kind: OrgKind
    code: str
    name: str
    status: Literal["active", "frozen"]
    grade: str
    region_code: str
    version: int
    dealers: int
    stores: int


class Branches(msgspec.Struct):
    """What is directly below an org."""

    items: list[Branch]
    next_cursor: str | None


class Ancestor(msgspec.Struct):
    """An org above another."""

    id: int
    kind: OrgKind
    name: str


class WayUp(msgspec.Struct):
    """From the top of the scope down to an org."""

    items: list[Ancestor]


class MoveQuestion(msgspec.Struct):
    """Where a part of the tree is to go; `price_group` where its prices are to be others from then on."""

    parent_id: Id
    price_group: Name | None = None


class MoveRequest(msgspec.Struct):
    """Move a part of the tree, as it was read, to another supplier."""

    parent_id: Id
    version: Version
    reason: Reason
    price_group: Name | None = None


class Consequence(msgspec.Struct):
    """Something that a move brings about, in words; one that `forbids` must be settled first."""

    topic: Literal["tree", "orders", "money", "prices", "scope", "authority"]
    title: str
    details: list[str] = []
    forbids: bool = False


class MovePreview(msgspec.Struct):
    """What moving a part of the tree would bring about; `allowed`: nothing forbids it."""

    org_id: int
    name: str
    from_id: int
    from_name: str
    to_id: int
    to_name: str
    dealers: int
    stores: int
    accounts: int
    version: int
    allowed: bool
    consequences: list[Consequence]
