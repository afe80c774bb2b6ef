"""HTTP of recalls."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Routes
from server.trace import recall_preview, recalls
from server.trace.recall_schemas import (
    Answer,
    Ending,
    HolderFilter,
    HolderList,
    LotFilter,
    LotList,
    NewRecall,
    Preview,
    PreviewFilter,
    RecallFilter,
    RecallList,
    RecallOut,
)
from server.trace.recalls import RecallState

routes = Routes("recall", "/recalls")


@routes.post("", permission="recall.manage", status=201, errors=[NotFound, RecallState])
async def start_recall(actor: Actor, body: NewRecall) -> RecallOut:
    """Call a lot back."""
    return await recalls.start_recall(actor, body)


@routes.get("", permission="stock.read")
async def list_recalls(actor: Actor, query: RecallFilter) -> RecallList:
    """Recalls: all of the brand's, or those that concern the own org."""
    found, cursor = await recalls.list_recalls(actor, query)
    return RecallList(found, cursor)


@routes.get("/lots", permission="recall.manage")
async def list_recall_lots(actor: Actor, query: LotFilter) -> LotList:
    """Lots of a product that may be called back."""
    return await recall_preview.lots(actor, query)


@routes.get("/preview", permission="recall.manage", errors=[NotFound])
async def preview_recall(actor: Actor, query: PreviewFilter) -> Preview:
    """Whom a recall would reach."""
    return await recall_preview.preview(actor, query)


@routes.get("/<recall_id:int>", permission="stock.read", errors=[NotFound])
async def get_recall(actor: Actor, recall_id: int) -> RecallOut:
    """A recall and how far it is."""
    return await recalls.get_recall(actor, recall_id)


@routes.get("/<recall_id:int>/holders", permission="channel.read", errors=[NotFound])
async def list_recall_holders(actor: Actor, recall_id: int, query: HolderFilter) -> HolderList:
    """Who has the lot, or had it."""
    found, cursor = await recalls.list_holders(actor, recall_id, query)
    return HolderList(found, cursor)


@routes.post("/<recall_id:int>/tell", permission="recall.manage", errors=[NotFound, RecallState])
async def tell_late_holders(actor: Actor, recall_id: int) -> RecallOut:
    """Tell those to whom goods of the lot came meanwhile."""
    await recalls.join_late(actor, recall_id)
    return await recalls.shown(actor, recall_id)


@routes.post("/<recall_id:int>/read", permission="stock.read", errors=[NotFound])
async def read_recall(actor: Actor, recall_id: int) -> None:
    """The own org has read it."""
    await recalls.read_recall(actor, recall_id)


@routes.post("/<recall_id:int>/answer", permission="stock.scan", errors=[NotFound, RecallState])
async def answer_recall(actor: Actor, recall_id: int, body: Answer) -> RecallOut:
    """Say how much was set aside."""
    await recalls.answer_recall(actor, recall_id, body)
    return await recalls.shown(actor, recall_id)


@routes.post("/<recall_id:int>/end", permission="recall.manage", errors=[NotFound, RecallState])
async def end_recall(actor: Actor, recall_id: int, body: Ending) -> RecallOut:
    """End a recall."""
    await recalls.end_recall(actor, recall_id, body)
    return await recalls.shown(actor, recall_id)
