"""Who may sell what where: what is granted, what is refused and with whose name, and what ends."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from server.channel.models import Org
from server.core import clock, db
from server.territory import service
from server.territory.moves import after_move
from tests.world import User, World

HANGZHOU, XIHU, ZHEJIANG, NINGBO, COUNTRY = "330100", "330106", "330000", "330200", "000000"


def day(after: int) -> str:
    """A day so many days from today."""
    return (clock.today() + timedelta(days=after)).isoformat()


def new(dealer: Org, *codes: str, **more: Any) -> dict[str, Any]:
    return {"org_id": dealer.id, "region_codes": list(codes), "from_on": day(0), **more}


async def grant(world: World, dealer: Org, *codes: str, status: int = 201, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await world.admin.post("/authorities", new(dealer, *codes, **more), status)
    return answer


async def listed(who: User, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.get("/authorities", params=query))["items"]
    return found


async def category(world: World, name: str, parent: int | None = None) -> int:
    made = await world.admin.post("/categories", {"name": name, "parent_id": parent}, 201)
    return int(made["id"])


async def change(who: User, authority: dict[str, Any], status: int = 204, **edit: Any) -> Any:
    body = {"version": authority["version"], **edit}
    answer = await who.call("PATCH", f"/authorities/{authority['id']}", body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def test_one_press_grants_every_region_with_every_category(world: World) -> None:
    dealer, drinks, snacks = await world.dealer(), world.category_id, await category(world, "零食")
    more: dict[str, Any] = {
        "category_ids": [drinks, snacks],
        "exclusive": True,
        "until_on": day(30),
        "note": "年度",
    }
    assert (await grant(world, dealer, HANGZHOU, NINGBO, **more))["rows"] == 4
    found = await listed(world.admin, org_id=dealer.id)
    assert {(item["region_name"], item["category_name"]) for item in found} == {
        ("浙江省杭州市", "饮料"), ("浙江省杭州市", "零食"), ("浙江省宁波市", "饮料"), ("浙江省宁波市", "零食"),
    }  # fmt: skip
    one = found[0]
    assert (one["exclusive"], one["until_on"], one["note"]) == (True, day(30), "年度")
    assert one["standing"] == "current" and one["granted_by_name"] == world.admin.actor.name
    trail = (await world.admin.get("/audit", params={"subject_kind": "org", "subject_id": dealer.id}))["items"]
    assert trail[0]["verb"] == "grant_authority" and trail[0]["changes"]["regions"] == ["浙江省杭州市", "浙江省宁波市"]


async def test_what_lies_in_another_choice_is_not_granted_a_second_time(world: World) -> None:
    dealer, soda = await world.dealer(), await category(world, "汽水", world.category_id)
    categories = [world.category_id, soda]
    assert (await grant(world, dealer, XIHU, HANGZHOU, NINGBO, NINGBO, category_ids=categories))["rows"] == 2
    found = await listed(world.admin, org_id=dealer.id)
    assert {(item["region_code"], item["category_id"]) for item in found} == {
        (HANGZHOU, world.category_id), (NINGBO, world.category_id)}  # fmt: skip


@pytest.mark.parametrize("theirs", [XIHU, HANGZHOU, ZHEJIANG, COUNTRY])
@pytest.mark.parametrize(("one", "two"), [(True, True), (True, False), (False, True)])
async def test_an_exclusive_territory_is_nobody_elses_and_the_refusal_says_whose_it_is(
    world: World, theirs: str, one: bool, two: bool
) -> None:
    holder, other = await world.dealer(name="杭州老糖酒"), await world.dealer()
    await grant(world, holder, HANGZHOU, exclusive=one, until_on=day(10))
    refused = await grant(world, other, theirs, status=409, exclusive=two)
    assert refused["code"] == "authority_conflict"
    for word in ("杭州老糖酒", "浙江省杭州市", "全部品类", day(10)):
        assert word in refused["detail"], refused["detail"]
    conflict = refused["conflicts"][0]
    assert (conflict["kind"], conflict["org"]["id"], conflict["wanted_region_code"]) == ("taken", holder.id, theirs)
    assert await listed(world.admin, org_id=other.id) == []


async def test_open_territories_are_shared_and_neighbours_are_not_in_the_way(world: World) -> None:
    holder, other = await world.dealer(), await world.dealer()
    await grant(world, holder, HANGZHOU, exclusive=True)
    await grant(world, other, NINGBO, exclusive=True)
    await grant(world, holder, "340000")
    await grant(world, other, "340000")
    # 3301 (杭州) is no beginning of 3302, and 33 none of 34.
    await grant(world, other, "340100", "330300")


async def test_only_what_has_products_in_common_is_in_the_way(world: World) -> None:
    holder, other = await world.dealer(), await world.dealer()
    soda = await category(world, "汽水", world.category_id)
    snacks = await category(world, "零食")
    await grant(world, holder, HANGZHOU, category_ids=[soda], exclusive=True)
    await grant(world, other, HANGZHOU, category_ids=[snacks], exclusive=True)
    for meeting in ([world.category_id], [soda], []):  # the one above, itself, everything
        refused = await grant(world, other, XIHU, status=409, category_ids=meeting)
        assert "汽水" in refused["detail"]
    cola = await category(world, "可乐", soda)
    await grant(world, other, XIHU, status=409, category_ids=[cola])


@pytest.mark.parametrize(
    ("from_on", "until_on", "free"),
    [(10, 20, False), (5, 10, False), (20, None, False), (0, None, False),
     (0, 9, True), (21, 30, True), (21, None, True)],
)  # fmt: skip
async def test_days_that_do_not_meet_are_free(world: World, from_on: int, until_on: int | None, free: bool) -> None:
    holder, other = await world.dealer(), await world.dealer()
    await grant(world, holder, HANGZHOU, exclusive=True, from_on=day(10), until_on=day(20))
    until = None if until_on is None else day(until_on)
    await grant(world, other, HANGZHOU, status=201 if free else 409, from_on=day(from_on), until_on=until)


async def test_an_upper_dealer_and_those_below_it_share_even_an_exclusive_territory(world: World) -> None:
    upper = await world.dealer()
    lower, sibling = await world.dealer(upper), await world.dealer(upper)
    await grant(world, upper, ZHEJIANG, exclusive=True)
    await grant(world, lower, HANGZHOU, exclusive=True)
    refused = await grant(world, sibling, XIHU, status=409)
    assert refused["conflicts"][0]["org"]["id"] == lower.id  # beside each other they do not
    await grant(world, sibling, NINGBO, exclusive=True)


async def test_the_same_authority_is_not_granted_twice(world: World) -> None:
    dealer = await world.dealer()
    await grant(world, dealer, HANGZHOU, until_on=day(10))
    refused = await grant(world, dealer, HANGZHOU, NINGBO, status=409, from_on=day(5))
    assert refused["conflicts"][0]["kind"] == "twice" and refused["conflict_count"] == 1
    await grant(world, dealer, HANGZHOU, from_on=day(11))
    await grant(world, dealer, XIHU)  # a part of it, on other terms


async def test_a_lower_dealer_gets_no_more_than_its_supplier_has(world: World) -> None:
    upper = await world.dealer(name="浙江总代")
    lower = await world.dealer(upper)
    soda, snacks = await category(world, "汽水", world.category_id), await category(world, "零食")
    await grant(world, lower, "340000")  # as long as the supplier has none, nothing bounds
    await world.admin.post("/authorities/revoke", {"ids": [(await listed(world.admin))[0]["id"]], "reason": "重新划分"})
    await grant(world, upper, ZHEJIANG, category_ids=[world.category_id], until_on=day(100))
    until = day(100)
    for codes, more in (
        (["340000"], {"category_ids": [soda], "until_on": until}),
        ([COUNTRY], {"category_ids": [soda], "until_on": until}),
        ([HANGZHOU], {"category_ids": [snacks], "until_on": until}),
        ([HANGZHOU], {"until_on": until}),  # everything
        ([HANGZHOU], {"category_ids": [soda], "until_on": day(101)}),
        ([HANGZHOU], {"category_ids": [soda]}),  # without end
    ):
        refused = await grant(world, lower, *codes, status=409, **more)
        assert "浙江总代" in refused["detail"] and refused["conflicts"][0]["kind"] == "outside", refused
    await grant(world, lower, HANGZHOU, category_ids=[soda], until_on=until)
    # What the supplier has in two parts, one after the other, it has.
    await grant(world, upper, NINGBO, category_ids=[world.category_id], from_on=day(101), until_on=day(200))
    await grant(world, lower, NINGBO, category_ids=[world.category_id], until_on=day(200))


async def test_the_supplier_that_bounds_is_the_nearest_one_that_has_any(world: World) -> None:
    upper = await world.dealer()
    middle = await world.dealer(upper)
    lower = await world.dealer(middle)
    await grant(world, upper, ZHEJIANG)
    await grant(world, lower, "340000", status=409)
    await grant(world, lower, HANGZHOU)
    await grant(world, middle, NINGBO, status=409)  # it would leave the lower one outside
    await grant(world, middle, NINGBO, HANGZHOU)
    await grant(world, lower, "330300", status=409)


async def test_nothing_is_taken_from_under_a_lower_dealer_unawares(world: World) -> None:
    upper = await world.dealer()
    lower = await world.dealer(upper, name="杭州分销")
    await grant(world, upper, ZHEJIANG, "340000")
    await grant(world, lower, HANGZHOU)
    mine = next(item for item in await listed(world.admin, org_id=upper.id) if item["region_code"] == ZHEJIANG)
    body = {"ids": [mine["id"]], "reason": "收缩"}
    refused = await world.admin.post("/authorities/revoke", body, 409)
    assert refused["code"] == "lower_authorities" and "杭州分销" in refused["detail"]
    await change(world.admin, mine, 409, until_on=day(5))
    assert (await world.admin.post("/authorities/revoke", {**body, "and_below": True}))["rows"] == 2
    assert [item["standing"] for item in await listed(world.admin, org_id=lower.id)] == ["revoked"]


async def test_a_revoked_authority_frees_the_territory_today_and_stays_with_its_reason(world: World) -> None:
    holder, other = await world.dealer(), await world.dealer()
    await grant(world, holder, HANGZHOU, exclusive=True, from_on=day(-10))
    mine = (await listed(world.admin, org_id=holder.id))[0]
    for reason in ("", "   "):
        await world.admin.post("/authorities/revoke", {"ids": [mine["id"]], "reason": reason}, 422)
    await world.admin.post("/authorities/revoke", {"ids": [mine["id"]], "reason": "窜货"})
    again = await world.admin.post("/authorities/revoke", {"ids": [mine["id"]], "reason": "窜货"}, 409)
    assert again["code"] == "authority_ended"
    ended = (await listed(world.admin, standing="revoked"))[0]
    assert (ended["revoke_reason"], ended["revoked_on"], ended["revoked_by_name"]) == (
        "窜货", day(0), world.admin.actor.name)  # fmt: skip
    await change(world.admin, ended, 409, note="x")
    await grant(world, other, HANGZHOU, exclusive=True)
    actor = world.admin.actor
    held = [await service.covers(actor, holder.id, XIHU, world.category_id, clock.today() + timedelta(days=n))
            for n in (-11, -10, -1, 0)]  # fmt: skip
    assert held == [None, True, True, None]


async def test_a_change_is_checked_like_a_grant_and_of_two_editors_the_second_is_told(world: World) -> None:
    holder, other = await world.dealer(), await world.dealer()
    await grant(world, holder, HANGZHOU, until_on=day(10))
    await grant(world, other, HANGZHOU, from_on=day(5), until_on=day(20))
    mine = (await listed(world.admin, org_id=holder.id))[0]
    assert "独家" not in (await change(world.admin, mine, 409, exclusive=True))["detail"]  # the other one is open
    await change(world.admin, mine, until_on=day(4), exclusive=True, note="到月底")
    late = await change(world.admin, mine, 409, note="别的")
    assert late["code"] == "stale_version"
    mine = (await listed(world.admin, org_id=holder.id))[0]
    assert (mine["until_on"], mine["exclusive"], mine["note"], mine["version"]) == (day(4), True, "到月底", 2)
    await change(world.admin, mine, 409, until_on=None)
    await change(world.admin, mine, 422, until_on=day(-1))
    trail = (await world.admin.get("/audit", params={"subject_kind": "org", "subject_id": holder.id}))["items"]
    assert trail[0]["changes"]["until_on"] == [day(10), day(4)] and trail[0]["changes"]["region"] == "浙江省杭州市"


async def test_what_is_no_grant_is_refused_field_by_field(world: World) -> None:
    dealer = await world.dealer()
    store = await world.store(dealer)
    wrong: list[tuple[dict[str, Any], int, str]] = [
        (new(dealer, "330199"), 422, "/region_codes/0"),
        (new(dealer), 422, "/region_codes"),
        (new(dealer, HANGZHOU, until_on=day(-1), from_on=day(-5)), 422, "/until_on"),
        (new(dealer, HANGZHOU, until_on=day(1), from_on=day(2)), 422, "/until_on"),
        (new(dealer, HANGZHOU, category_ids=[2**50]), 422, "/category_ids"),
        (new(store, HANGZHOU), 422, "/org_id"),
    ]
    for body, status, pointer in wrong:
        for path in ("/authorities", "/authorities/check"):
            assert (await world.admin.post(path, body, status))["errors"][0]["pointer"] == pointer
    stranger = await (await World.create(world.http)).dealer()
    await world.admin.post("/authorities", new(stranger, HANGZHOU), 404)


async def test_the_form_is_told_before_anything_is_written(world: World) -> None:
    holder, other = await world.dealer(), await world.dealer()
    lower = await world.dealer(holder)
    await grant(world, holder, HANGZHOU, exclusive=True)
    seen = await world.admin.post("/authorities/check", new(other, XIHU, NINGBO))
    assert (seen["rows"], seen["conflict_count"]) == (2, 1)
    assert seen["conflicts"][0]["org"] == {"id": holder.id, "name": holder.name}
    beyond = await world.admin.post("/authorities/check", new(lower, NINGBO))
    assert [item["kind"] for item in beyond["conflicts"]] == ["outside"]
    assert (await world.admin.post("/authorities/check", new(lower, XIHU)))["conflicts"] == []
    assert len(await listed(world.admin)) == 1


async def test_of_two_who_grant_the_same_territory_at_once_one_wins(world: World) -> None:
    dealers = [await world.dealer() for _ in range(6)]
    managers = [await world.user(world.brand, "brand_manager") for _ in dealers]
    answers = await asyncio.gather(
        *(who.call("POST", "/authorities", new(dealer, HANGZHOU, exclusive=True))
          for who, dealer in zip(managers, dealers, strict=True))
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(await listed(world.admin)) == 1


async def test_everybody_sees_his_own_territories_and_those_below(world: World) -> None:
    upper, stranger = await world.dealer(), await world.dealer()
    lower = await world.dealer(upper)
    await grant(world, upper, ZHEJIANG)
    await grant(world, lower, HANGZHOU)
    await grant(world, stranger, "340000")
    rep = await world.user(world.brand, "brand_rep", [upper])
    seen = {who: {item["org"]["id"] for item in await listed(user)} for who, user in
            {"upper": await world.boss(upper), "lower": await world.boss(lower), "rep": rep}.items()}  # fmt: skip
    assert seen == {"upper": {upper.id, lower.id}, "lower": {lower.id}, "rep": {upper.id, lower.id}}
    assert await listed(await world.boss(lower), org_id=stranger.id) == []


async def test_the_list_is_narrowed_by_region_category_day_and_standing(world: World) -> None:
    dealer, snacks = await world.dealer(), await category(world, "零食")
    await grant(world, dealer, ZHEJIANG, category_ids=[snacks])
    await grant(world, dealer, XIHU, category_ids=[world.category_id], exclusive=True, until_on=day(7))
    await grant(world, dealer, NINGBO, from_on=day(3))
    await grant(world, dealer, "340000", from_on=day(-3), until_on=day(0))

    async def found(**query: Any) -> set[str]:
        return {item["region_code"] for item in await listed(world.admin, **query)}

    assert await found(region_code=HANGZHOU) == {ZHEJIANG, XIHU}  # what covers it, and what lies in it
    assert await found(region_code=COUNTRY) == {ZHEJIANG, XIHU, NINGBO, "340000"}
    assert await found(category_id=snacks) == {ZHEJIANG, NINGBO, "340000"}
    assert await found(on=day(-1)) == {"340000"}
    assert await found(standing="future") == {NINGBO}
    assert await found(standing="current") == {ZHEJIANG, XIHU, "340000"}
    assert await found(exclusive="true") == {XIHU}
    assert await found(ends_within=6) == {"340000"} and await found(ends_within=7) == {"340000", XIHU}
    await db.run("UPDATE authority SET until_on = $2 WHERE org_id = $1 AND region_code = '340000'", dealer.id,
                 date.fromisoformat(day(-1)))  # fmt: skip
    assert await found(standing="ended") == {"340000"}
    first = await world.admin.get("/authorities", params={"limit": 3})
    rest = await world.admin.get("/authorities", params={"limit": 3, "cursor": first["next_cursor"]})
    assert len(first["items"]) == 3 and len(rest["items"]) == 1 and rest["next_cursor"] is None


async def test_a_move_in_the_tree_shows_what_it_would_do_to_territories(world: World) -> None:
    old, fresh = await world.dealer(name="老上级"), await world.dealer(name="新上级")
    moving = await world.dealer(old)
    below = await world.dealer(moving)
    await grant(world, old, ZHEJIANG, exclusive=True)
    await grant(world, fresh, "340000")
    await grant(world, moving, HANGZHOU, NINGBO)
    await grant(world, below, XIHU)
    actor = world.admin.actor
    found = await after_move(actor, moving, fresh)
    # Hangzhou and Ningbo lie outside Anhui; the lower dealer's stay within Hangzhou. All meet the old one's Zhejiang.
    assert sorted((item.kind, item.org.name, item.wanted_region_code) for item in found) == [
        ("outside", "新上级", HANGZHOU), ("outside", "新上级", NINGBO),
        ("taken", "老上级", HANGZHOU), ("taken", "老上级", XIHU), ("taken", "老上级", NINGBO),
    ]  # fmt: skip
    assert await after_move(actor, below, old) == []
    question = {"parent_id": fresh.id}
    seen = await world.admin.post(f"/orgs/{moving.id}/move/preview", question)
    told = next(item for item in seen["consequences"] if item["topic"] == "authority")
    assert (
        told["forbids"] and told["title"].startswith("2 条") and "3 条" in told["title"] and len(told["details"]) == 5
    )
    body = {**question, "version": seen["version"], "reason": "调整"}
    assert (await world.admin.post(f"/orgs/{moving.id}/move", body, 409))["code"] == "move_forbidden"
    ids = [item["id"] for who in (moving, below) for item in await listed(world.admin, org_id=who.id)]
    await world.admin.post("/authorities/revoke", {"ids": ids, "reason": "随上级调整"})
    await world.admin.post(f"/orgs/{moving.id}/move", body)
