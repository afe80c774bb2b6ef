"""What is scanned is there: nothing lost, nothing twice, and goods move once, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, db
from server.settings import Settings
from server.stock.finishing import finish_session
from tests.invariants.checks import broken
from tests.stock.scanning import begin, finish, scan, send
from tests.world import Product, User, World, balances, everything


@pytest.fixture(autouse=True)
async def unbroken(world: World, settings: Settings) -> AsyncIterator[None]:
    """Whatever the test did, all invariants hold."""
    yield
    assert await broken(settings.database_url, world.brand.id) == []


def gs1(item: Product, expires: str = "", lot: str = "", serial: str = "") -> str:
    """A GS1-128 label of a case: expiry as YYMMDD, then lot, then serial."""
    return (
        f"]C101{item.itf}" + (f"17{expires}" if expires else "") + (f"10{lot}\x1d" if lot else "")
        + (f"21{serial}" if serial else "")
    )  # fmt: skip


async def keeper_of(world: World) -> tuple[Any, User]:
    """A dealer with its warehouse keeper."""
    dealer = await world.dealer()
    return dealer, await world.user(dealer, "dealer_warehouse")


async def test_goods_scanned_in_by_cases_and_pieces_are_there_in_their_lots(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    water, tea = await world.products(2)
    session = await begin(keeper)
    taken = await send(
        keeper,
        session,
        scan(gs1(water, "280531", "A1"), 2),
        scan(water.ean, 5, lot_code="A1", expires_on="2028-05-31"),
        scan(tea.code, 3, expires_on="2027-12-31"),
    )
    assert [(item["state"], item["qty"], item["lot_code"]) for item in taken["items"]] == [
        ("counted", 48, "A1"),
        ("counted", 5, "A1"),
        ("counted", 3, ""),
    ]
    shown = await finish(keeper, session)
    assert (shown["state"], shown["qty"], len(shown["lines"])) == ("finished", 56, 3)
    assert (await balances(dealer))[water.id, "warehouse"] == (53, 0)
    lots = await db.rows("SELECT code, expires_on::text FROM lot WHERE product_id = $1", tea.id)
    assert [tuple(lot.values()) for lot in lots] == [("EXP20271231", "2027-12-31")]


async def test_the_same_scans_sent_again_and_an_undo_that_comes_first_change_nothing(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    item = await world.product()
    session = await begin(keeper)
    kept, gone = [scan(item.ean, 4, expires_on="2028-01-31") for _ in range(2)]
    undone = await send(keeper, session, {**gone, "undone": True})
    assert undone["items"][0]["state"] == "undone"
    for _ in range(3):
        taken = await send(keeper, session, kept, gone)
        assert [answer["state"] for answer in taken["items"]] == ["counted", "undone"]
    assert (await finish(keeper, session))["qty"] == 4
    assert (await balances(dealer))[item.id, "warehouse"] == (4, 0)


async def test_one_serial_counts_once_and_the_answer_says_so(world: World) -> None:
    _, keeper = await keeper_of(world)
    item = await world.product()
    session = await begin(keeper)
    first, second = [scan(gs1(item, "280531", "A1", "S1")) for _ in range(2)]
    assert (await send(keeper, session, first))["items"][0]["state"] == "counted"
    again = (await send(keeper, session, second))["items"][0]
    assert (again["state"], again["qty"]) == ("repeated", 0)
    assert (await keeper.get(f"/scan-sessions/{session}"))["qty"] == 24
    # The first is taken back: the case was scanned all the same.
    await send(keeper, session, {**first, "undone": True})
    line = (await keeper.get(f"/scan-sessions/{session}"))["lines"][0]
    assert (line["qty"], line["serials"]) == (24, 1)


async def test_an_unknown_code_is_kept_until_somebody_says_what_it_is_for_all_phones(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    clerk = await world.user(dealer, "dealer_clerk")
    item = await world.product()
    other = "6900000000014"[:12]
    session = await begin(keeper)
    taken = await send(keeper, session, scan("没印条码的箱", 2), scan("no-such-thing"), scan(other + "0"))
    assert [found["state"] for found in taken["items"]] == ["unknown"] * 3
    assert all(found["problem"] for found in taken["items"])
    refused = await finish(keeper, session, 409)
    assert refused["code"] == "codes_unknown" and "没印条码的箱" in refused["codes"]
    solved = {"code": "没印条码的箱", "product_id": item.id, "packaging_id": item.case}
    shown = await keeper.post(f"/scan-sessions/{session}/resolve", solved)
    assert [(line["count"], line["qty"]) for line in shown["lines"]] == [(2, 48)]
    late = await send(clerk, session, scan("没印条码的箱"))
    assert (late["items"][0]["state"], late["items"][0]["qty"]) == ("counted", 24)
    for code in [unknown["code"] for unknown in shown["unknown"]]:
        shown = await keeper.post(f"/scan-sessions/{session}/drop", {"code": code})
    assert all(unknown["dropped"] for unknown in shown["unknown"])
    await keeper.post(f"/scan-sessions/{session}/lots", {"product_id": item.id, "expires_on": "2028-01-01"})
    assert (await finish(keeper, session))["qty"] == 72
    assert (await balances(dealer))[item.id, "warehouse"] == (72, 0)


async def test_goods_that_spoil_come_in_only_with_a_lot_or_a_day(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    item, cup = await world.product(), await world.product()
    await db.run("UPDATE product SET shelf_life_days = 0 WHERE id = $1", cup.id)
    session = await begin(keeper)
    await send(keeper, session, scan(item.ean, 6), scan(cup.ean, 2))
    shown = await keeper.get(f"/scan-sessions/{session}")
    assert [line["needs_lot"] for line in shown["lines"]] == [True, False]
    before = await everything(world.brand.id)
    refused = await finish(keeper, session, 409)
    assert refused["code"] == "scan_lines_refused"
    assert [(line["line"], line["code"]) for line in refused["lines"]] == [(0, "lot_missing")]
    assert await everything(world.brand.id) == before
    made = clock.today() - timedelta(days=10)
    body = {"product_id": item.id, "lot_code": "P7", "produced_on": made.isoformat()}
    await keeper.post(f"/scan-sessions/{session}/lots", body)
    await finish(keeper, session)
    # Made ten days ago, good for 365: 355 days are left. The cups never expire.
    lots = {lot["product_id"]: lot for lot in await db.rows("SELECT * FROM lot WHERE root_id = $1", world.brand.id)}
    assert (lots[item.id]["code"], lots[item.id]["expires_on"]) == ("P7", clock.today() + timedelta(days=355))
    assert await db.value("SELECT expires_on = 'infinity' AND code = '' FROM lot WHERE product_id = $1", cup.id)


async def test_a_shop_that_keeps_no_lots_is_not_asked_for_them(world: World) -> None:
    store = await world.store(await world.dealer())
    owner, item = await world.boss(store), await world.product()
    session = await begin(owner)
    await send(owner, session, scan(item.ean, 6))
    await finish(owner, session)
    assert (await balances(store))[item.id, "warehouse"] == (6, 0)
    shown = (await owner.get("/stock"))["items"][0]
    assert (shown["available"], shown["nearest_expiry"]) == (6, None)


async def test_what_is_sold_leaves_first_expired_first_and_only_as_much_as_there_is(world: World) -> None:
    dealer = await world.dealer()
    store = await world.store(dealer)
    owner, item = await world.boss(store), await world.product()
    for lot, days, qty in (("OLD", -1, 9), ("LATER", 90, 5), ("SOON", 20, 4)):
        await db.run(
            "INSERT INTO lot (root_id, product_id, code, expires_on) VALUES ($1, $2, $3, $4)",
            world.brand.id, item.id, lot, clock.today() + timedelta(days=days),
        )  # fmt: skip
        session = await begin(owner)
        await send(owner, session, scan(item.ean, qty, lot_code=lot))
        await finish(owner, session)
    sale = await begin(owner, "sale")
    await send(owner, sale, scan(item.ean, 10))
    refused = await finish(owner, sale, 409)
    # 4 and 5 are good, 9 have expired.
    assert [(line["code"], line["available_qty"]) for line in refused["lines"]] == [("stock_short", 9)]
    last = (await owner.get(f"/scan-sessions/{sale}/scans"))["items"][0]
    await send(owner, sale, {**scan(item.ean), "id": last["id"], "undone": True}, scan(item.ean, 6))
    await finish(owner, sale)
    moved = await db.rows(
        "SELECT l.code, m.qty, m.reason FROM stock_move m JOIN lot l ON l.id = m.lot_id "
        "WHERE m.document_kind = 'scan_session' AND m.document_id = $1 ORDER BY m.id",
        sale,
    )
    assert [tuple(move.values()) for move in moved] == [("SOON", 4, "sale"), ("LATER", 2, "sale")]
    assert (await balances(store))[item.id, "consumer"] == (6, 0)
    # Who scans the very lot sells that; and what is thrown away is the oldest first.
    named, thrown = await begin(owner, "sale"), await begin(owner, "out", reason="expired")
    await send(owner, named, scan(item.ean, lot_code="LATER"))
    await send(owner, thrown, scan(item.ean, 8))
    await finish(owner, named)
    await finish(owner, thrown)
    left = await db.rows(
        "SELECT t.code, b.on_hand FROM stock_balance b JOIN lot t ON t.id = b.lot_id JOIN location l "
        "ON l.id = b.location_id WHERE l.org_id = $1 AND l.kind = 'warehouse' AND b.on_hand > 0 ORDER BY 1",
        store.id,
    )
    assert [tuple(lot.values()) for lot in left] == [("LATER", 2), ("OLD", 1)]


async def test_who_keeps_lots_does_not_give_out_one_that_is_not_there(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    item = await world.product()
    await world.stock(dealer, item, 30, "L1")
    session = await begin(keeper, "out", reason="damaged")
    await send(keeper, session, scan(item.ean, 2, lot_code="L2"), scan(item.ean, 1, lot_code="L1"))
    refused = await finish(keeper, session, 409)
    assert [(line["line"], line["code"]) for line in refused["lines"]] == [(0, "lot_unknown")]
    body = {"product_id": item.id, "lot_code": "L1", "was_lot_code": "L2"}
    await keeper.post(f"/scan-sessions/{session}/lots", body)
    await finish(keeper, session)
    held = await balances(dealer)
    assert (held[item.id, "warehouse"], held[item.id, "loss"]) == ((27, 0), (3, 0))


async def test_a_lot_known_with_another_day_is_refused_and_nothing_comes_in(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    item = await world.product()
    await world.stock(dealer, item, 1, "L1", 200)
    session = await begin(keeper)
    await send(keeper, session, scan(item.ean, 2, lot_code="L1", expires_on="2031-01-01"))
    before = await everything(world.brand.id)
    refused = await finish(keeper, session, 409)
    assert [line["code"] for line in refused["lines"]] == ["lot_mismatch"]
    assert await everything(world.brand.id) == before


async def test_a_session_ends_once_and_late_scans_are_given_back_not_lost(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    item = await world.product()
    session = await begin(keeper)
    known, late = scan(item.ean, 2, expires_on="2028-01-01"), scan(item.ean, 3, expires_on="2028-01-01")
    await send(keeper, session, known)
    await finish(keeper, session)
    assert (await finish(keeper, session))["state"] == "finished"
    # The answer to these was lost on the way: they are in.
    assert (await send(keeper, session, known))["items"][0]["state"] == "counted"
    refused = await send(keeper, session, known, late, status=409)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("scan_session_state", "/scans/1")
    await send(keeper, session, {**known, "undone": True}, status=409)
    await keeper.post(f"/scan-sessions/{session}/cancel", None, 409)
    assert (await balances(dealer))[item.id, "warehouse"] == (2, 0)
    second = await begin(keeper)
    await keeper.post(f"/scan-sessions/{second}/cancel")
    assert (await keeper.post(f"/scan-sessions/{second}/cancel"))["state"] == "cancelled"
    assert (await finish(keeper, second, 409))["state"] == "cancelled"
    states = [one["state"] for one in (await keeper.get("/scan-sessions"))["items"]]
    assert states == ["cancelled", "finished"]
    assert len((await keeper.get("/scan-sessions?state=finished&kind=in"))["items"]) == 1


async def test_a_strangers_product_is_nothing_but_an_unknown_code(world: World) -> None:
    _, keeper = await keeper_of(world)
    item, strange = await world.product(), await (await World.create(world.http)).product()
    session = await begin(keeper)
    taken = await send(
        keeper,
        session,
        scan("散装", product_id=strange.id, packaging_id=strange.piece),
        scan("散装", product_id=item.id, packaging_id=strange.piece),
        scan(strange.ean),
    )
    assert [(found["state"], found["product_id"]) for found in taken["items"]] == [("unknown", None)] * 3
    wrong = {"code": "散装", "product_id": item.id, "packaging_id": strange.piece}
    await keeper.post(f"/scan-sessions/{session}/resolve", wrong, 404)


async def test_a_count_is_kept_and_moves_nothing(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    item = await world.product()
    await world.stock(dealer, item, 30)
    session = await begin(keeper, "count")
    await send(keeper, session, scan(item.itf), scan(item.ean, 2))
    shown = await finish(keeper, session)
    assert sum(line["qty"] for line in shown["lines"]) == 26
    assert (await balances(dealer))[item.id, "warehouse"] == (30, 0)


async def test_a_reason_fits_the_kind_and_the_org(world: World) -> None:
    _, keeper = await keeper_of(world)
    for body in ({"kind": "in"}, {"kind": "in", "reason": "production"}, {"kind": "out", "reason": "opening"},
                 {"kind": "sale", "reason": "lost"}):  # fmt: skip
        refused = await keeper.post("/scan-sessions", body, 422)
        assert refused["errors"][0]["pointer"] == "/reason", body
    maker = await world.user(world.brand, "brand_warehouse")
    assert (await begin(maker, reason="production")) > 0
    await maker.post("/scan-sessions", {"kind": "sale"}, 403)


async def _cost(work: Coroutine[Any, Any, None]) -> int:
    """How many statements a verb sends, counted in a task of its own."""

    async def counting() -> int:
        counter = db.count_statements()
        await work
        return counter.count

    return await asyncio.create_task(counting())


async def test_finishing_costs_the_same_number_of_statements_for_one_line_and_for_many(world: World) -> None:
    dealer, keeper = await keeper_of(world)
    goods = await world.products(12)
    numbers: dict[str, list[int]] = {"in": [], "out": []}
    for many in (1, 1, 12):
        for kind in numbers:
            session = await begin(keeper, kind)
            await send(keeper, session, *(scan(item.ean, 2, expires_on="2029-01-01") for item in goods[:many]))
            numbers[kind].append(await _cost(finish_session(keeper.actor, session)))
    # The driver asks once for the types it meets, at the first.
    assert numbers["in"][1] == numbers["in"][2] <= 11 and numbers["out"][1] == numbers["out"][2] <= 11, numbers
    assert (await balances(dealer))[goods[0].id, "warehouse"] == (0, 0)


async def test_whoever_stands_above_reads_the_scans_below_and_scans_into_none_of_them(world: World) -> None:
    dealer, other = await world.dealer(), await world.dealer()
    seller, stranger = await world.boss(dealer), await world.boss(other)
    goods = await world.products(1)
    session = await begin(seller)
    await send(seller, session, scan(goods[0].ean, 3), scan("6900000000001", 1))
    theirs = await begin(stranger)
    listed = (await world.admin.get("/scan-sessions", params={"all_below": "true"}))["items"]
    assert {(item["id"], item["org"]["id"]) for item in listed} >= {(session, dealer.id), (theirs, other.id)}
    rep = await world.user(world.brand, "brand_rep", [dealer])
    assert [i["id"] for i in (await rep.get("/scan-sessions", params={"all_below": "true"}))["items"]] == [session]
    assert (await world.admin.get("/scan-sessions"))["items"] == [], "the brand itself scans nothing"
    assert [i["id"] for i in (await rep.get("/scan-sessions", params={"org_id": dealer.id}))["items"]] == [session]
    seen = await rep.get(f"/scan-sessions/{session}")
    assert (seen["lines"][0]["qty"], [code["code"] for code in seen["unknown"]]) == (3, ["6900000000001"])
    await rep.get(f"/scan-sessions/{theirs}", 404)
    await stranger.get(f"/scan-sessions/{session}", 404)
    await rep.get("/scan-sessions", 404, params={"org_id": other.id})
    await world.admin.post(f"/scan-sessions/{session}/finish", status=404)
