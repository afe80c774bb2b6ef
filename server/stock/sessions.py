"""Scanning: several phones scan into one session, which nothing gets lost from and nothing gets into twice.

A scan has the id that its phone gave it, and its effect once, however often it is sent. Scans are only ever added;
what they come to (lines, unknown codes) is worked out from them when somebody asks, so that no two phones ever wait
for each other, and an undo may arrive before what it undoes. Goods move when the session is finished
(`server/stock/finishing.py`). (D2.1, T2, T4)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from server.catalog import service as catalog
from server.catalog.schemas import PackagingOut
from server.catalog.service import Named, Packed
from server.core import audit, clock, db, gs1, live, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound
from server.core.gs1 import Gs1Broken, Scanned
from server.core.types import MAX_ID, OrgRef
from server.stock import places
from server.stock import session_queries as queries
from server.stock.session_queries import Scan
from server.stock.session_schemas import (
    LotGiven,
    NewScanSession,
    ScanIn,
    ScanLine,
    ScanOut,
    ScanQuery,
    ScanSession,
    ScanSessionDetail,
    ScanSessionFilter,
    Solution,
    UnknownCode,
)
from server.stock.words import INCOMING, KIND_NAMES, OUTGOING, PREFIXES, REASONS

PERMISSIONS = {"in": "stock.scan", "out": "stock.scan", "count": "stock.scan", "sale": "stock.sell"}
_SOLD_FROM = ("warehouse",)
_HELD_IN = ("warehouse", "quarantine")
_packagings = msgspec.json.Decoder(list[PackagingOut])


class ScanSessionState(BusinessError):
    """The session is over; nothing more can be scanned into it, or done with it."""

    status, code, title = 409, "scan_session_state", "扫码任务已结束"


async def open_session(actor: Actor, new: NewScanSession) -> int:
    """Begin to scan goods in or out, sales, or a count; the session's id.

    Raises `InvalidInput` for a reason that does not fit the kind, or the org; `NotFound` for a stranger's warehouse.
    """
    actor.require(PERMISSIONS[new.kind])
    reason = _reason(actor, new)
    kinds = _HELD_IN if new.kind in ("out", "count") else _SOLD_FROM
    prefix = f"{PREFIXES[new.kind]}{clock.today():%y%m%d}"
    async with db.transaction():
        place = (new.warehouse_id, kinds)
        made = await queries.open_session(actor, new.kind, place, prefix, reason, new.note.strip(), clock.now())
        if made is None:
            raise NotFound("没有找到这个仓库，或者它已经停用")
        await audit.record(actor, "open", "scan_session", made, msgspec.to_builtins(new))
    return made


def _reason(actor: Actor, new: NewScanSession) -> str:
    if new.kind in ("sale", "count"):
        if new.reason is not None:
            raise InvalidInput(f"{KIND_NAMES[new.kind]}不用选原因", [FieldError("/reason", "不用选")])
        return ""
    fitting = [r for r, kinds in INCOMING.items() if actor.org_kind in kinds] if new.kind == "in" else list(OUTGOING)
    if new.reason not in fitting:
        words = "、".join(REASONS[reason] for reason in fitting)
        raise InvalidInput(f"请选择{KIND_NAMES[new.kind]}原因：{words}", [FieldError("/reason", "请选择原因")])
    return new.reason


def may_scan(actor: Actor) -> None:
    """Raise `Forbidden` for who scans nothing at all; which kind, the session says."""
    if not actor.may("stock.sell"):
        actor.require("stock.scan")


async def take_scans(actor: Actor, session_id: int, given: Sequence[ScanIn]) -> list[ScanOut]:
    """Keep the scans of a phone, and say what became of each; each has its effect once (invariant 4).

    Raises `ScanSessionState` when the session is over and any of them is new: the phone keeps them for another one.
    """
    may_scan(actor)
    wanted = _once(given)
    async with db.transaction():
        session = await queries.lock_for_scans(actor, session_id)
        if session is None:
            raise NotFound("没有找到这个扫码任务")
        actor.require(PERMISSIONS[session["kind"]])
        if session["state"] == "open":
            await queries.put(actor, session_id, await _known(actor, list(wanted.values())), clock.now())
        found = await queries.taken(actor.root_id, session_id, list(wanted))
        _all_there(session, given, found)
        if session["state"] == "open":
            await _tell(actor, session_id, "open")
    return [scan_out(found[item.id]) for item in given]


def _once(given: Sequence[ScanIn]) -> dict[UUID, ScanIn]:
    """The scans by their id: where one is there twice, the first, undone when any of them is."""
    wanted: dict[UUID, ScanIn] = {}
    for item in given:
        first = wanted.setdefault(item.id, item)
        if item.undone and not first.undone:
            wanted[item.id] = msgspec.structs.replace(first, undone=True)
    return wanted


def _all_there(session: db.Row, given: Sequence[ScanIn], found: dict[UUID, db.Row]) -> None:
    """Whether what was sent is what is kept; it is not only where the session was over."""
    late = [
        n for n, item in enumerate(given) if item.id not in found or item.undone > (found[item.id]["state"] == "undone")
    ]
    if late:
        words = "已完成" if session["state"] == "finished" else "已取消"
        errors = [FieldError(f"/scans/{n}", "没有记入") for n in late]
        raise ScanSessionState(
            f"扫码任务 {session['number']} {words}，有 {len(late)} 条扫码没有记入，请新建任务后再提交",
            errors,
            state=session["state"],
        )


async def _known(actor: Actor, given: Sequence[ScanIn]) -> list[Scan]:
    """The scans with what their codes say and stand for; one statement for all of them."""
    read = [_read(item) for item in given]
    named = await catalog.named(
        actor.root_id,
        {scanned.gtin for scanned, _ in read if scanned.gtin},
        {scanned.text for scanned, _ in read if scanned.text},
        {item.packaging_id for item in given if item.packaging_id},
    )
    return [_scan(item, *found, named) for item, found in zip(given, read, strict=True)]


def _read(item: ScanIn) -> tuple[Scanned, str]:
    """What the code says, or why it says nothing."""
    try:
        return gs1.read(item.code, item.symbology), ""
    except Gs1Broken as broken:
        return Scanned(), broken.detail


def _chosen(item: ScanIn, named: Named) -> Packed | None:
    """The packaging that the person chose; None where there is none like that in the brand."""
    packed = named.packagings.get(item.packaging_id or 0)
    return packed if packed and packed.product_id == item.product_id else None


def _scan(item: ScanIn, scanned: Scanned, problem: str, named: Named) -> Scan:
    packed = _chosen(item, named) or named.gtins.get(scanned.gtin) or named.codes.get(scanned.text)
    if packed is None and not problem:
        problem = f"商品库里没有 {scanned.gtin or scanned.text or '这种物流单元'}"
    return Scan(
        id=item.id,
        code=item.code,
        symbology=item.symbology,
        key=key_of(item.code, scanned),
        problem="" if packed else problem,
        product_id=packed and packed.product_id,
        packaging_id=packed and packed.packaging_id,
        unit_qty=packed and packed.unit_qty,
        times=item.count or min(scanned.count or 1, 100_000),
        lot_code=(scanned.lot_code if item.lot_code is None else item.lot_code).strip(),
        produced_on=scanned.produced_on if item.expires_on is None else None,
        expires_on=item.expires_on or scanned.expires_on,
        serial=(scanned.serial or scanned.sscc) if item.serial is None else item.serial.strip(),
        undone=item.undone,
        scanned_at=item.at,
    )


def key_of(code: str, scanned: Scanned) -> str:
    """By what an unknown code is solved: its GTIN, for lot and serial differ from case to case; else the text."""
    return scanned.gtin or scanned.text or code.strip()


async def get_session(actor: Actor, session_id: int) -> ScanSessionDetail:
    """A session inside the scope with its lines, and the codes that stand for nothing."""
    actor.require("stock.read")
    head = await queries.session(actor, session_id)
    if head is None:
        raise NotFound("没有找到这个扫码任务")
    lines = await queries.lines(actor.root_id, session_id)
    unknown = await queries.unknown(actor.root_id, session_id)
    packed = await queries.packagings(list({item["product_id"] for item in lines}))
    keeps_lots = await queries.keeps_lots(actor, head["org_id"])
    shown = [_line(item, packed, head["kind"] == "in" and keeps_lots) for item in lines]
    return ScanSessionDetail(
        **msgspec.structs.asdict(_session(head)),
        keeps_lots=keeps_lots,
        scans=sum(item["count"] for item in lines) + sum(item["count"] for item in unknown),
        qty=sum(line.qty for line in shown),
        lines=shown,
        unknown=[msgspec.convert(dict(item), UnknownCode) for item in unknown],
    )


def lot_missing(line: db.Row) -> bool:
    """Whether goods that spoil came without anything that says until when they are good."""
    return bool(
        line["shelf_life_days"] and not line["lot_code"] and line["expires_on"] is None and line["produced_on"] is None
    )


def _line(item: db.Row, packed: dict[int, str], asks: bool) -> ScanLine:
    packagings = _packagings.decode(packed.get(item["product_id"], "[]"))
    return msgspec.convert({**item, "packagings": packagings, "needs_lot": asks and lot_missing(item)}, ScanLine)


def _session(head: db.Row) -> ScanSession:
    return msgspec.convert(
        {
            **head,
            "org": OrgRef(head["org_id"], head["org_name"]),
            "warehouse": OrgRef(head["location_id"], head["location_name"]),
            "reason_name": REASONS.get(head["reason"], ""),
        },
        ScanSession,
    )


def scan_out(found: db.Row) -> ScanOut:
    """A scan's row as its reader sees it."""
    counts = found["state"] == "counted"
    return msgspec.convert({**found, "qty": found["count"] * found["unit_qty"] if counts else 0}, ScanOut)


