"""Requests and responses of the channel."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, Name, Phone, Reason, ShortText, Version

OrgKind = Literal["brand", "dealer", "store"]
RegionCode = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9]{6})?$", description="GB/T 2260 division")]


class OrgOut(msgspec.Struct):
    """An org as its archive shows it."""

    id: int
    parent_id: int | None
    kind: OrgKind
    code: str
    name: str
    path: str
    status: Literal["active", "frozen"]
    frozen_reason: str | None
    price_group: str
    grade: str
    region_code: str
    address: str
    contact_name: str
    contact_phone: str
    version: int


class OrgList(msgspec.Struct):
    """A page of orgs."""

    items: list[OrgOut]
    next_cursor: str | None


class OrgFilter(msgspec.Struct):
    """What to list."""

    kind: OrgKind | None = None
    parent_id: Id | None = None
    q: ShortText | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class NewOrg(msgspec.Struct):
    """A dealer or store to be added below `parent_id`."""

    parent_id: Id
    kind: Literal["dealer", "store"]
    name: Name
    code: ShortText = ""
    price_group: Name = "standard"
    grade: ShortText = ""
    region_code: RegionCode = ""
    address: ShortText = ""
    contact_name: ShortText = ""
    contact_phone: ShortText = ""


class OrgEdit(msgspec.Struct):
    """Changes to an archive; only what is given changes. `version` is that of the record as read."""

    version: Version
    name: Name | None = None
    code: ShortText | None = None
    price_group: Name | None = None
    grade: ShortText | None = None
    region_code: RegionCode | None = None
    address: ShortText | None = None
    contact_name: ShortText | None = None
    contact_phone: ShortText | None = None


class FreezeRequest(msgspec.Struct):
    """Why something is frozen; shown to those who meet it."""

    reason: Reason


class NewAddress(msgspec.Struct):
    """A delivery address."""

    contact_name: Name
    contact_phone: Phone
    detail: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    region_code: RegionCode = ""
    region_name: ShortText = ""
    is_default: bool = False


class Address(msgspec.Struct):
    """A delivery address of the own org."""

    id: int
    contact_name: str
    contact_phone: str
    region_code: str
    region_name: str
    detail: str
    is_default: bool


class AddressList(msgspec.Struct):
    """All delivery addresses of the own org, the default first."""

    items: list[Address]
