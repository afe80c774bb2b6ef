"""Rules: what a seller asks of its buyers' orders.

Owns `order_rule`, `order_rule_set` and `calendar_day`: the least amount of an order, least quantities and multiples of
goods, the days on which the seller delivers. They are data that the seller edits; placing an order looks at them in the
statement that places it (`queries.RULES`), and a quote tells in the same words what is missing. (D1.1, S2.1)
"""
