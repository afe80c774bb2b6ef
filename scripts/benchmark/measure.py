"""API and floor in turns: slice by slice, so that what else happens on the machine hits both alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
import msgspec

from scripts.benchmark.documents import Values
from scripts.benchmark.http_client import Connection
from scripts.benchmark.load import Client, Tally, keep_busy
from scripts.benchmark.operations import Operation
from scripts.benchmark.services import HOST

SLICES = 4
WARM_SECONDS = 0.3
FIRST_PER_CLIENT = 4
"""How many requests per client the warm-up has, before any rate is known."""

MARGIN = 1.5
"""How much more work a slice is given than it did at the last rate, so that it does not run dry."""

Work = TypeVar("Work")
Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Measurement(msgspec.Struct):
    """One line of the result."""

    operation: str
    lines: int
    clients: int
    workers: int
    per_second: float
    floor_per_second: float
    ratio: float
    p50_ms: float
    p99_ms: float
    statements: int


class _Side:
    """The API or the floor: how it is asked, and how much work the next slice needs."""

    def __init__(
        self,
        clients: list[Client[Any]],
        work: Callable[[int], Awaitable[list[Any]]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self.close = close
        self._clients = clients
        self._work = work
        self._rate = 0.0
        self.tally = Tally(len(clients))

    async def warm_up(self) -> None:
        """Prepare statements, fill caches, and learn the rate."""
        tally = Tally(len(self._clients))
        work = await self._work(FIRST_PER_CLIENT * len(self._clients))
        await keep_busy(self._clients, work, WARM_SECONDS, tally)
        self._rate = tally.per_second

    async def slice(self, seconds: float) -> None:
        """Measure for a while."""
        count = int(self._rate * seconds * MARGIN) + 2 * len(self._clients)
        work = await self._work(count)
        tally = Tally(len(self._clients))
        await keep_busy(self._clients, work, seconds, tally)
        self._rate = tally.per_second
        self.tally.merge(tally)


async def _api_side(operation: Operation, clients: int, port: int) -> _Side:
    connections = [await Connection.open(HOST, port) for _ in range(clients)]

    def client(connection: Connection) -> Client[bytes]:
        async def ask(request: bytes) -> None:
            await connection.ask(request, operation.status)
            operation.told(request)

        return ask

    async def close() -> None:
        for connection in connections:
            connection.close()

    return _Side([client(item) for item in connections], operation.requests, close)


async def _floor_side(operation: Operation, clients: int, connect: Connect) -> _Side:
    connections = [await connect() for _ in range(clients)]

    async def client(connection: asyncpg.Connection) -> Client[Values]:
        prepared = await connection.prepare(operation.statement)

        async def write(values: Values) -> None:
            await prepared.fetch(*values)

        return write

    async def close() -> None:
        for connection in connections:
            await connection.close()

    return _Side([await client(item) for item in connections], operation.rows, close)


async def measure(
    operation: Operation, clients: int, *, port: int, workers: int, connect: Connect, seconds: float, statements: int
) -> Measurement:
    """One operation at one number of clients."""
    api = await _api_side(operation, clients, port)
    floor = await _floor_side(operation, clients, connect)
    try:
        await api.warm_up()
        await floor.warm_up()
        for _ in range(SLICES):
            await api.slice(seconds / SLICES)
            await floor.slice(seconds / SLICES)
    finally:
        await api.close()
        await floor.close()
    rate, limit = api.tally.per_second, floor.tally.per_second
    return Measurement(
        operation=operation.name,
        lines=operation.lines,
        clients=clients,
        workers=workers,
        per_second=round(rate, 1),
        floor_per_second=round(limit, 1),
        ratio=round(rate / limit, 3) if limit else 0.0,
        p50_ms=round(api.tally.percentile(0.50), 2),
        p99_ms=round(api.tally.percentile(0.99), 2),
        statements=statements,
    )
