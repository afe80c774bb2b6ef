"""Somebody scans a case somewhere: he is told its way, and what turns up outside opens a diversion. (S1.4, T3)"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from server.core import audit, clock, db, files
from server.core.actor import Actor, system_actor
from server.core.errors import FieldError, InvalidInput, NotFound
from server.regions import service as regions
from server.territory import service as territory
from server.trace import diversions, finding, ways
from server.trace.finding import Found
from server.trace.schemas import DiversionRef, NewScan, Verdict, WayOut

_PLACE = """
SELECT id, region_code, kind FROM org
WHERE root_id = $1 AND id = $2 AND (id = $4 OR path LIKE ANY ($3::text[]))
"""

_INSERT = """
INSERT INTO trace_scan (root_id, range_id, no, by, org_id, account_id, store_id, region_code, latitude, longitude,
                        photo_ids, note, at, diversion_id)
SELECT $1, t.range_id, t.no, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
FROM unnest($2::bigint[], $3::bigint[]) AS t (range_id, no)
"""

# Everybody may scan a public code as often as he likes; more than this of one case tells nothing new.
CONSUMER_SCANS = 100
_SEEN = """
SELECT count(*)::int AS times, min(at) AS first_at FROM (
    SELECT at FROM trace_scan WHERE root_id = $1 AND range_id = $2 AND no = $3 AND by = 'consumer'
    ORDER BY id LIMIT 100) s
"""

NAMES_FILE = "SELECT FROM trace_scan s WHERE s.root_id = f.root_id AND f.id = ANY (s.photo_ids)"

LATE = timedelta(days=30)
"""So old a scan may be when it comes from a phone that was offline."""


class Place(NamedTuple):
    """Where a case turned up, as far as it is known."""

    region_code: str = ""
    store_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None


class Seen(NamedTuple):
    """How often consumers looked at a code before, and since when."""

    times: int
    first_at: datetime | None


async def scan(actor: Actor, given: NewScan) -> WayOut:
    """Keep a scan as evidence and tell what the scanner may know; a pallet's SSCC stands for its first case.

    Where the dealer that the case was sold to has no authority, a diversion is opened, or grows by this evidence.
    """
    actor.require("trace.scan")
    at = _moment(given.at)
    async with db.transaction():
        if given.photo_ids and not await files.are_own(actor, given.photo_ids):
            raise InvalidInput("有照片没有上传成功，请重新拍照", [FieldError("/photo_ids", "请重新上传")])
        place = await _place(actor, given)
        found = await finding.one(actor.root_id, given.code)
        case = found[0]
        way = await ways.way_of(case)
        before = await ways.earlier_scans(case)
        told = ways.shown(actor, way, before, sum(item.size for item in found))
        told.verdict, case_id = await _judge(actor, way, place, at)
        await _keep(actor, case, place, at, given, case_id)
        told.diversion = await _reference(actor, case_id)
        return told


def _moment(given: datetime | None) -> datetime:
    now = clock.now()
    if given is None or given > now:
        return now
    if given.tzinfo is None or given < now - LATE:
        raise InvalidInput("扫码时间不对，请检查手机的时间", [FieldError("/at", "时间不对")])
    return given


async def _place(actor: Actor, given: NewScan) -> Place:
    """The shop that is visited, the region that is named, or where the own org is."""
    named = regions.check(given.region_code or "", "/region_code")
    where = given.store_id or (None if named or actor.org_kind == "brand" else actor.org_id)
    store = None
    if where is not None:
        store = await db.row(_PLACE, actor.root_id, where, actor.patterns, actor.org_id)
        if store is None:
            raise NotFound("没有找到这家门店")
    region = named or (store["region_code"] if store else "")
    store_id = store["id"] if store and store["kind"] == "store" else None
    return Place(region, store_id, given.latitude, given.longitude)


async def _judge(actor: Actor, way: ways.Way, place: Place, at: datetime) -> tuple[Verdict, int | None]:
    """Whether a case is where it may be; outside, the diversion that it belongs to."""
    sold = way.dealer
    if sold is None or not place.region_code:
        return "unknown", None
    if actor.org_kind == "dealer" and actor.org_id == sold["to_id"]:
        return "inside", None  # his own warehouse may lie anywhere
    day = sold["at"].astimezone(clock.zone()).date()
    covered = await territory.covers(actor, sold["to_id"], place.region_code, way.category_id, day)
    if covered is None:
        return "unknown", None
    if covered:
        return "inside", None
    return "outside", await diversions.scanned_outside(actor, way, place.region_code, at)


async def _keep(
    actor: Actor, case: Found, place: Place, at: datetime, given: NewScan, diversion_id: int | None
) -> None:
    await db.run(
        _INSERT, actor.root_id, [case.range["id"]], [case.first], actor.org_kind, actor.org_id, actor.account_id,
        place.store_id, place.region_code, place.latitude, place.longitude, given.photo_ids, given.note, at,
        diversion_id,
    )  # fmt: skip


async def _reference(actor: Actor, diversion_id: int | None) -> DiversionRef | None:
    """The diversion, for whoever may read it."""
    if diversion_id is None or not actor.may("diversion.read"):
        return None
    found = await diversions.find(actor, diversion_id)
    return DiversionRef(found["id"], found["number"]) if found else None


async def seen_by_consumer(case: Found, region_code: str = "") -> Seen:
    """A consumer looks at a public code, or says where he got it; how often that was done before.

    Nobody is asked who he is. A place that he names is evidence like any other, marked as his.
    """
    kept = case.range
    system = system_actor(kept["root_id"], f"/{kept['root_id']}/", frozenset())
    async with db.transaction():
        seen = await db.row(_SEEN, kept["root_id"], kept["id"], case.first)
        assert seen is not None
        case_id = None
        if region_code:
            way = await ways.way_of(case)
            _, case_id = await _judge(system, way, Place(region_code), clock.now())
        if seen["times"] < CONSUMER_SCANS:
            await db.run(
                _INSERT, kept["root_id"], [kept["id"]], [case.first], "consumer", None, None, None, region_code, None,
                None, [], "", clock.now(), case_id,
            )  # fmt: skip
        if case_id:
            await audit.record(system, "scan", "diversion", case_id, {"by": "consumer", "region": region_code})
    return Seen(seen["times"], seen["first_at"])
