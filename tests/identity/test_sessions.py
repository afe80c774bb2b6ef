"""Sessions: seen, ended, and out at once when an account or its org is frozen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from server.core import clock
from tests.world import PASSWORD, User, World


async def another_device(user: User) -> User:
    return await User(user.http, user.account_id, user.phone, user.actor).sign_in()


@asynccontextmanager
async def open_stream(user: User) -> AsyncIterator[AsyncIterator[str]]:
    """The live stream of a session that has heard its first word."""
    headers = {"Authorization": f"Bearer {user.token}"}
    async with user.http.stream("GET", "/api/v1/events", headers=headers) as stream, asyncio.timeout(15):
        lines = stream.aiter_lines()
        async for line in lines:
            if line.startswith("event: resync"):
                break
        yield lines


async def rest_of(lines: AsyncIterator[str]) -> str:
    """What still comes until the server ends the stream."""
    return "".join([line async for line in lines if line and not line.startswith("data: {}")])


async def test_a_lost_phone_is_seen_in_the_list_and_signed_out_at_once_with_its_live_stream(world: World) -> None:
    boss = await (await world.boss(await world.dealer())).sign_in()
    lost = await another_device(boss)
    listed = (await boss.get("/me/sessions"))["items"]
    assert [item["current"] for item in listed] == [False, True]  # the last one opened stands first
    async with open_stream(lost) as lines:
        assert (await boss.call("DELETE", f"/me/sessions/{listed[0]['id']}")).status_code == 204
        assert await rest_of(lines) == ""
    await lost.get("/me", 401)
    await boss.get("/me")
    assert (await boss.call("DELETE", f"/me/sessions/{listed[0]['id']}")).status_code == 404


async def test_signing_out_ends_this_device_only(world: World) -> None:
    boss = await (await world.boss(await world.dealer())).sign_in()
    other = await another_device(boss)
    await boss.post("/auth/logout", status=204)
    await boss.get("/me", 401)
    await other.get("/me")


async def test_a_session_ends_by_itself_after_its_days(world: World) -> None:
    boss = await (await world.boss(await world.dealer())).sign_in()
    with clock.frozen(clock.now() + timedelta(days=29, hours=23)):
        await boss.get("/me")
    with clock.frozen(clock.now() + timedelta(days=30, seconds=1)):
        await boss.get("/me", 401)


async def test_a_changed_password_ends_all_other_devices_and_needs_the_old_one(world: World) -> None:
    boss = await (await world.boss(await world.dealer())).sign_in()
    other = await another_device(boss)
    wrong = {"old_password": "not-it-at-all", "new_password": "neues-pass-1"}
    assert (await boss.post("/me/password", wrong, 403))["detail"] == "原密码不对"
    await other.get("/me")
    async with open_stream(other) as lines:
        await boss.post("/me/password", {"old_password": PASSWORD, "new_password": "neues-pass-1"}, 204)
        assert await rest_of(lines) == ""
    await other.get("/me", 401)
    await boss.get("/me")
    body = {"phone": boss.phone, "password": "neues-pass-1"}
    assert (await world.http.post("/api/v1/auth/login", json=body)).status_code == 200


async def test_a_stolen_session_cannot_try_out_the_password(world: World) -> None:
    boss = await (await world.boss(await world.dealer())).sign_in()
    wrong = {"old_password": "not-it-at-all", "new_password": "neues-pass-1"}
    with clock.frozen(clock.now()):  # all within one minute
        for _ in range(5):
            await boss.post("/me/password", wrong, 403)
        assert (await boss.post("/me/password", wrong, 429))["code"] == "too_many_requests"
        own = await boss.post(f"/accounts/{boss.account_id}/password", {"password": "neues-pass-1"}, 403)
        assert "原密码" in own["detail"]  # nor set a new one without the old


async def test_a_frozen_account_is_out_at_once_everywhere_and_hears_why(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await (await world.user(dealer, "dealer_clerk")).sign_in()
    async with open_stream(clerk) as lines:
        await boss.post(f"/accounts/{clerk.account_id}/freeze", {"reason": "已离职"})
        assert await rest_of(lines) == ""
    refused = await clerk.get("/me", 403)
    assert refused["code"] == "account_frozen" and "已离职" in refused["detail"]
    login = await world.http.post("/api/v1/auth/login", json={"phone": clerk.phone, "password": PASSWORD})
    assert login.status_code == 403 and login.json()["code"] == "account_frozen"
    await boss.post(f"/accounts/{clerk.account_id}/unfreeze")
    await clerk.get("/me")


async def test_a_frozen_dealers_people_are_out_and_his_stores_hear_so_when_they_order(world: World) -> None:
    dealer = await world.dealer()
    sub = await world.dealer(dealer)
    store = await world.store(dealer)
    product = await world.product()
    await world.offer(dealer, [product])
    driver = await (await world.user(dealer, "dealer_driver")).sign_in()
    keeper, below = await world.boss(store), await world.boss(sub)
    async with open_stream(driver) as lines:
        await world.admin.post(f"/orgs/{dealer.id}/freeze", {"reason": "欠款未结"})
        assert await rest_of(lines) == ""
    refused = await driver.get("/me", 403)
    assert refused["code"] == "org_frozen" and "欠款未结" in refused["detail"]
    # The orgs below work on, see their goods and their debts, but cannot order from him.
    await below.get("/orders")
    line = {"product_id": product.id, "packaging_id": product.piece, "packaging_qty": 1, "price_fen": 300}
    order = {"delivery_method": "pickup", "lines": [line]}
    answer = await keeper.post("/orders", order, 403)
    assert answer["code"] == "org_frozen" and dealer.name in answer["detail"] and "已被冻结" in answer["detail"]
    # The app signs out whose own org it is, and nobody else.
    assert refused["own"] is True and "own" not in answer
    await world.admin.post(f"/orgs/{dealer.id}/unfreeze")
    await driver.get("/me")
    await keeper.post("/orders", order, 201)


async def test_a_rep_who_loses_a_dealer_stops_hearing_of_him_on_the_open_stream(world: World) -> None:
    mine, other = await world.dealer(), await world.dealer()
    rep = await (await world.user(world.brand, "brand_rep", [mine])).sign_in()
    async with open_stream(rep) as lines:
        edit = {"version": 1, "dealer_ids": [other.id]}
        await world.admin.call("PATCH", f"/accounts/{rep.account_id}", edit)
        assert world.admin.last.status_code == 200, world.admin.last.text
        assert await rest_of(lines) == ""  # the page opens a new stream, with what he sees now
    await rep.get(f"/orgs/{mine.id}", 404)
    await rep.get(f"/orgs/{other.id}")
