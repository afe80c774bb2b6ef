"""Requests and responses of the exchange."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from server.core.types import Limit, ShortText
from server.exchange.report import ImportReport

Direction = Literal["import", "export"]
JobState = Literal["queued", "running", "ready", "done", "failed", "cancelled"]
Format = Literal["xlsx", "csv"]


class ColumnOut(msgspec.Struct):
    """A column of a file to be imported."""

    heading: str
    required: bool
    note: str


class ImportKind(msgspec.Struct):
    """Something that the account may import."""

    kind: str
    title: str
    columns: list[ColumnOut]
    notes: list[str]


class ExportKind(msgspec.Struct):
    """A list that the account may export."""

    kind: str
    title: str


class Kinds(msgspec.Struct):
    """What the account may import and export."""

    imports: list[ImportKind]
    exports: list[ExportKind]
    max_rows: int
    max_bytes: int


class ExportRequest(msgspec.Struct):
    """A list to be exported, with the query of its screen."""

    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    format: Format = "xlsx"
    filter: dict[str, Any] = {}


class JobFilter(msgspec.Struct):
    """Which of the own jobs."""

    direction: Direction | None = None
    cursor: ShortText | None = None
    limit: Limit = 20


class JobSummary(msgspec.Struct):
    """An import or export of the own account; `percent` is null where the end is not known beforehand.

    `wrong`: how many cells of a checked file are wrong; with one it cannot be confirmed.
    """

    id: int
    direction: Direction
    kind: str
    title: str
    file_name: str
    format: Format
    step: Literal["check", "apply", "export"]
    state: JobState
    phase: str
    percent: int | None
    rows: int
    wrong: int
    error: str
    has_file: bool
    has_marked: bool
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime


class JobOut(JobSummary):
    """A job with what an import would do, or did."""

    report: ImportReport | None = None


class JobList(msgspec.Struct):
    """A page of the own jobs, the newest first."""

    items: list[JobSummary]
    next_cursor: str | None
