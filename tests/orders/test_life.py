"""The life of an order, over HTTP as the users go through it."""

from __future__ import annotations

from server.channel.models import Org
from server.core import clock, db
from tests.world import Product, User, World, balances, key


async def a_shop(world: World, products: int = 2) -> tuple[Org, Org, User, User, list[Product]]:
    """A dealer with a store, goods in stock and both owners."""
    dealer = await world.dealer()
    store = await world.store(dealer)
    goods = await world.products(products)
    await world.offer(dealer, goods)
    for item in goods:
        await world.stock(dealer, item, 100)
    return dealer, store, await world.boss(dealer), await world.boss(store), goods


def cart(goods: list[Product], *lines: tuple[int, bool, int]) -> dict[str, object]:
    """A cart: (index of the product, whether cases, how many)."""
    return {
        "delivery_method": "deliver",
        "lines": [
            {
                "product_id": goods[n].id,
                "packaging_id": goods[n].case if cases else goods[n].piece,
                "packaging_qty": count,
                "price_fen": goods[n].price_fen,
            }
            for n, cases, count in lines
        ],
    }


async def test_a_restock_order_goes_from_the_cart_to_the_signature_and_the_store_owes_exactly_what_arrived(
    world: World,
) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    placed = await buyer.post("/orders", cart(goods, (0, True, 2), (1, False, 10)), 201)
    # 2 cases of 24 at 3.00 and 10 pieces at 3.00: 144.00 + 30.00
    assert placed["total_fen"] == 17_400

    approved = await seller.post(f"/orders/{placed['id']}/approve", {})
    assert approved["state"] == "approved"
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (100, 48)

    issued = await seller.post(f"/orders/{placed['id']}/issue", {})
    assert issued["order"]["state"] == "issued"
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (52, 0)
    assert (await balances(store))[goods[0].id, "in_transit"] == (48, 0)
    assert (await buyer.get("/settlement/balance"))["receivable_fen"] == 17_400

    # 40 of 48 arrive whole, 3 broken, 5 missing; the second line is complete.
    counted = {"lines": [{"line_no": 1, "received_qty": 40, "damaged_qty": 3}], "note": "少了一箱的一部分"}
    received = await buyer.post(f"/goods-issues/{issued['issue']['id']}/receive", counted)
    assert received["state"] == "received"
    line = received["lines"][0]
    assert (line["received_qty"], line["damaged_qty"], line["short_qty"]) == (40, 3, 5)
    assert (await balances(store))[goods[0].id, "warehouse"] == (40, 0)
    assert (await balances(store))[goods[0].id, "in_transit"] == (0, 0)
    assert (await balances(dealer))[goods[0].id, "loss"] == (8, 0)
    # 8 pieces at 3.00 are credited: 174.00 − 24.00
    assert (await buyer.get("/settlement/balance"))["receivable_fen"] == 15_000
    assert [event["verb"] for event in received["events"]] == ["submit", "approve", "issue", "receive"]


async def test_pressing_submit_twice_makes_one_order_and_the_same_answer(world: World) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    again = {"Idempotency-Key": key()}
    first = await buyer.post("/orders", cart(goods, (0, False, 1)), 201, headers=again)
    second = await buyer.post("/orders", cart(goods, (0, False, 1)), 201, headers=again)
    assert first == second
    assert len((await buyer.get("/orders"))["items"]) == 1
    other = await buyer.post("/orders", cart(goods, (0, False, 2)), 409, headers=again)
    assert other["code"] == "idempotency_key_reused"


