"""HTTP of stocktakes; they are decided by `POST /approvals/{id}/decide`, as everything is."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound, StaleVersion
from server.core.http import Raw, Routes
from server.core.idempotency import KeyReused
from server.counts import adjusting, plans, reckoning, service, views
from server.counts.report import stocktake_report
from server.counts.schemas import (
    Closing,
    CounterList,
    LineFilter,
    NewPlan,
    NewStocktake,
    PlanList,
    Recount,
    Settling,
    Stocktake,
    StocktakeFilter,
    StocktakeLineList,
    StocktakeList,
    StocktakeReason,
    StocktakeSettings,
    StocktakeSettingsEdit,
    Submission,
    Tally,
    TallyFilter,
    TypedFigures,
)
from server.counts.states import StocktakeState
from server.stock import sessions
from server.stock.finishing import CodesUnknown
from server.stock.session_schemas import ScanSessionDetail

routes = Routes("counts")

_CHANGING = [NotFound, Forbidden, StocktakeState, KeyReused]
_COUNTS = ("stock.count", "stock.scan")


@routes.get("/stocktakes", permission="stock.read")
async def list_stocktakes(actor: Actor, query: StocktakeFilter) -> StocktakeList:
    """Stocktakes of the orgs in the scope."""
    return await views.list_stocktakes(actor, query)


@routes.get("/stocktakes/counters", permission="stock.count")
async def list_counters(actor: Actor) -> CounterList:
    """The colleagues who can be asked to count."""
    return await views.list_counters(actor)


@routes.get("/stocktakes/<stocktake_id:int>", permission="stock.read", errors=[NotFound])
async def get_stocktake(actor: Actor, stocktake_id: int) -> Stocktake:
    """One stocktake."""
    return await views.get_stocktake(actor, stocktake_id)


@routes.get("/stocktakes/<stocktake_id:int>/lines", permission="stock.read", errors=[NotFound])
async def list_stocktake_lines(actor: Actor, stocktake_id: int, query: LineFilter) -> StocktakeLineList:
    """What was counted and what the books said, lot by lot; nothing while people count, nor for who counts blind."""
    found, cursor = await views.list_lines(actor, stocktake_id, query)
    return StocktakeLineList(found, cursor)


@routes.get("/stocktakes/<stocktake_id:int>/tally", permission="stock.read", errors=[NotFound])
async def tally_stocktake(actor: Actor, stocktake_id: int, query: TallyFilter) -> Tally:
    """What is counted until now, and what is to be counted."""
    return await views.tally(actor, stocktake_id, query)


@routes.get("/stocktakes/<stocktake_id:int>/report.pdf", permission="stock.count", media="application/pdf")
async def print_stocktake(actor: Actor, stocktake_id: int) -> Raw:
    """The report of a stocktake to print: its differences by value, and what was not counted."""
    found = await views.get_stocktake(actor, stocktake_id)
    named = {"Content-Disposition": f'inline; filename="{found.number}.pdf"'}
    return Raw(await stocktake_report(actor, found), "application/pdf", named)


@routes.post("/stocktakes", permission="stock.count", status=201, errors=[NotFound, service.StocktakeOpen, KeyReused])
async def plan_stocktake(actor: Actor, body: NewStocktake) -> Stocktake:
    """Plan a stocktake, or begin it at once."""
    return await views.get_stocktake(actor, await service.plan_stocktake(actor, body))


@routes.post("/stocktakes/<stocktake_id:int>/start", permission=_COUNTS, errors=[*_CHANGING, service.StocktakeOpen])
async def start_stocktake(actor: Actor, stocktake_id: int) -> Stocktake:
    """Begin to count."""
    await service.start(actor, stocktake_id)
    return await views.get_stocktake(actor, stocktake_id)


@routes.post("/stocktakes/<stocktake_id:int>/sessions", permission="stock.scan", status=201, errors=_CHANGING)
async def scan_for_stocktake(actor: Actor, stocktake_id: int) -> ScanSessionDetail:
    """Begin to scan for a stocktake, beside all others who do; scans are sent to `/scan-sessions/{id}/scans`."""
    return await sessions.get_session(actor, await service.begin_session(actor, stocktake_id))


@routes.post("/stocktakes/<stocktake_id:int>/entries", permission="stock.scan", errors=_CHANGING)
async def type_figures(actor: Actor, stocktake_id: int, body: TypedFigures) -> Stocktake:
    """Say by hand how much of a product, or of a lot of it, there is."""
    await service.type_figures(actor, stocktake_id, body.entries)
    return await views.get_stocktake(actor, stocktake_id)


@routes.post(
    "/stocktakes/<stocktake_id:int>/close",
    permission=_COUNTS,
    errors=[*_CHANGING, service.StillScanning, reckoning.CountUnclear, CodesUnknown],
)
async def close_stocktake(actor: Actor, stocktake_id: int, body: Closing) -> Stocktake:
    """The counting is over; see what differs."""
    await service.close(actor, stocktake_id, body)
    return await views.get_stocktake(actor, stocktake_id)


@routes.post("/stocktakes/<stocktake_id:int>/settle", permission="stock.count", errors=_CHANGING)
async def settle_lines(actor: Actor, stocktake_id: int, body: Settling) -> Stocktake:
    """Decide lines: not counted is none, or left as it is."""
    await service.settle(actor, stocktake_id, body)
    return await views.get_stocktake(actor, stocktake_id)


@routes.post("/stocktakes/<stocktake_id:int>/recount", permission="stock.count", errors=_CHANGING)
async def recount_lines(actor: Actor, stocktake_id: int, body: Recount) -> Stocktake:
    """Let the products of these lines be counted again."""
    await service.recount(actor, stocktake_id, body.line_nos)
    return await views.get_stocktake(actor, stocktake_id)


@routes.post(
    "/stocktakes/<stocktake_id:int>/submit",
    permission="stock.count",
    errors=[*_CHANGING, service.LinesUndecided, adjusting.LinesHeld],
)
async def submit_stocktake(actor: Actor, stocktake_id: int, body: Submission) -> Stocktake:
    """Put the books right, at once or after an approval."""
    await service.submit(actor, stocktake_id, body.reason)
    return await views.get_stocktake(actor, stocktake_id)


@routes.post("/stocktakes/<stocktake_id:int>/cancel", permission="stock.count", errors=_CHANGING)
async def cancel_stocktake(actor: Actor, stocktake_id: int, body: StocktakeReason) -> Stocktake:
    """Call a stocktake off; nothing moves."""
    await service.cancel(actor, stocktake_id, body.reason)
    return await views.get_stocktake(actor, stocktake_id)


@routes.post(
    "/stocktakes/<stocktake_id:int>/again", permission="stock.count", status=201,
    errors=[*_CHANGING, service.StocktakeOpen],
)  # fmt: skip
async def count_again(actor: Actor, stocktake_id: int) -> Stocktake:
    """Count anew what differed in a stocktake that was rejected or called off."""
    return await views.get_stocktake(actor, await service.count_again(actor, stocktake_id))


@routes.get("/stocktake-settings", permission="stock.count")
async def get_stocktake_settings(actor: Actor) -> StocktakeSettings:
    """Above which value of differences an approval is needed."""
    return await service.get_settings(actor)


@routes.post("/stocktake-settings", permission="rule.manage", errors=[StaleVersion])
async def set_stocktake_settings(actor: Actor, body: StocktakeSettingsEdit) -> StocktakeSettings:
    """Set the limit of the own org."""
    return await service.set_settings(actor, body)


@routes.get("/stocktake-plans", permission="stock.read")
async def list_stocktake_plans(actor: Actor) -> PlanList:
    """The stocktakes that come again."""
    return await plans.list_plans(actor)


@routes.post("/stocktake-plans", permission="stock.count", status=201, errors=[NotFound, KeyReused])
async def add_stocktake_plan(actor: Actor, body: NewPlan) -> PlanList:
    """Let a stocktake come again."""
    await plans.add_plan(actor, body)
    return await plans.list_plans(actor)


@routes.post("/stocktake-plans/<plan_id:int>/end", permission="stock.count", errors=[NotFound])
async def end_stocktake_plan(actor: Actor, plan_id: int) -> PlanList:
    """Let a plan make no more stocktakes."""
    await plans.end_plan(actor, plan_id)
    return await plans.list_plans(actor)
