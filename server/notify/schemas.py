"""Requests and responses of notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, ShortText

OutboxState = Literal["pending", "delivered", "failed", "skipped"]


class NoticeFilter(msgspec.Struct):
    """Which notices."""

    unread: bool = False
    cursor: ShortText | None = None
    limit: Limit = 20


class Notice(msgspec.Struct):
    """A notice in the inbox; `link` names what it is about, e.g. `order/12`."""

    id: int
    kind: str
    title: str
    body: str
    link: str
    created_at: datetime
    read_at: datetime | None


class NoticeList(msgspec.Struct):
    """A page of the inbox, the newest first."""

    items: list[Notice]
    next_cursor: str | None


class MarkRead(msgspec.Struct):
    """Notices that were read; null: all."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=500)] | None = None


class Subscription(msgspec.Struct):
    """The answer to wx.requestSubscribeMessage for one template."""

    template_id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    accepted: bool


class StreamTicket(msgspec.Struct):
    """Opens one live stream, once, within so many seconds."""

    ticket: str
    seconds: int


class Template(msgspec.Struct):
    """A subscribe-message template that the app may ask for."""

    template_id: str
    title: str


class TemplateList(msgspec.Struct):
    """The templates of this deployment."""

    items: list[Template]


class OutboxFilter(msgspec.Struct):
    """Which messages."""

    state: OutboxState = "failed"
    cursor: ShortText | None = None
    limit: Limit = 50


class MessageSubject(msgspec.Struct):
    """The record that a message is about; without a name, it is gone."""

    kind: str
    id: int
    name: str


class OutboxItem(msgspec.Struct):
    """A message on its way, delivered, or failed with the reason in words.

    `title` is its topic as people call it, `text` what it says; an event, of which messages are made, is for nobody.
    """

    id: int
    channel: str
    topic: str
    title: str
    subject: MessageSubject | None
    recipients: list[str]
    text: str
    subject_id: int
    state: OutboxState
    attempts: int
    last_error: str
    created_at: datetime
    next_at: datetime
    delivered_at: datetime | None


class OutboxList(msgspec.Struct):
    """A page of messages, the newest first."""

    items: list[OutboxItem]
    next_cursor: str | None


class AuditFilter(msgspec.Struct):
    """Which entries of the audit trail."""

    subject_kind: ShortText | None = None
    subject_id: Id | None = None
    account_id: Id | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class AuditEntry(msgspec.Struct):
    """Who did what, when, and what it changed.

    `subject_name` is empty where the record is gone or has no name; `named` has the names of records that the changes
    name by their ids: field, then id.
    """

    id: int
    account_id: int | None
    account_name: str | None
    org_name: str | None
    verb: str
    subject_kind: str
    subject_id: int
    subject_name: str
    changes: msgspec.Raw
    named: dict[str, dict[str, str]]
    at: datetime


class AuditList(msgspec.Struct):
    """A page of the audit trail, the newest first."""

    items: list[AuditEntry]
    next_cursor: str | None
