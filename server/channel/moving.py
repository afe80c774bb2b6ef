"""Moving a part of the tree to another supplier, with what it would bring about shown first. (S1.2)

The tree itself is this module's; what a move means for orders, money, prices, scopes and authorities is told by those
who own them (`on_move`). One of them may forbid it: an order under way is finished or taken back by the supplier who
has it, so that no goods change hands between people who do not see each other any more. What is past stays as it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from server.channel.models import Org
from server.channel.service import MAX_DEPTH, OrgMisplaced, find_org
from server.channel.tree_schemas import Consequence, MovePreview, MoveQuestion, MoveRequest
from server.core import audit, clock, db, live
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, StaleVersion


class MoveForbidden(BusinessError):
    """Something must be settled before this part of the tree can move; `errors` stay empty, `reasons` name it."""

    status, code, title = 409, "move_forbidden", "暂时不能移动"


class Move(NamedTuple):
    """A part of the tree on its way: the org on top of it, who supplies it now, and who will."""

    actor: Actor
    org: Org
    old: Org
    new: Org
    price_group: str


Teller = Callable[[Move], Awaitable[list[Consequence]]]
_tellers: list[Teller] = []

# All that lies below, by the index of paths; also how far down it goes.
_SIZE = """
SELECT count(*) FILTER (WHERE kind = 'dealer')::int AS dealers, count(*) FILTER (WHERE kind = 'store')::int AS stores,
       max(length(path) - length(replace(path, '/', '')))::int - 1 AS depth,
       (SELECT count(*)::int FROM account a JOIN org o ON o.id = a.org_id
        WHERE o.path ~>=~ $1 AND o.path ~<~ (left($1, -1) || '0') AND a.status = 'active') AS accounts
FROM org WHERE path ~>=~ $1 AND path ~<~ (left($1, -1) || '0')
"""

_MOVE = """
UPDATE org SET path = $2 || substr(path, length($1) + 1), updated_at = $3,
    parent_id = CASE WHEN path = $1 THEN $4 ELSE parent_id END,
    price_group = CASE WHEN path = $1 THEN $5 ELSE price_group END,
    version = version + CASE WHEN path = $1 THEN 1 ELSE 0 END
WHERE path ~>=~ $1 AND path ~<~ (left($1, -1) || '0')
RETURNING id
"""


def on_move(teller: Teller) -> None:
    """Let another module say what a move means for what it owns."""
    if teller not in _tellers:
        _tellers.append(teller)


async def _move(actor: Actor, org_id: int, parent_id: int, price_group: str | None) -> Move:
    """Who goes where, all of them inside the scope; raises what makes no sense at all."""
    actor.require("channel.move")
    org = await find_org(actor, org_id)
    if org.id == actor.org_id or org.parent_id is None:
        raise Forbidden("不能移动自己所在的组织")
    new = await find_org(actor, parent_id)
    old = await Org.get(id=org.parent_id)
    if new.id == old.id:
        raise OrgMisplaced(f"{org.name}已经在{new.name}下面了")
    if new.path.startswith(org.path):
        raise OrgMisplaced(f"{new.name}在{org.name}下面，不能移到自己的下级")
    if new.kind == "store":
        raise OrgMisplaced("门店下面不能再有下级")
    return Move(actor, org, old, new, price_group or org.price_group)


async def _consequences(move: Move, size: db.Row) -> list[Consequence]:
    found = []
    if move.new.status != "active":
        found.append(Consequence("tree", f"{move.new.name}已被冻结，不能接收下级", forbids=True))
    if move.new.path.count("/") - 1 + size["depth"] - (move.org.path.count("/") - 2) > MAX_DEPTH + 1:
        found.append(Consequence("tree", f"移动后超过 {MAX_DEPTH} 级", forbids=True))
    for teller in _tellers:
        found += await teller(move)
    return found


async def preview_move(actor: Actor, org_id: int, wanted: MoveQuestion) -> MovePreview:
    """What moving an org with all below it would bring about; nothing is changed."""
    move = await _move(actor, org_id, wanted.parent_id, wanted.price_group)
    size = await db.row(_SIZE, move.org.path)
    assert size is not None
    found = await _consequences(move, size)
    own = 1 if move.org.kind == "dealer" else 0
    return MovePreview(
        org_id=move.org.id,
        name=move.org.name,
        from_id=move.old.id,
        from_name=move.old.name,
        to_id=move.new.id,
        to_name=move.new.name,
        dealers=size["dealers"] - own,
        stores=size["stores"] - (1 - own),
        accounts=size["accounts"],
        version=move.org.version,
        allowed=not any(item.forbids for item in found),
        consequences=found,
    )


async def move_org(actor: Actor, org_id: int, wanted: MoveRequest) -> Org:
    """Move an org with all below it under another supplier, in one statement whatever their number (S1.2).

    Raises `OrgMisplaced`, `StaleVersion`, and `MoveForbidden` with what must be settled first. Everybody in the moved
    part is looked at anew: what an open page may see has changed.
    """
    async with db.transaction():
        await db.run("SELECT pg_advisory_xact_lock(hashtextextended('tree:' || $1::bigint, 0))", actor.root_id)
        move = await _move(actor, org_id, wanted.parent_id, wanted.price_group)
        if move.org.version != wanted.version:
            raise StaleVersion("这份档案刚被别人改过，请重新查看移动的影响")
        size = await db.row(_SIZE, move.org.path)
        assert size is not None
        reasons = [item.title for item in await _consequences(move, size) if item.forbids]
        if reasons:
            raise MoveForbidden("；".join(reasons), reasons=reasons)
        path = f"{move.new.path}{move.org.id}/"
        moved = await db.rows(_MOVE, move.org.path, path, clock.now(), move.new.id, move.price_group)
        changes = {
            "parent": [move.old.name, move.new.name],
            "parent_id": [move.old.id, move.new.id],
            "moved": len(moved),
            "reason": wanted.reason,
            "price_group": [move.org.price_group, move.price_group],
        }
        await audit.record(actor, "move", "org", move.org.id, changes)
        await live.wake_orgs([item["id"] for item in moved] + _above(move))
    return await Org.get(id=org_id)


def _above(move: Move) -> list[int]:
    """Whose pages show another tree now: all above the old place and the new one."""
    return [int(part) for place in (move.old, move.new) for part in place.path.strip("/").split("/")]
