"""Parts of a line that rules took something off: approved, issued, missing, given back; together the whole line."""

from __future__ import annotations

from server.core import db
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.test_life import a_shop, cart
from tests.world import World

_TAKEN_OFF = """
WITH lines AS (
    UPDATE order_line SET discount_fen = 101, amount_fen = 1999,
        steps = '[{"kind": "promotion", "words": "满减", "before_fen": 2100, "after_fen": 1999, "rule_id": 1}]'
    WHERE order_id = $1 AND line_no = 1
), gifts AS (
    UPDATE order_line SET discount_fen = 600, amount_fen = 0, gift_of = 1 WHERE order_id = $1 AND line_no = 2
), asked AS (
    UPDATE approval SET amount_fen = 1999 WHERE subject_kind = 'order' AND subject_id = $1
)
UPDATE orders SET total_fen = 1999 WHERE id = $1
"""


async def test_whoever_gets_less_than_he_ordered_pays_his_part_of_the_discounted_line_and_no_fen_is_lost(
    world: World, settings: Settings
) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world)
    # 7 pieces at 3.00 less 1.01: 19.99; 2 pieces of another for nothing
    placed = await buyer.post("/orders", cart(goods, (0, False, 7), (1, False, 2)), 201)
    await db.run(_TAKEN_OFF, placed["id"])
    granted = [{"line_no": 1, "approved_qty": 6}, {"line_no": 2, "approved_qty": 1}]
    approved = await seller.post(f"/orders/{placed['id']}/approve", {"lines": granted, "rest": "back_order"})
    assert approved["approved_fen"] == 1713  # 1999 × 6 / 7 = 1713.4
    assert approved["lines"][0]["steps"][-1]["amount_fen"] == 1999

    (rest,) = await db.rows("SELECT * FROM orders WHERE back_order_of = $1", placed["id"])
    assert rest["total_fen"] == 286  # 1999 - 1713: one piece; the gift of the other costs nothing
    lines = (await buyer.get(f"/orders/{rest['id']}"))["lines"]
    assert [(line["ordered_qty"], line["amount_fen"], line["discount_fen"]) for line in lines] == [
        (1, 286, 14),
        (1, 0, 300),
    ]
    assert [line["gift_of"] for line in lines] == [None, 1]

    four = await seller.post(f"/orders/{placed['id']}/issue", {"lines": [{"line_no": 1, "qty": 4}]})
    assert four["issue"]["total_fen"] == 1142  # 1999 × 4 / 7 = 1142.3
    two = await seller.post(f"/orders/{placed['id']}/issue", {})
    assert two["issue"]["total_fen"] == 571  # 1713 - 1142
    assert [line["gift"] for line in two["issue"]["lines"]] == [False, True]
    balance = await buyer.get("/settlement/balance")
    assert (balance["receivable_fen"], balance["committed_fen"]) == (1713, 0)

    missing = {"lines": [{"line_no": 1, "received_qty": 3}], "note": "少一件"}
    await buyer.post(f"/goods-issues/{four['issue']['id']}/receive", missing)
    # 3 of 4 cost 1142 × 3 / 4 = 856.5, so 286 are not owed
    assert (await buyer.get("/settlement/balance"))["receivable_fen"] == 1713 - 286
    await buyer.post(f"/goods-issues/{two['issue']['id']}/receive", {})

    found = await buyer.get("/returns/returnable", params={"seller_id": dealer.id})
    bought = {item["product_id"]: (item["most_qty"], item["paid_fen"]) for item in found["items"]}
    assert bought == {goods[0].id: (5, 856 + 571), goods[1].id: (1, 0)}
    assert await broken(settings.database_url, world.brand.id) == []


async def test_gifts_alone_are_approved_issued_and_signed_for_without_money(world: World, settings: Settings) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    placed = await buyer.post("/orders", cart(goods, (0, False, 7), (1, False, 2)), 201)
    await db.run(_TAKEN_OFF, placed["id"])
    await seller.post(f"/orders/{placed['id']}/approve", {})
    gifts = await seller.post(f"/orders/{placed['id']}/issue", {"lines": [{"line_no": 2, "qty": 2}]})
    assert gifts["issue"]["total_fen"] == 0
    await buyer.post(f"/goods-issues/{gifts['issue']['id']}/receive", {})
    goods_come = await seller.post(f"/orders/{placed['id']}/issue", {})
    assert goods_come["order"]["state"] == "issued", "the order is not done while goods are missing"
    await buyer.post(f"/goods-issues/{goods_come['issue']['id']}/receive", {})
    assert (await buyer.get(f"/orders/{placed['id']}"))["state"] == "received"
    assert (await buyer.get("/settlement/balance"))["receivable_fen"] == 1999
    assert await broken(settings.database_url, world.brand.id) == []
