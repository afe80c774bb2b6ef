"""Orders that cannot be: each a clear refusal on the spot, nothing half done."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock
from tests.orders.test_life import a_shop, cart
from tests.world import World, everything


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("packaging_qty", 0, "不能小于 1"),
        ("packaging_qty", -3, "不能小于 1"),
        ("packaging_qty", 10_000, "不能大于 9999"),
        ("packaging_qty", 1.5, "应为整数"),
        ("packaging_qty", "3", "应为整数"),
        ("price_fen", -1, "不能小于 0"),
        ("product_id", 0, "不能小于 1"),
    ],
)
async def test_a_wrong_number_is_named_with_its_line(world: World, field: str, value: Any, words: str) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    body: Any = cart(goods, (0, False, 1), (1, False, 1))
    body["lines"][1][field] = value
    before = await everything(world.brand.id)
    refused = await buyer.post("/orders", body, 422)
    assert refused["errors"] == [{"pointer": f"/lines/1/{field}", "detail": words}]
    spoken = {"packaging_qty": "数量", "price_fen": "价格", "product_id": "商品"}[field]
    assert refused["detail"] == f"填写有误：第 2 行的{spoken}{words}"  # a shop owner knows no field names
    assert await everything(world.brand.id) == before


async def test_an_order_has_between_one_and_two_hundred_lines(world: World) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    for count, words in ((0, "至少要有 1 项"), (201, "最多 200 项")):
        refused = await buyer.post("/orders", cart(goods, *[(0, False, 1)] * count), 422)
        assert refused["errors"] == [{"pointer": "/lines", "detail": words}]
    placed = await buyer.post("/orders", cart(goods, *[(0, False, 1)] * 200), 201)
    assert (placed["line_count"], placed["total_fen"]) == (200, 60_000)


async def test_a_product_named_twice_in_cases_and_pieces_is_two_lines_served_from_the_same_stock(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    placed = await buyer.post("/orders", cart(goods, (0, True, 4), (0, False, 4), (0, False, 1)), 201)
    # 96 + 4 of the 100 pieces are served, the last one is not.
    short = await seller.post(f"/orders/{placed['id']}/approve", {}, 409)
    assert short["lines"] == [{"line_no": 3, "wanted_qty": 1, "available_qty": 0}]


@pytest.mark.parametrize("what", ["packaging of another product", "not offered", "stopped", "of another brand"])
async def test_what_the_supplier_does_not_sell_is_named_and_nothing_is_ordered(world: World, what: str) -> None:
    dealer, _, _, buyer, goods = await a_shop(world)
    body: Any = cart(goods, (0, False, 1), (1, False, 1))
    if what == "packaging of another product":
        body["lines"][1]["packaging_id"] = goods[0].piece
    elif what == "not offered":
        other = await world.product()
        body["lines"][1].update(product_id=other.id, packaging_id=other.piece)
    elif what == "of another brand":
        strange = await (await World.create(world.http)).product()
        body["lines"][1].update(product_id=strange.id, packaging_id=strange.piece)
    else:
        found = await world.admin.get(f"/products/{goods[1].id}")
        await world.admin.call("PATCH", f"/products/{goods[1].id}", {"version": found["version"], "status": "stopped"})
    before = await everything(world.brand.id)
    refused = await _refused(buyer, body)
    assert refused["code"] == "not_offered"
    assert [error["pointer"] for error in refused["errors"]] == ["/lines/1"]
    assert await everything(world.brand.id) == before


async def _refused(buyer: Any, body: Any) -> Any:
    answer = await buyer.call("POST", "/orders", body)
    assert 400 <= answer.status_code < 500
    return answer.json()


async def test_goods_cannot_be_wished_for_yesterday(world: World) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    today = clock.today()
    body = cart(goods, (0, False, 1)) | {"wished_on": str(today - timedelta(days=1))}
    assert (await buyer.post("/orders", body, 422))["errors"][0]["pointer"] == "/wished_on"
    await buyer.post("/orders", body | {"wished_on": str(today)}, 201)


async def test_goods_cannot_be_sent_to_a_strangers_address(world: World) -> None:
    dealer, _, _, buyer, goods = await a_shop(world)
    neighbour = await world.boss(await world.store(dealer))
    place = {"contact_name": "王五", "contact_phone": "13800000000", "detail": "长江路 1 号"}
    strange = await neighbour.post("/addresses", place, 201)
    before = await everything(world.brand.id)
    await buyer.post("/orders", cart(goods, (0, False, 1)) | {"address_id": strange["id"]}, 404)
    assert await everything(world.brand.id) == before
    own = await buyer.post("/addresses", place | {"detail": "长江路 2 号"}, 201)
    placed = await buyer.post("/orders", cart(goods, (0, False, 1)) | {"address_id": own["id"]}, 201)
    assert (await buyer.get(f"/orders/{placed['id']}"))["address"]["detail"] == "长江路 2 号"


async def test_quantities_that_a_document_does_not_allow_are_named(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    order = (await buyer.post("/orders", cart(goods, (0, False, 5), (1, False, 5)), 201))["id"]

    async def refused(path: str, line: dict[str, int], who: Any = seller) -> str:
        before = await everything(world.brand.id)
        answer = await who.post(path, {"lines": [line]}, 422)
        assert await everything(world.brand.id) == before
        return str(answer["errors"][0]["pointer"])

    approve, issue = f"/orders/{order}/approve", f"/orders/{order}/issue"
    assert await refused(approve, {"line_no": 1, "approved_qty": 6}) == "/lines/0"
    assert await refused(approve, {"line_no": 3, "approved_qty": 1}) == "/lines/0/line_no"
    assert await refused(approve, {"line_no": 1, "approved_qty": -1}) == "/lines/0/approved_qty"
    await seller.post(approve, {"lines": [{"line_no": 1, "approved_qty": 4}]})
    assert await refused(issue, {"line_no": 1, "qty": 5}) == "/lines/0"
    assert await refused(issue, {"line_no": 2, "qty": 1}) == "/lines/0"
    sent = await seller.post(issue, {})
    receive = f"/goods-issues/{sent['issue']['id']}/receive"
    assert await refused(receive, {"line_no": 1, "received_qty": 4, "damaged_qty": 1}, buyer) == "/lines/0"
    assert await refused(receive, {"line_no": 2, "received_qty": 1}, buyer) == "/lines/0"
    twice = {"lines": [{"line_no": 1, "received_qty": 1}, {"line_no": 1, "received_qty": 2}]}
    await buyer.post(receive, twice, 422)


async def test_the_brand_has_nobody_to_buy_from(world: World) -> None:
    goods = await world.products(1)
    await world.admin.post("/orders", cart(goods, (0, False, 1)), 403)


async def test_nobody_orders_from_a_frozen_supplier(world: World) -> None:
    dealer, _, _, buyer, goods = await a_shop(world)
    await world.admin.post(f"/orgs/{dealer.id}/freeze", {"reason": "窜货"})
    refused = await buyer.post("/orders", cart(goods, (0, False, 1)), 403)
    assert refused["code"] == "org_frozen" and dealer.name in refused["detail"]


BLANK = pytest.mark.parametrize("blank", ["", " ", "\u3000\n", None])


@BLANK
async def test_whoever_turns_an_order_down_says_why_and_a_blank_is_no_reason(world: World, blank: str | None) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    order = (await buyer.post("/orders", cart(goods, (0, False, 5)), 201))["id"]
    approval = (await seller.get("/approvals"))["items"][0]["id"]
    before = await everything(world.brand.id)
    words = "应为文字" if blank is None else "不能为空"
    for who, path in ((seller, "reject"), (seller, "hold"), (seller, "close"), (seller, "cancel"), (buyer, "cancel")):
        refused = await who.post(f"/orders/{order}/{path}", {"reason": blank}, 422)
        assert refused["errors"] == [{"pointer": "/reason", "detail": words}]
    await seller.post("/orders/batch/reject", {"ids": [order], "reason": blank}, 422)
    await seller.post(f"/approvals/{approval}/decide", {"decision": "reject", "reason": blank}, 422)
    await world.admin.post(f"/accounts/{seller.account_id}/freeze", {"reason": blank}, 422)
    assert await everything(world.brand.id) == before


async def test_an_order_of_an_absurd_amount_is_refused_in_words_and_its_neighbours_are_placed(world: World) -> None:
    dealer, _, _, buyer, goods = await a_shop(world)
    dear = await world.product(50_000_000)
    await world.offer(dealer, [dear])
    # 24 x 9999 x 500,000 yuan a line: 119,988,000,000 yuan, where an order may have 100,000,000,000.
    line = {"product_id": dear.id, "packaging_id": dear.case, "packaging_qty": 9999, "price_fen": 50_000_000}
    before = await everything(world.brand.id)
    absurd = {"delivery_method": "deliver", "lines": [line]}
    for lines in (1, 200):
        refused = await buyer.post("/orders", absurd | {"lines": [line] * lines}, 422)
        assert "太大" in refused["detail"]
    assert await everything(world.brand.id) == before
    answers = await asyncio.gather(
        *(buyer.call("POST", "/orders", body) for body in (absurd, cart(goods, (0, False, 1)), absurd))
    )
    assert [answer.status_code for answer in answers] == [422, 201, 422]
