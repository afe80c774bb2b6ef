"""A lot that is called back serves nobody, and whoever has it, or had it, is told and answers."""

from __future__ import annotations

from typing import Any

from bot import jobs
from server.core import clock, db
from server.settings import Settings
from tests.invariants.checks import broken
from tests.stock.scanning import begin, finish, scan, send
from tests.trace.street import Street, a_street
from tests.world import World, balances


async def recalled(street: Street, lot: str = "L1") -> dict[str, Any]:
    body = {"product_id": street.goods.id, "lot_code": lot, "reason": "瓶盖松动", "instruction": "下架，放到一边"}
    return dict(await street.world.admin.post("/recalls", body, 201))


async def test_all_who_have_a_lot_or_had_it_stand_in_one_list_with_what_they_have(world: World) -> None:
    street = await a_street(world)
    first = await street.issue(world.admin, street.boss, 10)
    await street.boss.post(f"/goods-issues/{first}/receive", {})
    second = await street.issue(street.boss, street.owner, 10)
    await street.owner.post(f"/goods-issues/{second}/receive", {})
    on_way = await street.issue(world.admin, await world.boss(await world.dealer(name="路上的")), 2)
    recall = await recalled(street)
    assert recall["progress"] == {"holders": 3, "read": 0, "answered": 0, "qty": 288, "set_aside": 0}
    listed = (await world.admin.get(f"/recalls/{recall['id']}/holders"))["items"]
    # The dealer had ten cases of 24 and has none; the shop has them; two cases are on their way to another dealer.
    assert {item["org"]["name"]: (item["qty"], item["on_the_way"], item["had_qty"]) for item in listed} == {
        "杭州糖酒": (0, 0, 240),
        "西湖便利": (240, 0, 240),
        "路上的": (0, 48, 0),
    }
    # A rep sees his dealers' part, and a stranger nothing.
    mine = (await street.rep.get(f"/recalls/{recall['id']}/holders"))["items"]
    assert {item["org"]["name"] for item in mine} == {"杭州糖酒", "西湖便利"}
    await street.far_owner.get(f"/recalls/{recall['id']}", 404)
    assert on_way


async def test_a_lot_that_is_called_back_is_neither_promised_nor_issued_nor_sold(
    world: World, settings: Settings
) -> None:
    street = await a_street(world)
    await world.stock(world.brand, street.goods, 24, "L2", days=300)
    order = await world.order(street.boss, [(street.goods, 1)], cases=True)
    await world.admin.post(f"/orders/{order.id}/approve", {})
    waiting = await world.order(street.boss, [(street.goods, 2)], cases=True)
    shelf = await street.issue(world.admin, street.boss, 4)
    await street.boss.post(f"/goods-issues/{shelf}/receive", {})
    recall = await recalled(street)
    # What was held of the lot is replaced by another one when it leaves.
    issued = await world.admin.post(f"/orders/{order.id}/issue", {})
    lots = await db.rows(
        "SELECT t.code FROM goods_issue_line l JOIN lot t ON t.id = l.lot_id WHERE l.root_id = $1 AND l.issue_id = $2",
        world.brand.id, issued["issue"]["id"],
    )  # fmt: skip
    assert [lot["code"] for lot in lots] == ["L2"]
    refused = await world.admin.post(f"/orders/{waiting.id}/approve", {}, 409)
    assert refused["code"] == "stock_short" and "批次 L1 正在召回，不能出库" in refused["detail"]
    session = await begin(street.boss, "sale")
    await send(street.boss, session, scan(street.goods.ean, 1, lot_code="L1"))
    sale = await finish(street.boss, session, 409)
    assert [line["code"] for line in sale["lines"]] == ["lot_recalled"]
    assert (await balances(street.dealer))[street.goods.id, "warehouse"] == (96, 0)
    again = {"product_id": street.goods.id, "lot_code": "L1", "reason": "又一次", "instruction": "下架"}
    assert (await world.admin.post("/recalls", again, 409))["code"] == "recall_state"
    # It was a false alarm: the lot serves again.
    ending = {"outcome": "检测合格", "sell_again": True}
    ended = await world.admin.post(f"/recalls/{recall['id']}/end", ending)
    assert ended["state"] == "ended"
    await world.admin.post(f"/orders/{waiting.id}/approve", {})
    assert await broken(settings.database_url, world.brand.id) == []


async def test_a_lot_stays_blocked_after_a_recall_that_was_right(world: World) -> None:
    street = await a_street(world)
    recall = await recalled(street)
    await world.admin.post(f"/recalls/{recall['id']}/end", {"outcome": "全部销毁"})
    order = await world.order(street.boss, [(street.goods, 1)], cases=True)
    assert (await world.admin.post(f"/orders/{order.id}/approve", {}, 409))["code"] == "stock_short"
    late = await world.admin.post(f"/recalls/{recall['id']}/end", {"outcome": "再来"}, 409)
    assert late["code"] == "recall_state"


