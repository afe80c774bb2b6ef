"""Delivery addresses: the own org's, and that of a buyer for whom its supplier orders."""

from __future__ import annotations

from typing import Any

import msgspec

from server.channel.models import DeliveryAddress, Org
from server.channel.schemas import NewAddress
from server.core import audit, db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.regions import service as regions


async def list_addresses(actor: Actor) -> list[DeliveryAddress]:
    """The delivery addresses of the own org, the default first."""
    return await DeliveryAddress.filter(org_id=actor.org_id).order_by("-is_default", "id")


async def save_address(actor: Actor, new: NewAddress, address_id: int | None = None) -> DeliveryAddress:
    """Add or change a delivery address; a new default takes the place of the old one."""
    actor.require("order.create")
    regions.check(new.region_code)
    values = msgspec.to_builtins(new)
    async with db.transaction():
        await db.run("SELECT 1 FROM org WHERE id = $1 FOR UPDATE", actor.org_id)
        own = DeliveryAddress.filter(org_id=actor.org_id)
        if address_id is not None and not await own.filter(id=address_id).exists():
            raise NotFound("没有找到这个收货地址")
        if new.is_default:
            await own.filter(is_default=True).update(is_default=False)
        elif not await own.exclude(id=address_id or 0).exists():
            values["is_default"] = True
        if address_id is None:
            address = await DeliveryAddress.create(root_id=actor.root_id, org_id=actor.org_id, **values)
        else:
            await own.filter(id=address_id).update(**values)
            address = await DeliveryAddress.get(id=address_id)
        await audit.record(actor, "save", "delivery_address", address.id, values)
    return address


async def remove_address(actor: Actor, address_id: int) -> None:
    """Remove a delivery address; orders keep their copy."""
    actor.require("order.create")
    async with db.transaction():
        if not await DeliveryAddress.filter(org_id=actor.org_id, id=address_id).delete():
            raise NotFound("没有找到这个收货地址，可能已经删除")
        await audit.record(actor, "remove", "delivery_address", address_id, {})


async def usual(actor: Actor) -> int | None:
    """The default delivery address of the actor's org; made of its archive's address where it has none yet."""
    found = await DeliveryAddress.filter(org_id=actor.org_id).order_by("-is_default", "id").first()
    if found is not None:
        return int(found.id)
    org = await Org.get(id=actor.org_id)
    if not org.address:
        return None
    async with db.transaction():
        await db.run("SELECT 1 FROM org WHERE id = $1 FOR UPDATE", org.id)
        if found := await DeliveryAddress.filter(org_id=org.id).order_by("-is_default", "id").first():
            return int(found.id)
        place: dict[str, Any] = {
            "contact_name": org.contact_name or org.name,
            "contact_phone": org.contact_phone or "-",
            "region_code": org.region_code,
            "detail": org.address,
        }
        made = await DeliveryAddress.create(root_id=org.root_id, org_id=org.id, is_default=True, **place)
        await audit.record(actor, "save", "delivery_address", made.id, place)
    return int(made.id)
