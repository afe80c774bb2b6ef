"""What lies where, lot by lot: the list of stock balances. (S3.1, D2.1)"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Annotated

import msgspec

from server.catalog.schemas import PackagingOut
from server.channel.service import find_org
from server.core import clock, db, paging, search
from server.core.actor import Actor
from server.core.errors import InvalidInput, NotFound
from server.core.types import Id, Limit, ShortText
from server.stock.freshness import SOON_SQL, Freshness, freshness


class BalanceFilter(msgspec.Struct):
    """Which balances: those of the own org, or of another inside the scope."""

    org_id: Id | None = None
    warehouse_id: Id | None = None
    category_id: Id | None = None
    product_id: Id | None = None
    q: ShortText | None = None
    expired: bool = False
    within: Annotated[int, msgspec.Meta(ge=0, le=3650, description="expires within so many days")] | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class StockBalance(msgspec.Struct):
    """What lies of a lot in a warehouse, in base units; `days` until it expires, negative when it has.

    Where nobody parts goods by lots the code is empty; what does not expire has no date. What is in quarantine is
    real, but never available.
    """

    warehouse_id: int
    warehouse_name: str
    quarantine: bool
    product_id: int
    product_name: str
    product_code: str
    spec: str
    color: str
    base_unit: str
    packagings: list[PackagingOut]
    lot_id: int
    lot_code: str
    expires_on: date | None
    shelf_life_days: int
    days: int | None
    freshness: Freshness
    on_hand: int
    reserved: int
    available: int


class BalanceList(msgspec.Struct):
    """A page of balances, by warehouse, product and lot."""

    items: list[StockBalance]
    next_cursor: str | None


# Place by place, so that of a large one no more is read than a page holds.
# $1 root  $2 org  $3-$5 the last balance shown  $6 rows  $7 warehouse  $8 category  $9 product  $10, $11 days between
# $12, $13 what a product is found by
_FOUND = f"SELECT p.id FROM product p WHERE p.root_id = $1 AND {search.matches('p', '$12', '$13')}"
_BALANCES = f"""
WITH given AS (
    SELECT $7::bigint, $8::bigint, $9::bigint, $10::date, $11::date, $12::text[], $13::text[]
), hits AS MATERIALIZED (
    SELECT w.id AS warehouse_id, w.name AS warehouse_name, w.kind = 'quarantine' AS quarantine, x.*
    FROM location w CROSS JOIN LATERAL (
        SELECT b.product_id, b.lot_id, b.on_hand, b.reserved, l.code AS lot_code, l.expires_on
        FROM {{balances}} b JOIN lot l ON l.id = b.lot_id
        WHERE b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0
          AND (b.product_id, b.lot_id) > (CASE w.id WHEN $3::bigint THEN $4::bigint ELSE 0 END,
                                          CASE w.id WHEN $3::bigint THEN $5::bigint ELSE 0 END){{conditions}}
        ORDER BY b.product_id, b.lot_id LIMIT $6
    ) x
    WHERE w.root_id = $1 AND w.org_id = $2 AND w.kind IN ('warehouse', 'quarantine') AND w.id >= $3
    ORDER BY w.id, x.product_id, x.lot_id
    LIMIT $6
)
SELECT h.*, nullif(h.expires_on, 'infinity') AS expires_on, p.name AS product_name, p.code AS product_code, p.spec,
       p.color, p.base_unit, p.shelf_life_days, {SOON_SQL} AS soon_days,
       (SELECT json_agg(json_build_object('id', k.id, 'name', k.name, 'unit_qty', k.unit_qty, 'gtin', k.gtin,
                                          'is_default', k.is_default) ORDER BY k.unit_qty)::text
        FROM packaging k WHERE k.product_id = p.id) AS packagings
FROM hits h
JOIN product p ON p.id = h.product_id
LEFT JOIN freshness_rule f ON f.root_id = p.root_id AND f.category_id = p.category_id
ORDER BY h.warehouse_id, h.product_id, h.lot_id
"""
_CONDITIONS = {
    "warehouse": " AND w.id = $7",
    "category": " AND b.product_id IN (SELECT p.id FROM product p WHERE p.root_id = $1 AND p.category_id = $8)",
    "product": " AND b.product_id = $9",
    "days": " AND l.expires_on BETWEEN $10 AND $11",
}
# Few products are found by words, so their balances are looked up one by one.
_OF_FOUND = f"""({_FOUND}) f CROSS JOIN LATERAL (
            SELECT * FROM stock_balance s
            WHERE s.root_id = $1 AND s.location_id = w.id AND s.product_id = f.id OFFSET 0)"""


@cache
def _statement(*named: str) -> str:
    """The list; a text for each choice of filters, so that each has its plan."""
    balances = _OF_FOUND if "search" in named else "stock_balance"
    return _BALANCES.format(balances=balances, conditions="".join(_CONDITIONS.get(name, "") for name in named))


async def _org(actor: Actor, org_id: int | None) -> int:
    """The org whose stock is asked for."""
    actor.require("stock.read")
    if org_id is not None and org_id != actor.org_id:
        if not actor.may("channel.read"):
            raise NotFound("没有找到这个组织，或者您不能查看它的库存")
        await find_org(actor, org_id)
    return org_id or actor.org_id


def _days(wanted: BalanceFilter, today: date) -> tuple[date, date] | None:
    if wanted.expired and wanted.within is not None:
        raise InvalidInput("已过期和临期只能选一个")
    if wanted.expired:
        return date.min, today - timedelta(days=1)
    return None if wanted.within is None else (today, today + timedelta(days=wanted.within))


def _key(cursor: str | None) -> list[int]:
    key = paging.decode_cursor(cursor, 3) or [0, 0, 0]
    if any(not isinstance(part, int) or not 0 <= part < 2**63 for part in key):
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return key


def _shown(found: db.Row, today: date) -> StockBalance:
    days = None if found["expires_on"] is None else (found["expires_on"] - today).days
    fresh = freshness(found["expires_on"], found["shelf_life_days"], found["soon_days"], today)
    sellable = not found["quarantine"] and fresh != "expired"
    more = {
        "packagings": msgspec.json.decode(found["packagings"] or "[]"),
        "days": days,
        "freshness": fresh,
        "available": found["on_hand"] - found["reserved"] if sellable else 0,
    }
    return msgspec.convert({**found, **more}, StockBalance)


async def list_balances(actor: Actor, wanted: BalanceFilter) -> tuple[list[StockBalance], str | None]:
    """What lies of each lot in each warehouse of an org, by warehouse, product and lot (S3.1, D2.1).

    Expired lots and what is in quarantine lie there, but nothing of them is available.
    """
    org_id, today, look = await _org(actor, wanted.org_id), clock.today(), search.look_for(wanted.q)
    days = _days(wanted, today)
    asked = {
        "warehouse": wanted.warehouse_id, "category": wanted.category_id, "product": wanted.product_id,
        "days": days, "search": look,
    }  # fmt: skip
    found = await db.rows(
        _statement(*(name for name, value in asked.items() if value is not None)),
        actor.root_id, org_id, *_key(wanted.cursor), wanted.limit + 1, wanted.warehouse_id, wanted.category_id,
        wanted.product_id, *(days or (None, None)), *(look or (None, None)),
    )  # fmt: skip
    shown = found[: wanted.limit]
    cursor = None
    if len(found) > wanted.limit:
        cursor = paging.encode_cursor(*(shown[-1][name] for name in ("warehouse_id", "product_id", "lot_id")))
    return [_shown(item, today) for item in shown], cursor
