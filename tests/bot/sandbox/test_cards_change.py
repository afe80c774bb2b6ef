"""Cards change at everybody who has them, and only as often as WeCom allows."""

from __future__ import annotations

import pytest

from bot.wecom.client import WeComFinal
from tests.bot.sandbox.conftest import Sandbox, card

DECIDED = "李经理 11-24 09:30 已通过"


async def shown(sandbox: Sandbox, userid: str) -> str:
    """The grey text that a member sees in place of the buttons."""
    return str((await sandbox.chat(userid))[-1]["grey"])


async def test_after_a_decision_every_decider_sees_it_and_none_can_press(sandbox: Sandbox) -> None:
    await sandbox.members("li", "wang", "zhao")
    original = card(task_id="approval-c")
    sent = await sandbox.wecom.send_card(["li", "wang", "zhao"], original)
    assert sent.response_code
    await sandbox.wecom.update_card(sent.response_code, None, card=original | {"replace_text": DECIDED})
    assert [await shown(sandbox, userid) for userid in ("li", "wang", "zhao")] == [DECIDED] * 3
    refused = await sandbox.tell("press", userid="wang", task_id="approval-c", button_key="approve")
    assert refused["outcome"] == "not_possible" and sandbox.listener.received == []


async def test_a_card_can_be_changed_for_some_only(sandbox: Sandbox) -> None:
    await sandbox.members("li", "wang")
    sent = await sandbox.wecom.send_card(["li", "wang"], card())
    assert sent.response_code
    done = await sandbox.wecom.update_card(sent.response_code, ["wang", "gone"], replace_name="已处理")
    assert done.invalid_users == ["gone"]
    assert await shown(sandbox, "wang") == "已处理" and not await shown(sandbox, "li")


async def test_a_response_code_works_once(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    sent = await sandbox.wecom.send_card(["li"], card())
    assert sent.response_code
    await sandbox.wecom.update_card(sent.response_code, None, replace_name="已处理")
    with pytest.raises(WeComFinal, match="used"):
        await sandbox.wecom.update_card(sent.response_code, None, replace_name="又处理")
    assert await shown(sandbox, "li") == "已处理"


async def test_a_response_code_works_for_72_hours(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    in_time = await sandbox.wecom.send_card(["li"], card())
    too_late = await sandbox.wecom.send_card(["li"], card())
    assert in_time.response_code and too_late.response_code
    await sandbox.tell("clock", seconds=72 * 3600 - 60)
    await sandbox.wecom.update_card(in_time.response_code, None, replace_name="已处理")
    await sandbox.tell("clock", seconds=61)
    with pytest.raises(WeComFinal, match="expired"):
        await sandbox.wecom.update_card(too_late.response_code, None, replace_name="已处理")


async def test_a_refused_change_leaves_the_code_for_another_try(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    sent = await sandbox.wecom.send_card(["li"], card())
    assert sent.response_code
    with pytest.raises(WeComFinal):
        await sandbox.wecom.update_card(sent.response_code, None, card={"card_type": "unheard_of"})
    await sandbox.wecom.update_card(sent.response_code, None, replace_name="已处理")


async def test_a_card_that_only_tells_has_no_code(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    notice = {
        "card_type": "text_notice",
        "main_title": {"title": "已发货"},
        "card_action": {"type": 1, "url": "http://localhost/"},
    }
    assert (await sandbox.wecom.send_card(["li"], notice)).response_code is None
