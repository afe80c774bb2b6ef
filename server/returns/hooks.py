"""What other modules know that returns ask for; `modules.wire` connects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple


class Bought(NamedTuple):
    """So many of a product, for so much."""

    qty: int
    fen: int


Settled = Callable[[int, int, int, Sequence[int]], Awaitable[Mapping[int, tuple[int, int]]]]
"""(brand, seller, buyer, products) → what the buyer got on the seller's account, less what it gave away on it: how many
base units of each product, for how much."""

_settled: list[Settled] = []


def also_bought(handler: Settled) -> None:
    """Let another module say what a buyer got from a seller without an order."""
    if handler not in _settled:
        _settled.append(handler)


async def without_order(root_id: int, seller_id: int, buyer_id: int, products: Sequence[int]) -> dict[int, Bought]:
    """What a buyer got from a seller without an order, of all who know of it."""
    found: dict[int, Bought] = {}
    for handler in _settled:
        for product, (qty, fen) in (await handler(root_id, seller_id, buyer_id, products)).items():
            before = found.get(product, Bought(0, 0))
            found[product] = Bought(before.qty + qty, before.fen + fen)
    return found
