"""Set-based reads and writes of agreements."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.approvals.queries import STEPS, held
from server.core import db
from server.core.actor import Actor

CALLED = {
    "rebate": "SELECT id, number AS name FROM rebate_agreement WHERE root_id = $1 AND id = ANY ({ids})",
    "rebate_use": "SELECT id, number AS name FROM rebate_use WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

KIND = "rebate"
"""What approvals call an agreement of a rebate."""

# A number longer than six digits is longer here too, where lpad would cut it off.
_MAKE = """
INSERT INTO rebate_agreement (id, root_id, number, seller_id, name, note, audience, audience_key, every, from_on,
                              until_on, rule, confirmed, made_by, made_at)
SELECT n.id, $1, $2 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $3, $4, $5, $6, $7, $8, $9, $10,
       $11::text::jsonb, $12, $13, $14
FROM (SELECT nextval('rebate_agreement_id_seq') AS id) n
RETURNING id, number
"""

_EDIT = """
UPDATE rebate_agreement SET name = $3, note = $4, audience = $5, audience_key = $6, every = $7, from_on = $8,
    until_on = $9, rule = $10::text::jsonb, confirmed = $11, state = 'draft', version = version + 1
WHERE root_id = $1 AND id = $2 AND version = $12
"""

_CLEAR_PARTY = "DELETE FROM rebate_party WHERE root_id = $1 AND agreement_id = $2"
_PARTY = """
INSERT INTO rebate_party (root_id, agreement_id, buyer_id) SELECT $1, $2, x.id FROM unnest($3::bigint[]) AS x (id)
"""

# Who sees part of the buyers only sees an agreement with named ones if one of those is his. `a`: the agreement.
_CONCERNS = """
({a}.audience <> 'list' OR EXISTS (
    SELECT FROM rebate_party y JOIN org z ON z.id = y.buyer_id
    WHERE y.root_id = {a}.root_id AND y.agreement_id = {a}.id AND z.path LIKE ANY ({scope}::text[])))
"""

# The own buyers among these.
_OWN_BUYERS = "SELECT id FROM org WHERE root_id = $1 AND parent_id = $2 AND id = ANY ($3::bigint[])"

_LOCK = f"""
SELECT a.*, a.rule::text AS rule, s.name AS seller_name, s.path AS seller_path, s.kind AS seller_kind
FROM rebate_agreement a JOIN org s ON s.id = a.seller_id
WHERE a.root_id = $1 AND a.id = $2 AND ($3::text[] IS NULL OR {_CONCERNS.format(a="a", scope="$3")})
FOR NO KEY UPDATE OF a
"""

_MARK = """
UPDATE rebate_agreement SET state = $3, version = version + 1,
    approved_at = CASE WHEN $3 = 'approved' THEN $4 ELSE approved_at END
WHERE root_id = $1 AND id = $2
"""
_END = """
UPDATE rebate_agreement SET state = 'ended', until_on = $3, ending = $4, ended_by = $5, ended_at = $6,
    version = version + 1
WHERE root_id = $1 AND id = $2
"""
# What had been reached in the period that ends before its time is a projection: its days are those of the agreement.
_SHORTEN = (
    "UPDATE rebate_progress SET until_on = $3 WHERE root_id = $1 AND agreement_id = $2 AND until_on > $3",
    "UPDATE rebate_period SET until_on = $3 WHERE root_id = $1 AND agreement_id = $2 AND until_on > $3",
)

_TOTALS = """
LEFT JOIN LATERAL (
    SELECT sum(p.settled_fen)::bigint AS settled_fen, sum(p.fen) FILTER (WHERE p.state <> 'done')::bigint AS running
    FROM rebate_period p WHERE p.root_id = a.root_id AND p.agreement_id = a.id
) t ON true
"""
_COLUMNS = f"""
SELECT a.*, a.rule::text AS rule, s.name AS seller_name, c.name AS made_by_name,
       coalesce(t.settled_fen, 0) AS settled_fen, coalesce(t.running, 0) AS running_fen,
       (SELECT count(*) FROM rebate_party x WHERE x.root_id = a.root_id AND x.agreement_id = a.id) AS parties
