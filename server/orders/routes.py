"""HTTP of orders."""

from __future__ import annotations

from collections.abc import Sequence

from sanic import Request

from server.approvals.service import ApprovalDecided
from server.catalog.gtin import GtinCheckDigit, GtinUnknown
from server.core.actor import Actor
from server.core.errors import NotFound, OrgFrozen
from server.core.http import Raw, Routes
from server.core.idempotency import Claim, KeyReused
from server.orders import lists, service, shelf, territories, views
from server.orders.batch import batch
from server.orders.behalf import addressed, for_buyer, own
from server.orders.note import goods_issue_notes
from server.orders.schemas import (
    Approve,
    BatchApprove,
    BatchReject,
    BatchResults,
    GoodsIssue,
    Issue,
    Issued,
    IssueFilter,
    IssueList,
    NewOrder,
    NotesQuery,
    Order,
    OrderFilter,
    OrderList,
    OrderPlaced,
    OutsideTerritory,
    Quote,
    QuoteRequest,
    ReasonGiven,
    Receive,
    SideQuery,
    StateCounts,
)
from server.orders.shelf_schemas import BuyerQuery, CatalogPage, FrequentList, ScanResult, ShelfFilter
from server.orders.states import OrderState
from server.pricing.offers import NotOffered
from server.rules.service import RulesUnmet
from server.settings import Settings
from server.settlement.service import CreditExceeded
from server.stock.service import StockShort

routes = Routes("orders")

_DECIDING = [OrderState, ApprovalDecided, KeyReused]


@routes.get("/catalog/products", permission="catalog.read", etag=True, errors=[NotFound])
async def browse_catalog(actor: Actor, query: ShelfFilter) -> CatalogPage:
    """What the own org can buy, with its own prices; or what one of its buyers can."""
    return CatalogPage(*await shelf.browse(await for_buyer(actor, query.buyer_id), query))


@routes.get(
    "/catalog/scan/<code:str>", permission="catalog.read", errors=[GtinCheckDigit, GtinUnknown, NotOffered, NotFound]
)
async def scan_code(actor: Actor, code: str, query: BuyerQuery) -> ScanResult:
    """The product and packaging behind a barcode."""
    return await shelf.scan(await for_buyer(actor, query.buyer_id), code)


@routes.get("/catalog/frequent", permission="catalog.read", errors=[NotFound])
async def list_frequent(actor: Actor, query: BuyerQuery) -> FrequentList:
    """What the own org, or one of its buyers, usually orders."""
    return FrequentList(await shelf.frequent(await for_buyer(actor, query.buyer_id)))


@routes.post("/orders/quote", permission="order.create", idempotent="no", errors=[NotFound])
async def quote_order(actor: Actor, body: QuoteRequest) -> Quote:
    """Price a cart."""
    return await shelf.quote(await for_buyer(actor, body.buyer_id), body)


@routes.post(
    "/orders",
    permission="order.create",
    idempotent="own",
    status=201,
    errors=[NotFound, service.PriceChanged, NotOffered, RulesUnmet, OrgFrozen, KeyReused],
)
async def submit_order(actor: Actor, body: NewOrder, claim: Claim) -> OrderPlaced:
    """Submit an order to the own supplier; or, for one of the own buyers, to the own org."""
    if body.buyer_id is None or body.buyer_id == actor.org_id:
        body = own(body)
    else:
        actor = await for_buyer(actor, body.buyer_id)
        body = await addressed(actor, body)
    return await service.submit_order(actor, body, claim)


@routes.get("/orders", permission="order.read")
async def list_orders(actor: Actor, query: OrderFilter) -> OrderList:
    """Orders of the own org as seller or buyer, or all inside the scope."""
    return OrderList(*await lists.list_orders(actor, query))


@routes.get("/orders/counts", permission="order.read")
async def count_orders(actor: Actor, query: SideQuery) -> StateCounts:
    """How many orders are in each state."""
    return StateCounts(await lists.count_states(actor, query.side))


@routes.get("/orders/<order_id:int>", permission="order.read")
async def get_order(actor: Actor, order_id: int) -> Order:
    """One order with all that belongs to it."""
    return await views.get_order(actor, order_id)


@routes.get("/orders/<order_id:int>/outside-territory", permission="territory.read")
async def outside_territory(actor: Actor, order_id: int) -> OutsideTerritory:
    """Which lines of an order a dealer may not sell on."""
    return await territories.outside_territory(actor, order_id)


@routes.post(
    "/orders/<order_id:int>/approve",
    permission="order.approve",
    errors=[*_DECIDING, StockShort, CreditExceeded, service.QuantityInvalid, OrgFrozen],
)
async def approve_order(actor: Actor, order_id: int, body: Approve) -> Order:
    """Approve in full or in part."""
    await service.approve_order(actor, order_id, body)
    return await views.get_order(actor, order_id)


