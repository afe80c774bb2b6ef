"""What is sent arrives, once, and what cannot be sent is told."""

from __future__ import annotations

import dataclasses

import httpx
import pytest

from bot.wecom.client import WeComClient, WeComFinal, WeComRetryable
from tests.bot.sandbox.conftest import Sandbox, card


async def test_a_card_reaches_every_decider_with_a_code_to_change_it(sandbox: Sandbox) -> None:
    await sandbox.members("li", "wang")
    sent = await sandbox.wecom.send_card(["li", "wang"], card(task_id="approval-a"))
    assert sent.response_code and sent.invalid_users == []
    for userid in ("li", "wang"):
        (message,) = await sandbox.chat(userid)
        assert message["task_id"] == "approval-a" and message["content"]["button_list"]


async def test_somebody_who_left_the_company_is_named_and_the_others_still_get_the_message(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    sent = await sandbox.wecom.send_text(["li", "gone"], "已发货")
    assert sent.invalid_users == ["gone"] and sent.response_code is None
    assert len(await sandbox.chat("li")) == 1
    with pytest.raises(WeComFinal) as refusal:
        await sandbox.wecom.send_text(["gone"], "已发货")
    assert refusal.value.errcode == 81013


async def test_messages_go_on_after_the_token_has_expired_42001(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_text(["li"], "一")
    await sandbox.tell("clock", seconds=7201)
    await sandbox.wecom.send_text(["li"], "二")
    assert [message["content"]["content"] for message in await sandbox.chat("li")] == ["一", "二"]


async def test_messages_go_on_after_wecom_has_forgotten_the_token_40014(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_text(["li"], "一")
    await sandbox.tell("reset")
    await sandbox.members("li")
    await sandbox.wecom.send_text(["li"], "二")
    assert len(await sandbox.chat("li")) == 1


async def test_a_wrong_secret_is_shown_and_not_tried_for_ever(sandbox: Sandbox) -> None:
    wrong = WeComClient(dataclasses.replace(sandbox.settings.wecom, secret="wrong"), None)
    with pytest.raises(WeComFinal) as refusal:
        await wrong.send_text(["li"], "一")
    assert refusal.value.errcode == 40001
    await wrong.aclose()


async def test_a_message_waits_while_wecom_is_down_or_limits_us(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    for mode, errcode in (("down", 0), ("rate_limited", 45009)):
        await sandbox.tell("mode", mode=mode)
        with pytest.raises(WeComRetryable) as passing:
            await sandbox.wecom.send_text(["li"], "一")
        assert passing.value.errcode == errcode
    assert passing.value.retry_after
    await sandbox.tell("mode", mode="up")
    await sandbox.wecom.send_text(["li"], "一")
    assert len(await sandbox.chat("li")) == 1


async def test_a_message_waits_while_nobody_listens_at_all() -> None:
    from server.core.weixin.transport import Transport
    from tests.conftest import free_port

    nobody = Transport(f"http://127.0.0.1:{free_port()}/", 1)
    with pytest.raises(WeComRetryable):
        await nobody.call("GET", "gettoken", {})
    await nobody.aclose()


async def test_a_send_whose_answer_was_lost_is_shown_once_when_repeated(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    hasty = WeComClient(sandbox.settings.wecom, None, timeout=0.5)
    await hasty.send_text(["li"], "先取一次令牌")
    await sandbox.tell("mode", mode="slow", seconds=2, answers_late=True)
    once = card()
    with pytest.raises(WeComRetryable):
        await hasty.send_card(["li"], once)
    await sandbox.tell("mode", mode="up")
    await hasty.send_card(["li"], once)
    await hasty.aclose()
    assert [message["kind"] for message in await sandbox.chat("li")] == ["text", "template_card"]


async def test_a_card_that_wecom_refuses_is_final_and_says_which_field(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    for broken, word in (
        (card(task_id="t1") | {"task_id": "审批"}, "task_id"),
        (card() | {"horizontal_content_list": [{"keyname": "a"}] * 7}, "horizontal_content_list"),
        (card() | {"button_list": []}, "button_list"),
        (card() | {"main_title": {}}, "main_title"),
        ({"card_type": "text_notice", "main_title": {"title": "a"}}, "card_action"),
        ({"card_type": "unheard_of"}, "card_type"),
    ):
        with pytest.raises(WeComFinal, match=word):
            await sandbox.wecom.send_card(["li"], broken)
    assert await sandbox.chat("li") == []


async def test_two_matters_cannot_share_one_task_id(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_card(["li"], card(task_id="approval-b"))
    with pytest.raises(WeComFinal, match="42014"):
        await sandbox.wecom.send_card(["li"], card(task_id="approval-b", sub_title_text="别的内容"))


async def test_over_30_a_minute_to_one_member_messages_vanish_without_an_error(sandbox: Sandbox) -> None:
    await sandbox.members("li", "wang")
    for number in range(31):
        await sandbox.wecom.send_text(["li"], f"第{number}条")
    await sandbox.wecom.send_text(["wang"], "别人不受影响")
    assert len(await sandbox.chat("li")) == 30
    assert (await sandbox.ask("deliveries"))["dropped"] == {"li": 1}
    assert len(await sandbox.chat("wang")) == 1
    await sandbox.tell("clock", seconds=61)
    await sandbox.wecom.send_text(["li"], "一分钟以后")
    assert len(await sandbox.chat("li")) == 31


async def test_a_group_robot_is_refused_after_20_a_minute(sandbox: Sandbox) -> None:
    body = {"msgtype": "text", "text": {"content": "日报"}}

    async def report() -> int:
        answer = await sandbox.http.post("/cgi-bin/webhook/send", params={"key": "k"}, json=body)
        return int(answer.json()["errcode"])

    assert [await report() for _ in range(21)] == [0] * 20 + [45009]
    await sandbox.tell("clock", seconds=61)
    assert await report() == 0


async def test_a_long_text_is_cut_between_characters(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_text(["li"], "货" * 1000)
    (message,) = await sandbox.chat("li")
    text = message["content"]["content"]
    assert len(text.encode()) <= 2048 and set(text) == {"货", "…"}


async def test_the_sandbox_is_ready_and_shows_its_page(sandbox: Sandbox) -> None:
    assert (await sandbox.http.get("/readyz")).status_code == 200
    page: httpx.Response = await sandbox.http.get("/")
    assert page.status_code == 200 and "default-src 'self'" in page.headers["Content-Security-Policy"]
    for asset in ("chat.css", "chat.js", "cards.js"):
        assert (await sandbox.http.get(f"/static/{asset}")).status_code == 200
    assert (await sandbox.http.get("/static/index.html")).status_code == 404
