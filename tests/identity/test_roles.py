"""Roles that an org builds: who may build which, at once effective, and asked of wherever a permission is asked."""

from __future__ import annotations

from typing import Any

import pytest

from server.approvals import people
from server.core import db
from server.identity.holders import holds
from server.identity.roles import PERMISSIONS, ROLES
from server.notify import queries as notices
from tests.identity.test_sessions import open_stream, rest_of
from tests.world import PASSWORD, User, World, phone


async def built(keeper: User, name: str, base: str, *held: str) -> dict[str, Any]:
    """A role, made through the API."""
    made = await keeper.post("/roles", {"base": base, "name": name, "permissions": list(held)}, 201)
    return next(item for item in made["items"] if item["name"] == name)


async def hire(keeper: User, org_id: int, role_id: int, **more: Any) -> User:
    """Somebody with that role."""
    new = {"org_id": org_id, "name": "客服小周", "phone": phone(), "password": PASSWORD, "role_id": role_id, **more}
    made = await keeper.post("/accounts", new, 201)
    return await User(keeper.http, made["id"], new["phone"], keeper.actor).sign_in()


async def test_a_role_changed_in_the_office_changes_what_a_colleague_may_do_with_his_next_press(world: World) -> None:
    dealer = await world.dealer()
    role = await built(world.admin, "区域客服", "brand_rep", "order.read", "channel.read")
    clerk = await hire(world.admin, world.brand.id, role["id"], dealer_ids=[dealer.id])
    me = await clerk.get("/me")
    assert me["role_name"] == "区域客服" and me["permissions"] == ["channel.read", "order.read"]
    await clerk.get(f"/orgs/{dealer.id}")
    await clerk.get("/stock", 403)
    edit = {"version": 1, "permissions": ["order.read", "stock.read"]}
    async with open_stream(clerk) as lines:
        await world.admin.call("PATCH", f"/roles/{role['id']}", edit)
        assert world.admin.last.status_code == 200, world.admin.last.text
        assert await rest_of(lines) == ""  # the page opens a new stream, and asks anew who it is
    await clerk.get("/stock")
    await clerk.get(f"/orgs/{dealer.id}", 403)
    changes = await db.value("SELECT changes::text FROM audit_entry WHERE subject_kind = 'role' AND verb = 'edit' "
                             "AND subject_id = $1", role["id"])  # fmt: skip
    assert '"added": ["stock.read"]' in changes and '"removed": ["channel.read"]' in changes


async def test_nobody_builds_or_hands_out_more_than_he_holds(world: World) -> None:
    dealer = await world.dealer()
    owner = await world.boss(dealer)
    helper = await built(owner, "账号助理", "dealer_clerk", "account.manage", "role.manage", "order.read")
    clerk = await hire(owner, dealer.id, helper["id"])
    beyond = {"base": "dealer_clerk", "name": "越权", "permissions": ["order.read", "order.approve"]}
    refused = await clerk.post("/roles", beyond, 403)
    assert "审核订单" in refused["detail"]
    new = {"org_id": dealer.id, "name": "内勤", "phone": phone(), "password": PASSWORD, "role": "dealer_clerk"}
    await clerk.post("/accounts", new, 403)
    strong = await built(owner, "出库主管", "dealer_warehouse", "order.read", "order.issue")
    await clerk.call("PATCH", f"/roles/{strong['id']}", {"version": 1, "permissions": ["order.read"]})
    assert clerk.last.status_code == 403
    await clerk.post(f"/roles/{strong['id']}/retire", {"version": 1}, 403)
    await clerk.call("PATCH", f"/roles/{helper['id']}", {"version": 1, "permissions": ["order.read"]})
    assert clerk.last.status_code == 403 and "自己正在使用" in clerk.last.json()["detail"]
    await clerk.post(f"/accounts/{owner.account_id}/freeze", {"reason": "试试"}, 403)


