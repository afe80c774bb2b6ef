"""A number of clients that each ask again as soon as they have their answer, for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Work = TypeVar("Work")
Client = Callable[[Work], Awaitable[object]]


@dataclass
class Tally:
    """What a number of clients got done, over any number of slices."""

    clients: int
    milliseconds: list[float] = field(default_factory=list)
    _done: list[int] = field(init=False)
    _busy: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._done = [0] * self.clients
        self._busy = [0.0] * self.clients

    def add(self, client: int, took: list[float], busy: float) -> None:
        """Count what one client did in one slice, and for how long it was at work."""
        self.milliseconds += took
        self._done[client] += len(took)
        self._busy[client] += busy

    def merge(self, other: Tally) -> None:
        """Take in another slice of the same clients."""
        self.milliseconds += other.milliseconds
        self._done = [mine + more for mine, more in zip(self._done, other._done, strict=True)]
        self._busy = [mine + more for mine, more in zip(self._busy, other._busy, strict=True)]

    @property
    def per_second(self) -> float:
        """The sum of the clients' own rates, so that one late answer does not stretch the time of all."""
        return sum(done / busy for done, busy in zip(self._done, self._busy, strict=True) if busy)

    def percentile(self, share: float) -> float:
        """The duration that this share of the requests did not exceed, in milliseconds."""
        if not self.milliseconds:
            return 0.0
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def keep_busy(clients: Sequence[Client[Work]], work: Sequence[Work], seconds: float, tally: Tally) -> None:
    """Let the clients take from `work` until the time is over or nothing is left of it."""
    queue = iter(work)
    started = time.perf_counter()
    until = started + seconds

    async def drive(number: int, client: Client[Work]) -> None:
        took: list[float] = []
        before = started
        for item in queue:
            await client(item)
            now = time.perf_counter()
            took.append((now - before) * 1000)
            before = now
            if now >= until:
                break
        tally.add(number, took, before - started)

    running = [asyncio.create_task(drive(number, client)) for number, client in enumerate(clients)]
    try:
        await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()
