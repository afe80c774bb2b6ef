"""A question that nobody answers: its people are reminded, then others are asked as well. (S2.1)"""

from __future__ import annotations

from bot.fanout.fan import Fanout
from bot.fanout.orders import Told, content, load
from bot.fanout.registry import Event, about


@about(load, "approval.stale")
async def _stale(fan: Fanout, event: Event, told: Told) -> None:
    order, approval = told
    if order.state == "on_hold" or approval is None or approval.state != "pending":
        return
    people = (await fan.deciders(approval)).people
    title = f"还没有审核 {order.number}"
    body = f"{order.buyer_name}的订单（{content(order)}）已等待较久，请尽快处理"
    fan.tell(event, people, title, body, f"order/{order.id}")
    fan.text(event, people, f"{title}\n{body}")


@about(load, "approval.escalated")
async def _escalated(fan: Fanout, event: Event, told: Told) -> None:
    """Those whom the step names for that get a card of their own beside the first deciders' one."""
    order, approval = told
    if order.state == "on_hold" or approval is None:
        return
    if approval.state != "pending" or not approval.is_escalated:
        return
    before = {person["id"] for person in (await fan.deciders(approval)).people}
    people = [one for one in (await fan.deciders(approval, escalated=True)).people if one["id"] not in before]
    body = f"{order.buyer_name}的订单（{content(order)}）还没有人{approval.step_name}，请您处理"
    fan.tell(event, people, f"升级审批 {order.number}", body, f"order/{order.id}")
    fan.card(event, approval.id, people)
