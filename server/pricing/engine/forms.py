"""What a rule can be, as data: people fill it in by form, tests write it in one line, the database keeps it as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

Fen = Annotated[int, msgspec.Meta(ge=1, le=10_000_000_000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
Bp = Annotated[int, msgspec.Meta(ge=1, le=10_000, description="hundredths of a percent off: 1500 is 15 % off, 八五折")]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Measure = Literal["amount", "qty", "cases"]


class Goods(msgspec.Struct, frozen=True):
    """A set of products: those named, and those of categories with all below; without any, all there are."""

    products: Annotated[tuple[Id, ...], msgspec.Meta(max_length=500)] = ()
    categories: Annotated[tuple[Id, ...], msgspec.Meta(max_length=100)] = ()
    but: Annotated[tuple[Id, ...], msgspec.Meta(max_length=500, description="products that are not among them")] = ()


class ThresholdStep(msgspec.Struct, frozen=True):
    """From so much on (fen, base units or whole cases), so much off: fen, or a part of the goods' price."""

    at: Fen
    off_fen: Fen | None = None
    off_bp: Bp | None = None

    def __post_init__(self) -> None:
        if (self.off_fen is None) == (self.off_bp is None):
            raise ValueError("满减的每一档写减多少元，或者打几折，两者选一")


class Threshold(msgspec.Struct, frozen=True, tag="threshold"):
    """满减, 满折: the highest step that is reached; or, with one step of fen, each time it is reached (每满).

    `on`: whether list prices are measured, or what other rules have left of them.
    """

    steps: Annotated[tuple[ThresholdStep, ...], msgspec.Meta(min_length=1, max_length=9)]
    goods: Goods = Goods()
    by: Measure = "amount"
    each: bool = False
    on: Literal["list", "net"] = "list"

    def __post_init__(self) -> None:
        _ascending([step.at for step in self.steps], "门槛要一档比一档高")
        if len({step.off_fen is None for step in self.steps}) != 1:
            raise ValueError("各档都减钱，或者都打折，不能混用")
        _ascending([step.off_fen or step.off_bp or 0 for step in self.steps], "优惠要一档比一档大")
        if self.each and (len(self.steps) > 1 or self.steps[0].off_fen is None):
            raise ValueError("“每满”只能有一档，并且是减钱")
        if self.by == "amount" and any((step.off_fen or 0) > step.at for step in self.steps):
            raise ValueError("减的钱不能比门槛还多")


class Discount(msgspec.Struct, frozen=True, tag="discount"):
    """折扣, 立减, 特价: on each base unit a part of its price off, or so many fen, or one price for all."""

    goods: Goods = Goods()
    off_bp: Bp | None = None
    off_fen: Fen | None = None
    price_fen: Fen | None = None

    def __post_init__(self) -> None:
        if sum(given is not None for given in (self.off_bp, self.off_fen, self.price_fen)) != 1:
            raise ValueError("打折、立减、特价三者选一")


class GiftItem(msgspec.Struct, frozen=True):
    """So many base units of a product; without a product, of the one that is bought."""

    qty: Count
    product_id: Id | None = None


class GiftStep(msgspec.Struct, frozen=True):
    """From so much on, these gifts."""

    at: Fen
    gifts: Annotated[tuple[GiftItem, ...], msgspec.Meta(min_length=1, max_length=5)]


class GiftForm(msgspec.Struct, frozen=True, tag="gift"):
    """买赠: the highest step that is reached, or with one step each time it is reached (买十赠一).

    Where what is bought is what is given, each product counts by itself.
    """

    steps: Annotated[tuple[GiftStep, ...], msgspec.Meta(min_length=1, max_length=9)]
    goods: Goods = Goods()
    by: Measure = "qty"
    each: bool = True

    def __post_init__(self) -> None:
        _ascending([step.at for step in self.steps], "门槛要一档比一档高")
        if self.each and len(self.steps) > 1:
            raise ValueError("“每买”只能有一档")

    @property
    def of_the_same(self) -> bool:
        """Whether what is bought is what is given."""
        return any(gift.product_id is None for step in self.steps for gift in step.gifts)


class BundlePart(msgspec.Struct, frozen=True):
    """So many base units of any of these products."""

    products: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1, max_length=100)]
    qty: Count


class Bundle(msgspec.Struct, frozen=True, tag="bundle"):
    """组合价, 任选: one price for a set of parts; of products to choose from the dearest come first."""

    parts: Annotated[tuple[BundlePart, ...], msgspec.Meta(min_length=1, max_length=9)]
    price_fen: Fen

    def __post_init__(self) -> None:
        named = [product for one in self.parts for product in one.products]
        if len(set(named)) != len(named):
            raise ValueError("同一个商品只能出现在组合的一个部分里")


Form = Threshold | Discount | GiftForm | Bundle


class Limits(msgspec.Struct, frozen=True):
    """How much of a rule there is. One time: a threshold reached, a bundle, gifts once, one discounted base unit.

    `total_fen` is what it may cost in all, gifts at their list price.
    """

    per_order: Count | None = None
    per_buyer: Count | None = None
    total: Count | None = None
    total_fen: Fen | None = None


class Stacking(msgspec.Struct, frozen=True):
    """What goes with what on one line.

    The higher priority comes first. Of rules of a `group` one holds per line, the first; of those with one priority the
    one that saves the buyer most. A rule that does not combine has its lines for itself.
    """

    priority: Annotated[int, msgspec.Meta(ge=-99, le=99)] = 0
    group: Annotated[str, msgspec.Meta(max_length=30)] = ""
    combines: bool = True


class Rule(msgspec.Struct, frozen=True):
    """A rule, whole."""

    form: Form
    limits: Limits = Limits()
    stacking: Stacking = Stacking()
    first_order: bool = False
    below_floor: bool = False


def shares_nothing(rule: Rule) -> bool:
    """Whether what a line gets by the rule can only grow when another line is added.

    Not so where lines share an amount, a limit or a group, or where other rules' outcome is measured.
    """
    form = rule.form
    by_line = isinstance(form, Discount) or (
        isinstance(form, Threshold) and form.steps[0].off_bp is not None and form.on == "list"
    )
    return by_line and rule.limits == Limits() and rule.stacking.combines and not rule.stacking.group


def goods_of(form: Form) -> Goods:
    """The products that a form looks at."""
    if isinstance(form, Bundle):
        return Goods(products=tuple(product for one in form.parts for product in one.products))
    return form.goods


def _ascending(values: Sequence[int], otherwise: str) -> None:
    if any(after <= before for before, after in pairwise(values)):
        raise ValueError(otherwise)
