"""What counts, from the journals of goods and of money: the one place that knows which documents say it.

Each is one statement for many buyers of a seller at once. (S2.2)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from server.core import clock, db
from server.rebates.netting import Moved, Owed
from server.rebates.reckoning import Product

# Signed for as good, on the day of the receipt; given back, on the day on which it was counted; transferred on the
# seller's account. A moment is one of the journal, so what happened later is later here too.
_MOVED = """
SELECT i.buyer_id, 'order' AS kind, o.id AS document_id, o.number, r.received_at AS at, l.product_id,
       sum(l.received_qty)::bigint AS qty, sum(l.received_qty * l.price_fen)::bigint AS fen
FROM unnest($3::bigint[]) AS b (id)
JOIN goods_issue i ON i.root_id = $1 AND i.buyer_id = b.id AND i.state = 'received' AND i.seller_id = $2
JOIN receipt r ON r.root_id = i.root_id AND r.issue_id = i.id AND r.received_at >= $4 AND r.received_at < $5
JOIN orders o ON o.root_id = i.root_id AND o.id = i.order_id
JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id AND l.received_qty > 0
GROUP BY i.buyer_id, o.id, o.number, r.received_at, l.product_id
UNION ALL
SELECT g.buyer_id, 'return', g.id, g.number, g.received_at, x.product_id, -sum(x.received_qty)::bigint,
       -sum(x.received_qty * l.price_fen)::bigint
FROM unnest($3::bigint[]) AS b (id)
JOIN goods_return g ON g.root_id = $1 AND g.buyer_id = b.id AND g.seller_id = $2 AND g.received_at >= $4
                   AND g.received_at < $5
JOIN goods_return_lot x ON x.root_id = g.root_id AND x.return_id = g.id AND x.received_qty > 0
JOIN goods_return_line l ON l.root_id = x.root_id AND l.return_id = x.return_id AND l.line_no = x.line_no
GROUP BY g.buyer_id, g.id, g.number, g.received_at, x.product_id
UNION ALL
SELECT b.id, 'transfer', t.id, t.number, t.received_at, x.product_id,
       (sum(x.received_qty) * CASE WHEN t.to_org_id = b.id THEN 1 ELSE -1 END)::bigint,
       (sum(x.received_qty * l.price_fen) * CASE WHEN t.to_org_id = b.id THEN 1 ELSE -1 END)::bigint
FROM unnest($3::bigint[]) AS b (id)
JOIN transfer t ON t.root_id = $1 AND t.supplier_id = $2 AND (t.from_org_id = b.id OR t.to_org_id = b.id)
               AND t.from_org_id <> t.to_org_id AND t.received_at >= $4 AND t.received_at < $5
JOIN transfer_lot x ON x.root_id = t.root_id AND x.transfer_id = t.id AND x.received_qty > 0
JOIN transfer_line l ON l.root_id = x.root_id AND l.transfer_id = x.transfer_id AND l.line_no = x.line_no
GROUP BY b.id, t.id, t.number, t.received_at, t.to_org_id, x.product_id
"""

_OWED = """
SELECT e.buyer_id, e.occurred_on, CASE WHEN e.debit = 'receivable' THEN e.amount_fen ELSE -e.amount_fen END AS fen
FROM unnest($3::bigint[]) AS b (id)
JOIN ledger_entry e ON e.root_id = $1 AND e.seller_id = $2 AND e.buyer_id = b.id
WHERE 'receivable' IN (e.debit, e.credit) AND e.at < $4
ORDER BY e.id
"""

_PRODUCTS = """
WITH RECURSIVE up (product_id, category_id) AS (
    SELECT p.id, p.category_id FROM product p WHERE p.root_id = $1 AND p.id = ANY ($2::bigint[])
    UNION ALL
    SELECT u.product_id, c.parent_id FROM up u JOIN category c ON c.id = u.category_id WHERE c.parent_id IS NOT NULL
)
SELECT u.product_id, array_agg(u.category_id) AS categories, coalesce(max(k.unit_qty), 1) AS case_qty
FROM up u LEFT JOIN packaging k ON k.product_id = u.product_id AND k.is_default
GROUP BY u.product_id
"""


async def moved(root_id: int, seller_id: int, buyers: Sequence[int], first: date, last: date) -> dict[int, list[Moved]]:
    """What came to buyers from a seller and went back on some days."""
    begin, end = clock.between(first, last)
    found: dict[int, list[Moved]] = defaultdict(list)
    zone = clock.zone()
    for item in await db.rows(_MOVED, root_id, seller_id, list(buyers), begin, end):
        day = item["at"].astimezone(zone).date()
        about = (item["kind"], item["document_id"], item["number"], item["at"], day)
        found[item["buyer_id"]].append(Moved(*about, item["product_id"], item["qty"], item["fen"]))
    return found


async def owed(root_id: int, seller_id: int, buyers: Sequence[int], last: date) -> dict[int, list[Owed]]:
    """All changes of what buyers owe a seller until a day, in the journal's order."""
    found: dict[int, list[Owed]] = defaultdict(list)
    for item in await db.rows(_OWED, root_id, seller_id, list(buyers), clock.between(None, last)[1]):
        found[item["buyer_id"]].append(Owed(item["occurred_on"], item["fen"]))
    return found


async def products(root_id: int, ids: Collection[int]) -> dict[int, Product]:
    """The categories of products, all above included, and how many make a case."""
    found = await db.rows(_PRODUCTS, root_id, sorted(ids))
    return {item["product_id"]: Product(frozenset(item["categories"]), item["case_qty"]) for item in found}
