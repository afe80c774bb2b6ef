"""The warehouses of an org, and how it keeps its stock.

The default warehouse delivers and takes in what was bought; an order that is held in another one, since the default
was changed, leaves from where it is held. A warehouse is closed only when it is empty, and what was done in it stays
to be read. (S3.1, D2.1)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from tortoise.exceptions import IntegrityError

from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, NotFound, StaleVersion
from server.stock import place_queries as queries
from server.stock.place_schemas import StockSettings, StockSettingsEdit, WarehouseOut, WarehouseQuery

MOST = 20
"""So many warehouses an org may have."""


class WarehouseNameTaken(BusinessError):
    """Another warehouse of the org has this name."""

    status, code, title = 409, "warehouse_name_taken", "仓库重名"


class WarehouseInUse(BusinessError):
    """The warehouse delivers, holds goods, or is being scanned or counted in: it cannot be closed."""

    status, code, title = 409, "warehouse_in_use", "仓库正在使用"


class TooManyWarehouses(BusinessError):
    """There are as many as an org may have."""

    status, code, title = 409, "too_many_warehouses", "仓库太多"


Uses = Callable[[int, int], Awaitable[str]]
"""(brand, warehouse) → what is not done there yet and keeps it open, as people say it; empty where there is nothing."""

_uses: list[Uses] = []


def keeps_open(uses: Uses) -> None:
    """Let another module say what must be done before a warehouse can be closed."""
    if uses not in _uses:
        _uses.append(uses)


async def org_seen(actor: Actor, org_id: int | None) -> int:
    """The org whose stock is asked for: the own one, or one inside the scope; `NotFound` for a stranger's."""
    if org_id is None or org_id == actor.org_id:
        return actor.org_id
    if not await queries.seen_org(actor, org_id):
        raise NotFound("没有找到这个组织")
    return org_id


async def list_warehouses(actor: Actor, wanted: WarehouseQuery) -> list[WarehouseOut]:
    """The warehouses of the own org, or of one inside the scope."""
    actor.require("stock.read")
    org_id = await org_seen(actor, wanted.org_id)
    kinds = ("warehouse", "quarantine") if wanted.quarantine else ("warehouse",)
    found = await queries.warehouses(actor.root_id, org_id, wanted.closed, kinds=kinds)
    return [msgspec.convert(dict(item), WarehouseOut) for item in found]


async def get_warehouse(actor: Actor, warehouse_id: int) -> WarehouseOut:
    """One warehouse of the own org."""
    found = await queries.warehouses(actor.root_id, actor.org_id, True, warehouse_id)
    if not found:
        raise NotFound("没有找到这个仓库")
    return msgspec.convert(dict(found[0]), WarehouseOut)


async def add_warehouse(actor: Actor, name: str) -> int:
    """Add a warehouse to the own org; its id."""
    actor.require("warehouse.manage")
    name = name.strip()
    async with db.transaction():
        made = await queries.add(actor.root_id, actor.org_id, name, MOST)
        if made is None:
            if await queries.name_taken(actor.org_id, name):
                raise _taken(name)
            raise TooManyWarehouses(f"最多 {MOST} 个仓库，请先停用不用的")
        await audit.record(actor, "create", "warehouse", made, {"name": name})
    return made


def _taken(name: str) -> WarehouseNameTaken:
    return WarehouseNameTaken(f"已经有“{name}”这个仓库了", [FieldError("/name", "重名")])


def _checked(found: dict[int, db.Row], warehouse_id: int, version: int) -> db.Row:
    warehouse = found.get(warehouse_id)
    if warehouse is None:
        raise NotFound("没有找到这个仓库")
    if warehouse["closed_at"] is not None:
        raise WarehouseInUse(f"“{warehouse['name']}”已经停用")
    if warehouse["version"] != version:
        raise StaleVersion("这个仓库刚被别人改过，请刷新后再改")
    return warehouse


async def rename_warehouse(actor: Actor, warehouse_id: int, version: int, name: str) -> None:
    """Give a warehouse of the own org another name."""
    actor.require("warehouse.manage")
    name = name.strip()
    try:
        async with db.transaction():
            before = _checked(await queries.lock(actor.org_id, warehouse_id), warehouse_id, version)
            if await queries.name_taken(actor.org_id, name, warehouse_id):
                raise _taken(name)
            await queries.rename(warehouse_id, name)
            changes = audit.difference({"name": before["name"]}, {"name": name})
            await audit.record(actor, "edit", "warehouse", warehouse_id, changes)
    except IntegrityError:  # somebody gave the name to another one at the same moment
        raise _taken(name) from None


async def make_default(actor: Actor, warehouse_id: int, version: int) -> None:
    """Let another warehouse deliver from now on; what is held for orders stays where it is held, and leaves there."""
    actor.require("warehouse.manage")
    async with db.transaction():
        found = await queries.lock(actor.org_id, warehouse_id, with_default=True)
        chosen = _checked(found, warehouse_id, version)
        if chosen["is_default"]:
            return
        old = next(item for item in found.values() if item["is_default"])
        await queries.change_default(old["id"], warehouse_id)
        changes = {"name": chosen["name"], "before": old["name"]}
        await audit.record(actor, "make_default", "warehouse", warehouse_id, changes)


async def close_warehouse(actor: Actor, warehouse_id: int, version: int) -> None:
    """Close an empty warehouse; `WarehouseInUse` for one that is not, that delivers, or where something is not done."""
    actor.require("warehouse.manage")
    async with db.transaction():
        warehouse = _checked(await queries.lock(actor.org_id, warehouse_id), warehouse_id, version)
        name = warehouse["name"]
        if warehouse["is_default"]:
            raise WarehouseInUse(f"“{name}”是发货仓，请先把另一个仓库设为发货仓")
        used = await queries.used(actor.root_id, warehouse_id)
        if used["goods"]:
            raise WarehouseInUse(f"“{name}”里还有货，请先调走或出库")
        if used["sessions"]:
            raise WarehouseInUse(f"“{name}”还有没结束的扫码任务，请先完成或取消")
        for uses in _uses:
            undone = await uses(actor.root_id, warehouse_id)
            if undone:
                raise WarehouseInUse(f"“{name}”还有{undone}，请先完成或取消")
        await queries.close(warehouse_id, clock.now())
        await audit.record(actor, "close", "warehouse", warehouse_id, {"name": name})


async def get_settings(actor: Actor) -> StockSettings:
    """How the own org keeps its stock; stores keep no lots unless they say so."""
    actor.require("stock.read")
    found = await queries.settings(actor.root_id, actor.org_id)
    if found is None:
        return StockSettings(actor.org_kind != "store", 0)
    return msgspec.convert(dict(found), StockSettings)


async def set_settings(actor: Actor, edit: StockSettingsEdit) -> StockSettings:
    """Say how the own org keeps its stock."""
    actor.require("warehouse.manage")
    async with db.transaction():
        before = await get_settings(actor)
        if not await queries.set_settings(actor, edit.keeps_lots, edit.version, clock.now()):
            raise StaleVersion("设置刚被别人改过，请刷新后再改")
        changes = audit.difference({"keeps_lots": before.keeps_lots}, {"keeps_lots": edit.keeps_lots})
        await audit.record(actor, "edit", "stock_setting", actor.org_id, changes)
        return await get_settings(actor)
