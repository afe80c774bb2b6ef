"""The checks themselves: quiet about an honest world, loud about each kind of damage."""

from __future__ import annotations

import asyncpg
import pytest

from server.channel.models import Org
from server.core.db import connection_options
from server.settings import Settings
from tests.invariants.checks import CHECKS, broken
from tests.orders.test_life import a_shop, cart
from tests.world import Product, User, World


async def a_busy_brand(world: World) -> int:
    """A brand with an order in every state, one with shortage, a payment and a back order; its root id."""
    _, store, seller, buyer, goods = await a_shop(world)

    async def placed() -> int:
        return int((await buyer.post("/orders", cart(goods, (0, True, 1), (1, False, 6)), 201))["id"])

    async def approved() -> int:
        order = await placed()
        part = {"lines": [{"line_no": 1, "approved_qty": 20}, {"line_no": 2, "approved_qty": 6}]}
        await seller.post(f"/orders/{order}/approve", {**part, "rest": "back_order"})
        return order

    async def issued() -> tuple[int, int]:
        order = await approved()
        answer = await seller.post(f"/orders/{order}/issue", {"lines": [{"line_no": 1, "qty": 15}]})
        return order, int(answer["issue"]["id"])

    await placed()
    await approved()
    await issued()
    await seller.post(f"/orders/{await placed()}/reject", {"reason": "停供"})
    await buyer.post(f"/orders/{await placed()}/cancel", {"reason": "订错"})
    await seller.post(f"/orders/{await approved()}/cancel", {"reason": "缺货"})
    order, issue = await issued()
    counted = {"lines": [{"line_no": 1, "received_qty": 10, "damaged_qty": 2}]}
    await buyer.post(f"/goods-issues/{issue}/receive", counted)
    await seller.post(f"/orders/{order}/close", {"reason": "余下不发"})
    back = {"lines": [{"product_id": goods[0].id, "qty": 2, "reason": "damaged"}]}
    await buyer.post("/returns", back, 201)
    await seller.post("/payments", {"buyer_id": store.id, "amount_fen": 1_000, "method": "cash"}, 201)
    await a_stocktake(seller, goods[0])
    await a_case(world, seller, buyer)
    return int(world.brand.root_id)


async def a_stocktake(seller: User, item: Product) -> None:
    """One more than the books say was counted, and is on them now."""
    made = (await seller.post("/stocktakes", {"scope": "list", "product_ids": [item.id], "blind": False}, 201))["id"]
    (there,) = (await seller.get(f"/stocktakes/{made}/tally"))["items"]
    figures = {"entries": [{"product_id": item.id, "qty": there["book_qty"] + 1}]}
    await seller.post(f"/stocktakes/{made}/entries", figures)
    await seller.post(f"/stocktakes/{made}/close", {})
    assert (await seller.post(f"/stocktakes/{made}/submit", {}))["state"] == "adjusted"


