"""What goods that go back take away, who paid in time, and which days are a period's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.rebates.netting import Moved, Owed, Paid, kept, paid_in_time
from server.rebates.periods import Period, name_of, periods, year_before

COLA, TEA = 1, 2


def moved(day: int, qty: int, fen: int, product: int = COLA) -> Moved:
    at = datetime(2026, 11, 1, 4, tzinfo=UTC) + timedelta(days=day - 1)
    return Moved("order" if qty > 0 else "return", day, f"D{day}", at, at.date(), product, qty, fen)


def test_goods_that_go_back_take_away_the_latest_purchase_at_its_own_price() -> None:
    # 10 for 30.00 on the 1st, 10 for 40.00 on the 5th; 12 go back on the 7th: all of the 5th and 2 of the 1st.
    found = kept([moved(1, 10, 3_000), moved(5, 10, 4_000), moved(7, -12, -4_200)])
    assert [(item.day.day, item.qty, item.fen) for item in found] == [(1, 8, 2_400), (5, 0, 0)]


def test_what_was_bought_after_goods_went_back_stays() -> None:
    found = kept([moved(9, 10, 4_000), moved(1, 10, 3_000), moved(7, -4, -1_200), moved(7, -1, -9, TEA)])
    assert [(item.day.day, item.qty, item.fen) for item in found] == [(1, 6, 1_800), (9, 10, 4_000)]


_moves = st.lists(
    st.builds(moved, st.integers(1, 40), st.integers(-20, 20).filter(bool), st.integers(0, 10_000),
              st.sampled_from([COLA, TEA])),
    max_size=25,
)  # fmt: skip


@given(_moves, st.integers(1, 40))
def test_what_was_before_the_agreement_changes_nothing_of_what_was_bought_in_it(moves: list[Moved], first: int) -> None:
    begin = date(2026, 11, 1) + timedelta(days=first - 1)
    whole = [item for item in kept(moves) if item.day >= begin]
    assert whole == kept([move for move in moves if move.day >= begin])


@given(_moves)
def test_nothing_is_kept_that_was_not_bought(moves: list[Moved]) -> None:
    for item in kept(moves):
        assert 0 <= item.qty <= item.bought
        assert 0 <= item.fen <= item.paid_fen


def owed(day: int, fen: int) -> Owed:
    return Owed(date(2026, 9, 30) + timedelta(days=day), fen)


def test_the_oldest_charge_is_paid_first_and_counts_where_it_is_due() -> None:
    # Charged 100.00 on 1 October and 50.00 on the 20th, due 30 days later: 31 October, 19 November.
    # Paid 80.00 on the 30th (in time), 40.00 on 5 November: 20.00 of it late, 20.00 for the second in time.
    changes = [owed(1, 10_000), owed(20, 5_000), owed(30, -8_000), owed(36, -4_000)]
    october, november = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 30))
    assert paid_in_time(changes, 30, *october) == Paid(10_000, 8_000)
    assert paid_in_time(changes, 30, *november) == Paid(5_000, 2_000)


def test_what_was_paid_in_advance_is_in_time() -> None:
    october = (date(2026, 10, 1), date(2026, 10, 31))
    assert paid_in_time([owed(1, -5_000), owed(2, 5_000)], 0, *october) == Paid(5_000, 5_000)


def test_the_first_and_the_last_period_end_with_the_agreement() -> None:
    assert periods("quarter", date(2026, 2, 10), date(2026, 8, 20)) == [
        Period(1, date(2026, 2, 10), date(2026, 3, 31)),
        Period(2, date(2026, 4, 1), date(2026, 6, 30)),
        Period(3, date(2026, 7, 1), date(2026, 8, 20)),
    ]
    assert periods("month", date(2028, 2, 1), date(2028, 2, 29)) == [Period(1, date(2028, 2, 1), date(2028, 2, 29))]
    assert periods("dates", date(2026, 2, 10), date(2026, 8, 20)) == [Period(1, date(2026, 2, 10), date(2026, 8, 20))]
    assert len(periods("year", date(2026, 6, 1), date(2028, 6, 1))) == 3
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_periods_are_called_as_people_call_them() -> None:
    november = Period(1, date(2026, 11, 1), date(2026, 11, 30))
    assert [name_of(every, november) for every in ("month", "quarter", "year", "dates")] == [
        "2026 年 11 月", "2026 年第 4 季度", "2026 年", "2026-11-01 至 2026-11-30",
    ]  # fmt: skip


@given(st.sampled_from(["month", "quarter", "year", "dates"]), st.dates(date(2020, 1, 1), date(2030, 1, 1)),
       st.integers(0, 1100))  # fmt: skip
def test_each_day_of_an_agreement_lies_in_one_period(every: str, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    found = periods(every, first, last)  # type: ignore[arg-type]
    assert (found[0].from_on, found[-1].until_on) == (first, last)
    for one, other in zip(found, found[1:], strict=False):
        assert other.from_on == one.until_on + timedelta(days=1)
