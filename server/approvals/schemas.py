"""Requests and responses of approvals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Fen, Id, Limit, Name, OrgRef, ShortText, Text

State = Literal["pending", "approved", "rejected", "void"]
Who = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(permission|role|custom|account):[a-z0-9_.]{1,40}$",
        description="who may take a step: permission:<name>, role:<built-in role>, custom:<role id>, account:<id>",
    ),
]
Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]
MAX_STEPS = 9


class Decision(msgspec.Struct):
    """A decision; a rejection needs its reason."""

    decision: Literal["approve", "reject"]
    reason: Text = ""
    override_credit: bool = False


class ApprovalFilter(msgspec.Struct):
    """Which approvals."""

    state: State = "pending"
    cursor: ShortText | None = None
    limit: Limit = 50


class StepShown(msgspec.Struct):
    """A step of a question: `done` by whom and when; `now` or `later` (`maybe`: under the condition `when`) by whom;
    `skipped` where it was not, or will not be, asked for. `stuck`: nobody but administrators can take it."""

    no: int
    name: str
    state: Literal["done", "now", "later", "maybe", "skipped"]
    when: str
    decided_by: str | None
    decided_at: datetime | None
    deciders: list[str]
    stuck: bool


class ApprovalOut(msgspec.Struct):
    """Something that waits for a decision, or was decided; `decides`: the reader may decide now."""

    id: int
    subject_kind: str
    subject_id: int
    number: str
    buyer: OrgRef
    amount_fen: int
    step_no: int
    steps: list[StepShown]
    decides: bool
    is_escalated: bool
    state: State
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    created_at: datetime


class ApprovalList(msgspec.Struct):
    """A page of approvals."""

    items: list[ApprovalOut]
    next_cursor: str | None


class NewStep(msgspec.Struct):
    """A step: who may take it (the buyer's rep first), and when it is asked for: always, or where a condition holds.

    After `remind_hours` its people are reminded, after `escalate_hours` those of `escalate_to` are asked as well.
    """

    name: Name
    who: Who
    reps_first: bool = False
    above_fen: Fen | None = None
    over_credit: bool = False
    first_order: bool = False
    below_guide_pct: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    remind_hours: Hours | None = 4
    escalate_hours: Hours | None = None
    escalate_to: Who | None = None


class NewFlow(msgspec.Struct):
    """The steps of an org, in the place of those that were read as `version`; 0 where there were none.

    `in_turn`: each step is decided by its own people; else who may take a later step may decide alone.
    """

    version: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
    steps: Annotated[list[NewStep], msgspec.Meta(min_length=1, max_length=MAX_STEPS)]
    in_turn: bool = False


class Decider(msgspec.Struct):
    """Somebody who may take a step; `away`: somebody stands in for him."""

    id: int
    name: str
    away: bool


class StepOut(NewStep):
    """A step with the words and the people behind it; `warning` where somebody has to look after it."""

    no: int = 1
    who_name: str = ""
    escalate_to_name: str = ""
    when: str = ""
    people: list[Decider] = []
    warning: str = ""


class Choice(msgspec.Struct):
    """Somebody to whom a step can be given."""

    who: str
    kind: Literal["permission", "role", "custom", "account"]
    name: str
    people: list[Decider]


class FlowOut(msgspec.Struct):
    """The steps of the own org, and to whom they can be given."""

    version: int
    in_turn: bool
    steps: list[StepOut]
    made_by: str | None
    made_at: datetime | None
    choices: list[Choice]


class Simulation(msgspec.Struct):
    """A document that is only thought of."""

    buyer_id: Id
    amount_fen: Fen
    below_guide_pct: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0


class SimulatedStep(msgspec.Struct):
    """A step, whether it would be asked for, and of whom."""

    no: int
    name: str
    asked: bool
    when: str
    people: list[str]
    stuck: bool


class Simulated(msgspec.Struct):
    """Who would be asked about a document, and what the conditions found."""

    steps: list[SimulatedStep]
    over_credit: bool
    first_order: bool
