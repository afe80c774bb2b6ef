"""The end of a scan session: all that was scanned moves, or nothing does, and each line says why.

Which lot a line is of is a plain rule (`lot_of`). Lots belong to the whole brand, so nobody makes one up: goods of
which nothing is known are the lot '' of their product, goods of which only the day is known the lot of that day.
(D2.1, T4)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, NotFound
from server.stock import queries, sessions
from server.stock import sales_queries as sales
from server.stock import session_queries as scanned
from server.stock.fefo import Lot, Wanted, allocate
from server.stock.queries import Document, Move
from server.stock.words import OUTGOING

FOREVER = date.max
"""The day of goods that do not expire, or of which nobody knows when; PostgreSQL's `infinity`."""

NAMED = 5
OFFLINE = timedelta(days=7)
"""So long before a session began a phone may have scanned for it."""


class CodesUnknown(BusinessError):
    """There are codes that stand for nothing: each is solved, or dropped, before anything moves."""

    status, code, title = 409, "codes_unknown", "有未识别的条码"


class ScanLinesRefused(BusinessError):
    """Some lines cannot move. `lines` names each with its code: lot_missing, lot_unknown, lot_mismatch,
    lot_recalled, stock_short.
    """

    status, code, title = 409, "scan_lines_refused", "有商品不能过账"


class LotName(NamedTuple):
    """A lot as it is written down."""

    code: str
    produced_on: date | None
    expires_on: date


class Refusal(NamedTuple):
    """Why a line does not move; `available` base units could."""

    line: int
    code: str
    detail: str
    available: int | None = None


NO_LOT = LotName("", None, FOREVER)


def lot_of(line: db.Row, known: date | None, keeps_lots: bool) -> LotName | None:
    """The lot in which goods come in; None where the person has to say it. `known`: when a lot of that code expires."""
    code, produced_on = line["lot_code"], line["produced_on"]
    expires_on = line["expires_on"] or sessions.expiry_of(produced_on, line["shelf_life_days"])
    if code and (expires_on or known):
        return LotName(code, produced_on, expires_on or known or FOREVER)
    if expires_on:
        return LotName(f"EXP{expires_on:%Y%m%d}", produced_on, expires_on)
    if not line["shelf_life_days"]:
        return LotName(code, produced_on, FOREVER)
    return None if keeps_lots else NO_LOT


async def finish_session(actor: Actor, session_id: int) -> None:
    """Move what was scanned, in a fixed number of statements; the second time nothing happens.

    Raises `CodesUnknown`, `ScanLinesRefused` with every line that cannot move, `ScanSessionState` of one cancelled.
    """
    sessions.may_scan(actor)
    async with db.transaction():
        session = await scanned.lock_to_finish(actor, session_id)
        if session is None:
            raise NotFound("没有找到这个扫码任务")
        actor.require(sessions.PERMISSIONS[session["kind"]])
        if session["state"] == "finished":
            return
        sessions.still_open(session)
        _all_known(await scanned.unknown(actor.root_id, session_id))
        lines = await scanned.lines(actor.root_id, session_id)
        moves: list[Move] = []
        if lines and session["kind"] != "count":
            moves = await (_incoming if session["kind"] == "in" else _outgoing)(actor, session, lines)
            document = Document("scan_session", session_id, actor.account_id or None, clock.now())
            await queries.post(actor.root_id, moves, document)
        if session["kind"] == "sale":
            today = clock.today()
            first = min(session["opened_at"].astimezone(clock.zone()).date(), today) - OFFLINE
            await sales.count_scans(actor.root_id, session_id, actor.org_id, str(clock.zone()), today, first)
        facts = {"kind": session["kind"], "lines": len(lines), "qty": sum(line["qty"] for line in lines)}
        await sessions.end(actor, session, "finished", facts)


def _all_known(unknown: Sequence[db.Row]) -> None:
    codes = [item["code"] for item in unknown if not item["dropped"]]
    if codes:
        named = "、".join(codes[:NAMED]) + (f"等 {len(codes)} 个" if len(codes) > NAMED else "")
        raise CodesUnknown(f"条码 {named} 还没有对应到商品，请选择商品或放弃", codes=codes)


async def _incoming(actor: Actor, session: db.Row, lines: Sequence[db.Row]) -> list[Move]:
    """Goods from outside into the warehouse, each in its lot."""
    products = [line["product_id"] for line in lines]
    known = await queries.known_lots(actor.root_id, products, [line["lot_code"] for line in lines])
    names = [lot_of(line, known.get(n), session["keeps_lots"]) for n, line in enumerate(lines)]
    _refuse(lines, [Refusal(n, "lot_missing", _asked(lines[n])) for n, name in enumerate(names) if name is None])
    good = [name or NO_LOT for name in names]
    codes, made, until = zip(*good, strict=True)
    lots = await queries.ensure_lots(actor.root_id, products, list(codes), list(made), list(until))
    refused = [
        Refusal(
            n,
            "lot_mismatch",
            f"批次 {name.code} 登记的到期日是 {_day(lot['expires_on'])}，扫到的是 {_day(name.expires_on)}",
        )
        for n, (name, lot) in enumerate(zip(good, lots, strict=True))
        if lot["expires_on"] != name.expires_on
    ]
    _refuse(lines, refused)
    source = (await queries.locations([actor.org_id]))[actor.org_id, "supply"]
    return [
        Move(line["product_id"], lot["id"], line["qty"], source, session["location_id"], session["reason"])
        for line, lot in zip(lines, lots, strict=True)
    ]


