"""Statements of sell-through."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache

from server.core import db, tree
from server.core.actor import Actor
from server.core.bulk import columns

# What counts of a session's scans, by the day of each: no day to come, and none before the phone can have been at work.
# $3 org  $4 zone  $5 today  $6 the first day
_COUNT_SCANS = """
WITH live AS (
    SELECT coalesce(s.product_id, x.product_id) AS product_id, s.serial, s.seq,
           s.count::bigint * coalesce(s.unit_qty, x.unit_qty) AS qty,
           greatest(least((s.scanned_at AT TIME ZONE $4)::date, $5), $6) AS day
    FROM scan s
    LEFT JOIN scan_solution x ON s.product_id IS NULL
        AND (x.root_id, x.session_id, x.key) = (s.root_id, s.session_id, s.key)
    WHERE s.root_id = $1 AND s.session_id = $2 AND NOT s.undone
), once AS (
    SELECT *, row_number() OVER (PARTITION BY product_id, serial ORDER BY seq) AS n FROM live
    WHERE product_id IS NOT NULL
)
INSERT INTO sale_day AS d (root_id, org_id, day, product_id, qty)
SELECT $1, $3, day, product_id, sum(qty) FROM once WHERE serial = '' OR n = 1 GROUP BY day, product_id ORDER BY 3, 4
ON CONFLICT (root_id, org_id, day, product_id) DO UPDATE SET qty = d.qty + excluded.qty
"""

_COUNT = """
INSERT INTO sale_day AS d (root_id, org_id, day, product_id, qty)
SELECT $1, $2, t.day, t.product_id, sum(t.qty)
FROM unnest($3::date[], $4::bigint[], $5::bigint[]) AS t (day, product_id, qty)
GROUP BY 3, 4 ORDER BY 3, 4
ON CONFLICT (root_id, org_id, day, product_id) DO UPDATE SET qty = d.qty + excluded.qty
"""

_REPORTED = """
SELECT t.n - 1 AS n, s.qty
FROM unnest($3::date[], $4::text[], $5::bigint[]) WITH ORDINALITY AS t (day, ticket, product_id, n)
JOIN till_sale s ON (s.root_id, s.org_id, s.day, s.ticket, s.product_id) = ($1, $2, t.day, t.ticket, t.product_id)
"""

_REPORT = """
INSERT INTO till_sale (root_id, org_id, day, ticket, product_id, qty, account_id, at)
SELECT $1, $2, t.*, $7, $8 FROM unnest($3::date[], $4::text[], $5::bigint[], $6::bigint[]) AS t
ON CONFLICT (root_id, org_id, day, ticket, product_id) DO UPDATE
    SET qty = excluded.qty, account_id = excluded.account_id, at = excluded.at
"""

# Who reports twice at the same moment waits here, and finds what the first one reported.
_ONE_AT_A_TIME = "SELECT FROM org WHERE id = $1 FOR NO KEY UPDATE"

# $1 root  $2 scope  $3 org  $4 product  $5 from  $6 to  $7 $8 $9 before this day, org and product  $10 rows
_ORGS = f"SELECT DISTINCT g.id FROM {tree.below('$2', 'o.id')}"
_ORG = f"SELECT DISTINCT g.id FROM {tree.below('$2', 'o.id', 'o.id = $3')}"
_FOUND = """
    SELECT s.day, s.org_id, s.product_id, s.qty FROM sale_day s
    WHERE s.root_id = $1{org}{product} AND s.day BETWEEN $5 AND least($6::date, $7::date)
      AND (s.day, s.org_id, s.product_id) < ($7, $8, $9)
    ORDER BY s.day DESC, s.org_id DESC, s.product_id DESC LIMIT $10"""
_SHOWN = """
SELECT h.day, h.org_id, o.name AS org_name, h.product_id, p.name AS product_name, p.code AS product_code, p.base_unit,
       coalesce(k.name, '') AS case_name, coalesce(k.unit_qty, 1) AS case_qty, h.qty
