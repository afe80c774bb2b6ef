"""HTTP of stock."""

from __future__ import annotations

import msgspec

from server.catalog.schemas import PackagingOut
from server.core import db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Routes
from server.stock import service
from server.stock.schemas import StockFilter, StockItem, StockList, Supply

routes = Routes("stock")


def _item(found: db.Row) -> StockItem:
    packagings = msgspec.json.decode(found["packagings"] or "[]", type=list[PackagingOut])
    available = found["on_hand"] - found["reserved"]
    return msgspec.convert({**found, "packagings": packagings, "available": available}, StockItem)


@routes.get("/stock", permission="stock.read")
async def list_stock(actor: Actor, query: StockFilter) -> StockList:
    """The own stock per product."""
    found, cursor = await service.list_stock(actor, query)
    return StockList([_item(item) for item in found], cursor)


@routes.post("/stock/supply", permission="stock.manage", errors=[NotFound, service.LotMismatch])
async def supply(actor: Actor, body: Supply) -> None:
    """Register goods that come in from outside."""
    await service.supply(actor, body)
