"""HTTP of scanning."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Routes
from server.stock import finishing, sessions
from server.stock.session_schemas import (
    Dropped,
    LotGiven,
    NewScanSession,
    ScanList,
    ScanQuery,
    Scans,
    ScanSessionDetail,
    ScanSessionFilter,
    ScanSessionList,
    ScansTaken,
    Solution,
)
from server.stock.sessions import ScanSessionState

routes = Routes("scanning", "/scan-sessions")


@routes.post("", permission="stock.read", status=201, errors=[NotFound])
async def open_scan_session(actor: Actor, body: NewScanSession) -> ScanSessionDetail:
    """Begin to scan: goods in, goods out, sales, or a count."""
    return await sessions.get_session(actor, await sessions.open_session(actor, body))


@routes.get("", permission="stock.read", errors=[NotFound])
async def list_scan_sessions(actor: Actor, query: ScanSessionFilter) -> ScanSessionList:
    """The own org's sessions, the newest first."""
    found, cursor = await sessions.list_sessions(actor, query)
    return ScanSessionList(found, cursor)


@routes.get("/<scan_session_id:int>", permission="stock.read", errors=[NotFound])
async def get_scan_session(actor: Actor, scan_session_id: int) -> ScanSessionDetail:
    """A session: its lines per product, packaging and lot, and its unknown codes."""
    return await sessions.get_session(actor, scan_session_id)


@routes.get("/<scan_session_id:int>/scans", permission="stock.read", errors=[NotFound])
async def list_scans(actor: Actor, scan_session_id: int, query: ScanQuery) -> ScanList:
    """The scans of a session one by one."""
    found, cursor = await sessions.list_scans(actor, scan_session_id, query)
    return ScanList(found, cursor)


# Each scan brings its own id, under which it has its effect once: the request needs no key beside them.
@routes.post(
    "/<scan_session_id:int>/scans", permission="stock.read", idempotent="no", errors=[NotFound, ScanSessionState]
)
async def take_scans(actor: Actor, scan_session_id: int, body: Scans) -> ScansTaken:
    """Send scans; any of them may have been sent before."""
    return ScansTaken(await sessions.take_scans(actor, scan_session_id, body.scans))


@routes.post("/<scan_session_id:int>/resolve", permission="stock.read", errors=[NotFound, ScanSessionState])
async def resolve_code(actor: Actor, scan_session_id: int, body: Solution) -> ScanSessionDetail:
    """Say what an unknown code stands for, for all its scans."""
    await sessions.resolve_code(actor, scan_session_id, body)
    return await sessions.get_session(actor, scan_session_id)


@routes.post("/<scan_session_id:int>/drop", permission="stock.read", errors=[NotFound, ScanSessionState])
async def drop_code(actor: Actor, scan_session_id: int, body: Dropped) -> ScanSessionDetail:
    """Let an unknown code count as nothing."""
    await sessions.drop_code(actor, scan_session_id, body.code)
    return await sessions.get_session(actor, scan_session_id)


@routes.post("/<scan_session_id:int>/lots", permission="stock.read", errors=[NotFound, ScanSessionState])
async def say_lot(actor: Actor, scan_session_id: int, body: LotGiven) -> ScanSessionDetail:
    """Say the lot, or the days, of a line."""
    await sessions.say_lot(actor, scan_session_id, body)
    return await sessions.get_session(actor, scan_session_id)


@routes.post(
    "/<scan_session_id:int>/finish",
    permission="stock.read",
    errors=[NotFound, ScanSessionState, finishing.CodesUnknown, finishing.ScanLinesRefused],
)
async def finish_scan_session(actor: Actor, scan_session_id: int) -> ScanSessionDetail:
    """Move what was scanned, all of it or nothing."""
    await finishing.finish_session(actor, scan_session_id)
    return await sessions.get_session(actor, scan_session_id)


@routes.post("/<scan_session_id:int>/cancel", permission="stock.read", errors=[NotFound, ScanSessionState])
async def cancel_scan_session(actor: Actor, scan_session_id: int) -> ScanSessionDetail:
    """Put a session aside; nothing moves."""
    await sessions.cancel_session(actor, scan_session_id)
    return await sessions.get_session(actor, scan_session_id)
