"""On which days goods can be delivered, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.rules.calendar import Calendar, can_deliver, nearest, offered
from server.rules.holidays import proposed

# 2026-11-25 is a Wednesday.
MON_WED_FRI = frozenset({1, 3, 5})


def november(day: int) -> date:
    return date(2026, 11, day)


def at(day: int, clock: str) -> datetime:
    return datetime.combine(november(day), time.fromisoformat(clock))


def test_a_minute_before_the_cut_off_an_order_still_counts_today_and_at_it_no_more() -> None:
    calendar = Calendar(MON_WED_FRI, time(16), 2, {})
    # Wednesday and two open days: Friday. From 16:00 on it counts as Thursday's, so Saturday, and that is Monday.
    assert offered(calendar, at(25, "15:59:59"), 3) == [november(27), november(30), date(2026, 12, 2)]
    assert offered(calendar, at(25, "16:00:00"), 2) == [november(30), date(2026, 12, 2)]


def test_without_a_cut_off_the_whole_day_counts() -> None:
    assert offered(Calendar(MON_WED_FRI, None, 0, {}), at(25, "23:59"), 1) == [november(25)]


def test_closed_days_give_no_time_to_prepare_and_no_delivery() -> None:
    closed = {november(26): False, november(27): False}
    # Ordered on Wednesday the 25th, one open day needed: the 25th itself. Friday is closed, so Monday.
    assert offered(Calendar(MON_WED_FRI, None, 1, closed), at(25, "09:00"), 1) == [november(30)]
    # Three open days: the 25th, 28th and 29th; ready on Monday the 30th.
    assert offered(Calendar(MON_WED_FRI, None, 3, closed), at(25, "09:00"), 1) == [november(30)]
    # Four: ready on the 1st of December, a Tuesday; Wednesday is the next delivery day.
    assert offered(Calendar(MON_WED_FRI, None, 4, closed), at(25, "09:00"), 1) == [date(2026, 12, 2)]


def test_goods_come_on_a_saturday_that_makes_up_for_a_holiday() -> None:
    assert offered(Calendar(MON_WED_FRI, None, 0, {november(28): True}), at(28, "09:00"), 1) == [november(28)]


def test_next_to_a_closed_day_the_days_after_it_are_proposed() -> None:
    calendar = Calendar(MON_WED_FRI, None, 0, {november(27): False})
    assert nearest(calendar, at(25, "09:00"), november(27), 2) == [november(30), date(2026, 12, 2)]


def test_a_seller_that_is_closed_for_months_offers_nothing() -> None:
    closed = {november(25) + timedelta(days=n): False for n in range(130)}
    assert offered(Calendar(MON_WED_FRI, None, 0, closed), at(25, "09:00"), 5) == []


def test_the_public_holidays_of_2026_come_with_the_weekends_that_make_up_for_them() -> None:
    # The State Council's notice: National Day from the 1st to the 7th, work on 20 September and 10 October.
    known = {item.day: item.is_open for item in proposed(2026).items}
    assert [known.get(date(2026, 10, day)) for day in (1, 2, 3, 5, 6, 7, 10)] == [False] * 6 + [True]
    assert known[date(2026, 9, 20)] and proposed(2026).announced


DAYS = st.dates(november(20), date(2026, 12, 31))


@given(
    st.frozensets(st.integers(1, 7), min_size=1),
    st.none() | st.times(),
    st.integers(0, 10),
    st.dictionaries(DAYS, st.booleans(), max_size=20),
    st.tuples(st.dates(november(20), date(2026, 12, 10)), st.times()).map(lambda when: datetime.combine(*when)),
)
def test_no_day_is_offered_on_which_the_seller_is_closed_or_that_comes_too_early(
    weekdays: frozenset[int], cut_off: time | None, lead: int, special: dict[date, bool], moment: datetime
) -> None:
    calendar = Calendar(weekdays, cut_off, lead, special)
    days = offered(calendar, moment, 8)
    assert days == sorted(set(days)) and len(days) == 8
    first = moment.date() + timedelta(days=int(cut_off is not None and moment.time() >= cut_off))
    for day in days:
        assert calendar.delivers(day) and can_deliver(calendar, moment, day)
        between = [first + timedelta(days=n) for n in range((day - first).days)]
        assert sum(special.get(one, True) for one in between) >= lead