def _asked(line: db.Row) -> str:
    return f"请填写批次 {line['lot_code']} 的到期日" if line["lot_code"] else "请填写到期日（或批次、生产日期）"


def _day(day: date) -> str:
    return "不过期" if day == FOREVER else day.isoformat()


async def _outgoing(actor: Actor, session: db.Row, lines: Sequence[db.Row]) -> list[Move]:
    """Goods out of the warehouse: the lots that were scanned, else those that expire first.

    What is sold has not expired, unless its very lot was scanned; what is thrown away may have.
    """
    place, kind = session["location_id"], session["kind"]
    away = "consumer" if kind == "sale" else OUTGOING[session["reason"]]
    target = (await queries.locations([actor.org_id]))[actor.org_id, away]
    products = sorted({line["product_id"] for line in lines})
    locked = await queries.lock_lots(actor.root_id, actor.org_id, products, place, target)
    found = [item for item in locked if item["location_id"] == place]
    wanted, refused = _wanted(lines, found, session["keeps_lots"])
    if kind == "sale":
        refused += _recalled(lines, found)
        found = [item for item in found if not item["blocked"]]
    lots = [Lot(item["product_id"], item["lot_id"], item["expires_on"], item["free"]) for item in found]
    result = allocate(wanted, lots, clock.today() if kind == "sale" else None)
    named = {item.line for item in refused}
    refused += [
        Refusal(item.line_no, "stock_short", f"需要 {item.wanted}，只有 {item.available}", item.available)
        for item in result.short
        if item.line_no not in named
    ]
    _refuse(lines, sorted(refused))
    reason = session["reason"] or "sale"
    return [Move(p.product_id, p.lot_id, p.qty, place, target, reason) for p in result.picks]


def _wanted(lines: Sequence[db.Row], lots: Sequence[db.Row], keeps_lots: bool) -> tuple[list[Wanted], list[Refusal]]:
    """What each line asks for. A lot that is not there is refused; who keeps no lots gets others in its place."""
    wanted: list[Wanted] = []
    refused: list[Refusal] = []
    for n, line in enumerate(lines):
        fitting = _fitting(line, lots)
        if fitting == frozenset():
            if keeps_lots:
                what = f"批次 {line['lot_code']}" if line["lot_code"] else f"{line['expires_on']} 到期的货"
                refused.append(Refusal(n, "lot_unknown", f"仓库里没有{what}", 0))
                continue
            fitting = None
        wanted.append(Wanted(n, line["product_id"], line["qty"], fitting))
    return wanted, refused


def _recalled(lines: Sequence[db.Row], lots: Sequence[db.Row]) -> list[Refusal]:
    """Lines that name a lot which is called back: nobody sells it any more."""
    blocked = {(lot["product_id"], lot["code"]) for lot in lots if lot["blocked"]}
    return [
        Refusal(n, "lot_recalled", f"批次 {line['lot_code']} 正在召回，不能销售", 0)
        for n, line in enumerate(lines)
        if line["lot_code"] and (line["product_id"], line["lot_code"]) in blocked
    ]


def _fitting(line: db.Row, lots: Sequence[db.Row]) -> frozenset[int] | None:
    """The lots that a line names; None where it names none."""
    if not line["lot_code"] and line["expires_on"] is None:
        return None
    return frozenset(
        lot["lot_id"]
        for lot in lots
        if lot["product_id"] == line["product_id"]
        and (lot["code"] == line["lot_code"] if line["lot_code"] else lot["expires_on"] == line["expires_on"])
    )


def _refuse(lines: Sequence[db.Row], refused: Sequence[Refusal]) -> None:
    """All or nothing: every line that does not move is named."""
    if not refused:
        return
    errors = [FieldError(f"/lines/{item.line}", item.detail) for item in refused]
    first = lines[refused[0].line]["product_name"]
    more = f"等 {len(refused)} 行" if len(refused) > 1 else ""
    raise ScanLinesRefused(
        f"“{first}”{more}不能过账：{refused[0].detail}。没有做任何改动",
        errors,
        lines=[
            {
                "line": item.line,
                "code": item.code,
                "detail": item.detail,
                "product_id": lines[item.line]["product_id"],
                "packaging_id": lines[item.line]["packaging_id"],
                "lot_code": lines[item.line]["lot_code"],
                "expires_on": lines[item.line]["expires_on"],
                "qty": lines[item.line]["qty"],
                "available_qty": item.available,
            }
            for item in refused
        ],
    )
