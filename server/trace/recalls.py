"""Calling a lot back: it is blocked everywhere at once, and whoever has it, or had it, is told and answers. (S1.4)

A balance stays when it is empty, so the balances of a lot name all places where it ever was. Goods that were on their
way when the recall began arrive later: `join_late` takes their receivers in, before each look and each reminder.
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from server.core import audit, clock, db, paging, tree
from server.core.actor import Actor, system_actor
from server.core.errors import BusinessError, NotFound
from server.core.outbox import announce_each
from server.core.types import MAX_ID, OrgRef
from server.regions import service as regions
from server.trace.recall_schemas import (
    Answer,
    Ending,
    HolderFilter,
    HolderOut,
    NewRecall,
    OwnAnswer,
    Progress,
    RecallFilter,
    RecallOut,
    RecallSummary,
)

CALLED = {
    "recall": "SELECT id, number AS name FROM recall WHERE root_id = $1 AND id = ANY ({ids})",
    "diversion": "SELECT id, number AS name FROM diversion WHERE root_id = $1 AND id = ANY ({ids})",
    "trace_range": """
SELECT r.id, p.name AS name FROM trace_range r JOIN product p ON p.id = r.product_id
WHERE r.root_id = $1 AND r.id = ANY ({ids})
""",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

TOLD_AT_ONCE = 500
"""So many holders are told by one event."""

_LOCK_LOT = """
SELECT l.id, l.code, l.blocked_by, p.name FROM lot l JOIN product p ON p.id = l.product_id
WHERE l.root_id = $1 AND l.product_id = $2 AND l.code = $3 FOR NO KEY UPDATE OF l
"""

_START = """
WITH made AS (
    INSERT INTO recall (id, root_id, number, product_id, lot_id, reason, instruction, started_by, started_at)
    SELECT n.id, $1, $2 || lpad(n.id::text, greatest(4, length(n.id::text)), '0'), $3, $4, $5, $6, $7, $8
    FROM (SELECT nextval('recall_id_seq') AS id) n
    RETURNING id, number
), blocked AS (
    UPDATE lot SET blocked_by = made.id FROM made WHERE lot.id = $4
)
SELECT id, number FROM made
"""

# Who has the lot or had it, and is not told yet. The brand itself needs not be told.
_TELL = """
INSERT INTO recall_holder (root_id, recall_id, org_id, qty, told_at)
SELECT $1, $2, w.org_id, sum(b.on_hand)::bigint, $4
FROM stock_balance b JOIN location w ON w.id = b.location_id
WHERE b.root_id = $1 AND b.lot_id = $3 AND w.kind IN ('warehouse', 'quarantine', 'in_transit') AND w.org_id <> $1
GROUP BY w.org_id
ON CONFLICT DO NOTHING
RETURNING org_id
"""

_RUNNING = "SELECT root_id, id FROM recall WHERE state = 'running' ORDER BY root_id, id"
_STILL_RUNNING = """
SELECT number, lot_id FROM recall WHERE root_id = $1 AND id = $2 AND state = 'running' FOR SHARE
"""

_SHOWN = """
SELECT r.*, p.name AS product_name, p.base_unit, l.code AS lot_code, nullif(l.expires_on, 'infinity') AS expires_on,
       a.name AS started_by_name
FROM recall r JOIN product p ON p.id = r.product_id JOIN lot l ON l.id = r.lot_id
LEFT JOIN account a ON a.id = r.started_by
WHERE r.root_id = $1 AND r.id = $2
"""


def _held(scope: str, recall: str) -> str:
    """The holders of a recall inside a scope, looked up one by one: the scope is small beside all holders."""
    return f"""(SELECT DISTINCT g.id FROM {tree.below(scope, "o.id")}) s CROSS JOIN LATERAL (
        SELECT * FROM recall_holder x WHERE x.root_id = $1 AND x.recall_id = {recall} AND x.org_id = s.id OFFSET 0) h"""


# The brand's people read every recall; others those of goods that they, or those below them, have or had.
_CONCERNS = f" AND ($3 OR EXISTS (SELECT FROM {_held('$4', '$2')}))"

_PROGRESS = """
SELECT count(*)::int AS holders, count(h.read_at)::int AS read, count(h.answered_at)::int AS answered,
       coalesce(sum(h.qty), 0)::bigint AS qty, coalesce(sum(h.set_aside), 0)::bigint AS set_aside
