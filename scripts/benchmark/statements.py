"""How many statements an operation sends, as the server itself counts and logs them for each request.

Session look-up, idempotency key, BEGIN and COMMIT are all in it. One request of each kind goes to a server that is
asked nothing else: a busy one lets several requests share a statement, and counts it for each.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from pathlib import Path

import msgspec

from scripts.benchmark.http_client import Connection, Unexpected
from scripts.benchmark.operations import Operation
from scripts.benchmark.options import PAGE
from scripts.benchmark.services import HOST

_TRIES = 100


class NotLogged(Exception):
    """The server's log does not tell the request."""


async def count_statements(
    port: int, log: Path, operations: Sequence[Operation]
) -> dict[tuple[str, int], tuple[int, str]]:
    """(operation, lines) → (statements, answer), of one request each to a server that logs into `log`."""
    connection = await Connection.open(HOST, port)
    asked: dict[tuple[str, int], tuple[str, str]] = {}
    try:
        for operation in operations:
            number = uuid.uuid4().hex
            (plain,) = await operation.requests(1)
            head, body = plain.split(b"\r\n\r\n", 1)
            tagged = head + f"\r\nX-Request-Id: {number}\r\n\r\n".encode() + body
            answer = await connection.ask(tagged, operation.status)
            operation.told(plain)
            _shows_something(operation, answer)
            asked[operation.name, operation.lines] = (number, answer.decode())
    finally:
        connection.close()
    return {key: (await _logged(log, number), answer) for key, (number, answer) in asked.items()}


def _shows_something(operation: Operation, answer: bytes) -> None:
    """A page without a row is quickly made: it would measure nothing."""
    if operation.name in PAGE:
        read = msgspec.json.decode(answer)
        rows = read["way"] if operation.name == "trace" else read["items"]
        if not rows:
            raise Unexpected(f"{operation.name} shows no row")


def _find(log: Path, number: str) -> int | None:
    for line in log.read_bytes().splitlines():
        if number.encode() in line:
            return int(msgspec.json.decode(line)["statements"])
    return None


async def _logged(log: Path, number: str) -> int:
    for _ in range(_TRIES):
        found = _find(log, number)
        if found is not None:
            return found
        await asyncio.sleep(0.05)
    raise NotLogged(f"no line of request {number} in {log}")
