"""What WeCom tells about its members, as typed events (WeCom path/90238 messages, path/90240 events)."""

from __future__ import annotations

from typing import Any
from xml.parsers.expat import ExpatError

import msgspec

from bot.wecom import xml as documents
from bot.wecom.crypto import BadCallback
from bot.wecom.xml import cut_bytes

MAX_REPLY_BYTES = 2048


class CardPressed(msgspec.Struct, frozen=True):
    """A member pressed a button of a card; `selected` holds the chosen option ids by question key."""

    from_user: str
    agent_id: int
    task_id: str
    event_key: str
    response_code: str
    selected: dict[str, list[str]]
    create_time: int

    @property
    def dedupe_key(self) -> str:
        """The same for all attempts to deliver one press, which has no MsgId."""
        return f"press:{self.from_user}:{self.create_time}:{self.task_id}:{self.event_key}"


class TextReceived(msgspec.Struct, frozen=True):
    """A member wrote to the app."""

    from_user: str
    content: str
    msg_id: str
    create_time: int = 0

    @property
    def dedupe_key(self) -> str:
        """The same for all attempts to deliver one text."""
        return f"text:{self.msg_id}" if self.msg_id else f"text:{self.from_user}:{self.create_time}"


class EnteredAgent(msgspec.Struct, frozen=True):
    """A member opened the app's chat."""

    from_user: str
    create_time: int

    @property
    def dedupe_key(self) -> str:
        """The same for all attempts to deliver one entry."""
        return f"enter:{self.from_user}:{self.create_time}"


class MenuClicked(msgspec.Struct, frozen=True):
    """A member chose an item of the app's menu, or of a card's menu (then with a task id)."""

    from_user: str
    event_key: str
    create_time: int
    task_id: str = ""
    response_code: str = ""

    @property
    def dedupe_key(self) -> str:
        """The same for all attempts to deliver one click."""
        return f"menu:{self.from_user}:{self.create_time}:{self.task_id}:{self.event_key}"


class Unknown(msgspec.Struct, frozen=True):
    """A message or event that the bot has no use for."""

    from_user: str
    kind: str
    create_time: int

    @property
    def dedupe_key(self) -> str:
        """The same for all attempts to deliver one event."""
        return f"{self.kind}:{self.from_user}:{self.create_time}"


MemberEvent = CardPressed | TextReceived | EnteredAgent | MenuClicked | Unknown


def parse(xml: str) -> MemberEvent:
    """Read a decrypted callback; raises `BadCallback` when it is no WeCom message at all."""
    try:
        found = documents.read(xml, lists=("SelectedItem", "OptionId"))
        create_time = int(_word(found, "CreateTime") or 0)
        agent_id = int(_word(found, "AgentID", "AgentId") or 0)
    except (ExpatError, KeyError, TypeError, ValueError, AttributeError):
        raise BadCallback("not a WeCom message") from None
    sender, kind, event = _word(found, "FromUserName"), _word(found, "MsgType"), _word(found, "Event")
    if kind == "text":
        return TextReceived(sender, _word(found, "Content"), _word(found, "MsgId"), create_time)
    if kind != "event":
        return Unknown(sender, kind or "unknown", create_time)
    key, task_id, code = _word(found, "EventKey"), _word(found, "TaskId"), _word(found, "ResponseCode")
    if event == "template_card_event":
        return CardPressed(sender, agent_id, task_id, key, code, _selected(found), create_time)
    if event == "template_card_menu_event":
        return MenuClicked(sender, key, create_time, task_id, code)
    if event == "click":
        return MenuClicked(sender, key, create_time)
    if event == "enter_agent":
        return EnteredAgent(sender, create_time)
    return Unknown(sender, event or "event", create_time)


def text_reply(userid: str, corp_id: str, create_time: int, text: str) -> str:
    """A text as a passive reply, in at most 2,048 bytes (WeCom path/90241)."""
    members = {"ToUserName": userid, "FromUserName": corp_id, "CreateTime": str(create_time), "MsgType": "text"}
    return documents.write({**members, "Content": cut_bytes(text, MAX_REPLY_BYTES)})


def _word(found: dict[str, Any], *names: str) -> str:
    for name in names:
        value = found.get(name)
        if isinstance(value, str):
            return value
    return ""


def _selected(found: dict[str, Any]) -> dict[str, list[str]]:
    """`SelectedItems/SelectedItem{QuestionKey, OptionIds/OptionId}` as option ids by question."""
    items = (found.get("SelectedItems") or {}).get("SelectedItem") or []
    selected: dict[str, list[str]] = {}
    for item in items:
        if not isinstance(item, dict):
            continue
        options = (item.get("OptionIds") or {}).get("OptionId") or []
        selected[_word(item, "QuestionKey")] = [option for option in options if isinstance(option, str)]
    return selected
