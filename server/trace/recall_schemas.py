"""Requests and responses of recalls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, OrgRef, Qty, Reason, ShortText, Text

State = Literal["running", "ended"]
Standing = Literal["unread", "read", "answered"]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class NewRecall(msgspec.Struct):
    """Which lot is called back, why, and what whoever has it shall do."""

    product_id: Id
    lot_code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    reason: Reason
    instruction: Words


class LotFilter(msgspec.Struct):
    """Lots of which product; `q` is a part of the code."""

    product_id: Id
    q: ShortText = ""


class LotOut(msgspec.Struct):
    """A lot that may be called back; `recalled`: it is already."""

    lot_code: str
    expires_on: date | None
    recalled: bool


class LotList(msgspec.Struct):
    """Lots of a product, those that keep longest first; 50 at most."""

    items: list[LotOut]


class PreviewFilter(msgspec.Struct):
    """Which lot."""

    product_id: Id
    lot_code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Concerned(msgspec.Struct):
    """Who would be told: what there is now, and what is on its way to them."""

    org: OrgRef
    kind: Literal["dealer", "store"]
    region_name: str
    qty: int
    on_the_way: int


class Preview(msgspec.Struct):
    """What a recall of a lot would reach, the 200 who have most of it by name.

    Quantities in base units; `own_qty` lies with the brand itself, `reserved` is promised somewhere and would not be
    delivered. `holders` counts all who have it or had it.
    """

    product_name: str
    base_unit: str
    lot_code: str
    expires_on: date | None
    recalled: bool
    holders: int
    qty: int
    own_qty: int
    reserved: int
    items: list[Concerned]


class RecallFilter(msgspec.Struct):
    """Which recalls."""

    state: State | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class Progress(msgspec.Struct):
    """How far it is, of the holders in the own scope; quantities in base units."""

    holders: int
    read: int
    answered: int
    qty: int
    set_aside: int


class OwnAnswer(msgspec.Struct):
    """What the own org has of the lot, and what it has said."""

    qty: int
    read_at: datetime | None
    set_aside: int | None
    note: str
    answered_at: datetime | None


class RecallOut(msgspec.Struct):
    """A recall. `own`: as it concerns the asker's org; null: it never had the lot."""

    id: int
    number: str
    state: State
    product_id: int
    product_name: str
    base_unit: str
    lot_id: int
    lot_code: str
    expires_on: date | None
    reason: str
    instruction: str
    started_at: datetime
    started_by_name: str | None
    outcome: str
    sell_again: bool
    ended_at: datetime | None
    progress: Progress
    own: OwnAnswer | None


class RecallSummary(msgspec.Struct):
    """A recall in a list; `answered_at`: when the own org has answered it."""

    id: int
    number: str
    state: State
    product_name: str
    lot_code: str
    reason: str
    started_at: datetime
    answered_at: datetime | None


class RecallList(msgspec.Struct):
    """A page of recalls."""

    items: list[RecallSummary]
    next_cursor: str | None


class HolderFilter(msgspec.Struct):
    """Which holders."""

    standing: Standing | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class HolderExport(HolderFilter, kw_only=True):
    """The holders of which recall."""

    recall_id: Id


class HolderOut(msgspec.Struct):
    """Who has the lot, or had it. `qty`: what there is now, `on_the_way` to it, `had_qty`: all that ever came."""

    org: OrgRef
    kind: Literal["brand", "dealer", "store"]
    contact_name: str
    contact_phone: str
    region_name: str
    qty: int
    on_the_way: int
    had_qty: int
    told_at: datetime
    read_at: datetime | None
    set_aside: int | None
    note: str
    answered_at: datetime | None


class HolderList(msgspec.Struct):
    """A page of holders."""

    items: list[HolderOut]
    next_cursor: str | None


class Answer(msgspec.Struct):
    """How much of the lot was found and set aside, in base units."""

    set_aside: Qty
    note: Text = ""


class Ending(msgspec.Struct):
    """How a recall ends. `sell_again`: the lot is good after all; else it stays blocked for ever."""

    outcome: Words
    sell_again: bool = False
