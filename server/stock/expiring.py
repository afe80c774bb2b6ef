"""What is near its end, the nearest first, with its worth: the list by which goods are sold in time. (S3.1, D2.1)"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import Id, Limit, ShortText
from server.stock import insight, places
from server.stock.freshness import freshness_sql

Ageing = Literal["expired", "soon", "last_third"]


class ExpiringFilter(msgspec.Struct):
    """Which lots of the own org, or of one inside the scope; without a class all that are not fresh."""

    org_id: Id | None = None
    warehouse_id: Id | None = None
    category_id: Id | None = None
    freshness: Ageing | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class ExpiringLot(msgspec.Struct):
    """What lies of a lot in a warehouse, in base units; `days` until it expires, negative when it has.

    Value: on_hand at what the supplier asks today, else at the guide price.
    """

    warehouse_id: int
    warehouse_name: str
    product_id: int
    product_name: str
    product_code: str
    color: str
    base_unit: str
    case_name: str
    case_qty: int
    lot_id: int
    lot_code: str
    expires_on: date
    days: int
    freshness: Ageing
    on_hand: int
    reserved: int
    value_fen: int


class ExpiringList(msgspec.Struct):
    """A page of lots, what ends first first."""

    items: list[ExpiringLot]
    next_cursor: str | None


# $1 root  $2 org  $3 warehouse  $4 category  $5 today  $6 classes  $7 … $10 after this day, place, product and lot
# $11 rows
_EXPIRING = f"""
SELECT h.*, p.name AS product_name, p.code AS product_code, p.color, p.base_unit,
       coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty
FROM (
    SELECT * FROM (
        SELECT w.id AS warehouse_id, w.name AS warehouse_name, b.product_id, b.lot_id, l.code AS lot_code, l.expires_on,
               b.on_hand, b.reserved, {freshness_sql("$5")} AS freshness
        FROM location w
        JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0
        JOIN lot l ON l.id = b.lot_id
        JOIN product p ON p.id = b.product_id
        LEFT JOIN freshness_rule f ON f.root_id = p.root_id AND f.category_id = p.category_id
        WHERE w.root_id = $1 AND w.org_id = $2 AND w.kind = 'warehouse' AND ($3::bigint IS NULL OR w.id = $3)
          AND ($4::bigint IS NULL OR p.category_id = $4)
          AND (l.expires_on, w.id, b.product_id, b.lot_id) > ($7::date, $8::bigint, $9::bigint, $10::bigint)
        OFFSET 0
    ) x WHERE freshness = ANY ($6::text[])
    ORDER BY expires_on, warehouse_id, product_id, lot_id LIMIT $11
) h
JOIN product p ON p.id = h.product_id
LEFT JOIN packaging k ON k.product_id = h.product_id AND k.is_default
ORDER BY h.expires_on, h.warehouse_id, h.product_id, h.lot_id
"""


def _after(cursor: str | None) -> list[object]:
    key = paging.decode_cursor(cursor, 4)
    if key is None:
        return [date.min, 0, 0, 0]
    try:
        day = date.fromisoformat(key[0])
    except (TypeError, ValueError):
        raise InvalidInput("翻页标记无效，请重新打开列表") from None
    if any(not isinstance(part, int) or not 0 <= part < 2**63 for part in key[1:]):
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return [day, *key[1:]]


async def list_expiring(actor: Actor, wanted: ExpiringFilter) -> tuple[list[ExpiringLot], str | None]:
    """What is not fresh any more in an org's warehouses, what ends first first (S3.1, D2.1)."""
    actor.require("stock.read")
    org_id, today = await places.org_seen(actor, wanted.org_id), clock.today()
    classes = [wanted.freshness] if wanted.freshness else ["expired", "soon", "last_third"]
    asked = (actor.root_id, org_id, wanted.warehouse_id, wanted.category_id, today, classes)
    found = await db.rows(_EXPIRING, *asked, *_after(wanted.cursor), wanted.limit + 1)
    shown, cursor = found[: wanted.limit], None
    if len(found) > wanted.limit:
        last = shown[-1]
        cursor = paging.encode_cursor(
            last["expires_on"].isoformat(), last["warehouse_id"], last["product_id"], last["lot_id"]
        )
    prices = await insight.worth(actor.root_id, org_id, sorted({item["product_id"] for item in shown}))
    return [_lot(item, today, prices) for item in shown], cursor


def _lot(item: db.Row, today: date, prices: dict[int, insight.UnitWorth]) -> ExpiringLot:
    price = prices.get(item["product_id"])
    value = price.fen * item["on_hand"] if price else 0
    return msgspec.convert({**item, "days": (item["expires_on"] - today).days, "value_fen": value}, ExpiringLot)
