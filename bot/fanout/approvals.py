"""Questions of any kind: who has to decide is asked, reminded and in the end passed by; who asked hears the outcome.

Orders tell of their own steps by their own topics; reminders and escalation are the same for all. (S2.1, B1)
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.fanout.fan import Fanout
from bot.fanout.questions import STUCK, Question, load
from bot.fanout.registry import Event, about
from server.core import db


@about(load, "approval.asked")
async def _asked(fan: Fanout, event: Event, asked: Question) -> None:
    await _ask(fan, event, asked, f"新的{asked.name} {asked.approval.number}", asked.matter)


@about(load, "approval.passed_on")
async def _passed_on(fan: Fanout, event: Event, asked: Question) -> None:
    approval = asked.approval
    fan.update_cards(event, approval.id)
    body = f"{asked.matter}，请{approval.step_name}"
    await _ask(fan, event, asked, f"待{approval.step_name} {approval.number}", body)


async def _ask(fan: Fanout, event: Event, asked: Question, title: str, body: str) -> None:
    """A notice and a card to those who can take the step that waits."""
    if asked.approval.state == "pending":
        who = await fan.deciders(asked.approval)
        fan.tell(event, who.people, title, body + (STUCK if who.stuck else ""), asked.link)
        fan.card(event, asked.approval.id, who.people)


@about(load, "approval.decided")
async def _decided(fan: Fanout, event: Event, asked: Question) -> None:
    approval = asked.approval
    fan.update_cards(event, approval.id)
    if approval.state == "void":
        people = (await fan.deciders(approval)).people
        fan.tell(event, people, f"{asked.name}已撤回 {approval.number}", asked.matter, asked.link)
        return
    outcome = {"approved": "已通过", "rejected": "被驳回"}.get(approval.state)
    if outcome:
        body = asked.matter + (f"，{approval.decided_by_name}：{approval.reason}" if approval.reason else "")
        fan.tell(event, await _askers(fan, asked), f"{asked.name}{outcome} {approval.number}", body, asked.link)


async def _askers(fan: Fanout, asked: Question) -> Sequence[db.Row]:
    held = await fan.people(asked.asker_id, asked.asker_permission) if asked.asker_permission else ()
    own = [{"id": asked.asked_by}] if asked.asked_by else []
    return list({person["id"]: person for person in (*own, *held)}.values())


@about(load, "approval.stale")
async def _stale(fan: Fanout, event: Event, asked: Question) -> None:
    if not asked.waits or asked.approval.state != "pending":
        return
    people = (await fan.deciders(asked.approval)).people
    title = f"还没有审核 {asked.approval.number}"
    body = f"{asked.matter}已等待较久，请尽快处理"
    fan.tell(event, people, title, body, asked.link)
    fan.text(event, people, f"{title}\n{body}")


@about(load, "approval.escalated")
async def _escalated(fan: Fanout, event: Event, asked: Question) -> None:
    """Those whom the step names for that get a card of their own beside the first deciders' one."""
    approval = asked.approval
    if not asked.waits or approval.state != "pending" or not approval.is_escalated:
        return
    before = {person["id"] for person in (await fan.deciders(approval)).people}
    people = [one for one in (await fan.deciders(approval, escalated=True)).people if one["id"] not in before]
    body = f"{asked.matter}还没有人{approval.step_name}，请您处理"
    fan.tell(event, people, f"升级审批 {approval.number}", body, asked.link)
    fan.card(event, approval.id, people)
