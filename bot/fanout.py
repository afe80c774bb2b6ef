"""Events into notices and messages: who is to be told what, and how.

Runs in one transaction with the event's mark, on the database only, so that an event is expanded exactly once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from server.approvals import service as approvals
from server.core import clock, db, live
from server.core.money import yuan
from server.identity.roles import roles_with
from server.notify import queries
from server.notify.queries import Message, Told
from server.orders import views
from server.orders.views import Headline
from server.settings import Settings

DELIVERY = {"deliver": "送货上门", "pickup": "自提", "logistics": "物流"}


class Event(msgspec.Struct):
    """An event row of the outbox."""

    id: int
    root_id: int
    topic: str
    subject_id: int
    payload: dict[str, Any]


class Fanout:
    """Expands events; collects whom to tell live once the transaction has committed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.told: set[int] = set()

    async def expand(self, event: Event) -> None:
        """Everything that follows from one event; topics that nobody waits for are done at once."""
        handler = _HANDLERS.get(event.topic)
        if handler is not None:
            await handler(self, event)

    async def tell(self, event: Event, people: Sequence[db.Row], title: str, body: str, link: str) -> None:
        """A notice in the inbox of each, and a subscribe message where a grant is left."""
        ids = [person["id"] for person in people]
        if not ids:
            return
        told = Told(ids, event.topic, title, body, link, f"{event.topic}:{event.id}")
        self.told.update(await queries.tell(event.root_id, told, clock.now()))
        template = self.settings.wechat.template_order
        if not template:
            return
        for found in await queries.subscribed(ids, template, self.settings.wechat.app_id):
            payload = {"account_id": found["account_id"], "openid": found["openid"], "title": title, "body": body}
            await queries.enqueue(
                event.root_id,
                Message(
                    "subscribe",
                    event.topic,
                    event.subject_id,
                    f"subscribe:{found['account_id']}",
                    f"subscribe:{event.id}:{found['account_id']}",
                    {**payload, "link": link, "template_id": template},
                ),
                clock.now(),
            )

    async def card(self, event: Event, approval_id: int, people: Sequence[db.Row]) -> None:
        """One approval card for all who can decide and are in the chat."""
        members = [person for person in people if person["wecom_userid"]]
        if members:
            payload = {
                "account_ids": [person["id"] for person in members],
                "userids": [person["wecom_userid"] for person in members],
                "task_id": f"approval-{approval_id}-{event.id}",
            }
            key = f"card:{event.id}:{approval_id}"
            message = Message("wecom_card", event.topic, approval_id, f"approval:{approval_id}", key, payload)
            await queries.enqueue(event.root_id, message, clock.now())

    async def update_cards(self, event: Event, approval_id: int) -> None:
        """Let every copy of the approval's cards show how it stands now."""
        key = f"update:{event.id}:{approval_id}"
        message = Message("wecom_update", event.topic, approval_id, f"approval:{approval_id}", key, {})
        await queries.enqueue(event.root_id, message, clock.now())


async def _people(org_id: int, kind: str, permission: str) -> Sequence[db.Row]:
    return await queries.people(org_id, roles_with(permission, kind))


def _content(order: Headline) -> str:
    more = f"等 {order.line_count} 种" if order.line_count > 1 else ""
    return f"{order.first_product}{more},共 {yuan(order.total_fen)}"


async def _deciders(order: Headline, second: bool = False) -> Sequence[db.Row]:
    """Who can decide: for the first step the rep of the dealer, or, where there is none, the managers."""
    if not second:
        first = set(roles_with("order.approve", order.seller_kind))
        if order.seller_kind == "brand":
            first = {"brand_rep"}
        found = await approvals.deciders(order.seller_id, order.buyer_id, sorted(first))
        if found:
            return found
    roles = roles_with("approval.second", order.seller_kind)
    if order.seller_kind == "brand":
        roles = [role for role in roles if role != "brand_admin"] or roles
    return await approvals.deciders(order.seller_id, order.buyer_id, roles)


async def _order(event: Event) -> Headline | None:
    return await views.headline(event.root_id, event.subject_id)


