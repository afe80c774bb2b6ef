"""A customer without a phone is served all the same: the dealer's clerk orders for him, and signs with his paper."""

from __future__ import annotations

from server.core import db
from tests.world import World, balances


async def test_a_clerk_orders_for_a_customer_without_account_and_it_is_the_customers_order(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    shop = await world.store(dealer, price_group="vip", address="人民路 1 号", contact_name="李婶")
    clerk, boss = await world.user(dealer, "dealer_clerk", name="小周"), await world.boss(dealer)
    await boss.post("/prices", {"price_group": "vip", "prices": [{"product_id": item.id, "price_fen": 250}]})
    await world.stock(dealer, item, 100)

    page = await clerk.get("/catalog/products", params={"buyer_id": shop.id})
    assert [(seen["id"], seen["price_fen"]) for seen in page["items"]] == [(item.id, 250)]
    lines = [{"product_id": item.id, "packaging_id": item.piece, "packaging_qty": 12}]
    quote = await clerk.post("/orders/quote", {"buyer_id": shop.id, "lines": lines})
    assert quote["total_fen"] == 12 * 250
    order = {"buyer_id": shop.id, "delivery_method": "deliver", "lines": [{**lines[0], "price_fen": 250}]}
    placed = await clerk.post("/orders", order, 201)

    seen = await boss.get(f"/orders/{placed['id']}")
    assert (seen["buyer"]["id"], seen["seller"]["id"]) == (shop.id, dealer.id)
    assert seen["events"][0]["account_name"] == "小周"
    assert (seen["address"]["contact_name"], seen["address"]["detail"]) == ("李婶", "人民路 1 号")
    trail = await db.row(
        "SELECT account_id, org_id FROM audit_entry WHERE root_id = $1 AND subject_kind = 'order' AND subject_id = $2",
        world.brand.id,
        placed["id"],
    )
    assert trail is not None and (trail["account_id"], trail["org_id"]) == (clerk.account_id, shop.id)

    await boss.post(f"/orders/{placed['id']}/approve", {})
    issue = (await boss.post(f"/orders/{placed['id']}/issue", {}))["issue"]
    assert "receive" in (await clerk.get(f"/orders/{placed['id']}"))["actions"]
    await clerk.post(f"/goods-issues/{issue['id']}/receive", {})
    assert (await balances(shop))[item.id, "warehouse"] == (12, 0)


async def test_nobody_signs_for_a_store_that_can_sign_itself(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    await world.offer(dealer, [item])
    await world.stock(dealer, item, 100)
    boss, keeper = await world.boss(dealer), await world.boss(await world.store(dealer))
    placed = await world.order(keeper, [(item, 1)])
    await boss.post(f"/orders/{placed.id}/approve", {})
    issue = (await boss.post(f"/orders/{placed.id}/issue", {}))["issue"]
    assert "receive" not in (await boss.get(f"/orders/{placed.id}"))["actions"]
    await boss.post(f"/goods-issues/{issue['id']}/receive", {}, 403)
    await keeper.post(f"/goods-issues/{issue['id']}/receive", {})


async def test_nobody_orders_for_somebody_elses_customer_or_a_frozen_one(world: World) -> None:
    upper, item = await world.dealer(), await world.product()
    lower = await world.dealer(upper)
    await world.offer(lower, [item])
    shop, own = await world.store(lower), await world.store(upper)
    boss = await world.boss(upper)
    line = {"product_id": item.id, "packaging_id": item.piece, "packaging_qty": 1, "price_fen": 300}

    def order(buyer_id: int) -> dict[str, object]:
        return {"buyer_id": buyer_id, "delivery_method": "pickup", "lines": [line]}

    refused = await boss.post("/orders", order(shop.id), 403)
    assert "直属客户" in refused["detail"]
    await boss.post("/orders", order((await world.store(await world.dealer())).id), 404)
    await boss.post(f"/orgs/{own.id}/freeze", {"reason": "欠款"})
    assert (await boss.post("/orders", order(own.id), 403))["code"] == "org_frozen"
    keeper = await world.user(upper, "dealer_warehouse")
    await keeper.get("/catalog/products", 403, params={"buyer_id": own.id})
    assert await db.value("SELECT count(*) FROM orders WHERE root_id = $1", world.brand.id) == 0


async def test_an_order_for_a_customer_is_placed_once_however_often_it_is_sent(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    await world.offer(dealer, [item])
    shop, clerk = await world.store(dealer, address="人民路 1 号"), await world.user(dealer, "dealer_clerk")
    line = {"product_id": item.id, "packaging_id": item.piece, "packaging_qty": 1, "price_fen": 300}
    order = {"buyer_id": shop.id, "delivery_method": "deliver", "lines": [line]}
    key = {"Idempotency-Key": "same-press-1"}
    first = await clerk.post("/orders", order, 201, headers=key)
    assert await clerk.post("/orders", order, 201, headers=key) == first
    places = await db.value("SELECT count(*) FROM delivery_address WHERE org_id = $1", shop.id)
    assert places == 1 and await db.value("SELECT count(*) FROM orders WHERE buyer_id = $1", shop.id) == 1


async def test_the_own_rules_warn_whoever_orders_for_a_customer_and_he_goes_on_knowingly(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    await world.offer(dealer, [item])
    shop, clerk, boss = await world.store(dealer), await world.user(dealer, "dealer_clerk"), await world.boss(dealer)
    minimum = [{"audience": {"kind": "all"}, "min_fen": 10_000}]
    await boss.post("/order-rules", {"version": 0, "minimums": minimum, "goods": [], "calendars": []})
    line = {"product_id": item.id, "packaging_id": item.piece, "packaging_qty": 2, "price_fen": 300}
    order = {"buyer_id": shop.id, "delivery_method": "pickup", "lines": [line]}
    warned = await clerk.post("/orders", order, 422)
    assert (warned["code"], warned["may_override"]) == ("order_rules", True)
    placed = await clerk.post("/orders", {**order, "override_rules": True}, 201)
    seen = await boss.get(f"/orders/{placed['id']}")
    assert seen["events"][0]["reason"] == "未按下单规则"
    trail = (await boss.get("/audit", params={"subject_kind": "order", "subject_id": placed["id"]}))["items"]
    assert trail[0]["changes"] == {"total_fen": 600, "override_rules": True}
    # An order that keeps to the rules says nothing of them, whatever was sent with it.
    enough = {**order, "lines": [{**line, "packaging_qty": 50}], "override_rules": True}
    kept = await clerk.post("/orders", enough, 201)
    assert (await boss.get(f"/orders/{kept['id']}"))["events"][0]["reason"] == ""


async def test_a_buyer_does_not_leave_his_suppliers_rules_aside(world: World) -> None:
    dealer, item = await world.dealer(), await world.product()
    await world.offer(dealer, [item])
    shop, boss = await world.store(dealer), await world.boss(dealer)
    keeper = await world.boss(shop)
    minimum = [{"audience": {"kind": "all"}, "min_fen": 10_000}]
    await boss.post("/order-rules", {"version": 0, "minimums": minimum, "goods": [], "calendars": []})
    line = {"product_id": item.id, "packaging_id": item.piece, "packaging_qty": 2, "price_fen": 300}
    for named in ({}, {"buyer_id": shop.id}):
        order = {"delivery_method": "pickup", "lines": [line], **named}
        assert (await keeper.post("/orders", order, 422))["may_override"] is False
        refused = await keeper.post("/orders", {**order, "override_rules": True}, 422)
        assert refused["errors"][0]["pointer"] == "/override_rules"
    assert await db.value("SELECT count(*) FROM orders WHERE buyer_id = $1", shop.id) == 0