FROM {source} WHERE h.root_id = $1 AND h.recall_id = $2
"""
_PROGRESS_ALL = _PROGRESS.format(source="recall_holder h")
_PROGRESS_WITHIN = _PROGRESS.format(source=_held("$3", "$2"))

_OWN = "SELECT * FROM recall_holder WHERE root_id = $1 AND recall_id = $2 AND org_id = $3"

_LISTED = """
SELECT r.id, r.number, r.state, p.name AS product_name, l.code AS lot_code, r.reason, r.started_at, h.answered_at
FROM {source} JOIN product p ON p.id = r.product_id JOIN lot l ON l.id = r.lot_id{own}
WHERE {mine} AND r.id < $2 AND ($3::text IS NULL OR r.state = $3)
ORDER BY {order} DESC LIMIT $4
"""
_LIST_ALL = _LISTED.format(
    source="recall r",
    own=" LEFT JOIN recall_holder h ON h.root_id = r.root_id AND h.recall_id = r.id AND h.org_id = $5",
    mine="r.root_id = $1",
    order="r.id",
)
_LIST_OWN = _LISTED.format(
    source="recall_holder h JOIN recall r ON r.root_id = h.root_id AND r.id = h.recall_id",
    own="",
    mine="h.root_id = $1 AND h.org_id = $5",
    order="h.recall_id",
)

# A page of holders; only for those on it the balances and moves are looked at.
_HOLDERS = """
SELECT h.*, n.qty AS present, n.on_the_way, m.had FROM (
    SELECT h.org_id, h.told_at, h.read_at, h.set_aside, h.note, h.answered_at, g.name, g.kind, g.contact_name,
           g.contact_phone, g.region_code
    FROM {source} JOIN org g ON g.id = h.org_id
    WHERE h.root_id = $1 AND h.recall_id = $2 AND h.org_id > $4{standing} AND $3::text[] IS NOT NULL
    ORDER BY h.org_id LIMIT $5
) h
CROSS JOIN LATERAL (
    SELECT coalesce(sum(b.on_hand) FILTER (WHERE w.kind <> 'in_transit'), 0)::bigint AS qty,
           coalesce(sum(b.on_hand) FILTER (WHERE w.kind = 'in_transit'), 0)::bigint AS on_the_way
    FROM location w JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.product_id = $6
                                        AND b.lot_id = $7
    WHERE w.org_id = h.org_id AND w.kind IN ('warehouse', 'quarantine', 'in_transit')
) n
CROSS JOIN LATERAL (
    SELECT coalesce(sum(v.qty), 0)::bigint AS had FROM location w
    JOIN stock_move v ON v.root_id = $1 AND v.to_location_id = w.id AND v.product_id = $6 AND v.lot_id = $7
    JOIN location o ON o.id = v.from_location_id
    WHERE w.org_id = h.org_id AND w.kind = 'warehouse'
      AND (o.org_id <> h.org_id OR o.kind NOT IN ('warehouse', 'quarantine'))
) m
ORDER BY h.org_id
"""
_STANDING = {
    None: "",
    "unread": " AND h.read_at IS NULL",
    "read": " AND h.read_at IS NOT NULL AND h.answered_at IS NULL",
    "answered": " AND h.answered_at IS NOT NULL",
}

_READ = """
UPDATE recall_holder SET read_at = $4, read_by = $5
WHERE root_id = $1 AND recall_id = $2 AND org_id = $3 AND read_at IS NULL
"""

_ANSWER = """
UPDATE recall_holder SET set_aside = $4, note = $5, answered_by = $6, answered_at = $7,
    read_at = coalesce(read_at, $7), read_by = coalesce(read_by, $6)
