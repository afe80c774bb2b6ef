"""How trade goes up and down: months, weekdays, and a business that grows."""

from __future__ import annotations

from datetime import date

from scripts.demo.sources import source

GROWTH_PER_WEEK = 0.012
INTERVAL_DAYS = {"A": 12, "B": 22, "C": 34}
"""How many days pass between two orders of a large, middle, small store."""

CASES_OF_AN_ORDER = {"A": 18.0, "B": 8.0, "C": 4.5}


def season(category: str, day: date) -> float:
    """How much of its yearly mean a category sells on a day; months flow into each other."""
    months = source("catalogue")["seasons"][category]
    here = day.month - 1
    there = (here + (1 if day.day >= 15 else -1)) % 12
    weight = abs(day.day - 15) / 30
    return float(months[here] * (1 - weight) + months[there] * weight) / 100


def growth(week: int) -> float:
    """How much larger orders have become since the history began."""
    return (1 + GROWTH_PER_WEEK) ** week


def cases_per_week(size: str) -> float:
    """What a store of a size orders in a week, in cases."""
    return CASES_OF_AN_ORDER[size] * 7 / INTERVAL_DAYS[size]
