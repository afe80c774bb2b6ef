"""Statements about what buyers have reached, what was settled, and the credit that it makes."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from server.core import db
from server.core.actor import Actor

# Agreements whose days have begun, and are not so long over that nothing goes back any more.
_LIVING = """
SELECT a.*, a.rule::text AS rule, s.name AS seller_name, s.path AS seller_path
FROM rebate_agreement a JOIN org s ON s.id = a.seller_id
WHERE a.state IN ('approved', 'ended') AND a.from_on <= $1 AND a.until_on >= $2 ORDER BY a.root_id, a.id
"""
_AGREEMENT = """
SELECT a.*, a.rule::text AS rule, s.name AS seller_name, s.path AS seller_path
FROM rebate_agreement a JOIN org s ON s.id = a.seller_id WHERE a.root_id = $1 AND a.id = $2
"""

# Two who reckon an agreement to write it wait for each other, before either reads.
_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('rebate:' || $1::bigint, 0))"

# Who is in a period already; the next of them by their number.
_IN = """
SELECT buyer_id FROM rebate_progress
WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3 AND buyer_id > $4 ORDER BY buyer_id LIMIT $5
"""
_SETTLED_IN = """
SELECT p.buyer_id, p.period_no, p.settled_fen FROM rebate_progress p
WHERE p.root_id = $1 AND p.agreement_id = $2 AND p.buyer_id = ANY ($3::bigint[]) AND p.settled_fen IS NOT NULL
"""

# Settled periods keep what was credited; what the journals say now stands beside it. The first row of a buyer is told.
_WRITE = """
WITH given AS (
    SELECT * FROM unnest($3::int[], $4::bigint[], $5::date[], $6::date[], $7::bigint[], $8::bigint[], $9::text[])
        AS t (period_no, buyer_id, from_on, until_on, amount_fen, fen, outcome)
), known AS (
    SELECT DISTINCT p.buyer_id FROM rebate_progress p
    WHERE p.root_id = $1 AND p.agreement_id = $2 AND p.buyer_id = ANY ($4::bigint[])
), written AS (
    INSERT INTO rebate_progress AS p (root_id, agreement_id, period_no, buyer_id, seller_id, from_on, until_on,
                                      amount_fen, fen, outcome, as_of)
    SELECT $1, $2, g.period_no, g.buyer_id, $10, g.from_on, g.until_on, g.amount_fen, g.fen, g.outcome::jsonb, $11
    FROM given g
    ON CONFLICT (root_id, agreement_id, period_no, buyer_id) DO UPDATE SET
        until_on = excluded.until_on, amount_fen = excluded.amount_fen, fen = excluded.fen,
        outcome = excluded.outcome, as_of = excluded.as_of
)
SELECT DISTINCT g.buyer_id FROM given g WHERE g.buyer_id NOT IN (SELECT buyer_id FROM known) ORDER BY 1
"""

_LOCK = """
SELECT buyer_id, settled_fen FROM rebate_progress
WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3 AND buyer_id = ANY ($4::bigint[])
ORDER BY buyer_id FOR NO KEY UPDATE
"""
_SETTLE = """
UPDATE rebate_progress p SET settled_fen = t.fen, settled_at = coalesce(p.settled_at, $6)
FROM unnest($4::bigint[], $5::bigint[]) AS t (buyer_id, fen)
WHERE p.root_id = $1 AND p.agreement_id = $2 AND p.period_no = $3 AND p.buyer_id = t.buyer_id
"""
_ENTRY = """
INSERT INTO rebate_entry (id, root_id, number, agreement_id, period_no, buyer_id, seller_id, kind, fen,
                          from_credit_fen, owed_fen, outcome, at)
SELECT n.id, $1, 'FJ' || $11 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $2, $3, $4, $5, $6, $7, $8, $9,
       $10::text::jsonb, $12
FROM (SELECT nextval('rebate_entry_id_seq') AS id) n
RETURNING id, number
"""

# What the buyers of a period have reached together.
_ADD_UP = """
INSERT INTO rebate_period AS q (root_id, agreement_id, period_no, from_on, until_on, buyers, amount_fen, fen, settled,
                                settled_fen)
