"""Requests and responses of what lies in an archive: contacts, qualifications, histories, bulk edits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, Name, Reason, ShortText, Text, Version

QualificationKind = Literal["business_licence", "food_licence", "alcohol_licence", "authorization", "contract", "other"]
FileIds = Annotated[list[Id], msgspec.Meta(max_length=9, description="documents that the writer has uploaded")]
MAX_BULK = 500


class NewContact(msgspec.Struct):
    """Somebody at an org."""

    name: Name
    phone: ShortText = ""
    title: ShortText = ""
    note: Text = ""
    is_main: bool = False


class ContactEdit(msgspec.Struct):
    """Changes to a contact; only what is given changes."""

    name: Name | None = None
    phone: ShortText | None = None
    title: ShortText | None = None
    note: Text | None = None
    is_main: bool | None = None


class ContactOut(msgspec.Struct):
    """Somebody at an org."""

    id: int
    org_id: int
    name: str
    phone: str
    title: str
    note: str
    is_main: bool


class ContactList(msgspec.Struct):
    """The people of an org, the main one first."""

    items: list[ContactOut]


class NewQualification(msgspec.Struct):
    """A licence or another paper of an org; without `valid_until` it has no end (长期)."""

    kind: QualificationKind
    name: ShortText = ""
    number: ShortText = ""
    issuer: ShortText = ""
    valid_from: date | None = None
    valid_until: date | None = None
    file_ids: FileIds = []
    note: Text = ""


class QualificationEdit(msgspec.Struct):
    """Changes to a paper; only what is given changes."""

    version: Version
    kind: QualificationKind | None = None
    name: ShortText | None = None
    number: ShortText | None = None
    issuer: ShortText | None = None
    valid_from: date | None | msgspec.UnsetType = msgspec.UNSET
    valid_until: date | None | msgspec.UnsetType = msgspec.UNSET
    file_ids: FileIds | None = None
    note: Text | None = None


class DocumentRef(msgspec.Struct):
    """A document of a paper, where it is read, and what it is."""

    id: int
    content_type: str
    size: int
    url: str


class QualificationOut(msgspec.Struct):
    """A paper of an org; `days_left` until its end, negative afterwards."""

    id: int
    org_id: int
    kind: QualificationKind
    name: str
    number: str
    issuer: str
    valid_from: date | None
    valid_until: date | None
    days_left: int | None
    state: Literal["valid", "expiring", "expired"]
    note: str
    documents: list[DocumentRef]
    version: int
    updated_at: datetime


class QualificationList(msgspec.Struct):
    """The papers of an org, those that end first at the top."""

    items: list[QualificationOut]


class StoredDocument(msgspec.Struct):
    """An uploaded document, to be named by a paper."""

    id: int
    content_type: str
    size: int


class OrgHistoryChange(msgspec.Struct):
    """What changed, in words."""

    label: str
    old: str
    new: str


class OrgHistoryEntry(msgspec.Struct):
    """Something that was done to an org, by whom and when."""

    id: int
    at: datetime
    title: str
    account_name: str | None
    org_name: str | None
    changes: list[OrgHistoryChange]


class OrgHistoryList(msgspec.Struct):
    """The history of an org, the newest first."""

    items: list[OrgHistoryEntry]
    next_cursor: str | None


class OrgHistoryFilter(msgspec.Struct):
    """Which part of a history."""

    cursor: ShortText | None = None
    limit: Limit = 50


class BulkItem(msgspec.Struct):
    """An org as it was read."""

    id: Id
    version: Version


class BulkEdit(msgspec.Struct):
    """The same change for many archives; what is null stays as it is."""

    items: Annotated[list[BulkItem], msgspec.Meta(min_length=1, max_length=MAX_BULK)]
    grade: ShortText | None = None
    price_group: Name | None = None
    cooperation: Literal["prospect", "active", "paused", "ended"] | None = None


class BulkFreeze(msgspec.Struct):
    """Freeze many orgs for one reason; without a reason they are let work again."""

    items: Annotated[list[BulkItem], msgspec.Meta(min_length=1, max_length=MAX_BULK)]
    reason: Reason | None = None


class BulkReps(msgspec.Struct):
    """Who looks after these dealers from now on."""

    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=MAX_BULK)]
    account_ids: Annotated[list[Id], msgspec.Meta(max_length=20)]


class BulkResult(msgspec.Struct):
    """What became of one org."""

    id: int
    name: str
    ok: bool
    detail: str = ""


class BulkResults(msgspec.Struct):
    """A result per org, in the order of the request."""

    results: list[BulkResult]
