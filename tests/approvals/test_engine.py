"""The rules of the steps by themselves: whatever the conditions and the people, none is skipped, none asked twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.approvals.steps import Matter, Step, asked_for, condition, following, may_decide, reached

A, B, C = "role:brand_rep", "role:brand_manager", "custom:1"
THREE = (
    Step(1, "初审", A),
    Step(2, "复审", B, above_fen=10_000),
    Step(3, "财务", C, above_fen=50_000, over_credit=True),
)


def test_a_step_is_asked_for_above_its_amount_and_not_at_it() -> None:
    assert [following(THREE, 1, Matter(fen)) for fen in (10_000, 10_001, 50_001)] == [None, 2, 2]
    assert [following(THREE, 2, Matter(fen)) for fen in (50_000, 50_001)] == [None, 3]


def test_one_of_several_conditions_is_enough() -> None:
    step = Step(2, "财务", C, above_fen=100, over_credit=True, first_order=True, below_guide_pct=20)
    found = [
        asked_for(step, matter)
        for matter in (
            Matter(100), Matter(101), Matter(0, over_credit=True), Matter(0, first_order=True),
            Matter(0, below_guide_pct=19.9), Matter(0, below_guide_pct=20),
        )
    ]  # fmt: skip
    assert found == [False, True, True, True, False, True]
    assert condition(step) == "金额超过 ¥1.00或超出信用额度或客户首单或低于指导价 20% 及以上"


def test_who_may_take_the_last_step_decides_alone_unless_each_decides_in_his_turn() -> None:
    large = Matter(60_000)
    assert may_decide(1, {3}, False) and reached(THREE, 1, large, {3}, False) == 3
    assert not may_decide(1, {3}, True)
    # The manager stands for the rep and himself, finance is still asked.
    assert reached(THREE, 1, large, {2}, False) == 2 and following(THREE, 2, large) == 3
    # In turn, somebody with two steps in a row need not press twice.
    assert reached(THREE, 1, large, {1, 2}, True) == 2
    assert reached(THREE, 1, large, {1, 3}, True) == 1


def test_who_may_only_take_a_step_that_is_not_needed_may_still_take_the_ones_before_it() -> None:
    assert may_decide(1, {3}, False) and following(THREE, reached(THREE, 1, Matter(1), {3}, False), Matter(1)) is None


LATER = st.builds(
    Step, st.just(0), st.just("后面的一步"), st.just(A), above_fen=st.none() | st.integers(0, 5),
    over_credit=st.booleans(), first_order=st.booleans(), below_guide_pct=st.none() | st.integers(1, 3),
)  # fmt: skip
FLOWS = st.lists(LATER, max_size=8).map(
    lambda later: [Step(1, "第一步", A), *(replace(step, no=no) for no, step in enumerate(later, 2))]
)
MATTERS = st.builds(Matter, st.integers(0, 8), st.booleans(), st.booleans(), st.floats(0, 4))
PEOPLE = st.lists(st.tuples(st.frozensets(st.integers(1, 9), max_size=4), MATTERS), max_size=20)


@given(FLOWS, PEOPLE, st.booleans())
def test_no_step_is_decided_twice_or_left_out_whoever_comes_when(
    flow: list[Step], people: list[tuple[frozenset[int], Matter]], in_turn: bool
) -> None:
    current, taken, finished = 1, [], False
    for held, matter in people:
        if finished or not may_decide(current, held, in_turn):
            continue
        last = reached(flow, current, matter, held, in_turn)
        after = following(flow, last, matter)
        taken.append((current, last))
        assert current <= last <= len(flow) and (after is None or after > last)
        # He has the right to each step that he decided, or, where seniors may, to one at least as late.
        covered = [s.no for s in flow if s.no == current or (current < s.no <= last and asked_for(s, matter))]
        assert all(no in held if in_turn else any(own >= no for own in held) for no in covered)
        # Whatever lies between his last step and the next was not asked for.
        passed_over = [s for s in flow if last < s.no < (after or len(flow) + 1)]
        assert not any(asked_for(step, matter) for step in passed_over)
        finished, current = after is None, after or current
    assert all(first[1] < second[0] for first, second in zip(taken, taken[1:], strict=False))
