"""What a basket costs under all rules in force, and why: one pure function, `price(Basket) -> Priced`.

No database, no clock, no randomness: what it depends on stands in the basket. So the cart, the submit and a what-if
get the same answer, and every claim below is tried by tests/pricing/engine with baskets that nobody thought of.
(T1, D5.2, S2.2)

How to read it, from the outside in:

    forms.py     what a rule can be: threshold (满减, 满折), discount (折扣, 立减, 特价), gift (买赠), bundle (组合价);
                 limits, stacking
    basket.py    what goes in and what comes out
    price.py     the way of a basket through all its rules
    stacking.py  which rule comes before which, and which excludes which
    sheet.py     the lines while they are being priced
    apply.py     what each form does to them; bundles.py: which units make a bundle
    hints.py     what is missing to the next step
    sums.py      the two ways in which fen are split
    words.py     all of it in words

What holds, always:

- A line never falls below its floor (or below its list price, where an approved exception set that lower) unless a
  rule says `below_floor`; never below zero. Gifts are lines of their own, at zero: they say so by their nature. Credit
  is the buyer's own money and no price: floors do not hold it.
- The steps of a line begin at its guide price and end at what it costs; each begins where the one before ended. What
  a rule took off several lines is split by largest remainder, so that the parts are the whole to the fen.
- The order in which lines or offers are given does not matter; ties are broken by key and id.
- A rule that looks at each line by itself never makes a line dearer because another was added (`shares_nothing`). One
  that shares an amount may move it between its lines; thresholds and gifts that combine, of one priority and without
  limits, never make all the others together dearer. For that thresholds measure list prices: where a rule measures
  what other rules have left (`on="net"`), a further line can take back what was reached already, and the rule says so.
- Nothing is used beyond what is left of a limit: a time is given whole or not at all.
"""

from server.pricing.engine.basket import (
    Basket,
    Gift,
    GiftGoods,
    Hint,
    Left,
    Line,
    LinePriced,
    Offer,
    Priced,
    Step,
    Used,
)
from server.pricing.engine.forms import Bundle, Discount, Form, GiftForm, Goods, Rule, Threshold, shares_nothing
from server.pricing.engine.price import price
from server.pricing.engine.sums import part

__all__ = [
    "Basket",
    "Bundle",
    "Discount",
    "Form",
    "Gift",
    "GiftForm",
    "GiftGoods",
    "Goods",
    "Hint",
    "Left",
    "Line",
    "LinePriced",
    "Offer",
    "Priced",
    "Rule",
    "Step",
    "Threshold",
    "Used",
    "part",
    "price",
    "shares_nothing",
]
