"""What each seller asks of its buyers, and within which limits.

Owns `price_list`, `price`, `guide_price` and `org.sets_prices`. A list is a seller's for a group of its buyers, or for
one of them; its entries have a first day and, where they are temporary, a last one. `resolve.py` says which entry and
which limits hold on a day. Nothing is offered outside the limits.
(S1.3 pricing, D5.3, T1)
"""
