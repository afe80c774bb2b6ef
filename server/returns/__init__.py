"""Returns (退货, S3.3): a buyer gives goods back to whom he bought them from, a store to its dealer, he to the brand.

Owns `goods_return`, `goods_return_line`, `goods_return_lot`. Asked for with a reason and photos for each line; decided
by the seller's people in the steps that they have set, in full or in part; sent; counted into the seller's quarantine;
and credited then, once.

At most what he bought there comes back: what he signed for as good, and what was transferred to him on that seller's
account, less what he gave back before or asks to give back. Two requests of one buyer wait for each other.

Price: the average of what he bought there and has not given back yet, at the moment when he asks. Each line says how
many were bought for how much, and takes its part of that amount; less when less may come back, nothing when it is
refused or called off. What it leaves is there for the next return, so credits add up to the fen (`credit`): who gives
everything back is credited exactly what he paid, nobody more, whatever the prices were. What is short on the way takes
its part of the line's amount with it and is not credited.

The goods lie in one of the buyer's warehouses, or in his quarantine, which is how what came back from a store goes on
to the brand. They are held from the request on: a return is of goods that are there. Expired lots go back as well as
good ones, first those that expire first; a lot that is called back only for that reason, or where it is named.

What arrived as agreed lies in quarantine until `stock.quarantine` says what comes of it. What is short, or was broken
on the way, is the buyer's loss: he is answerable until the goods are counted, as the giver of a transfer is.

`states` the table of transitions · `asking` who may give back what · `credit` for how much · `service` the other
verbs · `returnable` what could go back · `views` as they are shown · `note` to print · `hooks` what else was bought
"""
