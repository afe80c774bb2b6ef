"""Returns: what is asked about them, who has to count goods, and who is credited for some. (S3.3)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.fanout.fan import Fanout
from bot.fanout.questions import Approvals, Question, asks
from bot.fanout.registry import Event, Subject, about
from server.core import db
from server.core.money import yuan
from server.returns import queries as returns
from server.returns.states import REASON_NAMES


@asks(returns.KIND)
async def _questions(roots: Sequence[int], ids: Sequence[int], asked: Approvals) -> Mapping[Subject, Question]:
    """What is asked about returns; whoever asked for one, and who sends the goods, hears of the decision."""
    return {
        subject: Question(
            asked[subject], "退货", _matter(one), f"return/{one['id']}",
            asked_by=one["asked_by"], asker_id=one["buyer_id"], asker_permission="return.move",
        )
        for subject, one in (await returns.facts_of_many(roots, ids)).items()
        if subject in asked
    }  # fmt: skip


def _matter(one: db.Row) -> str:
    """Who gives back how much, and why."""
    reasons = "、".join(REASON_NAMES[reason] for reason in one["reasons"])
    return f"{one['buyer_name']}退{one['line_count']}种商品（{reasons}），{yuan(one['total_fen'])}"


async def _load(events: Sequence[Event]) -> Mapping[int, db.Row]:
    found = await returns.facts_of_many([event.root_id for event in events], [event.subject_id for event in events])
    return {event.id: found[event.subject] for event in events if event.subject in found}


@about(_load, "return.issued")
async def _issued(fan: Fanout, event: Event, one: db.Row) -> None:
    """The seller is going to get goods back, and counts them."""
    people = await fan.people(one["seller_id"], "return.move")
    fan.tell(event, people, "退货已发出", f"退货单 {one['number']}：{_matter(one)}，到货请清点", f"return/{one['id']}")


@about(_load, "return.received")
async def _received(fan: Fanout, event: Event, one: db.Row) -> None:
    """The buyer hears what was credited, or looks at what is missing."""
    people = await fan.people(one["buyer_id"], "return.ask")
    differs = one["state"] == "received"
    title = "退货收货有差异，请确认" if differs else "退货已收货"
    body = f"退货单 {one['number']}：{one['seller_name']}已清点，{yuan(one['credited_fen'])} 已冲减欠款"
    fan.tell(event, people, title, body, f"return/{one['id']}")


@about(_load, "return.cancelled")
async def _cancelled(fan: Fanout, event: Event, one: db.Row) -> None:
    """Who was to get goods back needs not wait."""
    people = await fan.people(one["seller_id"], "return.move")
    body = f"退货单 {one['number']}：{one['buyer_name']}不退了，{one['ending']}"
    fan.tell(event, people, "退货已取消", body, f"return/{one['id']}")
