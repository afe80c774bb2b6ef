"""The world at size: a channel after years of trade, and what every list and search costs in it.

`scripts/world` makes it, set-based, and measures. Small editions of it serve the tests of plans. Its figures hang
together as those of real trade do: the checks of the invariants hold on it.
"""
