"""HTTP of warehouses."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes
from server.stock import places
from server.stock.place_schemas import (
    NewWarehouse,
    StockSettings,
    StockSettingsEdit,
    WarehouseEdit,
    WarehouseOut,
    WarehouseOuts,
    WarehouseQuery,
    WarehouseSeen,
)
from server.stock.places import TooManyWarehouses, WarehouseInUse, WarehouseNameTaken

routes = Routes("warehouses")


@routes.get("/warehouses", permission="stock.read", errors=[NotFound])
async def show_warehouses(actor: Actor, query: WarehouseQuery) -> WarehouseOuts:
    """The warehouses of the own org, or of one inside the scope."""
    return WarehouseOuts(await places.list_warehouses(actor, query))


@routes.post("/warehouses", permission="warehouse.manage", status=201, errors=[WarehouseNameTaken, TooManyWarehouses])
async def add_warehouse(actor: Actor, body: NewWarehouse) -> WarehouseOut:
    """Add a warehouse."""
    return await places.get_warehouse(actor, await places.add_warehouse(actor, body.name))


@routes.patch(
    "/warehouses/<warehouse_id:int>",
    permission="warehouse.manage",
    errors=[NotFound, StaleVersion, WarehouseNameTaken, WarehouseInUse],
)
async def rename_warehouse(actor: Actor, warehouse_id: int, body: WarehouseEdit) -> WarehouseOut:
    """Rename a warehouse."""
    await places.rename_warehouse(actor, warehouse_id, body.version, body.name)
    return await places.get_warehouse(actor, warehouse_id)


@routes.post(
    "/warehouses/<warehouse_id:int>/default",
    permission="warehouse.manage",
    errors=[NotFound, StaleVersion, WarehouseInUse],
)
async def make_default(actor: Actor, warehouse_id: int, body: WarehouseSeen) -> WarehouseOut:
    """Let this warehouse deliver from now on."""
    await places.make_default(actor, warehouse_id, body.version)
    return await places.get_warehouse(actor, warehouse_id)


@routes.post(
    "/warehouses/<warehouse_id:int>/close",
    permission="warehouse.manage",
    errors=[NotFound, StaleVersion, WarehouseInUse],
)
async def close_warehouse(actor: Actor, warehouse_id: int, body: WarehouseSeen) -> WarehouseOut:
    """Close an empty warehouse."""
    await places.close_warehouse(actor, warehouse_id, body.version)
    return await places.get_warehouse(actor, warehouse_id)


@routes.get("/stock-settings", permission="stock.read")
async def get_stock_settings(actor: Actor) -> StockSettings:
    """How the own org keeps its stock."""
    return await places.get_settings(actor)


@routes.patch("/stock-settings", permission="warehouse.manage", errors=[StaleVersion])
async def set_stock_settings(actor: Actor, body: StockSettingsEdit) -> StockSettings:
    """Say how the own org keeps its stock."""
    return await places.set_settings(actor, body)
