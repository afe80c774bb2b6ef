"""Lists of diversions, and all that belongs to one."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from typing import Any

from server.core import clock, db, files, paging, tree
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Raw
from server.core.types import MAX_ID, OrgRef
from server.regions import service as regions
from server.settings import Settings
from server.territory import areas
from server.trace import diversions
from server.trace.diversion_schemas import DiversionFilter, DiversionOut, DiversionSummary, Evidence, Spot
from server.trace.ranges import text_of
from server.trace.schemas import Hand

_SHOWN = """
SELECT d.*, g.name AS dealer_name, p.name AS product_name, t.name AS taken_by_name
FROM ({found}) d JOIN org g ON g.id = d.dealer_id JOIN product p ON p.id = d.product_id
LEFT JOIN account t ON t.id = d.taken_by
ORDER BY d.id DESC
"""
_ALL = "SELECT d.* FROM diversion d WHERE d.root_id = $1 AND d.id < $2{conditions} ORDER BY d.id DESC LIMIT $3"

# A narrow scope, or a rep's dealers: so many at most are read of each.
_SCOPED = f"""
SELECT d.* FROM (SELECT DISTINCT g.id FROM {tree.below("$4", condition="o.kind = 'dealer'")}) o
CROSS JOIN LATERAL (
    SELECT d.* FROM diversion d WHERE d.root_id = $1 AND d.dealer_id = o.id AND d.id < $2{{conditions}}
    ORDER BY d.id DESC LIMIT $3
) d ORDER BY d.id DESC LIMIT $3
"""

_PATHS_OF_REP = """
SELECT g.path FROM assignment x JOIN org g ON g.id = x.org_id JOIN account a ON a.id = x.account_id
WHERE a.root_id = $1 AND a.id = $2
"""

_SCANS = """
SELECT s.at, s.by, s.region_code, coalesce(s.latitude, v.lat) AS latitude, coalesce(s.longitude, v.lng) AS longitude,
       s.photo_ids, s.note, s.no, g.name AS org_name,
       a.name AS account_name, v.name AS store_name, v.address, r.secret, r.tag,
       r.scheme, r.first_serial, r.digits
FROM trace_scan s JOIN trace_range r ON r.root_id = s.root_id AND r.id = s.range_id
LEFT JOIN org g ON g.id = s.org_id LEFT JOIN account a ON a.id = s.account_id LEFT JOIN org v ON v.id = s.store_id
WHERE s.root_id = $1 AND s.diversion_id = $2 ORDER BY s.id DESC LIMIT 200
"""

_ISSUES = """
SELECT i.id, i.number, i.issued_at, i.buyer_id, b.name AS buyer_name, b.address, b.region_code,
       b.lat, b.lng
FROM diversion_issue x JOIN goods_issue i ON i.root_id = x.root_id AND i.id = x.issue_id JOIN org b ON b.id = i.buyer_id
WHERE x.root_id = $1 AND x.diversion_id = $2 ORDER BY i.id DESC LIMIT 200
"""

# The documents by which the goods came to the dealer: those of one of the cases that were scanned.
_CHAIN = """
SELECT h.document_kind, h.document_id, h.number, h.at, h.from_id, h.to_id, f.name AS from_name, t.name AS to_name,
       f.path AS from_path, t.path AS to_path,
       CASE h.document_kind WHEN 'goods_issue' THEN r.received_at ELSE h.arrived_at END AS arrived_at
FROM (SELECT c.hands FROM trace_scan s JOIN trace_code c ON c.root_id = s.root_id AND c.range_id = s.range_id
                                                        AND c.no = s.no
      WHERE s.root_id = $1 AND s.diversion_id = $2 ORDER BY s.id LIMIT 1) c
CROSS JOIN LATERAL unnest(c.hands) WITH ORDINALITY AS x (hand_id, step)
JOIN trace_hand h ON h.root_id = $1 AND h.id = x.hand_id
JOIN org f ON f.id = h.from_id JOIN org t ON t.id = h.to_id
LEFT JOIN receipt r ON h.document_kind = 'goods_issue' AND r.root_id = h.root_id AND r.issue_id = h.document_id
ORDER BY x.step
"""

_PHOTO = """
SELECT EXISTS (SELECT FROM diversion d WHERE d.root_id = $1 AND d.id = $2 AND $3 = ANY (d.statement_photo_ids))
    OR EXISTS (SELECT FROM trace_scan s WHERE s.root_id = $1 AND s.diversion_id = $2 AND $3 = ANY (s.photo_ids))
