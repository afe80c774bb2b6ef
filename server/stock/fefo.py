"""First expired, first out: which lots serve which lines. A plain rule, without a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Wanted(NamedTuple):
    """What one line asks for, in base units; only from these lots, where some are named."""

    line_no: int
    product_id: int
    qty: int
    lot_ids: frozenset[int] | None = None


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


def allocate(wanted: Iterable[Wanted], lots: Iterable[Lot], today: date | None) -> Allocation:
    """Serve the lines in their order from the lots that expire first.

    Lines that name their lots come before all others, for they have no choice. Expired lots serve only who names them;
    everybody where `today` is None.
    """
    stock: dict[int, list[list[int]]] = defaultdict(list)
    spoilt: set[int] = set()
    for lot in sorted(lots, key=lambda item: (item.expires_on, item.lot_id)):
        if lot.free > 0:
            stock[lot.product_id].append([lot.lot_id, lot.free])
            if today is not None and lot.expires_on < today:
                spoilt.add(lot.lot_id)
    picks: list[Pick] = []
    short: list[Short] = []
    for line in sorted(wanted, key=lambda item: item.lot_ids is None):
        taken = _take(line, stock[line.product_id], spoilt)
        picks += taken
        served = sum(pick.qty for pick in taken)
        if served < line.qty:
            short.append(Short(line.line_no, line.product_id, line.qty, served))
    return Allocation(picks, short)


def _take(line: Wanted, queue: list[list[int]], spoilt: set[int]) -> list[Pick]:
    """What a line gets of its product's lots, which go down by it."""
    picks: list[Pick] = []
    missing = line.qty
    for place in queue:
        lot_id, free = place
        fits = lot_id in line.lot_ids if line.lot_ids is not None else lot_id not in spoilt
        taken = min(missing, free) if fits else 0
        if taken:
            picks.append(Pick(line.line_no, line.product_id, lot_id, taken))
            place[1] -= taken
            missing -= taken
        if not missing:
            break
    queue[:] = [place for place in queue if place[1]]
    return picks
