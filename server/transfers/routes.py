"""HTTP of transfers; they are decided by `POST /approvals/{id}/decide`, as everything is."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound, OrgFrozen
from server.core.http import Raw, Routes
from server.core.idempotency import KeyReused
from server.transfers import service, suggest, views
from server.transfers.note import transfer_note
from server.transfers.schemas import (
    NewTransfer,
    ReceiveTransfer,
    SendTransfer,
    SuggestionFilter,
    SuggestionList,
    Transfer,
    TransferFilter,
    TransferList,
    TransferReason,
)
from server.transfers.states import TransferState

routes = Routes("transfers")

_MOVING = [NotFound, Forbidden, TransferState, KeyReused]


@routes.get("/transfers", permission="stock.read")
async def list_transfers(actor: Actor, query: TransferFilter) -> TransferList:
    """Transfers of the orgs in the scope."""
    return await views.list_transfers(actor, query)


@routes.get("/transfers/suggestions", permission="transfer.propose")
async def suggest_transfers(actor: Actor, query: SuggestionFilter) -> SuggestionList:
    """Which dealers have too much near others who have too little."""
    return await suggest.suggest(actor, query)


@routes.get("/transfers/<transfer_id:int>", permission="stock.read", errors=[NotFound])
async def get_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """One transfer."""
    return await views.get_transfer(actor, transfer_id)


@routes.get("/transfers/<transfer_id:int>/note.pdf", permission="stock.read", media="application/pdf")
async def print_transfer(actor: Actor, transfer_id: int) -> Raw:
    """The transfer note to print."""
    found = await views.get_transfer(actor, transfer_id)
    named = {"Content-Disposition": f'inline; filename="{found.number}.pdf"'}
    return Raw(await transfer_note(found), "application/pdf", named)


@routes.post("/transfers", permission="transfer.propose", status=201, errors=[NotFound, OrgFrozen, KeyReused])
async def propose_transfer(actor: Actor, body: NewTransfer) -> Transfer:
    """Propose a transfer; its approval is asked for at once."""
    return await views.get_transfer(actor, await service.propose(actor, body))


@routes.post("/transfers/<transfer_id:int>/cancel", permission="transfer.propose", errors=_MOVING)
async def cancel_transfer(actor: Actor, transfer_id: int, body: TransferReason) -> Transfer:
    """Call a transfer off before the goods leave."""
    await service.cancel(actor, transfer_id, body.reason)
    return await views.get_transfer(actor, transfer_id)


@routes.post(
    "/transfers/<transfer_id:int>/issue",
    permission="transfer.move",
    errors=[*_MOVING, service.LotsSpoilt, OrgFrozen],
)
async def issue_transfer(actor: Actor, transfer_id: int, body: SendTransfer | None) -> Transfer:
    """Send the goods on their way, with the cases that were scanned."""
    await service.issue(actor, transfer_id, body.codes if body else ())
    return await views.get_transfer(actor, transfer_id)


@routes.post("/transfers/<transfer_id:int>/receive", permission="transfer.move", errors=_MOVING)
async def receive_transfer(actor: Actor, transfer_id: int, body: ReceiveTransfer) -> Transfer:
    """Count what arrived."""
    await service.receive(actor, transfer_id, body)
    return await views.get_transfer(actor, transfer_id)


@routes.post("/transfers/<transfer_id:int>/close", permission="transfer.propose", errors=_MOVING)
async def close_transfer(actor: Actor, transfer_id: int, body: TransferReason) -> Transfer:
    """Confirm the differences, and say what comes of them."""
    await service.close(actor, transfer_id, body.reason)
    return await views.get_transfer(actor, transfer_id)
