"""Who covers what, and what nobody covers.

The counties (and what has none below it) are what is counted. Each is covered by what is granted for itself and for
what it lies in. Read set-based: one row per region that any authority names, then the tree in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

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

_HELD = """
a.root_id = $1 AND a.revoked_on IS NULL AND a.from_on <= $2 AND coalesce(a.until_on, 'infinity'::date) >= $2
    AND ($3::bigint[] IS NULL OR a.category_id IS NULL OR a.category_id = ANY ($3))
"""

# $1 root  $2 day  $3 category and those above it, null: any  $4 low  $5 high  $6 regions around
_GRANTED = f"""
SELECT a.region_code, bool_or(a.exclusive) AS exclusive, count(DISTINCT a.org_id) AS dealers,
       CASE WHEN count(DISTINCT a.org_id) <= {COMPARED} THEN array_agg(DISTINCT g.path) END AS paths
FROM authority a JOIN org g ON g.id = a.org_id
WHERE {_HELD} AND (a.region_code >= $4 AND a.region_code < $5 OR a.region_code = ANY ($6::text[]))
GROUP BY a.region_code
"""  # noqa: S608 - constants of this file

# $4 regions  $5, $6 their ranges  $7, $8 regions and what they lie in
_DEALERS = f"""
WITH here AS (
    SELECT k.code, a.org_id FROM unnest($4::text[], $5::text[], $6::text[]) AS k (code, low, high)
    JOIN authority a ON {_HELD} AND a.region_code >= k.low AND a.region_code < k.high
    UNION
    SELECT k.code, a.org_id FROM unnest($7::text[], $8::text[]) AS k (code, outside)
    JOIN authority a ON {_HELD} AND a.region_code = k.outside
), counted AS (
    SELECT code, count(*) AS dealers, (array_agg(org_id ORDER BY org_id))[1:{NAMED}] AS ids FROM here GROUP BY code
)
SELECT c.code, c.dealers, array_agg(g.id ORDER BY g.id) AS ids, array_agg(g.name ORDER BY g.id) AS names
FROM counted c JOIN org g ON g.id = ANY (c.ids)
GROUP BY c.code, c.dealers
"""  # noqa: S608

_STORES = """
SELECT k.code, count(*) AS stores FROM unnest($2::text[], $3::text[], $4::text[]) AS k (code, low, high)
JOIN org o ON o.root_id = $1 AND o.kind = 'store' AND o.region_code COLLATE "C" >= k.low
    AND o.region_code COLLATE "C" < k.high
GROUP BY k.code
"""

Granted = Mapping[str, db.Row]


def _line(paths: Iterable[str]) -> bool:
    """Whether dealers stand one above the other: not beside each other."""
    ordered = sorted(paths, key=len)
    return all(ordered[-1].startswith(path) for path in ordered)


def state_of(code: str, granted: Granted) -> State:
    """Who covers a county: nobody, one dealer alone or openly (with those above and below it), several."""
    found = [granted[step] for step in regions.lineage(code) if step in granted]
    if not found:
        return "white"
    if any(item["exclusive"] for item in found):
        return "exclusive"
    if any(item["paths"] is None for item in found):
        return "several"
    return "open" if _line({path for item in found for path in item["paths"]}) else "several"


def _sum_state(states: Counter[State]) -> State:
    """One state for many counties: what most of those have that are covered; white when none is."""
    covered = [(count, state) for state, count in states.items() if state != "white"]
    return max(covered)[1] if covered else "white"


def _everywhere(actor: Actor) -> None:
    actor.require("territory.coverage")
    if not actor.sees_all:
        raise Forbidden("覆盖情况涉及全部经销商，您的账号只能查看自己负责的部分")


async def _granted(actor: Actor, parent: str, chosen: list[int] | None, day: date) -> Granted:
    low, high = areas.bounds(parent)
    around = regions.lineage(parent)[:-1]
    found = await db.rows(_GRANTED, actor.root_id, day, chosen, low, high, around)
    return {item["region_code"]: item for item in found}


async def _chosen(actor: Actor, category_id: int | None) -> list[int] | None:
    return None if category_id is None else (await categories.load(actor)).up(category_id)


async def _stores(actor: Actor, codes: Sequence[str]) -> dict[str, int]:
    inside = areas.inside(codes)
    found = await db.rows(_STORES, actor.root_id, inside.codes, inside.lows, inside.highs)
    return {item["code"]: item["stores"] for item in found}


def _known(code: str) -> None:
    if code != regions.ALL and not regions.known(code):
        raise NotFound("没有这个行政区划")


async def coverage(actor: Actor, wanted: CoverageFilter) -> Coverage:
    """Per region right below one: who covers it, how many of its counties how, dealers and stores (S1.3)."""
    _everywhere(actor)
    _known(wanted.parent)
    day, chosen = wanted.on or clock.today(), await _chosen(actor, wanted.category_id)
    granted = await _granted(actor, wanted.parent, chosen, day)
    codes = [region.code for region in regions.children(wanted.parent)]
    shown = [wanted.parent, *codes]
    inside = areas.inside(shown)
    found = await db.rows(
        _DEALERS, actor.root_id, day, chosen, inside.codes, inside.lows, inside.highs, inside.inner, inside.outer
    )
    dealers = {item["code"]: item for item in found}
    stores = await _stores(actor, shown)
    states = {leaf: state_of(leaf, granted) for leaf in regions.leaves(wanted.parent)}
    total, *items = [_row(code, states, dealers.get(code), stores.get(code, 0)) for code in shown]
    return Coverage(wanted.parent, regions.full_name(wanted.parent), total, items)


def _row(code: str, states: Mapping[str, State], dealers: db.Row | None, stores: int) -> CoverageRow:
    below = Counter(states[leaf] for leaf in regions.leaves(code))
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
        dealer_count=dealers["dealers"] if dealers else 0,
        dealers=[OrgRef(*pair) for pair in zip(dealers["ids"], dealers["names"], strict=True)] if dealers else [],
        store_count=stores,
    )


async def white_spots(actor: Actor, wanted: WhiteSpotFilter) -> WhiteSpotList:
    """The counties inside a region that nobody covers, in the order of their codes, with the stores there (S1.3)."""
    _everywhere(actor)
    _known(wanted.parent)
    chosen = await _chosen(actor, wanted.category_id)
    granted = await _granted(actor, wanted.parent, chosen, wanted.on or clock.today())
    white = [leaf for leaf in regions.leaves(wanted.parent) if state_of(leaf, granted) == "white"]
    after = (paging.decode_cursor(wanted.cursor) or [""])[0]
    rest = [{"code": code} for code in white if code > str(after)]
    page, cursor = paging.page(rest, wanted.limit, "code")
    stores = await _stores(actor, [item["code"] for item in page])
    spots = [WhiteSpot(i["code"], regions.full_name(i["code"]), stores.get(i["code"], 0)) for i in page]
    return WhiteSpotList(spots, cursor, len(white))