SELECT $1, $2, t.period_no, t.from_on, t.until_on, x.buyers, x.amount_fen, x.fen, x.settled, x.settled_fen
FROM unnest($3::int[], $4::date[], $5::date[]) AS t (period_no, from_on, until_on) CROSS JOIN LATERAL (
    SELECT count(*) AS buyers, coalesce(sum(p.amount_fen), 0) AS amount_fen, coalesce(sum(p.fen), 0) AS fen,
           count(p.settled_fen) AS settled, coalesce(sum(p.settled_fen), 0) AS settled_fen
    FROM rebate_progress p WHERE p.root_id = $1 AND p.agreement_id = $2 AND p.period_no = t.period_no
) x
ON CONFLICT (root_id, agreement_id, period_no) DO UPDATE SET
    until_on = excluded.until_on, buyers = excluded.buyers, amount_fen = excluded.amount_fen, fen = excluded.fen,
    settled = excluded.settled, settled_fen = excluded.settled_fen
"""
_OVER = """
UPDATE rebate_period SET state = $3
WHERE root_id = $1 AND agreement_id = $2 AND state = 'open' AND until_on < $4 RETURNING period_no
"""
_RUNNING = """
SELECT root_id, agreement_id, period_no FROM rebate_period
WHERE state = 'running' ORDER BY root_id, agreement_id, period_no
"""
_CONFIRM = """
UPDATE rebate_period SET state = 'running', confirmed_by = $4, confirmed_at = $5
WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3 AND state = 'waiting' RETURNING period_no
"""
_UNSETTLED = """
SELECT buyer_id FROM rebate_progress
WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3 AND settled_fen IS NULL ORDER BY buyer_id LIMIT $4
"""
_COUNT = """
UPDATE rebate_period SET settled = settled + $4, settled_fen = settled_fen + $5
WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3
"""
_DONE = """
UPDATE rebate_period SET state = 'done', ended_at = $4
WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3 AND state = 'running' RETURNING period_no
"""
_PERIOD = "SELECT * FROM rebate_period WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3"

_SHOWN = """
SELECT p.*, p.outcome::text AS outcome, a.number, a.name, a.every, a.rule::text AS rule, a.until_on AS agreement_until,
       a.from_on AS agreement_from, s.name AS seller_name, b.name AS buyer_name, b.path AS buyer_path
FROM hits h
JOIN rebate_progress p ON p.root_id = $1 AND p.agreement_id = h.agreement_id AND p.period_no = h.period_no
                      AND p.buyer_id = h.buyer_id
JOIN rebate_agreement a ON a.root_id = p.root_id AND a.id = p.agreement_id
JOIN org s ON s.id = p.seller_id JOIN org b ON b.id = p.buyer_id
"""
_SHOW = {None: "", "running": " AND p.settled_fen IS NULL", "settled": " AND p.settled_fen IS NOT NULL"}

# Of an agreement, its latest periods first: a run of the key, or of one buyer's rows. $3 agreement  $4 period  $5 buyer
# $6, $7 before this period and buyer  $8 rows
_OF_AGREEMENT = (
    """
WITH hits AS (
    SELECT p.agreement_id, p.period_no, p.buyer_id FROM rebate_progress p JOIN org o ON o.id = p.buyer_id
    WHERE p.root_id = $1 AND p.agreement_id = $3 AND ($4::int IS NULL OR p.period_no = $4)
      AND ($5::bigint IS NULL OR true){buyer} AND (p.period_no, p.buyer_id) < ($6::int, $7::bigint)
      AND o.path LIKE ANY ($2::text[]){show}
    ORDER BY p.period_no DESC, p.buyer_id DESC LIMIT $8
)
"""
    + _SHOWN
    + " ORDER BY p.period_no DESC, p.buyer_id DESC"
)

# Of a buyer, the latest first: a run of one index. $3 buyer  $4, $5, $6 before this day, agreement, period  $7 rows
_OF_BUYER = (
    """
WITH hits AS (
    SELECT p.agreement_id, p.period_no, p.buyer_id FROM rebate_progress p
    WHERE p.root_id = $1 AND p.buyer_id = $3 AND cardinality($2::text[]) > 0
      AND (p.until_on, p.agreement_id, p.period_no) < ($4::date, $5::bigint, $6::int){show}
    ORDER BY p.until_on DESC, p.agreement_id DESC, p.period_no DESC LIMIT $7
)
"""
    + _SHOWN
    + " ORDER BY p.until_on DESC, p.agreement_id DESC, p.period_no DESC"
)

_ONE = (
    """
