"""The rules of counting as plain functions: which lot a figure is of, and over which lots one without is spread.

They know neither the database nor who counts; `reckoning.py` reads for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

FOREVER = date.max
"""The day of goods that do not expire; PostgreSQL's `infinity`."""

LIMIT_FEN = {"brand": 500_000, "dealer": 100_000}
"""Above which value of differences an approval is needed where the org has not said it: ¥5,000 and ¥1,000. Stores have
none: their owner decides alone."""


class Counted(NamedTuple):
    """A figure of a product as it was scanned or typed; `lot_id` where it was chosen."""

    product_id: int
    lot_id: int | None
    lot_code: str
    produced_on: date | None
    expires_on: date | None
    qty: int
    first_at: datetime
    last_at: datetime


class Lot(NamedTuple):
    """A lot as it is named; without an id there is none yet."""

    id: int | None
    code: str
    produced_on: date | None
    expires_on: date


class Figure(NamedTuple):
    """What was counted of a lot, or of a product without saying of which (`lot` None), from one moment to another."""

    lot: Lot | None
    qty: int
    first_at: datetime
    last_at: datetime


class Shelf(NamedTuple):
    """A lot on the books over which a figure can be spread: what the books said, and how much of it must be there
    for what documents hold."""

    lot_id: int
    expires_on: date
    book: int
    floor: int


class Unclear(NamedTuple):
    """A figure of which nobody can say what lot it is of."""

    product_id: int
    code: str
    detail: str


class Line(NamedTuple):
    """A line as it is written; without a quantity it was not counted."""

    product_id: int
    lot_id: int | None
    lot_code: str
    produced_on: date | None
    expires_on: date
    how: str
    qty: int | None
    first_at: datetime
    at: datetime
    book: int
    unsure: bool
    fen: int
    source: str
    is_left: bool

    @property
    def value_fen(self) -> int:
        """What its difference is worth, whichever way it goes."""
        return 0 if self.qty is None or self.is_left else abs(self.qty - self.book) * self.fen


def lot_of(
    one: Counted, here: Sequence[Lot], known: Mapping[str, Lot], shelf_life_days: int, keeps_lots: bool
) -> Lot | Unclear | None:
    """The lot of a figure: one that lies here, one that is known, one to be made; None where nobody said it.

    `here` are the product's lots in the place, `known` those of the brand by their code.
    """
    if one.lot_id:
        return next(
            (lot for lot in here if lot.id == one.lot_id),
            Lot(one.lot_id, one.lot_code, None, one.expires_on or FOREVER),
        )
    until = one.expires_on or _expiry(one.produced_on, shelf_life_days)
    if one.lot_code:
        lot = next((lot for lot in here if lot.code == one.lot_code), None) or known.get(one.lot_code)
        if lot is not None:
            return lot if until in (None, lot.expires_on) else _mismatch(one, lot, until)
        if until or not shelf_life_days:
            return Lot(None, one.lot_code, one.produced_on, until or FOREVER)
        return Unclear(one.product_id, "lot_missing", f"请填写批次 {one.lot_code} 的到期日") if keeps_lots else None
    if until:
        same = next((lot for lot in here if lot.expires_on == until), None)
        code = f"EXP{until:%Y%m%d}"
        return same or known.get(code) or Lot(None, code, one.produced_on, until)
    return None


def _expiry(produced_on: date | None, shelf_life_days: int) -> date | None:
    return produced_on + timedelta(days=shelf_life_days) if produced_on and shelf_life_days else None


def _mismatch(one: Counted, lot: Lot, until: date | None) -> Unclear:
    said = "不过期" if lot.expires_on == FOREVER else lot.expires_on.isoformat()
    return Unclear(one.product_id, "lot_mismatch", f"批次 {lot.code} 登记的到期日是 {said}，盘点时记的是 {until}")


def together(figures: Sequence[Figure]) -> list[Figure]:
    """Figures of the same lot added up, over all the time in which it was counted."""
    found: dict[tuple[int | None, str] | None, Figure] = {}
    for one in figures:
        key = one.lot and (one.lot.id, one.lot.code)
        before = found.get(key)
        found[key] = one if before is None else Figure(
            one.lot, before.qty + one.qty, min(before.first_at, one.first_at), max(before.last_at, one.last_at)
        )  # fmt: skip
    return list(found.values())


def spread(qty: int, shelves: Sequence[Shelf]) -> dict[int, int]:
    """How a figure without a lot is spread over the lots on the books.

    First each gets what must be there, the one that expires first ahead; then they are filled up to the books from the
    one that expires last; what is left over is put to the one that expires first.
    """
    early = sorted(shelves, key=lambda shelf: (shelf.book <= 0, shelf.expires_on, shelf.lot_id))
    given = {shelf.lot_id: 0 for shelf in shelves}
    for shelf, most in [*((one, one.floor) for one in early), *((one, one.book) for one in reversed(early))]:
        more = min(max(most - given[shelf.lot_id], 0), qty)
        given[shelf.lot_id] += more
        qty -= more
    given[early[0].lot_id] += qty
    return given


def floor(book: int, since: int, reserved: int) -> int:
    """How much of a lot must have been there at the moment of counting, so that with what moved since there is enough
    for what documents hold; never more than the books said."""
    return min(max(reserved - since, 0), max(book, 0))
