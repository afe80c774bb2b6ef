"""HTTP of diversions."""

from __future__ import annotations

from sanic import Request

from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound
from server.core.http import Raw, Routes
from server.trace import diversion_lists as lists
from server.trace import diversions
from server.trace.diversion_schemas import DiversionFilter, DiversionList, DiversionOut, Question, Ruling, Statement
from server.trace.diversions import DiversionState

routes = Routes("diversion", "/diversions")


@routes.get("", permission="diversion.read")
async def list_diversions(actor: Actor, query: DiversionFilter) -> DiversionList:
    """Goods of dealers inside the scope that turned up outside their authority."""
    found, cursor = await lists.list_diversions(actor, query)
    return DiversionList(found, cursor)


@routes.get("/<diversion_id:int>", permission="diversion.read", errors=[NotFound])
async def get_diversion(actor: Actor, diversion_id: int) -> DiversionOut:
    """A case with its evidence."""
    return await lists.get_diversion(actor, diversion_id)


@routes.get("/<diversion_id:int>/photos/<file_id:int>", permission="diversion.read", errors=[NotFound], media="image/*")
async def get_diversion_photo(actor: Actor, diversion_id: int, file_id: int, request: Request) -> Raw:
    """A photo of the evidence, or of the dealer's statement."""
    return await lists.photo(actor, request.app.ctx.settings, diversion_id, file_id)


@routes.post("/<diversion_id:int>/take", permission="diversion.handle", errors=[NotFound, DiversionState])
async def take_diversion(actor: Actor, diversion_id: int) -> DiversionOut:
    """Take a case up."""
    await diversions.take(actor, diversion_id)
    return await lists.shown(actor, diversion_id)


@routes.post("/<diversion_id:int>/ask", permission="diversion.handle", errors=[NotFound, DiversionState])
async def ask_diverter(actor: Actor, diversion_id: int, body: Question) -> DiversionOut:
    """Ask the dealer to state its side."""
    await diversions.ask(actor, diversion_id, body)
    return await lists.shown(actor, diversion_id)


@routes.post("/<diversion_id:int>/decide", permission="diversion.handle", errors=[NotFound, DiversionState])
async def decide_diversion(actor: Actor, diversion_id: int, body: Ruling) -> DiversionOut:
    """Decide a case, with the reason and what follows."""
    await diversions.decide(actor, diversion_id, body)
    return await lists.shown(actor, diversion_id)


@routes.post("/<diversion_id:int>/state", permission="diversion.state", errors=[NotFound, Forbidden, DiversionState])
async def state_diversion(actor: Actor, diversion_id: int, body: Statement) -> DiversionOut:
    """State the dealer's side before the decision."""
    await diversions.state_side(actor, diversion_id, body)
    return await lists.shown(actor, diversion_id)
