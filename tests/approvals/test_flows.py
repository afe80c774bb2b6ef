"""The steps of an approval as data: who is asked, in which order, and what a change of them changes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from bot import jobs
from server.channel.models import Org
from server.core import clock, db
from tests.identity.test_roles import built
from tests.orders.test_life import cart
from tests.world import Product, User, World

REP, MANAGER = "permission:order.approve", "role:brand_manager"


def step(name: str, who: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "who": who, **more}


class Desk:
    """A brand with a rep, a manager and a controller of finance, and a dealer who buys goods at 3.00."""

    dealer: Org
    rep: User
    manager: User
    finance: User
    role: str
    buyer: User
    goods: list[Product]

    def __init__(self, world: World) -> None:
        self.world = world

    @classmethod
    async def open(cls, world: World, **second: Any) -> Desk:
        desk = cls(world)
        desk.dealer = await world.dealer()
        desk.goods = await world.products(1)
        await world.offer(world.brand, desk.goods)
        await world.stock(world.brand, desk.goods[0], 1000)
        desk.rep = await world.user(world.brand, "brand_rep", [desk.dealer])
        desk.manager = await world.user(world.brand, "brand_manager")
        rights = ("order.read", "order.approve", "order.over_credit", "settlement.read")
        role_id = (await built(world.admin, "财务复核", "brand_finance", *rights))["id"]
        desk.role = f"custom:{role_id}"
        desk.finance = await world.user(world.brand, "brand_finance")
        await db.run("UPDATE account SET role_id = $1 WHERE id = $2", role_id, desk.finance.account_id)
        desk.buyer = await world.boss(desk.dealer)
        return desk

    async def flow(self, *steps: dict[str, Any], status: int = 200, **more: Any) -> Any:
        version = (await self.manager.get("/approval-flows/order"))["version"]
        return await self.manager.post(
            "/approval-flows/order", {"version": version, "steps": list(steps), **more}, status
        )

    async def three(self, **more: Any) -> None:
        await self.flow(
            step("初审", REP, reps_first=True),
            step("复审", MANAGER, above_fen=9_000),
            step("财务复核", self.role, above_fen=30_000),
            **more,
        )

    async def order(self, pieces: int) -> int:
        return int((await self.buyer.post("/orders", cart(self.goods, (0, False, pieces)), 201))["id"])

    async def approve(self, who: User, order: int, status: int = 200) -> Any:
        return await who.post(f"/orders/{order}/approve", {}, status)

    async def steps(self, order: int) -> list[tuple[str, str | None, list[str]]]:
        shown = (await self.manager.get(f"/orders/{order}"))["approval"]["steps"]
        return [(item["state"], item["decided_by"], item["deciders"]) for item in shown]


async def test_a_large_order_goes_from_the_rep_to_the_manager_to_finance_and_each_sees_how_far_it_is(
    world: World,
) -> None:
    desk = await Desk.open(world)
    await desk.three()
    names = [user.actor.name for user in (desk.rep, desk.manager, desk.finance)]
    # 100 pieces at 3.00 are 300.00, for which finance is not asked; 101 are 303.00.
    order = await desk.order(101)
    assert await desk.steps(order) == [
        ("now", None, names[:1]), ("later", None, names[1:2]), ("later", None, names[2:])]  # fmt: skip
    assert [item[0] for item in await desk.steps(await desk.order(100))] == ["now", "later", "skipped"]

    await desk.approve(desk.rep, order)
    refused = await desk.approve(desk.rep, order, 403)
    assert "复审" in refused["detail"]
    await desk.approve(desk.manager, order)
    assert [item[:2] for item in await desk.steps(order)] == [("done", names[0]), ("done", names[1]), ("now", None)]
    waiting = (await desk.finance.get("/approvals"))["items"]
    assert [(item["subject_id"], item["step_no"], item["decides"]) for item in waiting][-1] == (order, 3, True)
    assert (await desk.approve(desk.manager, order, 403))["code"] == "forbidden"
    assert (await desk.approve(desk.finance, order))["state"] == "approved"
    events = (await desk.buyer.get(f"/orders/{order}"))["events"]
    assert [(event["verb"], event["account_name"]) for event in events[1:]] == [
        ("pass_on", names[0]), ("pass_on", names[1]), ("approve", names[2])]  # fmt: skip
    assert (await desk.buyer.get(f"/orders/{order}"))["approval"]["steps"] == []  # not the buyer's affair


async def test_what_an_earlier_step_cut_down_passes_without_the_later_one(world: World) -> None:
    desk = await Desk.open(world)
    await desk.three()
    order = await desk.order(200)
    await desk.approve(desk.rep, order)
    # The manager lets 100 of 200 pieces pass: 300.00, for which finance is not asked.
    part = {"lines": [{"line_no": 1, "approved_qty": 100}]}
    assert (await desk.manager.post(f"/orders/{order}/approve", part))["state"] == "approved"
    assert [item[0] for item in await desk.steps(order)] == ["done", "done", "skipped"]


async def test_each_in_his_turn_means_that_not_even_finance_may_skip_the_manager(world: World) -> None:
    desk = await Desk.open(world)
    await desk.three(in_turn=True)
    order = await desk.order(200)
    await desk.approve(desk.finance, order, 200)  # holds the right of the first step too
    await desk.approve(desk.finance, order, 403)
    await desk.approve(desk.manager, order)
    assert (await desk.approve(desk.finance, order))["state"] == "approved"


async def test_who_holds_a_later_step_decides_alone(world: World) -> None:
    desk = await Desk.open(world)
    await desk.three()
    order = await desk.order(200)
    assert (await desk.approve(desk.finance, order))["state"] == "approved"
    assert {item[1] for item in await desk.steps(order)} == {desk.finance.actor.name}


async def test_the_next_order_asks_the_new_person_and_the_one_under_way_keeps_its_steps(world: World) -> None:
    desk = await Desk.open(world)
    await desk.flow(step("初审", REP, reps_first=True), step("复审", MANAGER, above_fen=0))
    before = await desk.order(1)
    other = await world.user(world.brand, "brand_manager")
    await desk.flow(step("初审", REP, reps_first=True), step("复审", f"account:{other.account_id}", above_fen=0))
    after = await desk.order(1)
    names = sorted([desk.manager.actor.name, other.actor.name])
    assert [sorted((await desk.steps(order))[1][2]) for order in (before, after)] == [names, [other.actor.name]]
    await desk.approve(desk.rep, after)
    await desk.approve(desk.manager, after, 403)
    assert (await desk.approve(other, after))["state"] == "approved"


async def test_an_order_over_the_credit_limit_a_first_order_and_a_low_price_ask_finance_whatever_the_amount(
    world: World,
) -> None:
    desk = await Desk.open(world)
    asks = {"over_credit": True, "first_order": True, "below_guide_pct": 10}
    await desk.flow(step("初审", REP, reps_first=True), step("财务复核", desk.role, **asks))
    assert (await desk.approve(desk.rep, await desk.order(1)))["state"] == "submitted"  # the first order
    usual = await desk.order(1)
    assert (await desk.approve(desk.rep, usual))["state"] == "approved"
    await world.credit(world.brand, desk.dealer, 1_000)  # 3.00 are committed, so 7.00 are left
    over = await desk.order(3)
    assert (await desk.approve(desk.rep, over))["state"] == "submitted"
    answer = await desk.finance.post(f"/orders/{over}/approve", {"override_credit": True})
    assert answer["state"] == "approved"
    await world.credit(world.brand, desk.dealer, None)
    await world.offer(world.brand, desk.goods, 270)  # ten percent below 3.00
    low = {**cart(desk.goods, (0, False, 1))}
    low["lines"][0]["price_fen"] = 270  # type: ignore[index]
    cheap = int((await desk.buyer.post("/orders", low, 201))["id"])
    assert (await desk.approve(desk.rep, cheap))["state"] == "submitted"


async def test_of_many_who_decide_at_once_each_step_is_taken_once(world: World) -> None:
    desk = await Desk.open(world)
    await desk.three(in_turn=True)
    more = [await world.user(world.brand, "brand_manager") for _ in range(2)]
    order = await desk.order(200)
    crowd = [desk.rep, desk.manager, *more, desk.finance]
    for user in crowd:
        await user.sign_in()
    for _ in range(3):
        await asyncio.gather(*(user.call("POST", f"/orders/{order}/approve", {}) for user in crowd))
    events = (await desk.manager.get(f"/orders/{order}"))["events"]
    verbs = [event["verb"] for event in events]
    taken = await db.rows(
        "SELECT t.step_no, t.reached FROM approval_taken t "
        "JOIN approval a ON a.root_id = t.root_id AND a.id = t.approval_id "
        "WHERE a.subject_id = $1 AND a.root_id = $2 ORDER BY 1",
        order,
        world.brand.id,
    )
    assert verbs == ["submit", *["pass_on"] * (len(taken) - 1), "approve"]
    assert [(item["step_no"], item["reached"]) for item in taken] in ([(1, 1), (2, 2), (3, 3)], [(1, 2), (3, 3)])


async def test_a_substitute_takes_the_step_of_who_is_away_whatever_his_own_right(world: World) -> None:
    desk = await Desk.open(world)
    await desk.three()
    day = clock.today().isoformat()
    away = {
        "account_id": desk.manager.account_id,
        "substitute_id": desk.rep.account_id,
        "from_on": day,
        "until_on": day,
    }
    order = await desk.order(50)
    await desk.approve(desk.rep, order)
    await desk.approve(desk.rep, order, 403)
    await desk.manager.post("/substitutes", away, 201)
    assert (await desk.steps(order))[1][2] == [desk.rep.actor.name]
    assert (await desk.approve(desk.rep, order))["state"] == "approved"


async def test_when_those_of_a_step_have_left_the_administrator_is_asked_and_can_decide(world: World) -> None:
    desk = await Desk.open(world)
    await desk.three()
    order = await desk.order(50)
    await desk.approve(desk.rep, order)
    await world.admin.post(f"/accounts/{desk.manager.account_id}/freeze", {"reason": "离职"})
    shown = (await world.admin.get(f"/orders/{order}"))["approval"]["steps"][1]
    assert world.admin.actor.name in shown["deciders"] and shown["stuck"] is True
    flow = await world.admin.get("/approval-flows/order")
    assert [bool(item["warning"]) for item in flow["steps"]] == [False, True, False]
    assert "没有人" in flow["steps"][1]["warning"]
    assert (await desk.approve(world.admin, order))["state"] == "approved"


HOPELESS: list[tuple[list[dict[str, Any]], str, str]] = [
    ([step("初审", REP, above_fen=1)], "/steps/0", "第一步"),
    ([step("初审", REP), step("复审", "role:brand_warehouse")], "/steps/1/who", "没有人"),
    ([step("初审", REP), step("复审", "account:1")], "/steps/1/who", "没有人"),
    ([step("初审", REP), step("复审", "custom:99999999999999999999")], "/steps/1/who", "没有人"),
    ([step("初审", "permission:order.create")], "/steps/0/who", "没有人"),
    ([step("初审", REP, escalate_hours=4)], "/steps/0/escalate_to", "一起"),
    ([step("初审", REP, escalate_hours=4, escalate_to="role:brand_finance")], "/steps/0/escalate_to", "没有人"),
    ([step("初审", "everybody")], "/steps/0/who", ""),
    ([], "/steps", ""),
]


async def test_a_step_that_nobody_could_take_is_refused_by_its_place(world: World) -> None:
    desk = await Desk.open(world)
    for steps, pointer, words in HOPELESS:
        refused = await desk.flow(*steps, status=422)
        assert refused["errors"][0]["pointer"] == pointer and words in refused["errors"][0]["detail"]
    assert (await desk.manager.get("/approval-flows/order"))["version"] == 0


async def test_of_two_who_change_the_steps_at_once_the_second_is_told(world: World) -> None:
    desk = await Desk.open(world)
    body = {"version": 0, "steps": [step("初审", REP)]}
    await desk.manager.sign_in()
    await world.admin.sign_in()
    answers = await asyncio.gather(
        *(u.call("POST", "/approval-flows/order", body) for u in (desk.manager, world.admin))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_change_of_the_steps_is_kept_with_what_they_were(world: World) -> None:
    desk = await Desk.open(world)
    await desk.flow(step("初审", REP))
    await desk.flow(step("初审", REP), step("复审", MANAGER, above_fen=500))
    entry = (await desk.manager.get("/audit"))["items"][0]
    first = {"name": "初审", "who": REP, "remind_hours": 4}
    second = {"name": "复审", "who": MANAGER, "above_fen": 500, "remind_hours": 4}
    assert (entry["verb"], entry["changes"]) == (
        "set_approval_steps", {"kind": "order", "steps": [[first], [first, second]]})  # fmt: skip


async def test_who_would_be_asked_can_be_seen_before_an_order_comes(world: World) -> None:
    desk = await Desk.open(world)
    asks = {"above_fen": 30_000, "over_credit": True}
    await desk.flow(step("初审", REP, reps_first=True), step("财务复核", desk.role, **asks))
    await world.credit(world.brand, desk.dealer, 20_000)

    async def asked(amount: int) -> list[tuple[bool, list[str]]]:
        query = f"buyer_id={desk.dealer.id}&amount_fen={amount}"
        found = await desk.manager.get(f"/approval-flows/order/simulate?{query}")
        return [(item["asked"], item["people"]) for item in found["steps"]]

    rep, finance = [desk.rep.actor.name], [desk.finance.actor.name]
    # The limit of 200.00 asks finance before the amount of 300.00 does.
    assert await asked(20_000) == [(True, rep), (False, finance)]
    assert await asked(20_001) == [(True, rep), (True, finance)]
    other = await world.dealer()
    query = f"buyer_id={other.id}&amount_fen=1"
    found = await desk.manager.get(f"/approval-flows/order/simulate?{query}")
    # Nobody looks after this dealer: the managers are asked, and finance, but not the administrator.
    assert set(found["steps"][0]["people"]) == {desk.manager.actor.name, desk.finance.actor.name}
    assert found["first_order"] is True


async def test_transfers_returns_and_stocktakes_have_steps_of_their_own_by_their_amount(world: World) -> None:
    desk = await Desk.open(world)
    steps = [step("审核", MANAGER), step("财务复核", desk.role, above_fen=30_000)]
    for document in ("transfer", "return", "stocktake"):
        await desk.manager.post(f"/approval-flows/{document}", {"version": 0, "steps": steps})
        assert [one["name"] for one in (await desk.manager.get(f"/approval-flows/{document}"))["steps"]] == [
            "审核", "财务复核",
        ]  # fmt: skip
    query = f"buyer_id={desk.dealer.id}&amount_fen="
    for amount, both in ((30_000, False), (30_001, True)):
        found = await desk.manager.get(f"/approval-flows/return/simulate?{query}{amount}")
        assert [one["asked"] for one in found["steps"]] == [True, both]
    assert [one["name"] for one in (await desk.manager.get("/approval-flows/order"))["steps"]] == ["审核"]
    stranger = await (await World.create(world.http)).dealer()
    await desk.manager.get(f"/approval-flows/return/simulate?buyer_id={stranger.id}&amount_fen=1", 404)
    await desk.manager.get("/approval-flows/order-of-nobody", 404)
    await desk.manager.post("/approval-flows/payment", {"version": 0, "steps": steps}, 404)


async def test_a_step_left_too_long_is_asked_of_those_named_for_it_who_can_then_decide(world: World) -> None:
    desk = await Desk.open(world)
    late = {"escalate_hours": 2, "escalate_to": desk.role, "reps_first": True}
    await desk.flow(step("初审", "role:brand_rep", **late), in_turn=True)
    noon = clock.now().astimezone(clock.zone()).replace(hour=9, minute=0) + timedelta(days=1)
    with clock.frozen(noon):
        order = await desk.order(1)
        await desk.approve(desk.finance, order, 403)
    with clock.frozen(noon + timedelta(hours=1, minutes=59)):
        await jobs.escalate_approvals()
        await desk.approve(desk.finance, order, 403)
    with clock.frozen(noon + timedelta(hours=2, minutes=1)):
        await jobs.escalate_approvals()
        assert (await desk.finance.get("/approvals"))["items"][0]["is_escalated"] is True
        assert (await desk.approve(desk.finance, order))["state"] == "approved"
