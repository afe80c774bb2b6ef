"""Prices that change at midnight, while carts are open: who hears of it, and how often."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot import jobs
from server.channel.models import Org
from server.core import clock, db, live
from tests.pricing.conftest import Shop, at, later
from tests.pricing.test_guides import guide
from tests.world import World

Heard = list[tuple[int, tuple[int, ...]]]
"""(buyer, products) of each time that somebody was told."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Whose open carts were told of which products."""
    told: Heard = []
    tell = live.tell_each

    async def tell_each(orgs: Any, event: str, data: Any) -> None:
        orgs = list(orgs)
        told.extend((org_id, tuple(data["product_ids"])) for org_id, _ in orgs if event == "price")
        await tell(orgs, event, data)

    monkeypatch.setattr(live, "tell_each", tell_each)
    return told


async def midnight(days: int, minutes: int = 0, bots: int = 1) -> None:
    """Let the bots do what they do a moment after the midnight so many days from today begins."""
    with clock.frozen(at(clock.today() + timedelta(days=days), 0) + timedelta(minutes=minutes)):
        await asyncio.gather(*(jobs.tell_of_new_prices() for _ in range(bots)))


async def told(heard: Heard, buyer: Org) -> list[tuple[int, ...]]:
    """What a buyer was told since the last time that this was asked."""
    mine = [products for org_id, products in heard if org_id == buyer.id]
    heard.clear()
    return mine


async def test_a_planned_price_and_the_end_of_a_temporary_one_are_told_once_on_their_day(
    world: World, shop: Shop, heard: Heard
) -> None:
    other = await world.store(shop.dealer, price_group="vip")
    await midnight(0)
    await shop.set(320, from_on=later(2))
    await shop.set(280, from_on=later(1), until_on=later(3))
    await told(heard, shop.store)
    seen = {}
    for day in (1, 2, 3, 4, 5):
        for minutes in (0, 5, 600):
            await midnight(day, minutes)
        assert [item for item in heard if item[0] == other.id] == []
        seen[day] = await told(heard, shop.store)
    once = [(shop.product.id,)]
    # The temporary price begins on day 1 and has its last day on day 3; the base price changes on day 2 beneath it.
    assert seen == {1: once, 2: once, 3: [], 4: once, 5: []}


async def test_two_bots_at_midnight_tell_once_and_a_bot_that_comes_late_tells_of_what_was_missed(
    world: World, shop: Shop, heard: Heard
) -> None:
    own = await world.store(shop.dealer)
    await midnight(0)
    await shop.set(310, from_on=later(1))
    await shop.set(290, buyer_id=own.id, from_on=later(2))
    heard.clear()
    await midnight(1, bots=3)
    assert await told(heard, shop.store) == [(shop.product.id,)]
    await midnight(4, minutes=9 * 60 + 7)  # nobody was there for three days
    assert await told(heard, own) == [(shop.product.id,)]


async def test_what_was_set_by_hand_today_or_taken_back_is_not_told_a_second_time(
    world: World, shop: Shop, heard: Heard
) -> None:
    await midnight(0)
    await shop.set(310, from_on=later(1))
    (plan,) = (await shop.seller.get("/prices/planned"))["items"]
    await shop.seller.post("/prices/end", {"ids": [plan["id"]]})
    with clock.frozen(at(clock.today() + timedelta(days=1), 8)):
        await shop.set(305)
    assert await told(heard, shop.store) == [(shop.product.id,)]
    await midnight(1, minutes=9 * 60)
    assert await told(heard, shop.store) == []


async def test_planned_limits_are_told_where_they_take_a_price_away_or_give_it_back(
    world: World, shop: Shop, heard: Heard
) -> None:
    await db.run("UPDATE org SET grade = 'A' WHERE id = $1", shop.dealer.id)
    spared = await world.dealer(grade="B")
    store = await world.store(spared)
    await world.offer(spared, [shop.product])
    await midnight(0)
    await guide(world, shop.product, 310, 600, grade="A", from_on=later(1), until_on=later(2))
    heard.clear()
    seen = {}
    for day in (1, 2, 3):
        await midnight(day)
        assert [item for item in heard if item[0] == store.id] == []
        seen[day] = await told(heard, shop.store)
    assert seen == {1: [(shop.product.id,)], 2: [], 3: [(shop.product.id,)]}
