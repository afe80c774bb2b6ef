"""Categories that are moved into others: exclusive territories must not meet by that either."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.territory.test_authority import HANGZHOU, NINGBO, XIHU, ZHEJIANG, category, day, grant, listed, new
from tests.world import World


async def move(world: World, category_id: int, below: int | None, status: int = 200, version: int = 1) -> Any:
    """Let a category lie below another; the answer."""
    answer = await world.admin.call("PATCH", f"/categories/{category_id}", {"version": version, "parent_id": below})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_category_does_not_move_into_one_that_another_dealer_holds_there_alone(world: World) -> None:
    drinks, tea = world.category_id, await category(world, "茶饮")
    iced = await category(world, "冰茶", tea)
    holder, other = await world.dealer(name="杭州糖酒"), await world.dealer(name="西湖商贸")
    await grant(world, holder, HANGZHOU, category_ids=[drinks], exclusive=True)
    await grant(world, other, XIHU, category_ids=[iced])
    refused = await move(world, tea, drinks, 409)
    assert refused["code"] == "authority_conflict"
    assert "“西湖商贸”的 浙江省杭州市西湖区·冰茶 和“杭州糖酒”的 浙江省杭州市·饮料" in refused["detail"]
    (told,) = refused["conflicts"]
    assert (told["org"]["id"], told["dealer"]["id"], told["kind"]) == (holder.id, other.id, "taken")
    arranged = await world.admin.post("/categories/arrange", {"ids": [iced], "parent_id": drinks}, 409)
    assert arranged["code"] == "authority_conflict"
    tree = {item["id"]: item["parent_id"] for item in (await world.admin.get("/categories"))["items"]}
    assert (tree[tea], tree[iced]) == (None, tea), "what is refused changes nothing"


async def test_the_moved_category_may_be_the_one_that_is_held_alone_and_the_region_the_larger_one(world: World) -> None:
    drinks, tea = world.category_id, await category(world, "茶饮")
    holder, other = await world.dealer(name="杭州糖酒"), await world.dealer(name="西湖商贸")
    await grant(world, holder, ZHEJIANG, category_ids=[tea], exclusive=True)
    await grant(world, other, XIHU, category_ids=[drinks])
    assert "“杭州糖酒”的 浙江省·茶饮 和“西湖商贸”的" in (await move(world, tea, drinks, 409))["detail"]


async def test_what_does_not_meet_does_not_hold_a_category_where_it_is(world: World) -> None:
    drinks, tea = world.category_id, await category(world, "茶饮")
    one, two, three = [await world.dealer() for _ in range(3)]
    below = await world.dealer(one)
    await grant(world, one, HANGZHOU, category_ids=[drinks], exclusive=True)
    await grant(world, one, XIHU, category_ids=[tea])  # the same dealer
    await grant(world, below, XIHU, category_ids=[drinks])  # of the same line
    await grant(world, two, NINGBO, category_ids=[tea], exclusive=True)  # another place
    await grant(world, three, "330300", category_ids=[drinks])
    await grant(world, two, "330300", category_ids=[tea])  # neither is exclusive
    await grant(world, three, "330400", category_ids=[drinks], exclusive=True, until_on=day(9))
    await grant(world, two, "330400", category_ids=[tea], from_on=day(10))  # other days
    moved = await move(world, tea, drinks)
    assert moved["parent_id"] == drinks


async def test_a_lower_dealer_does_not_end_up_with_more_than_the_upper_one_holds(world: World) -> None:
    drinks, tea = world.category_id, await category(world, "茶饮")
    iced = await category(world, "冰茶", tea)
    upper = await world.dealer(name="浙江总代")
    lower = await world.dealer(upper, name="杭州分销")
    await grant(world, upper, ZHEJIANG, category_ids=[tea])
    await grant(world, lower, HANGZHOU, category_ids=[iced])
    refused = await move(world, iced, drinks, 409)
    assert "“杭州分销”的 浙江省杭州市·冰茶 会超出上级“浙江总代”的授权范围" in refused["detail"]
    assert (await move(world, tea, drinks))["parent_id"] == drinks, "the whole branch takes both with it"


async def test_of_a_move_and_a_grant_at_one_moment_only_one_is_done(world: World) -> None:
    drinks = world.category_id
    for round_no in range(3):
        tea = await category(world, f"茶饮{round_no}")
        holder, other = await world.dealer(), await world.dealer()
        code = (HANGZHOU, NINGBO, "330300")[round_no]
        await grant(world, holder, code, category_ids=[drinks], exclusive=True)
        edit = {"version": 1, "parent_id": drinks}
        moved, granted = await asyncio.gather(
            world.admin.call("PATCH", f"/categories/{tea}", edit),
            world.admin.call("POST", "/authorities", new(other, code, category_ids=[tea])),
        )
        assert sorted([moved.status_code // 100, granted.status_code // 100]) == [2, 4], (moved.text, granted.text)
        own = await listed(world.admin, org_id=other.id)
        assert len(own) == (granted.status_code == 201)
