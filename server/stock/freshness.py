"""How fresh goods are: the class by which screens colour them, as one rule in Python and in SQL.

`expired`: the last day is over. `soon` (临期): so near its end that shops sell it apart; from how many days on depends
on the shelf life, unless the brand says otherwise for a category. `last_third`: less than a third of the shelf life is
left, and most chains take no more of it. `fresh`: all else. `undated`: nobody knows its end, or it has none.
(S3.1, D2.1)
"""

from __future__ import annotations

from datetime import date
from typing import Literal

Freshness = Literal["fresh", "last_third", "soon", "expired", "undated"]

FRESHNESS_NAMES: dict[Freshness, str] = {
    "fresh": "新鲜",
    "last_third": "最后三分之一",
    "soon": "临期",
    "expired": "已过期",
    "undated": "无到期日",
}

# Shelf life of at least so many days → near its end from so many days on: the steps that Beijing's market authority has
# published for food in 2012; for the shortest lives it says one to four days.
STEPS = ((365, 45), (180, 20), (90, 15), (30, 10), (16, 5), (0, 2))


def soon_days(shelf_life_days: int, of_category: int | None = None) -> int:
    """From how many days before its end a product is near it."""
    return of_category or next(days for life, days in STEPS if shelf_life_days >= life)


def freshness(expires_on: date | None, shelf_life_days: int, soon: int, today: date) -> Freshness:
    """The class of goods that expire on a day."""
    if expires_on is None or expires_on == date.max:
        return "undated"
    left = (expires_on - today).days
    if left < 0:
        return "expired"
    if left <= soon:
        return "soon"
    return "last_third" if left * 3 < shelf_life_days else "fresh"


SOON_SQL = (
    "coalesce(f.soon_days, CASE "
    + " ".join(f"WHEN p.shelf_life_days >= {life} THEN {days}" for life, days in STEPS)
    + " END)"
)
"""The same for a product `p`, left joined to its category's `freshness_rule f`."""


def freshness_sql(day: str) -> str:
    """The same for a lot `l` of a product `p` with `f`; `day`: the parameter that is today."""
    return f"""CASE
    WHEN l.expires_on = 'infinity' THEN 'undated'
    WHEN l.expires_on < {day}::date THEN 'expired'
    WHEN l.expires_on - {day}::date <= {SOON_SQL} THEN 'soon'
    WHEN (l.expires_on - {day}::date) * 3 < p.shelf_life_days THEN 'last_third'
    ELSE 'fresh' END"""
