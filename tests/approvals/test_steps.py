"""Who decides, in how many steps, and what a decision lets pass."""

from __future__ import annotations

from tests.orders.test_life import cart
from tests.world import Product, User, World, balances


class Desk:
    """A brand with a rep, two managers and a dealer who buys; goods at 3.00, 500 of each in stock."""

    rep: User
    other_rep: User
    manager: User
    dealer: User
    goods: list[Product]

    def __init__(self, world: World) -> None:
        self.world = world

    @classmethod
    async def open(cls, world: World, above_fen: int | None = 10_000) -> Desk:
        desk = cls(world)
        buyer = await world.dealer()
        desk.goods = await world.products(2)
        await world.offer(world.brand, desk.goods)
        for item in desk.goods:
            await world.stock(world.brand, item, 500)
        desk.rep = await world.user(world.brand, "brand_rep", [buyer])
        desk.other_rep = await world.user(world.brand, "brand_rep", [buyer])
        desk.manager = await world.user(world.brand, "brand_manager")
        desk.dealer = await world.boss(buyer)
        await world.two_steps(desk.manager, above_fen)
        return desk

    async def order(self, *pieces: int) -> int:
        lines = [(n, False, count) for n, count in enumerate(pieces)]
        return int((await self.dealer.post("/orders", cart(self.goods, *lines), 201))["id"])

    async def approval(self, order_id: int) -> int:
        return int((await self.dealer.get(f"/orders/{order_id}"))["approval"]["id"])


async def test_exactly_the_limit_needs_one_person_one_piece_more_needs_two(world: World) -> None:
    desk = await Desk.open(world, 9_000)
    # 30 pieces at 3.00 are 90.00, the limit itself; 31 are 93.00.
    at_limit, above = await desk.order(30), await desk.order(31)
    assert (await desk.rep.post(f"/orders/{at_limit}/approve", {}))["state"] == "approved"
    waiting = await desk.rep.post(f"/orders/{above}/approve", {})
    assert waiting["state"] == "submitted" and waiting["approval"]["step_no"] == 2
    assert "approve" not in waiting["actions"] and "reject" not in waiting["actions"]
    assert (await balances(world.brand))[desk.goods[0].id, "warehouse"] == (500, 30)
    assert (await desk.manager.post(f"/orders/{above}/approve", {}))["state"] == "approved"


async def test_the_amount_that_counts_is_what_would_pass_not_what_was_asked_for(world: World) -> None:
    desk = await Desk.open(world, 9_000)
    order = await desk.order(100)
    part = {"lines": [{"line_no": 1, "approved_qty": 30}]}
    assert (await desk.rep.post(f"/orders/{order}/approve", part))["state"] == "approved"


async def test_the_second_decision_confirms_what_the_first_proposed(world: World) -> None:
    desk = await Desk.open(world, 9_000)
    order = await desk.order(100, 20)
    part = {"lines": [{"line_no": 1, "approved_qty": 50}], "rest": "back_order"}
    await desk.rep.post(f"/orders/{order}/approve", part)
    await desk.manager.post(f"/approvals/{await desk.approval(order)}/decide", {"decision": "approve"}, 204)
    shown = await desk.dealer.get(f"/orders/{order}")
    assert shown["state"] == "approved"
    assert [line["approved_qty"] for line in shown["lines"]] == [50, 0]
    # The rest follows as the first decider chose: 50 and 20 pieces at 3.00.
    rest = next(item for item in (await desk.dealer.get("/orders"))["items"] if item["id"] != order)
    assert (rest["state"], rest["total_fen"]) == ("submitted", 21_000)


async def test_the_second_decider_sees_what_the_first_proposed_and_the_buyer_does_not(world: World) -> None:
    desk = await Desk.open(world, 9_000)
    order = await desk.order(100, 20)
    part = {"lines": [{"line_no": 1, "approved_qty": 50}], "rest": "back_order", "note": "先发一半"}
    await desk.rep.post(f"/orders/{order}/approve", part)
    # 50 pieces at 3.00
    assert (await desk.manager.get(f"/orders/{order}"))["approval"]["proposal"] == {
        "lines": [{"line_no": 1, "approved_qty": 50}, {"line_no": 2, "approved_qty": 0}],
        "rest": "back_order",
        "amount_fen": 15_000,
        "note": "先发一半",
        "proposed_by": desk.rep.actor.name,
    }
    assert (await desk.dealer.get(f"/orders/{order}"))["approval"]["proposal"] is None
    await desk.manager.post(f"/orders/{order}/approve", {})
    assert (await desk.manager.get(f"/orders/{order}"))["approval"]["proposal"] is None


