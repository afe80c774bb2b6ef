"""What an agreement can say: terms by form, not by code. (S2.2)

Amounts are fen, quantities base units or whole cases, shares and growth hundredths of a percent (bp, 10000 is 100 %).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.core.errors import FieldError
from server.core.money import yuan
from server.core.types import Id, ShortText

Indicator = Literal["amount", "quantity", "growth", "mix", "payment"]
Reward = Literal["percent", "per_unit", "fixed"]
Mode = Literal["highest", "graduated", "each"]
Unit = Literal["piece", "case"]

MOST_STEPS, MOST_TERMS, MOST_GOODS = 10, 10, 200
ALL = 10_000
"""100 % in hundredths of a percent."""

INDICATORS: dict[str, str] = {
    "amount": "进货额", "quantity": "进货量", "growth": "同比增长", "mix": "品项占比", "payment": "按时回款",
}  # fmt: skip


class Goods(msgspec.Struct, frozen=True):
    """Which goods count: some products, all of some categories; none named: everything."""

    products: Annotated[tuple[Id, ...], msgspec.Meta(max_length=MOST_GOODS)] = ()
    categories: Annotated[tuple[Id, ...], msgspec.Meta(max_length=MOST_GOODS)] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.products and not self.categories

    def have(self, product_id: int, categories: frozenset[int]) -> bool:
        """Whether a product, which lies in these categories, is one of them."""
        return self.everything or product_id in self.products or not categories.isdisjoint(self.categories)


class Step(msgspec.Struct, frozen=True):
    """From what is reached on (fen, units, bp), so much is given: bp, fen for a unit, or fen."""

    reach: Annotated[int, msgspec.Meta(ge=0, le=10**13)]
    value: Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class Term(msgspec.Struct, frozen=True):
    """One thing that is measured, and what is given for it.

    `highest`: the highest step that is reached says what is given for all; `graduated`: each part at the rate of its
    own step; `each`: the value of the one step for each time that it is full. `within_days`: how long after the charge
    a payment is in time.
    """

    name: ShortText
    indicator: Indicator
    reward: Reward
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=MOST_STEPS)]
    mode: Mode = "highest"
    goods: Goods = Goods()
    unit: Unit = "piece"
    within_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 30
    must: bool = False

    @property
    def has_shares(self) -> bool:
        """Whether it measures a share, not what was bought."""
        return self.indicator in ("growth", "mix", "payment")


class Rule(msgspec.Struct, frozen=True):
    """What is given in a period: the sum of its terms, at most `cap_fen` for each buyer."""

    terms: Annotated[tuple[Term, ...], msgspec.Meta(min_length=1, max_length=MOST_TERMS)]
    cap_fen: Annotated[int, msgspec.Meta(ge=1, le=10**13)] | None = None


def _step_errors(term: Term, at: str) -> list[FieldError]:
    errors = []
    for n, (one, other) in enumerate(zip(term.steps, term.steps[1:], strict=False), 1):
        if other.reach <= one.reach:
            errors.append(FieldError(f"{at}/steps/{n}/reach", "每一档要比上一档高"))
        if other.value < one.value:
            errors.append(FieldError(f"{at}/steps/{n}/value", "高一档不能给得更少"))
    for n, step in enumerate(term.steps):
        if term.reward == "percent" and step.value > ALL:
            errors.append(FieldError(f"{at}/steps/{n}/value", "返点不能超过 100%"))
        if term.reward == "fixed" and step.reach == 0:
            errors.append(FieldError(f"{at}/steps/{n}/reach", "固定金额要有门槛"))
        if term.indicator in ("mix", "payment") and step.reach > ALL:
            errors.append(FieldError(f"{at}/steps/{n}/reach", "占比不能超过 100%"))
    return errors


_GRADUATED = (("amount", "percent"), ("quantity", "per_unit"))


def _form_errors(term: Term, at: str) -> list[FieldError]:
    errors = []
    if term.reward == "per_unit" and term.indicator in ("mix", "payment"):
        errors.append(FieldError(f"{at}/reward", "占比和回款按返点或固定金额计"))
    if term.mode == "graduated" and (term.indicator, term.reward) not in _GRADUATED:
        errors.append(FieldError(f"{at}/mode", "分段累进只用于进货额返点和按量返利"))
    if term.mode == "each" and (term.has_shares or term.reward != "fixed" or len(term.steps) != 1):
        errors.append(FieldError(f"{at}/mode", "“每满”只有一档，给固定金额"))
    if term.indicator == "mix" and term.goods.everything:
        errors.append(FieldError(f"{at}/goods", "请选择哪些商品的占比"))
    return errors


def errors_of(rule: Rule) -> list[FieldError]:
    """What cannot be meant, at the field that says it; so that who buys more never gets less."""
    found = []
    for n, term in enumerate(rule.terms):
        at = f"/rule/terms/{n}"
        found += _step_errors(term, at) + _form_errors(term, at)
    if not any(step.value for term in rule.terms for step in term.steps):
        found.append(FieldError("/rule/terms", "至少要有一项给返利"))
    return found


def share(bp: int) -> str:
    """`1250` → `12.5%`."""
    return f"{bp / 100:.2f}".rstrip("0").rstrip(".") + "%"


def measured(term: Term, value: int) -> str:
    """What is measured or to be reached, in words."""
    if term.indicator == "amount":
        return yuan(value)
    if term.indicator == "quantity":
        return f"{value:,} {'箱' if term.unit == 'case' else '件'}"
    return share(value)


def given(term: Term, value: int) -> str:
    """What a step gives, in words."""
    if term.reward == "percent":
        return f"返 {share(value)}"
    if term.reward == "per_unit":
        return f"每{'箱' if term.unit == 'case' else '件'}返 {yuan(value)}"
    return f"返 {yuan(value)}"


def words(term: Term) -> str:
    """A term as people say it: `进货额满 ¥100,000.00 返 2%；满 ¥200,000.00 返 3%（分段累进）`."""
    name = INDICATORS[term.indicator]
    if term.mode == "each":
        return f"{name}每满 {measured(term, term.steps[0].reach)} {given(term, term.steps[0].value)}"
    parts = []
    for step in term.steps:
        if not step.value:
            parts.append(f"须达到 {measured(term, step.reach)}")
        elif step.reach:
            parts.append(f"达 {measured(term, step.reach)} {given(term, step.value)}")
        else:
            parts.append(given(term, step.value))
    extra = "（分段累进）" if term.mode == "graduated" else ""
    return name + "；".join(parts) + extra + ("，不达到则全部没有" if term.must else "")
