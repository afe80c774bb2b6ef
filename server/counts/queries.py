"""Statements of stocktakes themselves; each is one whatever the number of lines. Lines are in `line_queries.py`."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from server.approvals.queries import STEPS, held
from server.core import db, tree
from server.core.actor import Actor
from server.identity import holders
from server.stock.counting import Scanned

CALLED = {
    "stocktake": "SELECT id, number AS name FROM stocktake WHERE root_id = $1 AND id = ANY ({ids})",
    "stocktake_plan": "SELECT id, name FROM stocktake_plan WHERE root_id = $1 AND id = ANY ({ids})",
    "stocktake_setting": "SELECT id, name FROM org WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

KIND = "stocktake"
"""What approvals and journals call a stocktake."""

PREFIX = "PK"

_PLACE = """
SELECT id, name FROM location
WHERE org_id = $1 AND kind IN ('warehouse', 'quarantine') AND closed_at IS NULL
  AND CASE WHEN $2::bigint IS NULL THEN kind = 'warehouse' AND is_default ELSE id = $2 END
FOR KEY SHARE
"""

_KNOWN = """
SELECT (SELECT count(*) FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[])) AS products,
       ($3::bigint IS NULL OR EXISTS (SELECT FROM category WHERE root_id = $1 AND id = $3)) AS category,
       (SELECT count(*) FROM account WHERE org_id = $4 AND status = 'active' AND id = ANY ($5::bigint[])) AS counters
"""

_MAKE = """
INSERT INTO stocktake (id, root_id, number, org_id, location_id, scope, category_id, product_ids, blind, counter_ids,
                       planned_on, note, again_of, plan_id, made_by, made_at)
SELECT n.id, $1, $2 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $3, $4, $5, $6, $7, $8, $9, $10, $11,
       $12, $13, $14, $15
FROM (SELECT nextval('stocktake_id_seq') AS id) n
RETURNING id
"""

_HEAD = """
SELECT t.*, o.name AS org_name, o.path, o.kind AS org_kind, w.name AS warehouse, c.name AS category_name,
       m.name AS made_by_name
FROM stocktake t JOIN org o ON o.id = t.org_id JOIN location w ON w.id = t.location_id
LEFT JOIN category c ON c.id = t.category_id JOIN account m ON m.id = t.made_by
"""
_LOCK = _HEAD + "WHERE t.root_id = $1 AND t.org_id = $2 AND t.id = $3 FOR NO KEY UPDATE OF t"
_SHARE = _HEAD + "WHERE t.root_id = $1 AND t.org_id = $2 AND t.id = $3 FOR SHARE OF t"

_ONE = f"""
SELECT t.*, o.name AS org_name, o.path, o.kind AS org_kind, w.name AS warehouse, c.name AS category_name,
       m.name AS made_by_name, s.name AS started_by_name, k.name AS counted_by_name, u.name AS submitted_by_name,
       e.name AS ended_by_name, g.number AS again_number, n.id AS next_id, n.number AS next_number,
       y.name AS plan_name, a.id AS approval_id, a.step_no, a.proposal::text AS proposal,
       {STEPS} AS steps, coalesce(f.in_turn, false) AS in_turn, {held("$4", "$5::date")} AS held,
       ARRAY(SELECT x.name FROM account x WHERE x.id = ANY (t.counter_ids) ORDER BY x.id) AS counters
FROM stocktake t JOIN org o ON o.id = t.org_id JOIN location w ON w.id = t.location_id
LEFT JOIN category c ON c.id = t.category_id JOIN account m ON m.id = t.made_by
LEFT JOIN account s ON s.id = t.started_by LEFT JOIN account k ON k.id = t.counted_by
LEFT JOIN account u ON u.id = t.submitted_by LEFT JOIN account e ON e.id = t.ended_by
LEFT JOIN stocktake g ON g.root_id = t.root_id AND g.id = t.again_of
LEFT JOIN LATERAL (SELECT id, number FROM stocktake x WHERE x.root_id = t.root_id AND x.org_id = t.org_id
                   AND x.id > t.id AND x.again_of = t.id ORDER BY x.id LIMIT 1) n ON true
LEFT JOIN stocktake_plan y ON y.root_id = t.root_id AND y.id = t.plan_id
LEFT JOIN approval a ON a.root_id = t.root_id AND a.subject_kind = '{KIND}' AND a.subject_id = t.id
                    AND a.state = 'pending'
LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
WHERE t.root_id = $1 AND t.id = $2 AND o.path LIKE ANY ($3::text[])
"""

# A page is found first, and looked up then. Whoever sees the whole brand reads the newest; others those of the orgs
# that they see.
_NEWEST_OF = """
    SELECT t.id FROM stocktake t
    WHERE t.root_id = $1{whose} AND t.id < $3 AND ($4::text IS NULL OR t.state = $4)
      AND ($5::bigint IS NULL OR t.org_id = $5)
    ORDER BY t.id DESC LIMIT $6"""
_PAGE = f"""
WITH hits AS MATERIALIZED ({{found}})
{_HEAD} WHERE t.root_id = $1 AND t.id = ANY (ARRAY(SELECT id FROM hits)) ORDER BY t.id DESC
"""
_PAGE_ALL = _PAGE.format(found=_NEWEST_OF.format(whose=" AND $2::text[] IS NOT NULL"))
_PAGE_MINE = _PAGE.format(found=tree.newest("$2", [_NEWEST_OF.format(whose=" AND t.org_id = b.id")], "$6"))

_MANY = _HEAD + "WHERE t.root_id = ANY ($1::bigint[]) AND t.id = ANY ($2::bigint[])"
_NEWEST = "SELECT max(id) FROM stocktake WHERE root_id = $1 AND org_id = $2 AND counted_at IS NOT NULL"
_COUNTERS = f"""
SELECT a.id, a.name FROM account a
WHERE a.org_id = $1 AND a.status = 'active' AND ({holders.holds("stock.scan", "a")}) ORDER BY a.id LIMIT 200
"""
_NUMBERS = "SELECT id, number FROM stocktake WHERE root_id = $1 AND id = ANY ($2::bigint[])"

# A warehouse is one org's: its own counts are few beside all of the brand's.
_UNDONE = """
SELECT t.number FROM location w JOIN stocktake t ON t.root_id = $1 AND t.org_id = w.org_id AND t.location_id = w.id
WHERE w.id = $2 AND t.state IN ('planned', 'counting', 'counted', 'submitted')
ORDER BY t.id LIMIT 1
"""

_OPEN_HERE = """
SELECT number FROM stocktake
WHERE root_id = $1 AND location_id = $2 AND id <> $3 AND state IN ('counting', 'counted', 'submitted')
"""

_ATTACH = "INSERT INTO stocktake_session (root_id, session_id, stocktake_id, round) VALUES ($1, $2, $3, $4)"

_SESSIONS = """
SELECT s.id, s.number, s.state, x.round, a.name AS opened_by, s.opened_by AS opener_id, s.opened_at,
       (SELECT count(*) FROM scan c WHERE c.root_id = s.root_id AND c.session_id = s.id AND NOT c.undone) AS scans
FROM stocktake_session x JOIN scan_session s ON s.root_id = x.root_id AND s.id = x.session_id
JOIN account a ON a.id = s.opened_by
WHERE x.root_id = $1 AND x.stocktake_id = $2 ORDER BY s.id
"""

_RECOUNTS = """
SELECT product_id, max(round) AS round FROM stocktake_recount WHERE root_id = $1 AND stocktake_id = $2
GROUP BY 1 ORDER BY 1
"""

_AGAIN = "SELECT product_id FROM stocktake_recount WHERE root_id = $1 AND stocktake_id = $2 AND round = $3"

_ASK_AGAIN = """
INSERT INTO stocktake_recount (root_id, stocktake_id, product_id, round, asked_by, asked_at)
SELECT $1, $2, p, $4, $5, $6 FROM unnest($3::bigint[]) AS p
"""

_TYPE = """
INSERT INTO stocktake_entry AS e (root_id, stocktake_id, round, account_id, product_id, lot_id, lot_code, expires_on,
                                  qty, at)
SELECT $1, $2, $3, $4, t.product_id, t.lot_id, t.lot_code, t.expires_on, t.qty, $5
FROM unnest($6::bigint[], $7::bigint[], $8::text[], $9::date[], $10::bigint[])
    AS t (product_id, lot_id, lot_code, expires_on, qty)
ON CONFLICT (root_id, stocktake_id, round, product_id, lot_id, lot_code, expires_on, account_id)
    DO UPDATE SET qty = excluded.qty, at = excluded.at
"""

_TYPED = """
SELECT e.product_id, e.lot_id, e.lot_code, NULL::date AS produced_on, nullif(e.expires_on, 'infinity') AS expires_on,
       e.qty, e.at AS first_at, e.at AS last_at
FROM stocktake_entry e
LEFT JOIN unnest($3::bigint[], $4::int[]) AS a (product_id, round) ON a.product_id = e.product_id
WHERE e.root_id = $1 AND e.stocktake_id = $2 AND e.round >= coalesce(a.round, 1)
ORDER BY e.product_id, e.lot_id, e.lot_code, e.expires_on, e.account_id
"""

_MINE_TYPED = """
SELECT e.product_id, p.name AS product_name, p.base_unit, e.lot_code, nullif(e.expires_on, 'infinity') AS expires_on,
       e.qty, e.at
