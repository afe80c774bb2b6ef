"""What a seller asks of an order: what is missing is said before, and nothing else is taken."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.channel.models import Org
from server.core import clock, db
from tests.orders.test_life import cart
from tests.world import Product, User, World, everything, key

ALL = {"kind": "all"}
# A Wednesday, 15:59 and 16:00 in Shanghai.
FOUNDED = datetime(2026, 11, 1, tzinfo=UTC)
BEFORE, CUT_OFF = datetime(2026, 11, 25, 7, 59, tzinfo=UTC), datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


class Street:
    """A dealer with rules and a store that buys of him: goods at 3.00, cases of 24."""

    dealer: Org
    store: Org
    seller: User
    buyer: User
    goods: list[Product]
    version = 0

    @classmethod
    async def open(cls, world: World, **store: Any) -> Street:
        street = cls()
        street.dealer = await world.dealer()
        street.store = await world.store(street.dealer, **store)
        street.goods = await world.products(2)
        with clock.frozen(FOUNDED):  # prices hold on the days of these stories, whatever today is
            await world.offer(street.dealer, street.goods)
        street.seller, street.buyer = await world.boss(street.dealer), await world.boss(street.store)
        return street

    async def rules(self, status: int = 200, **rules: Any) -> Any:
        body = {"version": self.version, "minimums": [], "goods": [], "calendars": [], **rules}
        answer = await self.seller.post("/order-rules", body, status)
        self.version = answer.get("version", self.version)
        return answer

    async def quote(self, *lines: tuple[int, bool, int], **more: Any) -> Any:
        wanted = cart(self.goods, *lines)["lines"]
        asked = [{name: item for name, item in line.items() if name != "price_fen"} for line in wanted]  # type: ignore[attr-defined]
        return await self.buyer.post("/orders/quote", {"lines": asked, **more})

    async def order(self, *lines: tuple[int, bool, int], status: int = 201, **more: Any) -> Any:
        return await self.buyer.post("/orders", {**cart(self.goods, *lines), **more}, status)


async def test_below_the_minimum_a_store_reads_how_much_is_missing_and_nothing_is_written(world: World) -> None:
    street = await Street.open(world)
    await street.rules(minimums=[{"audience": ALL, "min_fen": 30_000}])
    # 60 pieces at 3.00 are 180.00 of 300.00
    told = await street.quote((0, False, 60))
    assert (told["terms"]["min_fen"], told["terms"]["missing_fen"]) == (30_000, 12_000)
    before = await everything(world.brand.id)
    refused = await street.order((0, False, 60), status=422)
    assert refused["code"] == "order_rules" and "还差 ¥120.00 起送" in refused["detail"]
    assert refused["errors"] == [{"pointer": "/lines", "detail": "还差 ¥120.00 起送（满 ¥300.00）"}]
    assert await everything(world.brand.id) == before
    assert (await street.order((0, False, 100)))["total_fen"] == 30_000  # exactly the minimum


async def test_the_rule_for_one_buyer_goes_before_that_of_his_group_his_grade_and_all(world: World) -> None:
    street = await Street.open(world, grade="A")
    rules = [
        {"audience": ALL, "min_fen": 40_000},
        {"audience": {"kind": "grade", "key": "A"}, "min_fen": 30_000},
        {"audience": {"kind": "group", "key": "standard"}, "min_fen": 20_000},
        {"audience": {"kind": "buyer", "buyer_id": street.store.id}, "min_fen": 10_000},
    ]
    found = []
    for count in range(4, 0, -1):
        await street.rules(minimums=rules[:count])
        found.append((await street.quote((0, False, 1)))["terms"]["min_fen"])
    assert found == [10_000, 20_000, 30_000, 40_000]


async def test_multiples_are_counted_over_cases_and_pieces_of_a_product_together(world: World) -> None:
    street = await Street.open(world)
    product = street.goods[0].id
    await street.rules(goods=[{"audience": ALL, "product_id": product, "multiple": 10, "min_qty": 20}])
    # A case of 24 and 6 pieces are 30; a case and 5 pieces are 29, of which 30 is the next multiple.
    refused = await street.order((0, True, 1), (0, False, 5), status=422)
    assert [error["pointer"] for error in refused["errors"]] == ["/lines/0/packaging_qty", "/lines/1/packaging_qty"]
    assert refused["errors"][1]["detail"] == "需至少 20 瓶、为 10 的倍数，建议 30 瓶"
    await street.order((0, True, 1), (0, False, 6))
    await street.order((1, False, 7))  # the rule is about the other product
    told = (await street.quote((0, False, 7), (0, True, 1)))["lines"]
    # Pieces from 20 on in steps of 10; of cases five hold 120, the least multiple of 10 and 24.
    assert [(line["least_qty"], line["step_qty"]) for line in told] == [(20, 10), (5, 5)]
    assert {line["problem"]["code"] for line in told} == {"multiple"}


async def test_whole_cases_only_means_whole_cases_also_when_pieces_are_typed(world: World) -> None:
    street = await Street.open(world)
    await street.rules(goods=[{"audience": ALL, "whole_cases": True}])
    refused = await street.order((0, False, 25), status=422)
    assert refused["detail"] == "需为 24 的倍数，建议 48 瓶"
    await street.order((0, False, 48), (1, True, 1))


async def test_a_products_rule_goes_before_its_categorys_and_the_nearer_category_before_the_wider(world: World) -> None:
    street = await Street.open(world)
    top, lower = street.goods[0], street.goods[1]
    below = (await world.admin.post("/categories", {"name": "苏打水", "parent_id": world.category_id}, 201))["id"]
    await db.run("UPDATE product SET category_id = $1 WHERE id = $2", below, lower.id)
    wide = {"audience": ALL, "category_id": world.category_id, "multiple": 6}
    near = {"audience": ALL, "category_id": below, "multiple": 4}
    everywhere = {"audience": {"kind": "buyer", "buyer_id": street.store.id}, "multiple": 7}
    single = {"audience": ALL, "product_id": lower.id, "multiple": 5}

    async def steps(*goods: dict[str, Any]) -> list[int]:
        await street.rules(goods=list(goods))
        return [line["step_qty"] for line in (await street.quote((0, False, 1), (1, False, 1)))["lines"]]

    assert await steps(everywhere) == [7, 7]
    assert await steps(everywhere, wide) == [6, 6]
    assert await steps(everywhere, wide, near) == [6, 4]
    assert await steps(everywhere, wide, near, single) == [6, 5]
    await street.order((0, False, 12), (1, False, 10))
    assert top.id != lower.id


CALENDAR = {"audience": ALL, "weekdays": [1, 3, 5], "cut_off": "16:00", "lead_days": 2}


async def test_at_the_cut_off_to_the_minute_the_delivery_days_move_on(world: World) -> None:
    street = await Street.open(world)
    await street.rules(calendars=[CALENDAR])
    with clock.frozen(BEFORE):
        told = (await street.quote((0, False, 1)))["terms"]
        # Ordered on Wednesday, two days to prepare: Friday the 27th.
        assert told["dates"][:2] == ["2026-11-27", "2026-11-30"]
        assert told["cut_off_at"] == "2026-11-25T16:00:00+08:00"
        await street.order((0, False, 1), wished_on="2026-11-27")
    with clock.frozen(CUT_OFF):
        told = (await street.quote((0, False, 1), wished_on="2026-11-27"))["terms"]
        assert told["dates"][0] == "2026-11-30" and told["cut_off_at"] == "2026-11-26T16:00:00+08:00"
        refused = await street.order((0, False, 1), wished_on="2026-11-27", status=422)
        assert refused["errors"] == [{"pointer": "/wished_on", "detail": told["findings"][0]["detail"]}]
        assert "11 月 27 日（周五）来不及送到（今天已过截单时间），可选 11 月 30 日（周一）" in refused["detail"]
        assert refused["dates"][0] == "2026-11-30"


async def test_an_answer_that_was_lost_before_the_cut_off_is_given_again_after_it(world: World) -> None:
    street = await Street.open(world)
    await street.rules(calendars=[CALENDAR])
    body, once = {**cart(street.goods, (0, False, 1)), "wished_on": "2026-11-27"}, {"Idempotency-Key": key()}
    with clock.frozen(BEFORE):
        first = await street.buyer.post("/orders", body, 201, headers=once)
    with clock.frozen(CUT_OFF):
        assert await street.buyer.post("/orders", body, 201, headers=once) == first


async def test_a_day_that_the_seller_closes_is_refused_by_its_name_and_the_next_days_are_offered(world: World) -> None:
    street = await Street.open(world)
    await street.rules(calendars=[{**CALENDAR, "lead_days": 0}])
    closed = [{"day": "2026-11-27", "is_open": False, "name": "盘点"}, {"day": "2026-11-28", "is_open": True}]
    await street.seller.post("/order-rules/days", {"set": closed})
    with clock.frozen(BEFORE):
        refused = await street.order((0, False, 1), wished_on="2026-11-27", status=422)
        offered = "可选 11 月 28 日（周六）、11 月 30 日（周一）、12 月 2 日（周三）"
        assert refused["detail"] == f"11 月 27 日（周五）休息（盘点），{offered}"
        assert "不送货" in (await street.order((0, False, 1), wished_on="2026-11-29", status=422))["detail"]
        await street.order((0, False, 1), wished_on="2026-11-28")  # a Saturday that makes up for it
        # Who fetches the goods himself needs an open day only.
        await street.order((0, False, 1), wished_on="2026-11-29", delivery_method="pickup")
        await street.order((0, False, 1), wished_on="2026-11-27", delivery_method="pickup", status=422)
    await street.seller.post("/order-rules/days", {"clear": ["2026-11-27"]})
    with clock.frozen(BEFORE):
        await street.order((0, False, 1), wished_on="2026-11-27")


async def test_the_region_of_the_chosen_address_decides_on_which_days_goods_come(world: World) -> None:
    street = await Street.open(world, region_code="330106")
    address = {"contact_name": "李店", "contact_phone": "13800000000", "detail": "1 号", "region_code": "320500"}
    other = (await street.buyer.post("/addresses", address, 201))["id"]
    by_region = [
        {"audience": {"kind": "region", "key": code}, "weekdays": [day], "lead_days": 0}
        for code, day in (("330000", 1), ("330100", 2), ("320000", 4))
    ]
    await street.rules(calendars=by_region)
    with clock.frozen(BEFORE):
        own = (await street.quote((0, False, 1)))["terms"]["dates"][0]
        elsewhere = (await street.quote((0, False, 1), address_id=other))["terms"]["dates"][0]
        # Hangzhou's own Tuesday goes before the province's Monday; Suzhou has Thursdays.
        assert (own, elsewhere) == ("2026-12-01", "2026-11-26")
        await street.order((0, False, 1), wished_on="2026-11-26", address_id=other)
        await street.order((0, False, 1), wished_on="2026-11-26", status=422)


async def test_all_that_is_missing_is_told_at_once(world: World) -> None:
    street = await Street.open(world)
    minimum, goods = {"audience": ALL, "min_fen": 100_000}, {"audience": ALL, "multiple": 6}
    await street.rules(minimums=[minimum], goods=[goods], calendars=[CALENDAR])
    with clock.frozen(BEFORE):
        refused = await street.order((0, False, 7), (1, False, 6), wished_on="2026-11-26", status=422)
    assert [error["pointer"] for error in refused["errors"]] == ["/lines", "/lines/0/packaging_qty", "/wished_on"]


async def test_a_change_of_the_rules_holds_for_the_very_next_order(world: World) -> None:
    street = await Street.open(world)
    for least, status in ((30_000, 422), (300, 201), (30_000, 422)):
        await street.rules(minimums=[{"audience": ALL, "min_fen": least}])
        await street.order((0, False, 1), status=status)


async def test_another_sellers_rules_say_nothing(world: World) -> None:
    street, other = await Street.open(world), await Street.open(world)
    await other.rules(minimums=[{"audience": ALL, "min_fen": 10**9}], goods=[{"audience": ALL, "multiple": 7}])
    await other.seller.post("/order-rules/days", {"set": [{"day": "2026-11-27", "is_open": False}]})
    with clock.frozen(BEFORE):
        await street.order((0, False, 1), wished_on="2026-11-27")


async def test_nobody_overwrites_rules_that_he_has_not_seen(world: World) -> None:
    street = await Street.open(world)
    await street.rules(minimums=[{"audience": ALL, "min_fen": 100}])
    stale = {"version": 0, "minimums": [], "goods": [], "calendars": []}
    assert (await street.seller.post("/order-rules", stale, 409))["code"] == "stale_version"
    assert len((await street.seller.get("/order-rules"))["minimums"]) == 1


@pytest.mark.parametrize(
    ("rules", "pointer", "words"),
    [
        ({"minimums": [{"audience": {"kind": "grade"}, "min_fen": 1}]}, "/minimums/0", "等级"),
        ({"minimums": [{"audience": ALL, "min_fen": 1}] * 2}, "/minimums/1", "重复"),
        ({"goods": [{"audience": ALL}]}, "/goods/0", "起订量"),
        ({"goods": [{"audience": ALL, "multiple": 2, "whole_cases": True}]}, "/goods/0", "只能选一个"),
        ({"goods": [{"audience": ALL, "product_id": 1, "category_id": 1, "multiple": 2}]}, "/goods/0", "只能选一个"),
        ({"calendars": [{**CALENDAR, "audience": {"kind": "region", "key": "33x"}}]}, "/calendars/0", "区划"),
        ({"calendars": [{**CALENDAR, "weekdays": []}]}, "/calendars/0/weekdays", ""),
        ({"calendars": [{**CALENDAR, "cut_off": "24:00"}]}, "/calendars/0/cut_off", ""),
    ],
)
async def test_a_rule_that_cannot_hold_is_pointed_at(
    world: World, rules: dict[str, Any], pointer: str, words: str
) -> None:
    street = await Street.open(world)
    refused = await street.rules(422, **rules)
    assert refused["errors"][0]["pointer"] == pointer and words in refused["errors"][0]["detail"]
    assert (await street.seller.get("/order-rules"))["version"] == 0


async def test_the_audit_trail_tells_which_rules_went_and_which_came(world: World) -> None:
    street = await Street.open(world)
    await street.rules(minimums=[{"audience": ALL, "min_fen": 100}], calendars=[CALENDAR])
    await street.rules(minimums=[{"audience": ALL, "min_fen": 200}], calendars=[CALENDAR])
    entry = (await street.seller.get("/audit"))["items"][0]
    told = {"audience": "all", "kind": "minimum"}
    assert entry["verb"] == "set_order_rules"
    assert entry["changes"] == {"removed": [{**told, "min_fen": 100}], "added": [{**told, "min_fen": 200}]}


async def test_a_manager_sees_which_rule_says_what_before_a_store_meets_it(world: World) -> None:
    street = await Street.open(world)
    minimum = {"audience": {"kind": "buyer", "buyer_id": street.store.id}, "min_fen": 30_000}
    goods = {"audience": ALL, "category_id": world.category_id, "multiple": 6}
    await street.rules(minimums=[minimum], goods=[goods], calendars=[CALENDAR])
    line = {"product_id": street.goods[0].id, "qty": 7}
    order = {"buyer_id": street.store.id, "total_fen": 30_000, "lines": [line], "at": BEFORE.isoformat()}
    tried = await street.seller.post("/order-rules/try", order)
    assert [(said["kind"], said["audience"], said["met"]) for said in tried["said"]] == [
        ("minimum", street.store.name, True), ("goods", "所有客户", False), ("calendar", "所有客户", True),
    ]  # fmt: skip
    assert tried["said"][2]["says"] == "周一三五送货，16:00 截单，备货 2 天"
    assert tried["terms"]["dates"][0] == "2026-11-27"


RULES = st.fixed_dictionaries({
    "minimums": st.lists(st.integers(1, 30_000).map(lambda fen: {"audience": ALL, "min_fen": fen}), max_size=1),
    "goods": st.lists(st.fixed_dictionaries({"audience": st.just(ALL), "min_qty": st.none() | st.integers(1, 60),
                                             "multiple": st.integers(1, 12)}), max_size=1),
    "calendars": st.lists(st.fixed_dictionaries({
        "audience": st.just(ALL), "weekdays": st.lists(st.integers(1, 7), min_size=1, unique=True),
        "cut_off": st.sampled_from([None, "12:00", "16:00"]), "lead_days": st.integers(0, 3)}), max_size=1),
})  # fmt: skip
DAYS = st.dates(date(2026, 11, 25), date(2026, 12, 6))


async def test_what_the_quote_finds_nothing_wrong_with_is_taken_and_the_rest_is_not(world: World) -> None:
    street = await Street.open(world)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(RULES, st.dictionaries(DAYS, st.booleans(), max_size=5), st.none() | DAYS, st.integers(1, 100),
           st.integers(0, 2), st.integers(0, 23))  # fmt: skip
    async def agree(
        rules: dict[str, Any], days: dict[date, bool], wished: date | None, pieces: int, cases: int, hour: int
    ) -> None:
        await street.rules(**rules)
        special = [{"day": day.isoformat(), "is_open": is_open} for day, is_open in days.items()]
        await db.run("DELETE FROM calendar_day WHERE seller_id = $1", street.dealer.id)
        await street.seller.post("/order-rules/days", {"set": special})
        lines = [(0, False, pieces), *([(0, True, cases)] if cases else [])]
        wish = {"wished_on": wished and wished.isoformat()}
        with clock.frozen(datetime(2026, 11, 24, 16, tzinfo=UTC) + timedelta(hours=hour)):
            found = (await street.quote(*lines, **wish))["terms"]["findings"]
            answer = await street.buyer.call("POST", "/orders", {**cart(street.goods, *lines), **wish})
        assert answer.status_code == (422 if found else 201), (found, answer.text)
        if found:
            assert [e["detail"] for e in answer.json()["errors"]] == [finding["detail"] for finding in found]

    await run(agree)


async def run(case: Any) -> None:
    """Run a property of coroutines in this event loop: Hypothesis makes the cases in a thread of its own."""
    loop = asyncio.get_running_loop()
    inner = case.hypothesis.inner_test

    def blocking(*args: Any, **named: Any) -> None:
        asyncio.run_coroutine_threadsafe(inner(*args, **named), loop).result()

    case.hypothesis.inner_test = blocking
    await asyncio.to_thread(case)
