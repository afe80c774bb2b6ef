"""Requests and responses of the channel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, Name, Phone, Reason, ShortText, Text, Version

OrgKind = Literal["brand", "dealer", "store"]
SettlementMethod = Literal["", "prepaid", "cash_on_delivery", "monthly_credit", "bank_transfer"]
Cooperation = Literal["prospect", "active", "paused", "ended"]
StoreKind = Literal[
    "", "convenience", "supermarket", "grocery", "restaurant", "specialty", "wholesale", "person", "other"
]
DueDay = Annotated[int, msgspec.Meta(ge=1, le=31, description="of the month, on which a monthly credit is due")]
CreditDays = Annotated[int, msgspec.Meta(ge=0, le=365)]
SizeSqm = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Lat = Annotated[float, msgspec.Meta(ge=-90, le=90, description="degrees, GCJ-02")]
Lng = Annotated[float, msgspec.Meta(ge=-180, le=180, description="degrees, GCJ-02")]
RegionPrefix = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}(?:[0-9]{2}){0,2}$", description="2, 4 or 6 digits")]
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
    settlement_method: SettlementMethod = ""
    due_day: int | None = None
    credit_days: int | None = None
    cooperation: Cooperation = "active"
    cooperating_since: date | None = None
    store_kind: StoreKind = ""
    size_sqm: int | None = None
    lat: float | None = None
    lng: float | None = None
    photo_id: int | None = None
    note: str = ""
    papers_until: date | None = None
    created_at: datetime | None = None


class Rep(msgspec.Struct):
    """A sales rep who looks after a dealer."""

    id: int
    name: str


class OrgRow(OrgOut):
    """An org in a list, with its supplier, its reps and its tags."""

    parent_name: str = ""
    reps: list[Rep] = []
    tags: list[str] = []


class OrgList(msgspec.Struct):
    """A page of orgs; `total` where it was asked for, counted up to 10,000."""

    items: list[OrgRow]
    next_cursor: str | None
    total: int | None = None


class OrgFilter(msgspec.Struct):
    """What to list."""

    kind: OrgKind | None = None
    parent_id: Id | None = None
    q: ShortText | None = None
    cursor: ShortText | None = None
    limit: Limit = 50
    grade: ShortText | None = None
    price_group: ShortText | None = None
    status: Literal["active", "frozen"] | None = None
    cooperation: Cooperation | None = None
    store_kind: StoreKind | None = None
    region: RegionPrefix | None = None
    rep_id: Id | None = None
    tag: ShortText | None = None
    expiring: Annotated[int, msgspec.Meta(ge=0, le=365, description="papers end within so many days")] | None = None
    sort: Literal["created", "name", "code", "expiry"] = "created"
    desc: bool = False
    total: bool = False


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
    settlement_method: SettlementMethod = ""
    due_day: DueDay | None = None
    credit_days: CreditDays | None = None
    cooperation: Cooperation = "active"
    cooperating_since: date | None = None
    store_kind: StoreKind = ""
    size_sqm: SizeSqm | None = None
    lat: Lat | None = None
    lng: Lng | None = None
    photo_id: Id | None = None
    note: Text = ""


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
    settlement_method: SettlementMethod | None = None
    cooperation: Cooperation | None = None
    store_kind: StoreKind | None = None
    note: Text | None = None
    due_day: DueDay | None | msgspec.UnsetType = msgspec.UNSET
    credit_days: CreditDays | None | msgspec.UnsetType = msgspec.UNSET
    cooperating_since: date | None | msgspec.UnsetType = msgspec.UNSET
    size_sqm: SizeSqm | None | msgspec.UnsetType = msgspec.UNSET
    lat: Lat | None | msgspec.UnsetType = msgspec.UNSET
    lng: Lng | None | msgspec.UnsetType = msgspec.UNSET
    photo_id: Id | None | msgspec.UnsetType = msgspec.UNSET


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
