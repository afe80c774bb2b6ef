"""Segments: choices of customers that the own org keeps under a name. (D3.2)"""

from __future__ import annotations

import msgspec

from server.core import audit, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, StaleVersion
from server.customers.schemas import Conditions, NewSegment, Segment, SegmentEdit

CALLED = {
    "segment": "SELECT id, name FROM segment WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

MAX_SEGMENTS = 50

_LIST = "SELECT id, name, conditions::text AS conditions, version FROM segment WHERE org_id = $1 ORDER BY name LIMIT 50"
_ONE = "SELECT id, name, conditions::text AS conditions, version FROM segment WHERE org_id = $1 AND id = $2"
_ADD = """
WITH made AS (
    INSERT INTO segment (root_id, org_id, name, conditions) VALUES ($1, $2, $3, $4::text::jsonb)
    ON CONFLICT DO NOTHING RETURNING id
) SELECT id FROM made
"""
_EDIT = """
UPDATE segment SET name = $4, conditions = $5::text::jsonb, version = version + 1
WHERE org_id = $1 AND id = $2 AND version = $3
  AND NOT EXISTS (SELECT FROM segment x WHERE x.org_id = $1 AND x.name = $4 AND x.id <> $2)
"""


class SegmentTaken(BusinessError):
    """The own org has a segment of this name."""

    status, code, title = 409, "segment_taken", "名称重复"


def _segment(found: db.Row) -> Segment:
    conditions = msgspec.json.decode(found["conditions"], type=Conditions)
    return Segment(found["id"], found["name"], conditions, found["version"])


def _text(conditions: Conditions) -> str:
    """The conditions as they are kept; `InvalidInput` where they cannot all hold."""
    low, high = conditions.amount_from_fen, conditions.amount_to_fen
    if low is not None and high is not None and low > high:
        raise InvalidInput("金额的下限不能超过上限", [FieldError("/conditions/amount_to_fen", "不能小于下限")])
    recent, old = conditions.ordered_within, conditions.not_ordered_for
    if recent is not None and old is not None and recent <= old:
        message = "“多少天内下过单”要大于“多少天没有下单”"
        raise InvalidInput(message, [FieldError("/conditions/ordered_within", "两个天数矛盾")])
    return msgspec.json.encode(conditions).decode()


async def list_segments(actor: Actor) -> list[Segment]:
    """The segments of the own org by name."""
    return [_segment(item) for item in await db.rows(_LIST, actor.org_id)]


async def find_segment(actor: Actor, segment_id: int) -> Segment:
    """A segment of the own org."""
    found = await db.row(_ONE, actor.org_id, segment_id)
    if found is None:
        raise NotFound("没有找到这个分群，可能已经删除")
    return _segment(found)


async def add_segment(actor: Actor, new: NewSegment) -> Segment:
    """Keep a choice of customers under a name; raises `SegmentTaken`."""
    actor.require("customer.manage")
    async with db.transaction():
        await db.run("SELECT 1 FROM org WHERE id = $1 FOR UPDATE", actor.org_id)
        if await db.value("SELECT count(*) FROM segment WHERE org_id = $1", actor.org_id) >= MAX_SEGMENTS:
            raise InvalidInput(f"最多保存 {MAX_SEGMENTS} 个分群")
        made = await db.value(_ADD, actor.root_id, actor.org_id, new.name.strip(), _text(new.conditions))
        if made is None:
            raise SegmentTaken(f"已经有“{new.name}”这个分群了")
        await audit.record(actor, "create", "segment", made, msgspec.to_builtins(new))
    return await find_segment(actor, made)


async def edit_segment(actor: Actor, segment_id: int, edit: SegmentEdit) -> Segment:
    """Give a segment another name or other conditions; raises `StaleVersion`, `SegmentTaken`."""
    actor.require("customer.manage")
    async with db.transaction():
        before = await find_segment(actor, segment_id)
        name, text = edit.name.strip(), _text(edit.conditions)
        if not await db.run(_EDIT, actor.org_id, segment_id, edit.version, name, text):
            if before.version != edit.version:
                raise StaleVersion("这个分群刚被别人改过，请刷新后再改")
            raise SegmentTaken(f"已经有“{name}”这个分群了")
        changes = {"name": [before.name, name], "conditions": [before.conditions, edit.conditions]}
        await audit.record(actor, "edit", "segment", segment_id, msgspec.to_builtins(changes))
    return await find_segment(actor, segment_id)


async def remove_segment(actor: Actor, segment_id: int) -> None:
    """Forget a segment; its customers stay as they are."""
    actor.require("customer.manage")
    async with db.transaction():
        before = await find_segment(actor, segment_id)
        await db.run("DELETE FROM segment WHERE org_id = $1 AND id = $2", actor.org_id, segment_id)
        await audit.record(actor, "remove", "segment", segment_id, {"name": before.name})
