"""Signing in with WeChat, over the sandbox's `sns/jscode2session`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sanic import Sanic

from server.core import clock
from server.settings import Settings
from tests.bot.sandbox.conftest import Sandbox
from tests.conftest import free_port
from tests.world import PASSWORD, User, World, key


async def a_code(wechat: Sandbox, openid: str) -> str:
    return str((await wechat.tell("codes", openid=openid))["code"])


async def enter(world: World, code: str, status: int = 200) -> dict[str, Any]:
    answer = await world.http.post("/api/v1/auth/wechat", json={"code": code})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def bind(world: World, ticket: str, user: User, password: str = PASSWORD, status: int = 200) -> dict[str, Any]:
    body = {"bind_ticket": ticket, "phone": user.phone, "password": password}
    answer = await world.http.post("/api/v1/auth/wechat/bind", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_a_shop_binds_once_and_then_enters_without_a_password(world: World, wechat: Sandbox) -> None:
    openid, owner = f"o-{key()}", await world.boss(await world.store(await world.dealer()))
    unbound = await enter(world, await a_code(wechat, openid), 404)
    assert unbound["code"] == "wechat_unbound"
    opened = await bind(world, unbound["bind_ticket"], owner)
    assert opened["me"]["account_id"] == owner.account_id
    again = await enter(world, await a_code(wechat, openid))
    assert again["me"]["account_id"] == owner.account_id and again["token"] != opened["token"]


async def test_a_used_or_invented_code_opens_nothing(world: World, wechat: Sandbox) -> None:
    code = await a_code(wechat, f"o-{key()}")
    await enter(world, code, 404)
    for bad in (code, "invented", "a&secret=x#?"):
        assert (await enter(world, bad, 401))["code"] == "wechat_code_invalid"


async def test_binding_needs_the_password_and_counts_wrong_ones(world: World, wechat: Sandbox) -> None:
    owner = await world.boss(await world.store(await world.dealer()))
    ticket = (await enter(world, await a_code(wechat, f"o-{key()}"), 404))["bind_ticket"]
    for _ in range(5):
        assert (await bind(world, ticket, owner, "wrong-pass", 401))["code"] == "wrong_password"
    assert (await bind(world, ticket, owner, PASSWORD, 423))["code"] == "account_locked"


async def test_a_second_account_takes_the_place_of_the_first_and_a_second_phone_is_welcome(
    world: World, wechat: Sandbox
) -> None:
    openid, dealer = f"o-{key()}", await world.dealer()
    first, second = await world.boss(await world.store(dealer)), await world.boss(await world.store(dealer))
    for owner in (first, second):
        ticket = (await enter(world, await a_code(wechat, f"o-{key()}"), 404))["bind_ticket"]
        await bind(world, ticket, owner)  # each owner has a phone of his own besides
    ticket = (await enter(world, await a_code(wechat, openid), 404))["bind_ticket"]
    await bind(world, ticket, first)
    await bind(world, ticket, second)
    assert (await enter(world, await a_code(wechat, openid)))["me"]["account_id"] == second.account_id


async def test_a_ticket_that_is_old_or_made_up_binds_nothing(world: World, wechat: Sandbox) -> None:
    owner = await world.boss(await world.store(await world.dealer()))
    ticket = (await enter(world, await a_code(wechat, f"o-{key()}"), 404))["bind_ticket"]
    for bad in (ticket[:-4] + "AAAA", "票据" * 20, "x"):
        assert (await bind(world, bad, owner, status=401))["code"] == "wechat_code_invalid"
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        await bind(world, ticket, owner, status=401)


async def test_a_frozen_account_can_neither_bind_nor_enter(world: World, wechat: Sandbox) -> None:
    store = await world.store(await world.dealer())
    keeper, clerk = await world.boss(store), await world.user(store, "store_clerk")
    openid = f"o-{key()}"
    ticket = (await enter(world, await a_code(wechat, openid), 404))["bind_ticket"]
    await keeper.post(f"/accounts/{clerk.account_id}/freeze", {"reason": "离职"})
    assert (await bind(world, ticket, clerk, status=403))["code"] == "account_frozen"
    await enter(world, await a_code(wechat, openid), 404)
    await keeper.post(f"/accounts/{clerk.account_id}/unfreeze")
    await bind(world, ticket, clerk)
    await keeper.post(f"/accounts/{clerk.account_id}/freeze", {"reason": "离职"})
    assert (await enter(world, await a_code(wechat, openid), 403))["code"] == "account_frozen"


async def test_without_wechat_the_phone_still_works_and_no_ticket_is_taken(
    world: World, app: Sanic[Any, Any], settings: Settings
) -> None:
    owner = await world.boss(await world.store(await world.dealer()))
    away = replace(settings.wechat, api_base=f"http://127.0.0.1:{free_port()}/")
    try:
        app.ctx.settings = replace(settings, wechat=away)
        assert (await enter(world, "any", 503))["code"] == "unavailable"
        app.ctx.settings = replace(settings, wechat=replace(away, app_secret=""))
        assert (await enter(world, "any", 503))["code"] == "unavailable"
        assert (await bind(world, "any", owner, status=503))["code"] == "unavailable"
    finally:
        app.ctx.settings = settings
