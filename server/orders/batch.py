"""One verb for many orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from server.core import db
from server.core.errors import BusinessError
from server.core.idempotency import Answer, Claim, once, part
from server.orders.schemas import BatchResult, LineProblem


async def batch(claim: Claim, ids: list[int], verb: Callable[[int], Awaitable[str]]) -> list[BatchResult]:
    """One verb for many orders, each in its own transaction: one that fails does not stop the others.

    The key names the whole batch first, so that with another body it is refused before anything is done.
    """
    await once(claim, _begun)
    return [await _one_of_batch(part(claim, order_id), order_id, verb) for order_id in dict.fromkeys(ids)]


async def _begun() -> Answer:
    return Answer(200, "")


async def _one_of_batch(claim: Claim, order_id: int, verb: Callable[[int], Awaitable[str]]) -> BatchResult:
    async def work() -> Answer:
        return Answer(200, await verb(order_id))

    try:
        answer = await db.retried(lambda: once(claim, work))
    except BusinessError as error:
        return BatchResult(order_id, False, None, LineProblem(error.code, error.detail))
    return BatchResult(order_id, True, answer.response, None)  # type: ignore[arg-type]  # a state, from the table
