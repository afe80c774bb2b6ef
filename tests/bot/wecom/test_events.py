"""What members do, read from WeCom's XML."""

from __future__ import annotations

import pytest

from bot.wecom import events
from bot.wecom.crypto import BadCallback

PRESS = """<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[li]]></FromUserName>
<CreateTime>1476416373</CreateTime><MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[reject]]></EventKey>
<TaskId><![CDATA[approval-7-3]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>
<ResponseCode><![CDATA[code]]></ResponseCode><AgentID>1000002</AgentID>
<SelectedItems><SelectedItem><QuestionKey><![CDATA[reject_reason]]></QuestionKey>
<OptionIds><OptionId><![CDATA[stock]]></OptionId></OptionIds></SelectedItem></SelectedItems></xml>"""


def test_the_reason_chosen_on_the_card_arrives_with_the_rejection() -> None:
    assert events.parse(PRESS) == events.CardPressed(
        "li", 1000002, "approval-7-3", "reject", "code", {"reject_reason": ["stock"]}, 1476416373
    )


def test_a_press_delivered_again_counts_once() -> None:
    again = events.parse(PRESS.replace("<![CDATA[code]]>", "<![CDATA[other code]]>"))
    assert again.dedupe_key == events.parse(PRESS).dedupe_key


def test_two_members_pressing_the_same_card_are_told_apart() -> None:
    other = events.parse(PRESS.replace("[li]", "[wang]"))
    assert other.dedupe_key != events.parse(PRESS).dedupe_key


def test_a_press_without_a_choice_is_still_a_press() -> None:
    bare = PRESS[: PRESS.index("<SelectedItems>")] + "<SelectedItems/></xml>"
    found = events.parse(bare)
    assert isinstance(found, events.CardPressed) and found.selected == {}


def test_several_choices_are_all_read() -> None:
    twice = PRESS.replace("</OptionIds>", "<OptionId>credit</OptionId></OptionIds>")
    found = events.parse(twice)
    assert isinstance(found, events.CardPressed) and found.selected == {"reject_reason": ["stock", "credit"]}


def test_a_question_in_the_chat_is_read_with_its_signs() -> None:
    found = events.parse(
        "<xml><FromUserName>li</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
        "<Content><![CDATA[A < B & C?]]></Content><MsgId>42</MsgId><AgentID>1</AgentID></xml>"
    )
    assert found == events.TextReceived("li", "A < B & C?", "42", 1)
    assert found.dedupe_key == "text:42"


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("enter_agent", events.EnteredAgent),
        ("click", events.MenuClicked),
        ("template_card_menu_event", events.MenuClicked),
        ("location_report", events.Unknown),
    ],
)
def test_other_events_do_not_break_the_bot(event: str, kind: type) -> None:
    head = "<FromUserName>li</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
    assert isinstance(events.parse(f"<xml>{head}<Event>{event}</Event></xml>"), kind)


@pytest.mark.parametrize("text", ["", "hello", "<xml/>", "<xml><CreateTime>soon</CreateTime></xml>", "<xml>a</xml>"])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(BadCallback):
        events.parse(text)


def test_a_document_with_entities_cannot_eat_the_memory() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>'
    with pytest.raises(BadCallback):
        events.parse(bomb)
