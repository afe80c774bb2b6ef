"""The channel tree: who adds, changes and freezes whom; addresses."""

from __future__ import annotations

from typing import Any

from server.channel.service import MAX_DEPTH
from server.core import db
from tests.world import World


def new(parent_id: int, kind: str = "store", **more: Any) -> dict[str, Any]:
    return {"parent_id": parent_id, "kind": kind, "name": "新客户", **more}


async def test_the_tree_is_as_deep_as_the_trade_and_everybody_sees_his_own_subtree(world: World) -> None:
    region = await world.dealer()
    county = await world.dealer(region)
    town = await world.dealer(county)
    store = await world.store(town)
    assert store.path == f"/{world.brand.id}/{region.id}/{county.id}/{town.id}/{store.id}/"
    middle = await world.boss(county)
    seen = [item["id"] for item in (await middle.get("/orgs"))["items"]]
    assert seen == [county.id, town.id, store.id]
    await middle.get(f"/orgs/{region.id}", 404)


async def test_the_tree_has_an_end_before_the_database_has(world: World) -> None:
    org = world.brand
    for _ in range(MAX_DEPTH):
        org = await world.dealer(org)
    refused = await world.admin.post("/orgs", new(org.id, "dealer"), 422)
    assert refused["code"] == "org_misplaced"


async def test_dealers_add_below_themselves_and_nobody_adds_below_a_store(world: World) -> None:
    dealer, other = await world.dealer(), await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    made = await boss.post("/orgs", new(dealer.id, root_id=1, status="frozen", path="/1/"), 201)
    assert (made["parent_id"], made["status"]) == (dealer.id, "active") and made["path"].startswith(dealer.path)
    await boss.post("/orgs", new(dealer.id, "dealer"), 201)
    assert (await boss.post("/orgs", new(store.id), 422))["code"] == "org_misplaced"
    for stranger in (other.id, world.brand.id, 2**52):
        await boss.post("/orgs", new(stranger), 404)
    assert (await boss.post("/orgs", new(dealer.id, "brand"), 422))["errors"][0]["pointer"] == "/kind"
    clerk = await world.user(dealer, "dealer_clerk")
    await clerk.post("/orgs", new(dealer.id), 403)


async def test_a_name_of_blanks_is_no_name(world: World) -> None:
    answer = await world.admin.post("/orgs", new(world.brand.id, "dealer", name="   "), 422)
    assert answer["errors"] == [{"pointer": "/name", "detail": "不能为空"}]


async def test_of_two_editors_the_second_one_is_told_and_the_trail_says_what_changed(world: World) -> None:
    dealer = await world.dealer()
    path = f"/orgs/{dealer.id}"
    assert (await world.admin.call("PATCH", path, {"version": 1, "name": "华东一部"})).json()["version"] == 2
    late = await world.admin.call("PATCH", path, {"version": 1, "name": "华东二部"})
    assert late.status_code == 409 and late.json()["code"] == "stale_version"
    trail = (await world.admin.get("/audit", params={"subject_kind": "org", "subject_id": dealer.id}))["items"]
    assert trail[0]["verb"] == "edit" and trail[0]["changes"] == {"name": [dealer.name, "华东一部"]}
    assert trail[0]["account_name"] == world.admin.actor.name


