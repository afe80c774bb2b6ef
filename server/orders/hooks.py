"""What other modules do about goods that leave, in the transaction; `modules.wire` connects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

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


class Goods(NamedTuple):
    """So many base units of a lot."""

    product_id: int
    lot_id: int
    qty: int


class Handed(NamedTuple):
    """A document other than a goods issue by which goods pass to another org, and the cases scanned that go along."""

    kind: str
    id: int
    number: str
    from_id: int
    to_id: int
    at: datetime
    goods: Sequence[Goods]
    codes: Sequence[str]


HandedOver = Callable[[Actor, Handed], Awaitable[None]]
Come = Callable[[int, str, int, datetime], Awaitable[None]]
_handed: list[HandedOver] = []
_come: list[Come] = []


def on_hand(handed: HandedOver, come: Come) -> None:
    """Let another module act on goods that pass with a transfer or a return, and on their coming."""
    if handed not in _handed:
        _handed.append(handed)
        _come.append(come)


async def handed_over(actor: Actor, paper: Handed) -> None:
    """Goods leave with a document: everybody who is connected acts on it, and may refuse it."""
    for handler in _handed:
        await handler(actor, paper)


async def come(root_id: int, kind: str, document_id: int, at: datetime) -> None:
    """They have come: (brand, kind of document, its id, when)."""
    for handler in _come:
        await handler(root_id, kind, document_id, at)
