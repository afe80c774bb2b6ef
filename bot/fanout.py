"""Events into notices and messages: who is to be told what, and how.

A batch of events is expanded in one transaction with its mark, on the database only, so that each is expanded exactly
once. What all need is read for the whole batch, and what follows is written for the whole batch.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import msgspec

from bot import papers
from server.approvals import service as approvals
from server.approvals.people import ADMINISTRATORS, Asked, Want, asked, reps_of
from server.core import clock, db, live
from server.core.money import yuan
from server.notify import queries
from server.notify.queries import Message, Told
from server.orders import views
from server.orders.views import Headline
from server.regions import service as regions
from server.settings import Settings

DELIVERY = {"deliver": "送货上门", "pickup": "自提", "logistics": "物流"}
_ON_ORDERS = ("order.", "approval.")
_log = logging.getLogger("qutong.fanout")


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
        self._notices: list[Told] = []
        self._messages: list[Message] = []
        self._orders: dict[tuple[int, int], Headline] = {}
        self._approvals: dict[tuple[int, int], approvals.Facts] = {}
        self._known: dict[tuple[Any, ...], Sequence[db.Row]] = {}
        self._asked: dict[tuple[int, Want], Asked] = {}

    async def expand(self, events: Sequence[Event]) -> list[tuple[Event, Exception]]:
        """Everything that follows from these events, in their order; those that cannot be expanded, and why.

        Topics that nobody waits for are done at once. What the database refuses is raised: the transaction is lost.
        """
        about = [event for event in events if event.topic in _HANDLERS and event.topic.startswith(_ON_ORDERS)]
        if about:
            roots, ids = [event.root_id for event in about], [event.subject_id for event in about]
            self._orders = await views.headlines(roots, ids)
            self._approvals = await approvals.facts_of_many(roots, "order", ids)
        failed = []
        for event in events:
            mark = len(self._notices), len(self._messages)
            try:
                if event.topic in _HANDLERS:
                    await _HANDLERS[event.topic](self, event)
            except Exception as error:  # one event that cannot be expanded must not hold up the others
                if isinstance(error, asyncpg.PostgresError) or db.is_away(error):
                    raise
                _log.exception("event_failed", extra={"outbox_id": event.id, "topic": event.topic})
                del self._notices[mark[0] :], self._messages[mark[1] :]
                failed.append((event, error))
        await self._write()
        return failed

    async def _write(self) -> None:
        moment = clock.now()
        self.told = await queries.tell(self._notices, moment)
        await queries.enqueue([*self._messages, *await self._subscribe_messages()], moment)

    async def _subscribe_messages(self) -> list[Message]:
        """A subscribe message beside each notice of who has a grant left (D6.2)."""
        template = self.settings.wechat.template_order
        if not template or not self._notices:
            return []
        ids = sorted({told.account_id for told in self._notices})
        found = await queries.subscribed(ids, template, self.settings.wechat.app_id)
        return [
            Message(
                told.root_id,
                "subscribe",
                told.kind,
                int(told.link.rpartition("/")[2]) if told.link.rpartition("/")[2].isdigit() else told.account_id,
                f"subscribe:{told.account_id}",
                f"subscribe:{told.dedupe_key}:{told.account_id}",
                {
                    "account_id": told.account_id,
                    "openid": found[told.account_id],
                    "title": told.title,
                    "body": told.body,
                    "link": told.link,
                    "template_id": template,
                },
            )
            for told in self._notices
            if told.account_id in found
        ]

    def order(self, event: Event) -> Headline | None:
        """The order that an event is about."""
        return self._orders.get((event.root_id, event.subject_id))

    def approval(self, event: Event) -> approvals.Facts | None:
        """The approval of that order, as it stands now."""
        return self._approvals.get((event.root_id, event.subject_id))

    async def people(self, org_id: int, permission: str) -> Sequence[db.Row]:
        """Who holds a permission at an org."""
        key = ("people", org_id, permission)
        if key not in self._known:
            self._known[key] = await queries.people(org_id, permission)
        return self._known[key]

    async def deciders(self, approval: approvals.Facts, escalated: bool = False) -> Asked:
        """Who is asked to take the step that waits; or who is asked as well when nobody has taken it in time."""
        want = Want(approval.buyer_id, approval.who, approval.reps_first)
        if escalated:
            want = Want(approval.buyer_id, approval.escalate_to or ADMINISTRATORS)
        key = (approval.org_id, want)
        if key not in self._asked:
            (self._asked[key],) = await asked(approval.org_id, [want])
        return self._asked[key]

    def tell(self, event: Event, people: Sequence[db.Row], title: str, body: str, link: str) -> None:
        """A notice in the inbox of each."""
        key = f"{event.topic}:{event.id}"
        told = [Told(event.root_id, person["id"], event.topic, title, body, link, key) for person in people]
        self._notices.extend(told)

    def card(self, event: Event, approval_id: int, people: Sequence[db.Row]) -> None:
        """One approval card for all who can decide and are in the chat."""
        members = [person for person in people if person["wecom_userid"]]
        if members:
            payload = {
                "account_ids": [person["id"] for person in members],
                "userids": [person["wecom_userid"] for person in members],
                # No other send ever has this id, also not one of another database behind the same app.
                "task_id": f"approval-{approval_id}-{event.id}-{secrets.token_hex(4)}",
            }
            self._message(event, "wecom_card", approval_id, f"card:{event.id}:{approval_id}", payload)

    def update_cards(self, event: Event, approval_id: int) -> None:
        """Let every copy of the approval's cards show how it stands now."""
        self._message(event, "wecom_update", approval_id, f"update:{event.id}:{approval_id}", {})

    def _message(self, event: Event, channel: str, approval_id: int, key: str, payload: dict[str, Any]) -> None:
        stream = f"approval:{approval_id}"
        self._messages.append(Message(event.root_id, channel, event.topic, approval_id, stream, key, payload))

    def text(self, event: Event, people: Sequence[db.Row], text: str) -> None:
        """A text in the chat of each who is in it."""
        for userid in (person["wecom_userid"] for person in people if person["wecom_userid"]):
            key = f"text:{event.id}:{userid}"
            payload = {"userids": [userid], "text": text}
            stream = f"member:{userid}"
            self._messages.append(
                Message(event.root_id, "wecom_text", event.topic, event.subject_id, stream, key, payload)
            )


