"""Prices outside the limits, asked of the brand for one buyer and a time, with a reason. (D5.3)

Owns `price_exception`. Whoever sets a seller's prices asks; the brand decides in the steps of its flow for price
exceptions, rep first. Approved, it is an entry of the buyer's list that is offered although it lies outside the limits.
"""
