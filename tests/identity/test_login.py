"""Signing in with phone and password: what a guesser meets, and what he does not learn."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from sanic import Sanic

from server.core import clock, db, limits
from server.core.errors import TooManyRequests
from server.identity import queries, service
from server.identity.models import Account
from server.settings import Settings
from tests.world import PASSWORD, User, World, phone

_days = itertools.count(1)


@pytest.fixture
def strict(app: Sanic[Any, Any], settings: Settings) -> Iterator[Settings]:
    """Three logins a minute, in a minute of this test's own."""
    app.ctx.settings = replace(settings, login_limit_per_minute=3)
    with clock.frozen(clock.now() + timedelta(days=next(_days))):
        yield app.ctx.settings
    app.ctx.settings = settings


async def login(world: World, number: str, password: str = PASSWORD, status: int = 200) -> dict[str, Any]:
    answer = await world.http.post("/api/v1/auth/login", json={"phone": number, "password": password})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def locked_out(world: World, number: str) -> None:
    for _ in range(5):
        assert (await login(world, number, "wrong-pass", 401))["code"] == "wrong_password"


async def test_phone_and_password_open_a_session_that_says_who_and_what_he_may(world: World) -> None:
    boss = await world.boss(await world.dealer())
    opened = await login(world, boss.phone)
    assert opened["me"]["phone"] == boss.phone and opened["me"]["role_name"] == "经销商老板"
    assert "order.approve" in opened["me"]["permissions"] and "outbox.retry" not in opened["me"]["permissions"]
    signed_in = User(world.http, boss.account_id, boss.phone, boss.actor, opened["token"])
    assert (await signed_in.get("/me"))["account_id"] == boss.account_id


async def test_passwords_are_kept_as_argon2id_and_never_shown(world: World) -> None:
    boss = await world.boss(await world.dealer())
    body = {"org_id": boss.actor.org_id, "name": "内勤", "phone": phone(), "password": "Geheim-12"}
    made = await boss.post("/accounts", {**body, "role": "dealer_clerk"}, 201)
    stored = str((await Account.get(id=made["id"])).password_hash)
    assert stored.startswith("$argon2id$") and PasswordHasher().verify(stored, "Geheim-12")
    assert "password" not in made and "Geheim-12" not in str(await boss.get("/audit"))


async def test_a_guesser_cannot_tell_an_unknown_phone_from_a_wrong_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    hasher = service._hasher

    class Counted:
        hash = hasher.hash

        def verify(self, stored: str, given: str) -> bool:
            checked.append(stored)
            return hasher.verify(stored, given)

    monkeypatch.setattr(service, "_hasher", Counted())
    known, unknown = (await world.boss(world.brand)).phone, phone()
    answers = [await login(world, number, "wrong-pass", 401) for number in (known, unknown)]
    for answer in answers:
        del answer["request_id"]
    assert answers[0] == answers[1]
    # Both took the time of one argon2id check, the unknown one with today's full parameters.
    assert len(checked) == 2 and checked[1].startswith("$argon2id$v=19$m=65536")


@pytest.mark.parametrize("known", [True, False])
async def test_five_wrong_passwords_lock_a_phone_for_a_quarter_of_an_hour_account_or_not(
    world: World, known: bool
) -> None:
    number = (await world.boss(world.brand)).phone if known else phone()
    await locked_out(world, number)
    refused = await login(world, number, PASSWORD, 423)
    assert refused["code"] == "account_locked" and 14 * 60 <= refused["retry_after"] <= 15 * 60
    with clock.frozen(clock.now() + timedelta(minutes=15, seconds=1)):
        await login(world, number, PASSWORD, 200 if known else 401)
        if known:  # and the count begins anew
            await login(world, number, "wrong-pass", 401)
            await login(world, number)


async def test_a_burst_of_guesses_locks_the_phone_and_stays_locked(world: World) -> None:
    number = (await world.boss(world.brand)).phone
    guesses = [
        world.http.post("/api/v1/auth/login", json={"phone": number, "password": f"guess-{n}"}) for n in range(12)
    ]
    answers = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert set(answers) <= {401, 423} and 401 in answers
    await login(world, number, PASSWORD, 423)


async def test_a_right_guess_that_was_under_way_when_the_lock_fell_does_not_get_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = (await world.boss(world.brand)).phone
    await locked_out(world, number)

    async def not_yet(*_: Any) -> None:
        return None

    monkeypatch.setattr(queries, "locked_until", not_yet)  # it looked before the fifth wrong password was counted
    await login(world, number, PASSWORD, 423)


