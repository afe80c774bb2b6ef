"""Stocktakes that come again: made on their day, so that some of the goods are counted every week or month."""

from __future__ import annotations

import msgspec

from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput, NotFound
from server.core.types import OrgRef
from server.counts import service
from server.counts.queries import PREFIX
from server.counts.schemas import NewPlan, Plan, PlanList

MOST = 50
"""So many plans an org may have."""

_ADD = """
INSERT INTO stocktake_plan (root_id, org_id, location_id, name, scope, category_id, product_ids, blind, counter_ids,
                            every, next_on, made_by, made_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
WHERE $14 > (SELECT count(*) FROM stocktake_plan WHERE root_id = $1 AND org_id = $2 AND ended_at IS NULL)
RETURNING id
"""

_LIST = """
SELECT y.*, w.name AS warehouse, c.name AS category_name, m.name AS made_by_name,
       ARRAY(SELECT x.name FROM account x WHERE x.id = ANY (y.counter_ids) ORDER BY x.id) AS counters,
       t.id AS last_id, t.number AS last_number
FROM stocktake_plan y JOIN location w ON w.id = y.location_id LEFT JOIN category c ON c.id = y.category_id
JOIN account m ON m.id = y.made_by
LEFT JOIN LATERAL (SELECT id, number FROM stocktake x WHERE x.root_id = y.root_id AND x.org_id = y.org_id
                   AND x.plan_id = y.id ORDER BY x.id DESC LIMIT 1) t ON true
WHERE y.root_id = $1 AND y.org_id = $2 AND y.ended_at IS NULL
ORDER BY y.next_on, y.id
"""

_END = """
UPDATE stocktake_plan SET ended_by = $4, ended_at = $5
WHERE root_id = $1 AND org_id = $2 AND id = $3 AND ended_at IS NULL RETURNING name
"""

# The plans whose day has come: each makes its stocktake and goes on to its next day, however many were missed. A plan
# whose warehouse is closed waits. $1 today  $2 now
_DUE = f"""
WITH due AS (
    SELECT y.* FROM stocktake_plan y JOIN location w ON w.id = y.location_id AND w.closed_at IS NULL
    WHERE y.ended_at IS NULL AND y.next_on <= $1 FOR UPDATE OF y SKIP LOCKED FOR KEY SHARE OF w
), moved AS (
    UPDATE stocktake_plan y SET next_on = (
        SELECT min(x.day) FROM (
            SELECT (d.next_on + n * CASE d.every WHEN 'week' THEN interval '7 days' WHEN 'month' THEN interval '1 month'
                                    ELSE interval '3 months' END)::date AS day FROM generate_series(1, 520) AS n) x
        WHERE x.day > $1)
    FROM due d WHERE y.root_id = d.root_id AND y.id = d.id
)
INSERT INTO stocktake (id, root_id, number, org_id, location_id, scope, category_id, product_ids, blind, counter_ids,
                       planned_on, note, plan_id, made_by, made_at)
SELECT n.id, n.root_id,
       '{PREFIX}' || to_char($1::date, 'YYMMDD') || lpad(n.id::text, greatest(6, length(n.id::text)), '0'),
       n.org_id, n.location_id, n.scope, n.category_id, n.product_ids, n.blind, n.counter_ids, n.next_on, n.name,
       n.plan_id, n.made_by, $2
FROM (SELECT nextval('stocktake_id_seq') AS id, d.root_id, d.org_id, d.location_id, d.scope, d.category_id,
             d.product_ids, d.blind, d.counter_ids, d.next_on, d.name, d.id AS plan_id, d.made_by FROM due d) n
"""  # noqa: S608 - a constant of the program

# Who is to count hears of it on the day.
_REMIND = """
WITH due AS (
    UPDATE stocktake SET reminded_at = $2
    WHERE state = 'planned' AND reminded_at IS NULL AND planned_on <= $1
    RETURNING root_id, id
)
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT root_id, 'event', 'stocktake.due', id, '{}', $2, $2 FROM due
"""


async def list_plans(actor: Actor) -> PlanList:
    """The plans of the own org that go on, the next one first."""
    found = await db.rows(_LIST, actor.root_id, actor.org_id)
    return PlanList([_plan(item) for item in found])


def _plan(item: db.Row) -> Plan:
    category = None if item["category_id"] is None else OrgRef(item["category_id"], item["category_name"])
    more = {
        "warehouse": OrgRef(item["location_id"], item["warehouse"]),
        "category": category,
        "product_count": len(item["product_ids"]),
        "made_by": item["made_by_name"],
        "last": None if item["last_id"] is None else OrgRef(item["last_id"], item["last_number"]),
    }
    return msgspec.convert({**item, **more}, Plan)


async def add_plan(actor: Actor, new: NewPlan) -> int:
    """Let a stocktake come again from a day on; the plan's id. Its first one is made on that day."""
    actor.require("stock.count")
    if new.next_on < clock.today():
        raise InvalidInput("开始日期已经过去", [FieldError("/next_on", "请选今天或以后")])
    async with db.transaction():
        location_id = await service.checked(actor, new)
        about = (new.name.strip(), new.scope, new.category_id, new.product_ids, new.blind, new.counter_ids)
        when = (new.every, new.next_on, actor.account_id, clock.now(), MOST)
        made = await db.value(_ADD, actor.root_id, actor.org_id, location_id, *about, *when)
        if made is None:
            raise InvalidInput(f"最多 {MOST} 个盘点计划，请先停用不用的")
        await audit.record(actor, "add_plan", "stocktake_plan", made, msgspec.to_builtins(new))
    return int(made)


async def end_plan(actor: Actor, plan_id: int) -> None:
    """Let a plan make no more stocktakes; those that it made stay."""
    actor.require("stock.count")
    async with db.transaction():
        ended = (actor.root_id, actor.org_id, plan_id, actor.account_id, clock.now())
        name = await db.value(_END, *ended)
        if name is None:
            raise NotFound("没有找到这个盘点计划，或者它已经停用")
        await audit.record(actor, "end_plan", "stocktake_plan", plan_id, {"name": name})


async def prepare() -> int:
    """Make the stocktakes whose day has come, and remind who is to count; how many were made or told of."""
    today, moment = clock.today(), clock.now()
    return await db.run(_DUE, today, moment) + await db.run(_REMIND, today, moment)
