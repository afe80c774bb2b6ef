"""HTTP of the tree, and of moving a part of it."""

from __future__ import annotations

import msgspec

from server.channel import moving, tree
from server.channel.schemas import OrgOut
from server.channel.service import OrgMisplaced
from server.channel.tree_schemas import Branches, MovePreview, MoveQuestion, MoveRequest, TreeFilter, WayUp
from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes

routes = Routes("tree")


@routes.get("/tree", permission="channel.read", errors=[NotFound])
async def list_children(actor: Actor, query: TreeFilter) -> Branches:
    """What is directly below an org; without one, where the own scope begins."""
    return Branches(*await tree.list_children(actor, query))


@routes.get("/orgs/<org_id:int>/above", permission="channel.read")
async def list_above(actor: Actor, org_id: int) -> WayUp:
    """The orgs above one, and itself."""
    return WayUp(await tree.way_up(actor, org_id))


@routes.post("/orgs/<org_id:int>/move/preview", permission="channel.move", idempotent="no", errors=[OrgMisplaced])
async def preview_move(actor: Actor, org_id: int, body: MoveQuestion) -> MovePreview:
    """What moving an org with all below it would bring about."""
    return await moving.preview_move(actor, org_id, body)


@routes.post(
    "/orgs/<org_id:int>/move",
    permission="channel.move",
    errors=[OrgMisplaced, moving.MoveForbidden, StaleVersion],
)
async def move_org(actor: Actor, org_id: int, body: MoveRequest) -> OrgOut:
    """Move an org with all below it under another supplier."""
    return msgspec.convert(await moving.move_org(actor, org_id, body), OrgOut, from_attributes=True)