@routes.post("/orders/<order_id:int>/reject", permission="order.approve", errors=_DECIDING)
async def reject_order(actor: Actor, order_id: int, body: ReasonGiven) -> Order:
    """Reject with a reason."""
    await service.reject_order(actor, order_id, body.reason)
    return await views.get_order(actor, order_id)


@routes.post("/orders/<order_id:int>/hold", permission="order.approve", errors=[OrderState, KeyReused])
async def hold_order(actor: Actor, order_id: int, body: ReasonGiven) -> Order:
    """Put an order aside with a reason."""
    await service.hold_order(actor, order_id, body.reason)
    return await views.get_order(actor, order_id)


@routes.post("/orders/<order_id:int>/resume", permission="order.approve", errors=[OrderState, KeyReused])
async def resume_order(actor: Actor, order_id: int) -> Order:
    """Take an order up again that was put aside."""
    await service.resume_order(actor, order_id)
    return await views.get_order(actor, order_id)


@routes.post("/orders/<order_id:int>/cancel", permission="order.read", errors=_DECIDING)
async def cancel_order(actor: Actor, order_id: int, body: ReasonGiven) -> Order:
    """Cancel before anything was issued."""
    await service.cancel_order(actor, order_id, body.reason)
    return await views.get_order(actor, order_id)


@routes.post("/orders/<order_id:int>/close", permission="order.approve", errors=[OrderState, KeyReused])
async def close_order(actor: Actor, order_id: int, body: ReasonGiven) -> Order:
    """Finish an order; what was not issued will not come."""
    await service.close_order(actor, order_id, body.reason)
    return await views.get_order(actor, order_id)


@routes.post("/orders/batch/approve", permission="order.approve", idempotent="own", errors=[KeyReused])
async def approve_orders(actor: Actor, body: BatchApprove, claim: Claim) -> BatchResults:
    """Approve many orders in full; a result per order."""
    return BatchResults(
        await batch(claim, body.ids, lambda order_id: service.approve_order(actor, order_id, Approve()))
    )


@routes.post("/orders/batch/reject", permission="order.approve", idempotent="own", errors=[KeyReused])
async def reject_orders(actor: Actor, body: BatchReject, claim: Claim) -> BatchResults:
    """Reject many orders for one reason; a result per order."""
    return BatchResults(
        await batch(claim, body.ids, lambda order_id: service.reject_order(actor, order_id, body.reason))
    )


@routes.post(
    "/orders/<order_id:int>/issue",
    permission="order.issue",
    errors=[OrderState, KeyReused, StockShort, service.QuantityInvalid, OrgFrozen],
)
async def issue_goods(actor: Actor, order_id: int, body: Issue) -> Issued:
    """Issue what is approved, in full or in part."""
    issue_id = await service.issue_goods(actor, order_id, body)
    order = await views.get_order(actor, order_id)
    return Issued(next(issue for issue in order.issues if issue.id == issue_id), order)


@routes.get("/goods-issues", permission="order.read")
async def list_goods_issues(actor: Actor, query: IssueFilter) -> IssueList:
    """Goods issues of the own org as seller or buyer."""
    return IssueList(*await views.list_issues(actor, query))


@routes.get("/goods-issues/<issue_id:int>", permission="order.read")
async def get_goods_issue(actor: Actor, issue_id: int) -> GoodsIssue:
    """One goods issue."""
    return await views.get_issue(actor, issue_id)


@routes.get("/goods-issues/<issue_id:int>/note.pdf", permission="order.read", media="application/pdf")
async def print_goods_issue(request: Request, actor: Actor, issue_id: int) -> Raw:
    """The goods issue note to print."""
    found = await views.deliveries(actor, [issue_id])
    return await _printed(request, found, found[0].issue.number)


@routes.get("/goods-issues/notes.pdf", permission="order.read", media="application/pdf", errors=[NotFound])
async def print_goods_issues(request: Request, actor: Actor, query: NotesQuery) -> Raw:
    """Several goods issue notes in one document, each on pages of its own."""
    found = await views.deliveries(actor, [int(item) for item in query.ids.split(",")])
    return await _printed(request, found, f"{found[0].issue.number}-{len(found)}")


async def _printed(request: Request, found: Sequence[views.Delivery], name: str) -> Raw:
    settings: Settings = request.app.ctx.settings
    named = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Raw(await goods_issue_notes(found, settings.public_url), "application/pdf", named)


@routes.get("/goods-issues/by-number/<number:str>", permission="order.read")
async def find_goods_issue(actor: Actor, number: str) -> GoodsIssue:
    """The goods issue that carries a number, as the barcode on its note has it."""
    return await views.find_issue(actor, number)


@routes.post(
    "/goods-issues/<issue_id:int>/receive",
    permission="order.receive",
    errors=[OrderState, KeyReused, service.QuantityInvalid],
)
async def receive_goods(actor: Actor, issue_id: int, body: Receive) -> Order:
    """Sign for a delivery with counted quantities."""
    return await views.get_order(actor, await service.receive_goods(actor, issue_id, body))
