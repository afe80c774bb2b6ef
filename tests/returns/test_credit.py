"""What goes back in parts is credited to the fen (S3.3), in whatever pieces, whatever the prices were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.returns.credit import Part, credits_of


def test_four_for_ten_fen_given_back_one_by_one_are_ten_fen() -> None:
    """10·1/4 = 2.5, 5, 7.5, 10: rounded down 2, 5, 7, 10, so the four come to 2, 3, 2, 3."""
    assert credits_of([Part(1, 1, 4, 10)] * 4) == [2, 3, 2, 3]


def test_parts_of_one_product_do_not_change_what_another_is_worth() -> None:
    """10·3/4 = 7.5 and all 10; 7·1/2 = 3.5 and all 7."""
    parts = [Part(1, 3, 4, 10), Part(2, 1, 2, 7), Part(1, 1, 4, 10), Part(2, 1, 2, 7)]
    assert credits_of(parts) == [7, 3, 3, 4]


def test_none_of_a_line_is_worth_nothing() -> None:
    assert credits_of([Part(1, 0, 4, 10), Part(1, 4, 4, 10)]) == [0, 10]


pieces = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=8).filter(any)


@given(quantities=pieces, fen=st.integers(0, 10**12))
def test_in_whatever_pieces_goods_go_back_they_are_worth_what_was_paid(quantities: list[int], fen: int) -> None:
    whole = sum(quantities)
    worth = credits_of([Part(1, qty, whole, fen) for qty in quantities])
    assert sum(worth) == fen
    for qty, part in zip(quantities, worth, strict=True):
        assert abs(part * whole - fen * qty) < whole  # never a fen away from its exact part


@given(
    bought=st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 100_000)), min_size=1, max_size=5),
    parts=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.booleans()),
        max_size=12,
    ),
)
def test_through_purchases_refusals_and_losses_the_credits_never_pass_what_was_paid_and_all_of_it_is_all(
    bought: list[tuple[int, int]], parts: list[tuple[int, int, int, int, bool]]
) -> None:
    """The story of a buyer and a product: (purchases before, asked, granted, arrived in percent, called off)."""
    qty = fen = credited = lost = 0
    left = list(bought)
    for buys, asks, grants, arrives, off in [*parts, (len(bought), 100, 100, 100, False)]:
        for pieces, price in left[:buys]:
            qty, fen = qty + pieces, fen + pieces * price
        left = left[buys:]
        asked = qty * asks // 100
        if not asked or off:
            continue
        (amount,) = credits_of([Part(1, asked, qty, fen)])
        granted = asked * grants // 100
        (may_come,) = credits_of([Part(1, granted, asked, amount)])
        good = granted * arrives // 100
        credit = credits_of([Part(1, good, granted, may_come)])[0] if granted else 0
        assert 0 <= credit <= may_come <= amount <= fen
        qty, fen = qty - granted, fen - may_come
        credited, lost = credited + credit, lost + may_come - credit
    assert qty == 0
    assert credited + lost == sum(pieces * price for pieces, price in bought)
