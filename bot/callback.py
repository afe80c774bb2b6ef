"""What members do in the chat: presses of cards, texts, entering.

The answer must come within five seconds, or WeCom calls again, three times in all: the work is done in a
transaction, together with the mark that this call has been acted on, so a call that comes again has no further
effect. Texts are answered in the answer itself; cards change through the outbox.
"""

from __future__ import annotations

import logging
from datetime import datetime

from bot import content
from bot.deliver import CHATS
from bot.wecom.events import CardPressed, MemberEvent, TextReceived
from server.alerts.service import AlertClosed, AlertDone
from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.approvals.service import ApprovalDecided
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, NotFound
from server.identity.service import actor_for
from server.notify import queries
from server.notify.queries import CODE_LIFE, Message
from server.trace.diversions import DiversionState

HELP = (
    "我是渠通助手。\n"
    "· 采购订单的审批卡片会发到这里，点“通过”或“驳回”即可处理\n"
    "· 驳回前请先在卡片上选择原因\n"
    "· 想看订单全部内容，点卡片上方打开"
)
_log = logging.getLogger("qutong.callback")


async def receive(event: MemberEvent) -> str:
    """Act on one decrypted callback; the text to answer with, or ''."""
    if isinstance(event, CardPressed):
        await _pressed(event)
    elif isinstance(event, TextReceived):
        return await _said(event)
    return ""


async def _said(event: TextReceived) -> str:
    """A question in the chat; the same answer to the same question asked again."""
    try:
        await actor_for(wecom_userid=event.from_user, surface="chat")
    except BusinessError as refusal:
        return refusal.detail
    return HELP


async def _pressed(event: CardPressed) -> None:
    """A press of approve or reject (B1): one decision, once; a late one is told who decided."""
    try:
        actor = await actor_for(wecom_userid=event.from_user, surface="chat")
        kind, subject_id = _subject_of(event.task_id)
        await db.retried(lambda: _decide(actor, kind, subject_id, event))
    except (ApprovalDecided, DiversionState, AlertDone, AlertClosed) as refusal:
        await _refused(event, f"没有重复处理：{refusal.detail}")
    except BusinessError as refusal:
        _log.info("press_refused", extra={"code": refusal.code})
        await _refused(event, f"没有处理成功：{refusal.detail}")


def _when(event: CardPressed) -> str:
    """When it was pressed: WeCom does not show the same text twice within two minutes (path/90236)."""
    return datetime.fromtimestamp(event.create_time, clock.zone()).strftime("%H:%M:%S")


def _subject_of(task_id: str) -> tuple[str, int]:
    """`approval-12-…` → approval, 12; of a diversion or alerts alike."""
    parts = task_id.split("-")
    known = parts[0] == "approval" or parts[0] in CHATS
    if not known or len(parts) < 3 or not parts[1].isdigit() or len(parts[1]) > 18:
        raise NotFound("没有找到这项审批")
    return parts[0], int(parts[1])


async def _decide(actor: Actor, kind: str, subject_id: int, event: CardPressed) -> None:
    """The decision, the code for its card and the mark of this press, or nothing."""
    async with db.transaction():
        if not await queries.first_time(event.dedupe_key, clock.now()):
            return
        await _keep_code(event)
        if kind in CHATS:
            await CHATS[kind].pressed(actor, subject_id, event)
        else:
            await approvals.decide(actor, subject_id, _decision(event))


def _decision(event: CardPressed) -> Decision:
    if event.event_key == "approve":
        return Decision("approve")
    if event.event_key != "reject":
        raise NotFound("卡片上没有这个按钮")
    chosen = next((ids[0] for ids in event.selected.values() if ids), "other")
    return Decision("reject", content.reason_words(chosen))


async def _keep_code(event: CardPressed) -> db.Row | None:
    """The press brings a code that is good for longer than the one before; the card, where it is known."""
    if not event.response_code:
        return await queries.card_of(event.task_id)
    return await queries.new_code(event.task_id, event.response_code, clock.now() + CODE_LIFE)


async def _refused(event: CardPressed, words: str) -> None:
    """Tell the presser why nothing happened, and give the buttons back, once per press."""
    async with db.transaction():
        if not await queries.first_time(event.dedupe_key, clock.now()):
            return
        card = await _keep_code(event)
        if card is None:
            _log.warning("press_of_unknown_card", extra={"task_id": event.task_id})
            return
        root_id, key = card["root_id"], event.dedupe_key
        matter = f"{_when(event)} {await _called(card)}".strip()
        about = {"userids": [event.from_user], "text": f"{matter} {words}"}
        messages = [
            Message(root_id, "wecom_text", "chat.answer", 0, f"member:{event.from_user}", f"answer:{key}", about)
        ]
        spare = card.get("code_before")
        if spare and card["code_before_until"] > clock.now():
            copy = {"task_id": event.task_id, "userid": event.from_user, "code": spare}
            if card["kind"] in CHATS:
                copy["about"] = card["kind"]
            subject_id = card["approval_id"]
            stream = f"{card['kind']}:{subject_id}"
            messages.append(Message(root_id, "wecom_update", "chat.again", subject_id, stream, f"again:{key}", copy))
        await queries.enqueue(messages, clock.now())


async def _called(card: db.Row) -> str:
    """What a card is about, by its number."""
    chat = CHATS.get(card["kind"])
    if chat is not None:
        matter = await chat.load(card["root_id"], card["approval_id"])
        return chat.called(matter) if matter else ""
    approval = await approvals.facts_by_id(card["root_id"], card["approval_id"])
    return content.called(approval) if approval else ""
