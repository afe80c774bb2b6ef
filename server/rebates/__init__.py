"""Rebates (返利, S2.2): a seller gives its buyers money back for what they bought in a period, as was agreed before.

Owns `rebate_agreement`, `rebate_party` (a list of buyers), `rebate_progress` (a projection), `rebate_run`,
`rebate_entry` (what was credited, and corrected) and `rebate_use`.

An agreement says for whom, for which periods, and by which terms. A term measures one thing (amount, quantity, growth
against the same days a year before, the share of some goods, payment in time) and says what is given from which step
on. Terms that `must` be reached give nothing by themselves alone: without them the whole rebate is 0.

What counts is what was signed for as good, on the day of the receipt, at its price; and what was transferred on the
seller's account. Goods that go back take away the latest purchase of the product (`netting`), be it of a period that is
settled: then a correction follows. Nobody is asked to remember any of it: all figures are worked out from the journals,
`rebate_progress` holds them for lists, and a test compares.

Settled rebates stand in the pair's `rebate credit`, which pays what is owed (`credit`). A correction takes from the
credit what is there, and the rest is owed again; so credit never falls below nothing.

`terms`, `periods`, `netting`, `reckoning` plain rules without a database · `sources` what counts, from the journals ·
`service` the life of an agreement · `accrual` the projection · `settling` runs, entries, corrections · `credit` its use
· `views`, `statement` as they are shown
"""
