"""While somebody is away, another decides in his place."""

from __future__ import annotations

from datetime import timedelta

from server.approvals import people
from server.core import clock
from server.identity.service import actor_for
from tests.world import User, World


def away(who: User, substitute: User, start: int = 0, days: int = 3) -> dict[str, object]:
    first = clock.today() + timedelta(days=start)
    last = first + timedelta(days=days)
    return {
        "account_id": who.account_id,
        "substitute_id": substitute.account_id,
        "from_on": first.isoformat(),
        "until_on": last.isoformat(),
    }


async def asked(world: World, dealer_id: int) -> list[int]:
    (found,) = await people.asked(world.brand.id, [people.Want(dealer_id, "permission:order.approve", True)])
    return [item["id"] for item in found.people]


async def test_the_orders_of_a_rep_on_holiday_are_asked_of_his_substitute_and_come_back_to_him(world: World) -> None:
    east, west = await world.dealer(), await world.dealer()
    rep = await world.user(world.brand, "brand_rep", [east])
    other = await world.user(world.brand, "brand_rep", [west])
    assert await asked(world, east.id) == [rep.account_id]
    await other.get(f"/orgs/{east.id}", 404)

    made = await rep.post("/substitutes", away(rep, other), 201)
    assert await asked(world, east.id) == [other.account_id]
    assert await asked(world, west.id) == [other.account_id]
    await other.get(f"/orgs/{east.id}")  # he sees the dealers for whom he decides

    with clock.frozen(clock.now() + timedelta(days=4)):
        assert await asked(world, east.id) == [rep.account_id]
        assert set((await actor_for(other.account_id)).scope) == {west.path}
    await rep.call("DELETE", f"/substitutes/{made['items'][0]['id']}")
    assert rep.last.status_code == 204
    assert await asked(world, east.id) == [rep.account_id]
    await other.get(f"/orgs/{east.id}", 404)


async def test_nobody_is_covered_by_someone_who_is_away_so_that_no_order_waits_for_no_one(world: World) -> None:
    dealer = await world.dealer()
    reps = [await world.user(world.brand, "brand_rep", [dealer]) for _ in range(3)]
    await reps[0].post("/substitutes", away(reps[0], reps[1]), 201)
    again = await reps[0].post("/substitutes", away(reps[0], reps[2]), 409)
    assert again["code"] == "substitute_away"
    await reps[2].post("/substitutes", away(reps[2], reps[0]), 409)
    await reps[1].post("/substitutes", away(reps[1], reps[2]), 409)
    await reps[1].post("/substitutes", away(reps[1], reps[2], start=4), 201)


async def test_a_rep_cannot_hand_over_a_colleague_s_dealers_nor_give_his_to_someone_who_may_not_decide(
    world: World,
) -> None:
    dealer = await world.dealer()
    rep, other = [await world.user(world.brand, "brand_rep", [dealer]) for _ in range(2)]
    keeper = await world.user(world.brand, "brand_warehouse")
    owner = await world.user(dealer, "dealer_owner")
    await rep.post("/substitutes", away(other, rep), 403)
    await rep.post("/substitutes", away(rep, keeper), 422)
    await rep.post("/substitutes", away(rep, owner), 404)
    await rep.post("/substitutes", away(rep, other, start=-9, days=2), 422)
    listed = await world.admin.post("/substitutes", away(other, rep), 201)
    assert [item["substitute_name"] for item in listed["items"]] == [rep.actor.name]
    await rep.call("DELETE", f"/substitutes/{listed['items'][0]['id']}")
    assert rep.last.status_code == 403
