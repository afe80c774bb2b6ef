"""The same key and body give one effect and the same answer.

The key is stored in the transaction of the change. Two equal requests at the same moment: the second waits at the
key's row until the first has committed, then gets its answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from server.core import db
from server.core.errors import BusinessError, InvalidInput


class KeyReused(BusinessError):
    """The key was used before for another request."""

    status, code, title = 409, "idempotency_key_reused", "重复的请求编号"


class Claim(NamedTuple):
    """A key as one account uses it for one request."""

    account_id: int
    root_id: int
    key: str
    request_hash: bytes


class Answer(NamedTuple):
    """What was answered the first time."""

    status: int
    response: str


_KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")  # no colon: it divides the key of a batch from its parts

_CLAIM = """
INSERT INTO idempotency (account_id, key, root_id, request_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, key) DO NOTHING
RETURNING true
"""
_FIND = "SELECT request_hash, status, response FROM idempotency WHERE account_id = $1 AND key = $2"
_FINISH = "UPDATE idempotency SET status = $3, response = $4 WHERE account_id = $1 AND key = $2"


def make_claim(account_id: int, root_id: int, key: str | None, method: str, path: str, body: bytes) -> Claim:
    """The claim of a request; `InvalidInput` when the key is missing or not of 8 to 80 letters, digits, - and _."""
    if not key or not _KEY.fullmatch(key):
        raise InvalidInput("请求缺少 Idempotency-Key（8 到 80 个字母、数字、- 或 _），请刷新页面重试")
    digest = hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()
    return Claim(account_id, root_id, key, digest)


async def claim(wanted: Claim) -> Answer | None:
    """Take the key inside the open transaction; the earlier answer when it was taken before."""
    taken = await db.value(_CLAIM, wanted.account_id, wanted.key, wanted.root_id, wanted.request_hash)
    return None if taken else await find(wanted)


async def find(wanted: Claim) -> Answer | None:
    """The stored answer of a key, if it was used; `KeyReused` when it belongs to another request."""
    found = await db.row(_FIND, wanted.account_id, wanted.key)
    if found is None:
        return None
    if found["status"] is None or found["request_hash"] != wanted.request_hash:
        raise KeyReused("这个请求编号已用于另一项操作，请刷新页面重试")
    return Answer(found["status"], found["response"])


async def finish(wanted: Claim, answer: Answer) -> None:
    """Store the answer, in the transaction that took the key."""
    await db.run(_FINISH, wanted.account_id, wanted.key, answer.status, answer.response)


def part(wanted: Claim, name: object) -> Claim:
    """The claim of one part of a batch: each part happens once, whatever became of the others."""
    return wanted._replace(key=f"{wanted.key}:{name}")


async def once(wanted: Claim, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """The effect, its answer and its key in one transaction; the earlier answer when it was done before."""
    async with db.transaction():
        earlier = await claim(wanted)
        if earlier is not None:
            return earlier
        answer = await work()
        await finish(wanted, answer)
        return answer
