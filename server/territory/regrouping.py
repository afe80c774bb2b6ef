"""Categories that come to lie in others: territories that were apart until then must not meet. (S1.3)"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from server.core import clock, db
from server.core.actor import Actor
from server.core.types import OrgRef
from server.regions import service as regions
from server.territory import categories, queries
from server.territory.categories import Tree
from server.territory.queries import Lines
from server.territory.schemas import Conflict
from server.territory.service import AuthorityConflict, beyond_of, conflict_of, period_words


async def check_regrouping(actor: Actor, moving: Sequence[int]) -> Callable[[], Awaitable[None]]:
    """Categories are about to lie elsewhere; what is checked once they do. The brand is locked, as for a grant.

    The check raises `AuthorityConflict` where exclusive territories of different lines would meet, with the names of
    both dealers, or where a dealer would hold more than its upper dealer.
    """
    before = await categories.load(actor)
    moved = before.below(moving)
    paths = await queries.holding(actor.root_id, moved)

    async def check() -> None:
        if paths:
            after = await categories.load(actor)
            await _check_meeting(actor, before, after, moved)
            await _check_bounds(actor, before, after, paths)

    return check


def _gained(before: Tree, after: Tree, moved: Sequence[int]) -> Lines:
    """(category, one above it that was not above it before) pairs."""
    pairs = [(item, up) for item in moved for up in set(after.up(item)) - set(before.up(item))]
    return Lines([item for item, _ in pairs], [up for _, up in pairs])


async def _check_meeting(actor: Actor, before: Tree, after: Tree, moved: Sequence[int]) -> None:
    found = await queries.met(actor.root_id, _gained(before, after, moved), clock.today())
    if found:
        more = f"，另有 {found[0]['found'] - 1} 处" if found[0]["found"] > 1 else ""
        told = [_told(actor, after, item) for item in found]
        words = f"移动后独家区域会重叠：{_meeting_words(after, found[0], told[0])}{more}；请先收回或调整其中一方的授权"
        raise AuthorityConflict(words, conflicts=told[:20], conflict_count=found[0]["found"])


def _told(actor: Actor, tree: Tree, found: db.Row) -> Conflict:
    """The authority of the category above, which stands against that of the moved one (`dealer`)."""
    theirs = {
        **found, "org_id": found["their_org_id"], "name": found["their_name"], "path": found["their_path"],
        "region_code": found["theirs"], "category_id": found["their_category_id"], "wanted": found["region_code"],
    }  # fmt: skip
    conflict = conflict_of(actor, tree, theirs, found["org_id"])
    conflict.dealer = OrgRef(found["org_id"], found["name"]) if actor.sees(found["path"]) else OrgRef(0, "其他经销商")
    return conflict


def _meeting_words(tree: Tree, found: db.Row, told: Conflict) -> str:
    own = f"{regions.full_name(found['region_code'])}·{tree.name(found['category_id'])}"
    other = f"{told.region_name}·{told.category_name}（{period_words(told.from_on, told.until_on)}）"
    return f"“{told.dealer.name if told.dealer else ''}”的 {own} 和“{told.org.name}”的 {other}"


async def _check_bounds(actor: Actor, before: Tree, after: Tree, paths: list[str]) -> None:
    """What lay within the upper dealer's authority by the categories above it must still do so."""
    today = clock.today()
    was = {item["id"] for item in await queries.outside(actor.root_id, paths, today, before.lines)}
    found = [i for i in await queries.outside(actor.root_id, paths, today, after.lines) if i["id"] not in was]
    if found:
        told = [beyond_of(actor, after, item) for item in found]
        first = told[0]
        more = f"，另有 {len(found) - 1} 处" if len(found) > 1 else ""
        where = f"“{found[0]['name']}”的 {first.region_name}·{first.category_name}"
        words = f"移动后 {where} 会超出上级“{first.org.name}”的授权范围{more}；请先调整授权"
        raise AuthorityConflict(words, conflicts=told[:20], conflict_count=len(found))
