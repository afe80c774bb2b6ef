"""Many people at the same moment: what is sold, decided, sent and paid is so once, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import httpx
import pytest

from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.channel.models import Org
from server.core import db
from server.core.errors import BusinessError
from server.identity.service import actor_for
from server.orders.schemas import Approve, Issue, NewOrder, NewOrderLine
from server.orders.service import approve_order, issue_goods
from server.orders.submit import submit_order
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.test_life import a_shop, cart
from tests.stock.scanning import begin, scan, send
from tests.world import User, World, balances, claim_for, key

T = TypeVar("T")


@pytest.fixture(autouse=True)
async def unbroken(world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Whatever the crowd did, all invariants hold; nothing is tried twice, so a deadlock would be seen as an error."""
    monkeypatch.setattr(db, "retried", lambda work: work())
    yield
    assert await broken(settings.database_url, world.brand.id) == []


async def at_once(*work: Coroutine[Any, Any, T]) -> list[T]:
    """All at the same moment; the results in their order."""
    return list(await asyncio.gather(*work))


async def outcome(work: Awaitable[Any]) -> str:
    """`done`, or the code of the refusal."""
    try:
        await work
    except BusinessError as refusal:
        return refusal.code
    return "done"


async def codes(answers: list[httpx.Response]) -> Counter[str]:
    """How many answers of each kind: `done`, or the problem's code."""
    return Counter("done" if a.status_code < 300 else str(a.json()["code"]) for a in answers)


async def a_market(world: World, buyers: int, stock: int) -> tuple[Org, User, list[User], Any]:
    """A dealer with many stores and few goods; its owner, the stores' owners, the product."""
    dealer = await world.dealer()
    item = await world.product()
    await world.offer(dealer, [item])
    await world.stock(dealer, item, stock)
    seller = await (await world.boss(dealer)).sign_in()
    stores = [await world.boss(await world.store(dealer)) for _ in range(buyers)]
    return dealer, seller, stores, item


# The last cases ----------------------------------------------------------------------------------------------


async def _last_cases(
    world: World, decide: Callable[[User, int], Coroutine[Any, Any, str]]
) -> tuple[Counter[str], tuple[int, int]]:
    """50 stores want a case each of 17 that are there; how it went, and what the warehouse says."""
    dealer, seller, stores, item = await a_market(world, 50, 17 * 24 + 23)
    placed = await at_once(*(world.order(store, [(item, 1)], cases=True) for store in stores))
    told = Counter(await at_once(*(decide(seller, order.id) for order in placed)))
    return told, (await balances(dealer))[item.id, "warehouse"]


async def test_fifty_buyers_fight_for_the_last_cases_and_exactly_those_are_sold(world: World) -> None:
    async def decide(seller: User, order_id: int) -> str:
        answer = await seller.call("POST", f"/orders/{order_id}/approve", {})
        return "done" if answer.status_code == 200 else str(answer.json()["code"])

    told, held = await _last_cases(world, decide)
    assert told == {"done": 17, "stock_short": 33}
    assert held == (17 * 24 + 23, 17 * 24)


async def test_the_last_cases_are_sold_once_through_the_verbs_too(world: World) -> None:
    async def decide(seller: User, order_id: int) -> str:
        return await outcome(approve_order(seller.actor, order_id, Approve()))

    told, held = await _last_cases(world, decide)
    assert told == {"done": 17, "stock_short": 33}
    assert held == (17 * 24 + 23, 17 * 24)


# The same thing many times -------------------------------------------------------------------------------------


