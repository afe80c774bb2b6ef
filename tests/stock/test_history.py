"""Every move can be found again with its document, and any day's stock told, however long ago."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from server.core import clock, db
from server.settings import Settings
from server.stock import queries, snapshots
from tests.invariants.checks import broken
from tests.orders.test_life import a_shop, cart
from tests.stock.scanning import begin, finish, scan, send
from tests.world import Product, User, World


@pytest.fixture(autouse=True)
async def unbroken(world: World, settings: Settings) -> AsyncIterator[None]:
    """Whatever the test did, all invariants hold; also that snapshots equal the journal."""
    yield
    assert await broken(settings.database_url, world.brand.id) == []


async def moves(who: User, **query: Any) -> list[tuple[str, str, int, str]]:
    """The moves as (direction, reason, quantity, number of the document)."""
    found = (await who.get("/stock/moves", params=query))["items"]
    return [(item["direction"], item["reason"], item["qty"], item["document_number"]) for item in found]


async def at(moment: datetime, who: User, kind: str, item: Product, qty: int, **more: Any) -> None:
    """Scan goods in or out at a moment."""
    with clock.frozen(moment):
        await who.sign_in()
        session = await begin(who, kind, **more)
        await send(who, session, scan(item.ean, qty, expires_on="2031-01-01"))
        await finish(who, session)


async def past(who: User, day: date, **query: Any) -> dict[str, int]:
    """Product → quantity at the end of a day, over all lots."""
    found = (await who.get("/stock/past", params={"day": day.isoformat(), **query}))["items"]
    sums: dict[str, int] = {}
    for item in found:
        sums[item["product_code"]] = sums.get(item["product_code"], 0) + item["on_hand"]
    return sums


async def test_moves_are_listed_with_who_why_and_by_which_document(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world, 2)
    order = (await buyer.post("/orders", cart(goods, (0, False, 10)), 201))["id"]
    await seller.post(f"/orders/{order}/approve", {})
    issue = (await seller.post(f"/orders/{order}/issue", {}))["issue"]
    counted = {"lines": [{"line_no": 1, "received_qty": 8, "damaged_qty": 2}]}
    await buyer.post(f"/goods-issues/{issue['id']}/receive", counted)
    session = await begin(seller, "out", reason="sample")
    await send(seller, session, scan(goods[1].ean, 3))
    number = (await finish(seller, session))["number"]
    assert await moves(seller) == [
        ("out", "sample", 3, number),
        ("out", "issue", 10, issue["number"]),
        ("in", "supply", 100, ""),
        ("in", "supply", 100, ""),
    ]
    # The damaged two never came into the store: they are the seller's loss.
    assert await moves(buyer) == [("in", "receipt", 8, issue["number"])]
    first = (await buyer.get("/stock/moves"))["items"][0]
    assert (first["source"]["kind"], first["target"]["name"], first["link_kind"]) == (
        "in_transit",
        "主仓",
        "goods_issue",
    )
    assert (first["document_name"], first["account_name"]) == ("签收单", buyer.actor.name)
    assert await moves(seller, reason="sample") == [("out", "sample", 3, number)]
    assert await moves(seller, product_id=goods[0].id) == [
        ("out", "issue", 10, issue["number"]),
        ("in", "supply", 100, ""),
    ]
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert await moves(seller, to=yesterday) == []
    assert len(await moves(seller, **{"from": yesterday})) == 4
    # The brand sees what its dealers moved.
    assert len(await moves(world.admin, org_id=dealer.id)) == 4
    assert (await seller.call("GET", "/stock/moves?reason=nonsense")).status_code == 422


async def test_pages_of_moves_neither_leave_out_nor_repeat_what_happened_at_one_moment(world: World) -> None:
    dealer = await world.dealer()
    keeper, goods = await world.boss(dealer), await world.products(7)
    with clock.frozen(clock.now()):
        session = await begin(keeper)
        await send(keeper, session, *(scan(item.ean, 2, expires_on="2031-01-01") for item in goods))
        await finish(keeper, session)
    for only in ({}, {"reason": "opening"}):
        seen: list[int] = []
        cursor: str | None = None
        while True:
            page = await keeper.get(
                "/stock/moves", params={**only, "limit": 3, **({"cursor": cursor} if cursor else {})}
            )
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == 7 and seen == sorted(set(seen), reverse=True)


async def test_between_two_own_warehouses_a_move_is_shown_once(world: World) -> None:
    owner, item = await world.boss(await world.dealer()), await world.product()
    east = (await owner.post("/warehouses", {"name": "东仓"}, 201))["id"]
    await at(clock.now(), owner, "in", item, 9)
    home = await db.value(
        "SELECT id FROM location WHERE org_id = $1 AND kind = 'warehouse' AND is_default", owner.actor.org_id
    )
    lot = await db.value("SELECT id FROM lot WHERE product_id = $1", item.id)
    async with db.transaction():
        document = queries.Document("supply", owner.actor.org_id, owner.account_id, clock.now())
        await queries.post(owner.actor.root_id, [queries.Move(item.id, lot, 4, home, east, "supply")], document)
    assert [found[:3] for found in await moves(owner)] == [("between", "supply", 4), ("in", "opening", 9)]
    assert [found[0] for found in await moves(owner, warehouse_id=east)] == ["in"]


# A story over three months, to be told from snapshots and without.
JANUARY = datetime.fromisoformat("2027-01-20T04:00:00+00:00")


async def a_story(world: World) -> tuple[User, Product, Product]:
    """20.1.: 50 of A, 30 of B; 5.2.: 20 of A out; 1.3. 00:30 in Shanghai: 7 of B out; 10.3.: 10 of A in."""
    owner = await world.boss(await world.dealer())
    a, b = await world.products(2)
    await at(JANUARY, owner, "in", a, 50)
    await at(JANUARY, owner, "in", b, 30)
    await at(datetime.fromisoformat("2027-02-05T04:00:00+00:00"), owner, "out", a, 20)
    await at(datetime.fromisoformat("2027-02-28T16:30:00+00:00"), owner, "out", b, 7)
    await at(datetime.fromisoformat("2027-03-10T04:00:00+00:00"), owner, "in", a, 10)
    return owner, a, b


async def told(owner: User, a: Product, b: Product) -> None:
    """What the story comes to on its days; the business day of Shanghai ends eight hours before that of UTC."""
    with clock.frozen(datetime.fromisoformat("2027-03-20T04:00:00+00:00")):
        await owner.sign_in()
        assert await past(owner, date(2027, 1, 19)) == {}
        assert await past(owner, date(2027, 1, 20)) == {a.code: 50, b.code: 30}
        assert await past(owner, date(2027, 2, 28)) == {a.code: 30, b.code: 30}
        assert await past(owner, date(2027, 3, 1)) == {a.code: 30, b.code: 23}
        assert await past(owner, date(2027, 3, 20)) == {a.code: 40, b.code: 23}
        assert await past(owner, date(2027, 3, 1), product_id=b.id) == {b.code: 23}
        assert await past(owner, date(2027, 1, 25), product_id=a.id) == {a.code: 50}
        assert (await owner.call("GET", "/stock/past?day=2027-03-21")).status_code == 422


async def test_any_days_stock_is_told_without_snapshots(world: World) -> None:
    await told(*await a_story(world))


async def test_any_days_stock_is_the_same_with_snapshots_and_each_is_taken_once(world: World) -> None:
    owner, a, b = await a_story(world)
    with clock.frozen(datetime.fromisoformat("2027-01-31T16:30:00+00:00")):
        assert await snapshots.take_snapshots(1) == 0  # half an hour old: somebody may still be writing January
    taken = []
    for day in ("2027-02-01T03:00:00+00:00", "2027-03-01T03:00:00+00:00", "2027-03-02T03:00:00+00:00"):
        with clock.frozen(datetime.fromisoformat(day)):
            await snapshots.take_snapshots(1)
        taken.append(await db.value("SELECT count(*) FROM stock_snapshot_head WHERE root_id = $1", world.brand.id))
    assert taken == [1, 2, 2]
    await told(owner, a, b)


async def test_a_place_where_little_moves_is_not_worth_a_snapshot(world: World) -> None:
    await a_story(world)
    with clock.frozen(datetime.fromisoformat("2027-02-01T03:00:00+00:00")):
        await snapshots.take_snapshots(3)
    assert await db.value("SELECT count(*) FROM stock_snapshot_head WHERE root_id = $1", world.brand.id) == 0


async def test_the_moves_of_a_lot_are_those_of_this_lot_alone(world: World) -> None:
    dealer, _, seller, buyer, goods = await a_shop(world, 2)
    await world.stock(dealer, goods[0], 30, "OTHER", 10)
    lot = await db.value("SELECT id FROM lot WHERE product_id = $1 AND code = 'OTHER'", goods[0].id)
    assert [(one[1], one[2]) for one in await moves(seller, lot_id=lot)] == [("supply", 30)]
    assert await moves(seller, lot_id=lot, product_id=goods[1].id) == []
    assert await moves(seller, lot_id=2**40) == []
    assert await moves(await world.boss(await world.dealer()), lot_id=lot) == [], "a stranger has nothing of it"


async def test_a_day_in_the_past_says_what_has_changed_since_also_what_was_not_there(world: World) -> None:
    dealer, _, seller, _, goods = await a_shop(world, 3)  # 100 of each came today
    yesterday = clock.today() - timedelta(days=1)
    await db.run("UPDATE stock_move SET at = at - interval '3 days' WHERE root_id = $1", world.brand.id)
    session = await begin(seller, "out", reason="sample")
    await send(seller, session, scan(goods[0].ean, 40))
    await finish(seller, session)
    await world.stock(dealer, goods[1], 5, "NEW", 60)

    async def shown(**more: Any) -> list[tuple[int, str, int, int]]:
        found = (await seller.get("/stock/past", params={"day": yesterday.isoformat(), **more}))["items"]
        return [(item["product_id"], item["lot_code"], item["on_hand"], item["now"]) for item in found]

    assert await shown() == [(goods[0].id, "L1", 100, 60), (goods[1].id, "L1", 100, 100), (goods[2].id, "L1", 100, 100)]
    assert await shown(changed="true") == [(goods[0].id, "L1", 100, 60), (goods[1].id, "NEW", 0, 5)]
    assert await shown(changed="true", product_id=goods[1].id) == [(goods[1].id, "NEW", 0, 5)]
    assert await shown(changed="true", day=clock.today().isoformat()) == []
