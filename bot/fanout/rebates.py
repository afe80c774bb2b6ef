"""Rebates: who may earn one, what was credited, taken back and used, and what waits for finance. (S2.2, S2.3)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.fanout.fan import Fanout
from bot.fanout.questions import Approvals, Question, asks
from bot.fanout.registry import Event, Subject, about, on
from server.core import db
from server.core.money import yuan
from server.rebates import audience, queries, reading, terms
from server.rebates.periods import name_of


@asks(queries.KIND)
async def _questions(roots: Sequence[int], ids: Sequence[int], asked: Approvals) -> Mapping[Subject, Question]:
    """What is asked about agreements; whoever wrote one hears of the decision."""
    return {
        subject: Question(asked[subject], "返利协议", _matter(one), f"rebate/{one['id']}", asked_by=one["made_by"])
        for subject, one in (await queries.facts_of_many(roots, ids)).items()
        if subject in asked
    }


def _matter(one: db.Row) -> str:
    return f"{one['name']}（{audience.words_of(one)}，{one['from_on']:%Y-%m-%d} 到 {one['until_on']:%Y-%m-%d}）"


async def _load(events: Sequence[Event]) -> Mapping[int, db.Row]:
    found = await queries.facts_of_many([event.root_id for event in events], [event.subject_id for event in events])
    return {event.id: found[event.subject] for event in events if event.subject in found}


def _period(event: Event, one: db.Row) -> str:
    return name_of(one["every"], reading.periods_of(one)[int(event.payload["period_no"]) - 1])


@about(_load, "rebate.joined")
async def _joined(fan: Fanout, event: Event, one: db.Row) -> None:
    """A buyer hears once that there is something to earn, and how."""
    people = await fan.people(int(event.payload["buyer_id"]), "rebate.read")
    first = terms.words(reading.rule_of(one).terms[0])
    fan.tell(event, people, f"新返利：{one['name']}", f"{one['seller_name']}：{first}", f"rebate/{one['id']}")


@about(_load, "rebate.settled")
async def _settled(fan: Fanout, event: Event, one: db.Row) -> None:
    people = await fan.people(int(event.payload["buyer_id"]), "rebate.read")
    amount = yuan(int(event.payload["fen"]))
    fan.tell(event, people, f"返利到账 {amount}", f"{one['name']}已结算，可以抵扣货款", "rebates")


@about(_load, "rebate.corrected")
async def _corrected(fan: Fanout, event: Event, one: db.Row) -> None:
    """What was taken back after goods went back, and what of it is owed again."""
    people = await fan.people(int(event.payload["buyer_id"]), "rebate.read")
    fen, owed = int(event.payload["fen"]), int(event.payload["owed_fen"])
    body = f"{one['name']}因退货更正" + (f"，其中 {yuan(owed)} 已经用掉，转为应付" if owed else "")
    fan.tell(event, people, f"返利更正 {yuan(fen)}", body, "rebates")


@about(_load, "rebate.ended")
async def _ended(fan: Fanout, event: Event, one: db.Row) -> None:
    people = await fan.people(int(event.payload["buyer_id"]), "rebate.read")
    body = f"{one['name']}提前到 {one['until_on']:%Y-%m-%d} 结束，之前的照常结算"
    fan.tell(event, people, "返利提前结束", body, f"rebate/{one['id']}")


@about(_load, "rebate.waiting")
async def _waiting(fan: Fanout, event: Event, one: db.Row) -> None:
    """Finance confirms what is credited."""
    people = await fan.people(one["seller_id"], "rebate.settle")
    fan.tell(event, people, "返利待确认结算", f"{one['name']}：{_period(event, one)}", f"rebate/{one['id']}")


@about(_load, "rebate.done")
async def _done(fan: Fanout, event: Event, one: db.Row) -> None:
    people = await fan.people(one["seller_id"], "rebate.settle")
    fan.tell(event, people, "返利已结算", f"{one['name']}：{_period(event, one)}", f"rebate/{one['id']}")


@on("rebate.used")
async def _used(fan: Fanout, event: Event) -> None:
    """The other side hears what credit has paid."""
    seller_id, buyer_id = int(event.payload["seller_id"]), int(event.payload["buyer_id"])
    amount = yuan(int(event.payload["fen"]))
    if event.payload["by"] == buyer_id:
        people, body = await fan.people(seller_id, "rebate.settle"), f"{event.payload['buyer']}抵扣应付 {amount}"
    else:
        people, body = await fan.people(buyer_id, "rebate.read"), f"供应商用您的返利抵扣应付 {amount}"
    fan.tell(event, people, "返利抵货款", body, "rebates")
