"""Stocktakes as they are shown: lists, one with what came of it, its lines, and what is counted until now.

What the books say is left out of every answer here for who may not see it (blind).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from server.approvals import service as approvals
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.types import MAX_ID, OrgRef
from server.counts import line_queries, queries, reckoning, service
from server.counts.schemas import (
    CategoryDifference,
    CounterList,
    LineCounts,
    LineFilter,
    Stocktake,
    StocktakeExport,
    StocktakeFilter,
    StocktakeLine,
    StocktakeList,
    StocktakeSession,
    StocktakeSummary,
    Tally,
    TallyFilter,
    TallyItem,
    TypedOut,
)
from server.counts.states import TRANSITIONS

_OVER = ("adjusted", "rejected", "cancelled")
_UNREAD = ("planned", "counting")
"""States in which nothing was compared yet."""


def shows_books(actor: Actor, found: db.Row) -> bool:
    """Whether a reader is told what the books say: not who counts blind, until it is over."""
    return not found["blind"] or found["state"] in _OVER or actor.may("stock.count")


def _ref(found: db.Row, id_: str, name: str) -> OrgRef | None:
    return None if found[id_] is None else OrgRef(found[id_], found[name])


def _summary(actor: Actor, found: db.Row) -> dict[str, Any]:
    compared = shows_books(actor, found) and found["state"] not in _UNREAD
    same = ("id", "number", "state", "scope", "blind", "planned_on", "note", "round", "made_at", "started_at",
            "ended_at", "line_count")  # fmt: skip
    return {
        **{name: found[name] for name in same},
        "org": OrgRef(found["org_id"], found["org_name"]),
        "warehouse": OrgRef(found["location_id"], found["warehouse"]),
        "category": _ref(found, "category_id", "category_name"),
        "product_count": len(found["product_ids"]),
        "made_by": found["made_by_name"],
        "gain_fen": found["gain_fen"] if compared else None,
        "loss_fen": found["loss_fen"] if compared else None,
    }


async def list_stocktakes(actor: Actor, wanted: StocktakeFilter) -> StocktakeList:
    """The stocktakes of the orgs in the scope, the newest first."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await queries.page(actor, before, wanted.state, wanted.org_id, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit)
    return StocktakeList([StocktakeSummary(**_summary(actor, item)) for item in shown], cursor)


async def _one(actor: Actor, stocktake_id: int) -> db.Row:
    found = await queries.one(actor, stocktake_id, clock.today())
    if found is None:
        raise NotFound("没有找到这张盘点单")
    return found


async def get_stocktake(actor: Actor, stocktake_id: int) -> Stocktake:
    """One stocktake; its lines are read page by page."""
    found = await _one(actor, stocktake_id)
    sessions = await queries.sessions(actor.root_id, stocktake_id)
    open_ = found["state"] == "counting" and found["org_id"] == actor.org_id
    typed = await queries.typed_by(actor, found) if open_ else []
    shows = shows_books(actor, found)
    compared = shows and found["state"] not in _UNREAD
    people = ("started_by", "counted_by", "submitted_by", "ended_by")
    same = ("counters", "reason", "ending", "approval_id", "counted_at", "submitted_at")
    categories = await line_queries.by_category(actor.root_id, stocktake_id) if compared else []
    return Stocktake(
        **_summary(actor, found),
        **{name: found[name] for name in same},
        **{name: found[f"{name}_name"] for name in people},
        shows_books=shows,
        limit_fen=await service.limit_of(found["root_id"], found["org_id"], found["org_kind"]),
        plan=_ref(found, "plan_id", "plan_name"),
        again_of=_ref(found, "again_of", "again_number"),
        next=_ref(found, "next_id", "next_number"),
        sessions=[_session(actor, item) for item in sessions],
        typed=[msgspec.convert(dict(item), TypedOut) for item in typed],
        lines=msgspec.convert(dict(await line_queries.counts(actor.root_id, stocktake_id)), LineCounts)
        if compared
        else None,
        categories=[msgspec.convert(dict(item), CategoryDifference) for item in categories],
        can=_can(actor, found),
    )