async def a_case(world: World, seller: User, buyer: User) -> None:
    """It was bound when it left the brand, and again when it left the dealer."""
    item = await world.product()
    for org in (world.brand, await Org.get(id=seller.actor.org_id)):
        await world.offer(org, [item])
    await world.stock(world.brand, item, 24)
    made = {"scheme": "url", "product_id": item.id, "packaging_id": item.case, "count": 1, "lot_code": "L1"}
    code = (await world.admin.post("/trace/ranges", made, 201))["first"]
    for giver, taker in ((world.admin, seller), (seller, buyer)):
        order = await world.order(taker, [(item, 24)])
        await giver.post(f"/orders/{order.id}/approve", {})
        issue = (await giver.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
        bound = await giver.post(f"/trace/issues/{issue}/bind", {"codes": [code]})
        assert bound["changed"] == 1
        await taker.post(f"/goods-issues/{issue}/receive", {})


async def test_an_honest_world_breaks_nothing(world: World, settings: Settings) -> None:
    root_id = await a_busy_brand(world)
    assert await broken(settings.database_url, root_id) == []


DAMAGE: dict[str, str] = {
    "stock_sums_to_zero": "UPDATE stock_balance SET on_hand = on_hand + 1 WHERE root_id = {root} AND is_real",
    "balances_equal_the_journal": "DELETE FROM stock_move WHERE root_id = {root} AND reason = 'damaged'",
    "no_real_location_below_zero": """
        UPDATE stock_balance b SET on_hand = -1 FROM location l
        WHERE l.id = b.location_id AND l.kind = 'loss' AND b.root_id = {root}""",
    "snapshots_equal_the_journal": """
        INSERT INTO stock_snapshot_head (root_id, location_id, before, taken_at)
        SELECT DISTINCT root_id, location_id, now() + interval '1 day', now() FROM stock_balance
        WHERE root_id = {root} AND is_real""",
    "sales_by_day_equal_the_moves": """
        INSERT INTO sale_day (root_id, org_id, day, product_id, qty)
        SELECT root_id, root_id, current_date, id, 3 FROM product WHERE root_id = {root}""",
    "reserved_equals_open_reservations": "UPDATE reservation SET qty = qty + 1 WHERE root_id = {root}",
    "open_orders_hold_what_is_approved_and_not_issued": "DELETE FROM reservation WHERE root_id = {root}",
    "in_transit_equals_unsigned_issues": "UPDATE goods_issue SET state = 'received' WHERE root_id = {root}",
    "moves_equal_their_documents": "UPDATE stock_move SET qty = qty * 2 WHERE root_id = {root} AND reason = 'issue'",
    "counted_books_equal_the_journal": "UPDATE stocktake_line SET book_qty = book_qty + 5 WHERE root_id = {root}",
    "trade_accounts_equal_the_ledger": "UPDATE trade_account SET receivable_fen = 7 WHERE root_id = {root}",
    "receivable_equals_issued_less_credited_less_paid": """
        UPDATE receipt SET credit_fen = credit_fen + 1 WHERE root_id = {root}""",
    "entries_equal_their_documents": """
        INSERT INTO ledger_entry (root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document_kind,
                                  document_id, occurred_on, at)
        SELECT root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document_kind, document_id,
               occurred_on, at
        FROM ledger_entry WHERE root_id = {root} AND reason = 'shortage'""",
    "nobody_gives_back_more_than_he_bought_nor_is_credited_more_than_he_paid": """
        UPDATE goods_issue_line SET received_qty = 0, damaged_qty = 0, short_qty = 0 WHERE root_id = {root}""",
    "committed_equals_approved_and_not_issued": """
        UPDATE trade_account SET committed_fen = committed_fen + 1 WHERE root_id = {root}""",
    "order_quantities_chain": """
        UPDATE order_line SET issued_qty = 14 WHERE root_id = {root} AND issued_qty = 15 AND received_qty = 0""",
    "order_amounts_equal_their_lines": """
        UPDATE orders SET approved_fen = approved_fen + 1
        WHERE root_id = {root} AND approved_fen > 0 AND approved_fen < total_fen""",
    "states_have_their_events": "DELETE FROM order_event WHERE root_id = {root} AND verb = 'issue'",
    "states_agree_with_quantities": "UPDATE orders SET state = 'received' WHERE root_id = {root} AND state = 'issued'",
    "nothing_is_issued_without_an_approval": "DELETE FROM order_event WHERE root_id = {root} AND verb = 'approve'",
    "one_decision_per_order": "UPDATE approval SET state = 'rejected' WHERE root_id = {root} AND state = 'approved'",
    "one_receipt_per_signed_issue": "DELETE FROM receipt WHERE root_id = {root}",
    "keys_have_their_answers": "UPDATE idempotency SET response = NULL WHERE root_id = {root}",
    "events_have_their_messages": "DELETE FROM outbox WHERE root_id = {root} AND topic = 'order.approve'",
    "hands_equal_their_documents": "UPDATE trace_hand SET to_id = 0 WHERE root_id = {root}",
    "cases_go_from_hand_to_hand": """
        UPDATE trace_code SET hands = ARRAY[hands[2], hands[1]], hand_id = hands[1] WHERE root_id = {root}""",
    "no_more_cases_pass_than_goods": "UPDATE trace_range SET unit_qty = 25 WHERE root_id = {root}",
    "rebate_credit_is_what_was_settled_less_what_was_taken_back_and_used": """
        INSERT INTO rebate_use (root_id, number, seller_id, buyer_id, fen, used_by, at)
        SELECT root_id, 'FY', seller_id, buyer_id, 100, 1, now() FROM trade_account WHERE root_id = {root} LIMIT 1""",
    "stores_by_region_equal_the_archive": "UPDATE region_stores SET stores = stores + 1 WHERE root_id = {root}",
}
# The two ends of an entry are columns of one row, so the journal can only fail to sum to zero by another schema.
BY_CONSTRUCTION = {"journal_sums_to_zero"}


def test_every_check_is_known_to_find_its_damage() -> None:
    assert {check.__name__ for check in CHECKS} == DAMAGE.keys() | BY_CONSTRUCTION


@pytest.fixture(scope="module")
def busy() -> dict[str, int]:
    """The brand that is damaged, made once: each damage is rolled back."""
    return {}


@pytest.mark.parametrize("name", DAMAGE)
async def test_damage_is_found_and_told_in_words(
    name: str, busy: dict[str, int], world: World, settings: Settings
) -> None:
    if not busy:
        busy["root"] = await a_busy_brand(world)
    check = next(item for item in CHECKS if item.__name__ == name)
    connection = await asyncpg.connect(**connection_options(settings.database_url))
    try:
        damage = connection.transaction()
        await damage.start()
        await connection.execute(DAMAGE[name].format(**busy))
        found = await check(connection, busy["root"])
        await damage.rollback()
    finally:
        await connection.close()
    assert found and all(sentence.startswith(f"{name}: ") for sentence in found)
