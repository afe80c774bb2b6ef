"""Requests and responses of price exceptions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from server.approvals.schemas import StepShown
from server.catalog.schemas import PriceFen
from server.core.types import Id, Limit, OrgRef, Reason, ShortText

State = Literal["pending", "approved", "rejected", "void"]


class NewException(msgspec.Struct, omit_defaults=True):
    """A price outside its limits for a buyer, from a day (today) to another, and why.

    `seller_id`: a dealer below that does not set its own prices.
    """

    buyer_id: Id
    product_id: Id
    price_fen: PriceFen
    until_on: date
    reason: Reason
    from_on: date | None = None
    seller_id: Id | None = None


class ExceptionFilter(msgspec.Struct):
    """Which price exceptions, the newest first."""

    state: State | None = None
    buyer_id: Id | None = None
    product_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class ExceptionOut(msgspec.Struct):
    """A price exception with the limits of the day it was asked, and how far its approval has come.

    `decides`: the reader may take the step that waits. `own`: the reader's org asks (it sells, or asked for one below),
    and may withdraw it.
    """

    id: int
    number: str
    approval_id: int
    seller: OrgRef
    buyer: OrgRef
    product_id: int
    product_code: str
    product_name: str
    spec: str
    base_unit: str
    price_fen: int
    floor_fen: int
    guide_fen: int
    ceiling_fen: int
    from_on: date
    until_on: date
    reason: str
    state: State
    asked_by: str
    asked_at: datetime
    steps: list[StepShown]
    decides: bool
    own: bool
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str


class ExceptionList(msgspec.Struct):
    """A page of price exceptions."""

    items: list[ExceptionOut]
    next_cursor: str | None


class ExceptionAsked(msgspec.Struct):
    """An exception that was asked for."""

    id: int
    number: str
