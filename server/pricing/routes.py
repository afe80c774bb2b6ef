"""HTTP of prices."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound
from server.core.http import Routes
from server.pricing import lists, service
from server.pricing.schemas import (
    Authority,
    EndedPrices,
    EndPrices,
    History,
    HistoryQuery,
    ListQuery,
    ListsQuery,
    ListSummaries,
    Matrix,
    MatrixQuery,
    PriceList,
    PriceOutList,
    SetPrices,
)

routes = Routes("pricing")

_SETTING = [service.PriceOutsideLimits, service.PriceEdited, NotFound, Forbidden]


@routes.get("/prices", permission="price.manage", errors=[NotFound])
async def list_prices(actor: Actor, query: ListQuery) -> PriceOutList:
    """What a list says of each product on a day."""
    return await lists.list_prices(actor, query)


@routes.post("/prices", permission="price.manage", errors=_SETTING)
async def set_prices(actor: Actor, body: PriceList) -> SetPrices:
    """Set prices within their limits, at once, for a time, or from a later day; null: not offered."""
    return SetPrices(await service.set_prices(actor, body))


@routes.post("/prices/end", permission="price.manage", errors=[NotFound, Forbidden])
async def end_prices(actor: Actor, body: EndPrices) -> EndedPrices:
    """End temporary, planned or own prices at once."""
    return EndedPrices(await service.end_prices(actor, body))


@routes.get("/prices/history", permission="price.manage", errors=[NotFound])
async def price_history(actor: Actor, query: HistoryQuery) -> History:
    """Who set which price of a product, and when."""
    return await lists.history(actor, query)


@routes.get("/prices/matrix", permission="price.manage", errors=[NotFound])
async def price_matrix(actor: Actor, query: MatrixQuery) -> Matrix:
    """Products by groups of buyers."""
    return await lists.matrix(actor, query)


@routes.get("/price-lists", permission="price.manage", errors=[NotFound])
async def list_price_lists(actor: Actor, query: ListsQuery) -> ListSummaries:
    """The groups of a seller's buyers, and the buyers that have own prices."""
    return await lists.list_lists(actor, query)


@routes.post("/orgs/<org_id:int>/price-authority", permission="price.manage", errors=[NotFound, Forbidden])
async def set_price_authority(actor: Actor, org_id: int, body: Authority) -> Authority:
    """Say whether a dealer sets the prices of its own buyers."""
    await service.set_price_authority(actor, org_id, body.sets_prices)
    return body
