"""What members do in the chat: presses of cards, texts, entering.

The answer must come within five seconds, or WeCom calls again, three times in all: the work is done in a
transaction, the answer is empty, and cards change through the outbox. A call that comes twice has one effect.
"""

from __future__ import annotations

import logging

from bot.deliver import CODE_LIFE, REASONS
from bot.wecom.events import CardPressed, MemberEvent, TextReceived
from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.approvals.service import ApprovalDecided
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, NotFound
from server.identity.service import actor_for
from server.notify import queries
from server.notify.queries import Message
from server.orders.states import OrderState

HELP = "我是渠通助手。\n采购订单的审批卡片会发到这里,点按钮即可处理;驳回时请先在卡片上选择原因。"
_log = logging.getLogger("qutong.callback")
_SEEN = "INSERT INTO callback_seen (dedupe_key, seen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true"


async def receive(event: MemberEvent) -> None:
    """Act on one decrypted callback."""
    if isinstance(event, CardPressed):
        await _pressed(event)
    elif isinstance(event, TextReceived) and await db.value(_SEEN, event.dedupe_key, clock.now()):
        await _answer(event.from_user, HELP, event.dedupe_key)


async def _answer(userid: str, text: str, key: str, root_id: int = 0) -> None:
    """Send a text to one member, through the outbox, once."""
    payload = {"userids": [userid], "text": text}
    message = Message("wecom_text", "chat.answer", 0, f"member:{userid}", f"answer:{key}", payload)
    if not root_id:
        root_id = int(await db.value("SELECT root_id FROM account WHERE wecom_userid = $1", userid) or 0)
    if root_id:
        await queries.enqueue(root_id, message, clock.now())


async def _pressed(event: CardPressed) -> None:
    """A press of approve or reject (B1): one decision, once; a late one is told who decided."""
    try:
        actor = await actor_for(wecom_userid=event.from_user, surface="chat")
    except BusinessError as refusal:
        _log.warning("press_refused", extra={"code": refusal.code})
        await _answer(event.from_user, refusal.detail, event.dedupe_key)
        return
    code_until = clock.now() + CODE_LIFE
    card = await queries.new_code(event.task_id, event.response_code, code_until) if event.response_code else None
    approval_id = card["approval_id"] if card else _approval_of(event.task_id)
    try:
        await db.retried(lambda: _decide(actor, approval_id, event))
    except (ApprovalDecided, OrderState) as refusal:
        if not await _own_decision(actor, approval_id, event.event_key):
            await _answer(event.from_user, refusal.detail, event.dedupe_key, actor.root_id)
            await _show_again(actor, approval_id, event)
    except BusinessError as refusal:
        await _answer(event.from_user, f"没有处理成功:{refusal.detail}", event.dedupe_key, actor.root_id)
        await _show_again(actor, approval_id, event)


def _approval_of(task_id: str) -> int:
    parts = task_id.split("-")
    if len(parts) < 2 or not parts[1].isdigit():
        raise NotFound("没有找到这项审批")
    return int(parts[1])


async def _decide(actor: Actor, approval_id: int, event: CardPressed) -> None:
    reason = ""
    if event.event_key == "reject":
        chosen = next((ids[0] for ids in event.selected.values() if ids), "other")
        reason = dict(REASONS).get(chosen, dict(REASONS)["other"])
    decision = Decision("reject" if event.event_key == "reject" else "approve", reason)
    await approvals.decide(actor, approval_id, decision)


async def _own_decision(actor: Actor, approval_id: int, pressed: str) -> bool:
    """Whether this is the same press again: the same member decided the same."""
    facts = await approvals.facts_by_id(actor.root_id, approval_id)
    wanted = "rejected" if pressed == "reject" else "approved"
    return facts is not None and facts.decided_by == actor.account_id and facts.state == wanted


async def _show_again(actor: Actor, approval_id: int, event: CardPressed) -> None:
    """The pressed card was spent by the press: show the member how the matter stands."""
    key = f"again:{event.dedupe_key}"
    message = Message("wecom_update", "chat.again", approval_id, f"approval:{approval_id}", key, {})
    await queries.enqueue(actor.root_id, message, clock.now())
