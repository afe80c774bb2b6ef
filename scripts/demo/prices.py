"""What each level asks of each group of its buyers, in per cent of the guide price; plain integer fen."""

from __future__ import annotations

from scripts.demo.catalogue import Item
from scripts.demo.network import DEALERS, KEY_DEALERS, KEY_STORES, Level
from server.channel.terms import STANDARD_GROUP

PERCENT: dict[Level | str, dict[str, int]] = {
    "brand": {KEY_DEALERS: 73, DEALERS: 75, STANDARD_GROUP: 90},
    "province": {DEALERS: 81, KEY_STORES: 95, STANDARD_GROUP: 97},
    "city": {DEALERS: 88, KEY_STORES: 96, STANDARD_GROUP: 99},
    "county": {DEALERS: 93, KEY_STORES: 97, STANDARD_GROUP: 100},
}
"""Every level lives on the difference to the next; the standard group are stores."""


def price_fen(item: Item, level: Level | str, group: str, number: int) -> int:
    """The price of a seller for a group, inside floor and ceiling; county dealers differ by up to two per cent."""
    percent = PERCENT[level][group]
    if level == "county" and group != DEALERS:
        percent += number % 5 - 2
    asked = (item.guide_fen * percent + 50) // 100
    return max(item.floor_fen, min(asked, item.ceiling_fen))


def groups(level: Level | str) -> list[str]:
    """The groups that a seller has prices for."""
    return list(PERCENT[level])
