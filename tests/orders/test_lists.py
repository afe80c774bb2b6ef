"""Everybody finds his orders, all of them, and nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.channel.models import Org
from server.core import clock, db
from server.orders import lists
from tests.world import Product, User, World


async def a_market(world: World) -> tuple[list[Org], list[User], list[Product]]:
    """Two dealers with two stores each, who sell the same two products."""
    goods = await world.products(2)
    dealers = [await world.dealer(), await world.dealer()]
    await world.offer(world.brand, goods)
    for dealer in dealers:
        await world.offer(dealer, goods)
    stores = [await world.boss(await world.store(dealer)) for dealer in dealers for _ in range(2)]
    return dealers, stores, goods


async def walk(user: User, query: str) -> list[int]:
    """The ids of a list, page by page."""
    ids: list[int] = []
    cursor = ""
    while True:
        page: dict[str, Any] = await user.get(f"/orders?{query}{cursor}")
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return ids
        cursor = f"&cursor={page['next_cursor']}"


async def test_paging_shows_each_order_once_and_the_newest_first_to_everyone_who_may_see_it(world: World) -> None:
    dealers, stores, goods = await a_market(world)
    owner = await world.boss(dealers[0])
    placed = [(await world.order(stores[n % 4], [(goods[0], 1)])).id for n in range(10)]
    own = [(await world.order(owner, [(goods[1], 1)])).id for _ in range(3)]
    newest = list(reversed(placed))
    below = list(reversed([id_ for n, id_ in enumerate(placed) if n % 4 < 2]))  # the first dealer's two stores
    assert await walk(stores[0], "limit=2") == [placed[8], placed[4], placed[0]]
    assert await walk(owner, "side=sales&limit=2") == below
    assert await walk(owner, "side=purchases&limit=2") == list(reversed(own))
    assert await walk(owner, "side=all&limit=2") == list(reversed(own)) + below
    assert await walk(world.admin, "side=all&limit=4") == list(reversed(own)) + newest
    assert await walk(world.admin, "side=sales&limit=2") == list(reversed(own))
    rep = await world.user(world.brand, "brand_rep", [dealers[1]])
    assert await walk(rep, "side=all&limit=2") == [id_ for id_ in newest if id_ not in below]
    assert await walk(rep, "side=sales") == []  # the second dealer has bought nothing
    nobody = await world.user(world.brand, "brand_rep")
    assert await walk(nobody, "side=all") == []


async def test_a_list_can_be_narrowed_to_states_a_buyer_and_days(world: World) -> None:
    dealers, stores, goods = await a_market(world)
    owner = await world.boss(dealers[0])
    await world.stock(dealers[0], goods[0], 100)
    first, second, third = [await world.order(stores[n], [(goods[0], 1)]) for n in (0, 1, 0)]
    await owner.post(f"/orders/{first.id}/approve", {})
    await owner.post(f"/orders/{third.id}/reject", {"reason": "重复下单"})
    assert await walk(owner, "side=sales&state=submitted") == [second.id]
    assert await walk(owner, "side=sales&state=rejected,approved&limit=1") == [third.id, first.id]
    assert await walk(owner, f"side=sales&buyer_id={stores[0].actor.org_id}") == [third.id, first.id]
    assert await walk(owner, f"side=sales&buyer_id={stores[3].actor.org_id}") == []
    assert await walk(owner, "side=sales&from=2020-01-01&to=2020-01-31") == []
    assert await walk(owner, "side=sales&from=2020-01-01&to=2200-01-01") == [third.id, second.id, first.id]
    counted = {item["state"]: item["count"] for item in (await owner.get("/orders/counts?side=sales"))["items"]}
    assert counted == {"submitted": 1, "approved": 1, "rejected": 1}
    mine = {item["state"]: item["count"] for item in (await stores[0].get("/orders/counts"))["items"]}
    assert mine == {"approved": 1, "rejected": 1}


async def test_an_order_whose_number_is_of_another_day_is_in_the_list_of_its_own_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One was brought from the old system after later ones; one has waited under an old number."""
    dealers, stores, goods = await a_market(world)
    owner = await world.boss(dealers[0])
    rep = await world.user(world.brand, "brand_rep", [dealers[0]])
    placed = [await world.order(stores[n % 2], [(goods[0], 1)]) for n in range(6)]
    for day, item in zip(("06-20", "03-02", "03-11", "03-28", "06-10", "03-11"), placed, strict=True):
        moment = datetime.fromisoformat(f"2026-{day}T10:00:00+08:00")
        await db.run("UPDATE orders SET submitted_at = $2 WHERE id = $1", item.id, moment)
    ids = [item.id for item in placed]
    march, june = [ids[5], ids[3], ids[2], ids[1]], [ids[4], ids[0]]
    text = f"&q={placed[5].number}"
    for strays in (lists.STRAYS, 0):  # few of them, and more than are looked up one by one
        monkeypatch.setattr(lists, "STRAYS", strays)
        lists.list_statement.cache_clear()
        for who, side in ((world.admin, "all"), (owner, "sales"), (rep, "all")):
            assert await walk(who, f"side={side}&limit=2&from=2026-03-01&to=2026-03-31") == march
            assert await walk(who, f"side={side}&limit=2&from=2026-06-01") == june
            assert await walk(who, f"side={side}&limit=2&to=2026-05-31") == march
            assert await walk(who, f"side={side}&from=2026-03-10&to=2026-03-11") == [ids[5], ids[2]]
            assert await walk(who, f"side={side}&from=2026-03-01&to=2026-03-31{text}") == [ids[5]]
            assert await walk(who, f"side={side}&state=rejected&from=2026-03-01&to=2026-03-31") == []
        assert await walk(stores[1], "from=2026-03-01&to=2026-03-31") == [ids[5], ids[3], ids[1]]
        assert await walk(stores[2], "from=2026-03-01&to=2026-03-31") == []
    lists.list_statement.cache_clear()


