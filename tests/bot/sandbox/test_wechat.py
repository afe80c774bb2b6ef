"""The mini-program's login and messages."""

from __future__ import annotations

from typing import Any

import pytest

from bot.wecom.client import WeComError, WeComFinal, WeComRetryable
from tests.bot.sandbox.conftest import Sandbox

DATA = {"thing1": "订单已审核", "thing2": "苏打水等 3 种", "time3": "2026-11-24 09:30"}
PAGE = "pages/order/detail?id=1"


async def session(sandbox: Sandbox, code: str) -> dict[str, Any]:
    """`sns/jscode2session`."""
    app = sandbox.settings.wechat
    query = {"appid": app.app_id, "secret": app.app_secret, "js_code": code, "grant_type": "authorization_code"}
    return dict((await sandbox.http.get("/sns/jscode2session", params=query)).json())


async def test_a_login_code_that_was_seen_by_somebody_else_does_not_work_twice(sandbox: Sandbox) -> None:
    code = (await sandbox.tell("codes", openid="o-shop"))["code"]
    assert (await session(sandbox, code))["openid"] == "o-shop"
    assert (await session(sandbox, code))["errcode"] == 40163
    assert (await session(sandbox, "invented"))["errcode"] == 40029


async def test_a_login_code_expires_after_five_minutes(sandbox: Sandbox) -> None:
    code = (await sandbox.tell("codes", openid="o-shop"))["code"]
    await sandbox.tell("clock", seconds=301)
    assert (await session(sandbox, code))["errcode"] == 40029


async def test_each_message_spends_one_permission_of_the_shop(sandbox: Sandbox) -> None:
    await sandbox.tell("grants", openid="o-shop", template_id="template-order", count=2)
    for _ in range(2):
        await sandbox.wechat.send_subscribe("o-shop", "template-order", PAGE, DATA)
    with pytest.raises(WeComFinal) as refusal:
        await sandbox.wechat.send_subscribe("o-shop", "template-order", PAGE, DATA)
    assert refusal.value.errcode == 43101
    assert (await sandbox.ask("grants"))["items"] == {"o-shop": {"template-order": 0}}
    first, _ = await sandbox.chat("wx:o-shop")
    assert first["content"]["data"]["thing1"] == {"value": "订单已审核"}


@pytest.mark.parametrize(
    ("openid", "template", "page", "data", "errcode"),
    [
        ("o-nobody", "template-order", PAGE, DATA, 40003),
        ("o-shop", "template-unknown", PAGE, DATA, 40037),
        ("o-shop", "template-order", "https://example.com/", DATA, 41030),
        ("o-shop", "template-order", PAGE, DATA | {"thing1": "字" * 21}, 47003),
        ("o-shop", "template-order", PAGE, DATA | {"thing1": ""}, 47003),
    ],
)
async def test_a_message_that_wechat_refuses_costs_no_permission(
    sandbox: Sandbox, openid: str, template: str, page: str, data: dict[str, str], errcode: int
) -> None:
    await sandbox.tell("grants", openid="o-shop", template_id="template-order")
    with pytest.raises(WeComFinal) as refusal:
        await sandbox.wechat.send_subscribe(openid, template, page, data)
    assert refusal.value.errcode == errcode
    assert (await sandbox.ask("grants"))["items"] == {"o-shop": {"template-order": 1}}


async def test_subscribe_messages_go_on_after_the_token_has_expired(sandbox: Sandbox) -> None:
    await sandbox.tell("grants", openid="o-shop", template_id="template-order", count=2)
    await sandbox.wechat.send_subscribe("o-shop", "template-order", PAGE, DATA)
    await sandbox.tell("clock", seconds=7201)
    await sandbox.wechat.send_subscribe("o-shop", "template-order", PAGE, DATA)
    assert len(await sandbox.chat("wx:o-shop")) == 2


async def test_a_subscribe_message_waits_while_wechat_is_down(sandbox: Sandbox) -> None:
    await sandbox.tell("grants", openid="o-shop", template_id="template-order")
    await sandbox.tell("mode", mode="down")
    with pytest.raises(WeComError) as passing:
        await sandbox.wechat.send_subscribe("o-shop", "template-order", PAGE, DATA)
    assert isinstance(passing.value, WeComRetryable)
