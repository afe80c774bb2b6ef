"""A dealer shows a code, the store's owner scans it and has his account; nobody else can, and nobody can twice."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sanic import Sanic

from server.core import clock, db
from server.settings import Settings
from tests.bot.sandbox.conftest import Sandbox
from tests.conftest import free_port
from tests.identity.test_roles import built, hire
from tests.world import PASSWORD, User, World, key, phone


async def invited(keeper: User, org_id: int, **more: Any) -> tuple[int, str]:
    """An invitation, and the code in its link."""
    made = await keeper.post("/invitations", {"org_id": org_id, "role": "store_owner", **more}, 201)
    shown = await keeper.get(f"/invitations/{made['id']}")
    link, token = shown["link"].split("?t=")
    assert link.endswith("/#/pages/join/join") and shown["qr"].startswith("data:image/png;base64,")
    assert token not in str(made)  # what is kept of the answer opens nothing
    return made["id"], token


async def join(world: World, token: str, status: int = 201, **more: Any) -> dict[str, Any]:
    body = {"token": token, "name": "李店", "phone": phone(), "password": PASSWORD, **more}
    answer = await world.http.post("/api/v1/join", json={k: v for k, v in body.items() if v is not None})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def look(world: World, token: str, status: int = 200) -> dict[str, Any]:
    answer = await world.http.post("/api/v1/join/look", json={"token": token})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def a_code(wechat: Sandbox, openid: str) -> str:
    return str((await wechat.tell("codes", openid=openid))["code"])


async def test_an_owner_scans_and_has_his_account_bound_to_his_wechat_without_a_password(
    world: World, wechat: Sandbox
) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    made, token = await invited(boss, store.id, name="老李")
    face = await look(world, token)
    assert (face["org_name"], face["supplier_name"], face["role_name"]) == (store.name, dealer.name, "店主")
    openid = f"o-{key()}"
    opened = await join(world, token, password=None, code=await a_code(wechat, openid))
    assert opened["me"]["org"]["id"] == store.id and opened["me"]["wechat_bound"] is True
    again = await world.http.post("/api/v1/auth/wechat", json={"code": await a_code(wechat, openid)})
    assert again.json()["me"]["account_id"] == opened["me"]["account_id"]
    listed = (await boss.get("/invitations"))["items"]
    assert [(item["id"], item["state"], item["account_name"]) for item in listed] == [(made, "used", "李店")]
    # Without a password there is none to be guessed.
    login = {"phone": opened["me"]["phone"], "password": ""}
    assert (await world.http.post("/api/v1/auth/login", json=login)).status_code == 422
    assert (await world.http.post("/api/v1/auth/login", json={**login, "password": "x"})).status_code == 401


async def test_a_code_that_was_used_is_refused_in_kind_words_and_two_at_once_make_one_account(world: World) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    _, token = await invited(boss, store.id)
    body = {"token": token, "name": "李店", "password": PASSWORD}
    answers = await asyncio.gather(
        *[world.http.post("/api/v1/join", json={**body, "phone": phone()}) for _ in range(4)]
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await db.value("SELECT count(*) FROM account WHERE org_id = $1", store.id) == 1
    used = await join(world, token, 409)
    assert used["code"] == "invitation_used" and "直接登录" in used["detail"]
    assert (await look(world, token, 409))["code"] == "invitation_used"


async def test_whoever_was_refused_can_mend_it_and_join_by_the_same_code(world: World, wechat: Sandbox) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    _, token = await invited(boss, store.id)
    assert (await join(world, token, 409, phone=boss.phone))["code"] == "phone_taken"
    assert (await join(world, token, 422, password=None))["errors"][0]["pointer"] == "/password"
    assert (await join(world, token, 401, code="invented"))["code"] == "wechat_code_invalid"
    openid, other = f"o-{key()}", await world.store(dealer)
    _, first = await invited(boss, other.id)
    await join(world, first, code=await a_code(wechat, openid))
    taken = await join(world, token, 409, code=await a_code(wechat, openid))
    assert taken["code"] == "wechat_taken"
    assert await db.value("SELECT count(*) FROM account WHERE org_id = $1", store.id) == 0
    await join(world, token)


async def test_a_store_has_one_owner_and_a_new_code_takes_the_place_of_the_old(world: World) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    _, old = await invited(boss, store.id)
    _, token = await invited(boss, store.id)
    assert (await look(world, old, 404))["code"] == "invitation_unknown"
    await world.boss(store)  # the brand has opened one meanwhile
    assert (await join(world, token, 409))["code"] == "owner_there"
    refused = await boss.post("/invitations", {"org_id": store.id, "role": "store_owner"}, 409)
    assert refused["code"] == "owner_there"
    _, clerk = await invited(boss, store.id, role="store_clerk")
    assert (await join(world, clerk))["me"]["role"] == "store_clerk"


async def test_what_is_over_withdrawn_or_made_up_opens_nothing(world: World) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    made, token = await invited(boss, store.id, days=2)
    with clock.frozen(clock.now() + timedelta(days=2, minutes=1)):
        assert (await join(world, token, 410))["code"] == "invitation_expired"
        await boss.get(f"/invitations/{made}", 410)
        assert (await boss.get("/invitations", params={"state": "open"}))["items"] == []
    await boss.call("DELETE", f"/invitations/{made}")
    assert boss.last.status_code == 204
    assert (await join(world, token, 404))["code"] == "invitation_unknown"
    assert (await join(world, "x" * 22, 404))["code"] == "invitation_unknown"
    await boss.call("DELETE", f"/invitations/{made}")
    assert boss.last.status_code == 404


async def test_nobody_joins_a_frozen_store_or_one_whose_dealer_is_frozen_or_by_one_who_was_dismissed(
    world: World,
) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    helper = await world.user(dealer, "dealer_owner")
    _, token = await invited(helper, store.id)
    for org in (store, dealer):
        await world.admin.post(f"/orgs/{org.id}/freeze", {"reason": "整改"})
        refused = await join(world, token, 403)
        assert refused["code"] == "org_frozen" and org.name in refused["detail"]
        await world.admin.post(f"/orgs/{org.id}/unfreeze")
    await world.admin.post(f"/orgs/{store.id}/freeze", {"reason": "整改"})
    await boss.post("/invitations", {"org_id": store.id, "role": "store_owner"}, 403)
    await world.admin.post(f"/orgs/{store.id}/unfreeze")
    await boss.post(f"/accounts/{helper.account_id}/freeze", {"reason": "离职"})
    assert (await join(world, token, 404))["code"] == "invitation_unknown"


async def test_an_assistant_cannot_take_an_invitation_that_holds_more_than_he(world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    role = await built(boss, "账号助理", "dealer_clerk", "account.manage", "order.read")
    helper = await hire(boss, dealer.id, role["id"])
    made, _ = await invited(boss, dealer.id, role="dealer_clerk")
    await helper.get(f"/invitations/{made}", 403)
    await helper.post("/invitations", {"org_id": dealer.id, "role": "dealer_clerk"}, 403)
    mine, token = await invited(helper, dealer.id, role=None, role_id=role["id"])
    opened = await join(world, token)
    assert opened["me"]["permissions"] == ["account.manage", "order.read"]
    assert mine in [item["id"] for item in (await boss.get("/invitations"))["items"]]


async def test_the_code_for_wechats_camera_comes_with_the_link_and_is_not_missed_without_wechat(
    world: World, wechat: Sandbox, app: Sanic[Any, Any], settings: Settings
) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    made, _ = await invited(boss, store.id)
    code = (await boss.get(f"/invitations/{made}"))["mini_code"]
    kind, data = code.split(";base64,")
    assert kind == "data:image/png" and base64.b64decode(data).startswith(b"\x89PNG")
    away = replace(settings.wechat, api_base=f"http://127.0.0.1:{free_port()}/")
    app.ctx.settings = replace(settings, wechat=away)
    shown = await boss.get(f"/invitations/{made}")
    assert shown["mini_code"] is None and shown["qr"]


async def test_who_invited_hears_that_somebody_came(world: World) -> None:
    dealer = await world.dealer()
    store, boss = await world.store(dealer), await world.boss(dealer)
    _, token = await invited(boss, store.id)
    await join(world, token, name="王店主")
    payload = await db.value(
        "SELECT payload::text FROM outbox WHERE root_id = $1 AND topic = 'invitation.used'", world.brand.id
    )
    assert str(boss.account_id) in payload and "王店主" in payload