async def list_sessions(actor: Actor, wanted: ScanSessionFilter) -> tuple[list[ScanSession], str | None]:
    """Sessions of the own org, of one inside the scope or of all inside it, the newest first."""
    actor.require("stock.read")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    of = None if wanted.all_below and wanted.org_id is None else await places.org_seen(actor, wanted.org_id)
    found = await queries.sessions(actor, of, before, wanted.state, wanted.kind, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit)
    return [_session(item) for item in shown], cursor


async def list_scans(actor: Actor, session_id: int, wanted: ScanQuery) -> tuple[list[ScanOut], str | None]:
    """The scans of a session one by one, the newest first: what a phone undoes need not be its own."""
    actor.require("stock.read")
    if await queries.session(actor, session_id) is None:
        raise NotFound("没有找到这个扫码任务")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await queries.scans(actor.root_id, session_id, before, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit, "seq")
    return [scan_out(item) for item in shown], cursor


async def _locked(actor: Actor, session_id: int) -> db.Row:
    """An own open session, standing still."""
    may_scan(actor)
    session = await queries.lock(actor, session_id)
    if session is None:
        raise NotFound("没有找到这个扫码任务")
    actor.require(PERMISSIONS[session["kind"]])
    still_open(session)
    return session


def still_open(session: db.Row) -> None:
    """Raise `ScanSessionState` when a session is over."""
    if session["state"] != "open":
        words = "已完成" if session["state"] == "finished" else "已取消"
        raise ScanSessionState(f"扫码任务 {session['number']} {words}", state=session["state"])


