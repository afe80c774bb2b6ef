"""What parts of an amount are worth when goods go back: an average that loses no fen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Part(NamedTuple):
    """So many of `whole_qty`, which are worth `whole_fen`; parts with one `of` are parts of the same."""

    of: int
    qty: int
    whole_qty: int
    whole_fen: int


def credits_of(parts: Iterable[Part]) -> list[int]:
    """What each part comes to, in fen (S3.3).

    After each part, all parts of the same until then have come to ⌊whole amount × their quantity ÷ whole quantity⌋; a
    part comes to what it adds to that. So, in whatever pieces goods go back, parts never pass the whole amount, and all
    of them are exactly that.
    """
    given: Counter[int] = Counter()
    credited: Counter[int] = Counter()
    worth = []
    for part in parts:
        given[part.of] += part.qty
        fen = part.whole_fen * given[part.of] // part.whole_qty - credited[part.of]
        credited[part.of] += fen
        worth.append(fen)
    return worth