async def test_a_hundred_equal_submits_make_one_order_and_a_hundred_equal_answers(world: World) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    await buyer.sign_in()
    same = {"Idempotency-Key": key()}
    body = cart(goods, (0, True, 1))
    answers = await at_once(*(buyer.call("POST", "/orders", body, headers=same) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [item["id"] for item in (await buyer.get("/orders"))["items"]] == [answers[0].json()["id"]]


async def test_a_hundred_equal_submits_through_the_verb_make_one_order(world: World) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    order = NewOrder("pickup", [NewOrderLine(goods[0].id, goods[0].case, 1, goods[0].price_fen)])
    claim = claim_for(buyer.actor)
    placed = await at_once(*(submit_order(buyer.actor, order, claim) for _ in range(100)))
    assert len({item.id for item in placed}) == 1
    assert len((await buyer.get("/orders"))["items"]) == 1


@pytest.mark.parametrize("verb", ["approve", "issue", "receive", "pay"])
async def test_a_write_pressed_twenty_times_with_one_key_happens_once(world: World, verb: str) -> None:
    _, store, seller, buyer, goods = await a_shop(world)
    order = (await buyer.post("/orders", cart(goods, (0, False, 10)), 201))["id"]
    path, who = f"/orders/{order}/approve", seller
    body: dict[str, Any] = {}
    if verb in ("issue", "receive"):
        await seller.post(path, {})
        path, body = f"/orders/{order}/issue", {"lines": [{"line_no": 1, "qty": 4}]}
    if verb == "receive":
        path, who = f"/goods-issues/{(await seller.post(path, body))['issue']['id']}/receive", buyer
        body = {"lines": [{"line_no": 1, "received_qty": 3}]}
    if verb == "pay":
        path, body = "/payments", {"buyer_id": store.id, "amount_fen": 700, "method": "cash"}
    same = {"Idempotency-Key": key()}
    await who.sign_in()
    answers = await at_once(*(who.call("POST", path, body, headers=same) for _ in range(20)))
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert answers[0].status_code in (200, 201), answers[0].text
    # 4 pieces at 3.00 are owed once issued, 3 of them once signed for, and −7.00 once paid.
    owed = {"approve": 0, "issue": 1_200, "receive": 900, "pay": -700}[verb]
    assert (await buyer.get("/settlement/balance"))["receivable_fen"] == owed


# One order, several hands -----------------------------------------------------------------------------------------


async def test_two_reps_press_at_the_same_moment_in_the_chat_and_in_the_app_and_one_decides(world: World) -> None:
    buyer_org = await world.dealer()
    item = await world.product()
    await world.offer(world.brand, [item])
    await world.stock(world.brand, item, 1_000)
    buyer = await world.boss(buyer_org)
    reps = [await world.user(world.brand, "brand_rep", [buyer_org], f"rep{n}{key()}") for n in range(2)]
    in_chat = await actor_for(reps[0].account_id, surface="chat")
    await reps[1].sign_in()
    for _ in range(10):
        order = await world.order(buyer, [(item, 5)])
        facts = await approvals.facts_of(world.brand.id, "order", order.id)
        assert facts is not None
        chat = approvals.decide(in_chat, facts.id, Decision("approve"))
        body = {"decision": "reject", "reason": "停供"}
        first, second = await asyncio.gather(outcome(chat), reps[1].call("POST", f"/approvals/{facts.id}/decide", body))
        told = [first, "done" if second.status_code == 204 else str(second.json()["code"])]
        assert sorted(told) == ["approval_decided", "done"]
        decided = await approvals.facts_of(world.brand.id, "order", order.id)
        assert decided is not None
        winner = reps[told.index("done")].account_id
        assert (decided.decided_by, decided.state) == (winner, ["approved", "rejected"][told.index("done")])


async def test_approve_reject_cancel_and_hold_at_the_same_moment_leave_one_truth(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    await seller.sign_in()
    await buyer.sign_in()
    for _ in range(6):
        order = (await buyer.post("/orders", cart(goods, (0, False, 2)), 201))["id"]
        why = {"reason": "改主意"}
        answers = await at_once(
            seller.call("POST", f"/orders/{order}/approve", {}),
            seller.call("POST", f"/orders/{order}/reject", why),
            buyer.call("POST", f"/orders/{order}/cancel", why),
            seller.call("POST", f"/orders/{order}/hold", why),
        )
        told = await codes(answers)
        # Approved and put aside may still be cancelled, put aside may still be rejected: one to three succeed.
        assert set(told) <= {"done", "order_state", "approval_decided"} and 1 <= told["done"] <= 3
        verbs = [event["verb"] for event in (await buyer.get(f"/orders/{order}"))["events"]]
        assert len(verbs) == 1 + told["done"] and not {"approve", "reject"} <= set(verbs)


async def test_issue_close_and_cancel_at_the_same_moment_send_each_piece_once(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world)
    await seller.sign_in()
    order = (await buyer.post("/orders", cart(goods, (0, False, 50)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    part = {"lines": [{"line_no": 1, "qty": 8}]}
    answers = await at_once(*(seller.call("POST", f"/orders/{order}/issue", part) for _ in range(12)))
    # 50 hold six parts of 8; the seventh finds 2.
    assert await codes(answers) == {"done": 6, "quantity_invalid": 6}
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (52, 2)
    issues = [answer.json()["issue"]["id"] for answer in answers if answer.status_code == 200]
    await buyer.sign_in()
    mixed = await at_once(
        *(buyer.call("POST", f"/goods-issues/{issue}/receive", {}) for issue in issues for _ in range(3)),
        seller.call("POST", f"/orders/{order}/cancel", {"reason": "不发了"}),
        seller.call("POST", f"/orders/{order}/close", {"reason": "不发了"}),
    )
    told = await codes(mixed[:-2])
    assert told["done"] == 6 and told["order_state"] == 12
    assert mixed[-2].json()["code"] == "order_state"
    shown = await buyer.get(f"/orders/{order}")
    if shown["state"] != "closed":
        shown = await seller.post(f"/orders/{order}/close", {"reason": "不发了"})
    assert (shown["lines"][0]["received_qty"], shown["state"]) == (48, "closed")
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (52, 0)


# Money in any order ------------------------------------------------------------------------------------------------


async def test_issues_receipts_and_payments_in_any_order_end_in_the_same_balance(world: World) -> None:
    _, store, seller, buyer, goods = await a_shop(world)
    await seller.sign_in()
    await buyer.sign_in()
    orders = [(await buyer.post("/orders", cart(goods, (n % 2, False, 4)), 201))["id"] for n in range(10)]
    for order in orders:
        await seller.post(f"/orders/{order}/approve", {})

    async def send_and_sign(order: int) -> None:
        issued = await seller.post(f"/orders/{order}/issue", {})
        body = {"lines": [{"line_no": 1, "received_qty": 3}]}
        await buyer.post(f"/goods-issues/{issued['issue']['id']}/receive", body)

    async def pay(amount: int) -> None:
        body = {"buyer_id": store.id, "amount_fen": amount, "method": "wechat"}
        await seller.post("/payments", body, 201)

    await at_once(*(send_and_sign(order) for order in orders), *(pay(100 + n) for n in range(10)))
    balance = await buyer.get("/settlement/balance")
    # 10 orders of 4 at 3.00, one piece missing of each: 90.00; paid 1.00 to 1.09: 10.45.
    assert (balance["receivable_fen"], balance["committed_fen"]) == (9_000 - 1_045, 0)


async def test_the_credit_limit_holds_however_many_orders_are_approved_at_once(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    await world.credit(dealer, store, 4_000)
    await seller.sign_in()
    orders = [(await buyer.post("/orders", cart(goods, (0, False, 3)), 201))["id"] for _ in range(12)]
    answers = await at_once(*(seller.call("POST", f"/orders/{order}/approve", {}) for order in orders))
    # Orders of 9.00 under a limit of 40.00: four.
    assert await codes(answers) == {"done": 4, "credit_exceeded": 8}
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (100, 12)


# Locks in opposite order -------------------------------------------------------------------------------------------


async def test_orders_that_name_two_hundred_products_in_opposite_order_do_not_block_each_other(world: World) -> None:
    dealer, _, _, item = await a_market(world, 0, 100)
    goods = [item, *await world.products(199)]
    await world.offer(dealer, goods[1:])
    seller = await world.boss(dealer)
    for n, lots in enumerate(goods):
        await world.stock(dealer, lots, 20, "A", 100 + n % 7)
    stores = [await world.boss(await world.store(dealer)) for _ in range(6)]
    placed = []
    for n, store in enumerate(stores):
        wanted = [(item, 3) for item in (goods if n % 2 else reversed(goods))]
        placed.append(await world.order(store, wanted))
    decided = await at_once(*(outcome(approve_order(seller.actor, order.id, Approve())) for order in placed))
    assert Counter(decided) == {"done": 6}
    sent = await at_once(*(outcome(issue_goods(seller.actor, order.id, Issue())) for order in placed))
    assert Counter(sent) == {"done": 6}
    assert (await balances(dealer))[goods[5].id, "warehouse"] == (2, 0)


# Many phones ----------------------------------------------------------------------------------------------------------


async def test_twenty_phones_scan_into_one_session_and_no_scan_is_lost_or_doubled(world: World) -> None:
    dealer = await world.dealer()
    goods = await world.products(5)
    phones = [await (await world.user(dealer, "dealer_warehouse")).sign_in() for _ in range(20)]
    session = await begin(phones[0])
    kept = 0

    async def scan_away(n: int, phone: User) -> None:
        """Four batches of ten; each is sent twice, as on a bad line, and the last scan of each is taken back."""
        nonlocal kept
        for part in range(4):
            batch = [scan(goods[(n + k) % 5].ean, expires_on="2031-01-01") for k in range(10)]
            await asyncio.gather(send(phone, session, *batch), send(phone, session, *reversed(batch)))
            await send(phone, session, {**batch[part], "undone": True})
            kept += 9

    await at_once(*(scan_away(n, phone) for n, phone in enumerate(phones)))
    assert kept == 720
    same = {"Idempotency-Key": key()}
    path = f"/scan-sessions/{session}/finish"
    pressed = [phone.call("POST", path, headers=same if n < 5 else {}) for n, phone in enumerate(phones)]
    answers = await at_once(*pressed)
    assert {(answer.status_code, answer.json()["qty"]) for answer in answers} == {(200, kept)}
    held = await balances(dealer)
    assert sum(held[item.id, "warehouse"][0] for item in goods) == kept


async def test_a_scan_is_either_in_what_was_finished_or_given_back_to_its_phone(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    phones = [await (await world.user(dealer, "dealer_warehouse")).sign_in() for _ in range(8)]
    total = 0
    for _ in range(4):
        session = await begin(phones[0])
        await send(phones[0], session, scan(item.ean, expires_on="2031-01-01"))
        sent = [
            phone.call("POST", f"/scan-sessions/{session}/scans", {"scans": [scan(item.ean, expires_on="2031-01-01")]})
            for phone in phones[1:]
        ]
        *scans, finished = await at_once(*sent, phones[0].call("POST", f"/scan-sessions/{session}/finish"))
        told = await codes(scans)
        assert set(told) <= {"done", "scan_session_state"} and finished.status_code == 200
        assert finished.json()["qty"] == 1 + told["done"]
        total += 1 + told["done"]
    assert (await balances(dealer))[item.id, "warehouse"] == (total, 0)


async def test_sales_scanned_by_many_sell_each_piece_once(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    await world.stock(dealer, item, 50, "A", 90)
    await world.stock(dealer, item, 13, "B", 40)
    sellers = [await (await world.user(dealer, "dealer_clerk")).sign_in() for _ in range(12)]
    sessions = [await begin(seller, "sale") for seller in sellers]
    for seller, session in zip(sellers, sessions, strict=True):
        await send(seller, session, scan(item.ean, 7))
    answers = await at_once(
        *(who.call("POST", f"/scan-sessions/{n}/finish") for who, n in zip(sellers, sessions, strict=True))
    )
    # 63 pieces serve nine of twelve who sell seven.
    assert await codes(answers) == {"done": 9, "scan_lines_refused": 3}
    held = await balances(dealer)
    assert (held[item.id, "warehouse"], held[item.id, "consumer"]) == ((0, 0), (63, 0))


# One transfer, pressed by two at once -----------------------------------------------------------------------------


async def test_a_transfer_pressed_by_several_at_once_is_sent_and_received_once(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    await world.stock(dealer, item, 40)
    boss = await world.boss(dealer)
    hands = [boss, *[await world.user(dealer, "dealer_owner") for _ in range(3)]]
    east = (await boss.post("/warehouses", {"name": "东仓"}, 201))["id"]
    asked = {"to_warehouse_id": east, "lines": [{"product_id": item.id, "qty": 30}], "reason": "备货"}
    made = await boss.post("/transfers", asked, 201)
    decide = (f"/approvals/{made['approval_id']}/decide", {"decision": "approve"})
    steps = [decide, *((f"/transfers/{made['id']}/{verb}", {}) for verb in ("issue", "receive"))]
    for path, body in steps:
        answers = await at_once(*(who.call("POST", path, body) for who in hands))
        assert (await codes(answers))["done"] == 1, [answer.text for answer in answers]
    assert await db.value("SELECT on_hand FROM stock_balance WHERE location_id = $1", east) == 30
