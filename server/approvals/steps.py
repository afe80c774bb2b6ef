"""Steps of an approval as plain rules: which are asked for, who has to be asked next, when a decision is final."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from server.core.money import yuan


class Step(msgspec.Struct, frozen=True):
    """One step: who may take it, under which conditions it is asked for, and what happens when nobody does."""

    no: int
    name: str
    who: str
    reps_first: bool = False
    above_fen: int | None = None
    over_credit: bool = False
    first_order: bool = False
    below_guide_pct: int | None = None
    remind_hours: int | None = 4
    escalate_hours: int | None = None
    escalate_to: str | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether the step is asked for only sometimes."""
        return self.above_fen is not None or self.asks_facts

    @property
    def asks_facts(self) -> bool:
        """Whether more than the amount decides about the step."""
        return self.over_credit or self.first_order or self.below_guide_pct is not None


class Matter(msgspec.Struct, frozen=True):
    """What a decision would let pass, as far as conditions ask."""

    amount_fen: int
    over_credit: bool = False
    first_order: bool = False
    below_guide_pct: float = 0


DEFAULT = (
    Step(1, "审核", "permission:order.approve", True, escalate_hours=24, escalate_to="permission:approval.second"),
)
"""The steps of an org that has set none: whoever may approve, the buyer's rep first."""

DEFAULT_OF: dict[str, tuple[Step, ...]] = {
    "price_exception": (*DEFAULT, Step(2, "复审", "permission:approval.second")),
}
"""Those of kinds of documents that need more: the rep, then the manager."""


def default_steps(kind: str) -> tuple[Step, ...]:
    """The steps for a kind of document where an org has set none."""
    return DEFAULT_OF.get(kind, DEFAULT)


def asked_for(step: Step, matter: Matter) -> bool:
    """Whether a step is needed: it has no condition, or one of them holds."""
    return not step.is_conditional or (
        (step.above_fen is not None and matter.amount_fen > step.above_fen)
        or (step.over_credit and matter.over_credit)
        or (step.first_order and matter.first_order)
        or (step.below_guide_pct is not None and matter.below_guide_pct >= step.below_guide_pct)
    )


def may_decide(current: int, held: Collection[int], in_turn: bool) -> bool:
    """Whether somebody who may take the steps `held` may decide now: the current one or, unless all go in turn, a
    later one, for whoever decides later may decide alone."""
    if in_turn:
        return current in held
    return any(no >= current for no in held)


def reached(steps: Sequence[Step], current: int, matter: Matter, held: Collection[int], in_turn: bool) -> int:
    """The last step that a decision of his stands for; he may decide."""
    needed = [s.no for s in steps if s.no > current and asked_for(s, matter)]
    last = current
    if not in_turn:
        return max([last, *(no for no in needed if no <= max(held))])
    for no in needed:
        if no not in held:
            break
        last = no
    return last


def following(steps: Sequence[Step], after: int, matter: Matter) -> int | None:
    """The next step that is asked for; None where the decision is final."""
    return next((step.no for step in steps if step.no > after and asked_for(step, matter)), None)


def condition(step: Step) -> str:
    """When a step is asked for, in words; "" for always."""
    parts = []
    if step.above_fen is not None:
        parts.append(f"金额超过 {yuan(step.above_fen)}")
    if step.over_credit:
        parts.append("超出信用额度")
    if step.first_order:
        parts.append("客户首单")
    if step.below_guide_pct is not None:
        parts.append(f"低于指导价 {step.below_guide_pct}% 及以上")
    return "或".join(parts)
