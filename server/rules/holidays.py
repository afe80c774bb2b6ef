"""China's public holidays, proposed for a seller's calendar: what he takes over becomes his data."""

from __future__ import annotations

import holidays

from server.rules.schemas import HolidayProposal, SpecialDay


def proposed(year: int) -> HolidayProposal:
    """Holidays of a year and the weekends on which work is made up for, as the State Council announced them.

    Before the announcement (in November of the year before) only the holidays that the law fixes are known.
    """
    known = holidays.country_holidays("CN", years=year, language="zh_CN")
    made_up = sorted(day for day in known.weekend_workdays if day.year == year)
    closed = [SpecialDay(day, False, name.split("（")[0]) for day, name in sorted(known.items()) if day.year == year]
    opened = [SpecialDay(day, True, "调休上班") for day in made_up]
    return HolidayProposal(year, bool(made_up), sorted(closed + opened, key=lambda item: item.day))
