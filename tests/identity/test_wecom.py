"""Signing in to the console by WeCom's QR code, through the sandbox's pages over HTTP."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sanic import Sanic

from server.core import clock
from server.settings import Settings
from tests.bot.sandbox.conftest import Sandbox
from tests.conftest import free_port
from tests.world import User, World, key


@pytest.fixture
def wecom(app: Sanic[Any, Any], settings: Settings, sandbox: Sandbox) -> Iterator[Sandbox]:
    app.ctx.settings = replace(settings, wecom=sandbox.settings.wecom)
    yield sandbox
    app.ctx.settings = settings


class Browser:
    """A browser with a secret of its own."""

    def __init__(self, world: World, wecom: Sandbox) -> None:
        self.world, self.wecom, self.verifier = world, wecom, key()

    async def begin(self, purpose: str = "login", status: int = 200) -> str:
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        body = {"challenge": base64.urlsafe_b64encode(hashed).decode().rstrip("="), "purpose": purpose}
        answer = await self.world.http.post("/api/v1/auth/wecom/begin", json=body)
        assert answer.status_code == status, answer.text
        return str(answer.json().get("url", ""))

    async def scan(self, url: str, userid: str, verdict: str = "yes") -> dict[str, str]:
        """Show WeCom's page, confirm on the phone as a member; what the browser comes back with."""
        await self.wecom.members(userid)
        page = await self.wecom.http.get(url)
        assert page.status_code == 200 and 'src="data:image/png' in page.text
        name = page.text.split('data-key="')[1].split('"')[0]
        form = {"userid": userid, "verdict": verdict}
        done = await self.wecom.http.post("/wwlogin/scan", params={"key": name}, data=form)
        assert done.status_code == 200, done.text
        again = await self.wecom.http.post("/wwlogin/scan", params={"key": name}, data=form)
        assert again.status_code == 400
        back = (await self.wecom.http.get("/wwlogin/poll", params={"key": name})).json()["back"]
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()} | {"path": back}

    async def enter(self, came: dict[str, str], status: int = 200) -> dict[str, Any]:
        body = {"code": came["code"], "state": came["state"], "verifier": self.verifier, "client": "Chrome"}
        answer = await self.world.http.post("/api/v1/auth/wecom", json=body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())


async def a_member(world: World) -> User:
    return await world.user(world.brand, "brand_manager", wecom=f"m{key()[:12]}")


def member_of(user: User, me: dict[str, Any]) -> str:
    return str(me["wecom_userid"])


async def test_a_manager_scans_and_is_in_without_a_password(world: World, wecom: Sandbox) -> None:
    manager = await a_member(world)
    userid = member_of(manager, await manager.get("/me"))
    browser = Browser(world, wecom)
    url = await browser.begin()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["login_type"] == "CorpApp" and asked["appid"] == wecom.settings.wecom.corp_id
    assert asked["redirect_uri"].endswith("/console/login?by=wecom")
    came = await browser.scan(url, userid)
    assert came["path"].startswith(asked["redirect_uri"] + "&code=")
    opened = await browser.enter(came)
    assert opened["me"]["account_id"] == manager.account_id
    manager.token = opened["token"]
    sessions = (await manager.get("/me/sessions"))["items"]
    assert next(item for item in sessions if item["current"])["way"] == "wecom"


async def test_neither_code_nor_state_opens_a_second_session(world: World, wecom: Sandbox) -> None:
    manager = await a_member(world)
    userid = member_of(manager, await manager.get("/me"))
    browser = Browser(world, wecom)
    came = await browser.scan(await browser.begin(), userid)
    await browser.enter(came)
    assert (await browser.enter(came, 401))["code"] == "wecom_refused"
    fresh = await browser.scan(await browser.begin(), userid)
    assert (await browser.enter(fresh | {"code": came["code"]}, 401))["code"] == "wecom_refused"
    assert (await browser.enter(fresh | {"state": came["state"]}, 401))["code"] == "wecom_refused"


