"""HTTP of rebates; agreements are decided by `POST /approvals/{id}/decide`, as everything is."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from server.core.http import Raw, Routes
from server.core.idempotency import KeyReused
from server.rebates import credit, service, settling, views
from server.rebates.credit import CreditShort
from server.rebates.schemas import (
    ConfirmPeriod,
    CreditOut,
    CreditQuery,
    EditRebate,
    EndRebate,
    NewRebate,
    ProgressFilter,
    ProgressList,
    RebateFilter,
    RebateList,
    RebateOut,
    RebatePreview,
    RebateSaved,
    RebateStatement,
    StatementQuery,
    UseCredit,
)
from server.rebates.settling import NothingToConfirm
from server.rebates.statement import printed, statement
from server.rebates.states import RebateState

routes = Routes("rebates")

_CHANGING = [NotFound, Forbidden, RebateState, KeyReused]


@routes.get("/rebates", permission="rebate.read")
async def list_rebates(actor: Actor, query: RebateFilter) -> RebateList:
    """Agreements of the own org as the seller, or of those below."""
    return await views.list_rebates(actor, query)


@routes.get("/rebates/progress", permission="rebate.read", errors=[NotFound])
async def list_rebate_progress(actor: Actor, query: ProgressFilter) -> ProgressList:
    """How buyers stand in their agreements, and what is missing to the next step."""
    return await views.list_progress(actor, query)


@routes.get("/rebates/credit", permission="rebate.read", errors=[NotFound])
async def get_rebate_credit(actor: Actor, query: CreditQuery) -> CreditOut:
    """The rebate credit of the own org or of a buyer, and what changed it."""
    return await credit.read(actor, query)


@routes.post("/rebates/credit/use", permission="rebate.use", errors=[NotFound, CreditShort, KeyReused])
async def use_rebate_credit(actor: Actor, body: UseCredit) -> CreditOut:
    """Pay with rebate credit what is owed."""
    await credit.use(actor, body)
    return await credit.read(actor, CreditQuery(body.buyer_id))


@routes.post("/rebates/preview", permission="rebate.manage", idempotent="no", errors=[InvalidInput])
async def preview_rebate(actor: Actor, body: NewRebate) -> RebatePreview:
    """Who would get an agreement, and what it would have cost; nothing is written."""
    return await views.preview(actor, body)


@routes.post("/rebates", permission="rebate.manage", status=201, errors=[InvalidInput, KeyReused])
async def make_rebate(actor: Actor, body: NewRebate) -> RebateSaved:
    """Write an agreement for the own org's buyers."""
    return await service.make(actor, body)


@routes.get("/rebates/<rebate_id:int>", permission="rebate.read", errors=[NotFound])
async def get_rebate(actor: Actor, rebate_id: int) -> RebateOut:
    """One agreement with its periods."""
    return await views.get_rebate(actor, rebate_id)


@routes.patch(
    "/rebates/<rebate_id:int>", permission="rebate.manage", errors=[NotFound, RebateState, StaleVersion, InvalidInput]
)
async def edit_rebate(actor: Actor, rebate_id: int, body: EditRebate) -> RebateOut:
    """Change an agreement that was not submitted yet."""
    await service.edit(actor, rebate_id, body)
    return await views.get_rebate(actor, rebate_id)


@routes.post("/rebates/<rebate_id:int>/submit", permission="rebate.manage", errors=_CHANGING)
async def submit_rebate(actor: Actor, rebate_id: int) -> RebateOut:
    """Ask for an agreement; it begins once it is approved."""
    await service.submit(actor, rebate_id)
    return await views.get_rebate(actor, rebate_id)


@routes.post("/rebates/<rebate_id:int>/withdraw", permission="rebate.manage", errors=_CHANGING)
async def withdraw_rebate(actor: Actor, rebate_id: int) -> RebateOut:
    """Take back what nobody has decided yet."""
    await service.withdraw(actor, rebate_id)
    return await views.get_rebate(actor, rebate_id)


@routes.post("/rebates/<rebate_id:int>/end", permission="rebate.manage", errors=[*_CHANGING, InvalidInput])
async def end_rebate(actor: Actor, rebate_id: int, body: EndRebate) -> RebateOut:
    """Let an agreement end before its time."""
    await service.end(actor, rebate_id, body)
    return await views.get_rebate(actor, rebate_id)


@routes.post(
    "/rebates/<rebate_id:int>/confirm",
    permission="rebate.settle",
    errors=[NotFound, NothingToConfirm, KeyReused],
)
async def confirm_rebate_period(actor: Actor, rebate_id: int, body: ConfirmPeriod) -> RebateOut:
    """Let a period be settled that waits for finance."""
    await settling.confirm(actor, rebate_id, body.period_no)
    return await views.get_rebate(actor, rebate_id)


@routes.get("/rebates/<rebate_id:int>/statement", permission="rebate.read", errors=[NotFound])
async def get_rebate_statement(actor: Actor, rebate_id: int, query: StatementQuery) -> RebateStatement:
    """How each fen of a buyer's period came about."""
    return await statement(actor, rebate_id, query)


@routes.get("/rebates/<rebate_id:int>/statement.pdf", permission="rebate.read", media="application/pdf",
            errors=[NotFound])  # fmt: skip
async def print_rebate_statement(actor: Actor, rebate_id: int, query: StatementQuery) -> Raw:
    """The statement to print."""
    found = await statement(actor, rebate_id, query)
    named = {"Content-Disposition": f'inline; filename="{found.progress.number}-{query.period_no}.pdf"'}
    return Raw(await printed(found), "application/pdf", named)
