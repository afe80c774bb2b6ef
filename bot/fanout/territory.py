"""Where a dealer may sell: granted, revoked, about to end. (S1.3)"""

from __future__ import annotations

from bot.fanout.fan import Fanout
from bot.fanout.registry import Event, on
from server.approvals.people import reps_of
from server.core import db
from server.regions import service as regions


def _places(event: Event) -> str:
    """The first regions of an event about authorities: 浙江省杭州市、浙江省宁波市等 5 项."""
    codes, count = list(event.payload["regions"]), int(event.payload["count"])
    return "、".join(regions.full_name(code) for code in codes) + (f"等 {count} 项" if count > len(codes) else "")


@on("authority.granted")
async def _granted(fan: Fanout, event: Event) -> None:
    """The dealer's owner is told."""
    people = await fan.people(event.subject_id, "channel.manage")
    until = event.payload.get("until_on")
    period = f"，{event.payload['from_on']} 起" + (f"，至 {until}" if until else "")
    fan.tell(event, people, "新的区域授权", f"{_places(event)}{period}", "authority")


@on("authority.revoked")
async def _revoked(fan: Fanout, event: Event) -> None:
    """The dealer's owner is told, and why."""
    people = await fan.people(event.subject_id, "channel.manage")
    body = f"{_places(event)}，原因：{event.payload['reason']}"
    fan.tell(event, people, "区域授权已收回", body, "authority")


@on("authority.expiring")
async def _ending(fan: Fanout, event: Event) -> None:
    """An authority ends soon: the dealer's owner, its rep and the managers are told."""
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
