"""HTTP of price exceptions; they are decided by `POST /approvals/{id}/decide`, as everything is."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound
from server.core.http import Routes
from server.price_exceptions import service
from server.price_exceptions.schemas import (
    ExceptionAsked,
    ExceptionFilter,
    ExceptionList,
    ExceptionOut,
    NewException,
)

routes = Routes("price_exceptions")


@routes.get("/price-exceptions", permission=service.SEEN_BY)
async def list_price_exceptions(actor: Actor, query: ExceptionFilter) -> ExceptionList:
    """Prices outside the limits that were asked for."""
    return await service.list_exceptions(actor, query)


@routes.get("/price-exceptions/<exception_id:int>", permission=service.SEEN_BY, errors=[NotFound])
async def get_price_exception(actor: Actor, exception_id: int) -> ExceptionOut:
    """One price exception."""
    return await service.read_exception(actor, exception_id)


@routes.post(
    "/price-exceptions",
    permission="price.manage",
    status=201,
    errors=[service.ExceptionAlreadyAsked, NotFound, Forbidden],
)
async def ask_price_exception(actor: Actor, body: NewException) -> ExceptionAsked:
    """Ask for a price outside its limits for one buyer."""
    return await service.ask_exception(actor, body)


@routes.post(
    "/price-exceptions/<exception_id:int>/withdraw",
    permission="price.manage",
    errors=[service.ExceptionClosed, NotFound, Forbidden],
)
async def withdraw_price_exception(actor: Actor, exception_id: int) -> ExceptionOut:
    """Take back what the own org has asked for."""
    await service.withdraw_exception(actor, exception_id)
    return await service.read_exception(actor, exception_id)
