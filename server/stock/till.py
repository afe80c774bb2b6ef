"""What a till has sold, as its file says: the stock follows, and the same file twice sells nothing twice. (T4)

A till reports a ticket's, or a day's, quantity of a product. What was reported of it before is known, so a file that
says more moves the difference, one that says the same moves nothing, and one that says less is refused. Lines of one
file about the same ticket, day and product are added up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from server.catalog.bulk import products_of
from server.core import audit, clock
from server.core.actor import Actor
from server.core.bulk import FileRow, Plan, Told, batches, nobody
from server.stock import queries
from server.stock import sales_queries as sales
from server.stock.fefo import Lot, Pick, Wanted, allocate
from server.stock.queries import Document, Move

OLDEST = timedelta(days=366)
"""Sales of longer ago are not booked any more."""


class TillRow(FileRow, kw_only=False, gc=False):
    """What was sold of a product, named by its code or GTIN, in base units."""

    product: str
    qty: int
    day: date
    ticket: str = ""


class _Sale(NamedTuple):
    """The lines of a file that are about the same ticket, day and product."""

    day: date
    ticket: str
    product_id: int
    qty: int
    rows: list[int]


def _gathered(plan: Plan, rows: Sequence[TillRow], products: dict[str, int]) -> list[_Sale]:
    today = clock.today()
    found: dict[tuple[date, str, int], list[int]] = {}
    for index, row in enumerate(rows):
        if row.day > today:
            plan.refuse(index, "day", "日期在今天之后")
        elif row.day < today - OLDEST:
            plan.refuse(index, "day", "日期在一年以前，不能再登记")
        elif row.product in products and not row.unread:
            found.setdefault((row.day, row.ticket, products[row.product]), []).append(index)
    return [_Sale(*key, sum(rows[index].qty for index in which), which) for key, which in found.items()]


async def save_till(actor: Actor, rows: Sequence[TillRow], *, write: bool = False, told: Told = nobody) -> Plan:
    """Sell what a till has sold, out of the warehouse that delivers; without `write` only say what would become of it.

    Inside the caller's transaction. What there is not enough of is refused, line by line.
    """
    actor.require("stock.sell")
    plan = Plan(rows)
    products = await products_of(plan, actor.root_id, [row.product for row in rows])
    gathered = await asyncio.to_thread(_gathered, plan, rows, products)
    if write:
        await sales.one_at_a_time(actor.org_id)
    more: list[tuple[_Sale, int]] = []
    for part in batches(gathered, told):
        keys = [(sale.day, sale.ticket, sale.product_id) for sale in part]
        known = await sales.reported(actor.root_id, actor.org_id, keys)
        more += [
            (sale, sale.qty - known.get(n, 0)) for n, sale in enumerate(part) if _differs(plan, sale, known.get(n))
        ]
    places = await queries.locations([actor.org_id], into=actor.org_id)
    home, away = places[actor.org_id, "warehouse"], places[actor.org_id, "consumer"]
    picks = await _picked(actor, plan, more, (home, away))
    if write and picks and not plan.wrong:
        await _sell(actor, more, picks, (home, away))
    return plan


def _differs(plan: Plan, sale: _Sale, known: int | None) -> bool:
    """Whether a sale is more than was reported before; what is less is refused."""
    if known is not None and sale.qty < known:
        for index in sale.rows:
            plan.refuse(index, "qty", f"已经登记销售 {known}，文件里一共只有 {sale.qty}")
        return False
    for index in sale.rows:
        plan.states[index] = "new" if known is None else "changed" if sale.qty > known else "same"
    return known is None or sale.qty > known


async def _picked(actor: Actor, plan: Plan, more: Sequence[tuple[_Sale, int]], places: tuple[int, int]) -> list[Pick]:
    """The lots that were sold, first expired first."""
    goods = sorted({sale.product_id for sale, _ in more})
    locked = await queries.lock_lots(actor.root_id, actor.org_id, goods, *places)
    lots = [
        Lot(item["product_id"], item["lot_id"], item["expires_on"], item["free"])
        for item in locked
        if item["location_id"] == places[0]
    ]
    wanted = [Wanted(n, sale.product_id, qty) for n, (sale, qty) in enumerate(more)]
    result = await asyncio.to_thread(allocate, wanted, lots, clock.today())
    for short in result.short:
        for index in more[short.line_no][0].rows:
            plan.refuse(index, "qty", f"库存不够：要减 {short.wanted}，只有 {short.available}，请先入库或盘点")
    return result.picks


async def _sell(
    actor: Actor, more: Sequence[tuple[_Sale, int]], picks: Sequence[Pick], places: tuple[int, int]
) -> None:
    moment = clock.now()
    document = Document("till", actor.org_id, actor.account_id or None, moment)
    for part in batches(picks):
        moves = [Move(pick.product_id, pick.lot_id, pick.qty, *places, "sale") for pick in part]
        await queries.post(actor.root_id, moves, document)
    for each in batches(more):
        await sales.report(actor, [(s.day, s.ticket, s.product_id, s.qty) for s, _ in each], moment)
        await sales.count(actor.root_id, actor.org_id, [(s.day, s.product_id, qty) for s, qty in each])
    facts = {"sales": len(more), "qty": sum(qty for _, qty in more)}
    await audit.record(actor, "sell", "location", places[0], facts)