WHERE root_id = $1 AND recall_id = $2 AND org_id = $3
"""

_END = """
WITH ended AS (
    UPDATE recall SET state = 'ended', outcome = $3, sell_again = $4, ended_by = $5, ended_at = $6
    WHERE root_id = $1 AND id = $2 RETURNING lot_id
)
UPDATE lot SET blocked_by = CASE WHEN $4 THEN NULL ELSE blocked_by END FROM ended WHERE lot.id = ended.lot_id
"""


class RecallState(BusinessError):
    """The lot is called back already, or the recall has ended."""

    status, code, title = 409, "recall_state", "召回状态已变化"


async def start_recall(actor: Actor, wanted: NewRecall) -> RecallOut:
    """Call a lot back: from now on it serves nobody, and all who have or had it are told what to do."""
    actor.require("recall.manage")
    async with db.transaction():
        lot = await db.row(_LOCK_LOT, actor.root_id, wanted.product_id, wanted.lot_code)
        if lot is None:
            raise NotFound("没有找到这个批次")
        if lot["blocked_by"] is not None:
            raise RecallState(f"批次 {lot['code']} 已经召回了")
        moment = clock.now()
        made = await db.row(
            _START, actor.root_id, f"ZH{clock.today():%y%m%d}", wanted.product_id, lot["id"], wanted.reason,
            wanted.instruction, actor.account_id, moment,
        )  # fmt: skip
        assert made is not None
        told = await _tell(actor, made["id"], lot["id"])
        facts = {"number": made["number"], "product": lot["name"], "lot": lot["code"], "reason": wanted.reason}
        await audit.record(actor, "start", "recall", made["id"], {**facts, "holders": told})
        return await shown(actor, made["id"])


async def _tell(actor: Actor, recall_id: int, lot_id: int) -> int:
    """Write down and tell whoever has the lot and does not know yet; how many."""
    found = await db.rows(_TELL, actor.root_id, recall_id, lot_id, clock.now())
    orgs = sorted(row["org_id"] for row in found)
    parts = [orgs[n : n + TOLD_AT_ONCE] for n in range(0, len(orgs), TOLD_AT_ONCE)]
    await announce_each(actor.root_id, "recall.started", [(recall_id, {"org_ids": part}) for part in parts])
    return len(orgs)


async def _find(actor: Actor, recall_id: int, lock: str = "") -> db.Row:
    statement = _SHOWN + _CONCERNS + lock
    found = await db.row(statement, actor.root_id, recall_id, actor.org_kind == "brand", actor.scope)
    if found is None:
        raise NotFound("没有找到这次召回")
    return found


async def get_recall(actor: Actor, recall_id: int) -> RecallOut:
    """A recall with its progress among the holders of the scope."""
    actor.require("stock.read")
    return await shown(actor, recall_id)


async def shown(actor: Actor, recall_id: int) -> RecallOut:
    """A recall, for who may do something about it."""
    found = await _find(actor, recall_id)
    if actor.sees_all:
        counted = await db.row(_PROGRESS_ALL, actor.root_id, recall_id)
    else:
        counted = await db.row(_PROGRESS_WITHIN, actor.root_id, recall_id, actor.scope)
    own = await db.row(_OWN, actor.root_id, recall_id, actor.org_id)
    assert counted is not None
    names = set(RecallOut.__struct_fields__) - {"progress", "own"}
    columns = {name: found[name] for name in names}
    answer = None
    if own is not None:
        answer = OwnAnswer(own["qty"], own["read_at"], own["set_aside"], own["note"], own["answered_at"])
    return RecallOut(**columns, progress=Progress(**counted), own=answer)


async def list_recalls(actor: Actor, wanted: RecallFilter) -> tuple[list[RecallSummary], str | None]:
    """The brand's recalls, or those that concern the own org, the newest first."""
    actor.require("stock.read")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    statement = _LIST_ALL if actor.org_kind == "brand" else _LIST_OWN
    found = await db.rows(statement, actor.root_id, before, wanted.state, wanted.limit + 1, actor.org_id)
    page, cursor = paging.page(found, wanted.limit)
    return [RecallSummary(**item) for item in page], cursor


async def list_holders(actor: Actor, recall_id: int, wanted: HolderFilter) -> tuple[list[HolderOut], str | None]:
    """Who in the scope has the lot or had it: how much, whom to call, and what was answered."""
    actor.require("channel.read")
    recall = await _find(actor, recall_id)
    after = paging.id_cursor(wanted.cursor) or 0
    source = "recall_holder h" if actor.sees_all else _held("$3", "$2")
    statement = _HOLDERS.format(standing=_STANDING[wanted.standing], source=source)
    scope = (actor.root_id, recall_id, actor.scope)
    found = await db.rows(statement, *scope, after, wanted.limit + 1, recall["product_id"], recall["lot_id"])
    page, cursor = paging.page(found, wanted.limit, "org_id")
    return [_holder(item) for item in page], cursor


