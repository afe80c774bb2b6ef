"""The steps in which an org decides, as data: read, set, tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from server.approvals import queries
from server.approvals.people import STEP_PERMISSIONS, Want, asked, holding, spoken
from server.approvals.schemas import (
    Choice,
    Decider,
    FlowOut,
    NewFlow,
    NewStep,
    SimulatedStep,
    StepOut,
)
from server.approvals.steps import Matter, Step, asked_for, condition, default_steps
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput, StaleVersion
from server.identity.roles import ROLES, kind_of

_OWN = """
SELECT 'custom:' || id AS who FROM role WHERE org_id = $1 AND retired_at IS NULL ORDER BY id
"""
_ACCOUNTS = "SELECT 'account:' || id AS who FROM account WHERE org_id = $1 AND status = 'active' ORDER BY id LIMIT 500"


async def present(root_id: int, org_id: int, kind: str) -> tuple[db.Row | None, Sequence[Step]]:
    """The flow of an org and its steps; without one, the default steps."""
    found = await db.row(queries.PRESENT_FLOW, root_id, org_id, kind)
    if found is None:
        return None, default_steps(kind)
    return found, msgspec.json.decode(found["steps"], type=list[Step])


async def read_flow(actor: Actor, kind: str) -> FlowOut:
    """The steps of the own org, who can take them now, and to whom they can be given."""
    actor.require("rule.manage")
    found, steps = await present(actor.root_id, actor.org_id, kind)
    choices = await _choices(actor)
    named = {choice.who: choice for choice in choices}
    whos = [step.who for step in steps] + [step.escalate_to for step in steps if step.escalate_to]
    names = await spoken(actor.org_id, whos)
    return FlowOut(
        version=found["id"] if found else 0,
        in_turn=found["in_turn"] if found else False,
        steps=[_step_out(step, named.get(step.who), names) for step in steps],
        made_by=found["made_by"] if found else None,
        made_at=found["made_at"] if found else None,
        choices=choices,
    )


def _step_out(step: Step, choice: Choice | None, names: dict[str, str]) -> StepOut:
    people = choice.people if choice else []
    return StepOut(
        **{name: getattr(step, name) for name in NewStep.__struct_fields__},
        no=step.no,
        who_name=names[step.who],
        escalate_to_name=names.get(step.escalate_to or "", ""),
        when=condition(step),
        people=people,
        warning=_warning(people),
    )


def _warning(people: Sequence[Decider]) -> str:
    if not people:
        return "现在没有人可以处理这一步，会转给管理员，请重新设置"
    return "能处理这一步的人现在都不在，由代理人处理" if all(one.away for one in people) else ""


async def _choices(actor: Actor) -> list[Choice]:
    """All to whom a step of the own org can be given: those of whom there is somebody."""
    whos = [f"permission:{name}" for name in STEP_PERMISSIONS]
    whos += [f"role:{role}" for role in ROLES if kind_of(role) == actor.org_kind]
    whos += [row["who"] for row in await db.rows(_OWN, actor.org_id)]
    whos += [row["who"] for row in await db.rows(_ACCOUNTS, actor.org_id)]
    people = await holding(actor.org_id, whos)
    names = await spoken(actor.org_id, whos)
    return [
        Choice(who, who.split(":")[0], names[who], [Decider(one["id"], one["name"], one["away"]) for one in found])  # type: ignore[arg-type]
        for who, found in zip(whos, people, strict=True)
        if found
    ]


async def save_flow(actor: Actor, kind: str, wanted: NewFlow) -> int:
    """Set the steps in which the own org decides about documents of a kind; the new version (S2.1).

    What is being decided keeps its steps. Raises `InvalidInput` naming each step that nobody could take,
    `StaleVersion` when somebody else changed them since.
    """
    actor.require("rule.manage")
    await _check(actor, wanted)
    async with db.transaction():
        await db.run(queries.LOCK_ORG, actor.org_id)
        before, old = await present(actor.root_id, actor.org_id, kind)
        if (before["id"] if before else 0) != wanted.version:
            raise StaleVersion("审批步骤刚被别人改过，请刷新后再改")
        moment = clock.now()
        await db.run(queries.REPLACE_FLOW, actor.root_id, actor.org_id, kind, moment)
        columns = [list(column) for column in zip(*map(msgspec.structs.astuple, wanted.steps), strict=True)]
        made = (actor.root_id, actor.org_id, kind, wanted.in_turn, actor.account_id, moment)
        flow_id = int(await db.value(queries.WRITE_FLOW, *made, *columns))
        old_terms = (old, before["in_turn"] if before else False)
        changes = _changes(old_terms, (wanted.steps, wanted.in_turn))
        await audit.record(actor, "set_approval_steps", "org", actor.org_id, {"kind": kind, **changes})
    return flow_id


def _changes(before: tuple[Sequence[Step], bool], after: tuple[Sequence[NewStep], bool]) -> dict[str, Any]:
    """The steps as they were and as they are now; only what each says, without what it leaves open."""

    def told(steps: Sequence[Step] | Sequence[NewStep]) -> list[dict[str, Any]]:
        values = [{name: getattr(step, name) for name in NewStep.__struct_fields__} for step in steps]
        return [{name: item for name, item in value.items() if item not in (None, False)} for value in values]

    return audit.difference(
        {"steps": told(before[0]), "in_turn": before[1]}, {"steps": told(after[0]), "in_turn": after[1]}
    )


async def _check(actor: Actor, wanted: NewFlow) -> None:
    errors = []
    first = wanted.steps[0]
    if Step(1, first.name, first.who, **_conditions(first)).is_conditional:
        errors.append(FieldError("/steps/0", "第一步不能带条件，否则有的单据没有人审核"))
    asking = [(f"/steps/{n}/who", step.who) for n, step in enumerate(wanted.steps)]
    for n, step in enumerate(wanted.steps):
        if (step.escalate_hours is None) != (step.escalate_to is None):
            errors.append(FieldError(f"/steps/{n}/escalate_to", "升级的时限和对象要一起填写"))
        if step.escalate_to is not None:
            asking.append((f"/steps/{n}/escalate_to", step.escalate_to))
    people = await holding(actor.org_id, [who for _, who in asking])
    for (pointer, _), found in zip(asking, people, strict=True):
        if not found:
            errors.append(FieldError(pointer, "现在没有人可以处理这一步，请换一个"))
    if errors:
        raise InvalidInput(f"有 {len(errors)} 处填写有误，没有保存", errors)


def _conditions(step: NewStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("above_fen", "over_credit", "first_order", "below_guide_pct")}


async def simulate(actor: Actor, kind: str, buyer_id: int, matter: Matter) -> list[SimulatedStep]:
    """Who would be asked about a document now, step by step."""
    actor.require("rule.manage")
    _, steps = await present(actor.root_id, actor.org_id, kind)
    found = await asked(actor.org_id, [Want(buyer_id, step.who, step.reps_first) for step in steps])
    return [
        SimulatedStep(
            step.no,
            step.name,
            step.no == 1 or asked_for(step, matter),
            condition(step),
            [one["name"] for one in who.people],
            who.stuck,
        )
        for step, who in zip(steps, found, strict=True)
    ]
