"""Requests and responses of thresholds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id

RuleKind = Literal["low", "high", "soon", "cover", "lead"]
Audience = Literal["own", "dealer", "store"]
MAX_RULES = 1_000


class AlertRule(msgspec.Struct, frozen=True):
    """A threshold for a product, a category with those below it, or everything; in all warehouses, or in one.

    `low`, `high`: a quantity or days of cover. `soon`: so many days before its end. `cover`, `lead`: for how many days
    is ordered, and how long goods take where past deliveries do not say. Neither: nothing is told.
    """

    audience: Audience
    kind: RuleKind
    warehouse_id: Id | None = None
    category_id: Id | None = None
    product_id: Id | None = None
    qty: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] | None = None
    days: Annotated[int, msgspec.Meta(ge=0, le=3650)] | None = None


class NamedRule(AlertRule, frozen=True, kw_only=True):
    """A rule with the name of what it is about, and of the org that gives it; `base_unit` of a product's quantity."""

    target: str
    warehouse: str
    org_name: str
    base_unit: str


class BuiltIn(msgspec.Struct):
    """What holds where nobody says anything, in days; near the end is then said by the shelf life."""

    low: int
    high: int
    cover: int
    lead: int


class AlertRuleSet(msgspec.Struct):
    """All rules of the own org; `version` as it was read, 0 where there were none."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    rules: Annotated[list[AlertRule], msgspec.Meta(max_length=MAX_RULES)]


class AlertRuleSetOut(msgspec.Struct):
    """The own org's rules; and the defaults for it that those above give, the nearest first."""

    version: int
    rules: list[NamedRule]
    defaults: list[NamedRule]
    built_in: BuiltIn
    updated_by: str | None
    updated_at: datetime | None