def _key(code: str) -> str:
    try:
        return key_of(code, gs1.read(code))
    except Gs1Broken:
        return code.strip()


async def resolve_code(actor: Actor, session_id: int, given: Solution) -> None:
    """Say what an unknown code stands for: for all its scans, also those that other phones have yet to send."""
    async with db.transaction():
        await _locked(actor, session_id)
        packed = (await catalog.named(actor.root_id, packaging_ids=[given.packaging_id])).packagings
        chosen = packed.get(given.packaging_id)
        if chosen is None or chosen.product_id != given.product_id:
            raise NotFound("没有找到这个商品的包装")
        await _solve(actor, session_id, given.code, chosen)


async def drop_code(actor: Actor, session_id: int, code: str) -> None:
    """Let an unknown code count as nothing; solving it later takes that back."""
    async with db.transaction():
        await _locked(actor, session_id)
        await _solve(actor, session_id, code, (None, None, None))


async def _solve(actor: Actor, session_id: int, code: str, packed: Packed | tuple[None, None, None]) -> None:
    if not await queries.solve(actor, session_id, _key(code), (packed[0], packed[1], packed[2]), clock.now()):
        raise NotFound("这次扫码里没有这个未识别的条码")
    changes = {"code": code, "product_id": packed[0], "packaging_id": packed[1]}
    await audit.record(actor, "resolve" if packed[0] else "drop", "scan_session", session_id, changes)
    await _tell(actor, session_id, "open")


