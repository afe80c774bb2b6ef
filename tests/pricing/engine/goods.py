"""A small shop: what the tests of the pricing engine buy. Fen per base unit."""

from __future__ import annotations

import msgspec

from server.pricing.engine import Basket, Form, GiftGoods, Left, Line, Offer, Rule
from server.pricing.engine.basket import Source
from server.pricing.engine.forms import Limits, Stacking

DRINKS, FOOD = 100, 200

COLA = Line("1", 1, 0, 350, 300, 250, "可乐", "瓶", (101, DRINKS), 24)
"""¥3.00 a bottle, 24 in a case (¥72), not below ¥2.50; guide price ¥3.50."""
TEA = Line("2", 2, 0, 400, 400, 320, "绿茶", "瓶", (102, DRINKS), 12)
"""¥4.00 a bottle, 12 in a case (¥48), not below ¥3.20."""
NOODLES = Line("3", 3, 0, 250, 250, 200, "方便面", "包", (FOOD,), 20)
"""¥2.50 a bag, 20 in a case (¥50), not below ¥2.00."""
MILK = Line("4", 4, 0, 6500, 6000, 5000, "牛奶礼盒", "盒", (DRINKS,), 1)
"""¥60.00 a box, not below ¥50.00."""
TISSUES = GiftGoods(9, 500, 500, "纸巾", "提")
"""Only ever given: worth ¥5.00."""

FREE = 1
"""A floor that holds nobody up."""


def of(goods: Line, qty: int) -> Line:
    """So many base units of it."""
    return msgspec.structs.replace(goods, qty=qty)


def open_priced(goods: Line, qty: int, key: str = "") -> Line:
    """The same without a floor to speak of."""
    return msgspec.structs.replace(goods, key=key or goods.key, qty=qty, floor_fen=FREE)


def offer(
    form: Form,
    no: int = 1,
    *,
    limits: Limits = Limits(),
    stacking: Stacking = Stacking(),
    left: Left = Left(),
    source: Source = "promotion",
    first_order: bool = False,
    below_floor: bool = False,
) -> Offer:
    """A rule in force."""
    return Offer(no, f"活动{no}", Rule(form, limits, stacking, first_order, below_floor), source, left)


def basket(*lines: Line, offers: tuple[Offer, ...] = (), first_order: bool = False, credit_fen: int = 0) -> Basket:
    """What is bought, under these rules; tissues can be given."""
    return Basket(lines, offers, (TISSUES,), first_order, credit_fen)
