"""The life of an order: the other side is told, and who has to do something next. (S2.1, D1.1, D1.2)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.fanout.fan import Fanout
from bot.fanout.questions import STUCK, Approvals, Question, asks
from bot.fanout.registry import Event, Subject, about
from server.approvals import service as approvals
from server.core.money import yuan
from server.orders import views
from server.orders.views import Headline


class Told(NamedTuple):
    """An order and its approval, as they stand when they are told of."""

    order: Headline
    approval: approvals.Facts | None


async def load(events: Sequence[Event]) -> Mapping[int, Told]:
    """The orders that events are about."""
    roots, ids = [event.root_id for event in events], [event.subject_id for event in events]
    found = await views.headlines(roots, ids)
    asked = await approvals.facts_of_many(roots, "order", ids)
    return {
        event.id: Told(found[event.subject], asked.get(event.subject)) for event in events if event.subject in found
    }


def content(order: Headline) -> str:
    """What is in it, in a few words: 苏打水等 3 种，共 ¥1,234.50."""
    more = f"等 {order.line_count} 种" if order.line_count > 1 else ""
    return f"{order.first_product}{more}，共 {yuan(order.total_fen)}"


@asks("order")
async def _questions(roots: Sequence[int], ids: Sequence[int], asked: Approvals) -> Mapping[Subject, Question]:
    """What is asked about orders; that it was asked or decided is told by the topics of the order itself."""
    return {
        subject: Question(
            asked[subject], "订单", f"{order.buyer_name}的订单（{content(order)}）", f"order/{order.id}",
            waits=order.state != "on_hold",
        )
        for subject, order in (await views.headlines(roots, ids)).items()
        if subject in asked
    }  # fmt: skip


@about(load, "order.submitted")
async def _submitted(fan: Fanout, event: Event, told: Told) -> None:
    order, approval = told
    if approval is None:
        return
    who = await fan.deciders(approval)
    body = f"{order.buyer_name}：{content(order)}" + (STUCK if who.stuck else "")
    fan.tell(event, who.people, f"新订单 {order.number}", body, f"order/{order.id}")
    if approval.state == "pending":
        fan.card(event, approval.id, who.people)


@about(load, "order.pass_on", "order.first_approve")  # the second one of before there were steps
async def _passed_on(fan: Fanout, event: Event, told: Told) -> None:
    order, approval = told
    if approval is None:
        return
    fan.update_cards(event, approval.id)
    if approval.state == "pending":
        who = await fan.deciders(approval)
        body = f"{order.buyer_name}：{content(order)}，请{approval.step_name}" + (STUCK if who.stuck else "")
        fan.tell(event, who.people, f"待{approval.step_name} {order.number}", body, f"order/{order.id}")
        fan.card(event, approval.id, who.people)


@about(load, "order.approve")
async def _approved(fan: Fanout, event: Event, told: Told) -> None:
    order, approval = told
    if approval is None:
        return
    fan.update_cards(event, approval.id)
    part = "部分" if order.approved_fen < order.total_fen else ""
    body = f"{order.seller_name}已{part}通过，金额 {yuan(order.approved_fen)}，正在备货"
    buyers = await fan.people(order.buyer_id, "order.create")
    fan.tell(event, buyers, f"订单已通过 {order.number}", body, f"order/{order.id}")
    keepers = await fan.people(order.seller_id, "order.issue")
    fan.tell(event, keepers, f"待出库 {order.number}", f"{order.buyer_name}：{content(order)}", f"order/{order.id}")


@about(load, "order.reject")
async def _rejected(fan: Fanout, event: Event, told: Told) -> None:
    order, approval = told
    if approval is None:
        return
    fan.update_cards(event, approval.id)
    buyers = await fan.people(order.buyer_id, "order.create")
    body = f"{order.seller_name}：{order.reason}"
    fan.tell(event, buyers, f"订单被驳回 {order.number}", body, f"order/{order.id}")


@about(load, "order.cancel")
async def _cancelled(fan: Fanout, event: Event, told: Told) -> None:
    """Either side may have done it: both are told, and who was to pick the goods."""
    order, approval = told
    if approval is None:
        return
    fan.update_cards(event, approval.id)
    buyers = await fan.people(order.buyer_id, "order.create")
    keepers = await fan.people(order.seller_id, "order.issue") if order.approved_fen else ()
    people = {person["id"]: person for person in (*buyers, *(await fan.deciders(approval)).people, *keepers)}
    body = f"{order.buyer_name}：{content(order)}，原因：{order.reason}"
    fan.tell(event, list(people.values()), f"订单已取消 {order.number}", body, f"order/{order.id}")


@about(load, "order.issue")
async def _issued(fan: Fanout, event: Event, told: Told) -> None:
    order = told.order
    body = f"{order.seller_name}已发货，出库单 {event.payload.get('number', '')}，请准备签收"
    buyers = await fan.people(order.buyer_id, "order.receive")
    fan.tell(event, buyers, f"货已发出 {order.number}", body, f"order/{order.id}")


@about(load, "order.receive")
async def _received(fan: Fanout, event: Event, told: Told) -> None:
    order = told.order
    credit = int(event.payload.get("credit_fen", 0))
    body = f"{order.buyer_name}已签收" + (f"，短少破损扣减 {yuan(credit)}" if credit else "，数量无误")
    sellers = await fan.people(order.seller_id, "order.issue")
    fan.tell(event, sellers, f"已签收 {order.number}", body, f"order/{order.id}")


@about(load, "order.close")
async def _closed(fan: Fanout, event: Event, told: Told) -> None:
    order = told.order
    buyers = await fan.people(order.buyer_id, "order.create")
    body = f"{order.seller_name}：{order.reason}"
    fan.tell(event, buyers, f"订单已完成 {order.number}", body, f"order/{order.id}")


@about(load, "order.hold", "order.resume")
async def _set_aside(fan: Fanout, event: Event, told: Told) -> None:
    order = told.order
    buyers = await fan.people(order.buyer_id, "order.create")
    held = event.topic == "order.hold"
    body = f"{order.seller_name}" + (f"：{event.payload.get('reason', '')}" if held else "已恢复审核")
    title = f"订单已挂起 {order.number}" if held else f"订单已恢复 {order.number}"
    fan.tell(event, buyers, title, body, f"order/{order.id}")
