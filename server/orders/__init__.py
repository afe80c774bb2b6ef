"""Orders: one engine for every level of the channel.

A dealer buying from the brand, a county dealer buying from a regional one and a store restocking at its dealer are
the same order with other parties. Owns `orders`, `order_line`, `order_event`, `goods_issue`, `goods_issue_line`,
`receipt`. `service.py` is the life of an order from top to bottom; `states.py` the one table of its transitions;
`submit.py` the one statement in which an order is placed; `views.py` what is shown of it; `shelf.py` what a buyer can
order; `note.py` the printed goods issue note. (S2.1, D1, T1, T3)
"""
