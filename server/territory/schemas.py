"""Requests and responses of the territories."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, OrgRef, Reason, ShortText, Version
from server.regions.schemas import AreaCode

Areas = Annotated[list[AreaCode], msgspec.Meta(min_length=1, max_length=500)]
Categories = Annotated[list[Id], msgspec.Meta(max_length=100, description="none: all categories")]
Standing = Literal["current", "future", "ended", "revoked"]
State = Literal["exclusive", "open", "several", "white"]


class NewAuthority(msgspec.Struct):
    """What a dealer is to be granted: every region with every category."""

    org_id: Id
    region_codes: Areas
    from_on: date
    category_ids: Categories = []
    until_on: date | None = None
    exclusive: bool = False
    note: ShortText = ""


class AuthorityEdit(msgspec.Struct):
    """Changes to one authority; only what is given changes."""

    version: Version
    from_on: date | None = None
    until_on: date | None | msgspec.UnsetType = msgspec.UNSET
    exclusive: bool | None = None
    note: ShortText | None = None


class Revocation(msgspec.Struct):
    """Which authorities end today, and why; with `and_below`, also those of lower dealers that lose their ground."""

    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=1000)]
    reason: Reason
    and_below: bool = False


class AuthorityFilter(msgspec.Struct):
    """What to list. A region finds what covers it and what lies in it; a category, what covers it."""

    org_id: Id | None = None
    region_code: AreaCode | None = None
    category_id: Id | None = None
    on: date | None = None
    standing: Standing | None = None
    exclusive: bool | None = None
    ends_within: Annotated[int, msgspec.Meta(ge=0, le=3650, description="days")] | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class AuthorityOut(msgspec.Struct):
    """One authority; `category` null: all categories."""

    id: int
    org: OrgRef
    region_code: str
    region_name: str
    category_id: int | None
    category_name: str | None
    exclusive: bool
    from_on: date
    until_on: date | None
    note: str
    standing: Standing
    granted_by_name: str | None
    granted_at: datetime
    revoked_on: date | None
    revoked_by_name: str | None
    revoke_reason: str
    version: int


class AuthorityList(msgspec.Struct):
    """A page of authorities."""

    items: list[AuthorityOut]
    next_cursor: str | None


class Conflict(msgspec.Struct):
    """Why something cannot be granted: whose authority (`org`) stands against it, and where.

    `taken`: one of the two is exclusive; `twice`: the dealer has it already; `outside`: what `dealer` would hold lies
    beyond what its upper dealer `org` holds. An org with the id 0 is one that the asker may not see.
    """

    kind: Literal["taken", "twice", "outside"]
    org: OrgRef
    region_code: str
    region_name: str
    category_name: str
    wanted_region_code: str
    wanted_region_name: str
    from_on: date
    until_on: date | None
    exclusive: bool
    authority_id: int | None
    dealer: OrgRef | None = None


class GrantCheck(msgspec.Struct):
    """What would come of a grant: the number of rows, and all that stands against it (the first fifty)."""

    rows: int
    conflicts: list[Conflict]
    conflict_count: int


class Granted(msgspec.Struct):
    """How many authorities were written."""

    rows: int


class Revoked(msgspec.Struct):
    """How many authorities ended, those of lower dealers among them."""

    rows: int


class CoverageFilter(msgspec.Struct):
    """Which regions, for which category, on which day."""

    parent: AreaCode = "000000"
    category_id: Id | None = None
    on: date | None = None


class CoverageRow(msgspec.Struct):
    """A region and who covers it. `leaves` are its counties; a county counts as one of itself."""

    code: str
    name: str
    has_children: bool
    state: State
    leaves: int
    exclusive: int
    open: int
    several: int
    white: int
    dealer_count: int
    dealers: list[OrgRef]
    store_count: int


class Coverage(msgspec.Struct):
    """The regions right below `parent`, and the sum of them."""

    parent: str
    parent_name: str
    total: CoverageRow
    items: list[CoverageRow]


class WhiteSpotFilter(msgspec.Struct):
    """White spots inside a region."""

    parent: AreaCode = "000000"
    category_id: Id | None = None
    on: date | None = None
    cursor: ShortText | None = None
    limit: Limit = 100


class WhiteSpot(msgspec.Struct):
    """A county that nobody covers, and how many stores are there all the same."""

    code: str
    full_name: str
    store_count: int


class WhiteSpotList(msgspec.Struct):
    """A page of white spots."""

    items: list[WhiteSpot]
    next_cursor: str | None
    total: int
