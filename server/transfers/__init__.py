"""Transfers (调拨, S3.3): goods change their warehouse, or their owner, without having been ordered.

Owns `transfer`, `transfer_line`, `transfer_lot`. Three kinds:

- within one org, between two of its warehouses. No money.
- between two dealers of the same supplier. It is the supplier who proposes it and whose people decide, for dealers do
  not see each other; the giver agrees by sending the goods, and may cancel until then.
- between a supplier and one of its dealers, proposed by either, decided by the supplier.

Money: two dealers do not trade with each other and often may not, and a pair of accounts between them would be one that
no price list, credit limit or statement knows. So the goods go back to the supplier on paper and from him to the taker,
as it is done in practice: what arrived well is credited to the giver, at the price at which he last bought the product
from this supplier, and charged to the taker at the same price, each in his own account with the supplier, who neither
gains nor loses. A giver who never bought it there is credited what the supplier asks him today, else the guide price;
each line says which of them it is. Where the supplier himself gives or takes, only the dealer's side is booked. The
taker's credit counts it from the approval on. Short and damaged goods are the giver's loss: he is answerable until they
are counted. Dealers of different suppliers transfer in two steps, by way of those.
"""
