"""HTTP of prices."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound
from server.core.http import Routes
from server.pricing import effects, guides, lists, service
from server.pricing.parties import seller_of
from server.pricing.schemas import (
    Authority,
    CopyPrices,
    Effect,
    EndedPrices,
    EndGuides,
    EndPrices,
    GuideEffect,
    GuideList,
    GuidePrices,
    GuideQuery,
    GuideScopes,
    History,
    HistoryQuery,
    ListQuery,
    ListsQuery,
    ListSummaries,
    Matrix,
    MatrixQuery,
    PlannedPrices,
    PlannedQuery,
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


@routes.post("/prices/preview", permission="price.manage", idempotent="no", errors=[NotFound, Forbidden])
async def preview_prices(actor: Actor, body: PriceList) -> Effect:
    """What prices would do; nothing is changed."""
    return await effects.preview(actor, body)


@routes.post("/prices/copy", permission="price.manage", errors=[NotFound, Forbidden])
async def copy_prices(actor: Actor, body: CopyPrices) -> Effect:
    """Make a list from another, or raise one by a percentage."""
    return await effects.copy_prices(actor, body)


@routes.post("/prices/copy/preview", permission="price.manage", idempotent="no", errors=[NotFound, Forbidden])
async def preview_copy(actor: Actor, body: CopyPrices) -> Effect:
    """What a copied or raised list would be; nothing is changed."""
    return await effects.copy_prices(actor, body, preview=True)


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


@routes.get("/prices/planned", permission="price.manage", errors=[NotFound])
async def list_planned_prices(actor: Actor, query: PlannedQuery) -> PlannedPrices:
    """Prices that are to begin, or temporary ones in force."""
    return await lists.list_planned(actor, query)


@routes.get("/price-lists", permission="price.manage", errors=[NotFound])
async def list_price_lists(actor: Actor, query: ListsQuery) -> ListSummaries:
    """The groups of a seller's buyers, and the buyers that have own prices."""
    return await lists.list_lists(actor, query)


@routes.get("/orgs/<org_id:int>/price-authority", permission="price.manage", errors=[NotFound])
async def get_price_authority(actor: Actor, org_id: int) -> Authority:
    """Whether a dealer sets the prices of its own buyers."""
    return Authority((await seller_of(actor, org_id))["sets_prices"])


@routes.post("/orgs/<org_id:int>/price-authority", permission="price.manage", errors=[NotFound, Forbidden])
async def set_price_authority(actor: Actor, org_id: int, body: Authority) -> Authority:
    """Say whether a dealer sets the prices of its own buyers."""
    await service.set_price_authority(actor, org_id, body.sets_prices)
    return body


@routes.get("/guide-prices", permission="price.guide")
async def list_guide_prices(actor: Actor, query: GuideQuery) -> GuideList:
    """Guide prices of grades and regions."""
    return await guides.list_guides(actor, query)


@routes.get("/guide-prices/scopes", permission="price.guide")
async def list_guide_scopes(actor: Actor) -> GuideScopes:
    """The grades and regions that have guide prices of their own."""
    return await guides.list_scopes(actor)


@routes.post("/guide-prices", permission="price.guide")
async def set_guide_prices(actor: Actor, body: GuidePrices) -> GuideEffect:
    """Set guide prices for a grade, a region, or both."""
    return await guides.set_guides(actor, body)


@routes.post("/guide-prices/preview", permission="price.guide", idempotent="no")
async def preview_guide_prices(actor: Actor, body: GuidePrices) -> GuideEffect:
    """Which prices would no longer be offered; nothing is changed."""
    return await guides.set_guides(actor, body, preview=True)


@routes.post("/guide-prices/end", permission="price.guide", errors=[NotFound])
async def end_guide_prices(actor: Actor, body: EndGuides) -> GuideEffect:
    """End guide prices at once."""
    return await guides.end_guides(actor, body)
