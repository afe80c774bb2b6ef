"""Rebates from the agreement to the credit that pays: everyone sees the progress, each fen once. (S2.2, S2.3)"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.core import db
from server.rebates import progress_queries, reading, settling
from server.settings import Settings
from tests.invariants.checks import broken
from tests.orders.pdf import words_of
from tests.rebates.street import Street, on, rule
from tests.world import World, everything, key

TWO_PERCENT = rule((100_00, 200), (200_00, 300))  # from ¥100 on 2 %, from ¥200 on 3 %


@pytest.fixture
async def street(world: World, settings: Settings) -> AsyncIterator[Street]:
    """Whatever a test does with them, goods and money add up when it has ended."""
    with on(11, 5):
        built = await Street.build(world)
    yield built
    assert await broken(settings.database_url, world.brand.id) == []


async def test_a_store_sees_how_far_it_is_and_what_is_missing_to_the_next_step(street: Street) -> None:
    with on(11, 10):
        rebate = await street.agreed(TWO_PERCENT)
        await street.buy(0, 30)  # 90.00
        await street.night()
        (now,) = await street.progress(show="running")
        assert (now["rebate_id"], now["period"], now["amount_fen"], now["fen"]) == (rebate, "2026 年 11 月", 9_000, 0)
        assert now["terms"][0]["missing_words"] == "再进 ¥10.00 可返 2%"
        await street.buy(1, 40)  # 120.00 more
        await street.night()
        (now,) = await street.progress(show="running")
        assert (now["amount_fen"], now["fen"], now["terms"][0]["missing_words"]) == (21_000, 630, "")  # 3 % of 210.00
        # the dealer reads the same of his store
        (same,) = await street.progress(street.boss, rebate_id=rebate)
        assert same == now


async def test_a_period_is_settled_once_however_often_it_is_tried_and_the_credit_pays_what_is_owed(
    street: Street,
) -> None:
    with on(11, 10):
        rebate = await street.agreed(TWO_PERCENT)
        await street.buy(0, 50)  # 150.00
        await street.night()
    with on(12, 1):
        await street.night()
        assert await street.money() == (15_000, 300)
        before = await everything(street.world.brand.id)
        await asyncio.gather(settling.settle_all(), settling.settle_all())
        after = await everything(street.world.brand.id)
        assert after["rebate_entry"] == before["rebate_entry"]
        await street.night()
        assert await street.money() == (15_000, 300)
        (period, _) = (await street.boss.get(f"/rebates/{rebate}"))["periods"]
        assert (period["state"], period["settled"], period["settled_fen"]) == ("done", 1, 300)
    with on(12, 2):
        used = await street.keeper.post("/rebates/credit/use", {"amount_fen": 100})
        assert (used["receivable_fen"], used["credit_fen"], used["usable_fen"]) == (14_900, 200, 200)
        assert [(item["kind"], item["change_fen"]) for item in used["entries"]] == [("use", -100), ("settle", 300)]
        entries = (await street.keeper.get("/settlement/entries"))["items"]
        assert (entries[0]["reason"], entries[0]["receivable_change_fen"]) == ("rebate_use", -100)


async def test_credit_is_used_once_however_many_press_and_never_beyond_what_there_is(street: Street) -> None:
    with on(11, 10):
        await street.agreed(TWO_PERCENT)
        await street.buy(0, 50)
        await street.night()
    with on(12, 1):
        await street.night()
        once = {"Idempotency-Key": key()}
        for _ in range(2):  # the same press, sent twice
            await street.keeper.post("/rebates/credit/use", {"amount_fen": 60}, headers=once)
        assert await street.money() == (14_940, 240)
        wants = {"amount_fen": 100}
        pressed = [street.keeper.call("POST", "/rebates/credit/use", wants) for _ in range(3)]
        pressed += [street.boss.call("POST", "/rebates/credit/use", wants | {"buyer_id": street.store.id})] * 1
        answers = [answer.status_code for answer in await asyncio.gather(*pressed)]
        assert sorted(answers) == [200, 200, 409, 409]
        assert await street.money() == (14_740, 40)
        refused = await street.keeper.post("/rebates/credit/use", {"amount_fen": 41}, 409)
        assert (refused["code"], refused["usable_fen"]) == ("credit_short", 40)


async def test_credit_waits_where_nothing_is_owed(street: Street) -> None:
    with on(11, 10):
        await street.agreed(TWO_PERCENT)
        await street.buy(0, 50)
        paid = {"buyer_id": street.store.id, "amount_fen": 15_000, "method": "bank"}
        await street.boss.post("/payments", paid, 201)
        await street.night()
    with on(12, 1):
        await street.night()
        await street.keeper.post("/rebates/credit/use", {"amount_fen": 1}, 409)
        assert await street.money() == (0, 300)


async def test_goods_that_go_back_after_the_settlement_take_their_rebate_along(street: Street) -> None:
    with on(11, 10):
        rebate = await street.agreed(TWO_PERCENT)
        await street.buy(0, 80)  # 240.00 → 7.20
        await street.night()
    with on(12, 1):
        await street.night()
        await street.keeper.post("/rebates/credit/use", {"amount_fen": 600})
        await street.give_back(0, 30)  # 150.00 remain → 3.00: 4.20 too much, 1.20 of it still credit
        await street.night()
        await street.night()
        assert await street.money() == (24_000 - 600 - 9_000 + 300, 0)
        query = {"buyer_id": street.store.id, "period_no": 1}
        told = await street.keeper.get(f"/rebates/{rebate}/statement", params=query)
        assert [(item["kind"], item["fen"], item["from_credit_fen"], item["owed_fen"]) for item in told["entries"]] == [
            ("settle", 720, 0, 0), ("correct", -420, 120, 300),
        ]  # fmt: skip
        assert (told["progress"]["fen"], told["progress"]["settled_fen"]) == (300, 300)
        entries = (await street.keeper.get("/settlement/entries"))["items"]
        assert (entries[0]["reason"], entries[0]["receivable_change_fen"]) == ("rebate_back", 300)


async def test_a_statement_says_how_each_fen_came_about_on_screen_and_paper(street: Street) -> None:
    with on(11, 10):
        rebate = await street.agreed(TWO_PERCENT)
        await street.buy(0, 33)  # 99.00
        await street.buy(1, 34)  # 102.00: together 201.00 at 3 % are 6.03
        await street.give_back(1, 0 + 1)  # 198.00 at 2 % are 3.96
        await street.night()
        query = {"buyer_id": street.store.id, "period_no": 1}
        told = await street.keeper.get(f"/rebates/{rebate}/statement", params=query)
        lines = [(item["bought_qty"], item["qty"], item["amount_fen"], item["rebate_fen"]) for item in told["lines"]]
        assert lines == [(33, 33, 9_900, 198), (34, 33, 9_900, 198)]
        assert told["progress"]["fen"] == 396
        paper = await street.keeper.call("GET", f"/rebates/{rebate}/statement.pdf", params=query)
        words = words_of(paper.content)
        assert {"¥3.96", "¥1.98"} <= {word.strip() for word in words}, words


async def test_the_projection_is_what_the_journals_say(street: Street) -> None:
    with on(11, 10):
        rebate = await street.agreed(rule((10, 5), (100, 7), indicator="quantity", reward="per_unit"))
        other = await street.world.boss(await street.world.store(street.dealer))
        for n, qty, who in ((0, 12, street.keeper), (1, 120, other), (0, 7, other)):
            await street.buy(n, qty, who)
        await street.night()
        await street.give_back(0, 3)
        await street.night()
        kept = await db.rows(
            "SELECT buyer_id, fen, outcome::text AS said FROM rebate_progress WHERE agreement_id = $1 ORDER BY 1",
            rebate,
        )
        agreement = await progress_queries.agreement(street.world.brand.id, rebate)
        assert agreement is not None
        buyers = [item["buyer_id"] for item in kept]
        (period, *_) = reading.periods_of(agreement)
        anew = await reading.reckoned(agreement, buyers, [period])
        rows = [reading.reached(buyer, period, anew[buyer, 1][1]) for buyer in buyers]
        assert [(item["buyer_id"], item["fen"]) for item in kept] == [(row.buyer_id, row.fen) for row in rows]
        assert [json.loads(item["said"]) for item in kept] == [json.loads(row.outcome) for row in rows]
        # nine of twelve remain: below ten; 127 at seven fen
        assert [item["fen"] for item in kept] == [0, 127 * 7]


async def test_payment_in_time_decides_where_it_must(street: Street) -> None:
    must = rule((9_000, 0), indicator="payment", reward="fixed", must=True, within_days=5)
    terms = {"terms": [*TWO_PERCENT["terms"], *must["terms"]]}
    with on(11, 10):
        await street.agreed(terms)
        await street.buy(0, 50)
        await street.night()
        assert [item["fen"] for item in await street.progress()] == [300]  # nothing is due yet
    with on(11, 20):
        await street.night()
        (late,) = await street.progress()
        assert (late["fen"], late["refused"]) == (0, True)


async def test_growth_is_measured_against_a_year_before(street: Street) -> None:
    with on(11, 6):
        await street.buy(0, 100)  # 300.00
    with on(11, 10):
        until = {"from_on": "2026-11-10", "until_on": "2027-11-30"}
        await street.agreed(rule((1_000, 100), indicator="growth", reward="percent"), every="year", **until)
        await street.night()
        (now,) = await street.progress()
        assert (now["fen"], now["terms"][0]["measured"]) == (0, "没有同期")


async def test_nobody_hears_of_an_agreement_before_it_is_approved_and_its_writer_does_not_approve_it(
    street: Street,
) -> None:
    world = street.world
    with on(11, 10):
        writer, other = await world.user(world.brand, "brand_manager"), await world.user(world.brand, "brand_manager")
        made = (await writer.post("/rebates", street.new(TWO_PERCENT), 201))["id"]
        assert (await writer.post(f"/rebates/{made}/submit"))["state"] == "asked"
        await street.night()
        assert await street.progress(street.boss) == []
        await street.boss.get(f"/rebates/{made}", 404)
        own = await writer.get(f"/rebates/{made}")
        path = f"/approvals/{own['approval_id']}/decide"
        await writer.post(path, {"decision": "approve"}, 403)
        await other.post(path, {"decision": "approve"}, 204)
        await street.night()
        assert [item["rebate_id"] for item in await street.progress(street.boss)] == [made]
        assert (await street.boss.get(f"/rebates/{made}"))["periods"] == []  # what others reach is not his to see
        await street.keeper.get(f"/rebates/{made}", 404)  # it is for dealers


async def test_an_agreement_is_changed_until_it_is_submitted_and_never_over_another_change(street: Street) -> None:
    with on(11, 10):
        made = (await street.boss.post("/rebates", street.new(TWO_PERCENT), 201))["id"]
        change = {**street.new(rule((50_00, 100)), name="改过的"), "version": 1}
        assert (await street.boss.call("PATCH", f"/rebates/{made}", change)).json()["name"] == "改过的"
        assert (await street.boss.call("PATCH", f"/rebates/{made}", change)).json()["code"] == "stale_version"
        await street.boss.post(f"/rebates/{made}/submit")
        refused = await street.boss.call("PATCH", f"/rebates/{made}", {**change, "version": 3})
        assert refused.json()["code"] == "rebate_state"
        wrong = await street.boss.post("/rebates", street.new(rule((100, 300), (200, 100))), 422)
        assert wrong["errors"][0]["pointer"] == "/rule/terms/0/steps/1/value"
        stranger = {"kind": "list", "buyers": [street.dealer.id]}
        await street.boss.post("/rebates", street.new(TWO_PERCENT, audience=stranger), 422)


async def test_only_those_it_is_for_take_part_and_who_is_in_a_period_stays_to_its_end(street: Street) -> None:
    world = street.world
    with on(11, 10):
        good = await world.store(street.dealer)
        await db.run("UPDATE org SET grade = 'A' WHERE id = $1", good.id)
        rebate = await street.agreed(TWO_PERCENT, audience={"kind": "grade", "key": "A"})
        await street.night()
        await db.run("UPDATE org SET grade = CASE WHEN id = $1 THEN 'B' ELSE 'A' END WHERE parent_id = $2", good.id,
                     street.dealer.id)  # fmt: skip
        await street.night()
        found = await street.progress(street.boss, rebate_id=rebate)
        assert [item["buyer"]["id"] for item in found] == [good.id, street.store.id]
    with on(12, 2):
        await street.night()
        found = await street.progress(street.boss, rebate_id=rebate, period_no=2)
        assert [item["buyer"]["id"] for item in found] == [street.store.id]


async def test_where_finance_confirms_nothing_is_credited_before_and_a_second_press_is_told_so(street: Street) -> None:
    with on(11, 10):
        rebate = await street.agreed(TWO_PERCENT, confirmed=True)
        await street.buy(0, 50)
        await street.night()
        await street.boss.post(f"/rebates/{rebate}/confirm", {"period_no": 1}, 409)  # it is not over
    with on(12, 1):
        await street.night()
        assert await street.money() == (15_000, 0)
        assert (await street.boss.get(f"/rebates/{rebate}"))["periods"][0]["state"] == "waiting"
        await street.boss.post(f"/rebates/{rebate}/confirm", {"period_no": 1})
        assert (await street.boss.post(f"/rebates/{rebate}/confirm", {"period_no": 1}, 409))["code"] == (
            "nothing_to_confirm"
        )
        await street.night()
        assert await street.money() == (15_000, 300)


async def test_an_agreement_ends_before_its_time_with_what_was_reached_until_then(street: Street) -> None:
    with on(11, 10):
        rebate = await street.agreed(TWO_PERCENT)
        await street.buy(0, 50)
        await street.night()
        wanted: dict[str, Any] = {"last_on": "2026-11-09", "reason": "换新政策"}
        await street.boss.post(f"/rebates/{rebate}/end", wanted, 422)
        ended = await street.boss.post(f"/rebates/{rebate}/end", {**wanted, "last_on": "2026-11-10"})
        assert (ended["state"], len(ended["periods"])) == ("ended", 1)
    with on(11, 11):
        await street.buy(0, 50)  # comes too late
        await street.night()
        assert await street.money() == (30_000, 300)


async def test_the_preview_says_whom_it_is_for_and_what_it_would_have_cost(street: Street) -> None:
    with on(11, 10):
        await street.buy(0, 50)
        before = await everything(street.world.brand.id)
    with on(12, 3):
        found = await street.boss.post("/rebates/preview", street.new(TWO_PERCENT))
        assert (found["buyers"], found["from_on"], found["until_on"]) == (1, "2026-11-01", "2026-11-30")
        assert (found["amount_fen"], found["fen"], found["first"][0]["buyer"]["id"]) == (15_000, 300, street.store.id)
        assert await everything(street.world.brand.id) == before


async def test_strangers_read_and_use_nothing(street: Street) -> None:
    with on(11, 10):
        rebate = await street.agreed(TWO_PERCENT)
        await street.buy(0, 50)
        await street.night()
        other = await street.world.boss(await street.world.dealer())
        sister = await street.world.boss(await street.world.store(street.dealer))
        query = {"buyer_id": street.store.id, "period_no": 1}
        for stranger in (other, sister):
            await stranger.get(f"/rebates/{rebate}/statement", 404, params=query)
            await stranger.get("/rebates/credit", 404, params={"buyer_id": street.store.id})
            assert await street.progress(stranger, rebate_id=rebate, buyer_id=street.store.id) == []
            await stranger.post("/rebates/credit/use", {"amount_fen": 1, "buyer_id": street.store.id}, 404)
        await other.get(f"/rebates/{rebate}", 404)
        # the brand sees what its dealer's stores have, and pays nothing on their account
        assert len(await street.progress(street.world.admin, rebate_id=rebate)) == 1
        await street.world.admin.post("/rebates/credit/use", {"amount_fen": 1, "buyer_id": street.store.id}, 404)
