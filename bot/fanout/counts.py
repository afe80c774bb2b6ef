"""Stocktakes: who is to count, what has to be decided, and what came of it. (D2.3)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.fanout.fan import Fanout
from bot.fanout.questions import Approvals, Question, asks
from bot.fanout.registry import Event, Subject, about
from server.core import db
from server.core.money import yuan
from server.counts import queries as counts


@asks(counts.KIND)
async def _questions(roots: Sequence[int], ids: Sequence[int], asked: Approvals) -> Mapping[Subject, Question]:
    """What is asked about stocktakes; whoever submitted one hears of the decision."""
    return {
        subject: Question(
            asked[subject], "盘点差异", f"{one['warehouse']}，{_differences(one)}", f"stocktake/{one['id']}",
            asked_by=one["submitted_by"],
        )
        for subject, one in (await counts.facts_of_many(roots, ids)).items()
        if subject in asked
    }  # fmt: skip


def _differences(one: db.Row) -> str:
    return f"盘盈 {yuan(one['gain_fen'])}，盘亏 {yuan(one['loss_fen'])}"


async def _load(events: Sequence[Event]) -> Mapping[int, db.Row]:
    found = await counts.facts_of_many([event.root_id for event in events], [event.subject_id for event in events])
    return {event.id: found[event.subject] for event in events if event.subject in found}


async def _counters(fan: Fanout, one: db.Row) -> Sequence[db.Row]:
    """Who was named, else all who may count at the org."""
    people = await fan.people(one["org_id"], "stock.scan")
    return [person for person in people if person["id"] in one["counter_ids"]] if one["counter_ids"] else people


@about(_load, "stocktake.due")
async def _due(fan: Fanout, event: Event, one: db.Row) -> None:
    """The day of a planned stocktake has come."""
    if one["state"] == "planned":
        body = f"盘点单 {one['number']}：{one['warehouse']}" + (f"，{one['note']}" if one["note"] else "")
        fan.tell(event, await _counters(fan, one), "今天要盘点", body, f"stocktake/{one['id']}")


@about(_load, "stocktake.started")
async def _started(fan: Fanout, event: Event, one: db.Row) -> None:
    """Who is to count can begin; whoever has begun it needs not be told."""
    people = [person for person in await _counters(fan, one) if person["id"] != one["started_by"]]
    fan.tell(event, people, "盘点开始了", f"盘点单 {one['number']}：{one['warehouse']}", f"stocktake/{one['id']}")


@about(_load, "stocktake.recount")
async def _recount(fan: Fanout, event: Event, one: db.Row) -> None:
    """Some products are counted again."""
    body = f"盘点单 {one['number']}：{one['warehouse']} 第 {one['round']} 轮"
    fan.tell(event, await _counters(fan, one), "有商品要复盘", body, f"stocktake/{one['id']}")


@about(_load, "stocktake.counted")
async def _counted(fan: Fanout, event: Event, one: db.Row) -> None:
    """The differences are there to be decided."""
    people = [person for person in await fan.people(one["org_id"], "stock.count") if person["id"] != one["counted_by"]]
    body = f"盘点单 {one['number']}：{one['warehouse']}，{_differences(one)}"
    fan.tell(event, people, "盘点完成，请处理差异", body, f"stocktake/{one['id']}")


@about(_load, "stocktake.adjusted")
async def _adjusted(fan: Fanout, event: Event, one: db.Row) -> None:
    """Who counted hears that the books are right again."""
    body = f"盘点单 {one['number']}：{one['warehouse']}，库存已按实盘调整"
    people = [person for person in await _counters(fan, one) if person["id"] != one["ended_by"]]
    fan.tell(event, people, "盘点已调整库存", body, f"stocktake/{one['id']}")
