"""What moving a part of the tree means for who sees it. (S1.2)"""

from __future__ import annotations

from server.channel.moving import Move
from server.channel.tree_schemas import Consequence
from server.core import db

_ABOVE = """
SELECT o.id, o.name, length(o.path) AS depth,
       (SELECT array_agg(a.name ORDER BY a.id) FROM assignment x JOIN account a ON a.id = x.account_id
        WHERE x.org_id = o.id) AS reps
FROM org o WHERE o.id = ANY ($1::bigint[]) ORDER BY o.path
"""


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.strip("/").split("/")]


def _names(found: list[db.Row]) -> str:
    return "、".join(item["name"] + (f"（业务员 {'、'.join(item['reps'])}）" if item["reps"] else "") for item in found)


async def tell_of_scope(move: Move) -> list[Consequence]:
    """Who sees the moved part no more, who sees it from then on, and whether a rep is left for it."""
    before, after = _ids(move.old.path), _ids(move.new.path)
    found = {item["id"]: item for item in await db.rows(_ABOVE, [*before, *after, move.org.id])}
    loses = [found[org_id] for org_id in before if org_id not in after]
    gains = [found[org_id] for org_id in after if org_id not in before]
    told = []
    if loses:
        told.append(Consequence("scope", f"不再看到{move.org.name}及其下级：{_names(loses)}"))
    if gains:
        told.append(Consequence("scope", f"开始看到{move.org.name}及其下级：{_names(gains)}"))
    if not any(found[org_id]["reps"] for org_id in [*after, move.org.id]):
        told.append(Consequence("scope", "移动后没有业务员负责，请到档案里分配"))
    return told
