"""Plays what is to happen, moment by moment, with the system's clock standing at each."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime

from server.core import clock

Work = Callable[[], Awaitable[None]]


class Timeline:
    """Work by the moment it is done at; work may put more work on the line."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._queue: list[tuple[datetime, int, Work]] = []
        self._order = itertools.count()

    def at(self, moment: datetime, work: Work) -> None:
        """Do something at a moment; what lies behind the end is not done any more."""
        if moment <= self.until:
            heapq.heappush(self._queue, (moment, next(self._order), work))

    async def play(self) -> None:
        """Do it all; what belongs to one moment is done side by side."""
        while self._queue:
            moment = self._queue[0][0]
            together = []
            while self._queue and self._queue[0][0] == moment:
                together.append(heapq.heappop(self._queue)[2])
            with clock.frozen(moment):
                await _side_by_side(together)


async def _side_by_side(together: list[Work]) -> None:
    """All of it at once; the first failure is the one that is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in together:
                group.create_task(_run(work))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _run(work: Work) -> None:
    await work()
