"""Scans as a phone makes them."""

from __future__ import annotations

import uuid
from typing import Any

from server.core import clock
from tests.world import User


def scan(code: str, count: int | None = None, **more: Any) -> dict[str, Any]:
    """One scan with an id of its own."""
    beside = {} if count is None else {"count": count}
    return {"id": str(uuid.uuid4()), "code": code, "at": clock.now().isoformat(), **beside, **more}


async def begin(who: User, kind: str = "in", **more: Any) -> int:
    """A new session; goods in are opening stock, goods out are lost, unless said otherwise."""
    reason = {"in": "opening", "out": "lost"}.get(kind)
    body = {"kind": kind, **({"reason": reason} if reason else {}), **more}
    return int((await who.post("/scan-sessions", body, 201))["id"])


async def send(who: User, session: int, *scans: dict[str, Any], status: int = 200) -> Any:
    """Send scans; the answer, or each scan's state where it was taken."""
    return await who.post(f"/scan-sessions/{session}/scans", {"scans": list(scans)}, status)


async def finish(who: User, session: int, status: int = 200) -> Any:
    """Finish a session; the answer."""
    return await who.post(f"/scan-sessions/{session}/finish", None, status)