def _session(actor: Actor, item: db.Row) -> StocktakeSession:
    return msgspec.convert({**item, "mine": item["opener_id"] == actor.account_id}, StocktakeSession)


def _can(actor: Actor, found: db.Row) -> list[Any]:
    """What the reader may do now, by the table of states and his permissions; only with the own org's."""
    if found["org_id"] != actor.org_id:
        return []
    decides = actor.may("stock.count")
    named = decides or not found["counter_ids"] or actor.account_id in found["counter_ids"]
    scans = actor.may("stock.scan") and named
    allowed = {
        "start": decides or scans,
        "count": scans,
        "close": decides or scans,
        **dict.fromkeys(("settle", "recount", "submit", "cancel"), decides),
    }
    can = [verb for verb, may in allowed.items() if may and (found["state"], verb) in TRANSITIONS]
    if found["approval_id"] is not None and actor.may("order.approve"):
        own = found["submitted_by"] == actor.account_id and not actor.may("account.manage")
        if not own and approvals.standing_of({**found, "id": found["approval_id"]}).decides:
            can.append("decide")
    if decides and found["state"] in ("rejected", "cancelled") and found["line_count"] and found["next_id"] is None:
        can.append("again")
    return can


async def list_lines(actor: Actor, stocktake_id: int, wanted: LineFilter) -> tuple[list[StocktakeLine], str | None]:
    """A page of lines, the largest differences first; there are none before the counting was closed, nor blind."""
    found = await _one(actor, stocktake_id)
    if not shows_books(actor, found) or found["state"] in _UNREAD:
        return [], None
    after = paging.id_cursor(wanted.cursor) or 0
    rows = await line_queries.page(actor.root_id, stocktake_id, wanted.which, after, wanted.limit + 1)
    shown, cursor = paging.page(rows, wanted.limit, "line_no")
    return [line_out(item) for item in shown], cursor


def line_out(item: db.Row) -> StocktakeLine:
    """A line as it is shown."""
    differs = None if item["counted_qty"] is None else item["counted_qty"] - item["book_qty"]
    more = {"difference": differs, "difference_fen": None if differs is None else differs * item["price_fen"]}
    return msgspec.convert({**item, **more}, StocktakeLine)


async def export_lines(actor: Actor, wanted: StocktakeExport) -> AsyncIterator[Sequence[StocktakeLine]]:
    """All lines of a stocktake, for a file."""
    stocktake_id = wanted.stocktake_id or await queries.newest(actor)
    if stocktake_id is None:
        return
    cursor: str | None = None
    while True:
        lines, cursor = await list_lines(actor, stocktake_id, LineFilter(wanted.which, cursor, 1000))
        if lines:
            yield lines
        if cursor is None:
            return


async def tally(actor: Actor, stocktake_id: int, wanted: TallyFilter) -> Tally:
    """What is counted until now, by product, of all who count; and what is still to be counted."""
    found = await _one(actor, stocktake_id)
    figures: dict[int, int] = defaultdict(int)
    if found["started_at"] is not None:
        for one in await reckoning.counted(found):
            figures[one.product_id] += one.qty
    scope = await queries.scope(found)
    again = await queries.recounts(actor.root_id, stocktake_id, found["round"])
    after = paging.id_cursor(wanted.cursor) or 0
    asked = (found, scope, sorted(figures), after, wanted.limit + 1, found["scope"] == "list")
    shown, cursor = paging.page(await line_queries.tally(*asked), wanted.limit, "product_id")
    shows = shows_books(actor, found)
    items = [
        msgspec.convert(
            {
                **item,
                "counted_qty": figures.get(item["product_id"]),
                "book_qty": item["book_qty"] if shows else None,
                "again": item["product_id"] in again,
            },
            TallyItem,
        )
        for item in shown
    ]
    return Tally(items, cursor, len(figures))


async def list_counters(actor: Actor) -> CounterList:
    """Who of the own org may count, to be named for a stocktake."""
    found = await queries.counters(actor.org_id)
    return CounterList([OrgRef(item["id"], item["name"]) for item in found])
