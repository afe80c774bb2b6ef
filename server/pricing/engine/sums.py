"""The two ways in which fen are split: over lines that share them, and over parts of a line that come one by one."""

from __future__ import annotations

from collections.abc import Sequence

WHOLE_BP = 10_000
"""Percents are integers in hundredths of a percent (basis points)."""


def share(fen: int, bp: int) -> int:
    """So many basis points of an amount, half up."""
    return (fen * bp + WHOLE_BP // 2) // WHOLE_BP


def part(fen: int, qty: int, of: int) -> int:
    """What the first `qty` of `of` units cost, of which all cost `fen`.

    Parts that come one after another (approved, issued, received) are differences of this, so they add up to the
    whole, whatever their number and order. Without a discount it is plainly `qty` times the price.
    """
    return fen * qty // of


def allot(fen: int, weights: Sequence[int], most: Sequence[int]) -> list[int]:
    """Split an amount in proportion to weights, to each at most so much: by largest remainder, ties in order.

    What one cannot take goes to the others in the same proportion. The parts add up to `fen`, or to all that can be
    taken where that is less.
    """
    given = [0] * len(weights)
    left = min(fen, sum(most))
    open_ones = [n for n, limit in enumerate(most) if limit > 0]
    while left:
        pieces = _proportional(left, weights, open_ones)
        full = {n for n, piece in pieces.items() if piece >= most[n]}
        if not full:
            for n, piece in pieces.items():
                given[n] = piece
            break
        for n in full:
            given[n] = most[n]
            left -= most[n]
        open_ones = [n for n in open_ones if n not in full]
    return given


def _proportional(fen: int, weights: Sequence[int], among: Sequence[int]) -> dict[int, int]:
    total = sum(weights[n] for n in among)
    if total == 0:  # nothing to go by: one after another
        each, rest = divmod(fen, len(among))
        return {n: each + (place < rest) for place, n in enumerate(among)}
    pieces = {n: fen * weights[n] // total for n in among}
    rest = fen - sum(pieces.values())
    for n in sorted(among, key=lambda n: (-(fen * weights[n] % total), n))[:rest]:
        pieces[n] += 1
    return pieces
