"""What can be done with approvals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from server.approvals.schemas import ApprovalFilter, Decision
from server.core import audit, clock, db, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, InvalidInput, NotFound
from server.core.types import MAX_ID
from server.identity import holders

Decide = Callable[[Actor, int, Decision], Awaitable[None]]

_deciders: dict[str, Decide] = {}


class ApprovalDecided(BusinessError):
    """Somebody decided before; the text says who, what and when."""

    status, code, title = 409, "approval_decided", "已经处理过了"


class Facts(NamedTuple):
    """An approval as the bot shows it."""

    id: int
    root_id: int
    subject_kind: str
    subject_id: int
    number: str
    org_id: int
    buyer_id: int
    amount_fen: int
    step: str
    state: str
    decided_by: int | None
    decided_by_name: str | None
    decided_at: Any
    reason: str
    created_at: Any
    proposal: str | None


class Proposed(msgspec.Struct):
    """What the first of two deciders proposed: by whom, how much would pass, the rest in the subject's own words."""

    by: str
    amount_fen: int
    what: msgspec.Raw


_FACTS = """
SELECT a.id, a.root_id, a.subject_kind, a.subject_id, a.number, a.org_id, a.buyer_id, a.amount_fen, a.step, a.state,
       a.decided_by, d.name AS decided_by_name, a.decided_at, a.reason, a.created_at,
       CASE WHEN a.state = 'pending' THEN a.proposal::text END AS proposal
FROM approval a LEFT JOIN account d ON d.id = a.decided_by
WHERE a.root_id = $1
"""
_BY_ID = _FACTS + " AND a.id = $2"
_BY_SUBJECT = _FACTS + " AND a.subject_kind = $2 AND a.subject_id = $3"
_OF_MANY = _FACTS.replace("= $1", "= ANY ($1::bigint[])") + (
    " AND a.subject_kind = $2 AND a.subject_id = ANY ($3::bigint[])"
)

_OPEN = """
INSERT INTO approval (root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""

_CLOSE = """
UPDATE approval SET state = $4, decided_by = $5, decided_at = $6, reason = $7, surface = $8
WHERE root_id = $1 AND subject_kind = $2 AND subject_id = $3 AND state = 'pending'
RETURNING id
"""

_STEP = """
SELECT step, proposal::text AS proposal FROM approval
WHERE root_id = $1 AND subject_kind = $2 AND subject_id = $3 AND state = 'pending'
"""

# The first of two steps: keeps what was proposed, and asks those who may take the second.
_ADVANCE = """
WITH advanced AS (
    UPDATE approval a SET step = 'second', second_at = $6, proposal = $4::text::jsonb, reminded_at = NULL
    FROM approval_rule r
    WHERE a.root_id = $1 AND a.subject_kind = $2 AND a.subject_id = $3 AND a.state = 'pending' AND a.step = 'first'
      AND r.root_id = a.root_id AND r.org_id = a.org_id AND r.subject_kind = a.subject_kind AND $5 > r.above_fen
    RETURNING a.id
)
SELECT step AS step_before, EXISTS (SELECT FROM advanced) AS advanced FROM approval
WHERE root_id = $1 AND subject_kind = $2 AND subject_id = $3 AND state = 'pending'
"""

_LIST = """
SELECT a.*, b.name AS buyer_name, d.name AS decided_by_name
FROM approval a
JOIN org b ON b.id = a.buyer_id
LEFT JOIN account d ON d.id = a.decided_by
WHERE a.root_id = $1 AND a.org_id = $2 AND a.state = $3 AND b.path LIKE ANY ($4::text[])
  AND a.id < $5
ORDER BY a.id DESC
LIMIT $6
"""

# Who can take the next step: holders of the permission at the asked org, a rep only for assigned dealers; in the
# place of one who is away, his substitute.
_DECIDERS = """
WITH holders AS (
    SELECT c.id, ({administers}) AS administers
    FROM account c JOIN org b ON b.id = $2
    WHERE c.org_id = $1 AND c.status = 'active' AND ({holds}) AND (({bound}) OR NOT $3)
      AND (NOT ({bound}) OR EXISTS (
            SELECT 1 FROM assignment x JOIN org d ON d.id = x.org_id
            WHERE x.account_id = c.id AND b.path LIKE d.path || '%'))
)
SELECT c.id, c.name, c.wecom_userid, bool_and(h.administers) AS administers
FROM holders h
LEFT JOIN (substitute u JOIN account t ON t.id = u.substitute_id AND t.status = 'active')
    ON u.account_id = h.id AND $4::date BETWEEN u.from_on AND u.until_on
