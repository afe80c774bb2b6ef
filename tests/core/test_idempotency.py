"""The same key and body: one effect, one answer; whatever the network does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, db
from tests.world import User, World, key

ADDRESS = {"contact_name": "李店", "contact_phone": "13800000000", "detail": "人民路 1 号"}


async def a_keeper(world: World) -> User:
    return await world.boss(await world.store(await world.dealer()))


async def kept(user: User, text: str) -> int:
    sql = "SELECT count(*) FROM idempotency WHERE account_id = $1 AND key = $2"
    return int(await db.value(sql, user.account_id, text))


async def test_a_hundred_equal_requests_at_once_have_one_effect_and_one_answer(world: World) -> None:
    keeper = await (await a_keeper(world)).sign_in()
    same = {"Idempotency-Key": key()}
    answers = await asyncio.gather(*(keeper.call("POST", "/addresses", ADDRESS, headers=same) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len((await keeper.get("/addresses"))["items"]) == 1


async def test_a_key_is_not_taken_for_another_request_nor_another_persons(world: World) -> None:
    keeper, other = await a_keeper(world), await a_keeper(world)
    same = {"Idempotency-Key": key()}
    await keeper.post("/addresses", ADDRESS, 201, headers=same)
    changed = {**ADDRESS, "detail": "人民路 2 号"}
    assert (await keeper.post("/addresses", changed, 409, headers=same))["code"] == "idempotency_key_reused"
    assert (await keeper.post("/me/subscriptions", ADDRESS, 422, headers=same))["code"] == "invalid_input"
    first = (await keeper.get("/addresses"))["items"]
    second = await other.post("/addresses", ADDRESS, 201, headers=same)
    assert [item["detail"] for item in first] == ["人民路 1 号"] and second["id"] != first[0]["id"]


async def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    same = {"Idempotency-Key": key()}
    await boss.post("/orgs", {"parent_id": world.brand.id, "kind": "store", "name": "新店"}, 404, headers=same)
    assert await kept(boss, same["Idempotency-Key"]) == 0
    await boss.post("/orgs", {"parent_id": dealer.id, "kind": "store", "name": "新店"}, 201, headers=same)
    assert await kept(boss, same["Idempotency-Key"]) == 1


@pytest.mark.parametrize("bad", ["", "short", "x" * 81, "with:colon-123", "with space 123", "<script>alert"])
async def test_a_key_that_is_none_is_refused(world: World, bad: str) -> None:
    keeper = await a_keeper(world)
    answer = await keeper.post("/addresses", ADDRESS, 422, headers={"Idempotency-Key": bad})
    assert "Idempotency-Key" in answer["detail"]


async def test_an_order_sent_before_midnight_and_again_after_it_is_one_order(world: World) -> None:
    dealer = await world.dealer()
    keeper, product = await world.boss(await world.store(dealer)), await world.product()
    await world.offer(dealer, [product])
    line = {"product_id": product.id, "packaging_id": product.piece, "packaging_qty": 1, "price_fen": 300}
    order: dict[str, Any] = {"delivery_method": "pickup", "lines": [line], "wished_on": clock.today().isoformat()}
    same = {"Idempotency-Key": key()}
    first = await keeper.post("/orders", order, 201, headers=same)
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert await keeper.post("/orders", order, 201, headers=same) == first
        assert (await keeper.post("/orders", order, 422))["errors"][0]["pointer"] == "/wished_on"
