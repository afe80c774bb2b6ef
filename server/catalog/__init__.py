"""Categories, products, packagings with their GTINs.

Owns `category`, `product`, `packaging`. Every GTIN is kept as GTIN-14 with a valid check digit (GS1 General
Specifications 7.9). What a product costs whom is the matter of `server.pricing`; its own floor, guide and ceiling
hold where no guide price of a grade or region does.
(T1, T2)
"""
