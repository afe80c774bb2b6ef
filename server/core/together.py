"""What waits together goes together: one statement for the many requests of the same moment.

A request that comes while the database is free goes at once. One that comes while others are on their way joins
those that wait too, and they go as one set. So nobody waits for company, nothing is answered from memory, and the
busier a process is, the fewer statements each of its requests costs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from server.core import db

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

_Place = tuple[Asked, "asyncio.Future[Answered]"]


class Together(Generic[Asked, Answered]):
    """Gathers single questions into sets for `work`, which answers a set in its order.

    At most `lanes` sets are on their way at a time, and a set weighs at most `heaviest` (but for one that is heavier
    all by itself). Inside an open transaction a question goes alone, on that transaction's connection.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered]]],
        *,
        lanes: int,
        heaviest: int,
        weight: Callable[[Asked], int] = lambda _: 1,
    ) -> None:
        self._work, self._lanes, self._heaviest, self._weight = work, lanes, heaviest, weight
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: deque[_Place[Asked, Answered]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, item: Asked) -> Answered:
        """The answer to one question."""
        if db.transaction_open():
            return (await self._work([item]))[0]
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # a process may run one loop after another
            self._loop, self._waiting, self._running = loop, deque(), set()
        db.count_one()
        answer: asyncio.Future[Answered] = loop.create_future()
        self._waiting.append((item, answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._go)  # after the requests that arrived with this one
        return await answer

    def _go(self) -> None:
        while self._waiting and len(self._running) < self._lanes:
            task = asyncio.get_running_loop().create_task(self._answer(self._next_set()))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._go()

    def _next_set(self) -> list[_Place[Asked, Answered]]:
        chosen = [self._waiting.popleft()]
        room = self._heaviest - self._weight(chosen[0][0])
        while self._waiting and room >= self._weight(self._waiting[0][0]):
            chosen.append(self._waiting.popleft())
            room -= self._weight(chosen[-1][0])
        return chosen

    async def _answer(self, places: list[_Place[Asked, Answered]]) -> None:
        db.stop_counting()  # each request has counted its own
        try:
            answers = await self._work([item for item, _ in places])
        except Exception as error:
            if len(places) == 1 or db.is_away(error):
                _refuse(places, error)
            else:  # one of them cannot be done, or not even be sent; that must not harm the others
                for place in places:
                    await self._answer([place])
        except BaseException as error:
            _refuse(places, error)
            raise
        else:
            for (_, future), answer in zip(places, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _refuse(places: Sequence[_Place[Asked, Answered]], error: BaseException) -> None:
    for _, future in places:
        if not future.done():
            future.set_exception(error)