async def test_holders_read_and_answer_and_the_brand_sees_how_far_it_is(world: World) -> None:
    street = await a_street(world)
    first = await street.issue(world.admin, street.boss, 10)
    await street.boss.post(f"/goods-issues/{first}/receive", {})
    second = await street.issue(street.boss, street.owner, 2)
    await street.owner.post(f"/goods-issues/{second}/receive", {})
    recall = await recalled(street)
    path = f"/recalls/{recall['id']}"
    (listed,) = (await street.owner.get("/recalls"))["items"]
    assert (listed["number"], listed["answered_at"]) == (recall["number"], None)
    for _ in range(2):
        await street.owner.post(f"{path}/read", status=204)
    shown = await street.owner.get(path)
    assert (shown["own"]["qty"], shown["instruction"]) == (48, "下架，放到一边")
    await street.owner.post(f"{path}/answer", {"set_aside": 40, "note": "卖掉了 8 瓶"})
    progress = (await world.admin.get(path))["progress"]
    # Dealer 8 × 24 = 192 and shop 2 × 24 = 48.
    assert progress == {"holders": 2, "read": 1, "answered": 1, "qty": 240, "set_aside": 40}
    names = {}
    for standing in ("unread", "read", "answered"):
        found = (await world.admin.get(f"{path}/holders", params={"standing": standing}))["items"]
        names[standing] = [item["org"]["name"] for item in found]
    assert names == {"unread": ["杭州糖酒"], "read": [], "answered": ["西湖便利"]}
    await street.far_owner.post(f"{path}/answer", {"set_aside": 1}, 404)


async def test_goods_that_arrive_after_the_call_are_found_too(world: World) -> None:
    street = await a_street(world)
    first = await street.issue(world.admin, street.boss, 2)
    await street.boss.post(f"/goods-issues/{first}/receive", {})
    second = await street.issue(street.boss, street.owner, 1)
    await db.run(
        "DELETE FROM stock_balance b USING location l WHERE l.id = b.location_id AND l.org_id = $1", street.shop.id
    )
    recall = await recalled(street)
    assert recall["progress"]["holders"] == 1
    moment = clock.now()
    await db.run(
        "INSERT INTO stock_balance (root_id, location_id, product_id, lot_id, is_real, on_hand) SELECT $1, l.id, $2, "
        "t.id, false, 24 FROM location l, lot t WHERE l.org_id = $3 AND l.kind = 'in_transit' AND t.product_id = $2",
        world.brand.id, street.goods.id, street.shop.id,
    )  # fmt: skip
    told = await world.admin.post(f"/recalls/{recall['id']}/tell")
    assert told["progress"]["holders"] == 2
    assert await db.value("SELECT told_at >= $2 FROM recall_holder WHERE org_id = $1", street.shop.id, moment)
    assert second


async def test_before_a_lot_is_called_back_it_is_seen_whom_it_reaches_and_with_how_much(world: World) -> None:
    street = await a_street(world)
    first = await street.issue(world.admin, street.boss, 10)
    await street.boss.post(f"/goods-issues/{first}/receive", {})
    await street.issue(world.admin, await world.boss(await world.dealer(name="路上的")), 2)
    order = await world.order(street.boss, [(street.goods, 1)], cases=True)
    await world.admin.post(f"/orders/{order.id}/approve", {})
    wanted = {"product_id": street.goods.id, "lot_code": "L1"}
    seen = await world.admin.get("/recalls/preview", params=wanted)
    # Of 240 cases of 24 the dealer has ten, two are on their way, the brand has 228, one of which is promised.
    assert (seen["holders"], seen["qty"], seen["own_qty"], seen["reserved"]) == (2, 288, 5472, 24)
    told = [(item["org"]["name"], item["qty"], item["on_the_way"]) for item in seen["items"]]
    assert told == [("杭州糖酒", 240, 0), ("路上的", 0, 48)]
    lots = await world.admin.get("/recalls/lots", params={"product_id": street.goods.id, "q": "l"})
    assert [(lot["lot_code"], lot["recalled"]) for lot in lots["items"]] == [("L1", False)]
    await recalled(street)
    assert (await world.admin.get("/recalls/preview", params=wanted))["recalled"] is True
    await world.admin.get("/recalls/preview", 404, params={**wanted, "lot_code": "没有"})


async def test_whoever_gets_goods_of_a_recalled_lot_later_is_told_by_the_schedule_once(world: World) -> None:
    street = await a_street(world)
    recall = await recalled(street)
    assert recall["progress"]["holders"] == 0
    late = await world.dealer(name="后到的")
    place = "SELECT id FROM location WHERE org_id = $1 AND kind = 'warehouse'"
    balance = "INSERT INTO stock_balance (root_id, location_id, product_id, lot_id, is_real, on_hand) " \
        "VALUES ($1, $2, $3, $4, true, 0)"  # fmt: skip
    await db.run(balance, world.brand.id, await db.value(place, late.id), street.goods.id, recall["lot_id"])
    await jobs.tell_late_holders()
    await jobs.tell_late_holders()
    (holder,) = (await world.admin.get(f"/recalls/{recall['id']}/holders"))["items"]
    assert holder["org"]["name"] == "后到的"
    told = "SELECT count(*) FROM outbox WHERE root_id = $1 AND topic = 'recall.started'"
    assert await db.value(told, world.brand.id) == 1
    await world.admin.post(f"/recalls/{recall['id']}/end", {"outcome": "全部收回"})
    assert await db.value("SELECT count(*) FROM recall_holder WHERE root_id = $1", world.brand.id) == 1