FROM hits h JOIN org o ON o.id = h.org_id JOIN product p ON p.id = h.product_id
LEFT JOIN LATERAL (SELECT * FROM packaging WHERE product_id = h.product_id AND is_default LIMIT 1) k ON true
ORDER BY h.day DESC, h.org_id DESC, h.product_id DESC
"""


@cache
def list_statement(everywhere: bool, of_org: bool, of_product: bool) -> str:
    """The list: one run of an index for who sees the whole brand, else a run for each org inside the scope, or one."""
    product = " AND s.product_id = $4" if of_product else ""
    given = "given AS (SELECT $2::text[], $3::bigint, $4::bigint)"
    if everywhere:
        return f"WITH {given}, hits AS ({_FOUND.format(org='', product=product)}){_SHOWN}"
    found = _FOUND.format(org=" AND s.org_id = o.id", product=product)
    runs = f"SELECT h.* FROM ({_ORG if of_org else _ORGS}) o CROSS JOIN LATERAL ({found}) h"
    order = "ORDER BY h.day DESC, h.org_id DESC, h.product_id DESC LIMIT $10"
    return f"WITH {given}, hits AS ({runs} {order}){_SHOWN}"


# $1 root  $2 scope  $3 org  $4 product  $5 from  $6 to  $7 how many of the first
_SUMMED = """
SELECT (SELECT count(DISTINCT org_id) FROM sold) AS org_count,
  (SELECT count(DISTINCT product_id) FROM sold) AS product_count,
  (SELECT json_agg(d ORDER BY d.day)::text FROM (
     SELECT day, sum(qty) AS qty, sum(value_fen) AS value_fen, count(DISTINCT org_id) AS org_count FROM sold GROUP BY 1
  ) d) AS days,
  (SELECT json_agg(t ORDER BY t.qty DESC, t.org_id)::text FROM (
     SELECT s.*, o.name AS org_name FROM (
       SELECT org_id, sum(qty) AS qty, sum(value_fen) AS value_fen, count(DISTINCT day) AS day_count FROM sold
       GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $7) s JOIN org o ON o.id = s.org_id
  ) t) AS orgs,
  (SELECT json_agg(t ORDER BY t.qty DESC, t.product_id)::text FROM (
     SELECT s.*, p.name AS product_name, p.code AS product_code, p.base_unit, coalesce(k.name, '') AS case_name,
            coalesce(k.unit_qty, 1) AS case_qty FROM (
       SELECT product_id, sum(qty) AS qty, sum(value_fen) AS value_fen, count(DISTINCT org_id) AS org_count FROM sold
       GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $7) s
     JOIN product p ON p.id = s.product_id LEFT JOIN packaging k ON k.product_id = p.id AND k.is_default
  ) t) AS products
"""
_SOLD = """
    SELECT s.day, s.org_id, s.product_id, s.qty FROM sale_day s
    WHERE s.root_id = $1{org}{product} AND s.day BETWEEN $5 AND $6"""


@cache
def summary_statement(everywhere: bool, of_org: bool, of_product: bool) -> str:
    """Sales of a period added up: one range of an index for who sees the whole brand, else one for each org."""
    product = " AND s.product_id = $4" if of_product else ""
    found = _SOLD.format(org="" if everywhere else " AND s.org_id = o.id", product=product)
    orgs = _ORG if of_org else _ORGS
    rows = found if everywhere else f"SELECT h.* FROM ({orgs}) o CROSS JOIN LATERAL ({found}) h"
    return f"""WITH given AS (SELECT $2::text[], $3::bigint, $4::bigint), sold AS MATERIALIZED (
    SELECT r.*, r.qty * p.guide_price_fen AS value_fen FROM ({rows}) r JOIN product p ON p.id = r.product_id
){_SUMMED}"""


async def count_scans(root_id: int, session_id: int, org_id: int, zone: str, today: date, first: date) -> None:
    """Count what was scanned as sold, by the days on which it was."""
    await db.run(_COUNT_SCANS, root_id, session_id, org_id, zone, today, first)


async def count(root_id: int, org_id: int, sold: Iterable[tuple[date, int, int]]) -> None:
    """Count sales: (day, product, base units)."""
    await db.run(_COUNT, root_id, org_id, *columns(sold, 3))


async def one_at_a_time(org_id: int) -> None:
    """Let one file of an org be looked at and written after the other."""
    await db.run(_ONE_AT_A_TIME, org_id)


async def reported(root_id: int, org_id: int, keys: Sequence[tuple[date, str, int]]) -> dict[int, int]:
    """How much tills have reported of these (day, ticket, product) before, by their place."""
    found = await db.rows(_REPORTED, root_id, org_id, *columns(keys, 3))
    return {item["n"]: item["qty"] for item in found}


async def report(actor: Actor, sales: Iterable[tuple[date, str, int, int]], at: datetime) -> None:
    """Keep what a till has reported: (day, ticket, product, base units)."""
    await db.run(_REPORT, actor.root_id, actor.org_id, *columns(sales, 4), actor.account_id or None, at)


async def sales(
    actor: Actor,
    everywhere: bool,
    org_id: int | None,
    product_id: int | None,
    period: tuple[date, date],
    before: Sequence[object],
    limit: int,
) -> Sequence[db.Row]:
    """A page of what the orgs inside the scope sold, the newest day first."""
    statement = list_statement(everywhere, org_id is not None, product_id is not None)
    return await db.rows(statement, actor.root_id, actor.scope, org_id, product_id, *period, *before, limit)


async def summed(
    actor: Actor, everywhere: bool, org_id: int | None, product_id: int | None, period: tuple[date, date], first: int
) -> db.Row:
    """What the orgs inside the scope sold in a period, added up."""
    statement = summary_statement(everywhere, org_id is not None, product_id is not None)
    (found,) = await db.rows(statement, actor.root_id, actor.scope, org_id, product_id, *period, first)
    return found
