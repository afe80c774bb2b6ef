"""Alerts about stock: an org's people hear once of what began, a dealer's rep gets one card. (S3.1, D2.2, B2)"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from bot import alerts as chat
from bot.fanout.fan import Fanout
from bot.fanout.registry import Event, on
from server.alerts import views
from server.alerts.words import KIND_NAMES
from server.approvals.people import reps_of
from server.core import db
from server.notify.queries import Message

_SOME = """
SELECT a.*, p.name AS product_name, p.base_unit, o.name AS org_name FROM alert a
JOIN product p ON p.id = a.product_id JOIN org o ON o.id = a.org_id
WHERE a.root_id = $1 AND a.id = ANY ($2::bigint[]) ORDER BY a.id
"""


def _card(fan: Fanout, event: Event, channel: str, payload: Mapping[str, object]) -> None:
    stream, key = f"{chat.KIND}:{event.subject_id}", f"{channel}:{event.id}:{event.subject_id}"
    about = {"about": chat.KIND, **payload}
    fan.leave(Message(event.root_id, channel, event.topic, event.subject_id, stream, key, about))


@on("alert.opened")
async def _opened(fan: Fanout, event: Event) -> None:
    """One notice for the org's own people, however many alerts; for a dealer's reps one more, and one card."""
    digest = await chat.load(event.root_id, event.subject_id)
    if digest is None or not digest["first"]:
        return
    first = digest["first"][0]
    count = sum(digest["sizes"].values())
    body = f"{first['product_name']}：{views.words(first)}" + (f"；等 {count} 项" if count > 1 else "")
    link = f"alert/{first['id']}" if count == 1 else "alerts"
    fan.tell(event, await fan.people(digest["org_id"], "alert.handle"), f"库存预警：{chat.counted(digest)}", body, link)
    if digest["org_kind"] != "dealer":
        return
    reps = await reps_of(event.root_id, digest["org_id"], "alert.handle")
    fan.tell(event, reps, f"{digest['org_name']}库存预警：{chat.counted(digest)}", body, link)
    members = [person for person in reps if person["wecom_userid"]]
    if members and digest["done"] is None:
        payload = {
            "account_ids": [person["id"] for person in members],
            "userids": [person["wecom_userid"] for person in members],
            "task_id": f"{chat.KIND}-{event.subject_id}-{event.id}-{secrets.token_hex(4)}",
        }
        _card(fan, event, "wecom_card", payload)


@on("alert.pressed")
async def _pressed(fan: Fanout, event: Event) -> None:
    """All copies of the card show who did what."""
    _card(fan, event, "wecom_update", {})


@on("alert.due")
async def _due(fan: Fanout, event: Event) -> None:
    """What somebody put off until today is not over: he, or who has it now, hears of it."""
    found = await db.rows(_SOME, event.root_id, [event.subject_id])
    who = event.payload.get("account_id")
    if found and who:
        title = f"稍后提醒：{found[0]['product_name']}{KIND_NAMES[found[0]['kind']]}"
        body = f"{found[0]['org_name']}：{views.words(found[0])}"
        fan.tell(event, [{"id": int(who)}], title, body, f"alert/{event.subject_id}")


@on("alert.handed")
async def _handed(fan: Fanout, event: Event) -> None:
    """The colleague to whom alerts were handed."""
    found = await db.rows(_SOME, event.root_id, event.payload["ids"])
    if not found:
        return
    note = f"（{event.payload['note']}）" if event.payload["note"] else ""
    title = f"{event.payload['by']}转交给您 {len(found)} 条库存预警"
    body = f"{found[0]['org_name']} {found[0]['product_name']}：{views.words(found[0])}{note}"
    link = f"alert/{found[0]['id']}" if len(found) == 1 else "alerts"
    fan.tell(event, [{"id": int(event.payload["account_id"])}], title, body, link)


@on("alert.reminded")
async def _reminded(fan: Fanout, event: Event) -> None:
    """An org's people are reminded by those above, in one notice."""
    found = await db.rows(_SOME, event.root_id, event.payload["ids"])
    if not found:
        return
    people = await fan.people(event.subject_id, "alert.handle")
    more = f"；等 {len(found)} 项" if len(found) > 1 else ""
    body = f"{event.payload['by']}提醒您：{found[0]['product_name']} {views.words(found[0])}{more}"
    link = f"alert/{found[0]['id']}" if len(found) == 1 else "alerts"
    fan.tell(event, people, "请处理库存预警", body, link)
