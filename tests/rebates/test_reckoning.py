"""How much a period gives: cases worked out by hand, and what must hold whatever anybody buys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rebates.netting import Kept, Paid
from server.rebates.reckoning import Facts, Product, allot, missing_words, reckon, shares
from server.rebates.terms import Goods, Rule, Step, Term, errors_of, words

DAY = date(2026, 11, 5)
COLA, TEA, WATER = 1, 2, 3
PRODUCTS = {
    COLA: Product(frozenset({10, 1}), 24), TEA: Product(frozenset({11, 1}), 15), WATER: Product(frozenset({20}), 12),
}  # fmt: skip


def line(product: int, qty: int, fen: int, document: int = 1) -> Kept:
    return Kept("order", document, f"D{document}", DAY, product, qty, fen, qty, fen)


def facts(*lines: Kept, before: Sequence[Kept] = (), paid: Paid = Paid(0, 0)) -> Facts:
    return Facts(lines, before, {30: paid}, PRODUCTS)


def term(indicator: str, reward: str, *steps: tuple[int, int], **more: object) -> Term:
    return Term("", indicator, reward, tuple(Step(*step) for step in steps), **more)  # type: ignore[arg-type]


def fen(*terms: Term, of: Facts, cap: int | None = None) -> int:
    return reckon(Rule(terms, cap), of).fen


QUARTER = term("amount", "percent", (10_000_000, 200), (20_000_000, 300))  # from ¥100,000 on 2 %, from ¥200,000 on 3 %
PARTS = term("amount", "percent", (10_000_000, 200), (20_000_000, 300), mode="graduated")
CASES = term("quantity", "per_unit", (100, 150), (200, 200), unit="case")  # ¥1.50 a case from 100 on, ¥2.00 from 200


@pytest.mark.parametrize(
    ("what", "bought", "gives"),
    [
        ("one fen below the step", 9_999_999, 0),
        ("just at the step: 100,000.00 × 2 %", 10_000_000, 200_000),
        ("the whole at the higher rate: 200,000.00 × 3 %", 20_000_000, 600_000),
        ("half a fen is rounded up: 100,000.25 × 2 % = 2,000.005", 10_000_025, 200_001),
    ],
)
def test_the_highest_step_reached_is_paid_on_all_that_was_bought(what: str, bought: int, gives: int) -> None:
    assert fen(QUARTER, of=facts(line(COLA, 100, bought))) == gives, what


@pytest.mark.parametrize(
    ("bought", "gives"),
    # 250,000.00: 100,000.00 at 2 % and 50,000.00 at 3 %; 150,000.00: 50,000.00 at 2 %
    [(25_000_000, 200_000 + 150_000), (15_000_000, 100_000), (10_000_000, 0)],
)
def test_graduated_pays_each_part_at_the_rate_of_its_own_step(bought: int, gives: int) -> None:
    assert fen(PARTS, of=facts(line(COLA, 100, bought))) == gives


@pytest.mark.parametrize(
    ("cola", "tea", "gives"),
    [
        (99 * 24 + 23, 0, 0),  # 99 whole cases of cola
        (99 * 24, 15, 100 * 150),  # and one of tea: 100 cases at 1.50
        (99 * 24 + 23, 14, 0),  # broken cases of two products are not one
        (150 * 24, 50 * 15, 200 * 200),  # 200 cases at 2.00
    ],
)
def test_cases_count_whole_and_each_product_by_its_own_case(cola: int, tea: int, gives: int) -> None:
    assert fen(CASES, of=facts(line(COLA, cola, 100), line(TEA, tea, 100))) == gives


def test_each_full_amount_gives_once_more() -> None:
    each = term("amount", "fixed", (500_000, 5_000), mode="each")  # ¥50 for every ¥5,000
    gives = [fen(each, of=facts(line(COLA, 1, bought))) for bought in (499_999, 500_000, 1_499_999)]
    assert gives == [0, 5_000, 10_000]
    assert words(each) == "进货额每满 ¥5,000.00 返 ¥50.00"


def test_growth_is_against_the_same_days_a_year_before_and_needs_some() -> None:
    grows = term("growth", "percent", (1_000, 100), (2_000, 200))  # from +10 % on 1 %, from +20 % on 2 %
    before = [line(COLA, 1, 1_000_000)]
    assert fen(grows, of=facts(line(COLA, 1, 1_099_999), before=before)) == 0
    assert fen(grows, of=facts(line(COLA, 1, 1_100_000), before=before)) == 11_000
    assert fen(grows, of=facts(line(COLA, 1, 1_200_000), before=before)) == 24_000
    assert fen(grows, of=facts(line(COLA, 1, 1_200_000))) == 0  # nothing to compare with


def test_a_share_of_goods_is_paid_on_all_that_was_bought() -> None:
    mix = term("mix", "percent", (3_000, 100), goods=Goods(categories=(20,)))  # from 30 % water on, 1 % of everything
    assert fen(mix, of=facts(line(COLA, 1, 700_000), line(WATER, 1, 300_000))) == 10_000
    assert fen(mix, of=facts(line(COLA, 1, 700_100), line(WATER, 1, 300_000))) == 0


def test_payment_in_time_is_of_what_was_due_and_nothing_due_is_nothing_late() -> None:
    pays = term("payment", "percent", (9_500, 50))  # 95 % in time: 0.5 %
    bought = line(COLA, 1, 1_000_000)
    assert fen(pays, of=facts(bought, paid=Paid(100_000, 95_000))) == 5_000
    assert fen(pays, of=facts(bought, paid=Paid(100_000, 94_999))) == 0
    assert fen(pays, of=facts(bought)) == 5_000


def test_terms_add_up_until_the_cap_and_one_that_must_be_reached_refuses_all() -> None:
    must = term("payment", "fixed", (9_500, 0), must=True)
    bought = line(COLA, 24 * 200, 20_000_000)  # 200 cases for 200,000.00: 6,000.00 and 400.00
    assert fen(QUARTER, CASES, must, of=facts(bought, paid=Paid(100, 100))) == 640_000
    assert fen(QUARTER, CASES, of=facts(bought), cap=500_000) == 500_000
    assert fen(QUARTER, CASES, must, of=facts(bought, paid=Paid(100, 90))) == 0


def test_goods_are_those_named_and_all_below_their_categories() -> None:
    drinks = term("amount", "percent", (0, 100), goods=Goods(categories=(1,)))
    tea = term("amount", "percent", (0, 100), goods=Goods(products=(TEA,)))
    of = facts(line(COLA, 1, 10_000), line(TEA, 1, 20_000), line(WATER, 1, 40_000))
    assert (fen(drinks, of=of), fen(tea, of=of)) == (300, 200)


@pytest.mark.parametrize(
    ("of_term", "of", "says"),
    [
        (QUARTER, facts(line(COLA, 1, 8_800_000)), "再进 ¥12,000.00 可返 2%"),
        (QUARTER, facts(line(COLA, 1, 10_000_000)), "再进 ¥100,000.00 可返 3%"),
        (QUARTER, facts(line(COLA, 1, 20_000_000)), ""),
        (CASES, facts(line(COLA, 24 * 97, 100)), "再进 3 箱 可每箱返 ¥1.50"),
        # 1,100,000 is +10 %: 110,000 of 10,000.00 more
        (term("growth", "percent", (1_000, 100)), facts(line(COLA, 1, 990_000), before=[line(COLA, 1, 1_000_000)]),
         "再进 ¥1,100.00 可返 1%"),
        # (20 + x) of (100 + x) is 30 %: x = 10 / 0.7 = 14.2857…, rounded up
        (term("mix", "percent", (3_000, 100), goods=Goods(products=(WATER,))),
         facts(line(COLA, 1, 8_000), line(WATER, 1, 2_000)), "再进 ¥14.29 可返 1%"),
        (term("payment", "percent", (9_500, 50)), facts(paid=Paid(1_000, 900)), "按时回款率再提高 5% 可返 0.5%"),
        (term("amount", "fixed", (500_000, 5_000), mode="each"), facts(line(COLA, 1, 700_000)),
         "再进 ¥3,000.00 可返 ¥50.00"),
    ],
)  # fmt: skip
def test_everyone_reads_what_is_missing_to_the_next_step(of_term: Term, of: Facts, says: str) -> None:
    assert missing_words(of_term, reckon(Rule((of_term,)), of).terms[0]) == says


@pytest.mark.parametrize(
    ("bad", "pointer"),
    [
        (term("amount", "percent", (100, 200), (100, 300)), "/rule/terms/0/steps/1/reach"),
        (term("amount", "percent", (100, 200), (200, 100)), "/rule/terms/0/steps/1/value"),
        (term("amount", "percent", (100, 10_001)), "/rule/terms/0/steps/0/value"),
        (term("amount", "fixed", (0, 100)), "/rule/terms/0/steps/0/reach"),
        (term("mix", "percent", (100, 100)), "/rule/terms/0/goods"),
        (term("payment", "per_unit", (100, 100)), "/rule/terms/0/reward"),
        (term("growth", "percent", (100, 100), mode="graduated"), "/rule/terms/0/mode"),
        (term("quantity", "fixed", (10, 100), (20, 300), mode="each"), "/rule/terms/0/mode"),
        (term("amount", "percent", (100, 0)), "/rule/terms"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(bad: Term, pointer: str) -> None:
    assert [error.pointer for error in errors_of(Rule((bad,)))] == [pointer]


def test_the_last_fen_go_to_the_largest_remainders_and_the_first_of_equals() -> None:
    assert allot(100, [1, 1, 1]) == [34, 33, 33]
    assert allot(10, [5, 3, 2]) == [5, 3, 2]
    assert allot(5, [1, 0, 2]) == [2, 0, 3]  # 1.67 and 3.33


_amounts = st.integers(0, 50_000_000)
_lines = st.lists(
    st.builds(line, st.sampled_from([COLA, TEA, WATER]), st.integers(1, 5_000), _amounts, st.integers(1, 5)), max_size=8
)


@st.composite
def _terms(draw: st.DrawFn) -> Term:
    indicator, reward, mode = draw(st.sampled_from([
        ("amount", "percent", "highest"), ("amount", "percent", "graduated"), ("amount", "fixed", "each"),
        ("amount", "fixed", "highest"), ("quantity", "per_unit", "highest"), ("quantity", "per_unit", "graduated"),
        ("quantity", "fixed", "each"), ("growth", "percent", "highest"), ("growth", "per_unit", "highest"),
    ]))  # fmt: skip
    count = 1 if mode == "each" else draw(st.integers(1, 4))
    reaches = sorted(draw(st.sets(st.integers(1, 20_000_000), min_size=count, max_size=count)))
    values = sorted(draw(st.lists(st.integers(1, 10_000), min_size=count, max_size=count)))
    goods = draw(st.sampled_from([Goods(), Goods(products=(COLA,)), Goods(categories=(1,))]))
    unit = draw(st.sampled_from(["piece", "case"]))
    steps = zip(reaches, values, strict=True)
    return term(indicator, reward, *steps, mode=mode, goods=goods, unit=unit)


_rules = st.builds(lambda terms, cap: Rule(tuple(terms), cap), st.lists(_terms(), min_size=1, max_size=3),
                   st.none() | st.integers(1, 10**7))  # fmt: skip


@given(_rules, _lines, _lines, _lines)
def test_whoever_buys_more_never_gets_less(
    rule: Rule, bought: list[Kept], more: list[Kept], before: list[Kept]
) -> None:
    assert errors_of(rule) == []
    less = reckon(rule, facts(*bought, before=before)).fen
    assert less <= reckon(rule, facts(*bought, *more, before=before)).fen


@given(_rules, _lines, _lines)
def test_the_parts_of_a_statement_add_up_to_the_fen(rule: Rule, bought: list[Kept], before: list[Kept]) -> None:
    of = facts(*bought, before=before)
    outcome = reckon(rule, of)
    parts = shares(rule, outcome, of)
    assert sum(parts) == outcome.fen
    assert all(part >= 0 for part in parts)
    assert outcome == reckon(rule, of)
    assert outcome.fen == reckon(rule, facts(*reversed(bought), before=before)).fen


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**10), min_size=1, max_size=50))
def test_an_allotment_loses_nothing_and_is_fair_to_the_fen(total: int, weights: list[int]) -> None:
    parts = allot(total, weights)
    whole = sum(weights)
    assert sum(parts) == (total if whole else 0)
    assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True) if whole)
