"""The adjustment: the differences of a stocktake move from or to the place `adjustment`, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, NotFound
from server.counts import line_queries, queries
from server.counts.queries import KIND
from server.stock import counting
from server.stock import queries as stock
from server.stock.counting import Holding, Moment
from server.stock.queries import Document, Move

NAMED = 3


class LinesHeld(BusinessError):
    """Some lines cannot be adjusted. `lines` names each with its code, and the documents that hold its goods:
    reserved (less would be there than is held), gone (goods left afterwards that were not counted), lot_mismatch.
    """

    status, code, title = 409, "lines_held", "有商品不能调整"


class Ready(NamedTuple):
    """A line with the book figure of its moment, worked out again; `lot_id` 0 where there is no such lot yet."""

    line_no: int
    product_id: int
    product_name: str
    lot_id: int
    lot_code: str
    price_fen: int
    counted: int
    book: int
    on_hand: int
    reserved: int

    @property
    def moved(self) -> int:
        """By how much the books are wrong."""
        return self.counted - self.book

    @property
    def after(self) -> int:
        """What will lie there."""
        return self.on_hand + self.moved


async def check(found: db.Row) -> None:
    """Raise `LinesHeld` where the adjustment would be refused now."""
    await _refuse(found, await _ready(found, await line_queries.to_adjust(found["root_id"], found["id"])))


async def adjust(actor: Actor, found: db.Row) -> int:
    """Move the differences of a stocktake, in a fixed number of statements; how many lines moved.

    Raises `LinesHeld` naming every line that cannot be adjusted; then nothing has moved.
    """
    root_id = found["root_id"]
    if await queries.place(found["org_id"], found["location_id"]) is None:
        raise NotFound("这个仓库已经停用，不能调整")
    lines = await line_queries.to_adjust(root_id, found["id"])
    made = await _lots(found, lines)
    target = (await stock.locations([found["org_id"]]))[found["org_id"], "adjustment"]
    products, lots = [line["product_id"] for line in lines], [made[line["line_no"]] for line in lines]
    await counting.lock(root_id, [found["location_id"], target], products, lots)
    ready = await _ready(found, lines, made)
    await _refuse(found, ready)
    moves = [_move(one, found["location_id"], target) for one in ready if one.moved]
    document = Document(KIND, found["id"], actor.account_id or None, clock.now())
    await stock.post(root_id, moves, document)
    done = [(one.line_no, one.book, one.moved, one.lot_id) for one in ready]
    await line_queries.adjusted(root_id, found["id"], done)
    return len(moves)


def _move(one: Ready, place: int, target: int) -> Move:
    ends = (target, place, "count_gain") if one.moved > 0 else (place, target, "count_loss")
    return Move(one.product_id, one.lot_id, abs(one.moved), *ends)


async def _lots(found: db.Row, lines: Sequence[db.Row]) -> dict[int, int]:
    """The lot of each line, made where it was found and there was none; `LinesHeld` where it is known otherwise."""
    made: dict[int, int] = {line["line_no"]: line["lot_id"] for line in lines if line["lot_id"] is not None}
    new = [line for line in lines if line["lot_id"] is None]
    rows = await stock.ensure_lots(
        found["root_id"],
        [line["product_id"] for line in new],
        [line["lot_code"] for line in new],
        [line["produced_on"] for line in new],
        [line["expires_on"] for line in new],
    )
    wrong = [
        (line, f"批次 {line['lot_code']} 已登记了另一个到期日")
        for line, lot in zip(new, rows, strict=True)
        if lot["expires_on"] != line["expires_on"]
    ]
    if wrong:
        raise _held([(line["line_no"], line["product_name"], "lot_mismatch", detail, []) for line, detail in wrong])
    return made | {line["line_no"]: lot["id"] for line, lot in zip(new, rows, strict=True)}


async def _ready(found: db.Row, lines: Sequence[db.Row], made: dict[int, int] | None = None) -> list[Ready]:
    lots = [line["lot_id"] or (made or {}).get(line["line_no"], 0) for line in lines]
    moments = [
        Moment(line["product_id"], lot, line["first_at"], line["counted_at"])
        for line, lot in zip(lines, lots, strict=True)
    ]
    books = await counting.books(found["root_id"], found["location_id"], moments)
    return [
        Ready(line["line_no"], line["product_id"], line["product_name"], lot, line["lot_code"], line["price_fen"],
              line["counted_qty"], book["book"], book["on_hand"], book["reserved"])
        for line, lot, book in zip(lines, lots, books, strict=True)
    ]  # fmt: skip


async def _refuse(found: db.Row, ready: Sequence[Ready]) -> None:
    """Every line that would leave less than nothing, or less than is held; those that change nothing never do."""
    bad = [one for one in ready if one.moved < 0 and one.after < one.reserved]
    if not bad:
        return
    held = await counting.holders(
        found["root_id"], found["location_id"], [one.product_id for one in bad], [one.lot_id for one in bad]
    )
    raise _held([_refusal(one, held) for one in bad])


def _refusal(one: Ready, held: Sequence[Holding]) -> tuple[int, str, str, str, list[dict[str, object]]]:
    papers: list[dict[str, object]] = [
        {"number": item.paper.number, "link_kind": item.paper.link_kind, "link_id": item.paper.link_id,
         "qty": item.qty} for item in held if (item.product_id, item.lot_id) == (one.product_id, one.lot_id)
    ]  # fmt: skip
    lot = f"批次 {one.lot_code} " if one.lot_code else ""
    if one.after < 0:
        return one.line_no, one.product_name, "gone", f"{lot}点数后又出库，账上会成负数，请复盘", papers
    numbers = "、".join(str(paper["number"]) for paper in papers[:NAMED])
    more = f"等 {len(papers)} 张单" if len(papers) > NAMED else ""
    detail = f"{lot}调整后剩 {one.after}，已为 {numbers}{more} 预留 {one.reserved}"
    return one.line_no, one.product_name, "reserved", detail, papers


def _held(refused: Sequence[tuple[int, str, str, str, list[dict[str, object]]]]) -> LinesHeld:
    first = refused[0]
    more = f"等 {len(refused)} 行" if len(refused) > 1 else ""
    return LinesHeld(
        f"“{first[1]}”{more}不能调整：{first[3]}。没有做任何改动",
        [FieldError(f"/lines/{no}", detail) for no, _, _, detail, _ in refused],
        lines=[
            {"line_no": no, "product_name": name, "code": code, "detail": detail, "held_by": papers}
            for no, name, code, detail, papers in refused
        ],
    )
