"""Many prices at once, as a file brings them: each row is an entry of a list, checked by the rules of a single one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from server.catalog.bulk import products_of
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.bulk import FileRow, Plan, Told, batches, nobody
from server.core.errors import BusinessError
from server.pricing import queries
from server.pricing.parties import list_key, may_set, seller_of
from server.pricing.queries import ListOf, Period
from server.pricing.service import period, write_prices
from server.pricing.words import limit_words, price_words

_BUYERS = "SELECT code, id FROM org WHERE root_id = $1 AND parent_id = $2 AND code = ANY ($3::text[]) ORDER BY id"


class PriceRow(FileRow, gc=False):
    """What the own org asks of a group of its buyers, or of one of them, for a product; None: not offered."""

    product: str
    price_fen: int | None
    price_group: str | None = None
    buyer: str | None = None
    from_on: date | None = None
    until_on: date | None = None


_PLACE = ("price_group", "buyer", "from_on", "until_on")
"""The fields that say of which list and period a row is."""


class _Of(NamedTuple):
    """Rows of one list and period share a statement."""

    price_group: str | None
    buyer_id: int | None
    from_on: date | None
    until_on: date | None


async def _buyers(plan: Plan, actor: Actor, rows: Sequence[PriceRow]) -> dict[str, int]:
    """The own buyers by their codes."""
    found: dict[str, list[int]] = {}
    for part in batches(list({row.buyer for row in rows if row.buyer})):
        for item in await db.rows(_BUYERS, actor.root_id, actor.org_id, list(part)):
            found.setdefault(item["code"], []).append(item["id"])
    for index, row in enumerate(rows):
        if row.buyer and len(found.get(row.buyer, ())) != 1:
            several = f"有几个客户用了编码 {row.buyer}" if row.buyer in found else f"没有编码为 {row.buyer} 的直接客户"
            plan.refuse(index, "buyer", several)
        elif row.buyer and row.price_group:
            plan.refuse(index, "buyer", "价格组和客户只能填一个")
    return {code: ids[0] for code, ids in found.items()}


def _lists(
    plan: Plan, rows: Sequence[PriceRow], products: dict[str, int], buyers: dict[str, int]
) -> dict[_Of, list[int]]:
    """The rows by list and period, as far as these are known; refuses wrong periods and what stands twice."""
    lists: dict[_Of, list[int]] = {}
    seen: set[tuple[_Of, int]] = set()
    for index, row in enumerate(rows):
        try:
            period(row.from_on, row.until_on)
        except BusinessError as refusal:
            plan.refuse(index, refusal.errors[0].pointer.strip("/"), refusal.detail, "from_on")
            continue
        if row.product not in products or (row.buyer and row.buyer not in buyers) or not row.unread.isdisjoint(_PLACE):
            continue
        buyer_id = buyers[row.buyer] if row.buyer else None
        of = _Of(None if buyer_id else row.price_group or "standard", buyer_id, row.from_on, row.until_on)
        key = (of, products[row.product])
        if key in seen:
            plan.refuse(index, "product", "同一份价格里这个商品出现了两次")
            continue
        seen.add(key)
        lists.setdefault(of, []).append(index)
    return lists


async def save_prices(actor: Actor, rows: Sequence[PriceRow], *, write: bool = False, told: Told = nobody) -> Plan:
    """Set prices of the own org by list and product; without `write` only say what would become of the rows (D5.3).

    Inside the caller's transaction; a fixed number of statements per thousand rows of a list. A price that stands
    already stays as it is.
    """
    seller = await seller_of(actor, None)
    may_set(actor, seller)
    plan = Plan(rows)
    products = await products_of(plan, actor.root_id, [row.product for row in rows])
    buyers = await _buyers(plan, actor, rows)
    lists = await asyncio.to_thread(_lists, plan, rows, products, buyers)
    total, done = sum(map(len, lists.values())), 0
    for of, indexes in lists.items():
        key, when = list_key(actor, seller, of.price_group, of.buyer_id), period(of.from_on, of.until_on)
        if write:
            await queries.lock(key, actor.account_id, clock.now())
        for part in batches(indexes, size=1000):
            lines = [(products[rows[index].product], rows[index].price_fen) for index in part]
            changed = await _compare(plan, part, key, lines, when)
            if write and changed:
                await _write(actor, key, when, changed)
            done += len(part)
            told(done / total)
    return plan


async def _compare(
    plan: Plan, part: Sequence[int], of: ListOf, lines: Sequence[tuple[int, int | None]], when: Period
) -> list[db.Row]:
    """What becomes of some rows of a list; those lines that say something new."""
    changed = []
    for item in await queries.lines(of, [line[0] for line in lines], [line[1] for line in lines], when):
        index = part[item["index"]]
        if item["floor_fen"] is not None:
            limits = (item["floor_fen"], item["ceiling_fen"], item["grade"] or "", item["region_code"] or "")
            plan.refuse(index, "price_fen", limit_words(item["name"], *limits))
        elif plan.is_wrong(index) or item["stands"]:
            continue
        elif item["price_fen"] is not None or item["same_id"] is not None:
            plan.states[index] = "changed" if item["same_id"] is not None else "new"
            changed.append(item)
    return changed


async def _write(actor: Actor, of: ListOf, when: Period, lines: Sequence[db.Row]) -> None:
    await write_prices(actor, of, when, lines)
    shown = [{"product_id": item["product_id"], "price": price_words(item["price_fen"])} for item in lines]
    changes = {"price_group": of.price_group, "buyer_id": of.buyer_id, "from_on": when.from_on, "prices": shown}
    await audit.record(actor, "set_prices", "org", of.seller_id, changes)
