"""Transfers as they are shown: lists, one with its lines and what the reader may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.approvals import service as approvals
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.types import MAX_ID, OrgRef
from server.transfers import queries
from server.transfers.schemas import (
    Transfer,
    TransferFilter,
    TransferLine,
    TransferList,
    TransferLot,
    TransferSummary,
)
from server.transfers.states import TRANSITIONS


def _summary(item: db.Row) -> dict[str, Any]:
    supplier = None if item["supplier_id"] is None else OrgRef(item["supplier_id"], item["supplier_name"])
    same = ("id", "number", "state", "from_warehouse", "to_warehouse", "reason", "line_count", "total_fen")
    return {
        **{name: item[name] for name in same},
        "from_org": OrgRef(item["from_org_id"], item["from_name"]),
        "to_org": OrgRef(item["to_org_id"], item["to_name"]),
        "supplier": supplier,
        "proposed_by": item["proposed_by_name"],
        "proposed_at": item["proposed_at"],
    }


async def list_transfers(actor: Actor, wanted: TransferFilter) -> TransferList:
    """The transfers of the orgs in the scope, as giver or taker, the newest first."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await queries.page(actor, before, wanted.state, wanted.org_id, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit)
    return TransferList([TransferSummary(**_summary(item)) for item in shown], cursor)


async def get_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """One transfer with its lines and lots."""
    found = await queries.one(actor, transfer_id, clock.today())
    if found is None:
        raise NotFound("没有找到这张调拨单")
    lots = await queries.lots(actor.root_id, transfer_id)
    same = ("ending", "settled_fen", "approval_id", "issued_at", "received_at", "ended_at")
    people = ("issued_by", "received_by", "ended_by")
    return Transfer(
        **_summary(found),
        **{name: found[name] for name in same},
        **{name: found[f"{name}_name"] for name in people},
        lines=[_line(line, lots) for line in await queries.lines(actor.root_id, transfer_id)],
        can=_can(actor, found),
    )


def _line(line: db.Row, lots: Sequence[db.Row]) -> TransferLine:
    own = [lot for lot in lots if lot["line_no"] == line["line_no"]]
    return TransferLine(
        **{name: line[name] for name in TransferLine.__struct_fields__ if name != "lots"},
        lots=[TransferLot(**{name: lot[name] for name in TransferLot.__struct_fields__}) for lot in own],
    )


def _can(actor: Actor, found: db.Row) -> list[Any]:
    giver, taker, supplier = found["from_org_id"], found["to_org_id"], found["supplier_id"]
    mine = found["proposed_by"] == actor.account_id
    allowed = {
        "cancel": actor.may("transfer.propose") and (mine or actor.org_id in (giver, supplier)),
        "issue": actor.may("transfer.move") and actor.org_id == giver,
        "receive": actor.may("transfer.move") and actor.org_id == taker,
        "close": actor.may("transfer.propose") and actor.org_id in (giver, supplier),
    }
    can = [verb for verb, may in allowed.items() if may and (found["state"], verb) in TRANSITIONS]
    if found["approval_id"] is not None and actor.org_id == found["asked_org"] and actor.may("order.approve"):
        own = mine and supplier is not None and not actor.may("account.manage")
        if not own and approvals.standing_of({**found, "id": found["approval_id"]}).decides:
            can.append("decide")
    return can