FROM hits h JOIN rebate_agreement a ON a.root_id = $1 AND a.id = h.id
JOIN org s ON s.id = a.seller_id JOIN account c ON c.id = a.made_by {_TOTALS}
ORDER BY a.id DESC
"""
# The page is found first, as a run of one index. $2 own org  $3 scope  $4 before  $5 state  $6 rows
_PAGE = {
    "own": f"""
WITH hits AS (
    SELECT x.id FROM rebate_agreement x
    WHERE x.root_id = $1 AND x.seller_id = $2 AND x.id < $4 AND ($5::text IS NULL OR x.state = $5)
      AND {_CONCERNS.format(a="x", scope="$3")}
    ORDER BY x.id DESC LIMIT $6
) {_COLUMNS}""",
    "below": f"""
WITH hits AS (
    SELECT x.id FROM rebate_agreement x JOIN org o ON o.id = x.seller_id
    WHERE x.root_id = $1 AND x.seller_id <> $2 AND x.state <> 'draft' AND x.id < $4
      AND ($5::text IS NULL OR x.state = $5) AND o.path LIKE ANY ($3::text[])
    ORDER BY x.id DESC LIMIT $6
) {_COLUMNS}""",
}

# Seen by the seller, by those above it who see it, and by the buyers that it is for.
_ONE = f"""
SELECT a.*, a.rule::text AS rule, s.name AS seller_name, s.path AS seller_path, c.name AS made_by_name,
       coalesce(t.settled_fen, 0) AS settled_fen, coalesce(t.running, 0) AS running_fen,
       (SELECT count(*) FROM rebate_party x WHERE x.root_id = a.root_id AND x.agreement_id = a.id) AS parties,
       v.id AS approval_id, v.step_no, v.proposal::text AS proposal, coalesce(v.steps, '[]') AS steps,
       coalesce(v.in_turn, false) AS in_turn, coalesce(v.held, '{{}}') AS held
FROM rebate_agreement a
JOIN org s ON s.id = a.seller_id JOIN account c ON c.id = a.made_by {_TOTALS}
LEFT JOIN LATERAL (
    SELECT a.id, a.step_no, a.proposal, {STEPS} AS steps, coalesce(f.in_turn, false) AS in_turn,
           {held("$4", "$5::date")} AS held
    FROM (SELECT w.* FROM approval w WHERE w.root_id = a.root_id AND w.subject_kind = '{KIND}' AND w.subject_id = a.id
              AND w.state = 'pending') a
    LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
) v ON true
WHERE a.root_id = $1 AND a.id = $2
  AND (s.path LIKE ANY ($3::text[]) AND a.seller_id <> $6 AND a.state <> 'draft'
       OR a.seller_id = $6 AND {_CONCERNS.format(a="a", scope="$3")}
       OR a.state IN ('approved', 'ended') AND (
            EXISTS (SELECT FROM rebate_progress p
                    WHERE p.root_id = a.root_id AND p.agreement_id = a.id AND p.buyer_id = $6)
            OR EXISTS (SELECT FROM rebate_progress p JOIN org b ON b.id = p.buyer_id
                       WHERE p.root_id = a.root_id AND p.agreement_id = a.id AND b.path LIKE ANY ($3::text[]))))
"""

_PARTIES = """
SELECT o.id, o.name FROM rebate_party x JOIN org o ON o.id = x.buyer_id
WHERE x.root_id = $1 AND x.agreement_id = $2 ORDER BY o.id
"""
_NAMES = """
SELECT 'product' AS kind, id, name FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[])
UNION ALL
SELECT 'category', id, name FROM category WHERE root_id = $1 AND id = ANY ($3::bigint[])
ORDER BY 1, 2
"""

_PERIODS = "SELECT * FROM rebate_period WHERE root_id = $1 AND agreement_id = $2"

_MANY = """
SELECT a.root_id, a.id, a.number, a.name, a.state, a.every, a.from_on, a.until_on, a.rule::text AS rule, a.seller_id,
       s.name AS seller_name, a.audience, a.audience_key, a.made_by, c.name AS made_by_name,
       (SELECT count(*) FROM rebate_party x WHERE x.root_id = a.root_id AND x.agreement_id = a.id) AS parties
