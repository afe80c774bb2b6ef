"""Categories, products, packagings with their GTINs, and what each seller asks of each group of its buyers.

Owns `category`, `product`, `packaging`, `price`. A product is offered to a buyer when its supplier has a price for
the buyer's price group, within the guide price's limits of the day. Every GTIN is kept as GTIN-14 with a valid check
digit (GS1 General Specifications 7.9).
(T1, T2, S1.3 pricing, D5.3)
"""
