"""HTTP of approvals."""

from __future__ import annotations

import msgspec

from server.approvals import service
from server.approvals.schemas import ApprovalFilter, ApprovalList, ApprovalOut, ApprovalRule, Decision
from server.core.actor import Actor
from server.core.http import Routes
from server.core.types import OrgRef

routes = Routes("approvals")


@routes.get("/approvals", permission="order.approve")
async def list_approvals(actor: Actor, query: ApprovalFilter) -> ApprovalList:
    """What waits for a decision."""
    found, cursor = await service.list_approvals(actor, query)
    items = [
        msgspec.convert(
            {**item, "buyer": OrgRef(item["buyer_id"], item["buyer_name"]), "decided_by": item["decided_by_name"]},
            ApprovalOut,
        )
        for item in found
    ]
    return ApprovalList(items, cursor)


@routes.post(
    "/approvals/<approval_id:int>/decide",
    permission="order.approve",
    errors=[service.ApprovalDecided],
)
async def decide_approval(actor: Actor, approval_id: int, body: Decision) -> None:
    """Approve or reject; one decision, once."""
    await service.decide(actor, approval_id, body)


@routes.post("/approval-rules/order", permission="approval.second")
async def set_approval_rule(actor: Actor, body: ApprovalRule) -> None:
    """Set the amount above which a second person decides about orders."""
    await service.set_rule(actor, "order", body.above_fen)
