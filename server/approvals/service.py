"""What can be done with approvals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from server.approvals import queries
from server.approvals.schemas import ApprovalFilter, Decision, Simulation
from server.approvals.steps import Matter, Step, following, may_decide, reached
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, InvalidInput, NotFound
from server.core.types import MAX_ID

Decide = Callable[[Actor, int, Decision], Awaitable[None]]

Weigh = Callable[[int, int, int, int | None, int], Awaitable[Matter]]
"""(root, asked org, buyer, subject or None for one that is only thought of, amount) → what conditions ask about it."""

_deciders: dict[str, Decide] = {}
_weighing: dict[str, Weigh] = {}


class ApprovalDecided(BusinessError):
    """Somebody decided before; the text says who, what and when."""

    status, code, title = 409, "approval_decided", "已经处理过了"


class Facts(NamedTuple):
    """An approval as the bot shows it, with the step that it waits for."""

    id: int
    root_id: int
    subject_kind: str
    subject_id: int
    number: str
    org_id: int
    buyer_id: int
    amount_fen: int
    step_no: int
    step_name: str
    who: str
    reps_first: bool
    escalate_to: str | None
    is_escalated: bool
    state: str
    decided_by: int | None
    decided_by_name: str | None
    decided_at: Any
    reason: str
    created_at: Any
    proposal: str | None


class Proposed(msgspec.Struct):
    """What the decider of the step before proposed: by whom, how much would pass, the rest in the subject's words."""

    by: str
    amount_fen: int
    what: msgspec.Raw


class Standing(NamedTuple):
    """Where a question stands, and which of its steps the actor may take."""

    id: int
    step_no: int
    proposal: str | None
    in_turn: bool
    steps: Sequence[Step]
    held: frozenset[int]

    @property
    def proposed(self) -> Proposed | None:
        """What the decider of the step before proposed; None at the first step."""
        return proposed(self.proposal)

    @property
    def step(self) -> Step:
        """The step that waits."""
        return self.steps[self.step_no - 1]

    @property
    def decides(self) -> bool:
        """Whether the actor may decide now."""
        return may_decide(self.step_no, self.held, self.in_turn)


class Passed(NamedTuple):
    """What a decision stands for: the steps up to `reached`; `waits`: the step asked for now, None when it is final."""

    reached: int
    waits: Step | None


async def _by_amount(root_id: int, org_id: int, buyer_id: int, subject_id: int | None, amount_fen: int) -> Matter:
    return Matter(amount_fen)


def register(subject_kind: str, decide: Decide, weigh: Weigh = _by_amount) -> None:
    """Say what deciding about a kind of subject does, and what conditions of steps find about one: only its amount,
    where nothing else is said."""
    _deciders[subject_kind] = decide
    _weighing[subject_kind] = weigh


def _words(facts: Facts) -> str:
    verb = {"approved": "通过", "rejected": "驳回", "void": "撤销"}[facts.state]
    when = facts.decided_at.astimezone(clock.zone()).strftime("%m-%d %H:%M") if facts.decided_at else ""
    return f"{facts.decided_by_name or '系统'}已于 {when} {verb}" + (f"，原因：{facts.reason}" if facts.reason else "")


def already_decided(facts: Facts) -> ApprovalDecided:
    """The refusal of a second decision, which says who decided and when (B1)."""
    return ApprovalDecided(
        _words(facts), decision=facts.state, decided_by=facts.decided_by_name, decided_at=str(facts.decided_at)
    )


async def facts_by_id(root_id: int, approval_id: int) -> Facts | None:
    """One approval, for programs that act for the whole brand."""
    found = await db.row(queries.BY_ID, root_id, approval_id)
    return None if found is None else Facts(**found)


async def facts_of(root_id: int, subject_kind: str, subject_id: int) -> Facts | None:
    """The approval of a subject."""
    found = await db.row(queries.BY_SUBJECT, root_id, subject_kind, subject_id)
    return None if found is None else Facts(**found)


async def facts_of_many(
    root_ids: Sequence[int], subject_kind: str, subject_ids: Sequence[int]
) -> dict[tuple[int, int], Facts]:
    """The approvals of many subjects, by (brand, subject)."""
    found = await db.rows(queries.OF_MANY, list(root_ids), subject_kind, list(subject_ids))
    return {(item["root_id"], item["subject_id"]): Facts(**item) for item in found}


async def open_approval(
    root_id: int, kind: str, subject_id: int, number: str, org_id: int, buyer_id: int, amount_fen: int
) -> int:
    """Ask an org for a decision about a subject; the approval's id."""
    moment = clock.now()
    return int(await db.value(queries.OPEN, root_id, kind, subject_id, number, org_id, buyer_id, amount_fen, moment))


async def standing(actor: Actor, kind: str, subject_id: int) -> Standing | None:
    """Where the question about a subject stands for this actor; None where none waits."""
    found = await db.row(queries.STANDING, actor.root_id, kind, subject_id, actor.account_id, clock.today())
    return None if found is None else standing_of(found)


def standing_of(found: db.Row) -> Standing:
    """A standing from the columns that `queries.STANDING` reads."""
    steps = msgspec.json.decode(found["steps"], type=list[Step])
    held = frozenset(found["held"])
    return Standing(found["id"], found["step_no"], found["proposal"], found["in_turn"], steps, held)


