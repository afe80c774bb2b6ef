"""Statements of what stock is worth, how fresh it is, and how fast it goes."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from server.core import db
from server.core.actor import Actor
from server.stock.freshness import SOON_SQL, freshness_sql
from server.stock.words import REASONS

USED = ("issue", "sale")
"""The reasons for which goods go where they are meant to."""

_PLACES = """
WITH places AS MATERIALIZED (
    SELECT id FROM location WHERE root_id = $1 AND org_id = $2 AND kind = 'warehouse'
      AND ($3::bigint IS NULL OR id = $3)
), """
_OF_CATEGORY = """($5::bigint IS NULL
      OR b.product_id IN (SELECT id FROM product WHERE root_id = $1 AND category_id = $5))"""
# Which products a page has is found first, place by place, so that the rest of a place is not read.
_PAGE = f"""page AS MATERIALIZED (
    SELECT DISTINCT g.product_id FROM places w CROSS JOIN LATERAL (
        SELECT DISTINCT b.product_id FROM stock_balance b
        WHERE b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0 AND b.product_id > $7 AND {_OF_CATEGORY}
        ORDER BY 1 LIMIT $8
    ) g ORDER BY 1 LIMIT $8
), """
_HELD = """held AS MATERIALIZED (
    SELECT b.product_id, sum(b.on_hand)::bigint AS on_hand, sum(b.reserved)::bigint AS reserved,
           min(l.expires_on) AS nearest_expiry
    FROM {of} JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0 AND {which}
    JOIN lot l ON l.id = b.lot_id
    GROUP BY 1
)"""
_SHOWN = f"""
SELECT h.product_id, p.name AS product_name, p.code AS product_code, p.color, p.base_unit, p.shelf_life_days,
       {SOON_SQL} AS soon_days, coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty, h.on_hand,
       h.reserved, nullif(h.nearest_expiry, 'infinity') AS nearest_expiry, p.category_id, c.name AS category_name,
       coalesce(came.qty, 0) AS in_qty, coalesce(went.qty, 0) AS out_qty, coalesce(went.used, 0) AS used_qty
FROM held h
JOIN product p ON p.id = h.product_id
JOIN category c ON c.id = p.category_id
LEFT JOIN freshness_rule f ON f.root_id = p.root_id AND f.category_id = p.category_id
LEFT JOIN packaging k ON k.product_id = p.id AND k.is_default
"""
_CAME = "SELECT {product}sum(m.qty)::bigint AS qty"
_WENT = """SELECT {product}sum(m.qty)::bigint AS qty,
           sum(m.qty) FILTER (WHERE m.reason = ANY ($6::text[]))::bigint AS used"""
_MOVED = """
    FROM places w JOIN stock_move m ON m.root_id = $1 AND m.{end}_location_id = w.id AND m.at >= $4 AND {which}
    WHERE m.{other}_location_id NOT IN (SELECT id FROM places)"""


def _moved(select: str, end: str, other: str, of_product: bool) -> str:
    which = "m.product_id = h.product_id" if of_product else "m.reason = ANY ($7::text[])"
    found = select.format(product="" if of_product else "m.product_id, ") + _MOVED.format(
        end=end, other=other, which=which
    )
    return found if of_product else f"{found} GROUP BY 1"


# $1 root  $2 org  $3 warehouse  $4 since  $5 category  $6 reasons of use  $7 after this product  $8 rows
_TURNOVER = (
    _PLACES
    + _PAGE
    + _HELD.format(of="page g CROSS JOIN places w", which="b.product_id = g.product_id")
    + _SHOWN
    + f"""CROSS JOIN LATERAL ({_moved(_CAME, "to", "from", True)}) came
CROSS JOIN LATERAL ({_moved(_WENT, "from", "to", True)}) went
ORDER BY h.product_id
"""
)
# All products at once: the moves of the period are read once, not product by product. $7 all reasons
_ALL_TURNOVER = (
    _PLACES
    + _HELD.format(of="places w", which=_OF_CATEGORY)
    + _SHOWN
    + f"""LEFT JOIN ({_moved(_CAME, "to", "from", False)}) came ON came.product_id = h.product_id
LEFT JOIN ({_moved(_WENT, "from", "to", False)}) went ON went.product_id = h.product_id
"""
)


class WholeWorth(NamedTuple):
    """What each product `p` is worth to org $2 of brand $1 on day $4, as parts of a statement.

    `given`: what goes before the statement's own parts, ending with a comma; `joins`: what `fen` needs beside `p`.
    """

    given: str
    joins: str
    fen: str


WORTH_NOTHING = WholeWorth("", "", "0")


# $4 today: what there is in each class, added up here, for a place may hold tens of thousands of products. Nobody can
# tell beforehand how many it is, so what is asked for them is joined by FULL JOIN, which is never done row by row; of
# that, what has no class is not there.
@cache
def _fresh(whole: WholeWorth) -> str:
    return f"""
