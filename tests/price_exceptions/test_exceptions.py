"""Prices outside the limits: asked with a reason, decided by rep and manager, sold at for as long as it was allowed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from server.channel.models import Org
from server.core import clock, db
from tests.price_exceptions.conftest import Case
from tests.pricing.conftest import at, later
from tests.pricing.test_guides import guide
from tests.world import User


async def test_an_approved_price_is_sold_at_for_its_days_and_the_list_says_why_it_is_there(case: Case) -> None:
    shop = case.shop
    refused = await shop.set(100, 422, buyer_id=shop.store.id)
    assert refused["code"] == "price_outside_limits"
    asked = await case.ask()
    assert await shop.price() == 300, "nothing is sold at it before it is approved"
    await case.decide(case.rep, asked["id"], "approve")
    seen = await case.manager.get(f"/price-exceptions/{asked['id']}")
    assert [(step["name"], step["state"]) for step in seen["steps"]] == [("审核", "done"), ("复审", "now")]
    assert seen["decides"] and (seen["floor_fen"], seen["guide_fen"], seen["ceiling_fen"]) == (150, 300, 600)
    assert await shop.price() == 300
    await case.decide(case.manager, asked["id"], "approve", reason="下不为例")
    assert await shop.price() == 100
    await shop.order(100)
    (entry,) = (await shop.seller.get("/prices", params={"buyer_id": shop.store.id}))["items"]
    assert (entry["price_fen"], entry["exception_id"], entry["until_on"], entry["offered"]) == (
        100, asked["id"], later(7), True)  # fmt: skip
    asked_for = {"product_id": shop.product.id, "buyer_id": shop.store.id}
    (history,) = (await shop.seller.get("/prices/history", params=asked_for))["items"]
    assert (history["exception_id"], history["set_by"]) == (asked["id"], case.manager.actor.name)
    shown = await shop.seller.get(f"/price-exceptions/{asked['id']}")
    assert (shown["state"], shown["decided_by"], shown["decision_reason"]) == (
        "approved", case.manager.actor.name, "下不为例")  # fmt: skip
    with clock.frozen(at(clock.today() + timedelta(days=7), 23, 59)):
        assert await shop.price() == 100
    with clock.frozen(at(clock.today() + timedelta(days=8), 0, 0)):
        assert await shop.price() == 300


async def test_new_limits_neither_end_an_approved_price_nor_tell_of_it(case: Case) -> None:
    await db.run("UPDATE org SET grade = 'A' WHERE id = $1", case.shop.dealer.id)
    await case.approved()
    done = await guide(case.world, case.shop.product, 310, 600, grade="A")
    assert [(item["price_fen"], item["whom"]) for item in done["fallen"]] == [(300, "标准价")]
    assert await case.shop.price() == 100


async def test_a_price_that_is_set_later_takes_the_place_of_an_approved_one_and_must_be_within_the_limits(
    case: Case,
) -> None:
    await case.approved()
    await case.shop.set(100, 422, buyer_id=case.shop.store.id, until_on=later(7))
    await case.shop.set(200, buyer_id=case.shop.store.id, until_on=later(7))
    assert await case.shop.price() == 200


async def test_what_makes_no_sense_is_refused_in_words(case: Case) -> None:
    within = await case.ask(price_fen=200, status=422)
    assert within["errors"][0] == {"pointer": "/price_fen", "detail": "在指导价范围内，可以直接设置"}
    assert (await case.ask(until_on=later(400), status=422))["errors"][0]["pointer"] == "/until_on"
    assert (await case.ask(from_on=later(-1), status=422))["errors"][0]["pointer"] == "/from_on"
    assert (await case.ask(reason="  ", status=422))["errors"][0]["pointer"] == "/reason"
    first = await case.ask()
    twice = await case.ask(price_fen=90, status=409)
    assert twice["code"] == "exception_already_asked" and first["number"] in twice["detail"]
    above = await case.ask(price_fen=700, product_id=(await case.world.product(300)).id)
    assert above["number"] != first["number"], "above the ceiling is asked in the same way"


async def test_a_rejected_one_changes_no_price_and_can_be_asked_again(case: Case) -> None:
    asked = await case.ask()
    await case.decide(case.rep, asked["id"], "reject", 422)
    await case.decide(case.rep, asked["id"], "reject", reason="理由不充分")
    late = await case.decide(case.manager, asked["id"], "approve", 409)
    assert late["code"] == "approval_decided" and "理由不充分" in late["detail"]
    assert await case.shop.price() == 300
    assert (await case.ask())["id"] != asked["id"]


async def test_what_was_asked_can_be_withdrawn_by_the_side_that_asked_and_only_while_it_waits(case: Case) -> None:
    asked = await case.ask()
    path = f"/price-exceptions/{asked['id']}/withdraw"
    await case.manager.post(path, status=403)
    assert (await case.shop.seller.post(path))["state"] == "void"
    assert (await case.shop.seller.post(path, status=409))["code"] == "exception_closed"
    assert (await case.decide(case.rep, asked["id"], "approve", 409))["code"] == "approval_decided"
    approved = await case.approved()
    await case.shop.seller.post(f"/price-exceptions/{approved}/withdraw", status=409)


async def test_a_dealer_who_asked_for_one_below_that_sets_no_prices_can_take_it_back(case: Case) -> None:
    world, above = case.world, case.shop.dealer
    below = await world.dealer(above)
    await db.run("UPDATE org SET sets_prices = false WHERE id = $1", below.id)
    shop = await world.store(below)
    first = await case.ask(buyer_id=shop.id, seller_id=below.id)
    (seen,) = (await case.shop.seller.get("/price-exceptions"))["items"]
    assert (seen["id"], seen["own"], seen["seller"]["id"]) == (first["id"], True, below.id)
    stranger = await world.boss(await world.dealer())
    await stranger.post(f"/price-exceptions/{first['id']}/withdraw", status=404)
    assert (await case.shop.seller.post(f"/price-exceptions/{first['id']}/withdraw"))["state"] == "void"
    again = await case.ask(buyer_id=shop.id, seller_id=below.id)
    theirs = (await (await world.boss(below)).get("/price-exceptions"))["items"]
    assert [item["own"] for item in theirs] == [True, True], "it is about their own customer"
    assert again["id"] != first["id"], "nothing waits any more that would forbid to ask again"


async def test_what_a_manager_asked_for_a_dealer_his_colleagues_can_take_back_for_him(case: Case) -> None:
    """The side that asked is the brand, not the one person who is away today."""
    asked = await case.ask(case.manager, buyer_id=case.shop.dealer.id)
    path = f"/price-exceptions/{asked['id']}/withdraw"
    await case.shop.seller.post(path, status=404)
    assert (await (await case.world.user(case.world.brand, "brand_manager")).post(path))["state"] == "void"


async def test_nobody_decides_about_his_own_price_but_an_administrator_so_that_none_is_stuck(case: Case) -> None:
    world, dealer = case.world, case.shop.dealer
    await world.offer(world.brand, [case.shop.product])
    own = await case.ask(case.manager, buyer_id=dealer.id)
    refused = await case.decide(case.manager, own["id"], "approve", 403)
    assert "自己提出" in refused["detail"]
    other = await world.user(world.brand, "brand_manager")
    await case.decide(other, own["id"], "approve")
    shelf = (await (await world.boss(dealer)).get("/catalog/products"))["items"]
    assert [item["price_fen"] for item in shelf] == [100]
    mine = await case.ask(world.admin, buyer_id=(await world.dealer()).id)
    await case.decide(world.admin, mine["id"], "approve")


async def test_of_two_who_decide_at_once_one_does_and_the_price_is_there_once(case: Case) -> None:
    asked = await case.ask()
    managers = [case.manager, *[await case.world.user(case.world.brand, "brand_manager") for _ in range(3)]]
    approval_id = (await case.manager.get(f"/price-exceptions/{asked['id']}"))["approval_id"]

    async def press(who: Any) -> int:
        answer = await who.call("POST", f"/approvals/{approval_id}/decide", {"decision": "approve"})
        return int(answer.status_code)

    assert sorted(await asyncio.gather(*(press(who) for who in managers))) == [204, 409, 409, 409]
    entries = "SELECT count(*) FROM price WHERE exception_id = $1 AND root_id = $2"
    assert await db.value(entries, asked["id"], case.world.brand.id) == 1


async def test_what_is_approved_too_late_or_for_a_lost_customer_is_refused(case: Case) -> None:
    asked = await case.ask(until_on=later(1))
    await case.decide(case.rep, asked["id"], "approve")
    with clock.frozen(at(clock.today() + timedelta(days=2))):
        late = await case.decide(case.manager, asked["id"], "approve", 409)
        assert late["code"] == "exception_over"
        await case.decide(case.manager, asked["id"], "reject", reason="已过期")
    moved = await case.ask()
    other = await case.world.dealer()
    move = {"parent_id": other.id, "version": 1, "reason": "换供货方"}
    await case.world.admin.post(f"/orgs/{case.shop.store.id}/move", move)
    assert (await case.decide(case.manager, moved["id"], "approve", 409))["code"] == "exception_over"


async def test_the_brands_own_steps_decide_who_is_asked_by_how_far_it_is_below_the_guide_price(case: Case) -> None:
    steps = [
        {"name": "审核", "who": "permission:order.approve", "reps_first": True},
        {"name": "复审", "who": "permission:approval.second", "below_guide_pct": 60},
    ]
    flow = "/approval-flows/price-exception"
    seen = await case.manager.get(flow)
    assert [step["name"] for step in seen["steps"]] == ["审核", "复审"] and seen["version"] == 0
    await case.manager.post(flow, {"version": 0, "steps": steps})
    await case.shop.seller.get(flow, 403)
    query = {"buyer_id": case.shop.store.id, "amount_fen": 120}
    for below, asks in ((59, False), (60, True)):
        tried = await case.manager.get(f"{flow}/simulate", params={**query, "below_guide_pct": below})
        assert [step["asked"] for step in tried["steps"]] == [True, asks]
        assert tried["steps"][0]["people"] == [case.rep.actor.name], "the rep of the store's dealer"
    # 1.40 of 3.00 is 53.3 % below: the rep alone; 1.00 is 66.7 % below.
    near, far = await case.ask(price_fen=140), None
    await case.decide(case.rep, near["id"], "approve")
    assert await case.shop.price() == 140
    far = await case.ask(price_fen=100)
    await case.decide(case.rep, far["id"], "approve")
    assert (await case.manager.get(f"/price-exceptions/{far['id']}"))["state"] == "pending"


async def test_orders_keep_their_one_step_where_prices_outside_the_limits_have_two(case: Case) -> None:
    assert [step["name"] for step in (await case.manager.get("/approval-flows/order"))["steps"]] == ["审核"]
    waiting = await case.shop.seller.get("/approvals")
    assert waiting["items"] == [], "prices are the brand's to decide, not the dealer's"
    await case.ask()
    (item,) = (await case.rep.get("/approvals"))["items"]
    assert (item["subject_kind"], item["amount_fen"], item["decides"]) == ("price_exception", 100, True)


async def asks_only(case: Case, org: Org, role: str) -> User:
    """Somebody who sets prices and decides about nothing, by a role of his org's own."""
    made = await db.value(
        "INSERT INTO role (root_id, org_id, base, name, permissions, version, created_at)"
        " VALUES ($1, $2, $3, '价格专员', $4, 1, $5) RETURNING id",
        case.world.brand.id, org.id, role, ["catalog.read", "channel.read", "price.manage"], clock.now(),
    )  # fmt: skip
    user = await case.world.user(org, role)
    await db.run("UPDATE account SET role_id = $2 WHERE id = $1", user.account_id, made)
    return await user.sign_in()


async def test_who_asks_without_deciding_sees_what_became_of_it_and_nothing_of_other_orgs(case: Case) -> None:
    asker = await asks_only(case, case.shop.dealer, "dealer_clerk")
    asked = await case.ask(asker)
    (seen,) = (await asker.get("/price-exceptions"))["items"]
    assert (seen["id"], seen["own"], seen["decides"]) == (asked["id"], True, False)
    await case.decide(case.rep, asked["id"], "reject", reason="理由不充分")
    assert (await asker.get(f"/price-exceptions/{asked['id']}"))["decision_reason"] == "理由不充分"
    brands = await asks_only(case, case.world.brand, "brand_manager")
    assert (await brands.get("/price-exceptions"))["items"] == [], "the dealer's are not what the brand asked for"
    await brands.get(f"/price-exceptions/{asked['id']}", 404)
    await (await case.world.user(case.shop.dealer, "dealer_warehouse")).get("/price-exceptions", 403)
