"""Live updates: whoever has a page open hears what concerns him, whatever the number of pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis
from sanic import Sanic

from server.core import live
from server.core.actor import Actor
from server.core.redis import client
from tests.orders.test_life import a_shop, cart
from tests.world import World


@contextlib.asynccontextmanager
async def open_page(actor: Actor) -> AsyncIterator[Any]:
    """A page that has heard its first `resync`: nothing can be missed from now on."""
    async with contextlib.aclosing(live.listen(actor)) as page:
        assert await anext(page) == live.RESYNC
        yield page


def redis() -> Redis:
    """The Redis of this process."""
    found = client()
    assert found is not None
    return found


async def own_connections(kind: str | None = None) -> list[str]:
    """The ids of this worker's connections; the others use the same Redis, with databases of their own."""
    number = str(redis().connection_pool.connection_kwargs["db"])
    return [item["id"] for item in await redis().client_list(_type=kind) if item["db"] == number]


async def test_a_thousand_open_pages_hear_over_one_connection_and_leave_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PAGES_EACH", 1000)
    dealer = await world.dealer()
    actor = (await world.boss(dealer)).actor
    before = len(await own_connections())
    async with contextlib.AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(open_page(actor)) for _ in range(1000)]
        await live.tell([dealer.id], dealer.path, "order", {"id": 7})
        async with asyncio.timeout(10):
            heard = await asyncio.gather(*(anext(page) for page in pages))
        assert set(map(str, heard)) == {str(("order", {"id": 7}))}
        assert len(await own_connections()) <= before + 2  # the subscription, and one that publishes
    assert (await redis().pubsub_numsub(live.org_channel(dealer.id)))[0][1] == 0


async def test_a_page_hears_only_of_orgs_that_its_account_sees(world: World) -> None:
    mine, other = await world.dealer(), await world.dealer()
    rep = await world.user(world.brand, "brand_rep", [mine])
    async with open_page(rep.actor) as page:
        await live.tell([world.brand.id], other.path, "order", {"id": 1})
        await live.tell([world.brand.id], mine.path, "order", {"id": 2})
        async with asyncio.timeout(10):
            assert await anext(page) == ("order", {"id": 2})


async def test_the_brand_hears_once_of_its_dealers_sales_however_many_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HINT_SECONDS", 60)
    _, _, seller, buyer, goods = await a_shop(world)
    async with open_page(world.admin.actor) as page:
        for _ in range(2):
            order = await buyer.post("/orders", cart(goods, (0, False, 1)), 201)
            await seller.post(f"/orders/{order['id']}/approve", {})
        (gathered,) = [key for key in live._hints if key[0] == world.brand.id]
        live._hints[gathered][1].cancel()
        live._give_hint(*gathered)
        await live.tell_account(world.admin.account_id, "mark", {})
        async with asyncio.timeout(10):
            assert [await anext(page), await anext(page)] == [("orders", {}), ("mark", {})]


async def test_a_page_too_slow_for_its_messages_is_told_to_ask_again_and_costs_no_memory(world: World) -> None:
    page = live.Page(world.admin.actor)
    for n in range(10 * live.BACKLOG):
        page.put(("order", {"id": n}))
    assert page.waiting.qsize() == 1
    assert await page.next() == live.RESYNC
    page.put(("order", {"id": 1}))
    assert await page.next() == ("order", {"id": 1})


async def test_a_lost_connection_to_redis_makes_every_page_ask_again_and_hear_again(
    world: World, monkeypatch: Any
) -> None:
    monkeypatch.setattr(live, "RESYNC_SECONDS", 0.05)
    dealer = await world.dealer()
    actor = (await world.boss(dealer)).actor
    async with open_page(actor) as page:
        for number in await own_connections("pubsub"):
            await redis().client_kill_filter(_id=number)
        async with asyncio.timeout(10):
            assert await anext(page) == live.RESYNC
            # Once while it is away, and once more when nothing can be missed any longer.
            assert await anext(page) == live.RESYNC
            await live.tell([dealer.id], dealer.path, "order", {"id": 3})
            assert await anext(page) == ("order", {"id": 3})


async def test_whoever_was_signed_out_hears_nothing_more(world: World, app: Sanic[Any, Any]) -> None:
    dealer = await world.dealer()
    boss = await (await world.boss(dealer)).sign_in()
    headers = {"Authorization": f"Bearer {boss.token}"}
    async with world.http.stream("GET", "/api/v1/events", headers=headers) as stream:
        text = stream.aiter_text()
        async with asyncio.timeout(10):
            assert "event: resync" in await anext(text)
            await boss.post("/auth/logout", status=204)
            await live.tell([dealer.id], dealer.path, "order", {"id": 9})
            assert "".join([part async for part in text]) == ""


async def test_the_eleventh_page_of_an_account_ends_its_oldest_and_nobody_elses(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = (await world.boss(dealer)).actor, (await world.user(dealer, "dealer_clerk")).actor
    async with contextlib.AsyncExitStack() as stack:
        other = await stack.enter_async_context(open_page(clerk))
        pages = [await stack.enter_async_context(open_page(boss)) for _ in range(12)]
        await live.tell([dealer.id], dealer.path, "order", {"id": 7})
        async with asyncio.timeout(10):
            assert [[told async for told in page] for page in pages[:2]] == [[live.FULL], [live.FULL]]
            heard = await asyncio.gather(*(anext(page) for page in (other, *pages[2:])))
        assert heard == [("order", {"id": 7})] * 11
