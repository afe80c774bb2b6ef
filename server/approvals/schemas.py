"""Requests and responses of approvals."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.core.types import Fen, Limit, OrgRef, ShortText, Text


class Decision(msgspec.Struct):
    """A decision; a rejection needs its reason."""

    decision: Literal["approve", "reject"]
    reason: Text = ""
    override_credit: bool = False


class ApprovalFilter(msgspec.Struct):
    """Which approvals."""

    state: Literal["pending", "approved", "rejected", "void"] = "pending"
    cursor: ShortText | None = None
    limit: Limit = 50


class ApprovalOut(msgspec.Struct):
    """Something that waits for a decision, or was decided."""

    id: int
    subject_kind: str
    subject_id: int
    number: str
    buyer: OrgRef
    amount_fen: int
    step: Literal["first", "second"]
    state: Literal["pending", "approved", "rejected", "void"]
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    created_at: datetime


class ApprovalList(msgspec.Struct):
    """A page of approvals."""

    items: list[ApprovalOut]
    next_cursor: str | None


class ApprovalRule(msgspec.Struct):
    """Above this amount a second person decides; null: never."""

    above_fen: Fen | None
