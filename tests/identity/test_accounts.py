"""Keeping accounts: for the own org and those below, and never with more rights than one's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from server.core.actor import Actor
from server.core.errors import Forbidden
from server.identity import accounts
from server.identity.models import Account
from server.identity.schemas import AccountEdit, NewAccount, RoleName
from tests.world import World, phone


def new(org_id: int, role: str, **more: Any) -> dict[str, Any]:
    return {"org_id": org_id, "name": "小王", "phone": phone(), "password": "passw0rd-9", "role": role, **more}


async def test_a_dealer_opens_accounts_for_his_people_and_his_stores_but_not_of_another_kind(world: World) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    for org, role in ((dealer, "dealer_clerk"), (store, "store_owner")):
        assert (await boss.post("/accounts", new(org.id, role), 201))["role"] == role
    for org, role in ((dealer, "brand_admin"), (dealer, "store_owner"), (store, "dealer_owner")):
        assert (await boss.post("/accounts", new(org.id, role), 422))["code"] == "invalid_input"
    keeper = await world.boss(store)
    await keeper.post("/accounts", new(dealer.id, "dealer_clerk"), 404)


async def test_one_phone_is_one_account(world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    first = new(dealer.id, "dealer_clerk")
    await boss.post("/accounts", first, 201)
    assert (await boss.post("/accounts", {**first, "name": "另一位"}, 409))["code"] == "phone_taken"


async def test_of_two_keepers_the_second_one_is_told_that_the_record_changed(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    path = f"/accounts/{clerk.account_id}"
    assert (await boss.call("PATCH", path, {"version": 1, "name": "李四"})).json()["version"] == 2
    late = await boss.call("PATCH", path, {"version": 1, "role": "dealer_finance"})
    assert late.status_code == 409 and late.json()["code"] == "stale_version"
    kept = await Account.get(id=clerk.account_id)
    assert (kept.name, kept.role) == ("李四", "dealer_clerk")


async def test_nobody_makes_himself_more_or_less_and_nobody_freezes_himself(world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    path = f"/accounts/{boss.account_id}"
    assert (await boss.call("PATCH", path, {"version": 1, "role": "dealer_clerk"})).status_code == 403
    assert (await boss.call("PATCH", path, {"version": 1, "name": "新名字"})).status_code == 200
    await boss.post(path + "/freeze", {"reason": "试试"}, 403)


OWNER: RoleName = "dealer_owner"
Verb = Callable[[Actor, int, int], Awaitable[object]]
VERBS: dict[str, Verb] = {
    "create": lambda a, org, _: accounts.create_account(a, NewAccount(org, "甲", phone(), "passw0rd-9", OWNER)),
    "promote": lambda a, _, boss: accounts.edit_account(a, boss, AccountEdit(1, role="dealer_owner", name="乙")),
    "rename": lambda a, _, boss: accounts.edit_account(a, boss, AccountEdit(1, wecom_userid="stolen")),
    "freeze": lambda a, _, boss: accounts.set_frozen(a, boss, "试试"),
    "set a password": lambda a, _, boss: accounts.set_password(a, boss, "passw0rd-9"),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_a_keeper_with_few_rights_cannot_touch_or_make_an_account_with_more(world: World, verb: str) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    keeper = msgspec.structs.replace(clerk.actor, permissions=clerk.actor.permissions | {"account.manage"})
    with pytest.raises(Forbidden, match="超出自己权限"):
        await VERBS[verb](keeper, dealer.id, boss.account_id)


async def test_a_keeper_gives_a_rep_only_dealers_of_his_own_brand_and_only_a_rep_has_any(world: World) -> None:
    dealer = await world.dealer()
    store = await world.store(dealer)
    stranger = await (await World.create(world.http)).dealer()
    admin = world.admin
    await admin.post("/accounts", new(world.brand.id, "brand_rep", dealer_ids=[dealer.id]), 201)
    for wrong in (stranger.id, store.id, 2**52):
        await admin.post("/accounts", new(world.brand.id, "brand_rep", dealer_ids=[dealer.id, wrong]), 404)
    finance = await admin.post("/accounts", new(world.brand.id, "brand_finance", dealer_ids=[dealer.id]), 422)
    assert finance["errors"][0]["pointer"] == "/dealer_ids"


async def test_a_rep_who_becomes_something_else_keeps_no_dealers(world: World) -> None:
    dealer = await world.dealer()
    rep = await world.user(world.brand, "brand_rep", [dealer])
    path = f"/accounts/{rep.account_id}"
    assert (await world.admin.call("PATCH", path, {"version": 1, "role": "brand_finance"})).status_code == 200
    assert (await world.admin.call("PATCH", path, {"version": 2, "role": "brand_rep"})).status_code == 200
    await rep.get(f"/orgs/{dealer.id}", 404)


async def test_what_a_request_may_not_set_is_not_set(world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    greedy = new(dealer.id, "dealer_clerk", root_id=1, status="frozen", id=1, version=99, permissions=["outbox.retry"])
    made = await boss.post("/accounts", greedy, 201)
    account = await Account.get(id=made["id"])
    assert (account.root_id, account.status, account.version) == (world.brand.id, "active", 1)