WITH hits AS (SELECT $2::bigint AS agreement_id, $3::int AS period_no, $4::bigint AS buyer_id)
"""
    + _SHOWN
)

_ENTRIES = """
SELECT id, number, kind, fen, from_credit_fen, owed_fen, at FROM rebate_entry
WHERE root_id = $1 AND agreement_id = $2 AND period_no = $3 AND buyer_id = $4 ORDER BY id
"""
_PRODUCTS = "SELECT id, code, name, base_unit FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[])"

_ACCOUNT = """
SELECT receivable_fen, rebate_credit_fen FROM trade_account WHERE root_id = $1 AND seller_id = $2 AND buyer_id = $3
"""
_USE = """
INSERT INTO rebate_use (id, root_id, number, seller_id, buyer_id, fen, note, used_by, at)
SELECT n.id, $1, 'FY' || $7 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $2, $3, $4, $5, $6, $8
FROM (SELECT nextval('rebate_use_id_seq') AS id) n
RETURNING id, number
"""
# Entries and uses of a pair as one list, the newest first; of each no more is read than a page holds.
_CREDIT = """
SELECT * FROM (
    (SELECT e.id, e.kind, e.number, CASE WHEN e.fen > 0 THEN e.fen ELSE -e.from_credit_fen END AS change_fen,
            a.name || CASE WHEN e.owed_fen = 0 THEN ''
                           ELSE '，另有 ' || round(e.owed_fen / 100.0, 2) || ' 元转为应付' END AS words, e.at
     FROM rebate_entry e JOIN rebate_agreement a ON a.root_id = e.root_id AND a.id = e.agreement_id
     WHERE e.root_id = $1 AND e.buyer_id = $2 AND e.seller_id = $3 AND (e.at, e.id) < ($4::timestamptz, $5::bigint)
     ORDER BY e.at DESC, e.id DESC LIMIT $6)
    UNION ALL
    (SELECT u.id, 'use', u.number, -u.fen, u.note, u.at FROM rebate_use u
     WHERE u.root_id = $1 AND u.buyer_id = $2 AND u.seller_id = $3 AND (u.at, u.id) < ($4::timestamptz, $5::bigint)
     ORDER BY u.at DESC, u.id DESC LIMIT $6)
) x ORDER BY at DESC, id DESC LIMIT $6
"""


class Reached(NamedTuple):
    """What a buyer has reached in a period."""

    period_no: int
    buyer_id: int
    from_on: date
    until_on: date
    amount_fen: int
    fen: int
    outcome: str


async def living(today: date, since: date) -> Sequence[db.Row]:
    """Agreements of all brands that have begun, and ended no earlier than `since`."""
    return await db.rows(_LIVING, today, since)


async def agreement(root_id: int, agreement_id: int) -> db.Row | None:
    """An agreement with its seller."""
    return await db.row(_AGREEMENT, root_id, agreement_id)


async def in_turn(of: db.Row) -> None:
    """Wait until nobody else reckons this agreement to write it; held until the transaction ends."""
    await db.run(_IN_TURN, of["id"])


async def taking_part(of: db.Row, period_no: int, after: int, limit: int) -> list[int]:
    """The next buyers that are in a period already."""
    return [item["buyer_id"] for item in await db.rows(_IN, of["root_id"], of["id"], period_no, after, limit)]


async def settled(of: db.Row, buyers: Sequence[int]) -> dict[tuple[int, int], int]:
    """What was credited for settled periods, by (buyer, period)."""
    found = await db.rows(_SETTLED_IN, of["root_id"], of["id"], list(buyers))
    return {(item["buyer_id"], item["period_no"]): item["settled_fen"] for item in found}


async def write(of: db.Row, rows: Sequence[Reached], at: datetime) -> list[int]:
    """Write what was reached; the buyers who are in the agreement since now."""
    if not rows:
        return []
    columns = [list(column) for column in zip(*rows, strict=True)]
    found = await db.rows(_WRITE, of["root_id"], of["id"], *columns, of["seller_id"], at)
    return [item["buyer_id"] for item in found]


async def lock(of: db.Row, period_no: int, buyers: Sequence[int]) -> dict[int, int | None]:
    """What was credited to buyers for a period so far, locked; None: it is not settled."""
    found = await db.rows(_LOCK, of["root_id"], of["id"], period_no, list(buyers))
    return {item["buyer_id"]: item["settled_fen"] for item in found}


async def settle(of: db.Row, period_no: int, fen: dict[int, int], at: datetime) -> None:
    """Write what was credited to buyers for a period."""
    await db.run(_SETTLE, of["root_id"], of["id"], period_no, list(fen), list(fen.values()), at)


async def write_entry(of: db.Row, period_no: int, buyer_id: int, *more: Any) -> db.Row:
    """Write an entry: kind, amount, of it from the credit, owed again, the outcome; day and moment. Its id, number."""
    found = await db.row(_ENTRY, of["root_id"], of["id"], period_no, buyer_id, of["seller_id"], *more)
    assert found is not None
    return found


async def add_up(of: db.Row, periods: Sequence[tuple[int, date, date]]) -> None:
    """Write what the buyers of some periods (number, days) have reached together."""
    columns = [list(column) for column in zip(*periods, strict=True)]
    await db.run(_ADD_UP, of["root_id"], of["id"], *columns)


async def over(of: db.Row, state: str, today: date) -> list[int]:
    """Periods that are over since are to be settled, or wait for who confirms it; their numbers."""
    return [item["period_no"] for item in await db.rows(_OVER, of["root_id"], of["id"], state, today)]


async def running() -> Sequence[db.Row]:
    """Settlements that have begun and are not done."""
    return await db.rows(_RUNNING)


async def confirm(root_id: int, agreement_id: int, period_no: int, by: int, at: datetime) -> bool:
    """Let a settlement that waits begin; whether it did."""
    return await db.value(_CONFIRM, root_id, agreement_id, period_no, by, at) is not None


async def unsettled(of: db.Row, period_no: int, limit: int) -> list[int]:
    """The next buyers whose period is not settled."""
    found = await db.rows(_UNSETTLED, of["root_id"], of["id"], period_no, limit)
    return [item["buyer_id"] for item in found]


async def count(of: db.Row, period_no: int, buyers: int, fen: int) -> None:
    """Add to what was settled of a period."""
    await db.run(_COUNT, of["root_id"], of["id"], period_no, buyers, fen)


async def done(of: db.Row, period_no: int, at: datetime) -> bool:
    """A settlement is done; whether it is only now."""
    return await db.value(_DONE, of["root_id"], of["id"], period_no, at) is not None


async def period(root_id: int, agreement_id: int, period_no: int) -> db.Row | None:
    """A period as a whole."""
    return await db.row(_PERIOD, root_id, agreement_id, period_no)


async def of_agreement(
    actor: Actor, which: tuple[int, int | None, int | None], show: str | None, after: tuple[int, int], limit: int
) -> Sequence[db.Row]:
    """Progress in an agreement: (agreement, period, buyer); the latest periods first."""
    one = "" if which[2] is None else " AND p.buyer_id = $5"
    statement = _OF_AGREEMENT.format(show=_SHOW[show], buyer=one)
    return await db.rows(statement, actor.root_id, actor.patterns, *which, *after, limit)


async def of_buyer(
    actor: Actor, buyer_id: int, show: str | None, before: tuple[date, int, int], limit: int
) -> Sequence[db.Row]:
    """Progress of a buyer in all agreements, the latest first."""
    statement = _OF_BUYER.format(show=_SHOW[show])
    return await db.rows(statement, actor.root_id, actor.patterns, buyer_id, *before, limit)


async def one(root_id: int, agreement_id: int, period_no: int, buyer_id: int) -> db.Row | None:
    """A buyer's period."""
    return await db.row(_ONE, root_id, agreement_id, period_no, buyer_id)


