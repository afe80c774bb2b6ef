"""What goes into the engine and what comes out. All amounts are integer fen, all quantities base units."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.pricing.engine.forms import Rule

Source = Literal["policy", "promotion"]


class Line(msgspec.Struct, frozen=True):
    """A line of a basket. `key` orders the lines where nothing else does; prices are those of one base unit.

    `categories`: the product's own and all above it. `case_qty`: base units of what people call a case.
    """

    key: str
    product_id: int
    qty: int
    guide_fen: int
    list_fen: int
    floor_fen: int
    name: str = ""
    base_unit: str = "件"
    categories: tuple[int, ...] = ()
    case_qty: int = 1
    case_name: str = "箱"


class GiftGoods(msgspec.Struct, frozen=True):
    """A product that can be given; prices are those of one base unit."""

    product_id: int
    guide_fen: int
    list_fen: int
    name: str = ""
    base_unit: str = "件"


class Left(msgspec.Struct, frozen=True):
    """What is left of a rule for this buyer; None: without end."""

    times: int | None = None
    fen: int | None = None


class Offer(msgspec.Struct, frozen=True):
    """A rule in force for the two parties on this day, with what is left of it."""

    id: int
    name: str
    rule: Rule
    source: Source = "promotion"
    left: Left = Left()


class Basket(msgspec.Struct, frozen=True):
    """All that a price depends on. `credit_fen`: rebate credit that the buyer wants to use, at most."""

    lines: tuple[Line, ...]
    offers: tuple[Offer, ...] = ()
    gifts: tuple[GiftGoods, ...] = ()
    first_order: bool = False
    credit_fen: int = 0


class Step(msgspec.Struct, frozen=True):
    """One step of a line's price, for the whole line: from `before_fen` to `after_fen`, by a rule or by a list."""

    kind: Literal["list", "policy", "promotion", "gift", "credit"]
    words: str
    before_fen: int
    after_fen: int
    rule_id: int | None = None


class LinePriced(msgspec.Struct, frozen=True):
    """A line with what it costs and why; `credit_fen` of the way down was the buyer's own credit."""

    key: str
    list_fen: int
    amount_fen: int
    credit_fen: int
    steps: tuple[Step, ...]


class Gift(msgspec.Struct, frozen=True):
    """Goods that come free, as a line of their own; `of` is the first line that earned them."""

    product_id: int
    qty: int
    rule_id: int
    of: str
    guide_fen: int
    list_fen: int
    steps: tuple[Step, ...]


class Used(msgspec.Struct, frozen=True):
    """What a basket takes of a rule: how many times, what it costs the seller, on how many base units."""

    rule_id: int
    times: int
    fen: int
    qty: int


class Hint(msgspec.Struct, frozen=True):
    """What is missing to the next step of a rule: fen, base units or whole cases; `by` says which."""

    rule_id: int
    words: str
    by: Literal["amount", "qty", "cases"]
    missing: int


class Priced(msgspec.Struct, frozen=True):
    """What a basket costs and why."""

    lines: tuple[LinePriced, ...]
    gifts: tuple[Gift, ...]
    used: tuple[Used, ...]
    hints: tuple[Hint, ...]

    @property
    def total_fen(self) -> int:
        """What is to be paid."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def saved_fen(self) -> int:
        """What rules took off list prices; without gifts and credit."""
        return sum(line.list_fen - line.amount_fen - line.credit_fen for line in self.lines)
