"""The rules of counting (D2.3), with figures worked by hand: which lot a figure is of, how one without is spread."""

from __future__ import annotations

from datetime import UTC, date, datetime

from server.counts.rules import FOREVER, Counted, Figure, Lot, Shelf, Unclear, floor, lot_of, spread, together

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
MARCH, JUNE = date(2027, 3, 1), date(2027, 6, 1)
HERE = [Lot(1, "A", None, MARCH), Lot(2, "B", None, JUNE)]


def figure(lot_code: str = "", expires_on: date | None = None, lot_id: int | None = None, qty: int = 1) -> Counted:
    return Counted(7, lot_id, lot_code, None, expires_on, qty, AT, AT)


def test_what_is_missing_is_missing_of_the_goods_that_are_sold_first() -> None:
    """On the books 10 until March and 20 until June, 25 counted: 5 of March are gone."""
    assert spread(25, [Shelf(1, MARCH, 10, 0), Shelf(2, JUNE, 20, 0)]) == {1: 5, 2: 20}
    assert spread(8, [Shelf(1, MARCH, 10, 0), Shelf(2, JUNE, 20, 0)]) == {1: 0, 2: 8}


def test_what_is_more_than_the_books_is_not_taken_for_fresher_than_it_may_be() -> None:
    """On the books 10 and 20, 33 counted: the 3 are of March, until which all of it is good for sure."""
    assert spread(33, [Shelf(1, MARCH, 10, 0), Shelf(2, JUNE, 20, 0)]) == {1: 13, 2: 20}


def test_what_is_promised_to_customers_is_not_taken_from_them_while_there_is_enough() -> None:
    """10 and 20 on the books, 6 of March held: of 22 counted, 6 stay there and 16 are June's, though 2 fit before."""
    assert spread(22, [Shelf(1, MARCH, 10, 6), Shelf(2, JUNE, 20, 0)]) == {1: 6, 2: 16}


def test_a_lot_that_the_books_no_longer_have_gets_nothing_while_others_do() -> None:
    assert spread(5, [Shelf(1, MARCH, 0, 0), Shelf(2, JUNE, 3, 0)]) == {1: 0, 2: 5}
    assert spread(0, [Shelf(1, MARCH, 4, 0)]) == {1: 0}
    assert spread(2, [Shelf(1, MARCH, 0, 0)]) == {1: 2}


def test_how_much_must_be_there_follows_from_what_is_held_and_what_moved_since() -> None:
    """8 held, 3 came since the moment: 5 of them must have been there; never more than the books said."""
    assert floor(10, 3, 8) == 5
    assert floor(4, 0, 8) == 4
    assert floor(10, 9, 8) == 0


def test_a_figure_counts_for_the_lot_that_was_scanned_or_whose_day_it_has() -> None:
    assert lot_of(figure("B"), HERE, {}, 365, True) == HERE[1]
    assert lot_of(figure(expires_on=MARCH), HERE, {}, 365, True) == HERE[0]
    assert lot_of(figure(), HERE, {}, 365, True) is None
    elsewhere = Lot(3, "C", None, JUNE)
    assert lot_of(figure("C"), HERE, {"C": elsewhere}, 365, True) == elsewhere


def test_goods_that_nobody_knew_of_become_a_lot_only_with_their_day() -> None:
    new = date(2027, 9, 1)
    assert lot_of(figure("N", new), HERE, {}, 365, True) == Lot(None, "N", None, new)
    assert lot_of(figure(expires_on=new), HERE, {}, 365, True) == Lot(None, "EXP20270901", None, new)
    assert isinstance(lot_of(figure("N"), HERE, {}, 365, True), Unclear)
    assert lot_of(figure("N"), HERE, {}, 365, False) is None
    assert lot_of(figure("N"), HERE, {}, 0, True) == Lot(None, "N", None, FOREVER)


def test_a_lot_that_is_known_with_another_day_is_not_silently_taken_for_it() -> None:
    found = lot_of(figure("A", JUNE), HERE, {}, 365, True)
    assert isinstance(found, Unclear)
    assert found.code == "lot_mismatch"


def test_figures_of_a_lot_add_up_over_the_time_in_which_it_was_counted() -> None:
    later = AT.replace(hour=4)
    (found,) = together([Figure(HERE[0], 3, AT, AT), Figure(HERE[0], 4, later, later)])
    assert found == Figure(HERE[0], 7, AT, later)
