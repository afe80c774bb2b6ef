"""Money: a double-entry journal between each seller and each of its buyers.

Owns `ledger_entry` (append-only), `payment`, the document of money received, and `trade_account`, the running totals
of one pair with its credit limit.
Exposure = receivable + approved but not issued − prepaid; an approval that would pass the limit is refused or needs
a role that may pass it. Amounts are integer fen. (S2.3, D4)
"""
