"""Which units make a bundle: of products to choose from the dearest, and as many bundles as save something."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.pricing.engine.forms import Bundle, BundlePart
from server.pricing.engine.sheet import Row


class Bundles:
    """How a bundle could be made of these lines, so many times."""

    def __init__(self, form: Bundle, rows: Sequence[Row]) -> None:
        self.form = form
        self._parts = [(one, _dearest_first(rows, one)) for one in form.parts]

    def possible(self) -> int:
        """How many times there are goods for all parts."""
        return min(sum(row.line.qty for row in rows) // one.qty for one, rows in self._parts)

    def picked(self, times: int) -> dict[Row, int]:
        """How many units of each line so many bundles take."""
        picked: dict[Row, int] = {}
        for one, rows in self._parts:
            left = one.qty * times
            for row in rows:
                qty = min(left, row.line.qty)
                if qty:
                    picked[row] = qty
                    left -= qty
        return picked

    def saved(self, times: int) -> int:
        """What so many bundles cost less than their goods; never less than nothing."""
        return max(0, sum(row.part(qty) for row, qty in self.picked(times).items()) - self.form.price_fen * times)

    def worth_while(self, most: int, fen: int | None) -> int:
        """So many bundles that one more would save nothing, or more than the budget has.

        The dearest units go first, so each bundle saves less than the one before: it is enough to look for the end.
        """
        times = _last(most, lambda n: self.saved(n) > self.saved(n - 1))
        return times if fen is None else _last(times, lambda n: self.saved(n) <= fen)


def _dearest_first(rows: Sequence[Row], one: BundlePart) -> list[Row]:
    named = set(one.products)
    return sorted((r for r in rows if r.line.product_id in named), key=lambda r: (-r.amount / r.line.qty, r.n))


def _last(most: int, holds: Callable[[int], bool]) -> int:
    """The last of 1..most for which it holds, where it holds for all before; 0 for none."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