async def test_a_link_made_in_one_browser_signs_nobody_in_in_another(world: World, wecom: Sandbox) -> None:
    attacker = await a_member(world)
    mine = Browser(world, wecom)
    came = await mine.scan(await mine.begin(), member_of(attacker, await attacker.get("/me")))
    assert (await Browser(world, wecom).enter(came, 401))["code"] == "wecom_refused"
    # What was begun to bind does not sign in, and the other way round.
    bind = await mine.scan(await mine.begin("bind"), member_of(attacker, await attacker.get("/me")))
    assert (await mine.enter(bind, 401))["code"] == "wecom_refused"
    for made_up in ("0" * 104, "keine Zahl, aber lang genug", came["state"][:-2] + "00"):
        await mine.enter(came | {"state": made_up}, 401)


async def test_a_code_on_the_screen_over_lunch_opens_nothing(world: World, wecom: Sandbox) -> None:
    manager = await a_member(world)
    browser = Browser(world, wecom)
    came = await browser.scan(await browser.begin(), member_of(manager, await manager.get("/me")))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert (await browser.enter(came, 401))["code"] == "wecom_refused"


async def test_a_frozen_account_and_an_unknown_member_hear_why_and_who_refuses_on_the_phone_is_not_in(
    world: World, wecom: Sandbox
) -> None:
    manager, browser = await a_member(world), Browser(world, wecom)
    userid = member_of(manager, await manager.get("/me"))
    await world.admin.post(f"/accounts/{manager.account_id}/freeze", {"reason": "离职交接"})
    frozen = await browser.enter(await browser.scan(await browser.begin(), userid), 403)
    assert frozen["code"] == "account_frozen" and "离职交接" in frozen["detail"]
    unknown = await browser.enter(await browser.scan(await browser.begin(), f"n{key()[:9]}"), 404)
    assert unknown["code"] == "wecom_unknown" and "绑定" in unknown["detail"]
    assert "code" not in await browser.scan(await browser.begin(), userid, verdict="no")


async def test_whoever_binds_his_member_enters_by_it_and_takes_it_from_nobody(world: World, wecom: Sandbox) -> None:
    clerk, other = [await world.user(world.brand, "brand_finance") for _ in range(2)]
    userid, browser = f"b{key()[:12]}", Browser(world, wecom)
    for who, status in ((clerk, 204), (clerk, 204), (other, 409)):
        came = await browser.scan(await browser.begin("bind"), userid)
        assert came["path"].split("?")[0].endswith("/console/account")
        body = {"code": came["code"], "state": came["state"], "verifier": browser.verifier}
        await who.post("/me/wecom", body, status)
    opened = await browser.enter(await browser.scan(await browser.begin(), userid))
    assert opened["me"]["account_id"] == clerk.account_id
    await clerk.call("DELETE", "/me/wecom")
    assert clerk.last.status_code == 204
    await browser.enter(await browser.scan(await browser.begin(), userid), 404)
    await clerk.call("DELETE", "/me/wecom")
    assert clerk.last.status_code == 404


async def test_while_wecom_is_away_or_not_set_up_the_password_still_opens(
    world: World, wecom: Sandbox, app: Sanic[Any, Any], settings: Settings
) -> None:
    manager, browser = await a_member(world), Browser(world, wecom)
    came = await browser.scan(await browser.begin(), member_of(manager, await manager.get("/me")))
    away = replace(wecom.settings.wecom, api_base=f"http://127.0.0.1:{free_port()}/cgi-bin/")
    app.ctx.settings = replace(settings, wecom=away, redis_url="")
    assert (await browser.enter(came, 503))["code"] == "unavailable"
    app.ctx.settings = replace(settings, wecom=replace(away, secret=""))
    await browser.begin(status=503)


async def test_the_page_for_another_app_is_not_shown(world: World, wecom: Sandbox) -> None:
    url = await Browser(world, wecom).begin()
    for wrong in ("appid=ww0", "login_type=ServiceApp"):
        name = wrong.split("=")[0]
        parts = [wrong if part.startswith(name) else part for part in urlsplit(url).query.split("&")]
        assert (await wecom.http.get(f"/wwlogin/sso/login?{'&'.join(parts)}")).status_code == 400