async def test_a_partial_approval_drops_the_rest_or_keeps_it_as_a_back_order(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    placed = await buyer.post("/orders", cart(goods, (0, True, 3), (1, False, 7)), 201)
    part = {"lines": [{"line_no": 1, "approved_qty": 30}], "rest": "back_order"}
    approved = await seller.post(f"/orders/{placed['id']}/approve", part)
    assert approved["approved_fen"] == 30 * 300
    orders = (await buyer.get("/orders"))["items"]
    rest = next(item for item in orders if item["id"] != placed["id"])
    # 72 − 30 = 42 pieces do not fill whole cases of 24: pieces. 7 pieces of the second product.
    assert rest["state"] == "submitted" and rest["total_fen"] == (42 + 7) * 300
    detail = await buyer.get(f"/orders/{rest['id']}")
    assert detail["back_order_of"] == placed["id"]
    assert [(line["ordered_qty"], line["unit_qty"]) for line in detail["lines"]] == [(42, 1), (7, 1)]


async def test_goods_leave_first_expired_first_out_and_in_parts(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 1)
    await world.stock(dealer, goods[0], 20, lot="OLD", days=30)
    placed = await buyer.post("/orders", cart(goods, (0, False, 50)), 201)
    await seller.post(f"/orders/{placed['id']}/approve", {})
    first = await seller.post(f"/orders/{placed['id']}/issue", {"lines": [{"line_no": 1, "qty": 30}]})
    assert [(line["lot_code"], line["qty"]) for line in first["issue"]["lines"]] == [("OLD", 20), ("L1", 10)]
    rest = await seller.post(f"/orders/{placed['id']}/issue", {})
    assert [(line["lot_code"], line["qty"]) for line in rest["issue"]["lines"]] == [("L1", 20)]
    too_much = await seller.post(f"/orders/{placed['id']}/issue", {}, 422)
    assert too_much["code"] == "quantity_invalid"


async def test_a_price_that_changed_is_shown_and_asked_again(world: World) -> None:
    dealer, _, _, buyer, goods = await a_shop(world)
    await world.offer(dealer, [goods[1]], price_fen=280)
    refused = await buyer.post("/orders", cart(goods, (0, False, 1), (1, False, 1)), 409)
    assert refused["code"] == "price_changed"
    assert refused["lines"] == [{"line_no": 2, "price_fen": 280}]
    assert (await buyer.get("/orders"))["items"] == []


async def test_stock_that_is_not_there_is_refused_line_by_line_and_nothing_is_held(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world)
    placed = await buyer.post("/orders", cart(goods, (0, False, 10), (1, False, 101)), 201)
    refused = await seller.post(f"/orders/{placed['id']}/approve", {}, 409)
    assert refused["code"] == "stock_short"
    assert refused["lines"] == [{"line_no": 2, "wanted_qty": 101, "available_qty": 100}]
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (100, 0)


async def test_an_approval_past_the_credit_limit_is_refused_until_someone_who_may_lets_it_pass(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    await world.credit(dealer, store, 2_999)
    placed = await buyer.post("/orders", cart(goods, (0, False, 10)), 201)
    refused = await seller.post(f"/orders/{placed['id']}/approve", {}, 409)
    assert refused["code"] == "credit_exceeded" and refused["exposure_fen"] == 3_000
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (100, 0)
    clerk = await world.user(dealer, "dealer_clerk")
    await clerk.post(f"/orders/{placed['id']}/approve", {"override_credit": True}, 409)
    assert (await seller.post(f"/orders/{placed['id']}/approve", {"override_credit": True}))["state"] == "approved"


async def test_a_second_decision_says_who_decided_already(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world)
    clerk = await world.user(dealer, "dealer_clerk")
    placed = await buyer.post("/orders", cart(goods, (0, False, 1)), 201)
    await seller.post(f"/orders/{placed['id']}/reject", {"reason": "暂停供货"})
    late = await clerk.post(f"/orders/{placed['id']}/approve", {}, 409)
    assert late["code"] == "order_state" and seller.actor.name in late["detail"]
    assert (await buyer.get(f"/orders/{placed['id']}"))["reason"] == "暂停供货"


async def test_a_cancelled_order_gives_back_stock_and_credit(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    await world.credit(dealer, store, 100_000)
    placed = await buyer.post("/orders", cart(goods, (0, False, 10)), 201)
    await seller.post(f"/orders/{placed['id']}/approve", {})
    assert (await buyer.get("/settlement/balance"))["left_fen"] == 97_000
    await buyer.post(f"/orders/{placed['id']}/cancel", {"reason": "订多了"})
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (100, 0)
    assert (await buyer.get("/settlement/balance"))["left_fen"] == 100_000


async def test_one_order_of_a_batch_that_fails_does_not_stop_the_others(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    good = [await buyer.post("/orders", cart(goods, (0, False, 5)), 201) for _ in range(2)]
    bad = await buyer.post("/orders", cart(goods, (1, False, 500)), 201)
    ids = [good[0]["id"], bad["id"], good[1]["id"]]
    again = {"Idempotency-Key": key()}
    results = (await seller.post("/orders/batch/approve", {"ids": ids}, headers=again))["results"]
    assert [(item["ok"], item["state"]) for item in results] == [(True, "approved"), (False, None), (True, "approved")]
    assert results[1]["problem"]["code"] == "stock_short"
    repeated = (await seller.post("/orders/batch/approve", {"ids": ids}, headers=again))["results"]
    assert repeated == results


async def test_the_millionth_order_and_goods_issue_have_whole_numbers_of_their_own(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    await db.run("SELECT setval('orders_id_seq', 1000000), setval('goods_issue_id_seq', 1234566)")
    placed = [await buyer.post("/orders", cart(goods, (0, False, 1)), 201) for _ in range(2)]
    await seller.post(f"/orders/{placed[0]['id']}/approve", {})
    issued = await seller.post(f"/orders/{placed[0]['id']}/issue", {})
    day = f"{clock.today():%y%m%d}"
    assert [order["number"] for order in placed] == [f"{day}1000001", f"{day}1000002"]
    assert issued["issue"]["number"] == f"CK{day}1234567"


async def test_what_is_not_issued_can_be_closed_and_frees_stock_and_credit(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    await world.credit(dealer, store, 100_000)
    placed = await buyer.post("/orders", cart(goods, (0, False, 10)), 201)
    await seller.post(f"/orders/{placed['id']}/approve", {})
    issued = await seller.post(f"/orders/{placed['id']}/issue", {"lines": [{"line_no": 1, "qty": 4}]})
    early = await seller.post(f"/orders/{placed['id']}/close", {"reason": "余下不发了"}, 409)
    assert early["code"] == "order_state"
    partly = await buyer.post(f"/goods-issues/{issued['issue']['id']}/receive", {})
    assert partly["state"] == "issued"
    closed = await seller.post(f"/orders/{placed['id']}/close", {"reason": "余下不发了"})
    assert closed["state"] == "closed"
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (96, 0)
    balance = await buyer.get("/settlement/balance")
    assert (balance["receivable_fen"], balance["committed_fen"]) == (1_200, 0)
