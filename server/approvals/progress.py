"""How far a question has come: the steps done, the one that waits and those to come, with who can decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from server.approvals.people import Asked, Want, asked
from server.approvals.schemas import StepShown
from server.approvals.steps import Matter, Step, asked_for, condition
from server.core import db


class _Taken(msgspec.Struct):
    step_no: int
    reached: int
    decision: str
    name: str | None
    at: datetime


async def progress(org_id: int, questions: Sequence[db.Row]) -> list[list[StepShown]]:
    """The steps of questions to an org, in their order; one statement, whatever their number.

    Rows with buyer_id, step_no, state, amount_fen, and `queries.STEPS` and `TAKEN`.
    """
    steps = [msgspec.json.decode(question["steps"], type=list[Step]) for question in questions]
    open_ones = {
        (n, step.no): Want(question["buyer_id"], step.who, step.reps_first)
        for n, question in enumerate(questions)
        if question["state"] == "pending"
        for step in steps[n]
        if step.no >= question["step_no"]
    }
    distinct = list(dict.fromkeys(open_ones.values()))
    people = dict(zip(distinct, await asked(org_id, distinct), strict=True)) if distinct else {}
    return [
        [_shown(question, step, people.get(open_ones[n, step.no]) if (n, step.no) in open_ones else None)
         for step in steps[n]]
        for n, question in enumerate(questions)
    ]  # fmt: skip


def _shown(question: db.Row, step: Step, who: Asked | None) -> StepShown:
    done = None
    for taken in msgspec.json.decode(question["taken"] or "[]", type=list[_Taken]):
        if taken.step_no <= step.no <= taken.reached:
            done = taken
    shown = StepShown(
        step.no, step.name, "skipped", condition(step), None, None, [one["name"] for one in who.people] if who else [],
        who.stuck if who else False,
    )  # fmt: skip
    if done is not None:
        shown.state, shown.decided_by, shown.decided_at = "done", done.name, done.at
    elif who is not None and step.no == question["step_no"]:
        shown.state = "now"
    elif who is not None:
        shown.state = _to_come(step, Matter(question["amount_fen"]))
    return shown


def _to_come(step: Step, matter: Matter) -> Literal["later", "maybe", "skipped"]:
    """Whether a step will be asked for, as far as the amount tells."""
    if asked_for(step, matter):
        return "later"
    return "maybe" if step.asks_facts else "skipped"