async def _submitted(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    approval = await approvals.facts_of(event.root_id, "order", event.subject_id)
    if order is None or approval is None or approval.state != "pending":
        return
    people = await _deciders(order)
    body = f"{order.buyer_name}:{_content(order)}"
    await fan.tell(event, people, f"新订单 {order.number}", body, f"order/{order.id}")
    await fan.card(event, approval.id, people)


async def _first_approved(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    approval = await approvals.facts_of(event.root_id, "order", event.subject_id)
    if order is None or approval is None:
        return
    await fan.update_cards(event, approval.id)
    if approval.state == "pending":
        people = await _deciders(order, second=True)
        body = f"{order.buyer_name}:{_content(order)},金额较大,请复审"
        await fan.tell(event, people, f"待复审 {order.number}", body, f"order/{order.id}")
        await fan.card(event, approval.id, people)


async def _decided(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    approval = await approvals.facts_of(event.root_id, "order", event.subject_id)
    if order is None or approval is None:
        return
    await fan.update_cards(event, approval.id)
    link = f"order/{order.id}"
    if event.topic == "order.cancel":
        body = f"{order.buyer_name}:{_content(order)},原因:{order.reason}"
        await fan.tell(event, await _deciders(order), f"订单已取消 {order.number}", body, link)
        return
    buyers = await _people(order.buyer_id, order.buyer_kind, "order.create")
    if event.topic == "order.reject":
        await fan.tell(event, buyers, f"订单被驳回 {order.number}", f"{order.seller_name}:{order.reason}", link)
        return
    part = "部分" if order.approved_fen < order.total_fen else ""
    body = f"{order.seller_name}已{part}通过,金额 {yuan(order.approved_fen)},正在备货"
    await fan.tell(event, buyers, f"订单已通过 {order.number}", body, link)
    keepers = await _people(order.seller_id, order.seller_kind, "order.issue")
    await fan.tell(event, keepers, f"待出库 {order.number}", f"{order.buyer_name}:{_content(order)}", link)


async def _issued(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    if order is not None:
        body = f"{order.seller_name}已发货,出库单 {event.payload.get('number', '')},请准备签收"
        buyers = await _people(order.buyer_id, order.buyer_kind, "order.receive")
        await fan.tell(event, buyers, f"货已发出 {order.number}", body, f"order/{order.id}")


async def _received(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    if order is not None:
        credit = int(event.payload.get("credit_fen", 0))
        body = f"{order.buyer_name}已签收" + (f",短少破损扣减 {yuan(credit)}" if credit else ",数量无误")
        sellers = await _people(order.seller_id, order.seller_kind, "order.issue")
        await fan.tell(event, sellers, f"已签收 {order.number}", body, f"order/{order.id}")


async def _closed(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    if order is not None:
        buyers = await _people(order.buyer_id, order.buyer_kind, "order.create")
        body = f"{order.seller_name}:{order.reason}"
        await fan.tell(event, buyers, f"订单已完成 {order.number}", body, f"order/{order.id}")


async def _set_aside(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    if order is not None:
        buyers = await _people(order.buyer_id, order.buyer_kind, "order.create")
        held = event.topic == "order.hold"
        body = f"{order.seller_name}" + (f":{event.payload.get('reason', '')}" if held else "已恢复审核")
        title = f"订单已挂起 {order.number}" if held else f"订单已恢复 {order.number}"
        await fan.tell(event, buyers, title, body, f"order/{order.id}")


async def _stale(fan: Fanout, event: Event) -> None:
    order = await _order(event)
    approval = await approvals.facts_of(event.root_id, "order", event.subject_id)
    if order is None or order.state == "on_hold" or approval is None or approval.state != "pending":
        return
    people = await _deciders(order, second=approval.step == "second")
    title = f"还没有审核 {order.number}"
    body = f"{order.buyer_name}的订单({_content(order)})已等待较久,请尽快处理"
    await fan.tell(event, people, title, body, f"order/{order.id}")
    for person in people:
        if person["wecom_userid"]:
            key = f"stale:{event.id}:{person['id']}"
            payload = {"userids": [person["wecom_userid"]], "text": f"{title}\n{body}"}
            message = Message("wecom_text", event.topic, event.subject_id, f"member:{person['id']}", key, payload)
            await queries.enqueue(event.root_id, message, clock.now())


async def _escalated(fan: Fanout, event: Event) -> None:
    """Those who may take the second step get a card of their own beside the first deciders' one."""
    order = await _order(event)
    approval = await approvals.facts_of(event.root_id, "order", event.subject_id)
    if order is None or order.state == "on_hold" or approval is None or approval.state != "pending":
        return
    asked = {person["id"] for person in await _deciders(order)}
    people = [person for person in await _deciders(order, second=True) if person["id"] not in asked]
    body = f"{order.buyer_name}的订单({_content(order)})一天没有人审核,请您处理"
    await fan.tell(event, people, f"升级审批 {order.number}", body, f"order/{order.id}")
    await fan.card(event, approval.id, people)


async def _paid(fan: Fanout, event: Event) -> None:
    buyer_id, amount = int(event.payload["buyer_id"]), int(event.payload["amount_fen"])
    kind = await db.value("SELECT kind FROM org WHERE id = $1", buyer_id)
    people = await _people(buyer_id, str(kind), "settlement.read")
    await fan.tell(event, people, "收款已登记", f"供应商登记收到您的付款 {yuan(amount)}", "settlement")


_HANDLERS: dict[str, Callable[[Fanout, Event], Awaitable[None]]] = {
    "order.submitted": _submitted,
    "order.first_approve": _first_approved,
    "order.approve": _decided,
    "order.reject": _decided,
    "order.cancel": _decided,
    "order.issue": _issued,
    "order.receive": _received,
    "order.close": _closed,
    "order.hold": _set_aside,
    "order.resume": _set_aside,
    "approval.stale": _stale,
    "approval.escalated": _escalated,
    "payment.registered": _paid,
}


async def tell_live(account_ids: set[int]) -> None:
    """Tell the open pages of these accounts that their inbox has grown."""
    for account_id in sorted(account_ids):
        await live.tell_account(account_id, "notice", {})