async def test_a_proposal_to_pass_everything_names_every_line(world: World) -> None:
    desk = await Desk.open(world, 9_000)
    order = await desk.order(100, 20)
    await desk.rep.post(f"/orders/{order}/approve", {})
    proposal = (await desk.manager.get(f"/orders/{order}"))["approval"]["proposal"]
    assert [line["approved_qty"] for line in proposal["lines"]] == [100, 20]
    assert (proposal["rest"], proposal["amount_fen"]) == ("drop", 36_000)


async def test_the_second_decider_may_grant_other_quantities(world: World) -> None:
    desk = await Desk.open(world, 9_000)
    order = await desk.order(100)
    await desk.rep.post(f"/orders/{order}/approve", {"lines": [{"line_no": 1, "approved_qty": 50}]})
    more = {"lines": [{"line_no": 1, "approved_qty": 80}]}
    assert (await desk.manager.post(f"/orders/{order}/approve", more))["approved_fen"] == 24_000


async def test_what_waits_for_the_second_step_is_no_longer_for_the_first_to_decide(world: World) -> None:
    desk = await Desk.open(world)
    order = await desk.order(100)
    await desk.rep.post(f"/orders/{order}/approve", {})
    for person in (desk.rep, desk.other_rep):
        again = await person.post(f"/orders/{order}/approve", {}, 403)
        late = await person.post(f"/orders/{order}/reject", {"reason": "停供"}, 403)
        assert "复审" in again["detail"] and "复审" in late["detail"]
    assert (await desk.manager.post(f"/orders/{order}/reject", {"reason": "停供"}))["state"] == "rejected"


async def test_who_may_take_the_second_step_decides_alone(world: World) -> None:
    desk = await Desk.open(world, 0)
    order = await desk.order(100)
    assert (await desk.manager.post(f"/orders/{order}/approve", {}))["state"] == "approved"
    await world.two_steps(desk.manager, None)
    assert (await desk.rep.post(f"/orders/{await desk.order(100)}/approve", {}))["state"] == "approved"


async def test_a_late_decision_is_told_who_decided_what(world: World) -> None:
    desk = await Desk.open(world)
    order = await desk.order(1)
    approval = await desk.approval(order)
    await desk.rep.post(f"/approvals/{approval}/decide", {"decision": "reject", "reason": "暂停供货"}, 204)
    late = await desk.manager.post(f"/approvals/{approval}/decide", {"decision": "approve"}, 409)
    assert late["code"] == "approval_decided"
    assert late["decided_by"] == desk.rep.actor.name and "驳回" in late["detail"] and "暂停供货" in late["detail"]


async def test_a_rejection_says_why(world: World) -> None:
    desk = await Desk.open(world)
    approval = await desk.approval(await desk.order(1))
    await desk.rep.post(f"/approvals/{approval}/decide", {"decision": "reject", "reason": " "}, 422)
    waiting = (await desk.rep.get("/approvals"))["items"]
    assert [item["id"] for item in waiting] == [approval]


async def test_a_rep_decides_about_the_own_dealers_only(world: World) -> None:
    desk = await Desk.open(world)
    stranger = await world.user(world.brand, "brand_rep", [await world.dealer()])
    order = await desk.order(1)
    approval = await desk.approval(order)
    await stranger.post(f"/orders/{order}/approve", {}, 404)
    await stranger.post(f"/approvals/{approval}/decide", {"decision": "approve"}, 404)
    assert (await stranger.get("/approvals"))["items"] == []
    # Nor does he learn who decided.
    await desk.rep.post(f"/orders/{order}/approve", {})
    await stranger.post(f"/approvals/{approval}/decide", {"decision": "approve"}, 404)


async def test_an_approval_can_be_found_after_it_was_decided(world: World) -> None:
    desk = await Desk.open(world)
    passed, refused, gone = [await desk.order(1) for _ in range(3)]
    await desk.rep.post(f"/orders/{passed}/approve", {})
    await desk.rep.post(f"/orders/{refused}/reject", {"reason": "停供"})
    await desk.dealer.post(f"/orders/{gone}/cancel", {"reason": "订错"})

    async def subjects(state: str) -> list[int]:
        return [item["subject_id"] for item in (await desk.rep.get(f"/approvals?state={state}"))["items"]]

    assert [await subjects(state) for state in ("pending", "approved", "rejected", "void")] == [
        [], [passed], [refused], [gone],
    ]  # fmt: skip