async def test_a_dealers_role_never_holds_what_is_the_brands(world: World) -> None:
    owner = await world.boss(await world.dealer())
    wanted = {"base": "dealer_clerk", "name": "商品管理", "permissions": ["catalog.manage"]}
    refused = await owner.post("/roles", wanted, 422)
    assert "维护商品" in refused["detail"] and refused["errors"][0]["pointer"] == "/permissions"
    await owner.post("/roles", {**wanted, "base": "brand_manager", "permissions": ["order.read"]}, 422)
    await owner.post("/roles", {**wanted, "permissions": ["no.such"]}, 422)
    # Who sees only some dealers must not build a role that sees all.
    await world.admin.post("/roles", {"base": "brand_rep", "name": "片区", "permissions": ["role.manage"]}, 422)


async def test_a_role_of_another_org_is_of_no_use_and_names_may_meet_only_across_orgs(world: World) -> None:
    one, two = await world.boss(await world.dealer()), await world.boss(await world.dealer())
    role = await built(one, "导购", "dealer_clerk", "order.read")
    await built(two, "导购", "dealer_clerk", "order.read")
    again = await one.post("/roles", {"base": "dealer_clerk", "name": " 导购 ", "permissions": ["order.read"]}, 409)
    assert again["code"] == "role_name_taken"
    new = {"org_id": two.actor.org_id, "name": "甲", "phone": phone(), "password": PASSWORD, "role_id": role["id"]}
    await two.post("/accounts", new, 404)
    await two.call("PATCH", f"/roles/{role['id']}", {"version": 1, "name": "改名"})
    assert two.last.status_code == 404
    mine = await two.post("/accounts", {**new, "role": "dealer_clerk"}, 422)
    assert mine["errors"][0]["pointer"] == "/role"
    # The brand may give a dealer's person that dealer's own role, and no other.
    await world.admin.post("/accounts", {**new, "org_id": one.actor.org_id}, 201)
    await world.admin.post("/accounts", {**new, "org_id": world.brand.id, "phone": phone()}, 404)


async def test_whoever_retires_a_role_says_where_its_people_go_and_they_lose_nothing_unasked(world: World) -> None:
    dealer = await world.dealer()
    role = await built(world.admin, "区域客服", "brand_rep", "order.read", "channel.read")
    clerk = await hire(world.admin, world.brand.id, role["id"], dealer_ids=[dealer.id])
    asked = await world.admin.post(f"/roles/{role['id']}/retire", {"version": 1}, 409)
    assert asked["code"] == "role_in_use" and asked["accounts"] == 1
    wider = {"version": 1, "move_to": "brand_manager"}
    await world.admin.post(f"/roles/{role['id']}/retire", wider, 422)
    assert (await clerk.get("/me"))["role_name"] == "区域客服"
    left = await world.admin.post(f"/roles/{role['id']}/retire", {"version": 1, "move_to": "brand_rep"})
    assert role["id"] not in [item["id"] for item in left["items"]]
    assert (await clerk.get("/me"))["role_name"] == "业务员"
    await clerk.get(f"/orgs/{dealer.id}")  # his dealers are still his
    await world.admin.post(f"/roles/{role['id']}/retire", {"version": 2}, 404)
    await built(world.admin, "区域客服", "brand_rep", "order.read")  # the name is free again


async def test_two_who_edit_a_role_at_once_do_not_overwrite_each_other(world: World) -> None:
    role = await built(world.admin, "客服", "brand_manager", "order.read")
    for version, status in ((1, 200), (1, 409), (2, 200)):
        await world.admin.call("PATCH", f"/roles/{role['id']}", {"version": version, "note": f"第 {version} 版"})
        assert world.admin.last.status_code == status, world.admin.last.text


