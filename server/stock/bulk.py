"""Opening stock, as a file brings it: each lot once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from server.catalog.bulk import products_of
from server.core import db
from server.core.actor import Actor
from server.core.bulk import FileRow, Plan, Told, batches, nobody
from server.stock import queries
from server.stock.schemas import Supply, SupplyLine
from server.stock.service import supply

LINES = 1000
"""As many lines as a supply may have."""

_SUPPLIED = """
SELECT t.n - 1 AS row, l.expires_on, (
    SELECT sum(m.qty)::bigint FROM stock_move m
    WHERE m.root_id = $1 AND m.to_location_id = $2 AND m.product_id = t.product_id AND m.lot_id = l.id
      AND m.document_kind = 'supply') AS supplied
FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS t (product_id, lot, n)
JOIN lot l ON l.root_id = $1 AND l.product_id = t.product_id AND l.code = t.lot
"""


class StockRow(FileRow, gc=False):
    """What there is of one lot of a product, named by its code or GTIN, in base units."""

    product: str
    lot: str
    expires_on: date
    qty: int
    produced_on: date | None = None


def _check(plan: Plan, rows: Sequence[StockRow], products: dict[str, int]) -> None:
    seen: set[tuple[int | None, str]] = set()
    for index, row in enumerate(rows):
        key = (products.get(row.product), row.lot)
        if key[0] is not None and key in seen:
            plan.refuse(index, "lot", f"批次 {row.lot} 在文件里出现了两次")
        seen.add(key)
        if row.produced_on and row.produced_on > row.expires_on:
            plan.refuse(index, "produced_on", "生产日期在到期日之后", "expires_on")


def _compare(plan: Plan, index: int, row: StockRow, known: db.Row | None) -> None:
    if known is not None and known["expires_on"] != row.expires_on:
        plan.refuse(index, "expires_on", f"批次 {row.lot} 登记的到期日是 {known['expires_on']}")
    elif known is None or known["supplied"] is None:
        plan.states[index] = "wrong" if plan.is_wrong(index) else "new"
    elif known["supplied"] != row.qty:
        plan.refuse(index, "qty", f"批次 {row.lot} 已经登记入库 {known['supplied']}，期初库存只能登记一次")


async def open_stock(actor: Actor, rows: Sequence[StockRow], *, write: bool = False, told: Told = nobody) -> Plan:
    """Register what the own warehouse holds when it begins; without `write` only say what would become of the rows.

    Inside the caller's transaction. A lot that came in with the same quantity before stays as it is, so that the same
    file twice does not double the stock; with another quantity it is refused.
    """
    actor.require("stock.manage")
    plan = Plan(rows)
    products = await products_of(plan, actor.root_id, [row.product for row in rows])
    await asyncio.to_thread(_check, plan, rows, products)
    home = (await queries.locations([actor.org_id]))[actor.org_id, "warehouse"]
    named = [index for index, row in enumerate(rows) if row.product in products]
    for part in batches(named, told, LINES):
        ids = [products[rows[index].product] for index in part]
        found = await db.rows(_SUPPLIED, actor.root_id, home, ids, [rows[index].lot for index in part])
        known = {part[item["row"]]: item for item in found}
        for index in part:
            _compare(plan, index, rows[index], known.get(index))
        new = [index for index in part if plan.states[index] == "new"]
        if write and new:
            await supply(actor, Supply([_line(rows[index], products) for index in new]))
    return plan


def _line(row: StockRow, products: dict[str, int]) -> SupplyLine:
    return SupplyLine(products[row.product], row.lot, row.expires_on, row.qty, row.produced_on)
