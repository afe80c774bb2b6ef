"""What is owed, what is paid, how much credit is left, and who may touch it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.core import clock, db
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.test_life import a_shop, cart
from tests.world import World, everything, key


@pytest.fixture(autouse=True)
async def unbroken(world: World, settings: Settings) -> AsyncIterator[None]:
    """Whatever the test did, all invariants hold."""
    yield
    assert await broken(settings.database_url, world.brand.id) == []


async def test_both_sides_read_the_same_balance_and_every_change_behind_it(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    await world.credit(dealer, store, 10_000)
    for pieces in (10, 5):
        order = (await buyer.post("/orders", cart(goods, (0, False, pieces)), 201))["id"]
        await seller.post(f"/orders/{order}/approve", {})
    issued = await seller.post(f"/orders/{order}/issue", {})
    await buyer.post(f"/goods-issues/{issued['issue']['id']}/receive", {"lines": [{"line_no": 1, "received_qty": 4}]})
    await seller.post(
        "/payments", {"buyer_id": store.id, "amount_fen": 200, "method": "bank", "reference": "回单 7"}, 201
    )
    own, other = await buyer.get("/settlement/balance"), await seller.get(f"/settlement/balance?buyer_id={store.id}")
    assert own == other
    # 5 at 3.00 issued, one missing, 2.00 paid: 10.00 owed; 30.00 approved; 100.00 − 40.00 left.
    assert (own["receivable_fen"], own["committed_fen"], own["left_fen"]) == (1_000, 3_000, 6_000)
    entries = (await buyer.get("/settlement/entries"))["items"]
    assert [(e["reason"], e["receivable_change_fen"]) for e in entries] == [
        ("bank", -200), ("shortage", -300), ("issue", 1_500),
    ]  # fmt: skip
    assert entries[0]["reference"] == "回单 7"


async def test_each_payment_is_a_document_of_its_own_written_once_whose_entry_and_trail_name_it(world: World) -> None:
    dealer, store, seller, buyer, _ = await a_shop(world)
    pay, once = {"buyer_id": store.id, "amount_fen": 200, "method": "bank", "reference": "回单 7"}, key()
    for _ in range(2):  # the same press, sent twice
        await seller.post("/payments", pay, 201, headers={"Idempotency-Key": once})
    await seller.post("/payments", pay | {"method": "cash", "reference": ""}, 201)
    written = await db.rows("SELECT * FROM payment WHERE root_id = $1 ORDER BY id", world.brand.id)
    day = clock.today().strftime("%y%m%d")
    assert [(row["number"][:8], row["method"], row["reference"], row["amount_fen"]) for row in written] == [
        (f"SK{day}", "bank", "回单 7", 200), (f"SK{day}", "cash", "", 200),
    ]  # fmt: skip
    assert {(row["seller_id"], row["buyer_id"], row["registered_by"], row["received_on"]) for row in written} == {
        (dealer.id, store.id, seller.account_id, clock.today())
    }
    entries = (await buyer.get("/settlement/entries"))["items"]
    assert [(entry["document_kind"], entry["document_id"]) for entry in reversed(entries)] == [
        ("payment", row["id"]) for row in written
    ]
    trail = await seller.get("/audit", params={"subject_kind": "payment", "subject_id": written[0]["id"]})
    assert [item["verb"] for item in trail["items"]] == ["register_payment"]


async def test_entries_are_read_page_by_page_each_once_while_new_ones_arrive(world: World) -> None:
    _, store, seller, buyer, _ = await a_shop(world)

    async def pay(amount: int) -> None:
        await seller.post("/payments", {"buyer_id": store.id, "amount_fen": amount, "method": "cash"}, 201)

    for amount in range(1, 8):
        await pay(amount)
    seen: list[int] = []
    cursor = ""
    while True:
        page = await buyer.get(f"/settlement/entries?limit=3{cursor}")
        seen += [item["amount_fen"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
        await pay(100)
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    await buyer.get("/settlement/entries?cursor=nonsense", 422)


async def test_a_limit_counts_what_is_owed_and_what_is_approved_and_money_makes_room(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    await world.credit(dealer, store, 6_000)

    async def approve(pieces: int, status: int) -> int:
        order = (await buyer.post("/orders", cart(goods, (0, False, pieces)), 201))["id"]
        await seller.post(f"/orders/{order}/approve", {}, status)
        return int(order)

    first = await approve(10, 200)
    await seller.post(f"/orders/{first}/issue", {})
    await approve(10, 200)  # 30.00 owed and 30.00 approved: the limit to the fen
    over = await approve(1, 409)
    quote = await buyer.post(
        "/orders/quote", {"lines": [{"product_id": goods[0].id, "packaging_id": goods[0].piece, "packaging_qty": 1}]}
    )
    assert quote["credit"] == {"limit_fen": 6_000, "used_fen": 6_000, "left_fen": 0}
    await seller.post("/payments", {"buyer_id": store.id, "amount_fen": 299, "method": "wechat"}, 201)
    await seller.post(f"/orders/{over}/approve", {}, 409)
    await seller.post("/payments", {"buyer_id": store.id, "amount_fen": 1, "method": "wechat"}, 201)
    assert (await seller.post(f"/orders/{over}/approve", {}))["state"] == "approved"


async def test_a_limit_of_nothing_is_not_the_same_as_no_limit(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    order = (await buyer.post("/orders", cart(goods, (0, False, 1)), 201))["id"]
    await world.credit(dealer, store, 0)
    refused = await seller.post(f"/orders/{order}/approve", {}, 409)
    assert (refused["code"], refused["exposure_fen"], refused["limit_fen"]) == ("credit_exceeded", 300, 0)
    assert (await seller.post("/credit-limits", {"buyer_id": store.id, "limit_fen": None}))["left_fen"] is None
    await seller.post(f"/orders/{order}/approve", {})


@pytest.mark.parametrize("amount", [0, -5, 10**12 + 1])
async def test_a_payment_is_a_sum_of_money(world: World, amount: int) -> None:
    _, store, seller, _, _ = await a_shop(world)
    body = {"buyer_id": store.id, "amount_fen": amount, "method": "cash"}
    refused = await seller.post("/payments", body, 422)
    assert refused["errors"][0]["pointer"] == "/amount_fen"


async def test_who_may_not_touch_money_does_not(world: World) -> None:
    dealer, store, seller, buyer, _ = await a_shop(world)
    pay = {"buyer_id": store.id, "amount_fen": 100, "method": "cash"}
    limit = {"buyer_id": store.id, "limit_fen": 5}
    clerk, finance = await world.user(dealer, "dealer_clerk"), await world.user(dealer, "dealer_finance")
    stranger = await world.boss(await world.dealer())
    other_brand = (await World.create(world.http)).admin
    before = await everything(world.brand.id)
    for person, status in ((clerk, 403), (buyer, 403), (stranger, 404), (other_brand, 404), (world.admin, 404)):
        await person.post("/payments", pay, status)
        await person.post("/credit-limits", limit, status)
    for person in (stranger, other_brand):
        await person.get(f"/settlement/balance?buyer_id={store.id}", 404)
        await person.get(f"/settlement/entries?buyer_id={store.id}", 404)
    driver = await world.user(dealer, "dealer_driver")
    await driver.get("/settlement/balance", 403)
    assert await everything(world.brand.id) == before
    # The brand sees its dealers' customers, and only reads.
    assert (await world.admin.get(f"/settlement/balance?buyer_id={store.id}"))["buyer"]["id"] == store.id
    assert (await finance.post("/payments", pay, 201))["receivable_fen"] == -100
    assert (await finance.post("/credit-limits", limit))["limit_fen"] == 5
