"""Stocktakes (盘点, D2.3): what lies in a warehouse is counted, compared with the books, and the books are put right.

Owns `stocktake`, `stocktake_session`, `stocktake_entry`, `stocktake_recount`, `stocktake_line`, `stocktake_plan`,
`stocktake_setting`.

People scan into sessions of kind `count` (server/stock/sessions.py), as many at once as there are phones, or type
figures; both add up. Goods go on moving meanwhile, so what is compared is one moment per product and lot:

- Its moment is that of its last scan, or typed figure. A scan's moment is that of the phone, but not after it arrived
  and not before the counting began.
- Its book figure is what the journal says of that moment: what there is, less all that has moved since. A move at the
  very moment was before it. Working it out again later gives the same.
- Its difference is what was counted less that figure. The adjustment moves just the difference, so whatever came or
  went after the moment stays as it is booked.
- Goods that moved between the first and the last scan of a product and lot may have been counted or not: the line is
  marked (`unsure`), and better counted again.

Which lot. A scan that names its lot, or a day that a lot of the place has, counts for that lot. What is counted
without one is spread over the lots on the books that were not named (rules.py): what is missing is missing of those
that expire first, for those are sold first; what is more than the books is put to the one that expires first, so that
nothing is taken for fresher than it may be. But no lot is filled with less than documents hold of it while there is
enough.

A recount is one of whole products: of what was counted before, nothing of them stands. What is in the scope and was
not counted is decided: as zero, or left as it is. What was counted outside the scope is shown and never adjusted. A
difference is valued at what the org's supplier asks for the goods (server/stock/insight.py), as stock is everywhere.

Gains and losses together above the org's limit need an approval, by the steps the org has set; whoever submitted them
does not decide, but for an administrator. A rejected stocktake is over; what differs is counted anew in another one.
No line is adjusted below what is held in reserve, or below zero: it is named with the documents that hold it, nothing
is booked, and the line can be left out or counted again.

Blind: whoever may not decide about counts (`stock.count`) is told no book figure, difference or value, by any answer of
this module, for as long as it lasts.
"""