def _content(order: Headline) -> str:
    more = f"等 {order.line_count} 种" if order.line_count > 1 else ""
    return f"{order.first_product}{more}，共 {yuan(order.total_fen)}"


STUCK = "，原定的审批人都不在，请您处理或重新设置审批步骤"


async def _submitted(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    approval = fan.approval(event)
    if order is None or approval is None:
        return
    who = await fan.deciders(approval)
    body = f"{order.buyer_name}：{_content(order)}" + (STUCK if who.stuck else "")
    fan.tell(event, who.people, f"新订单 {order.number}", body, f"order/{order.id}")
    if approval.state == "pending":
        fan.card(event, approval.id, who.people)


async def _passed_on(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    approval = fan.approval(event)
    if order is None or approval is None:
        return
    fan.update_cards(event, approval.id)
    if approval.state == "pending":
        who = await fan.deciders(approval)
        body = f"{order.buyer_name}：{_content(order)}，请{approval.step_name}" + (STUCK if who.stuck else "")
        fan.tell(event, who.people, f"待{approval.step_name} {order.number}", body, f"order/{order.id}")
        fan.card(event, approval.id, who.people)


async def _decided(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    approval = fan.approval(event)
    if order is None or approval is None:
        return
    fan.update_cards(event, approval.id)
    link = f"order/{order.id}"
    buyers = await fan.people(order.buyer_id, "order.create")
    if event.topic == "order.cancel":  # either side may have done it: both are told, and who was to pick the goods
        keepers = await fan.people(order.seller_id, "order.issue") if order.approved_fen else ()
        people = {person["id"]: person for person in (*buyers, *(await fan.deciders(approval)).people, *keepers)}
        body = f"{order.buyer_name}：{_content(order)}，原因：{order.reason}"
        fan.tell(event, list(people.values()), f"订单已取消 {order.number}", body, link)
        return
    if event.topic == "order.reject":
        fan.tell(event, buyers, f"订单被驳回 {order.number}", f"{order.seller_name}：{order.reason}", link)
        return
    part = "部分" if order.approved_fen < order.total_fen else ""
    body = f"{order.seller_name}已{part}通过，金额 {yuan(order.approved_fen)}，正在备货"
    fan.tell(event, buyers, f"订单已通过 {order.number}", body, link)
    keepers = await fan.people(order.seller_id, "order.issue")
    fan.tell(event, keepers, f"待出库 {order.number}", f"{order.buyer_name}：{_content(order)}", link)


async def _issued(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    if order is not None:
        body = f"{order.seller_name}已发货，出库单 {event.payload.get('number', '')}，请准备签收"
        buyers = await fan.people(order.buyer_id, "order.receive")
        fan.tell(event, buyers, f"货已发出 {order.number}", body, f"order/{order.id}")


async def _received(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    if order is not None:
        credit = int(event.payload.get("credit_fen", 0))
        body = f"{order.buyer_name}已签收" + (f"，短少破损扣减 {yuan(credit)}" if credit else "，数量无误")
        sellers = await fan.people(order.seller_id, "order.issue")
        fan.tell(event, sellers, f"已签收 {order.number}", body, f"order/{order.id}")


async def _closed(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    if order is not None:
        buyers = await fan.people(order.buyer_id, "order.create")
        body = f"{order.seller_name}：{order.reason}"
        fan.tell(event, buyers, f"订单已完成 {order.number}", body, f"order/{order.id}")


async def _set_aside(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    if order is not None:
        buyers = await fan.people(order.buyer_id, "order.create")
        held = event.topic == "order.hold"
        body = f"{order.seller_name}" + (f"：{event.payload.get('reason', '')}" if held else "已恢复审核")
        title = f"订单已挂起 {order.number}" if held else f"订单已恢复 {order.number}"
        fan.tell(event, buyers, title, body, f"order/{order.id}")


async def _stale(fan: Fanout, event: Event) -> None:
    order = fan.order(event)
    approval = fan.approval(event)
    if order is None or order.state == "on_hold" or approval is None or approval.state != "pending":
        return
    people = (await fan.deciders(approval)).people
    title = f"还没有审核 {order.number}"
    body = f"{order.buyer_name}的订单（{_content(order)}）已等待较久，请尽快处理"
    fan.tell(event, people, title, body, f"order/{order.id}")
    fan.text(event, people, f"{title}\n{body}")


async def _escalated(fan: Fanout, event: Event) -> None:
    """Those whom the step names for that get a card of their own beside the first deciders' one."""
    order = fan.order(event)
    approval = fan.approval(event)
    if order is None or order.state == "on_hold" or approval is None:
        return
    if approval.state != "pending" or not approval.is_escalated:
        return
    before = {person["id"] for person in (await fan.deciders(approval)).people}
    people = [one for one in (await fan.deciders(approval, escalated=True)).people if one["id"] not in before]
    body = f"{order.buyer_name}的订单（{_content(order)}）还没有人{approval.step_name}，请您处理"
    fan.tell(event, people, f"升级审批 {order.number}", body, f"order/{order.id}")
    fan.card(event, approval.id, people)


async def _paid(fan: Fanout, event: Event) -> None:
    buyer_id, amount = int(event.payload["buyer_id"]), int(event.payload["amount_fen"])
    people = await fan.people(buyer_id, "settlement.read")
    fan.tell(event, people, "收款已登记", f"供应商登记收到您的付款 {yuan(amount)}", "settlement")


def _places(event: Event) -> str:
    """The first regions of an event about authorities: 浙江省杭州市、浙江省宁波市等 5 项."""
    codes, count = list(event.payload["regions"]), int(event.payload["count"])
    return "、".join(regions.full_name(code) for code in codes) + (f"等 {count} 项" if count > len(codes) else "")


async def _authority(fan: Fanout, event: Event) -> None:
    """Granted or revoked: the dealer's owner is told."""
    people = await fan.people(event.subject_id, "channel.manage")
    if event.topic == "authority.granted":
        until = event.payload.get("until_on")
        period = f"，{event.payload['from_on']} 起" + (f"，至 {until}" if until else "")
        fan.tell(event, people, "新的区域授权", f"{_places(event)}{period}", "authority")
        return
    body = f"{_places(event)}，原因：{event.payload['reason']}"
    fan.tell(event, people, "区域授权已收回", body, "authority")


async def _ending(fan: Fanout, event: Event) -> None:
    """An authority ends soon: the dealer's owner, its rep and the managers are told (S1.3)."""
    dealer_id, days = event.subject_id, int(event.payload["days"])
    name = await db.value("SELECT name FROM org WHERE id = $1", dealer_id)
    title = "区域授权今天到期" if days == 0 else f"区域授权将在 {days} 天内到期"
    body = f"{_places(event)}，{event.payload['until_on']} 到期"
    fan.tell(event, await fan.people(dealer_id, "channel.manage"), title, body, "authority")
    reps = await reps_of(event.root_id, dealer_id, "territory.read")
    managers = await fan.people(event.root_id, "territory.manage")
    people = list({person["id"]: person for person in (*reps, *managers)}.values())
    fan.tell(event, people, title, f"{name}：{body}", f"authority/{dealer_id}")
    fan.text(event, reps, f"{title}\n{name}：{body}")


async def _joined(fan: Fanout, event: Event) -> None:
    """Who made an invitation hears that it was taken."""
    told = event.payload
    body = f"{told['name']}已成为{told['org']}的{told['role']}"
    fan.tell(event, [{"id": int(told["account_id"])}], "邀请已接受", body, "staff")


async def _prices_outside(fan: Fanout, event: Event) -> None:
    """A dealer's prices lie outside new guide prices: nobody can order at them until they are set anew."""
    people = await fan.people(event.subject_id, "price.manage")
    count, names = int(event.payload["prices"]), "、".join(event.payload["products"])
    more = f"等 {count} 个价格" if count > len(event.payload["products"]) else ""
    body = f"{names}{more}从 {event.payload['from_on']} 起超出指导价的范围，重新定价前买家不能下单"
    fan.tell(event, people, f"有 {count} 个价格需要调整", body, "prices")


_HANDLERS: dict[str, Callable[[Fanout, Event], Awaitable[None]]] = {
    "order.submitted": _submitted,
    "order.pass_on": _passed_on,
    "order.first_approve": _passed_on,  # of before there were steps
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
    "authority.granted": _authority,
    "authority.revoked": _authority,
    "authority.expiring": _ending,
    "invitation.used": _joined,
    "qualification.expiring": papers.expiring,
    "price.outside": _prices_outside,
}


async def tell_live(account_ids: set[int]) -> None:
    """Tell the open pages of these accounts that their inbox has grown."""
    for account_id in sorted(account_ids):
        await live.tell_account(account_id, "notice", {})
