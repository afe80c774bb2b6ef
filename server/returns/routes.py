"""HTTP of returns; they are decided here, in part, or as a whole by `POST /approvals/{id}/decide`, as everything is."""

from __future__ import annotations

from server.approvals.service import ApprovalDecided
from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound, OrgFrozen
from server.core.http import Raw, Routes
from server.core.idempotency import KeyReused
from server.returns import asking, returnable, service, views
from server.returns.note import return_note
from server.returns.schemas import (
    ApproveReturn,
    NewReturn,
    ReceiveReturn,
    Return,
    ReturnableFilter,
    ReturnableList,
    ReturnEnding,
    ReturnFilter,
    ReturnList,
    SendReturn,
)
from server.returns.states import ReturnState
from server.stock.service import StockShort

routes = Routes("returns")

_MOVING = [NotFound, Forbidden, ReturnState, KeyReused]


@routes.get("/returns", permission="stock.read")
async def list_returns(actor: Actor, query: ReturnFilter) -> ReturnList:
    """Returns of the orgs in the scope."""
    return await views.list_returns(actor, query)


@routes.get("/returns/returnable", permission="return.ask", errors=[NotFound])
async def list_returnable(actor: Actor, query: ReturnableFilter) -> ReturnableList:
    """What the own org could give back, how much of it, and at what price."""
    return await returnable.list_returnable(actor, query)


@routes.get("/returns/<return_id:int>", permission="stock.read", errors=[NotFound])
async def get_return(actor: Actor, return_id: int) -> Return:
    """One return."""
    return await views.get_return(actor, return_id)


@routes.get("/returns/<return_id:int>/note.pdf", permission="stock.read", media="application/pdf")
async def print_return(actor: Actor, return_id: int) -> Raw:
    """The return note to print."""
    found = await views.get_return(actor, return_id)
    named = {"Content-Disposition": f'inline; filename="{found.number}.pdf"'}
    return Raw(await return_note(found), "application/pdf", named)


@routes.post(
    "/returns",
    permission="return.ask",
    status=201,
    errors=[NotFound, OrgFrozen, KeyReused, asking.ReturnTooMuch, StockShort],
)
async def ask_return(actor: Actor, body: NewReturn) -> Return:
    """Ask to give goods back; they are held, and its approval is asked for at once."""
    return await views.get_return(actor, await asking.ask(actor, body))


@routes.post(
    "/returns/<return_id:int>/approve",
    permission="order.approve",
    errors=[*_MOVING, OrgFrozen, ApprovalDecided, service.ReturnQuantity],
)
async def approve_return(actor: Actor, return_id: int, body: ApproveReturn) -> Return:
    """Let goods come back, in full or in part by line."""
    await service.approve(actor, return_id, body)
    return await views.get_return(actor, return_id)


@routes.post("/returns/<return_id:int>/cancel", permission="return.ask", errors=_MOVING)
async def cancel_return(actor: Actor, return_id: int, body: ReturnEnding) -> Return:
    """Call a return off before the goods leave."""
    await service.cancel(actor, return_id, body.reason)
    return await views.get_return(actor, return_id)


@routes.post("/returns/<return_id:int>/issue", permission="return.move", errors=[*_MOVING, OrgFrozen])
async def issue_return(actor: Actor, return_id: int, body: SendReturn) -> Return:
    """Send the goods back, with the cases that were scanned."""
    await service.issue(actor, return_id, body)
    return await views.get_return(actor, return_id)


@routes.post("/returns/<return_id:int>/receive", permission="return.move", errors=_MOVING)
async def receive_return(actor: Actor, return_id: int, body: ReceiveReturn) -> Return:
    """Count what came back; it is credited then."""
    await service.receive(actor, return_id, body)
    return await views.get_return(actor, return_id)


@routes.post("/returns/<return_id:int>/close", permission="return.ask", errors=_MOVING)
async def close_return(actor: Actor, return_id: int, body: ReturnEnding) -> Return:
    """Confirm the differences, and say what comes of them."""
    await service.close(actor, return_id, body.reason)
    return await views.get_return(actor, return_id)