JOIN account c ON c.id = coalesce(t.id, h.id)
GROUP BY c.id
ORDER BY c.id
"""

_RULE = """
INSERT INTO approval_rule (root_id, org_id, subject_kind, above_fen) VALUES ($1, $2, $3, $4)
ON CONFLICT (root_id, org_id, subject_kind) DO UPDATE SET above_fen = excluded.above_fen
"""


def register(subject_kind: str, decide: Decide) -> None:
    """Say what deciding about a kind of subject does."""
    _deciders[subject_kind] = decide


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
    found = await db.row(_BY_ID, root_id, approval_id)
    return None if found is None else Facts(**found)


async def facts_of(root_id: int, subject_kind: str, subject_id: int) -> Facts | None:
    """The approval of a subject."""
    found = await db.row(_BY_SUBJECT, root_id, subject_kind, subject_id)
    return None if found is None else Facts(**found)


async def facts_of_many(
    root_ids: Sequence[int], subject_kind: str, subject_ids: Sequence[int]
) -> dict[tuple[int, int], Facts]:
    """The approvals of many subjects, by (brand, subject)."""
    found = await db.rows(_OF_MANY, list(root_ids), subject_kind, list(subject_ids))
    return {(item["root_id"], item["subject_id"]): Facts(**item) for item in found}


async def open_approval(
    root_id: int, kind: str, subject_id: int, number: str, org_id: int, buyer_id: int, amount_fen: int
) -> int:
    """Ask an org for a decision about a subject; the approval's id."""
    moment = clock.now()
    return int(await db.value(_OPEN, root_id, kind, subject_id, number, org_id, buyer_id, amount_fen, moment))


async def needs_second(actor: Actor, kind: str, subject_id: int, amount_fen: int, proposal: Any) -> bool:
    """Take the first of two steps where a rule asks for it; False when this decision is final.

    `amount_fen` is what this decision would let pass, `proposal` what the second decider is asked to confirm.
    Whoever may take the second step decides alone.
    """
    if actor.may("approval.second"):
        return False
    kept = Proposed(actor.name, amount_fen, msgspec.Raw(msgspec.json.encode(proposal)))
    text = msgspec.json.encode(kept).decode()
    found = await db.row(_ADVANCE, actor.root_id, kind, subject_id, text, amount_fen, clock.now())
    if found is None:
        return False
    _refuse_second(found["step_before"])
    return bool(found["advanced"])


async def may_decide(actor: Actor, kind: str, subject_id: int) -> None:
    """Raise `Forbidden` where the second of two steps waits and the actor may take the first only."""
    if actor.may("approval.second"):
        return
    _refuse_second(await db.value(_STEP, actor.root_id, kind, subject_id))


def _refuse_second(step: str | None) -> None:
    if step == "second":
        raise Forbidden("金额较大，已提交经理复审，请等待经理处理")


async def proposal(root_id: int, kind: str, subject_id: int) -> Proposed | None:
    """What the first of two steps proposed, where the second waits."""
    waiting = await db.row(_STEP, root_id, kind, subject_id)
    return None if waiting is None else proposed(waiting["proposal"])


def proposed(text: str | None) -> Proposed | None:
    """A proposal as it is kept; None where there is none."""
    return None if text is None else msgspec.json.decode(text, type=Proposed)


async def close(actor: Actor, kind: str, subject_id: int, state: str, reason: str = "") -> None:
    """Write the decision; `ApprovalDecided` when somebody was faster.

    Comes after all that can be refused: `decide` takes what it finds for a decision of somebody else.
    """
    closed = await db.value(
        _CLOSE,
        actor.root_id,
        kind,
        subject_id,
        state,
        actor.account_id or None,
        clock.now(),
        reason,
        actor.surface,
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


async def deciders(org_id: int, buyer_id: int, permission: str, bound: bool = False) -> Sequence[db.Row]:
    """Who is asked to decide now: accounts with id, name, wecom_userid, and whether they administer the org.

    `bound`: only those to whom the buyer's branch of the channel is assigned.
    """
    statement = _DECIDERS.format(
        holds=holders.holds(permission, "c"), bound=holders.bound("c"), administers=holders.holds("account.manage", "c")
    )
    return await db.rows(statement, org_id, buyer_id, bound, clock.today())


async def list_approvals(actor: Actor, wanted: ApprovalFilter) -> tuple[list[db.Row], str | None]:
    """What waits for the own org's decision inside the scope, or was decided."""
    actor.require("order.approve")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await db.rows(
        _LIST, actor.root_id, actor.org_id, wanted.state, actor.patterns, before, wanted.limit + 1
    )
    return paging.page(found, wanted.limit)


async def set_rule(actor: Actor, kind: str, above_fen: int | None) -> None:
    """Above this amount a second person decides about the own org's documents of a kind."""
    actor.require("approval.second")
    async with db.transaction():
        if above_fen is None:
            await db.run(
                "DELETE FROM approval_rule WHERE root_id = $1 AND org_id = $2 AND subject_kind = $3",
                actor.root_id,
                actor.org_id,
                kind,
            )
        else:
            await db.run(_RULE, actor.root_id, actor.org_id, kind, above_fen)
        await audit.record(actor, "set_rule", "org", actor.org_id, {"kind": kind, "above_fen": above_fen})
