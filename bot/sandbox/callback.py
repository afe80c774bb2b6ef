"""How what members do reaches the bot: encrypted, with a time limit, three attempts in all (WeCom path/90930)."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from typing import Any
from xml.parsers.expat import ExpatError

import httpx
import msgspec

from bot.sandbox.state import KEPT, Attempt, CallbackDelivery, Message, State
from bot.wecom import events, xml
from bot.wecom.crypto import BadCallback, CallbackCrypto
from server.settings import Settings

ATTEMPTS = 3
_WORDS = re.compile(r"(?<!^)(?=[A-Z])")
_LISTS = ("ButtonList", "HorizontalContentList", "JumpList", "OptionList", "VerticalContentList", "ActionList")
_NAMES = {"AppId": "appid", "PagePath": "pagepath", "KeyName": "keyname", "UserId": "userid"}
_NUMBERS = {"type", "style", "desc_color", "aspect_ratio"}


class NotPossible(Exception):
    """A member cannot do this: there is no such card or button, or it is grey."""


class Callbacks:
    """The connection to the bot's callback."""

    def __init__(self, settings: Settings, state: State, url: str, timeout: float, pause: float) -> None:
        self._app, self._state, self._url = settings.wecom, state, url
        self._timeout, self._pause = timeout, pause
        self._crypto = CallbackCrypto(self._app.token, self._app.aes_key, self._app.corp_id)
        self._http = httpx.AsyncClient(timeout=timeout, trust_env=False)

    async def verify(self) -> bool:
        """Whether the bot answers the URL check (GET with `echostr`)."""
        word, stamp, nonce = secrets.token_hex(8), self._stamp(), secrets.token_hex(5)
        sealed = self._crypto.seal(word)
        query = {"msg_signature": self._crypto.signature(stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}
        try:
            response = await self._http.get(self._url, params={**query, "echostr": sealed})
        except httpx.TransportError:
            return False
        return response.status_code == 200 and response.text == word

    async def press(self, userid: str, task_id: str, key: str, selected: dict[str, list[str]]) -> CallbackDelivery:
        """A member presses a button of a card (`template_card_event`, WeCom path/90240)."""
        copy = self._copy(userid, task_id)
        card = _pressable(copy, key)
        question = card.get("button_selection") or {}
        if question and not selected and question.get("selected_id"):
            selected = {question["question_key"]: [question["selected_id"]]}
        members: dict[str, Any] = {
            "EventKey": key,
            "TaskId": task_id,
            "CardType": card["card_type"],
            "ResponseCode": self._state.new_response_code(task_id, userid),
            "AgentID": self._app.agent_id,
        }
        if selected:
            items = [{"QuestionKey": name, "OptionIds": {"OptionId": ids}} for name, ids in selected.items()]
            members["SelectedItems"] = {"SelectedItem": items}
        return await self._event(userid, "template_card_event", members, copy)

    async def say(self, userid: str, text: str) -> CallbackDelivery:
        """A member writes to the app."""
        message = self._state.add_message(userid, "", "text", {"content": text}, by_member=True)
        members = {"MsgType": "text", "Content": text, "MsgId": str(10**15 + message.id), "AgentID": self._app.agent_id}
        return await self._deliver(userid, "text", members, None)

    async def enter(self, userid: str) -> CallbackDelivery:
        """A member opens the app's chat (`enter_agent`)."""
        return await self._event(userid, "enter_agent", {"EventKey": "", "AgentID": self._app.agent_id}, None)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _copy(self, userid: str, task_id: str) -> Message:
        copies = [message for message in self._state.copies(task_id) if message.userid == userid]
        if not copies:
            raise NotPossible("这位成员没有收到这张卡片")
        return copies[-1]

    async def _event(self, userid: str, event: str, members: dict[str, Any], copy: Message | None) -> CallbackDelivery:
        return await self._deliver(userid, event, {"MsgType": "event", "Event": event, **members}, copy)

    async def _deliver(
        self, userid: str, event: str, members: dict[str, Any], copy: Message | None
    ) -> CallbackDelivery:
        """Call up to three times until the bot answers in time; all attempts carry the same message."""
        head = {"ToUserName": self._app.corp_id, "FromUserName": userid, "CreateTime": self._stamp()}
        document = xml.write({**head, **members})
        key = events.parse(document).dedupe_key
        delivery = CallbackDelivery(self._state.next_id(), self._state.now(), userid, event, key, [])
        self._state.memory.deliveries.append(delivery)
        del self._state.memory.deliveries[:-KEPT]
        for number in range(ATTEMPTS):
            if number:
                await asyncio.sleep(self._pause)
            attempt, reply = await self._attempt(document)
            delivery.attempts.append(attempt)
            if attempt.outcome == "answered":
                delivery.outcome = "delivered"
                self._apply(userid, reply, copy, attempt)
                break
        else:
            delivery.outcome = "failed"
        self._state.changed = True
        return delivery

    async def _attempt(self, document: str) -> tuple[Attempt, str]:
        if self._state.mode == "down":
            return Attempt(self._state.now(), 0.0, "wecom_down"), ""
        stamp, nonce = self._stamp(), secrets.token_hex(5)
        envelope = xml.read(self._crypto.encrypt(document, nonce, stamp))
        query = {"msg_signature": envelope["MsgSignature"], "timestamp": stamp, "nonce": nonce}
        body = {"ToUserName": self._app.corp_id, "AgentID": self._app.agent_id, "Encrypt": envelope["Encrypt"]}
        began, at, reply = time.monotonic(), self._state.now(), ""
        try:
            async with asyncio.timeout(self._timeout):
                headers = {"Content-Type": "text/xml; charset=utf-8"}
                response = await self._http.post(self._url, params=query, content=xml.write(body), headers=headers)
            outcome = "answered" if response.status_code == 200 else f"http_{response.status_code}"
            reply = response.text
        except (TimeoutError, httpx.TimeoutException):
            outcome = "too_late"
        except httpx.TransportError:
            outcome = "not_reached"
        return Attempt(at, round(time.monotonic() - began, 3), outcome), reply

    def _apply(self, userid: str, reply: str, copy: Message | None, attempt: Attempt) -> None:
        """A passive reply: a text, a grey button or a new card for the member who pressed (WeCom path/90241)."""
        if not reply.strip():
            return
        try:
            found = xml.read(self._crypto.open_reply(reply), lists=_LISTS)
        except (BadCallback, ExpatError, ValueError):
            attempt.outcome = "answer_unreadable"
            return
        kind = found.get("MsgType")
        if kind == "text":
            content = str(found.get("Content") or "").encode()[:2048].decode("utf-8", "ignore")
            self._state.add_message(userid, "", "text", {"content": content})
        elif kind == "update_button" and copy is not None:
            self._state.change(copy, None, str((found.get("Button") or {}).get("ReplaceName") or "已处理"))
        elif kind == "update_template_card" and copy is not None:
            self._state.change(copy, card_of(found.get("TemplateCard") or {}))

    def _stamp(self) -> str:
        return str(int(self._state.now()))


def _pressable(message: Message, key: str) -> dict[str, Any]:
    shown = message.versions[-1]
    if shown.grey:
        raise NotPossible(f"按钮已不可点击：{shown.grey}")
    if key not in [button.get("key") for button in shown.content.get("button_list") or []]:
        raise NotPossible("卡片上没有这个按钮")
    return shown.content


def card_of(members: dict[str, Any]) -> dict[str, Any]:
    """The card of a passive reply's XML, in the names of the JSON API."""
    return {_name(name): _value(_name(name), value) for name, value in members.items()}


def _name(name: str) -> str:
    return _NAMES.get(name) or _WORDS.sub("_", name).lower()


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return card_of(value)
    if isinstance(value, list):
        return [_value(name, item) for item in value]
    if name in _NUMBERS and isinstance(value, str) and value.isdigit():
        return int(value)
    return value or ""


def as_json(delivery: CallbackDelivery) -> dict[str, Any]:
    """A delivery for the control API."""
    found: dict[str, Any] = msgspec.to_builtins(delivery)
    return found
