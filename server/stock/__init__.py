"""Stock: a double-entry journal of goods.

Owns `location`, `lot`, `stock_balance`, `stock_move`, `reservation`, `stock_setting`; `scan_session`, `scan`,
`scan_solution`; `stock_snapshot`, `stock_snapshot_head`; `sale_day`, `till_sale`; `freshness_rule`. Every move has two
ends, so goods can neither appear nor vanish; balances change in the transaction of the move. Balance rows are locked in
one order (location, product, lot) everywhere, so that concurrent orders cannot deadlock. (S3.1, D2.1, T4)

Of whom the rooms are: `service` what orders do with goods · `places` warehouses · `sessions`, `finishing` scanning ·
`till`, `sales` sell-through · `history`, `snapshots`, `documents` what moved, and what there was · `insight`,
`freshness` value, pace and age · `listing` lot by lot · `words` places and reasons.

A lot belongs to the whole brand. Goods that nobody parts by lots are the lot `''` of their product and expire at
`infinity`, as does all of which no end is known: they leave last, never spoil, and the API shows no day for them.
"""