async def test_an_order_is_found_by_its_number_a_part_of_it_its_buyer_or_its_first_product(world: World) -> None:
    dealers, stores, goods = await a_market(world)
    one = await world.order(stores[0], [(goods[0], 1)])
    two = await world.order(stores[2], [(goods[1], 1)])
    name = stores[2].actor.org_name
    assert await walk(world.admin, f"side=all&q={one.number}") == [one.id]
    assert await walk(world.admin, f"side=all&q={one.number[3:]}") == [one.id]
    assert await walk(world.admin, f"side=all&q={one.id}") == [one.id]
    assert await walk(world.admin, f"side=all&q={name}") == [two.id]
    assert await walk(world.admin, f"side=all&q={goods[1].code}") == [two.id]
    assert await walk(world.admin, f"side=all&q={name}&state=approved") == []
    rep = await world.user(world.brand, "brand_rep", [dealers[0]])
    assert await walk(rep, f"side=all&q={two.number}") == []
    assert await walk(rep, f"side=all&q={name}") == []
    assert await walk(rep, f"side=all&q={one.number}") == [one.id]
    assert await walk(stores[0], f"q={two.number}") == []


async def test_a_range_of_dates_finds_what_lies_in_it_however_far_away_or_reversed_its_ends_are(world: World) -> None:
    _, stores, goods = await a_market(world)
    order = (await world.order(stores[0], [(goods[0], 1)])).id
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
    for ends in (f"from={today}&to={today}", "from=0001-01-01&to=9999-12-31", "from=0001-01-01", "to=9999-12-31"):
        assert await walk(stores[0], ends) == [order], ends
    for ends in ("from=9999-12-31", "to=0001-01-01", f"from={tomorrow}&to={today}", "from=9999-12-31&to=0001-01-01"):
        assert await walk(stores[0], ends) == [], ends
