"""Diversions in the chat: a card for the reps, “我来处理” or “不是窜货”, pressed by whoever is first. (S1.4, B4)"""

from __future__ import annotations

from bot.matters import Chat
from bot.wecom import cards
from bot.wecom.events import CardPressed
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.regions import service as regions
from server.settings import Settings
from server.trace import diversions
from server.trace.diversion_schemas import Ruling
from server.trace.diversions import VERDICTS

KIND = "diversion"
REASONS = (
    ("carried", "顾客自己带去的"),
    ("moving", "退货或调拨途中"),
    ("granted", "授权登记有误"),
    ("other", "其他，已核实"),
)
_KINDS = {"scan": "在授权区域外扫到", "order": "卖给授权区域外的客户"}


def words(case: db.Row) -> str:
    """Who does or did what about a case; '' while nobody has taken it."""
    if case["state"] == "open":
        return ""
    if case["state"] == "taken":
        when = case["taken_at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
        return f"{case['taken_by_name']} {when} 已受理"
    when = case["decided_at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
    return f"{case['decided_by_name'] or '系统'} {when} {VERDICTS[case['verdict']]}：{case['reason']}"


def page(settings: Settings, case: db.Row) -> str:
    """Where the rep reads and works through the case: its page in the console."""
    return f"{settings.public_url.rstrip('/')}/console/diversions/{case['id']}"


def card_of(settings: Settings, case: db.Row, task_id: str) -> cards.Card:
    """The card of a case as it stands: with its buttons while it is open."""
    when = case["opened_at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
    return cards.matter_card(
        cards.Matter(
            task_id=task_id,
            title=f"疑似窜货 {case['number']}",
            subtitle=f"{when} {_KINDS[case['kind']]}",
            about=case["dealer_name"],
            text=words(case) or "请核实，先受理的人负责判定",
            rows=[
                ("商品", case["product_name"]),
                ("地点", regions.full_name(case["region_code"])),
                ("证据", f"{case['evidence']} 条"),
            ],
            url=page(settings, case),
            buttons=[("not_diversion", "不是窜货"), ("take", "我来处理")],
            question="不是窜货的理由",
            options=REASONS,
            done={"open": "", "taken": "处理中", "decided": VERDICTS.get(case["verdict"] or "", "")}[case["state"]],
        )
    )


async def pressed(actor: Actor, diversion_id: int, event: CardPressed) -> None:
    """Do what a button says; raises what the verb raises."""
    if event.event_key == "take":
        await diversions.take(actor, diversion_id)
        return
    if event.event_key != "not_diversion":
        raise NotFound("卡片上没有这个按钮")
    chosen = next((ids[0] for ids in event.selected.values() if ids), "other")
    known = dict(REASONS)
    await diversions.decide(actor, diversion_id, Ruling("not_diversion", known.get(chosen, known["other"])))


CHAT = Chat(
    kind=KIND,
    load=diversions.facts_of,
    card=card_of,
    live=lambda case: bool(case["state"] == "open"),
    shows=lambda case: str(case["state"]),
    called=lambda case: f"窜货单 {case['number']}",
    words=words,
    pressed=pressed,
)
