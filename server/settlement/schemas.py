"""Requests and responses of settlement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Fen, Id, Limit, OrgRef, ShortText

Method = Literal["bank", "cash", "wechat"]


class BalanceQuery(msgspec.Struct):
    """Which pair: none — the own org and its supplier; `buyer_id` — the own org and one of its buyers."""

    buyer_id: Id | None = None


class Balance(msgspec.Struct):
    """Where a seller and a buyer stand, in fen; `limit_fen` null: no limit was agreed."""

    seller: OrgRef
    buyer: OrgRef
    receivable_fen: int
    committed_fen: int
    prepaid_fen: int
    limit_fen: int | None
    left_fen: int | None


class CreditLimit(msgspec.Struct):
    """The credit that the own org grants a buyer; null: no limit."""

    buyer_id: Id
    limit_fen: Fen | None


class Payment(msgspec.Struct):
    """Money received from a buyer."""

    buyer_id: Id
    amount_fen: Annotated[int, msgspec.Meta(ge=1, le=10**12)]
    method: Method
    reference: ShortText = ""


class EntryFilter(msgspec.Struct):
    """Which pair's entries."""

    buyer_id: Id | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class Entry(msgspec.Struct):
    """One entry; positive for the receivable: the buyer owes more."""

    id: int
    seller: OrgRef
    buyer: OrgRef
    debit: str
    credit: str
    amount_fen: int
    receivable_change_fen: int
    reason: str
    document_kind: str
    document_id: int
    reference: str
    occurred_on: date
    at: datetime


class EntryList(msgspec.Struct):
    """A page of entries, the newest first."""

    items: list[Entry]
    next_cursor: str | None
