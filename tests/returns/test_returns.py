"""Returns (S3.3): goods go back once, no more than were bought, at what was paid; nobody is credited twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from server.channel.models import Org
from server.core import db
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.pdf import words_of
from tests.stock.scanning import begin, scan, send
from tests.world import Product, User, World, balances, everything, key

PRICE = 300


@dataclass
class Street:
    """A brand, its dealer and his store; the store has bought 24 of each product from the dealer at 3.00."""

    world: World
    dealer: Org
    store: Org
    boss: User
    keeper: User
    goods: list[Product]

    async def ask(
        self, by: User, *lines: tuple[int, int], status: int = 201, reason: str = "damaged", **more: Any
    ) -> Any:
        rows = [{"product_id": self.goods[n].id, "qty": qty, "reason": reason} for n, qty in lines]
        return await by.post("/returns", {"lines": rows, **more}, status)

    async def sent(self, *lines: tuple[int, int], **more: Any) -> Any:
        """A return of the store that the dealer lets come, and that is on its way."""
        made = await self.ask(self.keeper, *lines, **more)
        await self.boss.post(f"/returns/{made['id']}/approve", {})
        return await self.keeper.post(f"/returns/{made['id']}/issue", {})

    async def owes(self, org: Org) -> int:
        return int(await db.value("SELECT sum(receivable_fen) FROM trade_account WHERE buyer_id = $1", org.id))

    async def settle(self, by: User, n: int, qty: int, verdict: str, status: int = 201, lot: str = "L1") -> Any:
        lot_id = await db.value("SELECT id FROM lot WHERE product_id = $1 AND code = $2", self.goods[n].id, lot)
        lines = [{"product_id": self.goods[n].id, "lot_id": lot_id, "qty": qty}]
        return await by.post("/quarantine/settle", {"verdict": verdict, "lines": lines, "reason": "验过了"}, status)


async def buy(world: World, buyer: User, seller: User, item: Product, qty: int, price_fen: int = PRICE) -> None:
    """Let a buyer order, get and sign for goods."""
    line = {"product_id": item.id, "packaging_id": item.piece, "packaging_qty": qty, "price_fen": price_fen}
    order = await buyer.post("/orders", {"delivery_method": "pickup", "lines": [line]}, 201)
    await seller.post(f"/orders/{order['id']}/approve", {})
    issue = (await seller.post(f"/orders/{order['id']}/issue", {}))["issue"]["id"]
    await buyer.post(f"/goods-issues/{issue}/receive", {})


@pytest.fixture
async def street(world: World, settings: Settings) -> AsyncIterator[Street]:
    """Whatever a test does with them, goods and money add up when it has ended."""
    dealer = await world.dealer()
    store = await world.store(dealer)
    goods = await world.products(2)
    boss, keeper = await world.boss(dealer), await world.boss(store)
    for seller in (world.brand, dealer):
        await world.offer(seller, goods)
    for item in goods:
        await world.stock(world.brand, item, 100)
        await buy(world, boss, world.admin, item, 48)
        await buy(world, keeper, boss, item, 24)
    yield Street(world, dealer, store, boss, keeper, goods)
    assert await broken(settings.database_url, world.brand.id) == []


async def test_a_store_gives_goods_back_and_owes_less_once_they_are_counted(street: Street) -> None:
    before = await street.owes(street.store)
    made = await street.ask(street.keeper, (0, 10), (1, 4), note="外箱受潮")
    assert (made["state"], made["total_fen"], made["can"]) == ("asked", 14 * PRICE, ["cancel"])
    line = made["lines"][0]
    assert (line["bought_qty"], line["paid_fen"], line["price_fen"]) == (24, 24 * PRICE, PRICE)
    assert (await balances(street.store))[street.goods[0].id, "warehouse"] == (24, 10)
    assert (await street.boss.get(f"/returns/{made['id']}"))["can"] == ["decide"]
    await street.boss.post(f"/returns/{made['id']}/approve", {})
    sent = await street.keeper.post(f"/returns/{made['id']}/issue", {})
    assert sent["state"] == "issued"
    assert (await balances(street.store))[street.goods[0].id, "warehouse"] == (14, 0)
    assert (await balances(street.dealer))[street.goods[0].id, "in_transit"] == (10, 0)
    assert await street.owes(street.store) == before
    got = await street.boss.post(f"/returns/{made['id']}/receive", {})
    assert (got["state"], got["credited_fen"], got["can"]) == ("closed", 14 * PRICE, ["settle"])
    assert (await balances(street.dealer))[street.goods[0].id, "quarantine"] == (10, 0)
    assert (await balances(street.dealer))[street.goods[0].id, "warehouse"] == (24, 0)
    assert await street.owes(street.store) == before - 14 * PRICE


async def test_what_came_back_is_sold_again_or_written_off_but_not_both(street: Street) -> None:
    sent = await street.sent((0, 10))
    await street.boss.post(f"/returns/{sent['id']}/receive", {})
    assert (await street.settle(street.boss, 0, 6, "release"))["number"].startswith("GL")
    await street.settle(street.boss, 0, 4, "write_off")
    held = await balances(street.dealer)
    assert (held[street.goods[0].id, "warehouse"], held[street.goods[0].id, "quarantine"]) == ((30, 0), (0, 0))
    assert held[street.goods[0].id, "loss"] == (4, 0)
    refused = await street.settle(street.boss, 0, 1, "release", 409)
    assert (refused["code"], refused["errors"][0]["detail"]) == ("quarantine_short", "隔离区只有 0")
    assert (await street.boss.get(f"/returns/{sent['id']}"))["can"] == []


async def test_the_dealer_gives_on_to_the_brand_what_came_back_from_a_store(street: Street) -> None:
    sent = await street.sent((0, 10))
    await street.boss.post(f"/returns/{sent['id']}/receive", {})
    places = (await street.boss.get("/warehouses", params={"quarantine": True}))["items"]
    quarantine = next(place["id"] for place in places if place["quarantine"])
    before = await street.owes(street.dealer)
    up = await street.ask(street.boss, (0, 10), warehouse_id=quarantine)
    assert (await balances(street.dealer))[street.goods[0].id, "quarantine"] == (10, 10)
    await street.settle(street.boss, 0, 1, "release", 409)
    await street.world.admin.post(f"/approvals/{up['approval_id']}/decide", {"decision": "approve"}, 204)
    await street.boss.post(f"/returns/{up['id']}/issue", {})
    await street.world.admin.post(f"/returns/{up['id']}/receive", {})
    assert await street.owes(street.dealer) == before - 10 * PRICE
    assert (await balances(street.world.brand))[street.goods[0].id, "quarantine"] == (10, 0)


async def test_the_seller_lets_a_part_come_back_and_the_rest_is_free_again(street: Street) -> None:
    made = await street.ask(street.keeper, (0, 10), (1, 4))
    much = {"lines": [{"line_no": 1, "approved_qty": 11}]}
    assert (await street.boss.post(f"/returns/{made['id']}/approve", much, 422))["code"] == "quantity_invalid"
    part = {"lines": [{"line_no": 1, "approved_qty": 6}], "note": "另四瓶没有破"}
    done = await street.boss.post(f"/returns/{made['id']}/approve", part)
    assert (done["state"], done["total_fen"], done["decision"]) == ("approved", 6 * PRICE, "另四瓶没有破")
    held = await balances(street.store)
    assert (held[street.goods[0].id, "warehouse"], held[street.goods[1].id, "warehouse"]) == ((24, 6), (24, 0))
    await street.keeper.post(f"/returns/{made['id']}/issue", {})
    got = await street.boss.post(f"/returns/{made['id']}/receive", {})
    assert got["credited_fen"] == 6 * PRICE


async def test_what_is_short_or_broken_on_the_way_is_not_credited_and_needs_a_word(street: Street) -> None:
    before = await street.owes(street.store)
    sent = await street.sent((0, 10))
    counted: dict[str, Any] = {"lines": [{"no": 1, "received_qty": 7, "damaged_qty": 2}]}
    await street.boss.post(f"/returns/{sent['id']}/receive", counted, 422)
    counted["lines"][0]["note"] = "路上压坏两瓶，少一瓶"
    got = await street.boss.post(f"/returns/{sent['id']}/receive", counted)
    assert (got["state"], got["credited_fen"]) == ("received", 7 * PRICE)
    assert (await balances(street.store))[street.goods[0].id, "loss"] == (3, 0)
    assert await street.owes(street.store) == before - 7 * PRICE
    await street.boss.post(f"/returns/{sent['id']}/close", {"reason": "知道了"}, 403)
    assert (await street.keeper.post(f"/returns/{sent['id']}/close", {"reason": "司机赔"}))["state"] == "closed"


async def test_nobody_gives_back_more_than_he_bought_also_not_in_two_requests_at_once(street: Street) -> None:
    """24 were bought; the store has 20 more from elsewhere, so that stock alone would let 44 go."""
    await scan_in(street.keeper, street.goods[0], 20)
    over = await street.ask(street.keeper, (0, 25), status=409)
    assert (over["code"], over["errors"][0]["detail"]) == ("return_too_much", "最多可退 24")
    lines = {"lines": [{"product_id": street.goods[0].id, "qty": 14, "reason": "wrong"}]}
    answers = await asyncio.gather(*(street.keeper.call("POST", "/returns", lines) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    await street.ask(street.keeper, (0, 10))
    assert (await street.ask(street.keeper, (0, 1), status=409))["errors"][0]["detail"].startswith("没有从这个供货方")


async def scan_in(who: User, item: Product, qty: int) -> None:
    """Goods from elsewhere."""
    session = await begin(who, "in")
    await send(who, session, scan(item.ean, qty, expires_on="2030-01-01"))
    await who.post(f"/scan-sessions/{session}/finish")


@pytest.fixture
async def dearer(street: Street) -> Street:
    """The store has bought 5 more of the first product at 4.00: 29 for 92.00."""
    item = street.goods[0]
    await street.world.offer(street.dealer, [item], 400)
    await buy(street.world, street.keeper, street.boss, item, 5, 400)
    return street


def _worth(line: dict[str, Any]) -> tuple[int, int, int]:
    return line["bought_qty"], line["paid_fen"], line["amount_fen"]


async def test_who_gives_everything_back_is_credited_exactly_what_he_paid_whatever_the_prices_were(
    dearer: Street,
) -> None:
    """29 for 92.00: 20 are 9200·20/29 = 6344.8. The 9 others are 28.56, in two lines: 2856·4/9 = 1269.3, and 1587."""
    before = await dearer.owes(dearer.store)
    first = await dearer.sent((0, 20))
    assert _worth(first["lines"][0]) == (29, 9200, 6344)
    assert (await dearer.boss.post(f"/returns/{first['id']}/receive", {}))["credited_fen"] == 6344
    rest = await dearer.sent((0, 4), (0, 5))
    assert [_worth(line) for line in rest["lines"]] == [(9, 2856, 1269), (9, 2856, 1587)]
    assert (await dearer.boss.post(f"/returns/{rest['id']}/receive", {}))["credited_fen"] == 2856
    assert await dearer.owes(dearer.store) == before - 9200


async def test_what_may_not_come_back_is_worth_the_rest_when_it_comes_later(dearer: Street) -> None:
    """All 29 for 92.00 asked, 10 may come: 31.72; the 19 others are worth 60.28 then."""
    made = await dearer.ask(dearer.keeper, (0, 29))
    part = {"lines": [{"line_no": 1, "approved_qty": 10}]}
    granted = await dearer.boss.post(f"/returns/{made['id']}/approve", part)
    assert (granted["total_fen"], granted["lines"][0]["amount_fen"]) == (3172, 3172)
    assert _worth((await dearer.ask(dearer.keeper, (0, 19)))["lines"][0]) == (19, 6028, 6028)


async def test_what_is_lost_on_the_way_is_not_credited_with_the_last_ones_either(dearer: Street) -> None:
    """20 for 63.44 are sent and 15 arrive: 47.58. The 9 others are worth 28.56: 15.86 are lost with the five."""
    sent = await dearer.sent((0, 20))
    counted = {"lines": [{"no": 1, "received_qty": 15, "note": "少五瓶"}]}
    assert (await dearer.boss.post(f"/returns/{sent['id']}/receive", counted))["credited_fen"] == 4758
    rest = await dearer.sent((0, 9))
    assert (await dearer.boss.post(f"/returns/{rest['id']}/receive", {}))["credited_fen"] == 2856


async def test_goods_bought_cheaper_afterwards_are_not_credited_less_than_was_paid_for_them(street: Street) -> None:
    """All 24 at 3.00 went back; of 10 bought at 1.50 after that, one is worth 1.50: what is credited is done with."""
    sent = await street.sent((0, 24))
    await street.boss.post(f"/returns/{sent['id']}/receive", {})
    await street.world.offer(street.dealer, [street.goods[0]], 150)
    await buy(street.world, street.keeper, street.boss, street.goods[0], 10, 150)
    assert _worth((await street.ask(street.keeper, (0, 1)))["lines"][0]) == (10, 1500, 150)


async def test_what_is_refused_or_called_off_is_free_and_may_be_asked_for_again(street: Street) -> None:
    made = await street.ask(street.keeper, (0, 24))
    refusal = {"decision": "reject", "reason": "照片看不清，请重拍"}
    await street.boss.post(f"/approvals/{made['approval_id']}/decide", refusal, 204)
    shown = await street.keeper.get(f"/returns/{made['id']}")
    assert (shown["state"], shown["ending"]) == ("rejected", "照片看不清，请重拍")
    again = await street.ask(street.keeper, (0, 24))
    await street.boss.post(f"/returns/{again['id']}/approve", {})
    await street.boss.post(f"/returns/{again['id']}/cancel", {"reason": "不收了"}, 403)
    gone = await street.keeper.post(f"/returns/{again['id']}/cancel", {"reason": "卖掉了"})
    assert (gone["state"], gone["ending"]) == ("cancelled", "卖掉了")
    assert (await balances(street.store))[street.goods[0].id, "warehouse"] == (24, 0)
    assert (await street.keeper.post(f"/returns/{again['id']}/issue", {}, 409))["code"] == "return_state"


async def test_the_same_press_twice_moves_and_credits_once(street: Street) -> None:
    made = await street.ask(street.keeper, (0, 10))
    before = await street.owes(street.store)
    presses = [("approve", street.boss), ("issue", street.keeper), ("receive", street.boss)]
    for verb, who in presses:
        press = {"Idempotency-Key": key()}
        one = await who.post(f"/returns/{made['id']}/{verb}", {}, headers=press)
        assert one == await who.post(f"/returns/{made['id']}/{verb}", {}, headers=press)
        assert (await who.post(f"/returns/{made['id']}/{verb}", {}, 409))["code"] == "return_state"
    assert await street.owes(street.store) == before - 10 * PRICE


async def test_a_lot_that_is_called_back_goes_back_as_that_and_is_not_sold_again(street: Street) -> None:
    recall = {"product_id": street.goods[0].id, "lot_code": "L1", "reason": "异味", "instruction": "停售退回"}
    await street.world.admin.post("/recalls", recall, 201)
    (found,) = (await street.keeper.get("/returns/returnable?only=recalled"))["items"]
    (lot,) = found["lots"]
    assert (found["product_id"], found["most_qty"], lot["lot_code"], lot["recalled"]) == (
        street.goods[0].id, 24, "L1", True,
    )  # fmt: skip
    assert (await street.ask(street.keeper, (0, 1), reason="damaged", status=409))["code"] == "stock_short"
    sent = await street.sent((0, 24), reason="recalled")
    await street.boss.post(f"/returns/{sent['id']}/receive", {})
    assert (await street.settle(street.boss, 0, 24, "release", 409))["code"] == "lot_unfit"
    await street.settle(street.boss, 0, 24, "write_off")


async def test_what_could_go_back_is_listed_with_its_price_by_order_and_by_words(street: Street) -> None:
    listed = await street.keeper.get("/returns/returnable")
    assert listed["seller"]["id"] == street.dealer.id
    assert [(x["product_id"], x["most_qty"], x["price_fen"]) for x in listed["items"]] == [
        (item.id, 24, PRICE) for item in street.goods
    ]
    order = (await street.keeper.get("/orders?limit=1"))["items"][0]["id"]
    by_order = (await street.keeper.get(f"/returns/returnable?order_id={order}"))["items"]
    assert [x["product_id"] for x in by_order] == [street.goods[1].id]
    by_words = (await street.keeper.get("/returns/returnable", params={"q": street.goods[0].name}))["items"]
    assert [x["product_id"] for x in by_words] == [street.goods[0].id]
    await street.ask(street.keeper, (0, 24))
    assert [x["product_id"] for x in (await street.keeper.get("/returns/returnable"))["items"]] == [street.goods[1].id]


async def test_goods_transferred_on_the_suppliers_account_count_as_bought_there_and_those_given_away_do_not(
    street: Street,
) -> None:
    """48 bought, 10 transferred back to the brand: 38 are left, of which the dealer has 14 after selling 24."""
    give = {"lines": [{"product_id": street.goods[0].id, "qty": 10}], "reason": "移仓", "supplier": "takes"}
    moved = await street.boss.post("/transfers", give, 201)
    await street.world.admin.post(f"/approvals/{moved['approval_id']}/decide", {"decision": "approve"}, 204)
    (found,) = (await street.boss.get(f"/returns/returnable?product_id={street.goods[0].id}"))["items"]
    assert (found["bought_qty"], found["paid_fen"], found["free_qty"]) == (38, 38 * PRICE, 14)
    await street.boss.post(f"/transfers/{moved['id']}/issue")
    await street.world.admin.post(f"/transfers/{moved['id']}/receive", {})
    (found,) = (await street.boss.get(f"/returns/returnable?product_id={street.goods[0].id}"))["items"]
    assert (found["bought_qty"], found["most_qty"]) == (38, 14)


async def test_nobody_returns_to_a_stranger_nor_reads_nor_decides_a_strangers_return(street: Street) -> None:
    other = await street.world.dealer()
    stranger = await street.world.boss(other)
    await street.ask(street.keeper, (0, 1), seller_id=other.id, status=404)
    made = await street.ask(street.keeper, (0, 1))
    before = await everything(street.world.brand.id)
    await stranger.get(f"/returns/{made['id']}", 404)
    await stranger.post(f"/returns/{made['id']}/approve", {}, 404)
    await street.world.admin.post(f"/returns/{made['id']}/approve", {}, 403)
    await street.keeper.post(f"/returns/{made['id']}/approve", {}, 403)
    assert await everything(street.world.brand.id) == before
    assert (await stranger.get("/returns"))["items"] == []
    assert [x["id"] for x in (await street.boss.get("/returns?side=in&state=asked"))["items"]] == [made["id"]]
    assert (await street.boss.get("/returns?side=out"))["items"] == []


async def test_a_frozen_store_neither_asks_nor_sends_and_nothing_is_let_come(street: Street) -> None:
    made = await street.ask(street.keeper, (0, 1))
    await street.boss.post(f"/orgs/{street.store.id}/freeze", {"reason": "欠款"})
    refused = await street.boss.post(f"/returns/{made['id']}/approve", {}, 403)
    assert refused["code"] == "org_frozen"
    await street.ask(street.keeper, (0, 1), status=403)
    await street.boss.post(f"/orgs/{street.store.id}/unfreeze")
    await street.boss.post(f"/returns/{made['id']}/approve", {})


async def test_above_an_amount_a_second_decider_confirms_what_the_first_let_come(street: Street) -> None:
    steps = [
        {"name": "初审", "who": "permission:order.approve", "reps_first": True},
        {"name": "复审", "who": "permission:approval.second", "above_fen": 5 * PRICE - 1},
    ]
    await street.boss.post("/approval-flows/return", {"version": 0, "steps": steps})
    clerk = await street.world.user(street.dealer, "dealer_clerk")
    made = await street.ask(street.keeper, (0, 10))
    part = await clerk.post(f"/returns/{made['id']}/approve", {"lines": [{"line_no": 1, "approved_qty": 5}]})
    assert (part["state"], part["waits_for"], part["can"]) == ("asked", "复审", [])
    shown = await street.boss.get(f"/returns/{made['id']}")
    assert (shown["proposed_by"], shown["lines"][0]["proposed_qty"]) == (clerk.actor.name, 5)
    await street.boss.post(f"/approvals/{made['approval_id']}/decide", {"decision": "approve"}, 204)
    done = await street.keeper.get(f"/returns/{made['id']}")
    assert (done["state"], done["total_fen"]) == ("approved", 5 * PRICE)


async def test_the_note_names_lots_reasons_and_both_sides(street: Street) -> None:
    made = await street.ask(street.keeper, (0, 5))
    note = await street.keeper.call("GET", f"/returns/{made['id']}/note.pdf")
    assert note.status_code == 200
    text = " ".join(words_of(note.content))
    expected = (made["number"], street.dealer.name, street.store.name, "L1", "破损", "退货单", "¥15.00")
    assert [part for part in expected if part not in text] == []


async def test_two_hundred_lines_cost_as_many_statements_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dealer = await world.dealer()
    boss, goods = await world.boss(dealer), await world.products(200)
    await world.offer(world.brand, goods)
    for item in goods:
        await world.stock(world.brand, item, 10)
    lines = [{"product_id": x.id, "packaging_id": x.piece, "packaging_qty": 2, "price_fen": x.price_fen} for x in goods]
    order = await boss.post("/orders", {"delivery_method": "pickup", "lines": lines}, 201)
    await world.admin.post(f"/orders/{order['id']}/approve", {})
    issue = (await world.admin.post(f"/orders/{order['id']}/issue", {}))["issue"]["id"]
    await boss.post(f"/goods-issues/{issue}/receive", {})
    counters: list[db.StatementCount] = []
    count = db.count_statements

    def counted() -> db.StatementCount:
        counters.append(count())
        return counters[-1]

    async def costs(size: int) -> list[int]:
        counters.clear()
        rows = [{"product_id": item.id, "qty": 1, "reason": "wrong"} for item in goods[:size]]
        made = await boss.post("/returns", {"lines": rows}, 201)
        await world.admin.post(f"/returns/{made['id']}/approve", {})
        await boss.post(f"/returns/{made['id']}/issue", {})
        await world.admin.post(f"/returns/{made['id']}/receive", {})
        return [counter.count for counter in counters]

    monkeypatch.setattr(db, "count_statements", counted)
    assert await costs(1) == await costs(200)
