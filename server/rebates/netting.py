"""What was bought and kept: goods that go back take away the latest purchases of the product.

Last in, first out needs no memory of what was before: whatever purchases are left out at the beginning, what remains of
the others is the same, so long as nothing goes back that came before them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple


class Moved(NamedTuple):
    """Goods that came (`qty` > 0, for `fen`), or went back (`qty` < 0), by one document on one day."""

    kind: str
    document_id: int
    number: str
    at: datetime
    day: date
    product_id: int
    qty: int
    fen: int


class Kept(NamedTuple):
    """What remains of a purchase: of `bought` for `paid_fen`, so many for so much."""

    kind: str
    document_id: int
    number: str
    day: date
    product_id: int
    bought: int
    paid_fen: int
    qty: int
    fen: int


def kept(moves: Iterable[Moved]) -> list[Kept]:
    """What remains of each purchase, in the order of time; a part costs its share of the purchase, rounded down.

    What goes back of goods that were never bought here takes nothing away.
    """
    came: list[Moved] = []
    left: list[int] = []
    stacks: dict[int, list[int]] = defaultdict(list)
    for move in sorted(moves, key=lambda item: (item.at, item.qty < 0, item.kind, item.document_id, item.product_id)):
        stack = stacks[move.product_id]
        if move.qty > 0:
            stack.append(len(came))
            came.append(move)
            left.append(move.qty)
        else:
            _take(stack, left, -move.qty)
    return [_remains(move, qty) for move, qty in zip(came, left, strict=True)]


def _take(stack: list[int], left: list[int], qty: int) -> None:
    while qty and stack:
        taken = min(qty, left[stack[-1]])
        left[stack[-1]] -= taken
        qty -= taken
        if not left[stack[-1]]:
            stack.pop()


def _remains(move: Moved, qty: int) -> Kept:
    fen = move.fen * qty // move.qty
    return Kept(move.kind, move.document_id, move.number, move.day, move.product_id, move.qty, move.fen, qty, fen)


class Owed(NamedTuple):
    """A change of what is owed: a charge (`fen` > 0) or what takes it away, on a day."""

    day: date
    fen: int


class Paid(NamedTuple):
    """Of what was due in a period, how much, and how much of it was paid in time."""

    due_fen: int
    in_time_fen: int


def paid_in_time(changes: Sequence[Owed], within_days: int, first: date, last: date) -> Paid:
    """Whoever pays, pays the oldest charge first; a charge is due `within_days` after its day.

    `changes` are all of the pair, in the order of the journal.
    """
    charges = [(item.day.toordinal() + within_days, item.fen) for item in changes if item.fen > 0]
    pays = sorted((item.day.toordinal(), -item.fen) for item in changes if item.fen < 0)
    due = in_time = 0
    n, left = 0, pays[0][1] if pays else 0
    for until, fen in charges:
        counts = first.toordinal() <= until <= last.toordinal()
        due += fen if counts else 0
        while fen and n < len(pays):
            part = min(fen, left)
            in_time += part if counts and pays[n][0] <= until else 0
            fen, left = fen - part, left - part
            if not left:
                n += 1
                left = pays[n][1] if n < len(pays) else 0
    return Paid(due, in_time)
