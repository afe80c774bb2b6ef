"""A paper ends: who looks after the org, and the org itself, are told. (S1.1)"""

from __future__ import annotations

from collections.abc import Sequence

from bot.fanout.fan import Fanout
from bot.fanout.registry import Event, on
from server.channel.qualifications import facts_of, title
from server.core import db
from server.identity.assignments import reps_above


def _when(days: int) -> str:
    if days > 0:
        return f"还有 {days} 天到期"
    return "今天到期" if days == 0 else f"已过期 {-days} 天"


async def _people(fan: Fanout, org: db.Row) -> list[db.Row]:
    """A dealer's reps, the brand's managers and its own owner; of a store, its dealer's owner and its own."""
    groups: list[Sequence[db.Row]] = []
    if org["org_kind"] == "dealer":
        groups.append(await reps_above(org["org_id"]))
        groups.append(await fan.people(org["root_id"], "channel.manage"))
        groups.append(await fan.people(org["org_id"], "channel.manage"))
    else:
        groups.append(await fan.people(org["org_id"], "account.manage"))
    if org["parent_id"] is not None and org["parent_id"] != org["root_id"]:
        groups.append(await fan.people(org["parent_id"], "channel.manage"))
    return list({person["id"]: person for group in groups for person in group}.values())


@on("qualification.expiring")
async def _expiring(fan: Fanout, event: Event) -> None:
    """Tell of a paper, unless it was renewed or taken out meanwhile."""
    paper = await facts_of(event.subject_id)
    if paper is None or paper["valid_until"] is None or paper["alerted"] is None:
        return
    name = title(paper["kind"], paper["name"])
    when = _when(int(event.payload["days"]))
    until = paper["valid_until"].isoformat()
    body = f"{paper['org_name']}的{name}{when}（有效期至 {until}），请及时换证并上传"
    fan.tell(event, await _people(fan, paper), f"资质{when}", body, f"org/{paper['org_id']}")
