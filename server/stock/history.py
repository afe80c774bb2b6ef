"""What moved, with the documents behind it, and what there was on any day in the past. (S3.1, D2.1)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput
from server.stock import documents, places
from server.stock import history_queries as queries
from server.stock.documents import TITLES, Paper
from server.stock.history_schemas import MoveFilter, MoveOut, MovePlace, PastBalance, PastFilter
from server.stock.words import REASONS

_EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
_LAST = 2**63 - 1


def midnight(day: date) -> datetime:
    """When a business day begins; days further away than anything that moved begin at the ends of time."""
    near = min(max(day, _EVER[0].date()), _EVER[1].date())
    return datetime.combine(near, time(), clock.zone())


def _period(wanted: MoveFilter) -> tuple[datetime, datetime]:
    begin = _EVER[0] if wanted.from_ is None else midnight(wanted.from_)
    end = _EVER[1] if wanted.to is None else midnight(min(wanted.to, _EVER[1].date()) + timedelta(days=1))
    return begin, end


def _before(cursor: str | None) -> tuple[datetime, int]:
    """The moment and the id of the last move of the page before."""
    key = paging.decode_cursor(cursor, 2)
    if key is None:
        return _EVER[1], _LAST
    try:
        moment = datetime.fromisoformat(key[0])
    except (TypeError, ValueError):
        raise InvalidInput("翻页标记无效，请重新打开列表") from None
    if moment.tzinfo is None or not isinstance(key[1], int) or not 0 < key[1] <= _LAST:
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return moment, key[1]


async def list_moves(actor: Actor, wanted: MoveFilter) -> tuple[list[MoveOut], str | None]:
    """What came into and left the warehouses of the own org, or of one inside the scope, the newest first."""
    actor.require("stock.read")
    if wanted.reason is not None and wanted.reason not in REASONS:
        raise InvalidInput("没有这种出入库原因", [FieldError("/reason", "没有这种原因")])
    org_id = await places.org_seen(actor, wanted.org_id)
    found = await queries.moves(
        actor.root_id,
        org_id,
        wanted.warehouse_id,
        await _goods(actor, wanted),
        [wanted.reason] if wanted.reason else list(REASONS),
        _period(wanted),
        _before(wanted.cursor),
        wanted.limit + 1,
    )
    shown = found[: wanted.limit]
    papers = await documents.papers(actor.root_id, {(item["document_kind"], item["document_id"]) for item in shown})
    cursor = None
    if len(found) > wanted.limit:
        cursor = paging.encode_cursor(shown[-1]["at"].isoformat(), shown[-1]["id"])
    return [_move(actor, item, papers, org_id) for item in shown], cursor


async def _goods(actor: Actor, wanted: MoveFilter) -> tuple[int | None, int | None]:
    """The product and the lot that are asked for: a lot is of one product, so it alone will do."""
    if wanted.lot_id is None:
        return wanted.product_id, None
    product_id = await queries.product_of_lot(actor.root_id, wanted.lot_id)
    if product_id is None or wanted.product_id not in (None, product_id):
        return wanted.product_id or 0, 0  # of this product there is no such lot, nor any of its moves
    return product_id, wanted.lot_id


def _move(actor: Actor, item: db.Row, papers: dict[tuple[str, int], Paper], org_id: int) -> MoveOut:
    """A move as its reader may see it: a rep sees all that leaves the brand, but not to whom else it goes."""
    document = (item["document_kind"], item["document_id"])
    hidden = [end for end in ("from", "to") if not _seen(actor, item, end, org_id)]
    paper = Paper("", document[0], 0) if hidden else papers.get(document, Paper("", *document))
    here = (item["from_here"], item["to_here"])
    return msgspec.convert(
        {
            **item,
            "direction": "between" if all(here) else "out" if here[0] else "in",
            "reason_name": REASONS.get(item["reason"], item["reason"]),
            "source": _place(item, "from", org_id, hidden),
            "target": _place(item, "to", org_id, hidden),
            "document_name": TITLES.get(document[0], document[0]),
            "document_number": paper.number,
            "link_kind": paper.link_kind,
            "link_id": paper.link_id,
        },
        MoveOut,
    )


def _seen(actor: Actor, item: db.Row, end: str, org_id: int) -> bool:
    org = item[f"{end}_org_id"]
    return org in (org_id, actor.org_id) or actor.sees(item[f"{end}_path"]) or actor.assigned is None


def _place(item: db.Row, end: str, org_id: int, hidden: Sequence[str]) -> MovePlace:
    if end in hidden:
        return MovePlace(item[f"{end}_kind"], item[f"{end}_name"], 0, "其他客户")
    own = item[f"{end}_org_id"] == org_id
    return MovePlace(
        item[f"{end}_kind"], item[f"{end}_name"], item[f"{end}_org_id"], "" if own else item[f"{end}_org_name"]
    )


async def list_past(actor: Actor, wanted: PastFilter) -> tuple[list[PastBalance], str | None]:
    """What the warehouses held at the end of a business day, lot by lot, as the journal says.

    A day counts what was booked in it: a sale of yesterday that a till reports today leaves the stock today.
    """
    actor.require("stock.read")
    day = wanted.day or clock.today()
    if day > clock.today():
        raise InvalidInput("只能查今天和以前的库存", [FieldError("/day", "在今天之后")])
    org_id = await places.org_seen(actor, wanted.org_id)
    found = await queries.past(
        actor.root_id,
        org_id,
        wanted.warehouse_id,
        midnight(max(day, _EVER[0].date()) + timedelta(days=1)),
        wanted.product_id,
        wanted.changed,
        clock.now(),
        _after(wanted.cursor),
        wanted.limit + 1,
    )
    shown = found[: wanted.limit]
    cursor = None
    if len(found) > wanted.limit:
        cursor = paging.encode_cursor(*(shown[-1][name] for name in ("warehouse_id", "product_id", "lot_id")))
    return [msgspec.convert(dict(item), PastBalance) for item in shown], cursor


def _after(cursor: str | None) -> Sequence[int]:
    key = paging.decode_cursor(cursor, 3) or [0, 0, 0]
    if any(not isinstance(part, int) or not 0 <= part <= _LAST for part in key):
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return key
