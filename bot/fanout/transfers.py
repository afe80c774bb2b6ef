"""Transfers: what is asked about them, who has to send goods, and who is going to get some. (S3.3)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.fanout.fan import Fanout
from bot.fanout.questions import Approvals, Question, asks
from bot.fanout.registry import Event, Subject, about
from server.core import db
from server.transfers import queries as transfers


@asks(transfers.KIND)
async def _questions(roots: Sequence[int], ids: Sequence[int], asked: Approvals) -> Mapping[Subject, Question]:
    """What is asked about transfers; whoever proposed one hears of the decision."""
    return {
        subject: Question(asked[subject], "调拨", _way(one), f"transfer/{one['id']}", asked_by=one["proposed_by"])
        for subject, one in (await transfers.facts_of_many(roots, ids)).items()
        if subject in asked
    }


def _way(one: db.Row) -> str:
    """From where to where: orgs, or the warehouses of one."""
    within = one["from_org_id"] == one["to_org_id"]
    ends = ("from_warehouse", "to_warehouse") if within else ("from_name", "to_name")
    return f"{one[ends[0]]}调{one['line_count']}种商品到{one[ends[1]]}"


async def _load(events: Sequence[Event]) -> Mapping[int, db.Row]:
    found = await transfers.facts_of_many([event.root_id for event in events], [event.subject_id for event in events])
    return {event.id: found[event.subject] for event in events if event.subject in found}


@about(_load, "transfer.approved")
async def _approved(fan: Fanout, event: Event, one: db.Row) -> None:
    """The giver has to send the goods."""
    people = await fan.people(one["from_org_id"], "transfer.move")
    fan.tell(event, people, "有调拨待发出", f"调拨单 {one['number']}：{_way(one)}，货已留好", f"transfer/{one['id']}")


@about(_load, "transfer.issued")
async def _issued(fan: Fanout, event: Event, one: db.Row) -> None:
    """The taker is going to get goods, and counts them."""
    people = await fan.people(one["to_org_id"], "transfer.move")
    fan.tell(event, people, "调拨已发出", f"调拨单 {one['number']}：{_way(one)}，到货请清点", f"transfer/{one['id']}")


@about(_load, "transfer.received")
async def _received(fan: Fanout, event: Event, one: db.Row) -> None:
    """The giver hears that they arrived, or looks at what is missing."""
    people = await fan.people(one["from_org_id"], "transfer.propose")
    differs = one["state"] == "received"
    title = "调拨收货有差异，请确认" if differs else "调拨已收货"
    fan.tell(event, people, title, f"调拨单 {one['number']}：{_way(one)}", f"transfer/{one['id']}")


@about(_load, "transfer.cancelled")
async def _cancelled(fan: Fanout, event: Event, one: db.Row) -> None:
    """Who was to send goods, or to get some, needs not wait."""
    for org_id in dict.fromkeys((one["from_org_id"], one["to_org_id"])):
        people = await fan.people(org_id, "transfer.move")
        body = f"调拨单 {one['number']}：{one['ending']}"
        fan.tell(event, people, "调拨已取消", body, f"transfer/{one['id']}")
