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


@routes.get("/approval-flows/transfer", permission="rule.manage")
async def get_transfer_flow(actor: Actor) -> FlowOut:
    """The steps in which the own org decides about transfers."""
    return await flows.read_flow(actor, "transfer")


@routes.post("/approval-flows/transfer", permission="rule.manage", errors=[StaleVersion])
async def set_transfer_flow(actor: Actor, body: NewFlow) -> FlowOut:
    """Set the steps in which the own org decides about transfers."""
    await flows.save_flow(actor, "transfer", body)
    return await flows.read_flow(actor, "transfer")


@routes.get("/approval-flows/stocktake", permission="rule.manage")
async def get_stocktake_flow(actor: Actor) -> FlowOut:
    """The steps in which the own org decides about stocktakes above its limit."""
    return await flows.read_flow(actor, "stocktake")


@routes.post("/approval-flows/stocktake", permission="rule.manage", errors=[StaleVersion])
async def set_stocktake_flow(actor: Actor, body: NewFlow) -> FlowOut:
    """Set the steps in which the own org decides about stocktakes above its limit."""
    await flows.save_flow(actor, "stocktake", body)
    return await flows.read_flow(actor, "stocktake")


@routes.get("/approval-flows/return", permission="rule.manage")
async def get_return_flow(actor: Actor) -> FlowOut:
    """The steps in which the own org decides about returns."""
    return await flows.read_flow(actor, "return")


@routes.post("/approval-flows/return", permission="rule.manage", errors=[StaleVersion])
async def set_return_flow(actor: Actor, body: NewFlow) -> FlowOut:
    """Set the steps in which the own org decides about returns."""
    await flows.save_flow(actor, "return", body)
    return await flows.read_flow(actor, "return")


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
