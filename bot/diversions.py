"""Diversions in the chat: a card for the reps, “我来处理” or “不是窜货”, pressed by whoever is first. (S1.4, B4)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.wecom import cards
from bot.wecom.client import WeComClient, WeComError, WeComFinal
from bot.wecom.events import CardPressed
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.weixin.errors import TASK_ID_TAKEN
from server.notify import queries
from server.notify.queries import SentCard
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


class NothingToSend(Exception):
    """The card has lost its point; the text says why."""


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


async def send(wecom: WeComClient, settings: Settings, message: db.Row, payload: dict[str, Any]) -> Sequence[str]:
    """Send a card; who is not in the app and did not get it. As with approvals, a second send is remembered."""
    case = await diversions.facts_of(message["root_id"], message["subject_id"])
    if case is None or case["state"] != "open":
        raise NothingToSend("发送前已经处理")
    code, missing = None, []
    try:
        sent = await wecom.send_card(payload["userids"], card_of(settings, case, payload["task_id"]))
        code, missing = sent.response_code, sent.invalid_users
    except WeComError as error:
        if error.errcode != TASK_ID_TAKEN:
            raise
    until = clock.now() + queries.CODE_LIFE if code else None
    about = (message["root_id"], payload["task_id"], case["id"], payload["account_ids"], payload["userids"], 1)
    await queries.save_card(SentCard(*about, code, until, KIND), clock.now())
    return missing


async def update(wecom: WeComClient, settings: Settings, message: db.Row, payload: dict[str, Any]) -> Sequence[str]:
    """Let all copies show how the case stands; the members who were told by a text because a card is too old."""
    case = await diversions.facts_of(message["root_id"], message["subject_id"])
    found = await queries.cards(message["root_id"], message["subject_id"], KIND)
    if case is None or not found:
        raise NothingToSend("没有发过卡片")
    told: list[str] = []
    for card in found:
        own = payload.get("task_id") in (None, card["task_id"])
        if own and (card["shows"] != case["state"] or "code" in payload):
            told += await _show(wecom, settings, message, card, case, payload)
    return told


async def _show(
    wecom: WeComClient, settings: Settings, message: db.Row, card: db.Row, case: db.Row, payload: dict[str, Any]
) -> Sequence[str]:
    fresh = card_of(settings, case, card["task_id"])
    if "code" in payload:  # one member's copy, after a press that had no effect
        try:
            await wecom.update_card(payload["code"], [payload["userid"]], card=fresh)
        except WeComFinal as error:
            raise NothingToSend(f"卡片没有变化：{error}") from None
        return ()
    code = card["response_code"] if card["code_until"] and card["code_until"] > clock.now() else None
    if code:
        try:
            await wecom.update_card(code, None, card=fresh)
        except WeComFinal:
            code = code if message["attempts"] > 0 else None
    if not code:
        await wecom.send_text(card["userids"], f"窜货单 {case['number']}：{words(case)}")
    await queries.shown(message["root_id"], card["task_id"], case["state"], card["response_code"])
    return () if code else card["userids"]


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