async def test_who_decides_and_who_is_told_follows_the_built_role_and_not_its_base(world: World) -> None:
    dealer = await world.dealer()
    silent = await built(world.admin, "片区观察", "brand_rep", "order.read")
    decides = await built(world.admin, "片区审核", "brand_rep", "order.read", "order.approve")
    keeper = await built(world.admin, "发货员", "brand_finance", "order.read", "order.issue")
    watcher = await hire(world.admin, world.brand.id, silent["id"], dealer_ids=[dealer.id])
    decider = await hire(world.admin, world.brand.id, decides["id"], dealer_ids=[dealer.id])
    issuer = await hire(world.admin, world.brand.id, keeper["id"])
    (found,) = await people.asked(world.brand.id, [people.Want(dealer.id, "permission:order.approve", True)])
    asked = {item["id"] for item in found.people}
    assert asked == {decider.account_id}
    told = {item["id"] for item in await notices.people(world.brand.id, "order.issue")}
    assert told == {world.admin.account_id, issuer.account_id}
    assert watcher.account_id not in asked | told


async def test_a_substitute_needs_the_permission_whatever_his_role_is_called(world: World) -> None:
    rep = await world.user(world.brand, "brand_rep")
    role = await built(world.admin, "只看不审", "brand_manager", "order.read")
    other = await hire(world.admin, world.brand.id, role["id"])
    days = {"from_on": "2099-01-01", "until_on": "2099-01-02"}
    away = {"account_id": rep.account_id, "substitute_id": other.account_id, **days}
    refused = await rep.post("/substitutes", away, 422)
    assert "没有审批权限" in refused["detail"]


@pytest.mark.parametrize("permission", ["order.approve", "account.manage", "order.create"])
async def test_the_database_and_the_session_agree_about_who_holds_a_permission(world: World, permission: str) -> None:
    dealer = await world.dealer()
    store = await world.store(dealer)
    orgs = {"brand": world.brand, "dealer": dealer, "store": store}
    people = {role: await world.user(orgs[role.split("_")[0]], role) for role in ROLES}
    owner = await world.boss(dealer)
    for held in (["order.approve", "order.read"], ["order.create"]):
        role = await built(owner, f"角色{held[0]}", "dealer_driver", *held)
        people[held[0]] = await hire(owner, dealer.id, role["id"])
    ids = [person.account_id for person in people.values()]
    statement = f"SELECT a.id FROM account a WHERE a.id = ANY ($1) AND ({holds(permission)})"
    by_database = {item["id"] for item in await db.rows(statement, ids)}
    by_session = {p.account_id for p in people.values() if permission in (await p.get("/me"))["permissions"]}
    assert by_database == by_session and by_session


async def test_the_matrix_shows_every_permission_of_every_role_and_what_it_opens(world: World) -> None:
    role = await built(world.admin, "区域客服", "brand_rep", "order.read")
    await hire(world.admin, world.brand.id, role["id"])
    matrix = await world.admin.get("/permissions")
    keys = {item["key"]: item for group in matrix["groups"] for item in group["permissions"]}
    shown = {item["name"]: item for item in matrix["roles"]}
    assert shown["区域客服"]["accounts"] == 1 and shown["区域客服"]["bound"] and shown["区域客服"]["mine"]
    assert shown["店主"]["permissions"] == sorted(ROLES["store_owner"])
    assert "POST /api/v1/orders/<order_id:int>/approve" in keys["order.approve"]["operations"]
    assert keys["order.create"]["kinds"] == ["dealer", "store"]
    assert set(keys) == set(PERMISSIONS)
    assert [key for key, item in keys.items() if not item["note"]] == [], "say in permissions.py what it lets do"
    for item in keys.values():  # what is ticked along must be within reach of all that may hold it
        assert all(set(item["kinds"]) <= set(keys[need]["kinds"]) for need in item["needs"]), item
    store = await (await world.boss(await world.store(await world.dealer()))).get("/permissions")
    assert {item["kind"] for item in store["roles"]} == {"store"}
