"""First expired, first out: which lots serve which lines. A plain rule, without a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Wanted(NamedTuple):
    """What one line asks for, in base units."""

    line_no: int
    product_id: int
    qty: int


class Lot(NamedTuple):
    """What there is of one lot, in base units."""

    product_id: int
    lot_id: int
    expires_on: date
    free: int


class Pick(NamedTuple):
    """What a line gets from a lot."""

    line_no: int
    product_id: int
    lot_id: int
    qty: int


class Short(NamedTuple):
    """A line that cannot be served; `available` is what is left for it."""

    line_no: int
    product_id: int
    wanted: int
    available: int


class Allocation(NamedTuple):
    """The result: complete when nothing is short."""

    picks: list[Pick]
    short: list[Short]


def allocate(wanted: Iterable[Wanted], lots: Iterable[Lot], today: date) -> Allocation:
    """Serve the lines in their order from the lots that expire first; expired lots serve nobody."""
    stock: dict[int, list[list[int]]] = defaultdict(list)
    for lot in sorted(lots, key=lambda item: (item.expires_on, item.lot_id)):
        if lot.free > 0 and lot.expires_on >= today:
            stock[lot.product_id].append([lot.lot_id, lot.free])
    picks: list[Pick] = []
    short: list[Short] = []
    for line in wanted:
        missing = line.qty
        queue = stock[line.product_id]
        while missing and queue:
            lot_id, free = queue[0]
            taken = min(missing, free)
            picks.append(Pick(line.line_no, line.product_id, lot_id, taken))
            missing -= taken
            if taken == free:
                queue.pop(0)
            else:
                queue[0][1] -= taken
        if missing:
            short.append(Short(line.line_no, line.product_id, line.qty, line.qty - missing))
    return Allocation(picks, short)
