"""What a dealer's move in the tree means for territories: its own and those of the dealers below it. (S1.2, S1.3)"""

from __future__ import annotations

from server.channel.models import Org
from server.channel.moving import Move
from server.channel.tree_schemas import Consequence
from server.core import clock, db
from server.core.actor import Actor
from server.territory import categories, queries
from server.territory.schemas import Conflict
from server.territory.service import beyond_of, conflict_of, in_words

TOLD = 8
"""How many authorities are named."""


async def after_move(actor: Actor, org: Org, parent: Org) -> list[Conflict]:
    """What would not be allowed any more.

    `outside`: would lie beyond what the new upper dealer holds; `taken`: would meet the authority of a dealer that is
    above no longer, where one of the two is exclusive.
    """
    tree, today, path = await categories.load(actor), clock.today(), str(org.path)
    beyond = await queries.outside(org.root_id, [path], today, tree.lines, (f"{parent.path}{org.id}/", path))
    gone = [int(step) for step in set(path.split("/")[2:-2]) - set(parent.path.split("/"))]
    parted = await queries.parted(org.root_id, path, gone, today, tree.lines) if gone else ()
    theirs = [
        {**item, "org_id": item["above_id"], "name": item["above_name"], "path": item["above_path"],
         "wanted": item["region_code"], "region_code": item["theirs"]}
        for item in parted
    ]  # fmt: skip
    return [*(beyond_of(actor, tree, item) for item in beyond), *(conflict_of(actor, tree, i, org.id) for i in theirs)]


async def tell_of_territories(move: Move) -> list[Consequence]:
    """Territories that the move would break must be settled first; nobody grants any until it is done."""
    if db.transaction_open():
        await queries.lock(move.actor.root_id)
    found = await after_move(move.actor, move.org, move.new)
    if not found:
        return []
    outside = sum(1 for item in found if item.kind == "outside")
    words = [f"{outside} 条区域授权会超出新上级的授权范围"] if outside else []
    if len(found) > outside:
        words.append(f"{len(found) - outside} 条区域授权会和原上级的独家区域冲突")
    details = [in_words(item) for item in found[:TOLD]]
    return [Consequence("authority", "，".join(words) + "，请先收回或调整", details, forbids=True)]
