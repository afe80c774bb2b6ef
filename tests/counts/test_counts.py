"""Stocktakes (D2.3): what was counted is compared with the books of its moment, and the books are put right once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from server.channel.models import Org
from server.core import clock, db
from server.counts import plans
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.pdf import words_of
from tests.stock.scanning import begin, finish, scan, send
from tests.world import Product, User, World, balances, everything, key


@pytest.fixture
def hour() -> Iterator[Hour]:
    """The time of a test, which passes when it says so."""
    hour = Hour()
    yield hour
    hour.stack.close()


class Hour:
    def __init__(self) -> None:
        self.stack = ExitStack()
        self.at = clock.now()
        self.stack.enter_context(clock.frozen(self.at))

    def passes(self, minutes: int = 1) -> None:
        self.at += timedelta(minutes=minutes)
        self.stack.enter_context(clock.frozen(self.at))


@dataclass
class Shop:
    """A dealer with a boss who decides, a keeper who counts, and two products that cost him 3.00."""

    world: World
    org: Org
    boss: User
    keeper: User
    goods: list[Product]
    hour: Hour

    async def begin(self, status: int = 201, **more: Any) -> Any:
        return await self.boss.post("/stocktakes", {"scope": "all", "blind": False, **more}, status)

    async def count(self, stocktake: Any, *scans: dict[str, Any], by: User | None = None) -> int:
        """Scan in a session of its own and finish it."""
        who = by or self.keeper
        session = (await who.post(f"/stocktakes/{stocktake['id']}/sessions", status=201))["id"]
        await send(who, session, *scans)
        await finish(who, session)
        return int(session)

    async def do(self, stocktake: Any, verb: str, body: Any = None, status: int = 200, by: User | None = None) -> Any:
        bodies: dict[str, Any] = {"close": {}, "submit": {}}
        return await (by or self.boss).post(
            f"/stocktakes/{stocktake['id']}/{verb}", bodies.get(verb) if body is None else body, status
        )

    async def lines(self, stocktake: Any, which: str = "all", by: User | None = None) -> list[Any]:
        found = await (by or self.boss).get(f"/stocktakes/{stocktake['id']}/lines?{urlencode({'which': which})}")
        return list(found["items"])

    async def here(self, item: int = 0) -> tuple[int, int]:
        return (await balances(self.org)).get((self.goods[item].id, "warehouse"), (0, 0))

    async def sell(self, qty: int, item: int = 0, **more: Any) -> None:
        session = await begin(self.boss, "sale")
        await send(self.boss, session, scan(self.goods[item].ean, qty, **more))
        await finish(self.boss, session)


@pytest.fixture
async def shop(world: World, settings: Settings, hour: Hour) -> AsyncIterator[Shop]:
    """Whatever a test does, goods add up when it has ended."""
    dealer = await world.dealer()
    goods = await world.products(2)
    await world.offer(world.brand, goods)
    for item in goods:
        await world.stock(dealer, item, 100)
    boss, keeper = await world.boss(dealer), await world.user(dealer, "dealer_warehouse")
    hour.passes()
    yield Shop(world, dealer, boss, keeper, goods, hour)
    assert await broken(settings.database_url, world.brand.id) == []


async def test_what_moves_while_people_count_is_taken_into_account(shop: Shop) -> None:
    """100 on the books; 10:01 counted 97; 10:02 5 sold; 10:03 20 come in. Book of 10:01: 100, so −3 and not
    97 − 115; then there are 100 − 5 + 20 − 3 = 112, which is 97 − 5 + 20."""
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    shop.hour.passes()
    await shop.count(made, scan(shop.goods[0].itf, 4), scan(shop.goods[0].ean))
    shop.hour.passes()
    await shop.sell(5)
    shop.hour.passes()
    await shop.world.stock(shop.org, shop.goods[0], 20)
    shop.hour.passes()
    closed = await shop.do(made, "close")
    assert (closed["state"], closed["gain_fen"], closed["loss_fen"]) == ("counted", 0, 3 * 300)
    (line,) = await shop.lines(made)
    assert (line["counted_qty"], line["book_qty"], line["difference"], line["difference_fen"]) == (97, 100, -3, -900)
    assert (line["unsure"], line["how"], line["price_from"]) == (False, "spread", "purchase")
    shop.hour.passes()
    await shop.sell(2)  # after the closing too: 112 − 2
    shop.hour.passes()
    done = await shop.do(made, "submit")
    assert done["state"] == "adjusted"
    assert (await shop.here())[0] == 110
    assert (await balances(shop.org))[shop.goods[0].id, "adjustment"] == (3, 0)
    moves = (await shop.boss.get("/stock/moves?reason=count_loss"))["items"]
    assert [(m["qty"], m["document_number"], m["document_name"]) for m in moves] == [(3, made["number"], "盘点单")]


async def test_the_books_of_the_moment_can_be_worked_out_again(shop: Shop) -> None:
    """Counted at 10:01 when there were 100; whatever moves later, the line says 100 again when it is adjusted."""
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 100))
    await shop.do(made, "close")
    for _ in range(3):
        shop.hour.passes()
        await shop.sell(10)
    shop.hour.passes()
    await shop.do(made, "submit")
    (line,) = await shop.lines(made)
    assert (line["book_qty"], line["moved_qty"]) == (100, 0)
    assert (await shop.here())[0] == 70


async def test_goods_that_moved_between_two_scans_of_a_product_are_marked(shop: Shop) -> None:
    """60 scanned at 10:01, 30 at 10:03, 10 sold between: 90 against the books of 10:03, which say 90; but unsure."""
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    shop.hour.passes()
    await shop.count(made, scan(shop.goods[0].ean, 60))
    shop.hour.passes()
    await shop.sell(10)
    shop.hour.passes()
    await shop.count(made, scan(shop.goods[0].ean, 30), by=shop.boss)
    closed = await shop.do(made, "close")
    assert closed["lines"] == {"all": 1, "different": 0, "uncounted": 0, "unsure": 1, "left": 0, "outside": 0}


async def test_several_people_count_at_once_and_a_case_is_counted_once(shop: Shop) -> None:
    """Two phones: 50 and 26 loose ones, and both scan the case with serial 7: 50 + 26 + 24 = 100."""
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 50), scan(shop.goods[0].itf, serial="7"))
    await shop.count(made, scan(shop.goods[0].ean, 26), scan(shop.goods[0].itf, serial="7"), by=shop.boss)
    tally = await shop.boss.get(f"/stocktakes/{made['id']}/tally")
    assert [(t["counted_qty"], t["book_qty"]) for t in tally["items"]] == [(100, 100)]
    closed = await shop.do(made, "close")
    assert closed["lines"]["different"] == 0
    assert len(closed["sessions"]) == 2


async def test_what_is_typed_adds_to_what_is_scanned_and_is_corrected_by_typing_again(shop: Shop) -> None:
    """30 scanned; the keeper types 80 and then 70, the boss 5: 30 + 70 + 5."""
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 30))
    for who, qty in ((shop.keeper, 80), (shop.keeper, 70), (shop.boss, 5)):
        figures = {"entries": [{"product_id": shop.goods[0].id, "qty": qty}]}
        shown = await who.post(f"/stocktakes/{made['id']}/entries", figures)
    assert [one["qty"] for one in shown["typed"]] == [5]
    closed = await shop.do(made, "close")
    assert closed["gain_fen"] == 5 * 300


async def test_what_was_not_counted_is_decided_and_never_guessed(shop: Shop) -> None:
    made = await shop.begin()
    await shop.count(made, scan(shop.goods[0].ean, 100))
    closed = await shop.do(made, "close")
    assert (closed["lines"]["uncounted"], closed["loss_fen"]) == (1, 0)
    refused = await shop.do(made, "submit", status=409)
    assert refused["code"] == "lines_undecided"
    (line,) = await shop.lines(made, "uncounted")
    left = await shop.do(made, "settle", {"line_nos": [line["line_no"]], "choice": "leave"})
    assert (left["lines"]["uncounted"], left["lines"]["left"]) == (0, 1)
    await shop.do(made, "settle", {"line_nos": [line["line_no"]], "choice": "adjust"})
    none = await shop.do(made, "settle", {"line_nos": [line["line_no"]], "choice": "zero"})
    assert (none["lines"]["uncounted"], none["loss_fen"]) == (0, 100 * 300)
    assert (await shop.do(made, "submit"))["state"] == "adjusted"
    assert (await shop.here(0), await shop.here(1)) == ((100, 0), (0, 0))


def figures(answers: Any, of: str = "") -> set[int]:
    """Every figure in some answers but the numbers of records: a time or a name may have the same digits by chance."""
    if isinstance(answers, dict):
        return set().union(*(figures(value, key) for key, value in answers.items()))
    if isinstance(answers, list):
        return set().union(*(figures(value, of) for value in answers))
    return {abs(answers)} if isinstance(answers, int) and not of.endswith(("id", "ids")) else set()


async def test_who_counts_blind_is_told_no_figure_of_the_books_by_any_answer(shop: Shop) -> None:
    """313 is on the books, and nowhere in what the keeper is answered; whoever decides sees it."""
    await shop.world.stock(shop.org, shop.goods[0], 213)
    made = await shop.begin(blind=True, scope="list", product_ids=[shop.goods[0].id])
    session = (await shop.keeper.post(f"/stocktakes/{made['id']}/sessions", status=201))["id"]
    said = [shop.keeper.last.json()]
    await send(shop.keeper, session, scan(shop.goods[0].ean, 7))
    said.append(shop.keeper.last.json())
    paths = (f"/stocktakes/{made['id']}", f"/stocktakes/{made['id']}/tally", f"/stocktakes/{made['id']}/lines",
             f"/scan-sessions/{session}", "/stocktakes")  # fmt: skip
    for path in paths:
        await shop.keeper.get(path)
        said.append(shop.keeper.last.json())
    await shop.do(made, "close", {"finish": True}, by=shop.keeper)
    said.append(shop.keeper.last.json())
    for path in paths:
        await shop.keeper.get(path)
        said.append(shop.keeper.last.json())
    # The books, the difference, and what it is worth; 7 is what he counted himself, so his answers are looked through.
    assert 7 in figures(said) and not figures(said) & {313, 306, 306 * 300}
    await shop.keeper.get(f"/stocktakes/{made['id']}/report.pdf", 403)
    (line,) = await shop.lines(made)
    assert (line["book_qty"], line["difference"], line["difference_fen"]) == (313, -306, -91800)


async def test_nothing_is_adjusted_below_what_is_promised_and_the_orders_are_named(shop: Shop) -> None:
    store = await shop.world.store(shop.org)
    await shop.world.offer(shop.org, shop.goods)
    order = await shop.world.order(await shop.world.boss(store), [(shop.goods[0], 60)])
    await shop.boss.post(f"/orders/{order.id}/approve", {})
    made = await shop.begin()
    await shop.count(made, scan(shop.goods[0].ean, 50), scan(shop.goods[1].ean, 90))
    await shop.do(made, "close")
    before = await everything(shop.world.brand.id)
    refused = await shop.do(made, "submit", status=409)
    assert refused["code"] == "lines_held"
    (held,) = refused["lines"]
    assert held["code"] == "reserved"
    assert [(paper["number"], paper["qty"]) for paper in held["held_by"]] == [(order.number, 60)]
    assert await everything(shop.world.brand.id) == before
    await shop.do(made, "settle", {"line_nos": [held["line_no"]], "choice": "leave"})
    assert (await shop.do(made, "submit"))["state"] == "adjusted"
    assert (await shop.here(0), await shop.here(1)) == ((100, 60), (90, 0))


async def test_nothing_is_adjusted_below_what_is_to_go_back_and_the_return_is_named(shop: Shop) -> None:
    """24 bought of the brand, 10 of them are asked to go back: of 124, with 100 from before, 5 cannot be all."""
    await shop.world.stock(shop.world.brand, shop.goods[0], 24, lot="L2")
    order = await shop.world.order(shop.boss, [(shop.goods[0], 24)])
    await shop.world.admin.post(f"/orders/{order.id}/approve", {})
    issue = (await shop.world.admin.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
    await shop.boss.post(f"/goods-issues/{issue}/receive", {})
    shop.hour.passes()
    (lot,) = await db.rows("SELECT id FROM lot WHERE product_id = $1 AND code = 'L2'", shop.goods[0].id)
    back = {"product_id": shop.goods[0].id, "qty": 10, "reason": "damaged", "lot_id": lot["id"]}
    asked = await shop.boss.post("/returns", {"lines": [back]}, 201)
    made = await shop.begin()
    one, other = shop.goods
    counted = [scan(one.ean, 100, lot_code="L1"), scan(one.ean, 5, lot_code="L2"), scan(other.ean, 100)]
    await shop.count(made, *counted)
    await shop.do(made, "close")
    before = await everything(shop.world.brand.id)
    refused = await shop.do(made, "submit", status=409)
    (held,) = refused["lines"]
    assert (refused["code"], held["code"]) == ("lines_held", "reserved")
    (paper,) = held["held_by"]
    assert (paper["number"], paper["link_kind"], paper["link_id"], paper["qty"]) == (
        asked["number"], "return", asked["id"], 10,
    )  # fmt: skip
    assert await everything(shop.world.brand.id) == before
    await shop.boss.post(f"/returns/{asked['id']}/cancel", {"reason": "没找到货"})
    assert (await shop.do(made, "submit"))["state"] == "adjusted"
    assert await shop.here() == (105, 0)


async def test_goods_that_left_after_a_count_that_had_not_found_them_are_counted_again(shop: Shop) -> None:
    """Counted 2 of 100, then 50 are sold: 2 − 50 cannot be. Counted again, 50 of 50 are there."""
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 2))
    shop.hour.passes()
    await shop.sell(50)
    shop.hour.passes()
    await shop.do(made, "close")
    refused = await shop.do(made, "submit", status=409)
    assert [line["code"] for line in refused["lines"]] == ["gone"]
    again = await shop.do(made, "recount", {"line_nos": [1]})
    assert (again["state"], again["round"]) == ("counting", 2)
    assert [t["again"] for t in (await shop.boss.get(f"/stocktakes/{made['id']}/tally"))["items"]] == [True]
    await shop.count(made, scan(shop.goods[0].ean, 50))
    await shop.do(made, "close")
    assert (await shop.do(made, "submit"))["loss_fen"] == 0
    assert (await shop.here())[0] == 50


async def test_found_goods_come_onto_the_books_in_their_lot(shop: Shop) -> None:
    """12 of a lot that nobody knew, and 3 of the known one too many: gains of 15."""
    until = (clock.today() + timedelta(days=90)).isoformat()
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    found = scan(shop.goods[0].ean, 12, lot_code="NEW", expires_on=until)
    await shop.count(made, found, scan(shop.goods[0].ean, 103, lot_code="L1"))
    await shop.do(made, "close")
    lines = {line["lot_code"]: line["difference"] for line in await shop.lines(made)}
    assert lines == {"NEW": 12, "L1": 3}
    assert (await shop.do(made, "submit"))["gain_fen"] == 15 * 300
    lots = """
        SELECT b.on_hand FROM stock_balance b JOIN lot l ON l.id = b.lot_id JOIN location w ON w.id = b.location_id
        WHERE w.org_id = $1 AND w.kind = 'warehouse' AND l.product_id = $2 AND l.code = $3"""
    assert await db.value(lots, shop.org.id, shop.goods[0].id, "NEW") == 12


async def test_a_lot_without_its_day_is_asked_for_before_the_counting_ends(shop: Shop) -> None:
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 12, lot_code="WHAT"))
    refused = await shop.do(made, "close", status=409)
    assert (refused["code"], refused["lines"][0]["code"]) == ("count_unclear", "lot_missing")
    assert (await shop.boss.get(f"/stocktakes/{made['id']}"))["state"] == "counting"


async def test_what_lies_outside_the_scope_is_shown_and_stays(shop: Shop) -> None:
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 100), scan(shop.goods[1].ean, 1))
    closed = await shop.do(made, "close")
    assert (closed["lines"]["outside"], closed["loss_fen"]) == (1, 0)
    await shop.do(made, "submit")
    assert (await shop.here(1))[0] == 100


async def test_differences_above_the_limit_need_somebody_else(shop: Shop) -> None:
    """The limit is 10.00; 4 missing at 3.00 are 12.00: the clerk asks, the boss agrees, the books are right once."""
    await shop.boss.post("/stocktake-settings", {"limit_fen": 1000, "version": 0})
    clerk = await shop.world.user(shop.org, "dealer_clerk")
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 96))
    await shop.do(made, "close")
    asked = await shop.do(made, "submit", {"reason": "破了四瓶"}, by=clerk)
    assert (asked["state"], asked["can"]) == ("submitted", ["cancel"])
    assert (await shop.here())[0] == 100
    approval = asked["approval_id"]
    await clerk.post(f"/approvals/{approval}/decide", {"decision": "approve"}, 403)
    await shop.boss.post(f"/approvals/{approval}/decide", {"decision": "approve"}, 204)
    again = await shop.boss.post(f"/approvals/{approval}/decide", {"decision": "approve"}, 409)
    assert again["code"] == "approval_decided"
    assert (await shop.here())[0] == 96
    assert (await shop.boss.get(f"/stocktakes/{made['id']}"))["state"] == "adjusted"


async def test_what_is_rejected_is_counted_anew_where_it_differed(shop: Shop) -> None:
    await shop.boss.post("/stocktake-settings", {"limit_fen": 0, "version": 0})
    made = await shop.begin()
    await shop.count(made, scan(shop.goods[0].ean, 96), scan(shop.goods[1].ean, 100))
    await shop.do(made, "close")
    asked = await shop.do(made, "submit")
    refusal = {"decision": "reject", "reason": "再盘一次"}
    await shop.boss.post(f"/approvals/{asked['approval_id']}/decide", refusal, 204)
    shown = await shop.boss.get(f"/stocktakes/{made['id']}")
    assert (shown["state"], shown["ending"], shown["can"]) == ("rejected", "再盘一次", ["again"])
    fresh = await shop.do(made, "again", status=201)
    assert (fresh["state"], fresh["product_count"], fresh["again_of"]["id"]) == ("counting", 1, made["id"])
    assert (await shop.here())[0] == 100


async def test_in_a_store_the_clerk_counts_and_the_owner_decides_alone(shop: Shop) -> None:
    store = await shop.world.store(shop.org)
    owner, clerk = await shop.world.boss(store), await shop.world.user(store, "store_clerk")
    session = await begin(owner, "in")
    await send(owner, session, scan(shop.goods[0].ean, 40))
    await finish(owner, session)
    shop.hour.passes()
    await clerk.post("/stocktakes", {"scope": "all", "blind": True}, 403)
    made = await owner.post("/stocktakes", {"scope": "all", "blind": True}, 201)
    await shop.count(made, scan(shop.goods[0].ean, 38), by=clerk)
    await shop.do(made, "close", by=clerk)
    done = await shop.do(made, "submit", by=owner)
    assert (done["state"], done["limit_fen"]) == ("adjusted", None)
    assert (await balances(store))[shop.goods[0].id, "warehouse"] == (38, 0)


async def test_people_who_are_still_scanning_are_named_or_finished(shop: Shop) -> None:
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    session = (await shop.keeper.post(f"/stocktakes/{made['id']}/sessions", status=201))["id"]
    await send(shop.keeper, session, scan(shop.goods[0].ean, 100), scan("6900000000000"))
    waits = await shop.do(made, "close", status=409)
    assert (waits["code"], waits["sessions"][0]["opened_by"]) == ("still_scanning", shop.keeper.actor.name)
    assert (await shop.do(made, "close", {"finish": True}, 409))["code"] == "codes_unknown"
    await shop.keeper.post(f"/scan-sessions/{session}/drop", {"code": "6900000000000"})
    assert (await shop.do(made, "close", {"finish": True}))["state"] == "counted"
    late = await send(shop.keeper, session, scan(shop.goods[0].ean), status=409)
    assert late["code"] == "scan_session_state"


async def test_only_those_who_were_named_count(shop: Shop) -> None:
    other = await shop.world.user(shop.org, "dealer_warehouse")
    made = await shop.begin(counter_ids=[shop.keeper.account_id])
    await other.post(f"/stocktakes/{made['id']}/sessions", status=403)
    await shop.keeper.post(f"/stocktakes/{made['id']}/sessions", status=201)
    assert made["counters"] == [shop.keeper.actor.name]


async def test_two_stocktakes_of_one_warehouse_do_not_meet(shop: Shop) -> None:
    await shop.begin()
    assert (await shop.begin(409))["code"] == "stocktake_open"


async def test_the_same_press_twice_adjusts_once(shop: Shop) -> None:
    made = await shop.begin(scope="list", product_ids=[shop.goods[0].id])
    await shop.count(made, scan(shop.goods[0].ean, 90))
    await shop.do(made, "close")
    press = {"Idempotency-Key": key()}
    one, two = [
        await shop.boss.post(f"/stocktakes/{made['id']}/submit", {}, headers=press) for _ in range(2)
    ]  # fmt: skip
    assert one == two
    assert (await shop.do(made, "submit", status=409))["code"] == "stocktake_state"
    assert (await shop.here())[0] == 90


async def test_a_plan_makes_its_stocktake_on_its_day_and_tells_who_counts_once(shop: Shop) -> None:
    today = clock.today()
    plan = {"name": "饮料月盘", "scope": "category", "category_id": shop.world.category_id, "blind": True,
            "every": "month", "next_on": today.isoformat(), "counter_ids": [shop.keeper.account_id]}  # fmt: skip
    await shop.boss.post("/stocktake-plans", plan, 201)
    await plans.prepare()
    await plans.prepare()
    (made,) = (await shop.keeper.get("/stocktakes"))["items"]
    assert (made["state"], made["note"], made["planned_on"]) == ("planned", "饮料月盘", today.isoformat())
    told = "SELECT count(*) FROM outbox WHERE topic = 'stocktake.due' AND subject_id = $1"
    assert await db.value(told, made["id"]) == 1
    (kept,) = (await shop.boss.get("/stocktake-plans"))["items"]
    assert kept["next_on"] > today.isoformat()
    assert kept["last"]["id"] == made["id"]
    await shop.keeper.post(f"/stocktakes/{made['id']}/start")
    assert (await shop.boss.post(f"/stocktake-plans/{kept['id']}/end"))["items"] == []


async def test_nobody_reads_or_counts_in_a_strangers_warehouse(shop: Shop) -> None:
    made = await shop.begin()
    stranger = await shop.world.boss(await shop.world.dealer())
    await stranger.get(f"/stocktakes/{made['id']}", 404)
    await stranger.post(f"/stocktakes/{made['id']}/sessions", status=404)
    assert (await shop.world.admin.get(f"/stocktakes/{made['id']}"))["can"] == []
    await shop.world.admin.post(f"/stocktakes/{made['id']}/cancel", {"reason": "试"}, 404)


async def test_the_report_says_the_differences_in_words_that_can_be_printed(shop: Shop) -> None:
    made = await shop.begin()
    await shop.count(made, scan(shop.goods[0].ean, 96), scan(shop.goods[1].ean, 102))
    await shop.do(made, "close")
    await shop.do(made, "submit")
    report = await shop.boss.call("GET", f"/stocktakes/{made['id']}/report.pdf")
    assert report.status_code == 200
    text = "".join(words_of(report.content))
    assert all(part in text for part in (made["number"], "盘点报告", "¥12.00", "¥6.00", shop.goods[0].name))


async def test_two_hundred_lines_cost_as_many_statements_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dealer = await world.dealer()
    boss, goods = await world.boss(dealer), await world.products(200)
    for item in goods:
        await world.stock(dealer, item, 10)
    counters: list[db.StatementCount] = []
    count = db.count_statements

    def counted() -> db.StatementCount:
        counters.append(count())
        return counters[-1]

    async def costs(size: int, each: int) -> list[int]:
        counters.clear()
        ids = [item.id for item in goods[:size]]
        made = await boss.post("/stocktakes", {"scope": "list", "blind": False, "product_ids": ids}, 201)
        session = (await boss.post(f"/stocktakes/{made['id']}/sessions", status=201))["id"]
        await send(boss, session, *(scan(item.ean, each) for item in goods[:size]))
        await boss.post(f"/stocktakes/{made['id']}/close", {"finish": True})
        done = await boss.post(f"/stocktakes/{made['id']}/submit", {})
        assert (done["state"], done["lines"]["different"]) == ("adjusted", size)
        return [counter.count for counter in counters]

    await boss.post("/stocktake-settings", {"limit_fen": 1_000_000, "version": 0})
    monkeypatch.setattr(db, "count_statements", counted)
    await costs(1, 9)
    assert await costs(1, 8) == await costs(200, 7)