WITH {whole.given} rules AS MATERIALIZED (
    SELECT category_id, soon_days FROM freshness_rule WHERE root_id = $1
), held AS MATERIALIZED (
    SELECT p.id, p.status, p.guide_price_fen, p.floor_price_fen, p.ceiling_price_fen,
           {freshness_sql("$4")} COLLATE "C" AS freshness, b.on_hand, b.reserved
    FROM location w JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0
    JOIN lot l ON l.id = b.lot_id
    JOIN product p ON p.id = b.product_id
    LEFT JOIN rules f ON f.category_id = p.category_id
    WHERE w.root_id = $1 AND w.org_id = $2 AND w.kind = 'warehouse' AND ($3::bigint IS NULL OR w.id = $3)
)
SELECT p.freshness, count(*) AS lots, sum(p.on_hand)::bigint AS qty, sum(p.reserved)::bigint AS reserved,
       sum(p.on_hand * {whole.fen})::bigint AS value_fen, (SELECT count(DISTINCT id) FROM held) AS products
FROM held p {whole.joins}
GROUP BY 1
"""


_BESIDE = """
SELECT coalesce(sum(b.on_hand) FILTER (WHERE w.kind = 'quarantine'), 0)::bigint AS quarantine,
       coalesce(sum(b.on_hand) FILTER (WHERE w.kind = 'in_transit'), 0)::bigint AS in_transit
FROM location w JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id AND b.on_hand > 0
WHERE w.root_id = $1 AND w.org_id = $2 AND w.kind IN ('quarantine', 'in_transit')
"""

_RULES = "SELECT category_id, soon_days, version FROM freshness_rule WHERE root_id = $1 ORDER BY category_id"
_CATEGORY = "SELECT EXISTS (SELECT FROM category WHERE root_id = $1 AND id = $2)"
_SET_RULE = """
INSERT INTO freshness_rule AS f (root_id, category_id, soon_days, updated_by, updated_at)
SELECT $1, $2, $3, $4, $5
WHERE $6 = 0 OR EXISTS (SELECT FROM freshness_rule WHERE root_id = $1 AND category_id = $2)
ON CONFLICT (root_id, category_id) DO UPDATE
    SET soon_days = excluded.soon_days, version = f.version + 1, updated_by = excluded.updated_by,
        updated_at = excluded.updated_at
    WHERE f.version = $6
"""
_END_RULE = "DELETE FROM freshness_rule WHERE root_id = $1 AND category_id = $2 AND version = $3"


async def turnover(
    root_id: int,
    org_id: int,
    warehouse_id: int | None,
    since: datetime,
    after: int,
    limit: int,
    category_id: int | None,
) -> Sequence[db.Row]:
    """A page of products with what came and went since a moment."""
    asked = (root_id, org_id, warehouse_id, since, category_id, list(USED), after, limit)
    return await db.rows(_TURNOVER, *asked)


async def all_turnover(
    root_id: int, org_id: int, warehouse_id: int | None, since: datetime, category_id: int | None
) -> Sequence[db.Row]:
    """All products that are there, with what came and went since a moment."""
    asked = (root_id, org_id, warehouse_id, since, category_id, list(USED), list(REASONS))
    return await db.rows(_ALL_TURNOVER, *asked)


async def fresh(
    whole: WholeWorth, root_id: int, org_id: int, warehouse_id: int | None, today: date
) -> Sequence[db.Row]:
    """What there is in each class of freshness, and what it is worth; with the number of products in all of them."""
    return await db.rows(_fresh(whole), root_id, org_id, warehouse_id, today)


async def beside(root_id: int, org_id: int) -> db.Row:
    """What is in quarantine, and what is on the way."""
    (found,) = await db.rows(_BESIDE, root_id, org_id)
    return found


async def rules(root_id: int) -> Sequence[db.Row]:
    """The categories with a rule of freshness of their own."""
    return await db.rows(_RULES, root_id)


async def has_category(root_id: int, category_id: int) -> bool:
    """Whether the brand has this category."""
    return bool(await db.value(_CATEGORY, root_id, category_id))


async def set_rule(actor: Actor, category_id: int, soon_days: int | None, version: int, at: datetime) -> bool:
    """Write or take away the rule of a category; whether `version` was the present one."""
    if soon_days is None:
        return bool(await db.run(_END_RULE, actor.root_id, category_id, version)) or version == 0
    asked = (actor.root_id, category_id, soon_days, actor.account_id, at, version)
    return bool(await db.run(_SET_RULE, *asked))
