"""Before a lot is called back: which lots there are, and whom it would reach. Nothing is written. (S1.4)"""

from __future__ import annotations

from server.core import db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.types import OrgRef
from server.regions import service as regions
from server.trace.recall_schemas import Concerned, LotFilter, LotList, LotOut, Preview, PreviewFilter

LOTS = 50
NAMED = 200

_LOTS = """
SELECT l.code AS lot_code, nullif(l.expires_on, 'infinity') AS expires_on, l.blocked_by IS NOT NULL AS recalled
FROM lot l WHERE l.root_id = $1 AND l.product_id = $2 AND strpos(upper(l.code), upper($3)) > 0
ORDER BY l.expires_on DESC, l.id DESC LIMIT $4
"""

_LOT = """
SELECT l.id, l.code, nullif(l.expires_on, 'infinity') AS expires_on, l.blocked_by IS NOT NULL AS recalled,
       p.name, p.base_unit
FROM lot l JOIN product p ON p.id = l.product_id
WHERE l.root_id = $1 AND l.product_id = $2 AND l.code = $3
"""

# As `recalls` tells them: a balance stays when it is empty, so those who had the lot are there too. The places of one
# lot are few beside all places: they are looked up one by one.
_HELD = """
SELECT w.org_id, sum(b.on_hand)::bigint AS qty, sum(b.reserved)::bigint AS reserved,
       coalesce(sum(b.on_hand) FILTER (WHERE w.kind = 'in_transit'), 0)::bigint AS on_the_way
FROM stock_balance b
CROSS JOIN LATERAL (SELECT l.org_id, l.kind FROM location l WHERE l.id = b.location_id OFFSET 0) w
WHERE b.root_id = $1 AND b.lot_id = $2 AND w.kind IN ('warehouse', 'quarantine', 'in_transit')
GROUP BY w.org_id
"""
_REACHED = f"""
WITH held AS MATERIALIZED ({_HELD}), most AS (
    SELECT * FROM held WHERE org_id <> $1 ORDER BY qty DESC, org_id LIMIT $3
)
SELECT m.org_id, g.name, g.kind, g.region_code, m.qty - m.on_the_way AS qty, m.on_the_way, t.*
FROM (SELECT count(*) FILTER (WHERE org_id <> $1)::int AS holders,
             coalesce(sum(qty) FILTER (WHERE org_id <> $1), 0)::bigint AS all_qty,
             coalesce(sum(qty) FILTER (WHERE org_id = $1), 0)::bigint AS own_qty,
             coalesce(sum(reserved), 0)::bigint AS reserved FROM held) t
LEFT JOIN most m ON true LEFT JOIN org g ON g.id = m.org_id
ORDER BY m.qty DESC, m.org_id
"""  # noqa: S608 - a constant of this file


async def lots(actor: Actor, wanted: LotFilter) -> LotList:
    """Lots of a product by a part of their code, those that keep longest first."""
    actor.require("recall.manage")
    found = await db.rows(_LOTS, actor.root_id, wanted.product_id, wanted.q.strip(), LOTS)
    return LotList([LotOut(**item) for item in found])


async def preview(actor: Actor, wanted: PreviewFilter) -> Preview:
    """Everybody who has a lot or had it, with what there is now."""
    actor.require("recall.manage")
    lot = await db.row(_LOT, actor.root_id, wanted.product_id, wanted.lot_code)
    if lot is None:
        raise NotFound("没有找到这个批次")
    found = await db.rows(_REACHED, actor.root_id, lot["id"], NAMED)
    total = found[0]
    return Preview(
        product_name=lot["name"],
        base_unit=lot["base_unit"],
        lot_code=lot["code"],
        expires_on=lot["expires_on"],
        recalled=lot["recalled"],
        holders=total["holders"],
        qty=total["all_qty"],
        own_qty=total["own_qty"],
        reserved=total["reserved"],
        items=[_concerned(item) for item in found if item["org_id"] is not None],
    )


def _concerned(item: db.Row) -> Concerned:
    place = regions.full_name(item["region_code"]) if item["region_code"] else ""
    return Concerned(OrgRef(item["org_id"], item["name"]), item["kind"], place, item["qty"], item["on_the_way"])