async def entries(root_id: int, agreement_id: int, period_no: int, buyer_id: int) -> Sequence[db.Row]:
    """What was credited for a period, and corrected."""
    return await db.rows(_ENTRIES, root_id, agreement_id, period_no, buyer_id)


async def products(root_id: int, ids: Sequence[int]) -> dict[int, db.Row]:
    """What products are called."""
    return {item["id"]: item for item in await db.rows(_PRODUCTS, root_id, list(ids))}


async def account(root_id: int, seller_id: int, buyer_id: int, lock: bool = False) -> tuple[int, int]:
    """What a pair has open: owed, and rebate credit."""
    found = await db.row(_ACCOUNT + (" FOR NO KEY UPDATE" if lock else ""), root_id, seller_id, buyer_id)
    return (found["receivable_fen"], found["rebate_credit_fen"]) if found else (0, 0)


async def write_use(
    root_id: int, seller_id: int, buyer_id: int, fen: int, note: str, by: int, day: date, at: datetime
) -> db.Row:
    """Write that credit paid something; its id and number."""
    found = await db.row(_USE, root_id, seller_id, buyer_id, fen, note, by, f"{day:%y%m%d}", at)
    assert found is not None
    return found


async def credit_entries(
    root_id: int, buyer_id: int, seller_id: int, before: tuple[datetime, int], limit: int
) -> Sequence[db.Row]:
    """What changed the credit of a pair, the newest first."""
    return await db.rows(_CREDIT, root_id, buyer_id, seller_id, *before, limit)
