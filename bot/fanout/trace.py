"""Diversions and recalls: who looks after the dealer hears of one, and the dealer; holders hear of a recall. (S1.4)"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot import diversions as chat
from bot.fanout.fan import Fanout
from bot.fanout.registry import Event, on
from server.approvals.people import reps_of
from server.core import db
from server.identity import holders
from server.notify.queries import Message
from server.regions import service as regions
from server.trace import diversions
from server.trace.diversions import CONSEQUENCES, VERDICTS

_HOLDERS = f"""
SELECT a.id, a.name, a.wecom_userid FROM account a
WHERE a.org_id = ANY ($1::bigint[]) AND a.status = 'active' AND ({holders.holds("stock.read", "a")})
ORDER BY a.id
"""  # noqa: S608 - a condition of the program

_RECALL = """
SELECT r.number, r.reason, r.instruction, r.outcome, r.sell_again, p.name AS product_name, l.code AS lot_code
FROM recall r JOIN product p ON p.id = r.product_id JOIN lot l ON l.id = r.lot_id
WHERE r.root_id = $1 AND r.id = $2
"""


async def _handlers(fan: Fanout, event: Event, dealer_id: int) -> Sequence[db.Row]:
    """The dealer's reps; where it has none, whoever else handles diversions at the brand."""
    reps = await reps_of(event.root_id, dealer_id, "diversion.handle")
    return reps or await fan.people(event.root_id, "diversion.handle")


def _card(fan: Fanout, event: Event, channel: str, people: Sequence[db.Row] = ()) -> None:
    members = [person for person in people if person["wecom_userid"]]
    if channel == "wecom_card" and not members:
        return
    payload = {
        "about": chat.KIND,
        "account_ids": [person["id"] for person in members],
        "userids": [person["wecom_userid"] for person in members],
    }
    if members:
        payload["task_id"] = f"diversion-{event.subject_id}-{event.id}-{secrets.token_hex(4)}"
    stream, key = f"diversion:{event.subject_id}", f"{channel}:{event.id}:{event.subject_id}"
    fan.leave(Message(event.root_id, channel, event.topic, event.subject_id, stream, key, payload))


@on("diversion.opened")
async def _opened(fan: Fanout, event: Event) -> None:
    case = await diversions.facts_of(event.root_id, event.subject_id)
    if case is None:
        return
    where = f"{case['product_name']}，{regions.full_name(case['region_code'])}"
    people = await _handlers(fan, event, case["dealer_id"])
    link = f"diversion/{case['id']}"
    fan.tell(event, people, f"疑似窜货 {case['number']}", f"{case['dealer_name']}：{where}", link)
    if case["state"] == "open":
        _card(fan, event, "wecom_card", people)
    own = await fan.people(case["dealer_id"], "diversion.state")
    fan.tell(event, own, f"疑似窜货 {case['number']}", f"{where}，请在判定前向业务员说明情况", link)


@on("diversion.take")
async def _taken(fan: Fanout, event: Event) -> None:
    _card(fan, event, "wecom_update")


@on("diversion.ask")
async def _asked(fan: Fanout, event: Event) -> None:
    """The dealer is asked for its side."""
    case = await diversions.facts_of(event.root_id, event.subject_id)
    if case is None or case["state"] == "decided":
        return
    own = await fan.people(case["dealer_id"], "diversion.state")
    where = f"{case['product_name']}，{regions.full_name(case['region_code'])}"
    body = f"{where}：{event.payload['text'] or '这批货是怎么到那里的，请在判定前说明'}"
    fan.tell(event, own, f"请说明窜货情况 {case['number']}", body, f"diversion/{case['id']}")


@on("diversion.state")
async def _stated(fan: Fanout, event: Event) -> None:
    """Whoever has taken the case, or could, reads what the dealer says."""
    case = await diversions.facts_of(event.root_id, event.subject_id)
    if case is None or case["state"] == "decided":
        return
    people = await _handlers(fan, event, case["dealer_id"])
    taker = [person for person in people if person["id"] == case["taken_by"]]
    body = f"{case['dealer_name']}：{case['statement']}"
    fan.tell(event, taker or people, f"经销商已说明 {case['number']}", body, f"diversion/{case['id']}")


@on("diversion.decide")
async def _decided(fan: Fanout, event: Event) -> None:
    case = await diversions.facts_of(event.root_id, event.subject_id)
    if case is None:
        return
    _card(fan, event, "wecom_update")
    follows = "" if case["consequence"] == "none" else f"，{CONSEQUENCES[case['consequence']]}"
    body = f"{VERDICTS[case['verdict']]}{follows}。{case['reason']}"
    own = await fan.people(case["dealer_id"], "diversion.state")
    fan.tell(event, own, f"窜货已判定 {case['number']}", body, f"diversion/{case['id']}")


@on("recall.started")
async def _recalled(fan: Fanout, event: Event) -> None:
    found = await db.row(_RECALL, event.root_id, event.subject_id)
    if found is None:
        return
    people = await db.rows(_HOLDERS, event.payload["org_ids"])
    title = f"召回 {found['product_name']} 批次 {found['lot_code']}"
    fan.tell(event, people, title, f"{found['reason']}。{found['instruction']}", f"recall/{event.subject_id}")


@on("recall.ended")
async def _ended(fan: Fanout, event: Event) -> None:
    found = await db.row(_RECALL, event.root_id, event.subject_id)
    if found is None:
        return
    people = await db.rows(_HOLDERS, event.payload["org_ids"])
    again = "，可以恢复销售" if found["sell_again"] else ""
    body = f"{found['product_name']} 批次 {found['lot_code']}：{found['outcome']}{again}"
    fan.tell(event, people, f"召回已结束 {found['number']}", body, f"recall/{event.subject_id}")
