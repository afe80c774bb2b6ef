"""Cards about matters that somebody looks into (diversions, alerts): sent, brought up to date, pressed, once.

What an approval is among questions, a matter is among these; each kind says how its card looks (`CHATS`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from bot.wecom.cards import Card
from bot.wecom.client import WeComClient, WeComError, WeComFinal
from bot.wecom.events import CardPressed
from server.core import clock, db
from server.core.actor import Actor
from server.core.weixin.errors import TASK_ID_TAKEN
from server.notify import queries
from server.notify.queries import SentCard
from server.settings import Settings


class NothingToSend(Exception):
    """The card has lost its point; the text says why."""


class Chat(NamedTuple):
    """A kind of matter in the chat.

    `load` (brand, id) finds one; `shows` is the word for how it stands, and `live` whether its buttons are; `called` is
    its name in a text, and `words` say who did what about it.
    """

    kind: str
    load: Callable[[int, int], Awaitable[db.Row | None]]
    card: Callable[[Settings, db.Row, str], Card]
    live: Callable[[db.Row], bool]
    shows: Callable[[db.Row], str]
    called: Callable[[db.Row], str]
    words: Callable[[db.Row], str]
    pressed: Callable[[Actor, int, CardPressed], Awaitable[None]]


async def send(
    chat: Chat, wecom: WeComClient, settings: Settings, message: db.Row, payload: dict[str, Any]
) -> Sequence[str]:
    """Send a card; who is not in the app and did not get it. As with approvals, a second send is remembered."""
    matter = await chat.load(message["root_id"], message["subject_id"])
    if matter is None or not chat.live(matter):
        raise NothingToSend("发送前已经处理")
    code, missing = None, []
    try:
        sent = await wecom.send_card(payload["userids"], chat.card(settings, matter, payload["task_id"]))
        code, missing = sent.response_code, sent.invalid_users
    except WeComError as error:
        if error.errcode != TASK_ID_TAKEN:
            raise
    until = clock.now() + queries.CODE_LIFE if code else None
    about = (message["root_id"], payload["task_id"], matter["id"], payload["account_ids"], payload["userids"], 1)
    await queries.save_card(SentCard(*about, code, until, chat.kind), clock.now())
    return missing


async def update(
    chat: Chat, wecom: WeComClient, settings: Settings, message: db.Row, payload: dict[str, Any]
) -> Sequence[str]:
    """Let all copies show how the matter stands; the members who were told by a text because a card is too old."""
    matter = await chat.load(message["root_id"], message["subject_id"])
    found = await queries.cards(message["root_id"], message["subject_id"], chat.kind)
    if matter is None or not found:
        raise NothingToSend("没有发过卡片")
    told: list[str] = []
    for card in found:
        own = payload.get("task_id") in (None, card["task_id"])
        if own and (card["shows"] != chat.shows(matter) or "code" in payload):
            told += await _show(chat, wecom, settings, message, card, matter, payload)
    return told


async def _show(
    chat: Chat,
    wecom: WeComClient,
    settings: Settings,
    message: db.Row,
    card: db.Row,
    matter: db.Row,
    payload: dict[str, Any],
) -> Sequence[str]:
    fresh = chat.card(settings, matter, card["task_id"])
    if "code" in payload:  # one member's copy, after a press that had no effect
        try:
            await wecom.update_card(payload["code"], [payload["userid"]], card=fresh)
        except WeComFinal as error:
            raise NothingToSend(f"卡片没有变化：{error}") from None
        return ()
    code = card["response_code"] if card["code_until"] and card["code_until"] > clock.now() else None
    if code:
        try:
            await wecom.update_card(code, None, card=fresh)
        except WeComFinal:
            code = code if message["attempts"] > 0 else None
    if not code:
        await wecom.send_text(card["userids"], f"{chat.called(matter)}：{chat.words(matter)}")
    await queries.shown(message["root_id"], card["task_id"], chat.shows(matter), card["response_code"])
    return () if code else card["userids"]