"""


class _Conditions:
    """Conditions and their values; `{}` in a text stands for the numbers of its values in turn."""

    def __init__(self, values: list[Any]) -> None:
        self.values, self.text = values, ""

    def add(self, text: str, *values: Any) -> None:
        numbers = range(len(self.values) + 1, len(self.values) + 1 + len(values))
        self.values.extend(values)
        self.text += " AND " + text.format(*(f"${number}" for number in numbers))


def _chosen(actor: Actor, wanted: DiversionFilter, chosen: _Conditions) -> None:
    if wanted.state:
        chosen.add("d.state = {}", wanted.state)
    if wanted.dealer_id:
        chosen.add("d.dealer_id = {}", wanted.dealer_id)
    if wanted.region_code and wanted.region_code != regions.ALL:
        chosen.add("d.region_code >= {} AND d.region_code < {}", *areas.bounds(wanted.region_code))
    if wanted.from_ or wanted.to:
        chosen.add("d.opened_at >= {} AND d.opened_at < {}", *clock.between(wanted.from_, wanted.to))
    if wanted.mine:
        chosen.add("d.taken_by = {}", actor.account_id)


async def list_diversions(actor: Actor, wanted: DiversionFilter) -> tuple[list[DiversionSummary], str | None]:
    """Cases of dealers inside the scope, the newest first (S1.4)."""
    actor.require("diversion.read")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    values: list[Any] = [actor.root_id, before, wanted.limit + 1]
    narrow = not actor.sees_all or wanted.rep_id is not None
    if narrow:
        values.append(await _paths(actor, wanted.rep_id))
    chosen = _Conditions(values)
    _chosen(actor, wanted, chosen)
    statement = _SHOWN.format(found=(_SCOPED if narrow else _ALL).format(conditions=chosen.text))
    page, cursor = paging.page(await db.rows(statement, *chosen.values), wanted.limit)
    return [_summary(item) for item in page], cursor


async def _paths(actor: Actor, rep_id: int | None) -> list[str]:
    """The parts of the tree whose dealers are meant: the own scope, and of it what a rep looks after."""
    if rep_id is None:
        return actor.scope
    paths = [row["path"] for row in await db.rows(_PATHS_OF_REP, actor.root_id, rep_id)]
    inside = [path for path in paths if actor.sees(path)]
    return inside + [own for own in actor.scope if any(own.startswith(path) for path in paths) and own not in inside]


def _summary(item: db.Row) -> DiversionSummary:
    names = (
        "id", "number", "kind", "state", "region_code", "product_name", "evidence", "opened_at", "last_at",
        "taken_by_name", "verdict", "consequence", "penalty_fen",
    )  # fmt: skip
    return DiversionSummary(
        **{name: item[name] for name in names},
        dealer=OrgRef(item["dealer_id"], item["dealer_name"]),
        region_name=regions.full_name(item["region_code"]),
        stated=item["stated_at"] is not None,
    )


async def get_diversion(actor: Actor, diversion_id: int) -> DiversionOut:
    """A case with its evidence and the chain of documents, as far as they lie in the scope."""
    actor.require("diversion.read")
    return await shown(actor, diversion_id)


async def shown(actor: Actor, diversion_id: int) -> DiversionOut:
    """A case, for who may do something about it."""
    item = await diversions.find(actor, diversion_id)
    if item is None:
        raise NotFound("没有找到这张窜货单")
    scans = await db.rows(_SCANS, actor.root_id, diversion_id)
    issues = await db.rows(_ISSUES, actor.root_id, diversion_id)
    chain = await db.rows(_CHAIN, actor.root_id, diversion_id)
    names = (
        "id", "number", "kind", "state", "region_code", "product_id", "product_name", "opened_at", "taken_by_name",
        "taken_at", "statement", "statement_photo_ids", "stated_by_name", "stated_at", "verdict", "consequence",
        "penalty_fen", "reason", "decided_by_name", "decided_at", "counted_on", "weight",
    )  # fmt: skip
    asked = await diversions.asked(actor.root_id, diversion_id)
    evidence = [_scan(actor, scan) for scan in scans] + [_issue(issue) for issue in issues]
    return DiversionOut(
        **{name: item[name] for name in names},
        dealer=OrgRef(item["dealer_id"], item["dealer_name"]),
        home=None if item["lat"] is None else Spot(item["lat"], item["lng"]),
        region_name=regions.full_name(item["region_code"]),
        asked_at=asked.at if asked else None,
        asked_by_name=asked.account_name if asked else None,
        evidence_count=item["evidence"],
        evidence=sorted(evidence, key=lambda one: one.at, reverse=True),
        chain=[_hand(hand) for hand in chain if actor.sees(hand["from_path"]) or actor.sees(hand["to_path"])],
    )


def _scan(actor: Actor, scan: db.Row) -> Evidence:
    """The brand's people read who scanned; a dealer only where and when, so that nobody is asked to account for it."""
    brand = actor.org_kind == "brand"
    name = " ".join(part for part in (scan["org_name"], scan["account_name"]) if part) if brand else None
    shop = f" {scan['store_name']} {scan['address']}".rstrip() if brand and scan["store_name"] else ""
    place = regions.full_name(scan["region_code"]) + shop
    return Evidence(
        scan["at"], scan["by"], text_of(scan, scan["no"]), name or None, place,
        scan["latitude"], scan["longitude"], scan["photo_ids"], scan["note"] if brand else "",
    )  # fmt: skip


def _issue(issue: db.Row) -> Evidence:
    place = f"{regions.full_name(issue['region_code'])} {issue['address']}".strip()
    return Evidence(
        issue["issued_at"], "order", None, None, place, issue["lat"], issue["lng"], [], "",
        issue["id"], issue["number"], OrgRef(issue["buyer_id"], issue["buyer_name"]),
    )  # fmt: skip


def _hand(hand: db.Row) -> Hand:
    giver, taker = (OrgRef(hand[f"{end}_id"], hand[f"{end}_name"]) for end in ("from", "to"))
    return Hand(
        hand["document_kind"], hand["document_id"], hand["number"], giver, taker, hand["at"], hand["arrived_at"]
    )


async def photo(actor: Actor, settings: Settings, diversion_id: int, file_id: int) -> Raw:
    """A photo of a case, for whoever reads the case."""
    actor.require("diversion.read")
    known = await diversions.find(actor, diversion_id)
    if known is None or not await db.value(_PHOTO, actor.root_id, diversion_id, file_id):
        raise NotFound("没有找到这张图片")
    return await files.load_any(actor.root_id, settings.data_folder, file_id)
