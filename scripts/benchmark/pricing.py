"""`python -m scripts.benchmark.pricing`: what the pricing engine costs in CPU, without a database.

A cart of 200 lines of 200 products in 20 categories, under 1,000 rules in force. Three mixes: `usual` (most rules
name products or a category, of which the cart has few or many), `all match` (each rule is about a product of the cart),
and `competing` (each rule is in one of 50 exclusive groups, so all of a group are compared). Every rule is evaluated;
nothing is kept from one run to the next.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median

from server.pricing.engine import Basket, Bundle, Discount, Form, GiftForm, GiftGoods, Goods, Line, Offer, Rule, price
from server.pricing.engine.forms import BundlePart, GiftItem, GiftStep, Stacking, Threshold, ThresholdStep

LINES, RULES, CATALOGUE, CATEGORIES, RUNS = 200, 1_000, 2_000, 20, 60
Chance = random.Random


def basket(rules: Callable[[Chance, int], Rule]) -> Basket:
    """The cart, the same each time."""
    chance = Chance(20261125)
    bought = chance.sample(range(1, CATALOGUE + 1), LINES)
    lines = tuple(
        Line(f"{n:04}", product, chance.randrange(12, 240), 400, 350, 250, f"商品{product}", "瓶",
             (1000 + product % CATEGORIES, 1), 12)
        for n, product in enumerate(bought)
    )  # fmt: skip
    offers = tuple(Offer(n, f"活动{n}", rules(chance, bought[n % LINES])) for n in range(1, RULES + 1))
    return Basket(lines, offers, tuple(GiftGoods(product, 500, 500) for product in range(9001, 9011)))


def _form(chance: Chance, goods: Goods, product: int) -> Form:
    """Six of ten are discounts, two gifts, one each a threshold and a bundle."""
    kind = chance.randrange(10)
    if kind < 6:
        return Discount(goods, off_bp=chance.choice([500, 1000, 1500]))
    if kind < 8:
        return GiftForm((GiftStep(120, (GiftItem(6, chance.choice([None, 9001, 9005])),)),), goods)
    if kind == 8:
        return Threshold((ThresholdStep(50_000, 2_000), ThresholdStep(100_000, 6_000)), goods)
    return Bundle((BundlePart((product,), 2), BundlePart((product + 1, product + 2), 1)), 900)


def usual(chance: Chance, _: int) -> Rule:
    """About anything in the catalogue: 1 to 20 products, one of ten a category, one of a hundred everything."""
    product = chance.randrange(1, CATALOGUE)
    goods = Goods(products=tuple(chance.sample(range(1, CATALOGUE + 1), chance.randrange(1, 21))))
    among = chance.randrange(100)
    if among < 10:
        goods = Goods(categories=(1000 + chance.randrange(CATEGORIES),))
    elif among == 10:
        goods = Goods()
    return Rule(_form(chance, goods, product))


def all_match(chance: Chance, product: int) -> Rule:
    """About one product of the cart each."""
    return Rule(_form(chance, Goods(products=(product,)), product))


def competing(chance: Chance, product: int) -> Rule:
    """The same, twenty rules of a group competing."""
    group = Stacking(group=f"组{chance.randrange(50)}")
    return Rule(_form(chance, Goods(products=(product,)), product), stacking=group)


def main() -> None:
    """Print milliseconds of CPU: the best run, the median, the worst."""
    print(f"{LINES} lines, {RULES} rules, {RUNS} runs; CPU in ms")
    print(f"{'':12}{'best':>8}{'median':>8}{'worst':>8}{'applied':>9}")
    for mix in (usual, all_match, competing):
        cart = basket(mix)
        took = []
        for _ in range(RUNS):
            begun = time.process_time_ns()
            priced = price(cart)
            took.append((time.process_time_ns() - begun) / 1e6)
        name = mix.__name__.replace("_", " ")
        print(f"{name:12}{min(took):8.2f}{median(took):8.2f}{max(took):8.2f}{len(priced.used):9}")


if __name__ == "__main__":
    main()
