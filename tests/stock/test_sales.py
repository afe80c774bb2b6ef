"""What a store sells leaves its stock, by scan or by its till's file, and its dealer sees it by day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from server.core import clock, db
from server.settings import Settings
from tests.exchange.books import book, checked, imported
from tests.invariants.checks import broken
from tests.stock.scanning import begin, finish, scan, send
from tests.world import Product, User, World, balances


@pytest.fixture(autouse=True)
async def unbroken(world: World, settings: Settings) -> AsyncIterator[None]:
    """Whatever the test did, all invariants hold; also that sales by day equal the moves."""
    yield
    assert await broken(settings.database_url, world.brand.id) == []


async def stocked(owner: User, *goods: tuple[Product, int]) -> None:
    """Goods that were in a shop before it used this system."""
    session = await begin(owner)
    await send(owner, session, *(scan(item.ean, qty) for item, qty in goods))
    await finish(owner, session)


async def sales(who: User, **query: Any) -> list[tuple[str, str, int]]:
    """The list of sales as (day, code, quantity)."""
    found = (await who.get("/stock/sales", params=query))["items"]
    return [(item["day"], item["product_code"], item["qty"]) for item in found]


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


async def test_the_file_of_a_till_sells_once_and_a_longer_one_only_the_rest(world: World) -> None:
    dealer = await world.dealer()
    store = await world.store(dealer)
    owner, seller, (a, b) = await world.boss(store), await world.boss(dealer), await world.products(2)
    await stocked(owner, (a, 20), (b, 20))
    file = book("till", [a.code, 3, ago(1), "T1"], [a.code, 2, ago(1), "T2"], [b.ean, 4, ago(1)], [b.code, 1, ago(1)])
    done = await imported(owner, "till", file)
    assert done["report"]["counts"] == {"new": 4, "changed": 0, "same": 0, "wrong": 0}
    held = await balances(store)
    assert (held[a.id, "warehouse"], held[b.id, "warehouse"], held[b.id, "consumer"]) == ((15, 0), (15, 0), (5, 0))
    again = await imported(owner, "till", file)
    assert again["report"]["counts"]["same"] == 4
    assert await balances(store) == held
    longer = book("till", [b.code, 7, ago(1)], [a.code, 1, ago(0), "T1"])
    await imported(owner, "till", longer)
    held = await balances(store)
    assert (held[a.id, "warehouse"], held[b.id, "warehouse"]) == ((14, 0), (13, 0))
    # The dealer sees what its store sold.
    yesterday, today = ago(1).isoformat(), ago(0).isoformat()
    assert await sales(seller, org_id=store.id) == [(today, a.code, 1), (yesterday, b.code, 7), (yesterday, a.code, 5)]
    assert await sales(seller, product_id=b.id) == [(yesterday, b.code, 7)]
    assert await sales(world.admin, **{"from": today}) == [(today, a.code, 1)]
    assert await sales(seller, to=yesterday) == [(yesterday, b.code, 7), (yesterday, a.code, 5)]


async def test_a_file_that_sells_more_than_there_is_or_less_than_before_is_refused_by_its_cells(world: World) -> None:
    store = await world.store(await world.dealer())
    owner, (a, b) = await world.boss(store), await world.products(2)
    await stocked(owner, (a, 5), (b, 5))
    await imported(owner, "till", book("till", [a.code, 3, ago(2)]))
    rows = [[a.code, 2, ago(2)], [b.code, 6, ago(1)], [b.code, 1, ago(-1)], ["nothing", 1, ago(1)], [b.code, 1, "?"]]
    found = (await checked(owner, "till", book("till", *rows)))["report"]
    told = {item["cell"]: item["detail"] for item in found["errors"]}
    assert set(told) == {"B2", "B3", "C4", "A5", "C6"}
    assert "已经登记销售 3" in told["B2"] and "只有 5" in told["B3"]


async def test_an_expired_piece_is_not_what_the_till_sold(world: World) -> None:
    store = await world.store(await world.dealer())
    owner, item = await world.boss(store), await world.product()
    session = await begin(owner)
    days = [(clock.today() + timedelta(days=n)).isoformat() for n in (-1, 40)]
    await send(owner, session, *(scan(item.ean, 5, expires_on=day) for day in days))
    await finish(owner, session)
    report = (await checked(owner, "till", book("till", [item.code, 6, ago(0)])))["report"]
    assert "只有 5" in report["errors"][0]["detail"]


async def test_scanned_sales_count_on_the_day_on_which_they_were_scanned(world: World) -> None:
    dealer = await world.dealer()
    store = await world.store(dealer)
    owner, seller, item = await world.boss(store), await world.boss(dealer), await world.product()
    await stocked(owner, (item, 50))
    session = await begin(owner, "sale")
    moment = clock.now()
    times = [moment - timedelta(days=1), moment, moment + timedelta(days=400), moment - timedelta(days=4000)]
    scans = [scan(item.ean, n + 1, at=when.isoformat()) for n, when in enumerate(times)]
    await send(owner, session, *scans)
    await finish(owner, session)
    # A phone whose clock is wrong sells today, or seven days ago at most.
    assert await sales(seller) == [
        (ago(0).isoformat(), item.code, 2 + 3), (ago(1).isoformat(), item.code, 1), (ago(7).isoformat(), item.code, 4)
    ]  # fmt: skip


async def test_pages_of_sales_leave_nothing_out(world: World) -> None:
    dealer = await world.dealer()
    seller, goods = await world.boss(dealer), await world.products(5)
    for _ in range(2):
        owner = await world.boss(await world.store(dealer))
        await stocked(owner, *((item, 5) for item in goods))
        await imported(owner, "till", book("till", *([item.code, 1, ago(1)] for item in goods)))
    for who in (seller, world.admin):
        seen: list[tuple[int, int]] = []
        cursor: str | None = None
        while True:
            page = await who.get("/stock/sales", params={"limit": 3, **({"cursor": cursor} if cursor else {})})
            seen += [(item["org_id"], item["product_id"]) for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 10


async def test_a_dealer_sees_what_his_stores_sold_by_day_store_and_product_and_nothing_of_others(world: World) -> None:
    dealer = await world.dealer()
    small, large, stranger = (
        await world.store(dealer),
        await world.store(dealer),
        await world.store(await world.dealer()),
    )
    seller, (water, tea) = await world.boss(dealer), await world.products(2)
    sold = ((small, water, 2, 1), (large, water, 5, 1), (large, tea, 4, 3), (large, tea, 9, 40), (stranger, tea, 50, 1))
    for org, item, qty, days in sold:
        owner = await world.boss(org)
        await stocked(owner, (item, qty))
        await imported(owner, "till", book("till", [item.code, qty, ago(days)]))
    asked: dict[str, Any] = await seller.get("/stock/sales/summary")
    # The last thirty days: 2 + 5 yesterday, 4 three days ago; what was sold forty days ago is older.
    assert (asked["from"], asked["to"], asked["qty"]) == (str(ago(29)), str(ago(0)), 11)
    assert [(item["day"], item["qty"]) for item in asked["days"]] == [(str(ago(3)), 4), (str(ago(1)), 7)]
    assert [(item["org_id"], item["qty"]) for item in asked["orgs"]] == [(large.id, 9), (small.id, 2)]
    assert [(item["product_id"], item["qty"]) for item in asked["products"]] == [(water.id, 7), (tea.id, 4)]
    one = await seller.get(
        "/stock/sales/summary", params={"org_id": large.id, "product_id": tea.id, "from": str(ago(60))}
    )
    assert (one["qty"], len(one["days"])) == (13, 2)
    assert (await world.admin.get("/stock/sales/summary"))["qty"] == 61
    await seller.get("/stock/sales/summary", status=404, params={"org_id": stranger.id})
    await seller.get("/stock/sales/summary", status=422, params={"from": str(ago(92)), "to": str(ago(0))})


async def test_a_brand_has_no_till(world: World) -> None:
    answer = await world.admin.call("GET", "/exchange/templates/till")
    assert answer.status_code in (403, 404)


async def test_sales_of_a_period_add_up_by_day_store_and_product_for_those_who_may_see_them(world: World) -> None:
    dealer, other = await world.dealer(), await world.dealer()
    shops = [await world.store(dealer), await world.store(other)]
    owners, (a, b) = [await world.boss(shop) for shop in shops], await world.products(2)  # guide price 3.00
    for owner in owners:
        await stocked(owner, (a, 50), (b, 50))
    await imported(owners[0], "till", book("till", [a.code, 6, ago(2)], [b.code, 1, ago(1)], [a.code, 2, ago(1)]))
    await imported(owners[1], "till", book("till", [b.code, 4, ago(1)], [a.code, 9, ago(9)]))
    period = {"from": str(ago(7)), "to": str(ago(0))}
    prices = {item.id: await db.value("SELECT guide_price_fen FROM product WHERE id = $1", item.id) for item in (a, b)}
    worth = [6 * prices[a.id], prices[b.id] + 2 * prices[a.id], 4 * prices[b.id]]
    seen = await world.admin.get("/stock/sales/summary", params=period)
    assert (seen["qty"], seen["value_fen"], seen["org_count"], seen["product_count"]) == (13, sum(worth), 2, 2)
    assert [(day["day"], day["qty"], day["value_fen"], day["org_count"]) for day in seen["days"]] == [
        (str(ago(2)), 6, worth[0], 1), (str(ago(1)), 7, worth[1] + worth[2], 2)]  # fmt: skip
    assert {(one["org_id"], one["qty"], one["day_count"]) for one in seen["orgs"]} == {
        (shops[0].id, 9, 2), (shops[1].id, 4, 1)}  # fmt: skip
    assert {(one["product_id"], one["qty"], one["org_count"]) for one in seen["products"]} == {
        (a.id, 8, 1), (b.id, 5, 2)}  # fmt: skip
    boss = await world.boss(dealer)
    assert (await boss.get("/stock/sales/summary", params=period))["qty"] == 9
    rep = await world.user(world.brand, "brand_rep", [other])
    assert (await rep.get("/stock/sales/summary", params=period))["qty"] == 4
    only = {**period, "product_id": a.id, "org_id": shops[0].id}
    assert (await boss.get("/stock/sales/summary", params=only))["qty"] == 8
    await boss.get("/stock/sales/summary", status=404, params={**period, "org_id": shops[1].id})
    await boss.get("/stock/sales/summary", status=422, params={"from": "2025-01-01", "to": "2026-01-02"})
    await boss.get("/stock/sales/summary", status=422, params={"from": "2026-01-02", "to": "2026-01-01"})