async def say_lot(actor: Actor, session_id: int, given: LotGiven) -> None:
    """Say the lot of a line that came without one, or was read wrongly."""
    code = given.lot_code.strip()
    if not code and given.expires_on is None and given.produced_on is None:
        raise InvalidInput("请填写批号、生产日期或到期日", [FieldError("/expires_on", "请填写")])
    if given.produced_on and given.expires_on and given.produced_on > given.expires_on:
        raise InvalidInput("生产日期在到期日之后", [FieldError("/produced_on", "在到期日之后")])
    async with db.transaction():
        await _locked(actor, session_id)
        lot = (code, given.produced_on, given.expires_on)
        was = (given.was_lot_code.strip(), given.was_expires_on)
        if not await queries.say_lot(actor.root_id, session_id, given.product_id, lot, was):
            raise NotFound("这次扫码里没有这一行")
        await audit.record(actor, "say_lot", "scan_session", session_id, msgspec.to_builtins(given))
        await _tell(actor, session_id, "open")


async def cancel_session(actor: Actor, session_id: int) -> None:
    """Put a session aside: nothing moves, its scans stay to be read. Twice is once."""
    may_scan(actor)
    async with db.transaction():
        session = await queries.lock(actor, session_id)
        if session is None:
            raise NotFound("没有找到这个扫码任务")
        actor.require(PERMISSIONS[session["kind"]])
        if session["state"] == "cancelled":
            return
        still_open(session)
        await end(actor, session, "cancelled", {})


async def call_off(actor: Actor, session_id: int) -> None:
    """Put an open session aside because what it was for is called off."""
    session = await queries.lock(actor, session_id)
    if session is not None and session["state"] == "open":
        await end(actor, session, "cancelled", {})


async def end(actor: Actor, session: db.Row, state: str, facts: dict[str, object]) -> None:
    """Close a locked session, with its entry in the audit trail, and tell the other phones."""
    await queries.end(actor.root_id, session["id"], state, actor.account_id, clock.now())
    verb = {"finished": "finish", "cancelled": "cancel"}[state]
    await audit.record(actor, verb, "scan_session", session["id"], {"number": session["number"], **facts})
    await _tell(actor, session["id"], state)


async def _tell(actor: Actor, session_id: int, state: str) -> None:
    data = {"id": session_id, "state": state}
    await live.tell([actor.org_id], actor.path, "scan_session", data)


def expiry_of(produced_on: date | None, shelf_life_days: int) -> date | None:
    """The day until which goods are good that were made on a day."""
    return produced_on + timedelta(days=shelf_life_days) if produced_on and shelf_life_days else None
