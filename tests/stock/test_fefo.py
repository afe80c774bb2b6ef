"""First expired, first out, as a plain rule."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.stock.fefo import Lot, Pick, Short, Wanted, allocate

TODAY = date(2026, 6, 15)


def lot(lot_id: int, days: int, free: int, product: int = 1) -> Lot:
    return Lot(product, lot_id, TODAY + timedelta(days=days), free)


def test_the_lot_that_expires_first_leaves_first_whatever_its_number() -> None:
    found = allocate([Wanted(1, 1, 7)], [lot(1, 90, 10), lot(2, 10, 5)], TODAY)
    assert found == ([Pick(1, 1, 2, 5), Pick(1, 1, 1, 2)], [])


def test_a_lot_is_sold_on_its_last_day_and_not_after() -> None:
    assert allocate([Wanted(1, 1, 1)], [lot(1, 0, 1)], TODAY).picks == [Pick(1, 1, 1, 1)]
    assert allocate([Wanted(1, 1, 1)], [lot(1, -1, 9)], TODAY) == ([], [Short(1, 1, 1, 0)])


def test_lines_are_served_in_their_order_and_the_short_one_is_told_what_was_left_for_it() -> None:
    found = allocate([Wanted(1, 1, 6), Wanted(2, 1, 6), Wanted(3, 2, 1)], [lot(1, 5, 8), lot(2, 5, 1, 2)], TODAY)
    assert found.picks == [Pick(1, 1, 1, 6), Pick(2, 1, 1, 2), Pick(3, 2, 2, 1)]
    assert found.short == [Short(2, 1, 6, 2)]


lots = st.lists(st.tuples(st.integers(1, 3), st.integers(-5, 20), st.integers(0, 30)), max_size=8).map(
    lambda found: [lot(n, days, free, product) for n, (product, days, free) in enumerate(found, 1)]
)
wishes = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 40)), max_size=6).map(
    lambda found: [Wanted(n, product, qty) for n, (product, qty) in enumerate(found, 1)]
)


@given(wishes, lots)
def test_no_lot_gives_more_than_it_has_and_no_line_gets_more_than_it_wants(
    wanted: list[Wanted], held: list[Lot]
) -> None:
    picks, short = allocate(wanted, held, TODAY)
    free = {item.lot_id: item.free for item in held}
    of = {item.lot_id: item for item in held}
    for pick in picks:
        free[pick.lot_id] -= pick.qty
        assert pick.qty > 0 and of[pick.lot_id].product_id == pick.product_id
        assert of[pick.lot_id].expires_on >= TODAY
    assert all(left >= 0 for left in free.values())
    missing = {item.line_no: item.wanted - item.available for item in short}
    for line in wanted:
        assert sum(pick.qty for pick in picks if pick.line_no == line.line_no) == line.qty - missing.get(
            line.line_no, 0
        )


@given(wishes, lots)
def test_a_line_is_short_only_when_nothing_good_is_left_and_nothing_older_stays_behind(
    wanted: list[Wanted], held: list[Lot]
) -> None:
    picks, short = allocate(wanted, held, TODAY)
    for product in {line.product_id for line in wanted}:
        good = sorted(
            (x for x in held if x.product_id == product and x.expires_on >= TODAY), key=lambda x: x.expires_on
        )
        asked = sum(line.qty for line in wanted if line.product_id == product)
        taken = {x.lot_id: sum(p.qty for p in picks if p.lot_id == x.lot_id) for x in good}
        assert sum(taken.values()) == min(asked, sum(x.free for x in good))
        untouched = [x.expires_on for x in good if taken[x.lot_id] < x.free]
        used = [x.expires_on for x in good if taken[x.lot_id]]
        assert not used or not untouched or max(used) <= min(untouched)
    assert bool(short) == (sum(line.qty for line in wanted) > sum(pick.qty for pick in picks))
