"""Requests of one moment share a statement; what each of them gets must be as if it had come alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from server.core import db
from server.core.together import Together
from server.orders.schemas import NewOrder, NewOrderLine
from server.orders.submit import submit_order
from tests.orders.test_life import a_shop, cart
from tests.world import World, claim_for, key


async def test_whoever_comes_while_the_database_is_busy_goes_with_the_next_set_and_gets_his_own_answer() -> None:
    sets: list[list[int]] = []
    begun, busy = asyncio.Event(), asyncio.Event()

    async def doubled(numbers: Sequence[int]) -> list[int]:
        sets.append(list(numbers))
        begun.set()
        await busy.wait()
        return [number * 2 for number in numbers]

    together: Together[int, int] = Together(doubled, lanes=1, heaviest=3)
    first = asyncio.create_task(together.ask(1))
    await begun.wait()
    others = [asyncio.create_task(together.ask(number)) for number in (2, 3, 4, 5)]
    await asyncio.sleep(0)
    busy.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8, 10]
    assert sets == [[1], [2, 3, 4], [5]]


@pytest.mark.parametrize("error", [asyncpg.CheckViolationError("thirteen"), OverflowError("thirteen")])
async def test_one_request_that_cannot_be_done_does_not_harm_those_that_went_with_it(error: Exception) -> None:
    async def work(numbers: Sequence[int]) -> list[int]:
        if 13 in numbers:
            raise error
        return list(numbers)

    together: Together[int, int] = Together(work, lanes=1, heaviest=10)
    answers = await asyncio.gather(*(together.ask(number) for number in (12, 13, 14)), return_exceptions=True)
    assert answers[0] == 12 and answers[2] == 14
    assert answers[1] is error


async def test_an_order_that_cannot_even_be_sent_is_refused_alone_and_its_neighbours_are_placed(world: World) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    prices = {"packaging_id": goods[0].piece, "packaging_qty": 1, "price_fen": goods[0].price_fen}

    async def placed(note: str, product_id: int) -> str:
        order = NewOrder("pickup", [NewOrderLine(product_id=product_id, **prices)], note=note)
        return (await submit_order(buyer.actor, order, claim_for(buyer.actor))).state

    answers = await asyncio.gather(
        placed("先来的", goods[0].id),
        placed("\ud800", goods[0].id),  # half a character: the driver cannot encode it
        placed("太大了", 2**70),  # nor this number
        placed("后来的", goods[0].id),
        return_exceptions=True,
    )
    assert answers[0] == answers[3] == "submitted"
    assert isinstance(answers[1], asyncpg.DataError) and isinstance(answers[2], asyncpg.DataError)
    assert len((await buyer.get("/orders"))["items"]) == 2


async def test_a_database_that_went_away_is_said_to_all_that_waited_at_once() -> None:
    tries = 0

    async def away(numbers: Sequence[int]) -> list[int]:
        nonlocal tries
        tries += 1
        raise ConnectionError("gone")

    together: Together[int, int] = Together(away, lanes=1, heaviest=10)
    answers = await asyncio.gather(*(together.ask(number) for number in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError] * 5
    assert tries == 1


async def test_inside_a_transaction_a_question_goes_alone_and_sees_what_the_transaction_wrote(world: World) -> None:
    async def names(ids: Sequence[int]) -> list[str]:
        return [await db.value("SELECT name FROM org WHERE id = $1", one) for one in ids]

    together: Together[int, str] = Together(names, lanes=1, heaviest=10)
    async with db.transaction():
        await db.run("UPDATE org SET name = '改名中' WHERE id = $1", world.brand.id)
        assert await together.ask(world.brand.id) == "改名中"


async def test_orders_of_the_same_moment_are_each_placed_or_refused_for_their_own_reasons(world: World) -> None:
    dealer, store, _, buyer, goods = await a_shop(world)
    neighbour = await world.boss(await world.store(dealer))
    stale = cart(goods, (0, False, 1))
    stale["lines"][0]["price_fen"] = 299  # type: ignore[index]
    results = await asyncio.gather(
        *(buyer.call("POST", "/orders", cart(goods, (0, False, n))) for n in range(1, 9)),
        buyer.call("POST", "/orders", stale),
        neighbour.call("POST", "/orders", cart(goods, (0, False, 1), (1, False, 2))),
        buyer.call("POST", "/orders", {**cart(goods, (0, False, 1)), "address_id": 2**53 - 1}),
    )
    assert [answer.status_code for answer in results] == [201] * 8 + [409, 201, 404]
    assert [answer.json()["total_fen"] for answer in results[:8]] == [300 * n for n in range(1, 9)]
    assert results[9].json()["total_fen"] == 900
    assert results[8].json()["code"] == "price_changed"
    assert len((await buyer.get("/orders"))["items"]) == 8
    shown = (await neighbour.get("/orders"))["items"]
    assert [(item["buyer"]["id"], item["line_count"]) for item in shown] == [(neighbour.actor.org_id, 2)]


async def test_one_key_sent_many_times_at_the_same_moment_makes_one_order(world: World) -> None:
    _, _, _, buyer, goods = await a_shop(world)
    again = {"Idempotency-Key": key()}
    wanted = cart(goods, (0, False, 3))
    results = await asyncio.gather(*(buyer.call("POST", "/orders", wanted, headers=again) for _ in range(20)))
    assert {(answer.status_code, answer.text) for answer in results} == {(201, results[0].text)}
    assert len((await buyer.get("/orders"))["items"]) == 1


@pytest.mark.parametrize("others", [0, 30])
async def test_a_session_that_was_ended_is_out_with_the_next_request_however_busy_the_server_is(
    world: World, others: int
) -> None:
    _, store, _, buyer, _ = await a_shop(world)
    crowd = [asyncio.create_task(buyer.get("/me")) for _ in range(others)]
    leaver = await world.boss(store)
    await leaver.get("/me")
    await db.run("UPDATE session SET revoked_at = now() WHERE account_id = $1", leaver.account_id)
    await leaver.get("/me", status=401)
    await asyncio.gather(*crowd)
