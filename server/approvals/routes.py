"""HTTP of approvals."""

from __future__ import annotations

import msgspec

from server.approvals import flows, service
from server.approvals.progress import progress
from server.approvals.schemas import (
    ApprovalFilter,
    ApprovalList,
    ApprovalOut,
    Decision,
    FlowOut,
    NewFlow,
    Simulated,
    Simulation,
)
from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes
from server.core.types import OrgRef

routes = Routes("approvals")


@routes.get("/approvals", permission="order.approve")
async def list_approvals(actor: Actor, query: ApprovalFilter) -> ApprovalList:
    """What waits for a decision, step by step with who can decide."""
    found, cursor = await service.list_approvals(actor, query)
    steps = await progress(actor.org_id, found)
    items = [
        msgspec.convert(
            {
                **item,
                "buyer": OrgRef(item["buyer_id"], item["buyer_name"]),
                "decided_by": item["decided_by_name"],
                "steps": shown,
                "decides": item["state"] == "pending" and service.standing_of(item).decides,
            },
            ApprovalOut,
        )
        for item, shown in zip(found, steps, strict=True)
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


@routes.get("/approval-flows/order", permission="rule.manage")
async def get_approval_flow(actor: Actor) -> FlowOut:
    """The steps in which the own org decides about orders."""
    return await flows.read_flow(actor, "order")


@routes.post("/approval-flows/order", permission="rule.manage", errors=[StaleVersion])
async def set_approval_flow(actor: Actor, body: NewFlow) -> FlowOut:
    """Set the steps in which the own org decides about orders."""
    await flows.save_flow(actor, "order", body)
    return await flows.read_flow(actor, "order")


@routes.get("/approval-flows/order/simulate", permission="rule.manage", errors=[NotFound])
async def simulate_approval(actor: Actor, query: Simulation) -> Simulated:
    """Who would be asked about an order of a buyer."""
    matter = await service.simulated(actor, "order", query)
    return Simulated(
        await flows.simulate(actor, "order", query.buyer_id, matter), matter.over_credit, matter.first_order
    )


BY_AMOUNT = ("transfer", "stocktake", "return")
"""The documents whose steps ask for nothing but the amount."""


def _by_amount(document: str) -> str:
    if document not in BY_AMOUNT:
        raise NotFound("没有这种单据的审批步骤")
    return document


@routes.get("/approval-flows/<document:str>", permission="rule.manage", errors=[NotFound])
async def get_document_flow(actor: Actor, document: str) -> FlowOut:
    """The steps in which the own org decides about transfers, returns, or stocktakes above its limit."""
    return await flows.read_flow(actor, _by_amount(document))


@routes.post("/approval-flows/<document:str>", permission="rule.manage", errors=[NotFound, StaleVersion])
async def set_document_flow(actor: Actor, document: str, body: NewFlow) -> FlowOut:
    """Set the steps in which the own org decides about transfers, returns, or stocktakes above its limit."""
    await flows.save_flow(actor, _by_amount(document), body)
    return await flows.read_flow(actor, document)


@routes.get("/approval-flows/<document:str>/simulate", permission="rule.manage", errors=[NotFound])
async def simulate_document(actor: Actor, document: str, query: Simulation) -> Simulated:
    """Who would be asked about a transfer to a buyer, or a return of his."""
    matter = await service.simulated(actor, _by_amount(document), query)
    return Simulated(await flows.simulate(actor, document, query.buyer_id, matter), False, False)


@routes.get("/approval-flows/price-exception", permission="price.guide")
async def get_exception_flow(actor: Actor) -> FlowOut:
    """The steps in which the brand decides about prices outside the limits."""
    return await flows.read_flow(actor, "price_exception")


@routes.post("/approval-flows/price-exception", permission="price.guide", errors=[StaleVersion])
async def set_exception_flow(actor: Actor, body: NewFlow) -> FlowOut:
    """Set the steps in which the brand decides about prices outside the limits."""
    await flows.save_flow(actor, "price_exception", body)
    return await flows.read_flow(actor, "price_exception")


@routes.get("/approval-flows/price-exception/simulate", permission="price.guide", errors=[NotFound])
async def simulate_exception(actor: Actor, query: Simulation) -> Simulated:
    """Who would be asked about a price outside the limits."""
    matter = await service.simulated(actor, "price_exception", query)
    steps = await flows.simulate(actor, "price_exception", query.buyer_id, matter)
    return Simulated(steps, matter.over_credit, matter.first_order)