async def test_a_dealer_does_not_grant_himself_better_terms_and_does_not_freeze_himself(world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    for terms in ({"price_group": "vip"}, {"grade": "A"}):
        assert (await boss.call("PATCH", f"/orgs/{dealer.id}", {"version": 1, **terms})).status_code == 403
    assert (await boss.call("PATCH", f"/orgs/{dealer.id}", {"version": 1, "address": "新仓"})).status_code == 200
    await boss.post(f"/orgs/{dealer.id}/freeze", {"reason": "试试"}, 403)
    await boss.post(f"/orgs/{dealer.id}/unfreeze", {}, 403)


async def test_freezing_needs_a_reason_that_is_kept_until_the_end_of_it(world: World) -> None:
    store = await world.store(await world.dealer())
    path = f"/orgs/{store.id}"
    for reason in ("", "  ", None):
        await world.admin.post(path + "/freeze", {"reason": reason}, 422)
    frozen = await world.admin.post(path + "/freeze", {"reason": "地址不实"})
    assert (frozen["status"], frozen["frozen_reason"], frozen["version"]) == ("frozen", "地址不实", 2)
    free = await world.admin.post(path + "/unfreeze")
    assert (free["status"], free["frozen_reason"]) == ("active", None)
    trail = (await world.admin.get("/audit", params={"subject_kind": "org", "subject_id": store.id}))["items"]
    assert [item["verb"] for item in trail] == ["unfreeze", "freeze", "create"]


async def test_one_address_is_the_default_and_a_removed_one_is_gone(world: World) -> None:
    keeper = await world.boss(await world.store(await world.dealer()))
    place = {"contact_name": "李店", "contact_phone": "13800000000", "detail": "人民路 1 号"}
    first = await keeper.post("/addresses", place, 201)
    assert first["is_default"]  # the only one
    second = await keeper.post("/addresses", {**place, "detail": "人民路 2 号", "is_default": True}, 201)
    listed = (await keeper.get("/addresses"))["items"]
    assert [(item["id"], item["is_default"]) for item in listed] == [(second["id"], True), (first["id"], False)]
    for status in (204, 404):
        assert (await keeper.call("DELETE", f"/addresses/{first['id']}")).status_code == status
    assert (await keeper.post("/addresses", {**place, "contact_phone": "12"}, 422))["errors"][0]["pointer"] == (
        "/contact_phone"
    )


async def test_a_dealer_does_not_free_what_the_brand_has_frozen_and_the_brand_frees_what_the_dealer_has(
    world: World,
) -> None:
    dealer = await world.dealer()
    boss, path = await world.boss(dealer), f"/orgs/{(await world.store(dealer)).id}"
    await world.admin.post(path + "/freeze", {"reason": "窜货"})
    assert "上级" in (await boss.post(path + "/unfreeze", {}, 403))["detail"]
    # Nor by freezing it once more, as his own.
    await boss.post(path + "/freeze", {"reason": "欠款"}, 403)
    assert (await boss.get(path))["frozen_reason"] == "窜货"
    assert (await world.admin.post(path + "/unfreeze"))["status"] == "active"
    for who in (boss, world.admin):
        await boss.post(path + "/freeze", {"reason": "欠款"})
        assert (await who.post(path + "/unfreeze"))["status"] == "active"


async def test_a_region_that_does_not_exist_is_named_and_one_that_was_there_before_may_stay(world: World) -> None:
    boss = await world.boss(await world.dealer())
    for code in ("330199", "990000", "330104"):  # 江干区 was merged into 上城区 in 2021
        refused = await world.admin.post("/orgs", new(world.brand.id, "dealer", region_code=code), 422)
        assert code in refused["detail"] and refused["errors"][0]["pointer"] == "/region_code"
    place = {"contact_name": "李店", "contact_phone": "13800000000", "detail": "人民路 1 号", "region_code": "330199"}
    assert (await boss.post("/addresses", place, 422))["errors"][0]["pointer"] == "/region_code"
    await boss.post("/addresses", {**place, "region_code": "330106"}, 201)
    dealer = await world.dealer(region_code="330106")
    await db.run("UPDATE org SET region_code = '330104' WHERE id = $1", dealer.id)
    path = f"/orgs/{dealer.id}"
    kept = await world.admin.call("PATCH", path, {"version": 1, "region_code": "330104", "name": "老经销商"})
    assert kept.status_code == 200 and kept.json()["region_code"] == "330104"
    wrong = await world.admin.call("PATCH", path, {"version": 2, "region_code": "330103"})
    assert wrong.status_code == 422
