"""HTTP of customers."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes
from server.customers import lists, purchases, segments, tags
from server.customers.schemas import (
    CustomerFilter,
    CustomerList,
    CustomerProfile,
    CustomersChanged,
    NewSegment,
    PurchasePeriod,
    Segment,
    SegmentEdit,
    SegmentList,
    SuggestedTags,
    Tags,
    TagsForMany,
)

routes = Routes("customers")


@routes.get("/customers", permission="channel.read", errors=[NotFound])
async def list_customers(actor: Actor, query: CustomerFilter) -> CustomerList:
    """Customers by what they are called and by what they have bought."""
    return CustomerList(*await lists.list_customers(actor, query))


@routes.get("/customers/<org_id:int>", permission="channel.read")
async def get_customer(actor: Actor, org_id: int, query: PurchasePeriod) -> CustomerProfile:
    """A customer with its purchases of a period."""
    return await purchases.profile(actor, org_id, query)


@routes.post("/customers/<org_id:int>/tags", permission="customer.manage", status=204)
async def set_tags(actor: Actor, org_id: int, body: Tags) -> None:
    """Let these be all the tags of a customer."""
    await tags.set_tags(actor, org_id, body)


@routes.post("/customers/batch/tags", permission="customer.manage")
async def tag_customers(actor: Actor, body: TagsForMany) -> CustomersChanged:
    """Put tags on many customers, and take others off."""
    return CustomersChanged(await tags.tag_many(actor, body))


@routes.get("/customer-tags", permission="channel.read")
async def suggest_tags(actor: Actor) -> SuggestedTags:
    """Tags in use, to choose from."""
    return SuggestedTags(await tags.suggested(actor))


@routes.get("/segments", permission="channel.read")
async def list_segments(actor: Actor) -> SegmentList:
    """The segments of the own org."""
    return SegmentList(await segments.list_segments(actor))


@routes.post("/segments", permission="customer.manage", status=201, errors=[segments.SegmentTaken])
async def add_segment(actor: Actor, body: NewSegment) -> Segment:
    """Keep a choice of customers under a name."""
    return await segments.add_segment(actor, body)


@routes.patch("/segments/<segment_id:int>", permission="customer.manage", errors=[StaleVersion, segments.SegmentTaken])
async def edit_segment(actor: Actor, segment_id: int, body: SegmentEdit) -> Segment:
    """Give a segment another name or other conditions."""
    return await segments.edit_segment(actor, segment_id, body)


@routes.delete("/segments/<segment_id:int>", permission="customer.manage")
async def remove_segment(actor: Actor, segment_id: int) -> None:
    """Forget a segment."""
    await segments.remove_segment(actor, segment_id)
