"""A verb costs the same number of statements for one line as for two hundred."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest

from server.channel.models import Org
from server.core import db
from tests.orders.test_life import a_shop, cart
from tests.world import Product, User, World

SIZES = (1, 5, 200)
VERBS = (
    "submit", "approve", "issue", "receive", "reject", "cancel", "close", "detail", "list", "catalogue page", "quote",
    "note",
)  # fmt: skip


class Shop:
    """A store with 200 products to buy, and how many statements each request of it costs."""

    dealer: Org
    seller: User
    buyer: User
    goods: list[Product]

    def __init__(self) -> None:
        self.counters: list[db.StatementCount] = []

    async def submitted(self, lines: int) -> int:
        wanted = cart(self.goods, *((n, False, 2) for n in range(lines)))
        return int((await self.buyer.post("/orders", wanted, 201))["id"])

    async def approved(self, lines: int) -> int:
        order = await self.submitted(lines)
        await self.seller.post(f"/orders/{order}/approve", {})
        return order

    async def issued(self, lines: int) -> tuple[int, int]:
        order = await self.approved(lines)
        half = {"lines": [{"line_no": n, "qty": 1} for n in range(1, lines + 1)]}
        answer = await self.seller.post(f"/orders/{order}/issue", half)
        return order, int(answer["issue"]["id"])

    async def received(self, lines: int) -> int:
        order, issue = await self.issued(lines)
        await self.buyer.post(f"/goods-issues/{issue}/receive", {})
        return order

    async def cost(self, work: Coroutine[Any, Any, Any]) -> int:
        """The statements of one request."""
        self.counters.clear()
        await work
        assert len(self.counters) == 1
        return self.counters[0].count


@pytest.fixture
async def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The requests' own counters, as the request log has them."""
    found = Shop()
    found.dealer, _, found.seller, found.buyer, found.goods = await a_shop(world, 200)
    for lot in ("A", "B"):
        for item in found.goods[:5]:
            await world.stock(found.dealer, item, 10, lot, 50)
    await found.seller.sign_in()
    await found.buyer.sign_in()
    count = db.count_statements

    def counted() -> db.StatementCount:
        found.counters.append(count())
        return found.counters[-1]

    monkeypatch.setattr(db, "count_statements", counted)
    return found


async def _costs(shop: Shop, verb: str, lines: int) -> int:
    why = {"reason": "测试"}
    if verb == "submit":
        wanted = cart(shop.goods, *((n, False, 2) for n in range(lines)))
        return await shop.cost(shop.buyer.post("/orders", wanted, 201))
    if verb == "quote":
        wanted = cart(shop.goods, *((n, False, 2) for n in range(lines)))
        return await shop.cost(shop.buyer.post("/orders/quote", {"lines": wanted["lines"]}))
    if verb == "catalogue page":
        return await shop.cost(shop.buyer.get(f"/catalog/products?limit={lines}"))
    if verb in ("approve", "reject"):
        order, body = await shop.submitted(lines), {} if verb == "approve" else why
        return await shop.cost(shop.seller.post(f"/orders/{order}/{verb}", body))
    if verb in ("issue", "cancel"):
        order, body = await shop.approved(lines), {} if verb == "issue" else why
        return await shop.cost(shop.seller.post(f"/orders/{order}/{verb}", body))
    if verb == "close":
        return await shop.cost(shop.seller.post(f"/orders/{await shop.received(lines)}/close", why))
    order, issue = await shop.issued(lines)
    if verb == "receive":
        counted = {"lines": [{"line_no": n, "received_qty": 0} for n in range(1, lines + 1)]}
        return await shop.cost(shop.buyer.post(f"/goods-issues/{issue}/receive", counted))
    if verb == "note":
        return await shop.cost(shop.buyer.call("GET", f"/goods-issues/{issue}/note.pdf"))
    return await shop.cost(shop.buyer.get(f"/orders/{order}" if verb == "detail" else "/orders?limit=200"))


async def test_two_hundred_lines_cost_as_many_statements_as_one(shop: Shop) -> None:
    await _costs(shop, "receive", 1)  # the driver asks once for the types it meets
    costs = {verb: [await _costs(shop, verb, lines) for lines in SIZES] for verb in VERBS}
    assert {verb: found for verb, found in costs.items() if len(set(found)) > 1} == {}
    # Signing in and the one statement in which an order is placed. Around the others stand signing in, BEGIN, the key
    # and its answer, COMMIT, and what the answer shows. What was received short costs one more, its credit. That a
    # dealer issues costs one too: whether the goods leave his territory.
    most = {"submit": 2, "approve": 14, "issue": 15, "receive": 14}
    assert {verb: costs[verb][0] for verb in most} == most