def may_decide_now(found: db.Row) -> bool:
    """Whether the actor for whom these columns of a standing were read may take the step that waits, if one does."""
    return found["step_no"] is not None and standing_of(found).decides


def refuse_others(stands: Standing | None) -> None:
    """Raise `Forbidden` where the step that waits is not the actor's to take."""
    if stands is None or stands.decides:
        return
    if stands.step_no > 1:
        raise Forbidden(f"前面的步骤已经通过，已提交“{stands.step.name}”，请等待处理")
    raise Forbidden(f"现在由“{stands.step.name}”处理，不在您的审批范围内")


async def weigh(actor: Actor, kind: str, subject_id: int | None, buyer_id: int, amount_fen: int) -> Matter:
    """What the conditions of steps ask about a document of the own org."""
    return await _weighing[kind](actor.root_id, actor.org_id, buyer_id, subject_id, amount_fen)


async def pass_on(
    actor: Actor, stands: Standing | None, kind: str, subject_id: int, buyer_id: int, amount_fen: int, proposal: Any
) -> Passed:
    """Take the step that waits, and those after it that the actor may take as well; asks the next one, where there is.

    `amount_fen` is what this decision would let pass, `proposal` what the next decider is asked to confirm.
    """
    if stands is None:  # nothing waits any more: `close` says who decided
        return Passed(1, None)
    later = stands.steps[stands.step_no :]
    matter = Matter(amount_fen)
    if any(step.asks_facts for step in later):
        matter = await weigh(actor, kind, subject_id, buyer_id, amount_fen)
    last = reached(stands.steps, stands.step_no, matter, stands.held, stands.in_turn)
    no = following(stands.steps, last, matter)
    if no is None:
        return Passed(last, None)
    kept = msgspec.json.encode(Proposed(actor.name, amount_fen, msgspec.Raw(msgspec.json.encode(proposal)))).decode()
    done = (stands.id, stands.step_no, no, clock.now(), kept, last, actor.account_id or None)
    await db.run(queries.ADVANCE, actor.root_id, *done)
    return Passed(last, stands.steps[no - 1])


def proposed(text: str | None) -> Proposed | None:
    """A proposal as it is kept; None where there is none."""
    return None if text is None else msgspec.json.decode(text, type=Proposed)


async def close(actor: Actor, kind: str, subject_id: int, state: str, reason: str = "", last_step: int = 1) -> None:
    """Write the decision, which stands for the steps up to `last_step`; `ApprovalDecided` when somebody was faster.

    Comes after all that can be refused: `decide` takes what it finds for a decision of somebody else.
    """
    closed = await db.value(
        queries.CLOSE,
        actor.root_id,
        kind,
        subject_id,
        state,
        actor.account_id or None,
        clock.now(),
        reason,
        actor.surface,
        last_step,
    )
    if closed is None:
        facts = await facts_of(actor.root_id, kind, subject_id)
        if facts is None:
            raise NotFound("没有找到这项审批")
        raise already_decided(facts)


async def decide(actor: Actor, approval_id: int, decision: Decision) -> None:
    """Approve or reject, from whatever surface; the subject's module does the rest (B1).

    Raises `ApprovalDecided` on a second decision, and all that the subject's own verb raises.
    """
    facts = await facts_by_id(actor.root_id, approval_id)
    if facts is None:
        raise NotFound("没有找到这项审批")
    if decision.decision == "reject" and not decision.reason.strip():
        raise InvalidInput("请填写驳回原因")
    try:
        await _deciders[facts.subject_kind](actor, facts.subject_id, decision)
    except BusinessError as refusal:
        if refusal.status != 409:
            raise
        decided = await facts_by_id(actor.root_id, approval_id)
        if decided is not None and decided.state != "pending":
            raise already_decided(decided) from None
        raise


async def list_approvals(actor: Actor, wanted: ApprovalFilter) -> tuple[list[db.Row], str | None]:
    """What waits for the own org's decision inside the scope, or was decided."""
    actor.require("order.approve")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await db.rows(
        queries.LIST,
        actor.root_id,
        actor.org_id,
        wanted.state,
        actor.patterns,
        before,
        wanted.limit + 1,
        actor.account_id,
        clock.today(),
    )
    return paging.page(found, wanted.limit)


_BUYER = """
SELECT true FROM org
WHERE root_id = $1 AND id = $2 AND parent_id IS NOT NULL AND ($3::bigint IS NULL OR parent_id = $3)
"""


async def simulated(actor: Actor, kind: str, wanted: Simulation) -> Matter:
    """What conditions would find about a document of one of the own buyers, about a price of anybody's below;
    `NotFound` for a stranger's."""
    actor.require("rule.manage")
    parent_id = None if kind == "price_exception" else actor.org_id
    if not await db.value(_BUYER, actor.root_id, wanted.buyer_id, parent_id):
        raise NotFound("没有找到这个客户")
    found = await weigh(actor, kind, None, wanted.buyer_id, wanted.amount_fen)
    return msgspec.structs.replace(found, below_guide_pct=wanted.below_guide_pct)