async def test_a_new_password_from_the_keeper_ends_the_lock_and_the_sessions(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await (await world.user(dealer, "dealer_clerk")).sign_in()
    await locked_out(world, clerk.phone)
    await boss.post(f"/accounts/{clerk.account_id}/password", {"password": "neues-pass-1"}, 204)
    await clerk.get("/me", 401)
    assert (await login(world, clerk.phone, "neues-pass-1"))["me"]["account_id"] == clerk.account_id


@pytest.mark.parametrize("with_redis", [True, False])
async def test_too_many_logins_from_one_address_are_held_back_with_redis_and_without(
    world: World, strict: Settings, with_redis: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_redis:
        monkeypatch.setattr(limits, "client", lambda: None)
    for _ in range(3):
        await login(world, phone(), "wrong-pass", 401)
    answer = await world.http.post("/api/v1/auth/login", json={"phone": phone(), "password": "wrong-pass"})
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "60"
    code = await world.http.post("/api/v1/auth/wechat", json={"code": "guess"})
    assert code.status_code == 429
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        await login(world, (await world.boss(world.brand)).phone)


@pytest.mark.parametrize("with_redis", [True, False])
async def test_too_many_logins_with_one_phone_are_held_back_from_wherever_they_come(
    world: World, strict: Settings, with_redis: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_redis:
        monkeypatch.setattr(limits, "client", lambda: None)
    number = (await world.boss(world.brand)).phone
    for n in range(3):
        await service.login(strict, number, PASSWORD, queries.Device("", f"10.0.0.{n}"))
    with pytest.raises(TooManyRequests):
        await service.login(strict, number, PASSWORD, queries.Device("", "10.0.0.9"))


async def test_a_device_name_full_of_odd_bytes_does_not_break_the_login(world: World) -> None:
    boss = await world.boss(world.brand)
    headers = {b"User-Agent": b"Mini\xff\xfe\x01 \xe5\xba\x97" + b"x" * 300}
    url, body = f"{world.http.base_url}/api/v1/auth/login".replace("//api", "/api"), {"phone": boss.phone}
    async with httpx.AsyncClient() as client:
        answer = await client.post(url, json={**body, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_a_burst_of_logins_hashes_two_passwords_at_a_time_and_leaves_the_other_threads_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, most, two, gate = 0, 0, threading.Event(), threading.Event()

    class Slow:
        def verify(self, stored: str, password: str) -> bool:
            nonlocal working, most
            working += 1
            most = max(most, working)
            if working == 2:
                two.set()
            gate.wait(10)
            working -= 1
            return True

    monkeypatch.setattr(service, "_hasher", Slow())
    burst = [asyncio.create_task(service._matches("a hash", PASSWORD)) for _ in range(40)]
    assert await asyncio.to_thread(two.wait, 10)
    await asyncio.gather(*(asyncio.to_thread(int) for _ in range(40)))  # files and the like go on meanwhile
    assert (working, any(task.done() for task in burst)) == (2, False)
    gate.set()
    assert await asyncio.gather(*burst) == [True] * 40 and most == 2


async def test_an_owner_reads_that_somebody_tried_a_clerks_password_and_nothing_that_he_typed(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    body = {"phone": clerk.phone, "password": "guess-1234", "client": "打电话给我"}
    for _ in range(5):
        await world.http.post("/api/v1/auth/login", json=body)
    found = await boss.get(f"/accounts/{clerk.account_id}/sign-ins")
    assert [item["verb"] for item in found["items"]] == ["sign_in_failed"] * 5
    first = found["items"][0]
    assert (first["address"], first["way"], first["client"], first["by"]) == ("127.0.0.1", "password", "", None)
    trail = (await boss.get("/audit", params={"subject_kind": "account", "subject_id": clerk.account_id}))["items"]
    assert [item["changes"]["locked"] for item in trail] == [True, False, False, False, False]
    assert "guess-1234" not in str(trail) and "打电话" not in str(trail)


async def test_whoever_guesses_for_days_fills_nobodys_history(world: World) -> None:
    clerk = await world.user(world.brand, "brand_manager")
    start = clock.now()
    device = queries.Device("test", "127.0.0.9", "password")

    async def failed() -> int:
        found = await db.value(
            "SELECT count(*) FROM audit_entry WHERE subject_kind = 'account' AND subject_id = $1", clerk.account_id
        )
        return int(found)

    for minute in range(30):
        moment = start + timedelta(minutes=minute)
        await queries.login_failed(clerk.phone, moment, 5, moment + timedelta(minutes=15), device)
    assert await failed() == 20
    tomorrow = start + timedelta(days=1, minutes=20)
    await queries.login_failed(clerk.phone, tomorrow, 5, tomorrow, device)
    assert await failed() == 21
    await queries.login_failed(phone(), start, 5, start, device)  # nobody's phone: nobody's history
    assert await failed() == 21


async def test_an_owner_reads_that_somebody_who_was_frozen_still_tried_to_come_in(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    account = await boss.get(f"/accounts/{clerk.account_id}")
    await boss.post(f"/accounts/{clerk.account_id}/freeze", {"reason": "离职", "version": account["version"]})
    body = {"phone": clerk.phone, "password": PASSWORD, "client": "旧手机"}
    for _ in range(2):
        answer = await world.http.post("/api/v1/auth/login", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_frozen")
    found = (await boss.get(f"/accounts/{clerk.account_id}/sign-ins"))["items"]
    assert [item["verb"] for item in found] == ["sign_in_refused", "sign_in_refused", "freeze"]
    assert (found[0]["address"], found[0]["way"], found[0]["by"]) == ("127.0.0.1", "password", None)
