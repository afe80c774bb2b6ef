"""What a member does reaches the bot, even when the bot is slow."""

from __future__ import annotations

from bot.wecom.events import CardPressed, EnteredAgent, TextReceived
from tests.bot.sandbox.conftest import Sandbox, card, passive


async def test_a_press_arrives_with_the_reason_and_a_code_of_its_own(sandbox: Sandbox) -> None:
    await sandbox.members("li", "wang")
    sent = await sandbox.wecom.send_card(["li", "wang"], card(task_id="approval-d"))
    choice = {"reject_reason": "stock"}
    done = await sandbox.tell("press", userid="li", task_id="approval-d", button_key="reject", selected=choice)
    (event,) = sandbox.listener.received
    assert isinstance(event, CardPressed)
    assert (event.from_user, event.task_id, event.event_key) == ("li", "approval-d", "reject")
    assert event.selected == {"reject_reason": ["stock"]} and event.agent_id == 1000002
    assert done["outcome"] == "delivered" and done["dedupe_key"] == event.dedupe_key
    assert event.response_code not in ("", sent.response_code)
    await sandbox.wecom.update_card(event.response_code, None, replace_name="已驳回")
    assert (await sandbox.chat("wang"))[0]["grey"] == "已驳回"


async def test_a_press_is_delivered_again_when_the_bot_answers_late_and_can_be_told_to_be_the_same(
    sandbox: Sandbox,
) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_card(["li"], card(task_id="approval-e"))
    sandbox.listener.delays[:] = [1.0]
    done = await sandbox.tell("press", userid="li", task_id="approval-e", button_key="approve")
    assert [attempt["outcome"] for attempt in done["attempts"]] == ["too_late", "answered"]
    first, second = sandbox.listener.received
    assert first == second and first.dedupe_key == second.dedupe_key


async def test_wecom_gives_up_after_three_attempts(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_card(["li"], card(task_id="approval-f"))
    sandbox.listener.statuses[:] = [503, 503, 503, 200]
    done = await sandbox.tell("press", userid="li", task_id="approval-f", button_key="approve")
    assert done["outcome"] == "failed" and len(sandbox.listener.received) == 3
    assert (await sandbox.ask("deliveries"))["items"][-1]["outcome"] == "failed"


async def test_nobody_can_press_what_they_were_not_sent(sandbox: Sandbox) -> None:
    await sandbox.members("li", "wang")
    await sandbox.wecom.send_card(["li"], card(task_id="approval-g"))
    for userid, key in (("wang", "approve"), ("li", "delete"), ("stranger", "approve")):
        refused = await sandbox.tell("press", userid=userid, task_id="approval-g", button_key=key)
        assert refused["outcome"] == "not_possible"
    assert sandbox.listener.received == []


async def test_a_press_does_not_arrive_while_wecom_is_down(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_card(["li"], card(task_id="approval-h"))
    await sandbox.tell("mode", mode="down")
    done = await sandbox.tell("press", userid="li", task_id="approval-h", button_key="approve")
    assert done["outcome"] == "failed" and sandbox.listener.received == []


async def test_the_answer_can_change_the_card_of_whoever_pressed(sandbox: Sandbox) -> None:
    await sandbox.members("li", "wang")
    await sandbox.wecom.send_card(["li", "wang"], card(task_id="approval-i"))
    sandbox.listener.replies[:] = [
        lambda event: passive(event, MsgType="update_button", Button={"ReplaceName": "处理中"})
    ]
    await sandbox.tell("press", userid="li", task_id="approval-i", button_key="approve")
    assert (await sandbox.chat("li"))[0]["grey"] == "处理中"
    assert (await sandbox.chat("wang"))[0]["grey"] == ""


async def test_the_answer_can_bring_a_whole_new_card(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.wecom.send_card(["li"], card(task_id="approval-j"))
    new = {
        "CardType": "button_interaction",
        "MainTitle": {"Title": "已处理"},
        "HorizontalContentList": {"KeyName": "商品", "Value": "苏打水"},
        "ButtonList": {"Text": "通过", "Style": "1", "Key": "approve"},
        "ReplaceText": "已通过",
    }
    sandbox.listener.replies[:] = [lambda event: passive(event, MsgType="update_template_card", TemplateCard=new)]
    await sandbox.tell("press", userid="li", task_id="approval-j", button_key="approve")
    (message,) = await sandbox.chat("li")
    assert message["grey"] == "已通过" and len(message["versions"]) == 2
    assert message["content"]["horizontal_content_list"] == [{"keyname": "商品", "value": "苏打水"}]
    assert message["content"]["button_list"][0]["style"] == 1


async def test_a_question_is_answered_in_the_chat(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    sandbox.listener.replies[:] = [lambda event: passive(event, MsgType="text", Content=f"收到:{event.content}")]
    await sandbox.tell("say", userid="li", text="额度 < 5 & 还有?")
    (event,) = sandbox.listener.received
    assert isinstance(event, TextReceived) and event.content == "额度 < 5 & 还有?"
    question, reply = await sandbox.chat("li")
    assert question["sent_by_member"] and reply["content"]["content"] == "收到:额度 < 5 & 还有?"


async def test_opening_the_chat_and_saving_the_url_work(sandbox: Sandbox) -> None:
    await sandbox.members("li")
    await sandbox.tell("enter", userid="li")
    assert isinstance(sandbox.listener.received[0], EnteredAgent)
    assert await sandbox.tell("verify") == {"verified": True}