FROM stocktake_entry e JOIN product p ON p.id = e.product_id
WHERE e.root_id = $1 AND e.stocktake_id = $2 AND e.round = $3 AND e.account_id = $4
ORDER BY e.at DESC, e.product_id LIMIT 200
"""

# The products of a scope: those of a category with all below it.
_OF_CATEGORY = """
WITH RECURSIVE below AS (
    SELECT id FROM category WHERE root_id = $1 AND id = $2
    UNION ALL SELECT c.id FROM category c JOIN below b ON c.parent_id = b.id
)
SELECT p.id FROM product p JOIN below b ON b.id = p.category_id WHERE p.root_id = $1 ORDER BY p.id
"""

# $3 state  $4 who  $5 when; then what the verb says
_MARK = {
    "start": """
UPDATE stocktake SET state = $3, started_by = $4, started_at = $5 WHERE root_id = $1 AND id = $2""",
    "close": "UPDATE stocktake SET state = $3, counted_by = $4, counted_at = $5 WHERE root_id = $1 AND id = $2",
    "submit": """
UPDATE stocktake SET state = $3, submitted_by = $4, submitted_at = $5, reason = $6 WHERE root_id = $1 AND id = $2""",
    "end": "UPDATE stocktake SET state = $3, ended_by = $4, ended_at = $5, ending = $6 WHERE root_id = $1 AND id = $2",
}

_NEXT_ROUND = "UPDATE stocktake SET state = $3, round = round + 1 WHERE root_id = $1 AND id = $2"

_SETTING = "SELECT limit_fen, version FROM stocktake_setting WHERE root_id = $1 AND org_id = $2"
_SET = """
INSERT INTO stocktake_setting AS s (root_id, org_id, limit_fen, updated_by, updated_at)
SELECT $1, $2, $3, $4, $5
WHERE $6 = 0 OR EXISTS (SELECT FROM stocktake_setting WHERE root_id = $1 AND org_id = $2)
ON CONFLICT (root_id, org_id) DO UPDATE
    SET limit_fen = excluded.limit_fen, version = s.version + 1, updated_by = excluded.updated_by,
        updated_at = excluded.updated_at
    WHERE s.version = $6
"""

_KEEPS_LOTS = """
SELECT coalesce((SELECT keeps_lots FROM stock_setting WHERE root_id = $1 AND org_id = $2), $3 <> 'store')
"""


class New(NamedTuple):
    """A stocktake to be written."""

    org_id: int
    location_id: int
    scope: str
    category_id: int | None
    product_ids: list[int]
    blind: bool
    counter_ids: list[int]
    planned_on: date
    note: str = ""
    again_of: int | None = None
    plan_id: int | None = None


async def place(org_id: int, warehouse_id: int | None) -> db.Row | None:
    """An open warehouse of an org, or its default one; it stays open until the transaction ends."""
    return await db.row(_PLACE, org_id, warehouse_id)


async def known(actor: Actor, products: Sequence[int], category_id: int | None, counters: Sequence[int]) -> db.Row:
    """How many of these products and colleagues there are, and whether there is the category."""
    asked = (actor.root_id, list(products), category_id, actor.org_id, list(counters))
    (found,) = await db.rows(_KNOWN, *asked)
    return found


async def make(root_id: int, new: New, account_id: int, at: datetime, today: date) -> int:
    """Write a stocktake; its id."""
    return int(await db.value(_MAKE, root_id, f"{PREFIX}{today:%y%m%d}", *new, account_id, at))


async def lock(actor: Actor, stocktake_id: int) -> db.Row | None:
    """An own stocktake, standing still."""
    return await db.row(_LOCK, actor.root_id, actor.org_id, stocktake_id)


async def share(actor: Actor, stocktake_id: int) -> db.Row | None:
    """An own stocktake that keeps its state while figures are written into it, by any number of people at once."""
    return await db.row(_SHARE, actor.root_id, actor.org_id, stocktake_id)


async def one(actor: Actor, stocktake_id: int, today: date) -> db.Row | None:
    """A stocktake in the scope with its people, and the approval that waits."""
    return await db.row(_ONE, actor.root_id, stocktake_id, actor.patterns, actor.account_id, today)


async def page(actor: Actor, before: int, state: str | None, org_id: int | None, limit: int) -> Sequence[db.Row]:
    """A page of the stocktakes in the scope, the newest first."""
    statement = _PAGE_ALL if actor.sees_all else _PAGE_MINE
    return await db.rows(statement, actor.root_id, actor.scope, before, state, org_id, limit)


async def facts_of_many(root_ids: Sequence[int], ids: Sequence[int]) -> dict[tuple[int, int], db.Row]:
    """Stocktakes by (brand, id), for programs that act for the whole brand."""
    return {(item["root_id"], item["id"]): item for item in await db.rows(_MANY, list(root_ids), list(ids))}


async def newest(actor: Actor) -> int | None:
    """The newest stocktake of the own org of which something was compared."""
    found: int | None = await db.value(_NEWEST, actor.root_id, actor.org_id)
    return found


async def counters(org_id: int) -> Sequence[db.Row]:
    """Who of an org may count."""
    return await db.rows(_COUNTERS, org_id)


async def numbers(root_id: int, ids: Sequence[int]) -> dict[int, str]:
    """The numbers of stocktakes."""
    return {item["id"]: item["number"] for item in await db.rows(_NUMBERS, root_id, list(ids))}


async def open_here(found: db.Row) -> str | None:
    """The number of another stocktake that is going on in the same warehouse."""
    number: str | None = await db.value(_OPEN_HERE, found["root_id"], found["location_id"], found["id"])
    return number


async def attach(found: db.Row, session_id: int) -> None:
    """Let a session be one of the present round of a stocktake."""
    await db.run(_ATTACH, found["root_id"], session_id, found["id"], found["round"])


async def sessions(root_id: int, stocktake_id: int) -> Sequence[db.Row]:
    """The sessions of a stocktake, with how much was scanned in each."""
    return await db.rows(_SESSIONS, root_id, stocktake_id)


async def scanned(root_id: int, stocktake_id: int) -> Scanned:
    """Which sessions' scans stand, and of which products only those of later rounds."""
    found = await sessions(root_id, stocktake_id)
    again = await db.rows(_RECOUNTS, root_id, stocktake_id)
    return Scanned(
        [item["id"] for item in found],
        [item["round"] for item in found],
        [item["product_id"] for item in again],
        [item["round"] for item in again],
    )


