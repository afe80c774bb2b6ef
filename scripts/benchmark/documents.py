"""Orders and goods issues in the state that an operation needs, and their rows as the floor writes them.

What one operation leaves is what the next one takes; what is missing is made by the floor's own statements, many
orders to a transaction.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec

from scripts.benchmark import floor
from scripts.benchmark.phones import Phones
from scripts.benchmark.stock import Scanning
from scripts.benchmark.trace import Traces
from scripts.benchmark.world import Goods, Member, World

Values = tuple[Any, ...]
HASH = bytes(32)
_BATCH = 500

_TAKE = """
SELECT o.id, o.buyer_id, o.approved_fen, o.total_fen, i.id AS issue_id
FROM orders o LEFT JOIN goods_issue i ON i.root_id = o.root_id AND i.order_id = o.id
WHERE o.root_id = $1 AND o.state = $2 AND o.line_count = $3
ORDER BY o.id
LIMIT $4
"""

_LINES = """
SELECT order_id, array_agg(line_no ORDER BY product_id) AS line_nos,
       array_agg(product_id ORDER BY product_id) AS products, array_agg(ordered_qty ORDER BY product_id) AS qtys,
       array_agg(price_fen ORDER BY product_id) AS prices
FROM order_line WHERE root_id = $1 AND order_id = ANY ($2::bigint[]) GROUP BY order_id
"""


@dataclass(frozen=True)
class Document:
    """An order in some state, its goods issue when it has one, and both parties."""

    order_id: int
    issue_id: int | None
    amount: int
    buyer: Member
    seller: Member


class Documents:
    """Finds and makes them."""

    def __init__(self, connection: asyncpg.Connection, world: World) -> None:
        self._db = connection
        self.scanning = Scanning(connection, world)
        self.phones = Phones(connection, world, self.scanning)
        self.traces = Traces(connection, world)
        self.world = world
        self.answers: dict[tuple[str, int], str] = {}
        """What the API answered to (operation, lines): the floor stores texts of the same size."""
        self._buyers = {buyer.org_id: (buyer, seller) for buyer, seller in world.buyers}
        self._lots = {item.product_id: item.lot_id for item in world.goods}
        self._number = itertools.count(1)
        self._next_buyer = itertools.cycle(world.buyers)
        self._chance = random.Random(11)  # noqa: S311 - the same carts every time

    def next_buyer(self) -> tuple[Member, Member]:
        """The next store, with its dealer; all have their turn."""
        return next(self._next_buyer)

    def cart(self, lines: int) -> list[tuple[Goods, int]]:
        """Different products, each with a number of cases."""
        return [(item, self._chance.randrange(1, 4)) for item in self._chance.sample(self.world.goods, lines)]

    async def take(self, state: str, lines: int, count: int) -> list[Document]:
        """Orders of so many lines in this state, made where there are not enough; they stay where they are."""
        found = await self._db.fetch(_TAKE, self.world.root_id, state, lines, count)
        if len(found) < count:
            await self._make(state, lines, count - len(found))
            found = await self._db.fetch(_TAKE, self.world.root_id, state, lines, count)
        return [
            Document(item["id"], item["issue_id"], item["total_fen"], *self._buyers[item["buyer_id"]]) for item in found
        ]

    async def _make(self, state: str, lines: int, count: int) -> None:
        for done in range(0, count, _BATCH):
            wanted = min(_BATCH, count - done)
            if state == "submitted":
                await self._db.executemany(floor.SUBMIT, self.submits(lines, wanted))
            elif state == "approved":
                before = await self.take("submitted", lines, wanted)
                await self._db.executemany(floor.APPROVE, await self.approves(lines, before))
            else:
                before = await self.take("approved", lines, wanted)
                await self._db.executemany(floor.ISSUE, await self.issues(lines, before))

    def _head(self, operation: str, lines: int, actor: Member, first: int, second: int) -> Values:
        answer = self.answers.get((operation, lines), "{}")
        key, moment = uuid.uuid4().hex, datetime.now(UTC)
        return (self.world.root_id, actor.account_id, first, second, key, HASH, answer, moment, uuid.uuid4().hex)

    def submits(self, lines: int, count: int) -> list[Values]:
        """What `floor.SUBMIT` writes for so many new orders."""
        return [self._submit(lines) for _ in range(count)]

    def _submit(self, lines: int) -> Values:
        buyer, seller = self.next_buyer()
        cart = self.cart(lines)
        goods = [item for item, _ in cart]
        cases = [count for _, count in cart]
        total = sum(item.unit_qty * count * item.price_fen for item, count in cart)
        return (
            *self._head("submit", lines, buyer, seller.org_id, buyer.org_id),
            f"F{next(self._number):011d}",
            goods[0].name,
            total,
            [item.product_id for item in goods],
            [item.packaging_id for item in goods],
            [item.unit_qty for item in goods],
            cases,
            [item.guide_fen for item in goods],
            [item.price_fen for item in goods],
        )

    async def _details(self, documents: Sequence[Document]) -> dict[int, asyncpg.Record]:
        found = await self._db.fetch(_LINES, self.world.root_id, [item.order_id for item in documents])
        return {item["order_id"]: item for item in found}

    def _rows(self, detail: asyncpg.Record) -> Values:
        products = detail["products"]
        return (detail["line_nos"], products, [self._lots[item] for item in products], detail["qtys"])

    async def approves(self, lines: int, documents: Sequence[Document]) -> list[Values]:
        """What `floor.APPROVE` writes for these submitted orders."""
        details = await self._details(documents)
        return [
            (
                *self._head("approve", lines, item.seller, item.seller.org_id, item.buyer.org_id),
                item.order_id,
                item.amount,
                _json(approved_fen=item.amount),
                item.seller.warehouse,
                *self._rows(details[item.order_id]),
            )
            for item in documents
        ]

    async def issues(self, lines: int, documents: Sequence[Document]) -> list[Values]:
        """What `floor.ISSUE` writes for these approved orders."""
        details = await self._details(documents)
        return [self._issue(lines, item, details[item.order_id]) for item in documents]

    def _issue(self, lines: int, item: Document, detail: asyncpg.Record) -> Values:
        number = f"F{next(self._number):013d}"
        return (
            *self._head("issue", lines, item.seller, item.seller.org_id, item.buyer.org_id),
            item.order_id,
            item.amount,
            _json(issue_id=item.order_id, number=number, amount_fen=item.amount),
            item.seller.warehouse,
            *self._rows(detail),
            item.buyer.in_transit,
            number,
            detail["prices"],
            datetime.now(UTC).date(),
        )

    async def receives(self, lines: int, documents: Sequence[Document]) -> list[Values]:
        """What `floor.RECEIVE` writes for these issued orders."""
        details = await self._details(documents)
        return [
            (
                *self._head("receive", lines, item.buyer, item.buyer.org_id, item.seller.org_id),
                item.order_id,
                item.amount,
                _json(issue_id=item.issue_id, receipt_id=item.issue_id, credit_fen=0),
                item.buyer.in_transit,
                *self._rows(details[item.order_id]),
                item.buyer.warehouse,
                item.issue_id,
            )
            for item in documents
        ]


def _json(**facts: object) -> str:
    return msgspec.json.encode(facts).decode()
