"""Who covers what, and what nobody covers.

The counties (and what has none below it) are what is counted. Each is covered by what is granted for itself and for
what it lies in. Read set-based: one row per region that any authority names, then the tree in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from server.channel import counted
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound
from server.core.types import OrgRef
from server.regions import service as regions
from server.territory import areas, categories
from server.territory.schemas import (
    Coverage,
    CoverageFilter,
    CoverageRow,
    State,
    WhiteSpot,
    WhiteSpotFilter,
    WhiteSpotList,
)

COMPARED = 8
"""Of so many dealers in a region at most it is looked at whether they are one line of the tree."""

NAMED = 5
"""How many of a region's dealers are named."""

# Who holds each region inside one and around it; read by the index in its order, so that nothing has to be sorted.
# $1 root  $2 day  $3 category and those above it, null: any  $4 low  $5 high  $6 regions around
_HELD = """
SELECT a.region_code AS code, bool_or(a.exclusive) AS exclusive, array_agg(DISTINCT a.org_id) AS ids
FROM authority a
WHERE a.root_id = $1 AND a.revoked_on IS NULL AND a.from_on <= $2 AND (a.until_on IS NULL OR a.until_on >= $2)
  AND ($3::bigint[] IS NULL OR a.category_id IS NULL OR a.category_id = ANY ($3)) AND {where}
GROUP BY a.region_code
"""
_GRANTED = " UNION ALL ".join(
    _HELD.format(where=where)
    for where in ("a.region_code >= $4 AND a.region_code < $5", "a.region_code = ANY ($6::text[])")
)

_ORGS = "SELECT id, name, path FROM org WHERE root_id = $1 AND id = ANY ($2::bigint[])"


class Held(NamedTuple):
    """What dealers hold in and around a region: per region that is named, and who is there per part."""

    regions: dict[str, db.Row]
    parts: dict[str, set[int]]
    orgs: dict[int, db.Row]

    def state(self, code: str) -> State:
        """Who covers a county: nobody, one alone or openly (with those above and below it), or several."""
        found = [self.regions[step] for step in regions.lineage(code) if step in self.regions]
        if not found:
            return "white"
        if any(item["exclusive"] for item in found):
            return "exclusive"
        if any(len(item["ids"]) > COMPARED for item in found):
            return "several"
        paths = {self.orgs[org_id]["path"] for item in found for org_id in item["ids"]}
        return "open" if _line(paths) else "several"

    def within(self, code: str, around: set[int]) -> set[int]:
        """The dealers in a region, with those who hold what is around it."""
        begin = regions.prefix(code)
        return around.union(*(ids for part, ids in self.parts.items() if part.startswith(begin)))


def _line(paths: Iterable[str]) -> bool:
    """Whether dealers stand one above the other: not beside each other."""
    ordered = sorted(paths, key=len)
    return all(ordered[-1].startswith(path) for path in ordered)


def _sum_state(states: Counter[State]) -> State:
    """One state for many counties: what most of those have that are covered; white when none is."""
    covered = [(count, state) for state, count in states.items() if state != "white"]
    return max(covered)[1] if covered else "white"


def _everywhere(actor: Actor) -> None:
    actor.require("territory.coverage")
    if not actor.sees_all:
        raise Forbidden("覆盖情况涉及全部经销商，您的账号只能查看自己负责的部分")


def _digits(parent: str) -> int:
    """How many digits name a part: provinces of the country, else regions by their whole code."""
    return 2 if parent == regions.ALL else 6


async def _held(actor: Actor, parent: str, chosen: list[int] | None, day: date) -> Held:
    low, high = areas.bounds(parent)
    around = regions.lineage(parent)[:-1]
    digits = _digits(parent)
    found = await db.rows(_GRANTED, actor.root_id, day, chosen, low, high, around)
    parts: dict[str, set[int]] = {}
    for item in found:
        parts.setdefault(item["code"][:digits], set()).update(item["ids"])
    compared = {org_id for item in found if len(item["ids"]) <= COMPARED for org_id in item["ids"]}
    shown = {org_id for ids in parts.values() for org_id in sorted(ids)[:NAMED]}
    orgs = await db.rows(_ORGS, actor.root_id, sorted(compared | shown))
    return Held({item["code"]: item for item in found}, parts, {item["id"]: item for item in orgs})


async def _chosen(actor: Actor, category_id: int | None) -> list[int] | None:
    return None if category_id is None else (await categories.load(actor)).up(category_id)


def _known(code: str) -> None:
    if code != regions.ALL and not regions.known(code):
        raise NotFound("没有这个行政区划")


async def coverage(actor: Actor, wanted: CoverageFilter) -> Coverage:
    """Per region right below one: who covers it, how many of its counties how, dealers and stores (S1.3)."""
    _everywhere(actor)
    _known(wanted.parent)
    day, chosen = wanted.on or clock.today(), await _chosen(actor, wanted.category_id)
    held = await _held(actor, wanted.parent, chosen, day)
    digits = _digits(wanted.parent)
    stores = await counted.stores_inside(actor.root_id, *areas.bounds(wanted.parent))
    around = set[int]().union(*(held.parts.get(step[:digits], ()) for step in regions.lineage(wanted.parent)))
    states = {leaf: held.state(leaf) for leaf in regions.leaves(wanted.parent)}
    shown = [wanted.parent, *(region.code for region in regions.children(wanted.parent))]
    total, *items = [_row(code, held, around, states, stores) for code in shown]
    return Coverage(wanted.parent, regions.full_name(wanted.parent), total, items)


def _row(
    code: str, held: Held, around: set[int], states: Mapping[str, State], stores: Mapping[str, int]
) -> CoverageRow:
    below = Counter(states[leaf] for leaf in regions.leaves(code))
    dealers = held.within(code, around)
    named = sorted(dealers & held.orgs.keys())[:NAMED]
    begin = regions.prefix(code)
    return CoverageRow(
        code=code,
        name=regions.name(code),
        has_children=bool(regions.children(code)),
        state=_sum_state(below),
        leaves=below.total(),
        exclusive=below["exclusive"],
        open=below["open"],
        several=below["several"],
        white=below["white"],
        dealer_count=len(dealers),
        dealers=[OrgRef(org_id, held.orgs[org_id]["name"]) for org_id in named],
        store_count=sum(count for place, count in stores.items() if place.startswith(begin)),
    )


async def white_spots(actor: Actor, wanted: WhiteSpotFilter) -> WhiteSpotList:
    """The counties inside a region that nobody covers, in the order of their codes, with the stores there (S1.3)."""
    _everywhere(actor)
    _known(wanted.parent)
    chosen = await _chosen(actor, wanted.category_id)
    held = await _held(actor, wanted.parent, chosen, wanted.on or clock.today())
    white = [leaf for leaf in regions.leaves(wanted.parent) if held.state(leaf) == "white"]
    after = (paging.decode_cursor(wanted.cursor) or [""])[0]
    rest = [{"code": code} for code in white if code > str(after)]
    page, cursor = paging.page(rest, wanted.limit, "code")
    stores = await counted.stores_in(actor.root_id, [item["code"] for item in page])
    spots = [WhiteSpot(i["code"], regions.full_name(i["code"]), stores.get(i["code"], 0)) for i in page]
    return WhiteSpotList(spots, cursor, len(white))
