"""What each level asks of each group of its buyers, in per cent of the guide price; plain integer fen."""

from __future__ import annotations

from scripts.demo.catalogue import Item
from scripts.demo.network import Level

PERCENT: dict[Level | str, dict[str, int]] = {
    "brand": {"dealer_key": 73, "dealer": 75, "standard": 90},
    "province": {"dealer": 81, "vip": 95, "standard": 97},
    "city": {"dealer": 88, "vip": 96, "standard": 99},
    "county": {"dealer": 93, "vip": 97, "standard": 100},
}
"""Every level lives on the difference to the next; `standard` are stores."""


def price_fen(item: Item, level: Level | str, group: str, number: int) -> int:
    """The price of a seller for a group, inside floor and ceiling; county dealers differ by up to two per cent."""
    percent = PERCENT[level][group]
    if level == "county" and group != "dealer":
        percent += number % 5 - 2
    asked = (item.guide_fen * percent + 50) // 100
    return max(item.floor_fen, min(asked, item.ceiling_fen))


def groups(level: Level | str) -> list[str]:
    """The groups that a seller has prices for."""
    return list(PERCENT[level])
