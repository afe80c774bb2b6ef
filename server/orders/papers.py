"""The numbers of goods issues and receipts, for whoever shows what they moved."""

from __future__ import annotations

from collections.abc import Sequence

from server.core import db
from server.stock.counting import Holding
from server.stock.documents import Paper

_ISSUES = "SELECT id, number, id AS issue_id FROM goods_issue WHERE root_id = $1 AND id = ANY ($2::bigint[])"

_ORDERS = "SELECT id, number FROM orders WHERE root_id = $1 AND id = ANY ($2::bigint[])"

# A receipt has no number of its own: it is that of what was signed for.
_RECEIPTS = """
SELECT r.id, i.number, i.id AS issue_id FROM receipt r JOIN goods_issue i ON i.root_id = r.root_id AND i.id = r.issue_id
WHERE r.root_id = $1 AND r.id = ANY ($2::bigint[])
"""


async def _papers(sql: str, root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    found = await db.rows(sql, root_id, list(ids))
    return {item["id"]: Paper(item["number"], "goods_issue", item["issue_id"]) for item in found}


async def issue_papers(root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    """The numbers of goods issues."""
    return await _papers(_ISSUES, root_id, ids)


async def receipt_papers(root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    """The numbers of receipts: those of the goods issues that were signed for."""
    return await _papers(_RECEIPTS, root_id, ids)


async def holding_papers(root_id: int, held: Sequence[db.Row]) -> list[Holding]:
    """Reservations (product, lot, document, quantity) with the numbers of their orders."""
    found = await db.rows(_ORDERS, root_id, sorted({item["document_id"] for item in held}))
    papers = {item["id"]: Paper(item["number"], "order", item["id"]) for item in found}
    return [Holding(item["product_id"], item["lot_id"], item["qty"], papers[item["document_id"]]) for item in held]
