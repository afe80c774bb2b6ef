"""Statements about price exceptions."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from server.approvals.queries import STEPS, TAKEN, held
from server.core import db
from server.core.actor import Actor

CALLED = {
    "price_exception": "SELECT id, number AS name FROM price_exception WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

KIND = "price_exception"
"""What approvals call a price exception."""

_ASK = """
INSERT INTO price_exception (id, root_id, number, seller_id, buyer_id, product_id, price_fen, floor_fen, guide_fen,
                             ceiling_fen, from_on, until_on, reason, asked_by, asked_at)
SELECT n.id, $1, $2 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $3, $4, $5, $6, $7, $8, $9, $10, $11,
       $12, $13, $14
FROM (SELECT nextval('price_exception_id_seq') AS id) n
ON CONFLICT DO NOTHING
RETURNING id, number
"""

_OPEN = """
SELECT number FROM price_exception
WHERE root_id = $1 AND seller_id = $2 AND buyer_id = $3 AND product_id = $4 AND state = 'pending'
"""

_LOCK = """
SELECT x.*, b.path AS buyer_path, b.parent_id AS buyer_parent_id, b.name AS buyer_name, s.name AS seller_name,
       p.name AS product_name, c.org_id AS asked_by_org_id
FROM price_exception x
JOIN org b ON b.id = x.buyer_id
JOIN org s ON s.id = x.seller_id
JOIN product p ON p.id = x.product_id
JOIN account c ON c.id = x.asked_by
WHERE x.root_id = $1 AND x.id = $2
FOR NO KEY UPDATE OF x
"""

_SETTLE = "UPDATE price_exception SET state = $3 WHERE root_id = $1 AND id = $2"

_SHOWN = f"""
SELECT x.id, x.number, x.seller_id, s.name AS seller_name, x.buyer_id, b.name AS buyer_name, x.product_id,
       p.code AS product_code, p.name AS product_name, p.spec, p.base_unit, x.price_fen, x.floor_fen, x.guide_fen,
       x.ceiling_fen, x.from_on, x.until_on, x.reason, x.state, c.name AS asked_by, c.org_id AS asked_by_org_id,
       x.asked_at, a.id AS approval_id, a.step_no, a.amount_fen, a.proposal::text AS proposal, {STEPS} AS steps,
       {TAKEN} AS taken, coalesce(f.in_turn, false) AS in_turn, {held("$3", "$4::date")} AS held,
       d.name AS decided_by, a.decided_at, a.reason AS decision_reason
FROM price_exception x
JOIN approval a ON a.root_id = x.root_id AND a.subject_kind = '{KIND}' AND a.subject_id = x.id
JOIN org b ON b.id = x.buyer_id
JOIN org s ON s.id = x.seller_id
JOIN product p ON p.id = x.product_id
JOIN account c ON c.id = x.asked_by
LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
LEFT JOIN account d ON d.id = a.decided_by
WHERE x.root_id = $1 AND ($2::bigint IS NULL OR x.seller_id = $2 OR c.org_id = $2) AND b.path LIKE ANY ($5::text[])
"""
# The page is found first: what is shown beside each is looked up for no more than it holds. Own ones are those that the
# org sells by, and those that its people have asked for: a run of an index each.
_NEWEST = """
    SELECT x.id FROM price_exception x JOIN org b ON b.id = x.buyer_id
    WHERE x.root_id = $1{whose} AND b.path LIKE ANY ($5::text[]) AND x.id < $6 AND ($7::text IS NULL OR x.state = $7)
      AND ($8::bigint IS NULL OR x.buyer_id = $8) AND ($9::bigint IS NULL OR x.product_id = $9)
    ORDER BY x.id DESC LIMIT $10"""
_OWN = f"""
    SELECT id FROM (
        ({_NEWEST.format(whose=" AND x.seller_id = $2")})
        UNION SELECT n.id FROM account c CROSS JOIN LATERAL ({_NEWEST.format(whose=" AND x.asked_by = c.id")}) n
        WHERE c.org_id = $2
    ) o ORDER BY id DESC LIMIT $10"""
_PAGE = """
WITH hits AS MATERIALIZED ({found})
{shown} AND x.id = ANY (ARRAY(SELECT id FROM hits)) ORDER BY x.id DESC
"""
_PAGE_OWN = _PAGE.format(found=_OWN, shown=_SHOWN)
_PAGE_ALL = _PAGE.format(found=_NEWEST.format(whose=""), shown=_SHOWN)
_ONE = _SHOWN + " AND x.id = $6"

_MANY = """
SELECT x.root_id, x.id, x.number, x.seller_id, s.name AS seller_name, x.buyer_id, b.name AS buyer_name,
       p.name AS product_name, p.spec, p.base_unit, x.price_fen, x.floor_fen, x.guide_fen, x.ceiling_fen, x.from_on,
       x.until_on, x.reason, x.state, x.asked_by, c.name AS asked_by_name, x.asked_at
FROM price_exception x
JOIN org b ON b.id = x.buyer_id
JOIN org s ON s.id = x.seller_id
JOIN product p ON p.id = x.product_id
JOIN account c ON c.id = x.asked_by
WHERE x.root_id = ANY ($1::bigint[]) AND x.id = ANY ($2::bigint[])
"""


async def ask(values: Sequence[object], by: int, at: datetime) -> db.Row | None:
    """Write an exception: root, beginning of its number, seller, buyer, product, price, floor, guide, ceiling, days,
    reason; its id and number. None where one for this buyer and product waits already."""
    return await db.row(_ASK, *values, by, at)


async def open_number(root_id: int, seller_id: int, buyer_id: int, product_id: int) -> str:
    """The number of the one that waits for this buyer and product."""
    return str(await db.value(_OPEN, root_id, seller_id, buyer_id, product_id) or "")


async def lock(root_id: int, exception_id: int) -> db.Row | None:
    """An exception with its parties, locked."""
    return await db.row(_LOCK, root_id, exception_id)


async def settle(root_id: int, exception_id: int, state: str) -> None:
    """Write what became of an exception."""
    await db.run(_SETTLE, root_id, exception_id, state)


def _org(actor: Actor) -> int | None:
    """The org whose own exceptions are seen; None for the brand's people who decide about all of them."""
    return None if actor.org_id == actor.root_id and actor.may("order.approve") else actor.org_id


async def page(actor: Actor, day: date, before: int, wanted: Sequence[object], limit: int) -> Sequence[db.Row]:
    """Those about buyers in the scope: own ones, for the brand's deciders all. `wanted`: state, buyer, product."""
    org = _org(actor)
    statement = _PAGE_ALL if org is None else _PAGE_OWN
    return await db.rows(statement, actor.root_id, org, actor.account_id, day, actor.patterns, before, *wanted, limit)


async def one(actor: Actor, exception_id: int, day: date) -> db.Row | None:
    """One of those that `page` shows."""
    return await db.row(_ONE, actor.root_id, _org(actor), actor.account_id, day, actor.patterns, exception_id)


async def facts_of_many(root_ids: Sequence[int], ids: Sequence[int]) -> dict[tuple[int, int], db.Row]:
    """Exceptions by (brand, id), for programs that act for the whole brand."""
    found = await db.rows(_MANY, list(root_ids), list(ids))
    return {(item["root_id"], item["id"]): item for item in found}