FROM rebate_agreement a JOIN org s ON s.id = a.seller_id JOIN account c ON c.id = a.made_by
WHERE a.root_id = ANY ($1::bigint[]) AND a.id = ANY ($2::bigint[])
"""


class Written(NamedTuple):
    """What an agreement says, as it is written."""

    name: str
    note: str
    audience: str
    audience_key: str
    every: str
    from_on: date
    until_on: date
    rule: str
    confirmed: bool


async def make(actor: Actor, prefix: str, new: Written, at: datetime) -> db.Row:
    """Write an agreement; its id and number."""
    found = await db.row(_MAKE, actor.root_id, prefix, actor.org_id, *new, actor.account_id, at)
    assert found is not None
    return found


async def edit(root_id: int, agreement_id: int, new: Written, version: int) -> bool:
    """Write what an agreement says now; whether it still had that version."""
    return await db.run(_EDIT, root_id, agreement_id, *new, version) == 1


async def set_party(root_id: int, agreement_id: int, buyers: Sequence[int]) -> None:
    """Write the list of buyers."""
    await db.run(_CLEAR_PARTY, root_id, agreement_id)
    if buyers:
        await db.run(_PARTY, root_id, agreement_id, sorted(set(buyers)))


async def own_buyers(root_id: int, seller_id: int, ids: Sequence[int]) -> set[int]:
    """Those of these orgs that buy from a seller."""
    return {item["id"] for item in await db.rows(_OWN_BUYERS, root_id, seller_id, list(ids))}


async def lock(root_id: int, agreement_id: int, scope: Sequence[str] | None = None) -> db.Row | None:
    """An agreement with its seller, locked; in a scope, if one of its buyers is."""
    return await db.row(_LOCK, root_id, agreement_id, scope)


async def mark(root_id: int, agreement_id: int, state: str, at: datetime) -> None:
    """Write the state of an agreement."""
    await db.run(_MARK, root_id, agreement_id, state, at)


async def end(root_id: int, agreement_id: int, last_on: date, reason: str, by: int, at: datetime) -> None:
    """Let an agreement end before its time."""
    await db.run(_END, root_id, agreement_id, last_on, reason, by, at)
    for statement in _SHORTEN:
        await db.run(statement, root_id, agreement_id, last_on)


async def page(actor: Actor, whose: str, state: str | None, before: int, limit: int) -> Sequence[db.Row]:
    """Agreements of the own org as the seller, or of those below that the actor sees."""
    return await db.rows(_PAGE[whose], actor.root_id, actor.org_id, actor.patterns, before, state, limit)


async def one(actor: Actor, agreement_id: int, day: date) -> db.Row | None:
    """An agreement that concerns somebody in the scope, with the approval that waits."""
    return await db.row(_ONE, actor.root_id, agreement_id, actor.patterns, actor.account_id, day, actor.org_id)


async def parties(root_id: int, agreement_id: int) -> Sequence[db.Row]:
    """The buyers of a list."""
    return await db.rows(_PARTIES, root_id, agreement_id)


async def names(root_id: int, products: Sequence[int], categories: Sequence[int]) -> Sequence[db.Row]:
    """What products and categories are called."""
    return await db.rows(_NAMES, root_id, list(products), list(categories))


async def periods(root_id: int, agreement_id: int) -> dict[int, db.Row]:
    """What the periods of an agreement come to, and how their settlements stand."""
    return {item["period_no"]: item for item in await db.rows(_PERIODS, root_id, agreement_id)}


async def facts_of_many(root_ids: Sequence[int], ids: Sequence[int]) -> dict[tuple[int, int], db.Row]:
    """Agreements by (brand, id), for programs that act for the whole brand."""
    found = await db.rows(_MANY, list(root_ids), list(ids))
    return {(item["root_id"], item["id"]): item for item in found}
