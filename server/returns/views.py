"""Returns as they are shown: lists, one with its lines and what the reader may do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.approvals import service as approvals
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.types import MAX_ID, OrgRef
from server.returns import queries
from server.returns.schemas import (
    ApproveReturn,
    Return,
    ReturnFilter,
    ReturnLine,
    ReturnList,
    ReturnLot,
    ReturnSummary,
)
from server.returns.states import TRANSITIONS


def _summary(item: db.Row) -> dict[str, Any]:
    same = ("id", "number", "state", "from_warehouse", "reasons", "line_count", "total_fen", "credited_fen", "asked_at")
    return {
        **{name: item[name] for name in same},
        "buyer": OrgRef(item["buyer_id"], item["buyer_name"]),
        "seller": OrgRef(item["seller_id"], item["seller_name"]),
        "goods": item["goods"] or "",
        "asked_by": item["asked_by_name"],
    }


async def list_returns(actor: Actor, wanted: ReturnFilter) -> ReturnList:
    """The returns of the orgs in the scope, as buyer or seller, the newest first."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    chosen = (wanted.state, wanted.org_id, wanted.side)
    shown, cursor = paging.page(await queries.page(actor, before, *chosen, wanted.limit + 1), wanted.limit)
    return ReturnList([ReturnSummary(**_summary(item)) for item in shown], cursor)


async def get_return(actor: Actor, return_id: int) -> Return:
    """One return with its lines and lots."""
    today = clock.today()
    found = await queries.one(actor, return_id, today)
    if found is None:
        raise NotFound("没有找到这张退货单")
    lots = await queries.lots(actor.root_id, return_id, found["seller_id"], today)
    keeps = actor.org_id == found["seller_id"]
    asks = None if found["approval_id"] is None else approvals.standing_of({**found, "id": found["approval_id"]})
    same = ("note", "decision", "ending", "approval_id", "approved_at", "issued_at", "received_at", "ended_at")
    people = ("approved_by", "issued_by", "received_by", "ended_by")
    return Return(
        **_summary(found),
        **{name: found[name] for name in same},
        **{name: found[f"{name}_name"] for name in people},
        waits_for=asks.step.name if asks else "",
        proposed_by=asks.proposed.by if asks and asks.proposed else "",
        lines=[_line(line, lots, keeps, _proposed(asks)) for line in await queries.lines(actor.root_id, return_id)],
        can=_can(actor, found, asks, any(lot["in_quarantine"] and lot["received_qty"] for lot in lots)),
    )


def _proposed(asks: approvals.Standing | None) -> ApproveReturn | None:
    """What the decider of the step before would let come back."""
    if asks is None or asks.proposed is None:
        return None
    return msgspec.json.decode(asks.proposed.what, type=ApproveReturn)


def _line(line: db.Row, lots: Sequence[db.Row], keeps: bool, proposed: ApproveReturn | None) -> ReturnLine:
    own = [lot for lot in lots if lot["line_no"] == line["line_no"]]
    derived = {"lots", "proposed_qty"}
    proposed_qty = None
    if proposed is not None:
        given = {one.line_no: one.approved_qty for one in proposed.lines or ()}
        proposed_qty = line["qty"] if proposed.lines is None else given.get(line["line_no"], 0)
    return ReturnLine(
        **{name: line[name] for name in ReturnLine.__struct_fields__ if name not in derived},
        proposed_qty=proposed_qty,
        lots=[_lot(lot, keeps) for lot in own],
    )


def _lot(lot: Mapping[str, Any], keeps: bool) -> ReturnLot:
    values = {name: lot[name] for name in ReturnLot.__struct_fields__}
    return ReturnLot(**{**values, "in_quarantine": lot["in_quarantine"] if keeps else 0})


def _can(actor: Actor, found: db.Row, asks: approvals.Standing | None, lies_there: bool) -> list[Any]:
    buys, sells = actor.org_id == found["buyer_id"], actor.org_id == found["seller_id"]
    allowed = {
        "cancel": buys and actor.may("return.ask"),
        "issue": buys and actor.may("return.move"),
        "receive": sells and actor.may("return.move"),
        "close": buys and actor.may("return.ask"),
    }
    can = [verb for verb, may in allowed.items() if may and (found["state"], verb) in TRANSITIONS]
    if asks is not None and sells and actor.may("order.approve") and asks.decides:
        can.append("decide")
    if lies_there and sells and actor.may("quarantine.settle"):
        can.append("settle")
    return can
