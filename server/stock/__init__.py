"""Stock: a double-entry journal of goods.

Owns `location`, `lot`, `stock_balance`, `stock_move`, `reservation`. Every move has two ends, so goods can neither
appear nor vanish; balances change in the transaction of the move. Balance rows are locked in one order (location,
product, lot) everywhere, so that concurrent orders cannot deadlock. (S3.1, D2.1)
"""