async def recounts(root_id: int, stocktake_id: int, round_: int) -> set[int]:
    """The products that are counted again in a round."""
    return {item["product_id"] for item in await db.rows(_AGAIN, root_id, stocktake_id, round_)}


async def ask_again(actor: Actor, found: db.Row, products: Sequence[int], at: datetime) -> None:
    """Let products be counted again in the round that begins."""
    asked = (found["root_id"], found["id"], list(products), found["round"] + 1, actor.account_id, at)
    await db.run(_ASK_AGAIN, *asked)


async def type_in(actor: Actor, found: db.Row, entries: Sequence[tuple[object, ...]], at: datetime) -> None:
    """Keep typed figures: (product, lot id or 0, code, expiry, quantity)."""
    columns = [list(column) for column in zip(*entries, strict=True)]
    await db.run(_TYPE, found["root_id"], found["id"], found["round"], actor.account_id, at, *columns)


async def typed(root_id: int, stocktake_id: int, wanted: Scanned) -> Sequence[db.Row]:
    """The typed figures that stand."""
    return await db.rows(_TYPED, root_id, stocktake_id, list(wanted.products), list(wanted.from_rounds))


async def typed_by(actor: Actor, found: db.Row) -> Sequence[db.Row]:
    """What somebody has typed in the present round."""
    return await db.rows(_MINE_TYPED, found["root_id"], found["id"], found["round"], actor.account_id)


async def scope(found: db.Row) -> list[int] | None:
    """The products in the scope of a stocktake; None for all."""
    if found["scope"] == "all":
        return None
    if found["scope"] == "list":
        return list(found["product_ids"])
    return [item["id"] for item in await db.rows(_OF_CATEGORY, found["root_id"], found["category_id"])]


async def mark(found: db.Row, what: str, state: str, account_id: int | None, at: datetime, *more: object) -> None:
    """Write a new state, and who brought it about when."""
    await db.run(_MARK[what], found["root_id"], found["id"], state, account_id, at, *more)


async def next_round(found: db.Row, state: str) -> None:
    """Let the counting go on in a round more."""
    await db.run(_NEXT_ROUND, found["root_id"], found["id"], state)


async def setting(root_id: int, org_id: int) -> db.Row | None:
    """The limit that an org has set."""
    return await db.row(_SETTING, root_id, org_id)


async def set_limit(actor: Actor, limit_fen: int, version: int, at: datetime) -> bool:
    """Set the limit of the own org; whether `version` was the present one."""
    return bool(await db.run(_SET, actor.root_id, actor.org_id, limit_fen, actor.account_id, at, version))


async def keeps_lots(found: db.Row) -> bool:
    """Whether the org of a stocktake keeps lots of goods that spoil."""
    return bool(await db.value(_KEEPS_LOTS, found["root_id"], found["org_id"], found["org_kind"]))


async def undone(root_id: int, location_id: int) -> str | None:
    """The number of a stocktake of a place that is neither adjusted nor given up."""
    number: str | None = await db.value(_UNDONE, root_id, location_id)
    return number
