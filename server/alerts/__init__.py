"""Alerts about stock (库存预警, S3.1, D2.2, B2): too little, too much, near its end; and what to do about it.

Owns `alert_rule`, `alert_rule_set`, `alert_look`, `alert_digest`, `alert`, `alert_care`.

- **Rules** are data (`rules`): a threshold as a quantity or as days of cover, for everything, a category with those
  below it, or a product, perhaps of one warehouse. An org's own go before the defaults that the orgs above it give, the
  nearest first; of one org's the most specific holds. What nobody says: `BUILT_IN`.
- **Episodes** (`look`): an alert begins when the condition does and ends when it is over by a margin, so that it does
  not flap; there is one open at most for a warehouse, a product and a kind. What is on the way counts like what is
  there, so that nobody is told of what he has ordered. The schedule looks at what changed, once a day at everything.
- **Telling**: what began at one org in one look is one digest: one notice, one card.
- **Doing** (`service`): snooze, hand over, bring to the dealer's mind, order what is missing (`proposal`).
"""
