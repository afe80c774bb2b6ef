"""The lines of a basket while they are being priced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.pricing.engine.basket import Basket, Line, Offer, Step
from server.pricing.engine.forms import Goods, Measure
from server.pricing.engine.sums import part


class Row:
    """A line, what it costs so far, and which rules have had it."""

    __slots__ = ("amount", "groups", "least", "line", "list_fen", "n", "steps", "taken", "touched")

    def __init__(self, n: int, line: Line) -> None:
        self.n, self.line = n, line
        self.list_fen = self.amount = line.list_fen * line.qty
        self.least = min(line.list_fen, line.floor_fen)  # an approved exception may lie below the floor
        self.steps: list[Step] = []
        self.groups: set[str] = set()
        self.touched = self.taken = False

    def open_to(self, offer: Offer) -> bool:
        """Whether a rule may have this line after those that have had it."""
        stacking = offer.rule.stacking
        if self.taken or (self.touched and not stacking.combines):
            return False
        return stacking.group not in self.groups

    def room(self, below_floor: bool) -> int:
        """What may still be taken off the whole line."""
        return self.amount if below_floor else max(0, self.amount - self.least * self.line.qty)

    def part(self, qty: int) -> int:
        """What so many of its units cost so far."""
        return part(self.amount, qty, self.line.qty)

    def mark(self, offer: Offer) -> None:
        """Remember that a rule has had this line."""
        self.touched = True
        self.taken = self.taken or not offer.rule.stacking.combines
        if offer.rule.stacking.group:
            self.groups.add(offer.rule.stacking.group)


class Sheet:
    """All lines in the order of their keys, found by product and by category."""

    def __init__(self, basket: Basket) -> None:
        self.basket = basket
        self.rows = [Row(n, line) for n, line in enumerate(sorted(basket.lines, key=_place))]
        self.gifts = {goods.product_id: goods for goods in basket.gifts}
        self._products: dict[int, list[Row]] = {}
        self._categories: dict[int, list[Row]] = {}
        for row in self.rows:
            self._products.setdefault(row.line.product_id, []).append(row)
            for category in row.line.categories:
                self._categories.setdefault(category, []).append(row)

    def among(self, goods: Goods) -> list[Row]:
        """The lines of a set of products; what it costs depends on what is named, not on how many lines there are."""
        if not goods.products and not goods.categories:
            found = self.rows
        elif not goods.categories and len(goods.products) == 1:
            found = self._products.get(goods.products[0], [])
        else:
            found = self._named(goods)
        if goods.but and found:
            out = set(goods.but)
            found = [row for row in found if row.line.product_id not in out]
        return found

    def _named(self, goods: Goods) -> list[Row]:
        named: dict[int, Row] = {}
        for product in goods.products:
            for row in self._products.get(product, ()):
                named[row.n] = row
        for category in goods.categories:
            for row in self._categories.get(category, ()):
                named[row.n] = row
        return list(named.values()) if len(named) < 2 else [named[n] for n in sorted(named)]


def _place(line: Line) -> tuple[str, int, int]:
    return line.key, line.product_id, line.qty


def measured(rows: Sequence[Row], by: Measure, on: str = "list") -> int:
    """What a threshold looks at: fen, base units or whole cases of each product."""
    if by == "amount":
        return sum(row.amount if on == "net" else row.list_fen for row in rows)
    if by == "qty":
        return sum(row.line.qty for row in rows)
    return sum(sum(row.line.qty for row in same) // same[0].line.case_qty for same in by_product(rows))


def by_product(rows: Iterable[Row]) -> list[list[Row]]:
    """Lines of one product together, in the order of their first ones."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.line.product_id, []).append(row)
    return list(found.values())
