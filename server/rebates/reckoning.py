"""How much a period gives: a pure function of what was bought, and of the rule. All amounts are whole fen.

Percents are rounded half up, once for a term. Where nothing was paid for in the period nothing is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from server.rebates.netting import Kept, Paid
from server.rebates.terms import ALL, Rule, Term, given, measured


class Product(NamedTuple):
    """What a rule asks of a product: all categories that it lies in, and how many make a case."""

    categories: frozenset[int]
    case_qty: int


class Facts(NamedTuple):
    """What is known of a buyer's period: purchases of the period, and of the same days a year before; payments by the
    days within which they are in time. Purchases of which nothing is left are no more among them."""

    lines: Sequence[Kept]
    before: Sequence[Kept]
    paid: Mapping[int, Paid]
    products: Mapping[int, Product]


class Reckoned(msgspec.Struct, frozen=True):
    """What a term comes to.

    `measure` is what was reached, `compared` what a share is of (fen: bought a year before, bought at all, due);
    `step` the highest step that is reached, from 1; `missing` how much more is needed for the next one: fen or units
    to buy, or bp of what is to be paid in time. `fen` is what the term gives.
    """

    measure: int
    compared: int
    amount_fen: int
    quantity: int
    step: int
    missing: int | None
    fen: int


class Outcome(msgspec.Struct, frozen=True):
    """What a period comes to: `earned_fen` is the sum of the terms, `fen` what is given of it."""

    amount_fen: int
    terms: tuple[Reckoned, ...]
    earned_fen: int
    fen: int
    refused: bool


def half_up(amount: int, share: int) -> int:
    """A share (bp) of an amount, in whole fen."""
    return (amount * share * 2 + ALL) // (2 * ALL)


def allot(total: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights so that the parts add up: the largest remainders get the last fen, the first of equals
    first."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts


def of_term(term: Term, lines: Sequence[Kept], products: Mapping[int, Product]) -> list[Kept]:
    """The purchases that a term counts."""
    return [item for item in lines if term.goods.have(item.product_id, products[item.product_id].categories)]


def quantity(term: Term, lines: Sequence[Kept], products: Mapping[int, Product]) -> int:
    """How many were bought: base units, or of each product its whole cases."""
    total: dict[int, int] = {}
    for item in lines:
        total[item.product_id] = total.get(item.product_id, 0) + item.qty
    if term.unit == "piece":
        return sum(total.values())
    return sum(qty // products[product_id].case_qty for product_id, qty in total.items())


def _fen(lines: Sequence[Kept]) -> int:
    return sum(item.fen for item in lines)


def _measure(term: Term, facts: Facts, counted: Sequence[Kept]) -> tuple[int | None, int]:
    """What was reached (None: it cannot be said), and what it is compared with."""
    amount = _fen(counted)
    if term.indicator == "amount":
        return amount, 0
    if term.indicator == "quantity":
        return quantity(term, counted, facts.products), 0
    if term.indicator == "growth":
        before = _fen(of_term(term, facts.before, facts.products))
        return ((amount - before) * ALL // before if before else None), before
    if term.indicator == "mix":
        whole = _fen(facts.lines)
        return (amount * ALL // whole if whole else None), whole
    paid = facts.paid[term.within_days]
    return (paid.in_time_fen * ALL // paid.due_fen if paid.due_fen else ALL), paid.due_fen


def _missing(term: Term, measure: int | None, compared: int, amount: int, step: int) -> int | None:
    """How much more is needed for the next step."""
    if term.mode == "each":
        reach = term.steps[0].reach
        return reach - (measure or 0) % reach
    if step == len(term.steps):
        return None
    reach = term.steps[step].reach
    if term.indicator == "growth":
        return -(-compared * (ALL + reach) // ALL) - amount if compared else None
    if term.indicator == "mix":
        # (amount + x) of (compared + x) must be the share; all of it cannot be reached once others were bought
        return -(-(reach * compared - ALL * amount) // (ALL - reach)) if reach < ALL else None
    return reach - (measure or 0)


def _graduated(term: Term, measure: int) -> int:
    """Each part at the rate of its own step; rounded once, so that the parts add up."""
    total = 0
    for n, step in enumerate(term.steps):
        until = term.steps[n + 1].reach if n + 1 < len(term.steps) else measure
        total += max(0, min(measure, until) - step.reach) * step.value
    return (total * 2 + ALL) // (2 * ALL) if term.reward == "percent" else total


def _given(term: Term, measure: int, step: int, basis_fen: int, basis_qty: int) -> int:
    if term.mode == "each":
        return measure // term.steps[0].reach * term.steps[0].value
    if not step:
        return 0
    if term.mode == "graduated":
        return _graduated(term, measure)
    value = term.steps[step - 1].value
    if term.reward == "percent":
        return half_up(basis_fen, value)
    return value * basis_qty if term.reward == "per_unit" else value


def reckon_term(term: Term, facts: Facts) -> Reckoned:
    """What a term comes to."""
    counted = of_term(term, facts.lines, facts.products)
    amount = _fen(counted)
    measure, compared = _measure(term, facts, counted)
    step = sum(measure is not None and measure >= item.reach for item in term.steps)
    units = quantity(term, counted, facts.products)
    basis = _fen(facts.lines) if term.indicator in ("mix", "payment") else amount
    fen = _given(term, measure or 0, step, basis, units) if _fen(facts.lines) else 0
    missing = _missing(term, measure, compared, amount, step)
    return Reckoned(measure or 0, compared, amount, units, step, missing, fen)


def reckon(rule: Rule, facts: Facts) -> Outcome:
    """What a period gives a buyer; the same facts give the same, always."""
    terms = tuple(reckon_term(term, facts) for term in rule.terms)
    refused = any(term.must and not item.step for term, item in zip(rule.terms, terms, strict=True))
    earned = sum(item.fen for item in terms)
    fen = 0 if refused else min(earned, rule.cap_fen) if rule.cap_fen is not None else earned
    return Outcome(_fen(facts.lines), terms, earned, fen, refused)


def shares(rule: Rule, outcome: Outcome, facts: Facts) -> list[int]:
    """Of each purchase of the period what it brought; they add up to what is given."""
    found = [0] * len(facts.lines)
    given_of = allot(outcome.fen, [item.fen for item in outcome.terms])
    for term, fen in zip(rule.terms, given_of, strict=True):
        for n, part in enumerate(allot(fen, _weights(term, facts))):
            found[n] += part
    return found


def _weights(term: Term, facts: Facts) -> list[int]:
    """By quantity where a unit is paid for, else by amount; of a payment and of a share all purchases."""
    own = term.indicator not in ("mix", "payment")
    counts = [
        not own or term.goods.have(item.product_id, facts.products[item.product_id].categories) for item in facts.lines
    ]
    by_fen = [item.fen * here for item, here in zip(facts.lines, counts, strict=True)]
    if term.reward == "per_unit" or not any(by_fen):  # what cost nothing counts by its quantity
        return [item.qty * here for item, here in zip(facts.lines, counts, strict=True)]
    return by_fen


def missing_words(term: Term, item: Reckoned) -> str:
    """What is missing to the next step, in words; empty where there is none, or nobody can say."""
    if item.missing is None:
        return ""
    nxt = term.steps[0] if term.mode == "each" else term.steps[item.step]
    gain = given(term, nxt.value) if nxt.value else "达标"
    if term.indicator == "payment":
        return f"按时回款率再提高 {measured(term, item.missing)} 可{gain}"
    if term.has_shares:
        more = Term("", "amount", "fixed", term.steps)
        return f"再进 {measured(more, item.missing)} 可{gain}"
    return f"再进 {measured(term, item.missing)} 可{gain}"
