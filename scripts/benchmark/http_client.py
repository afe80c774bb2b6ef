"""The least of HTTP/1.1 that a load generator needs: prebuilt requests, answers with a length, connections kept.

It shares the processor with the server it measures, so it does as little as can be.
"""

from __future__ import annotations

import asyncio
from typing import cast


class Unexpected(Exception):
    """The server answered with something else than what the measurement counts on."""


class Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._length = -1
        self._answer: asyncio.Future[bytes] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> Connection:
        """Connect."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    async def ask(self, request: bytes, status: int) -> bytes:
        """Send a request and answer the body; raises `Unexpected` for any other status than this one."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        if int(answer[9:12]) != status:
            raise Unexpected(f"{request[:200]!r}\n{answer.decode(errors='replace')}")
        return answer[answer.index(b"\r\n\r\n") + 4 :]

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop with the next bytes of the answer."""
        self._buffer = data if not self._buffer else self._buffer + data
        if self._length < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            at = head.find(b"\r\ncontent-length:")
            self._length = end + 4 + (int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
        if len(self._buffer) >= self._length:
            answer, self._buffer, self._length = self._buffer, b"", -1
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop; whoever waits is told."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unexpected(f"the server hung up ({exc})"))


def request(method: str, path: str, token: str, body: bytes | None = None, **headers: str) -> bytes:
    """The bytes of one request."""
    lines = [f"{method} /api/v1{path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")
