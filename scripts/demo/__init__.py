"""The demo world: a beverage and snack brand with its dealers, stores and half a year of trade.

What exists is planned by plain functions (`catalogue`, `network`, `cast`, `prices`, `season`) from the files in
`data/`; what happens is done by the system's own verbs at the moments at which it is said to have happened
(`archives`, `history`, `finale`), so that every journal, event and balance is as true as a real one.
"""