def _holder(item: db.Row) -> HolderOut:
    names = ("kind", "contact_name", "contact_phone", "told_at", "read_at", "set_aside", "note", "answered_at")
    return HolderOut(
        org=OrgRef(item["org_id"], item["name"]),
        region_name=regions.full_name(item["region_code"]) if item["region_code"] else "",
        qty=item["present"],
        on_the_way=item["on_the_way"],
        had_qty=item["had"],
        **{name: item[name] for name in names},
    )


async def join_late(actor: Actor, recall_id: int) -> int:
    """Tell those to whom goods of the lot came since it was called back; how many."""
    actor.require("recall.manage")
    async with db.transaction():
        recall = await _find(actor, recall_id, " FOR SHARE OF r")
        _running(recall)
        told = await _tell(actor, recall_id, recall["lot_id"])
        await audit.record(actor, "tell", "recall", recall_id, {"number": recall["number"], "holders": told})
        return told


async def join_all() -> int:
    """Tell late receivers of every recall that runs, for the schedule; how many were told."""
    told = 0
    for recall in await db.rows(_RUNNING):
        system = system_actor(recall["root_id"], f"/{recall['root_id']}/", frozenset({"recall.manage"}))
        async with db.transaction():
            found = await db.row(_STILL_RUNNING, recall["root_id"], recall["id"])
            late = await _tell(system, recall["id"], found["lot_id"]) if found else 0
            if found and late:
                facts = {"number": found["number"], "holders": late}
                await audit.record(system, "tell", "recall", recall["id"], facts)
        told += late
    return told


def _running(recall: db.Row) -> None:
    if recall["state"] != "running":
        raise RecallState(f"召回 {recall['number']} 已经结束")


async def read_recall(actor: Actor, recall_id: int) -> None:
    """The own org has read it: the first time counts."""
    actor.require("stock.read")
    await _find(actor, recall_id)
    if await db.run(_READ, actor.root_id, recall_id, actor.org_id, clock.now(), actor.account_id or None):
        await audit.record(actor, "read", "recall", recall_id, {})


async def answer_recall(actor: Actor, recall_id: int, said: Answer) -> None:
    """Say how much was found and set aside; until the end of the recall the last answer counts."""
    actor.require("stock.scan")
    async with db.transaction():
        recall = await _find(actor, recall_id, " FOR SHARE OF r")
        _running(recall)
        values = (said.set_aside, said.note, actor.account_id or None, clock.now())
        if not await db.run(_ANSWER, actor.root_id, recall_id, actor.org_id, *values):
            raise NotFound("这次召回和您的库存无关")
        facts = {"number": recall["number"], "set_aside": said.set_aside, "note": said.note}
        await audit.record(actor, "answer", "recall", recall_id, facts)


async def end_recall(actor: Actor, recall_id: int, ending: Ending) -> None:
    """End a recall; the lot stays blocked unless it is said to be good after all."""
    actor.require("recall.manage")
    async with db.transaction():
        recall = await _find(actor, recall_id, " FOR UPDATE OF r")
        _running(recall)
        values = (ending.outcome, ending.sell_again, actor.account_id, clock.now())
        await db.run(_END, actor.root_id, recall_id, *values)
        facts = {"number": recall["number"], "outcome": ending.outcome, "sell_again": ending.sell_again}
        await audit.record(actor, "end", "recall", recall_id, facts)
        holders = await db.rows(
            "SELECT org_id FROM recall_holder WHERE root_id = $1 AND recall_id = $2 ORDER BY 1",
            actor.root_id, recall_id,
        )  # fmt: skip
        orgs = [row["org_id"] for row in holders]
        parts = [orgs[n : n + TOLD_AT_ONCE] for n in range(0, len(orgs), TOLD_AT_ONCE)]
        await announce_each(actor.root_id, "recall.ended", [(recall_id, {"org_ids": part}) for part in parts])
