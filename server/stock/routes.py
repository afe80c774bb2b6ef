"""HTTP of stock."""

from __future__ import annotations

import msgspec

from server.catalog.schemas import PackagingOut
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Routes
from server.stock import listing, quarantine, service
from server.stock.freshness import freshness
from server.stock.listing import BalanceFilter, BalanceList
from server.stock.quarantine import LotUnfit, QuarantinePaper, QuarantineShort, QuarantineVerdict
from server.stock.schemas import StockFilter, StockItem, StockList, Supply

routes = Routes("stock")


def _item(found: db.Row) -> StockItem:
    packagings = msgspec.json.decode(found["packagings"] or "[]", type=list[PackagingOut])
    available = found["on_hand"] - found["reserved"]
    fresh = freshness(found["nearest_expiry"], found["shelf_life_days"], found["soon_days"], clock.today())
    more = {"packagings": packagings, "available": available, "freshness": fresh}
    return msgspec.convert({**found, **more}, StockItem)


@routes.get("/stock", permission="stock.read", errors=[NotFound])
async def list_stock(actor: Actor, query: StockFilter) -> StockList:
    """The stock per product: the own, or that of an org inside the scope."""
    found, cursor = await service.list_stock(actor, query)
    return StockList([_item(item) for item in found], cursor)


@routes.get("/stock/balances", permission="stock.read", errors=[NotFound])
async def list_balances(actor: Actor, query: BalanceFilter) -> BalanceList:
    """What lies of each lot in each warehouse."""
    return BalanceList(*await listing.list_balances(actor, query))


@routes.post("/stock/supply", permission="stock.manage", errors=[NotFound, service.LotMismatch])
async def supply(actor: Actor, body: Supply) -> None:
    """Register goods that come in from outside."""
    await service.supply(actor, body)


@routes.post("/quarantine/settle", permission="quarantine.settle", status=201, errors=[QuarantineShort, LotUnfit])
async def settle_quarantine(actor: Actor, body: QuarantineVerdict) -> QuarantinePaper:
    """Sell goods in the own quarantine again, or write them off."""
    return await quarantine.settle(actor, body)
