"""Sends one message of each kind; called by the dispatcher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bot import alerts, content, diversions, matters
from bot.wecom import cards
from bot.wecom.client import WeChatClient, WeComClient, WeComError, WeComFinal
from server.approvals import service as approvals
from server.core import clock, db
from server.core.weixin.errors import NO_GRANT_LEFT, TASK_ID_TAKEN
from server.notify import queries
from server.notify.queries import CODE_LIFE, SentCard
from server.settings import Settings

CHATS = {chat.KIND: chat.CHAT for chat in (diversions, alerts)}
"""What cards can be about beside approvals."""


class NotWanted(Exception):
    """The message has lost its point, or its receiver does not want it; the text says why."""


class Delivered(NamedTuple):
    """Whom a message was put in front of, for the limits, and what is to be said about it."""

    members: Sequence[str] = ()
    remark: str = ""


class Delivery:
    """What the outbox's channels do."""

    def __init__(self, settings: Settings, wecom: WeComClient, wechat: WeChatClient) -> None:
        self.settings, self.wecom, self.wechat = settings, wecom, wechat

    async def send(self, message: db.Row, payload: dict[str, Any]) -> Delivered:
        """Send a message of any kind; raises `NotWanted` or a `WeComError`."""
        kinds = {
            "wecom_card": self._card,
            "wecom_update": self._update,
            "wecom_text": self._text,
            "subscribe": self._subscribe,
        }
        if payload.get("about") in CHATS:
            return await self._matter(CHATS[payload["about"]], message, payload)
        return await kinds[message["channel"]](message, payload)

    async def answers(self, group: str) -> bool:
        """Whether the other side of a group of channels answers at all."""
        return await (self.wechat if group == "wechat" else self.wecom).answers()

    async def _card(self, message: db.Row, payload: dict[str, Any]) -> Delivered:
        """An approval card, as the matter stands when it is sent (B1).

        When the bot died between sending and remembering, WeCom knows the task id already, or takes the second send
        for a duplicate, and tells no response code: the card is remembered without one. It gets one with the first
        press; a decision made elsewhere before is told by a text.
        """
        approval = await approvals.facts_by_id(message["root_id"], message["subject_id"])
        if approval is None:
            raise NotWanted("审批不存在")
        sent_before = message["attempts"] > 0
        if approval.state != "pending":
            if sent_before:
                await self._remember(message, payload, approval.step_no, None)
            raise NotWanted("发送前已经处理")
        card = cards.approval_card(await content.of_approval(self.settings, approval, payload["task_id"]))
        try:
            sent = await self.wecom.send_card(payload["userids"], card)
        except WeComError as error:
            if error.errcode != TASK_ID_TAKEN:
                raise
            await self._remember(message, payload, approval.step_no, None)
            return Delivered(payload["userids"], "此前已经发出，卡片暂时不能更新")
        await self._remember(message, payload, approval.step_no, sent.response_code)
        missing = "、".join(sent.invalid_users)
        return Delivered(payload["userids"], f"不在应用可见范围内，没有收到：{missing}" if missing else "")

    async def _matter(self, chat: matters.Chat, message: db.Row, payload: dict[str, Any]) -> Delivered:
        """A card about a diversion or alerts, or what it shows now (S1.4, B2)."""
        about = (self.wecom, self.settings, message, payload)
        try:
            if message["channel"] == "wecom_update":
                noted = await matters.update(chat, *about)
                return Delivered(noted, "卡片不能再更新，改发了文字" if noted else "")
            missing = "、".join(await matters.send(chat, *about))
        except matters.NothingToSend as nothing:
            raise NotWanted(str(nothing)) from None
        return Delivered(payload["userids"], f"不在应用可见范围内，没有收到：{missing}" if missing else "")

    async def _remember(self, message: db.Row, payload: dict[str, Any], step_no: int, code: str | None) -> None:
        until = clock.now() + CODE_LIFE if code else None
        await queries.save_card(
            SentCard(
                message["root_id"], payload["task_id"], message["subject_id"], payload["account_ids"],
                payload["userids"], step_no, code, until,
            ),
            clock.now(),
        )  # fmt: skip

    async def _update(self, message: db.Row, payload: dict[str, Any]) -> Delivered:
        """Let all copies of an approval's cards show how it stands; those that do already are left alone."""
        approval = await approvals.facts_by_id(message["root_id"], message["subject_id"])
        found = await queries.cards(message["root_id"], message["subject_id"])
        if approval is None or not found:
            raise NotWanted("没有发过卡片")
        if "userid" in payload:
            return await self._give_back(approval, found, payload)
        noted: list[str] = []
        for card in found:
            shows = content.shown_by(card["step_no"], approval)
            if shows != card["shows"]:
                noted += await self._show(message, card, approval, shows)
        return Delivered(noted, "卡片不能再更新，改发了文字" if noted else "")

    async def _show(self, message: db.Row, card: db.Row, approval: approvals.Facts, shows: str) -> Sequence[str]:
        """Change all copies of one card, or, where that is not possible any more, tell its members by a text."""
        code = card["response_code"] if card["code_until"] and card["code_until"] > clock.now() else None
        words = content.decided_words(approval)
        if code:
            shown = await content.of_approval(self.settings, approval, card["task_id"])
            try:
                await self.wecom.update_card(code, None, card=cards.decided_card(shown, words))
            except WeComFinal:
                # A code works once: refused at a second attempt, it was spent by the first, whose answer was lost.
                code = code if message["attempts"] > 0 else None
        if not code:
            told = f"{content.called(approval)}：{words}。卡片不能再更新，不用处理了"
            await self.wecom.send_text(card["userids"], told)
        await queries.shown(approval.root_id, card["task_id"], shows, card["response_code"])
        return () if code else card["userids"]

    async def _give_back(
        self, approval: approvals.Facts, found: Sequence[db.Row], payload: dict[str, Any]
    ) -> Delivered:
        """After a press that had no effect: the presser's copy as it stands, with its buttons if it is still open."""
        card = next((one for one in found if one["task_id"] == payload["task_id"]), None)
        if card is None:
            raise NotWanted("没有这张卡片")
        shown = await content.of_approval(self.settings, approval, card["task_id"])
        is_open = not content.shown_by(card["step_no"], approval)
        fresh = cards.approval_card(shown) if is_open else cards.decided_card(shown, content.decided_words(approval))
        try:
            await self.wecom.update_card(payload["code"], [payload["userid"]], card=fresh)
        except WeComFinal as error:
            raise NotWanted(f"卡片没有变化：{error}") from None
        return Delivered()

    async def _text(self, message: db.Row, payload: dict[str, Any]) -> Delivered:
        """A plain text to members."""
        await self.wecom.send_text(payload["userids"], payload["text"])
        return Delivered(payload["userids"])

    async def _subscribe(self, message: db.Row, payload: dict[str, Any]) -> Delivered:
        """A mini-program subscribe message; each uses one grant (D6.2)."""
        data = {
            "thing1": cards.cut(payload["title"], 20),
            "thing2": cards.cut(payload["body"], 20),
            "time3": message["created_at"].astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M"),
        }
        grant = (payload["account_id"], payload["template_id"])
        try:
            page = content.page_of(payload["link"])
            await self.wechat.send_subscribe(payload["openid"], payload["template_id"], page, data)
        except WeComError as error:
            if error.errcode != NO_GRANT_LEFT:
                raise
            await queries.use_grant(*grant, True, clock.now())
            raise NotWanted("对方没有剩余的订阅次数，消息在应用内收件箱") from None
        await queries.use_grant(*grant, False, clock.now())
        return Delivered()
