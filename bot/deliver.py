"""Sends one message of each kind; called by the dispatcher, one at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.fanout import DELIVERY
from bot.wecom import cards
from bot.wecom.client import WeChatClient, WeComClient, WeComError, WeComFinal
from server.approvals import service as approvals
from server.core import clock, db
from server.core.money import yuan
from server.notify import queries
from server.orders import views
from server.orders.states import STATE_NAMES
from server.settings import Settings
from server.settlement.queries import balance

CODE_LIFE = timedelta(hours=72)  # path/94945
REASONS = (
    ("stock", "库存不足"),
    ("credit", "超出信用额度"),
    ("price", "价格或政策有误"),
    ("quantity", "数量不合理"),
    ("other", "其他,请电话联系"),
)
NO_GRANT_LEFT = 43101
WORDS = {"approved": "已通过", "rejected": "已驳回", "void": "已撤销", "pending": "待审核"}


class NotWanted(Exception):
    """The message has lost its point, or its receiver does not want it; the text says why."""


class Delivery:
    """What the outbox's channels do."""

    def __init__(self, settings: Settings, wecom: WeComClient, wechat: WeChatClient) -> None:
        self.settings, self.wecom, self.wechat = settings, wecom, wechat

    async def wecom_card(self, message: db.Row, payload: dict[str, Any]) -> None:
        """An approval card, as the matter stands when it is sent (B1)."""
        approval = await approvals.facts_by_id(message["root_id"], message["subject_id"])
        if approval is None or approval.state != "pending":
            raise NotWanted("发送前已经处理")
        card = cards.approval_card(await self._content(approval, payload["task_id"]))
        sent = await self.wecom.send_card(payload["userids"], card)
        await queries.save_card(
            message["root_id"],
            payload["task_id"],
            approval.id,
            payload["account_ids"],
            payload["userids"],
            sent.response_code,
            clock.now() + CODE_LIFE,
            clock.now(),
        )
        if set(sent.invalid_users) >= set(payload["userids"]):
            raise WeComFinal(81013, f"成员不在应用可见范围内:{'、'.join(sent.invalid_users)}")

    async def wecom_update(self, message: db.Row, payload: dict[str, Any]) -> None:
        """Let all copies of a card show the decision; past 72 hours a note is sent instead."""
        approval = await approvals.facts_by_id(message["root_id"], message["subject_id"])
        found = await queries.cards(message["root_id"], message["subject_id"])
        if approval is None or not found:
            raise NotWanted("没有发过卡片")
        for card in found:
            if card["response_code"] and card["code_until"] > clock.now():
                await self._update(message["root_id"], card, approval)
            elif approval.state != "pending" and card["code_until"] <= clock.now():
                await self.wecom.send_text(card["userids"], f"订单 {approval.number} {_decided_words(approval)}")

    async def _update(self, root_id: int, card: db.Row, approval: approvals.Facts) -> None:
        content = await self._content(approval, card["task_id"])
        decided = cards.decided_card(content, _decided_words(approval))
        try:
            await self.wecom.update_card(card["response_code"], None, card=decided)
        except WeComFinal:
            await queries.use_code(root_id, card["task_id"])
            raise
        await queries.use_code(root_id, card["task_id"])

    async def wecom_text(self, message: db.Row, payload: dict[str, Any]) -> None:
        """A plain text to members."""
        await self.wecom.send_text(payload["userids"], payload["text"])

    async def subscribe(self, message: db.Row, payload: dict[str, Any]) -> None:
        """A mini-program subscribe message; each uses one grant (D6.2)."""
        data = {
            "thing1": payload["title"][:20],
            "thing2": payload["body"][:20],
            "time3": clock.now().astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M"),
        }
        page = f"pages/orders/detail?id={message['subject_id']}"
        try:
            await self.wechat.send_subscribe(payload["openid"], payload["template_id"], page, data)
        except WeComError as error:
            if error.errcode != NO_GRANT_LEFT:
                raise
            await queries.use_grant(payload["account_id"], payload["template_id"], True, clock.now())
            raise NotWanted("对方没有剩余的订阅次数,消息在应用内收件箱") from None
        await queries.use_grant(payload["account_id"], payload["template_id"], False, clock.now())

    async def _content(self, approval: approvals.Facts, task_id: str) -> cards.ApprovalCard:
        """What a decider needs: who, what, how much, credit left."""
        order = await views.headline(approval.root_id, approval.subject_id)
        if order is None:
            raise NotWanted("订单不存在")
        pair = await balance(order.buyer_id)
        rows = [
            ("经销商", order.buyer_name),
            ("商品", order.first_product + (f" 等{order.line_count}种" if order.line_count > 1 else "")),
            ("配送", DELIVERY[order.delivery_method]),
        ]
        if pair is not None and pair["limit_fen"] is not None:
            used = pair["receivable_fen"] + pair["committed_fen"] - pair["prepaid_fen"]
            rows.append(("信用剩余", yuan(pair["limit_fen"] - used)))
        if order.wished_on:
            rows.append(("期望送达", order.wished_on.isoformat()))
        if order.note:
            rows.append(("备注", order.note))
        return cards.ApprovalCard(
            task_id=task_id,
            title="大额订单复审" if approval.step == "second" else "采购订单审批",
            subtitle=f"{order.created_by_name} 提交",
            number=order.number,
            buyer=order.buyer_name,
            total=yuan(order.total_fen),
            rows=rows,
            url=f"{self.settings.public_url}/#/pages/orders/detail?id={order.id}",
            reasons=list(REASONS),
            state=STATE_NAMES[order.state],
        )


def _decided_words(approval: approvals.Facts) -> str:
    if approval.state == "pending":
        return "初审已通过,等待复审"
    when = approval.decided_at.astimezone(clock.zone()).strftime("%m-%d %H:%M")
    reason = f":{approval.reason}" if approval.reason else ""
    return f"{approval.decided_by_name or '系统'} {when} {WORDS[approval.state]}{reason}"
