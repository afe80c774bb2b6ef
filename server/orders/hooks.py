"""What other modules do about the life of an order, in its transaction; `modules.wire` connects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from server.core.actor import Actor

Issued = Callable[[Actor, int], Awaitable[None]]
_issued: list[Issued] = []


def on_issue(handler: Issued) -> None:
    """Let another module act on a goods issue (its id) that was just written."""
    if handler not in _issued:
        _issued.append(handler)


async def issued(actor: Actor, issue_id: int) -> None:
    """Goods leave: everybody who is connected acts on it."""
    for handler in _issued:
        await handler(actor, issue_id)
