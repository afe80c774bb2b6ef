"""Goods held for documents that write down themselves which lots are theirs, e.g. transfers.

What orders hold stands in `reservation`; what such a document holds are its own rows. Both together are what balances
call reserved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from server.core import clock, db
from server.stock import queries
from server.stock.fefo import Lot, Pick, Wanted, allocate
from server.stock.service import short

_HOLD = """
UPDATE stock_balance b SET reserved = b.reserved + p.qty
FROM (SELECT product_id, lot_id, sum(qty)::bigint AS qty
      FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS t (product_id, lot_id, qty) GROUP BY 1, 2) p
WHERE b.root_id = $1 AND b.location_id = $2 AND b.product_id = p.product_id AND b.lot_id = p.lot_id
"""

_LOCK = """
SELECT b.lot_id FROM stock_balance b
WHERE b.root_id = $1 AND b.location_id = $2
  AND (b.product_id, b.lot_id) IN (SELECT * FROM unnest($3::bigint[], $4::bigint[]))
ORDER BY b.location_id, b.product_id, b.lot_id
FOR UPDATE OF b
"""

_SPOILT = """
SELECT code FROM lot WHERE id = ANY ($1::bigint[]) AND (blocked_by IS NOT NULL OR expires_on < $2) ORDER BY code
"""


def _columns(picks: Sequence[Pick]) -> tuple[list[int], list[int], list[int]]:
    return [p.product_id for p in picks], [p.lot_id for p in picks], [p.qty for p in picks]


async def hold(root_id: int, org_id: int, location_id: int, wanted: Sequence[Wanted]) -> list[Pick]:
    """Choose lots in a warehouse, first expired first out, and hold them; all or nothing.

    Raises `StockShort` naming every line that cannot be served.
    """
    found = await queries.lock_lots(root_id, org_id, sorted({line.product_id for line in wanted}), location_id)
    lots = [
        Lot(item["product_id"], item["lot_id"], item["expires_on"], item["free"])
        for item in found
        if not item["blocked"]
    ]
    result = allocate(wanted, lots, clock.today())
    if result.short:
        raise short(result.short, found)
    await db.run(_HOLD, root_id, location_id, *_columns(result.picks))
    return result.picks


async def hold_back(
    root_id: int, org_id: int, location_id: int, wanted: Sequence[Wanted], recalled: Collection[int]
) -> list[Pick]:
    """Choose lots that go back to whom they came from, and hold them; all or nothing.

    Expired lots serve as well as good ones. What is called back serves the lines whose numbers are `recalled`, and
    nothing else does; and those that name it. Raises `StockShort`.
    """
    found = await queries.lock_lots(root_id, org_id, sorted({line.product_id for line in wanted}), location_id)

    def named(line: Wanted) -> Wanted:
        lots = {x["lot_id"] for x in found if x["blocked"] == (line.line_no in recalled)}
        return line if line.lot_ids is not None else line._replace(lot_ids=frozenset(lots))

    lots = [Lot(item["product_id"], item["lot_id"], item["expires_on"], item["free"]) for item in found]
    narrow_first = sorted(wanted, key=lambda line: line.lot_ids is None)
    result = allocate([named(line) for line in narrow_first], lots, None)
    if result.short:
        raise short(result.short, field="qty")
    await db.run(_HOLD, root_id, location_id, *_columns(result.picks))
    return sorted(result.picks, key=lambda pick: pick.line_no)


async def let_go(root_id: int, location_id: int, picks: Sequence[Pick]) -> None:
    """Give back what was held."""
    products, lots, quantities = _columns(picks)
    await db.run(_LOCK, root_id, location_id, products, lots)
    await db.run(_HOLD, root_id, location_id, products, lots, [-qty for qty in quantities])


async def spoilt(picks: Sequence[Pick]) -> list[str]:
    """The codes of lots that have expired since they were held, or are called back."""
    return [item["code"] for item in await db.rows(_SPOILT, [p.lot_id for p in picks], clock.today())]
