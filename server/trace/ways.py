"""The way of a case: which documents it passed with, read by two keys whatever the number of cases. (S1.4)

What somebody may see of it: the hands in which an org of his scope gave or took. How many others there are is said,
never whose they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from server.core import db
from server.core.actor import Actor
from server.core.types import OrgRef
from server.regions import service as regions
from server.trace import finding
from server.trace.finding import Found
from server.trace.ranges import text_of
from server.trace.schemas import Hand, Sighting, State, WayOut

# The case is found by its key, and its hands by theirs. A goods issue has come when it was signed for.
_WAY = """
SELECT h.id, h.document_kind, h.document_id, h.number, h.at, h.from_id, h.to_id,
       f.name AS from_name, f.kind AS from_kind, f.path AS from_path,
       t.name AS to_name, t.kind AS to_kind, t.path AS to_path,
       CASE h.document_kind WHEN 'goods_issue' THEN r.received_at ELSE h.arrived_at END AS arrived_at, c.lot_id
FROM trace_code c
CROSS JOIN LATERAL unnest(c.hands) WITH ORDINALITY AS x (hand_id, step)
JOIN trace_hand h ON h.root_id = c.root_id AND h.id = x.hand_id
JOIN org f ON f.id = h.from_id JOIN org t ON t.id = h.to_id
LEFT JOIN receipt r ON h.document_kind = 'goods_issue' AND r.root_id = h.root_id AND r.issue_id = h.document_id
WHERE c.root_id = $1 AND c.range_id = $2 AND c.no = $3
ORDER BY x.step
"""

_GOODS = """
SELECT p.name AS product_name, p.base_unit, p.category_id, l.code AS lot_code,
       nullif(l.expires_on, 'infinity') AS expires_on, l.blocked_by IS NOT NULL AS recalled
FROM product p LEFT JOIN lot l ON l.id = $3
WHERE p.root_id = $1 AND p.id = $2
"""

_SCANS = """
SELECT s.at, s.by, s.region_code, g.name AS org_name, g.path FROM trace_scan s LEFT JOIN org g ON g.id = s.org_id
WHERE s.root_id = $1 AND s.range_id = $2 AND s.no = $3 ORDER BY s.id DESC LIMIT 20
"""


class Way(NamedTuple):
    """The hands of a case in their order, and what it is."""

    case: Found
    hands: Sequence[db.Row]
    goods: db.Row

    @property
    def dealer(self) -> db.Row | None:
        """The hand by which the last dealer on the way got the case: in whose authority it belongs.

        What went back to the brand belongs in nobody's.
        """
        last = next((hand for hand in reversed(self.hands) if hand["to_kind"] != "store"), None)
        return last if last is not None and last["to_kind"] == "dealer" else None

    @property
    def category_id(self) -> int:
        """The product's category."""
        return int(self.goods["category_id"])


async def way_of(case: Found) -> Way:
    """All of a case's way, for the rules; what is told of it is `shown`."""
    kept = case.range
    hands = await db.rows(_WAY, kept["root_id"], kept["id"], case.first)
    lot_id = hands[-1]["lot_id"] if hands else kept["lot_id"]
    goods = await db.row(_GOODS, kept["root_id"], kept["product_id"], lot_id)
    assert goods is not None  # a range names a product of its brand
    return Way(case, hands, goods)


async def earlier_scans(case: Found) -> Sequence[db.Row]:
    """The last scans of a case, the newest first."""
    return await db.rows(_SCANS, case.range["root_id"], case.range["id"], case.first)


def _within(actor: Actor, hand: db.Row) -> bool:
    return actor.sees(hand["from_path"]) or actor.sees(hand["to_path"])


def shown(actor: Actor, way: Way, scans: Sequence[db.Row], cases: int = 1) -> WayOut:
    """What an actor may see of a way."""
    kept, goods = way.case.range, way.goods
    seen = [hand for hand in way.hands if _within(actor, hand)]
    state: State = "unsold" if not way.hands else "arrived" if way.hands[-1]["arrived_at"] else "on_the_way"
    return WayOut(
        scheme=kept["scheme"],
        code=text_of(kept, way.case.first),
        product_id=kept["product_id"],
        product_name=goods["product_name"],
        packaging_name=kept["pack_name"],
        unit_qty=kept["unit_qty"],
        lot_code=goods["lot_code"] or "",
        expires_on=goods["expires_on"],
        recalled=bool(goods["recalled"]),
        state=state,
        way=[_hand(hand) for hand in seen],
        hidden=len(way.hands) - len(seen),
        scans=[_sighting(scan) for scan in scans if actor.sees_all or (scan["path"] and actor.sees(scan["path"]))],
        cases=cases,
    )


def _hand(hand: db.Row) -> Hand:
    giver, taker = (OrgRef(hand[f"{end}_id"], hand[f"{end}_name"]) for end in ("from", "to"))
    paper = (hand["document_kind"], hand["document_id"], hand["number"])
    return Hand(*paper, giver, taker, hand["at"], hand["arrived_at"])


def _sighting(scan: db.Row) -> Sighting:
    place = regions.full_name(scan["region_code"]) if scan["region_code"] else ""
    return Sighting(scan["at"], scan["by"], place, scan["org_name"])


async def way(actor: Actor, code: str) -> WayOut:
    """Look at a code without leaving a scan; of a pallet, the way of its first case."""
    actor.require("trace.scan")
    found = await finding.one(actor.root_id, code)
    told = await way_of(found[0])
    return shown(actor, told, await earlier_scans(found[0]), sum(item.size for item in found))
