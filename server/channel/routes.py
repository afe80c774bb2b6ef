"""HTTP of the channel."""

from __future__ import annotations

import msgspec

from server.channel import addresses, lists, service
from server.channel.models import DeliveryAddress, Org
from server.channel.schemas import (
    Address,
    AddressList,
    FreezeRequest,
    NewAddress,
    NewOrg,
    OrgEdit,
    OrgFilter,
    OrgList,
    OrgOut,
    OrgRow,
)
from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes

routes = Routes("channel")


def _org(org: Org, actor: Actor) -> OrgOut:
    shown = msgspec.convert(org, OrgOut, from_attributes=True)
    if org.id == actor.org_id:
        shown.note = ""  # what its supplier notes about it
    return shown


def _address(address: DeliveryAddress) -> Address:
    return msgspec.convert(address, Address, from_attributes=True)


@routes.get("/orgs", permission="channel.read")
async def list_orgs(actor: Actor, query: OrgFilter) -> OrgList:
    """Dealers and stores inside the own scope."""
    return OrgList(*await lists.list_orgs(actor, query))


@routes.get("/orgs/<org_id:int>", permission="channel.read")
async def get_org(actor: Actor, org_id: int) -> OrgRow:
    """One dealer or store."""
    return await lists.one_org(actor, org_id)


@routes.post("/orgs", permission="channel.manage", status=201, errors=[NotFound, service.OrgMisplaced])
async def create_org(actor: Actor, body: NewOrg) -> OrgOut:
    """Add a dealer or store."""
    return _org(await service.create_org(actor, body), actor)


@routes.patch("/orgs/<org_id:int>", permission="channel.manage", errors=[StaleVersion])
async def edit_org(actor: Actor, org_id: int, body: OrgEdit) -> OrgOut:
    """Change an archive."""
    return _org(await service.edit_org(actor, org_id, body), actor)


@routes.post("/orgs/<org_id:int>/freeze", permission="channel.manage")
async def freeze_org(actor: Actor, org_id: int, body: FreezeRequest) -> OrgOut:
    """Freeze an org; its accounts are out at once."""
    return _org(await service.set_frozen(actor, org_id, body.reason), actor)


@routes.post("/orgs/<org_id:int>/unfreeze", permission="channel.manage")
async def unfreeze_org(actor: Actor, org_id: int) -> OrgOut:
    """Let a frozen org work again."""
    return _org(await service.set_frozen(actor, org_id, None), actor)


@routes.get("/addresses", permission="order.read")
async def list_addresses(actor: Actor) -> AddressList:
    """The own delivery addresses."""
    return AddressList([_address(item) for item in await addresses.list_addresses(actor)])


@routes.post("/addresses", permission="order.create", status=201)
async def add_address(actor: Actor, body: NewAddress) -> Address:
    """Add a delivery address."""
    return _address(await addresses.save_address(actor, body))


@routes.patch("/addresses/<address_id:int>", permission="order.create")
async def change_address(actor: Actor, address_id: int, body: NewAddress) -> Address:
    """Change a delivery address."""
    return _address(await addresses.save_address(actor, body, address_id))


@routes.delete("/addresses/<address_id:int>", permission="order.create")
async def remove_address(actor: Actor, address_id: int) -> None:
    """Remove a delivery address."""
    await addresses.remove_address(actor, address_id)
