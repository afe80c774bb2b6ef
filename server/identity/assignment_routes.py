"""HTTP of who looks after which dealers."""

from __future__ import annotations

import msgspec

from server.channel.archive_schemas import BulkReps, BulkResults
from server.channel.schemas import Rep
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Routes
from server.identity import assignments

routes = Routes("assignments")


class RepList(msgspec.Struct):
    """The sales reps of the brand."""

    items: list[Rep]


@routes.get("/reps", permission="channel.read")
async def list_reps(actor: Actor) -> RepList:
    """The sales reps of the brand, to choose from."""
    return RepList(await assignments.list_reps(actor))


@routes.post("/orgs/batch/reps", permission="rep.assign", errors=[NotFound])
async def assign_reps(actor: Actor, body: BulkReps) -> BulkResults:
    """Let these reps look after these dealers; a result per dealer."""
    return BulkResults(await assignments.assign_reps(actor, body))
