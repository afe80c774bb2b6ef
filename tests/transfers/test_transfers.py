"""Transfers (S3.3): goods change warehouse or owner, once, and each dealer's account says what he gave and got."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from server.channel.models import Org
from server.core import db, live
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.pdf import words_of
from tests.world import Product, User, World, balances, everything, key

PRICE = 300


@dataclass
class Two:
    """A brand with two dealers, the first of whom has bought 48 of each product at 3.00."""

    world: World
    giver: Org
    taker: Org
    boss: User
    other: User
    goods: list[Product]

    @property
    def admin(self) -> User:
        return self.world.admin

    async def propose(self, by: User, *qty: int, status: int = 201, **more: Any) -> Any:
        lines = [{"product_id": item.id, "qty": n} for item, n in zip(self.goods, qty, strict=False)]
        return await by.post("/transfers", {"lines": lines, "reason": "那边缺货", **more}, status)

    async def between(self, *qty: int, **more: Any) -> Any:
        return await self.propose(self.admin, *qty, from_org_id=self.giver.id, to_org_id=self.taker.id, **more)

    async def approve(self, made: Any, by: User | None = None, status: int = 204) -> Any:
        return await (by or self.admin).post(
            f"/approvals/{made['approval_id']}/decide", {"decision": "approve"}, status
        )

    async def owes(self, org: Org) -> int:
        return int(
            await db.value("SELECT coalesce(sum(receivable_fen), 0) FROM trade_account WHERE buyer_id = $1", org.id)
        )


async def buy(world: World, dealer: Org, boss: User, item: Product, qty: int) -> None:
    """Let a dealer buy and sign for goods of the brand."""
    order = await world.order(boss, [(item, qty)])
    await world.admin.post(f"/orders/{order.id}/approve", {})
    issue = (await world.admin.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
    await boss.post(f"/goods-issues/{issue}/receive", {})


@pytest.fixture
async def two(world: World, settings: Settings) -> AsyncIterator[Two]:
    """Whatever a test does with them, goods and money add up when it has ended."""
    giver, taker = await world.dealer(), await world.dealer()
    goods = await world.products(2)
    await world.offer(world.brand, goods)
    for item in goods:
        await world.stock(world.brand, item, 100)
    boss = await world.boss(giver)
    for item in goods:
        await buy(world, giver, boss, item, 48)
    yield Two(world, giver, taker, boss, await world.boss(taker), goods)
    assert await broken(settings.database_url, world.brand.id) == []


async def test_goods_go_from_dealer_to_dealer_and_each_account_with_the_brand_says_it(two: Two) -> None:
    before = await two.owes(two.giver)
    made = await two.between(10, 20)
    assert (made["state"], made["total_fen"], made["can"]) == ("proposed", 30 * PRICE, ["cancel", "decide"])
    assert [line["price_from"] for line in made["lines"]] == ["bought", "bought"]
    await two.approve(made)
    assert (await balances(two.giver))[two.goods[0].id, "warehouse"] == (48, 10)
    sent = await two.boss.post(f"/transfers/{made['id']}/issue")
    assert sent["state"] == "issued"
    assert (await balances(two.giver))[two.goods[0].id, "warehouse"] == (38, 0)
    assert (await balances(two.taker))[two.goods[0].id, "in_transit"] == (10, 0)
    got = await two.other.post(f"/transfers/{made['id']}/receive", {})
    assert (got["state"], got["settled_fen"]) == ("closed", 30 * PRICE)
    assert (await balances(two.taker))[two.goods[1].id, "warehouse"] == (20, 0)
    assert await two.owes(two.giver) == before - 30 * PRICE
    assert await two.owes(two.taker) == 30 * PRICE


async def test_the_open_pages_of_both_ends_and_of_the_brand_hear_of_each_step(two: Two) -> None:
    stranger = await two.world.boss(await two.world.dealer())
    made = await two.between(10)
    async with contextlib.AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(contextlib.aclosing(live.listen(who.actor)))
            for who in (two.boss, two.other, two.admin, stranger)
        ]
        for page in pages:
            assert await anext(page) == live.RESYNC
        await two.approve(made)
        await live.tell([stranger.actor.org_id], stranger.actor.path, "mark", {})
        async with asyncio.timeout(10):
            heard = [await anext(page) for page in pages]
    assert heard == [("transfer", {"id": made["id"]})] * 3 + [("mark", {})]


async def test_what_is_short_or_broken_is_the_givers_loss_and_needs_a_word(two: Two) -> None:
    before = await two.owes(two.giver)
    made = await two.between(10)
    await two.approve(made)
    await two.boss.post(f"/transfers/{made['id']}/issue")
    silent = {"lines": [{"no": 1, "received_qty": 7, "damaged_qty": 2}]}
    await two.other.post(f"/transfers/{made['id']}/receive", silent, 422)
    silent["lines"][0]["note"] = "压坏两瓶，少一瓶"  # type: ignore[assignment]
    got = await two.other.post(f"/transfers/{made['id']}/receive", silent)
    assert (got["state"], got["settled_fen"]) == ("received", 7 * PRICE)
    assert (await balances(two.giver))[two.goods[0].id, "loss"] == (3, 0)
    assert await two.owes(two.giver) == before - 7 * PRICE
    await two.other.post(f"/transfers/{made['id']}/close", {"reason": "知道了"}, 403)
    closed = await two.boss.post(f"/transfers/{made['id']}/close", {"reason": "司机赔"})
    assert (closed["state"], closed["ending"]) == ("closed", "司机赔")


async def test_between_warehouses_of_one_org_no_money_moves(two: Two) -> None:
    east = (await two.boss.post("/warehouses", {"name": "东仓"}, 201))["id"]
    made = await two.propose(two.boss, 5, to_warehouse_id=east)
    assert (made["total_fen"], made["supplier"]) == (0, None)
    await two.approve(made, two.boss)
    await two.boss.post(f"/transfers/{made['id']}/issue")
    before = await two.owes(two.giver)
    assert (await two.boss.post(f"/transfers/{made['id']}/receive", {}))["state"] == "closed"
    assert (await balances(two.giver))[two.goods[0].id, "warehouse"] == (48, 0)
    there = "SELECT on_hand FROM stock_balance WHERE location_id = $1 AND product_id = $2"
    assert await db.value(there, east, two.goods[0].id) == 5
    assert await two.owes(two.giver) == before


async def test_a_dealer_gives_goods_back_to_the_brand_and_owes_less(two: Two) -> None:
    before = await two.owes(two.giver)
    made = await two.propose(two.boss, 8, supplier="takes")
    assert made["can"] == ["cancel"]
    await two.approve(made)
    await two.boss.post(f"/transfers/{made['id']}/issue")
    assert (await two.admin.post(f"/transfers/{made['id']}/receive", {}))["state"] == "closed"
    assert await two.owes(two.giver) == before - 8 * PRICE


async def test_what_is_called_off_is_free_again_and_counts_in_nobodys_credit(two: Two) -> None:
    made = await two.between(10)
    await two.approve(made)
    committed = "SELECT committed_fen FROM trade_account WHERE buyer_id = $1"
    assert await db.value(committed, two.taker.id) == 10 * PRICE
    await two.other.post(f"/transfers/{made['id']}/cancel", {"reason": "不要了"}, 403)
    gone = await two.boss.post(f"/transfers/{made['id']}/cancel", {"reason": "自己要用"})
    assert gone["state"] == "cancelled"
    assert (await balances(two.giver))[two.goods[0].id, "warehouse"] == (48, 0)
    assert await db.value(committed, two.taker.id) == 0
    assert (await two.boss.post(f"/transfers/{made['id']}/issue", status=409))["code"] == "transfer_state"


async def test_more_than_there_is_or_above_the_credit_is_refused_and_changes_nothing(two: Two) -> None:
    made = await two.between(49)
    before = await everything(two.world.brand.id)
    assert (await two.approve(made, status=409))["code"] == "stock_short"
    await two.world.credit(two.world.brand, two.taker, 1000)
    small = await two.between(10)
    assert (await two.approve(small, status=409))["code"] == "credit_exceeded"
    after = await everything(two.world.brand.id)
    assert before["stock_balance"] == after["stock_balance"]
    assert before["transfer_lot"] == after["transfer_lot"]


async def test_the_same_press_twice_moves_goods_once(two: Two) -> None:
    made = await two.between(10)
    await two.approve(made)
    for verb, who in (("issue", two.boss), ("receive", two.other)):
        path, press = f"/transfers/{made['id']}/{verb}", {"Idempotency-Key": key()}
        body: dict[str, Any] | None = {} if verb == "receive" else None
        one = await who.post(path, body, headers=press)
        assert one == await who.post(path, body, headers=press)
    assert (await balances(two.taker))[two.goods[0].id, "warehouse"] == (10, 0)


async def test_nobody_moves_goods_of_a_stranger_or_of_a_frozen_dealer(two: Two) -> None:
    await two.propose(two.boss, 5, to_org_id=two.taker.id, status=404)
    await two.propose(two.boss, 5, from_org_id=two.taker.id, status=404)
    made = await two.between(5)
    stranger = await two.world.boss(await two.world.dealer())
    await stranger.get(f"/transfers/{made['id']}", 404)
    await two.admin.post(f"/orgs/{two.giver.id}/freeze", {"reason": "欠款"})
    await two.approve(made, status=403)
    await two.between(5, status=403)


async def test_lots_that_are_called_back_meanwhile_do_not_leave(two: Two) -> None:
    made = await two.between(5)
    await two.approve(made)
    recall = {"product_id": two.goods[0].id, "lot_code": "L1", "reason": "异味", "instruction": "停售"}
    await two.admin.post("/recalls", recall, 201)
    assert (await two.boss.post(f"/transfers/{made['id']}/issue", status=409))["code"] == "lots_spoilt"


async def test_the_note_names_the_lots_and_both_ends(two: Two) -> None:
    made = await two.between(5)
    await two.approve(made)
    note = await two.boss.call("GET", f"/transfers/{made['id']}/note.pdf")
    assert note.status_code == 200
    text = " ".join(words_of(note.content))
    assert all(part in text for part in (made["number"], two.giver.name, two.taker.name, "L1", "调拨单"))


async def test_whoever_has_too_much_is_proposed_to_whoever_near_has_too_little(two: Two) -> None:
    """The giver has 48 and sells nothing; the taker has sold 30 of 32 in 30 days: 2 left last 2 days, 28 bring 30."""
    regions = "UPDATE org SET region_code = $2 WHERE id = $1"
    await db.run(regions, two.giver.id, "330102")
    await db.run(regions, two.taker.id, "330106")
    await buy(two.world, two.taker, two.other, two.goods[0], 32)
    shop = await two.world.store(two.taker)
    await two.world.offer(two.taker, two.goods)
    order = await two.world.order(await two.world.boss(shop), [(two.goods[0], 30)])
    await two.other.post(f"/orders/{order.id}/approve", {})
    await two.other.post(f"/orders/{order.id}/issue", {})
    (found,) = (await two.admin.get("/transfers/suggestions"))["items"]
    assert (found["product_id"], found["qty"], found["near"]) == (two.goods[0].id, 24, "city")
    assert (found["taker"]["free_qty"], found["taker"]["out_qty"], found["taker"]["days"]) == (2, 30, 2)
    assert (found["giver"]["free_qty"], found["giver"]["out_qty"], found["giver"]["days"]) == (48, 0, None)


async def test_lists_show_each_his_own_and_go_on_where_they_ended(two: Two) -> None:
    made = [(await two.between(1))["id"] for _ in range(3)]
    page = await two.boss.get("/transfers?limit=2")
    assert [item["id"] for item in page["items"]] == made[:0:-1]
    rest = await two.boss.get(f"/transfers?limit=2&cursor={page['next_cursor']}")
    assert [item["id"] for item in rest["items"]] == made[:1]
    stranger = await two.world.boss(await two.world.dealer())
    assert (await stranger.get("/transfers"))["items"] == []
    assert len((await two.admin.get(f"/transfers?org_id={two.taker.id}&state=proposed"))["items"]) == 3


async def test_two_hundred_lines_cost_as_many_statements_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dealer = await world.dealer()
    boss, goods = await world.boss(dealer), await world.products(200)
    for item in goods:
        await world.stock(dealer, item, 10)
    east = (await boss.post("/warehouses", {"name": "东仓"}, 201))["id"]
    counters: list[db.StatementCount] = []
    count = db.count_statements

    def counted() -> db.StatementCount:
        counters.append(count())
        return counters[-1]

    async def costs(size: int) -> list[int]:
        counters.clear()
        lines = [{"product_id": item.id, "qty": 1} for item in goods[:size]]
        made = await boss.post("/transfers", {"lines": lines, "reason": "移仓", "to_warehouse_id": east}, 201)
        await boss.post(f"/approvals/{made['approval_id']}/decide", {"decision": "approve"}, 204)
        for verb in ("issue", "receive"):
            await boss.post(f"/transfers/{made['id']}/{verb}", {} if verb == "receive" else None)
        return [counter.count for counter in counters]

    monkeypatch.setattr(db, "count_statements", counted)
    await costs(1)
    assert await costs(1) == await costs(200)
