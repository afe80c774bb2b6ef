"""Tickets with which a live stream is opened: a browser's EventSource can send no header.

What stands in an address ends in logs and histories, so it is never the session's token: a ticket opens one stream,
once, within half a minute, and nothing else. It is signed with the stored hash of the session's token: no further
secret is needed, and with the session end its tickets.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct

from server.core import clock, limits
from server.core.actor import Actor
from server.core.errors import NotSignedIn
from server.core.http import TICKET
from server.core.redis import attempt, client
from server.identity import queries

SECONDS = 30
PER_MINUTE = 60

_SHAPE = struct.Struct(">QQ16s")  # session, end, what makes it the only one of its kind
_used_here: dict[bytes, int] = {}


def _sign(token_hash: bytes, content: bytes) -> bytes:
    return hmac.digest(token_hash, b"live stream" + content, hashlib.sha256)


async def issue(actor: Actor) -> str:
    """A ticket for the session of this request."""
    await limits.hold_back(f"ticket:{actor.account_id}", PER_MINUTE, "连接太频繁，请一分钟后再试")
    token_hash = await queries.session_hash(actor.session_id)
    if token_hash is None:
        raise NotSignedIn("登录已过期，请重新登录")
    content = _SHAPE.pack(actor.session_id, int(clock.now().timestamp()) + SECONDS, secrets.token_bytes(16))
    return base64.urlsafe_b64encode(content + _sign(token_hash, content)).decode().rstrip("=")


async def _first_use(once: bytes, end: int, now: int) -> bool:
    """Whether a ticket was not used before; without Redis this process alone remembers."""
    redis = client()
    if redis is not None:
        pipeline = redis.pipeline(transaction=False)
        pipeline.incr(f"ticket:{once.hex()}")
        pipeline.expire(f"ticket:{once.hex()}", 2 * SECONDS)
        counted = await attempt(pipeline.execute())
        if counted is not None:
            return int(counted[0]) == 1
    for old in [key for key, until in _used_here.items() if until < now]:
        del _used_here[old]
    fresh = once not in _used_here
    _used_here[once] = end
    return fresh


async def redeem(credential: str) -> bytes:
    """The token hash of the session whose ticket this is; `NotSignedIn` for a forged, old or used one."""
    refused = NotSignedIn("连接凭证已失效，请重新连接")
    try:
        given = base64.urlsafe_b64decode(credential.removeprefix(TICKET) + "==")
        session_id, end, once = _SHAPE.unpack(given[: _SHAPE.size])
    except (ValueError, struct.error):
        raise refused from None
    now = int(clock.now().timestamp())
    token_hash = await queries.session_hash(session_id) if now <= end <= now + SECONDS else None
    if token_hash is None or not hmac.compare_digest(_sign(token_hash, given[: _SHAPE.size]), given[_SHAPE.size :]):
        raise refused
    if not await _first_use(once, end, now):
        raise refused
    return token_hash
