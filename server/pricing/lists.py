"""What price lists say on a day: a list, products by groups, all lists, the history of a price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import MAX_ID
from server.pricing import list_queries, queries
from server.pricing.parties import list_of, seller_of
from server.pricing.schemas import (
    Cell,
    History,
    HistoryEntry,
    HistoryQuery,
    Limits,
    ListQuery,
    ListsQuery,
    ListSummaries,
    ListSummary,
    Matrix,
    MatrixQuery,
    MatrixRow,
    PlannedPrice,
    PlannedPrices,
    PlannedQuery,
    PriceOut,
    PriceOutList,
)
from server.pricing.words import source_words


def _limits(found: db.Row) -> Limits:
    words = source_words(found["grade"] or "", found["region_code"] or "")
    return Limits(found["floor_fen"], found["guide_fen"], found["ceiling_fen"], words)


def _price(found: db.Row) -> PriceOut:
    return PriceOut(
        product_id=found["product_id"],
        product_code=found["product_code"],
        product_name=found["product_name"],
        spec=found["spec"],
        base_unit=found["base_unit"],
        price_fen=found["price_fen"],
        source=found["source"],
        entry_id=found["entry_id"],
        exception_id=found["exception_id"],
        from_on=found["from_on"],
        until_on=found["until_on"],
        base_fen=found["base_fen"],
        next_from=found["next_from"],
        next_fen=found["next_fen"],
        offered=found["offered"],
        limits=_limits(found),
    )


async def list_prices(actor: Actor, wanted: ListQuery) -> PriceOutList:
    """What a list says on a day, with limits, source and next change; a buyer's is what the buyer sees (D5.3)."""
    of = await list_of(actor, wanted.seller_id, wanted.price_group, wanted.buyer_id)
    after, day = paging.id_cursor(wanted.cursor) or 0, wanted.day or clock.today()
    rows = await list_queries.page(of, day, after, wanted.category_id, wanted.q, wanted.limit + 1)
    found, cursor = paging.page(rows, wanted.limit, "product_id")
    return PriceOutList([_price(item) for item in found], cursor)


async def matrix(actor: Actor, wanted: MatrixQuery) -> Matrix:
    """Products by groups: what each group of the seller's buyers is asked on a day (D5.3)."""
    seller = await seller_of(actor, wanted.seller_id)
    named = [name.strip() for name in (wanted.groups or "").split(",") if name.strip()]
    groups = named or [item["price_group"] for item in await _groups(actor.root_id, seller["id"])]
    if len(groups) > 20:
        raise InvalidInput("一次最多显示 20 个价格组")
    after, day = paging.id_cursor(wanted.cursor) or 0, wanted.day or clock.today()
    of, only = (actor.root_id, seller["id"]), (wanted.category_id, wanted.product_id)
    found = await list_queries.matrix(of, groups, day, after, *only, wanted.q, wanted.limit + 1)
    rows = [_matrix_row(found[n : n + len(groups)]) for n in range(0, len(found), len(groups))] if groups else []
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    return Matrix(groups, rows, paging.encode_cursor(rows[-1].product_id) if more else None)


def _matrix_row(cells: Sequence[db.Row]) -> MatrixRow:
    first = cells[0]
    return MatrixRow(
        product_id=first["product_id"],
        product_code=first["product_code"],
        product_name=first["product_name"],
        spec=first["spec"],
        base_unit=first["base_unit"],
        category_id=first["category_id"],
        limits=_limits(first),
        cells=[
            Cell(
                price_group=cell["price_group"],
                price_fen=cell["price_fen"],
                entry_id=cell["entry_id"],
                until_on=cell["until_on"],
                base_fen=cell["base_fen"],
                next_from=cell["next_from"],
                next_fen=cell["next_fen"],
                offered=cell["offered"],
            )
            for cell in cells
        ],
    )


async def _groups(root_id: int, seller_id: int) -> Sequence[db.Row]:
    found = await db.rows(queries.GROUPS, root_id, seller_id, clock.today())
    return found or [{"price_group": "standard", "buyer_id": None, "buyer_name": None, "buyers": 0,
                      "updated_at": None, "products": 0, "temporary": 0, "planned": 0}]  # fmt: skip


def _summary(found: db.Row) -> ListSummary:
    return ListSummary(
        price_group=found["price_group"],
        buyer_id=found["buyer_id"],
        buyer_name=found["buyer_name"],
        buyers=found["buyers"],
        products=found["products"] or 0,
        temporary=found["temporary"] or 0,
        planned=found["planned"] or 0,
        updated_at=found["updated_at"],
    )


async def list_lists(actor: Actor, wanted: ListsQuery) -> ListSummaries:
    """All groups of a seller's buyers, and the buyers that have own prices."""
    seller = await seller_of(actor, wanted.seller_id)
    after = paging.id_cursor(wanted.cursor) or 0
    groups = await _groups(actor.root_id, seller["id"])
    asked = (actor.root_id, seller["id"], clock.today(), after, wanted.limit + 1)
    own, cursor = paging.page(await db.rows(queries.OWN_LISTS, *asked), wanted.limit, "buyer_id")
    shown = [_summary(item) for item in groups] if not after else []
    return ListSummaries(shown, [_summary(item) for item in own], cursor, seller["sets_prices"])


async def history(actor: Actor, wanted: HistoryQuery) -> History:
    """Who set which price of a product, when, and what it was before; the newest first."""
    seller = await seller_of(actor, wanted.seller_id)
    audience = None
    if wanted.price_group or wanted.buyer_id:
        audience = (await list_of(actor, wanted.seller_id, wanted.price_group, wanted.buyer_id)).audience
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    asked = (actor.root_id, seller["id"], wanted.product_id, audience, before, wanted.limit + 1)
    found, cursor = paging.page(await queries.history(*asked), wanted.limit)
    fields = HistoryEntry.__struct_fields__
    return History([HistoryEntry(**{name: item[name] for name in fields}) for item in found], cursor)


async def list_planned(actor: Actor, wanted: PlannedQuery) -> PlannedPrices:
    """What is to come in all lists of a seller: prices that begin, or temporary ones that end, the next first."""
    seller = await seller_of(actor, wanted.seller_id)
    running = wanted.what == "running"
    after = _day_cursor(wanted.cursor)
    asked = ((actor.root_id, seller["id"]), running, clock.today(), after, wanted.limit + 1)
    found = await list_queries.planned(*asked)
    shown, day = list(found[: wanted.limit]), "until_on" if running else "from_on"
    more = len(found) > wanted.limit
    cursor = paging.encode_cursor(shown[-1][day].isoformat(), shown[-1]["id"]) if more else None
    return PlannedPrices([msgspec.convert(item, PlannedPrice) for item in shown], cursor)


def _day_cursor(cursor: str | None) -> tuple[date | None, int]:
    key = paging.decode_cursor(cursor, 2)
    if key is None:
        return None, 0
    try:
        return date.fromisoformat(str(key[0])), min(int(key[1]), MAX_ID)
    except ValueError:
        raise InvalidInput("翻页标记无效，请重新打开列表") from None
