"""Customers: the stores and persons that buy from a dealer, with tags, segments and what they have bought. (D3.2)

A customer is an org of kind store, with or without an account; its archive is the channel's. Owns `customer_tag` and
`segment`, and reads what orders say of a buyer. Stands above orders, which know nothing of it.
"""
