"""Set-based reads and writes of money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from server.core import db

# Every verb changes the pair's one row last, after order and stock: the order of locks in the whole house.
CALLED = {
    "payment": "SELECT id, number AS name FROM payment WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

_COMMIT = """
INSERT INTO trade_account (root_id, seller_id, buyer_id, committed_fen) VALUES ($1, $2, $3, $4)
ON CONFLICT (root_id, seller_id, buyer_id)
DO UPDATE SET committed_fen = trade_account.committed_fen + excluded.committed_fen
RETURNING limit_fen, committed_fen, receivable_fen, prepaid_fen
"""

_RELEASE = """
UPDATE trade_account SET committed_fen = committed_fen - $4 WHERE root_id = $1 AND seller_id = $2 AND buyer_id = $3
"""

# Rebate credit is never below nothing, says the table; so a row that is only proposed must not be either: who uses
# credit has a row.
_POST = """
WITH entry AS (
    INSERT INTO ledger_entry (root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document_kind,
                              document_id, reference, account_id, occurred_on, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    RETURNING id
), totals AS (
    INSERT INTO trade_account AS t (root_id, seller_id, buyer_id, receivable_fen, prepaid_fen, rebate_credit_fen)
    VALUES ($1, $2, $3,
            CASE WHEN $4 = 'receivable' THEN $6 WHEN $5 = 'receivable' THEN -$6 ELSE 0 END,
            CASE WHEN $5 = 'prepaid' THEN $6 WHEN $4 = 'prepaid' THEN -$6 ELSE 0 END,
            CASE WHEN $5 = 'rebate_credit' THEN $6 ELSE 0 END)
    ON CONFLICT (root_id, seller_id, buyer_id) DO UPDATE SET
        receivable_fen = t.receivable_fen + excluded.receivable_fen,
        prepaid_fen = t.prepaid_fen + excluded.prepaid_fen,
        rebate_credit_fen = t.rebate_credit_fen
            + CASE WHEN $5 = 'rebate_credit' THEN $6 WHEN $4 = 'rebate_credit' THEN -$6 ELSE 0 END,
        committed_fen = t.committed_fen - $14
)
SELECT id FROM entry
"""

# A number longer than six digits is longer here too, where lpad would cut it off.
_PAYMENT = """
INSERT INTO payment (id, root_id, number, seller_id, buyer_id, method, reference, amount_fen, registered_by,
                     received_on, at)
SELECT n.id, $1, 'SK' || $9 || lpad(n.id::text, greatest(6, length(n.id::text)), '0'), $2, $3, $4, $5, $6, $7, $8, $10
FROM (SELECT nextval('payment_id_seq') AS id) n
RETURNING id
"""

_LIMIT = """
INSERT INTO trade_account (root_id, seller_id, buyer_id, limit_fen) VALUES ($1, $2, $3, $4)
ON CONFLICT (root_id, seller_id, buyer_id) DO UPDATE SET limit_fen = excluded.limit_fen
"""

_BALANCE = """
SELECT s.id AS seller_id, s.name AS seller_name, b.id AS buyer_id, b.name AS buyer_name, t.limit_fen,
       coalesce(t.receivable_fen, 0) AS receivable_fen, coalesce(t.committed_fen, 0) AS committed_fen,
       coalesce(t.prepaid_fen, 0) AS prepaid_fen
FROM org b JOIN org s ON s.id = coalesce($2, b.parent_id)
LEFT JOIN trade_account t ON t.root_id = b.root_id AND t.seller_id = s.id AND t.buyer_id = b.id
WHERE b.id = $1
"""

_OPEN_PAIR = """
SELECT true FROM trade_account WHERE root_id = $1 AND seller_id = $2 AND buyer_id = $3 AND receivable_fen > 0
"""

_ENTRIES = """
SELECT e.*, s.name AS seller_name, b.name AS buyer_name
FROM ledger_entry e JOIN org s ON s.id = e.seller_id JOIN org b ON b.id = e.buyer_id
WHERE e.root_id = $1 AND e.buyer_id = $2 AND e.id < $3
ORDER BY e.id DESC
LIMIT $4
"""


async def commit(root_id: int, seller_id: int, buyer_id: int, amount_fen: int) -> db.Row | None:
    """Add an approved amount to a pair's exposure; the pair as it stands then."""
    return await db.row(_COMMIT, root_id, seller_id, buyer_id, amount_fen)


async def release(root_id: int, seller_id: int, buyer_id: int, amount_fen: int) -> None:
    """Take an amount that will not be issued off a pair's exposure."""
    await db.run(_RELEASE, root_id, seller_id, buyer_id, amount_fen)


async def post(
    root_id: int,
    seller_id: int,
    buyer_id: int,
    debit: str,
    credit: str,
    amount_fen: int,
    reason: str,
    document: tuple[str, int],
    account_id: int | None,
    occurred_on: date,
    at: datetime,
    reference: str = "",
    committed_less_fen: int = 0,
) -> int:
    """Write one entry and the pair's totals; its id."""
    return int(
        await db.value(
            _POST, root_id, seller_id, buyer_id, debit, credit, amount_fen, reason, document[0], document[1],
            reference, account_id, occurred_on, at, committed_less_fen,
        )
    )  # fmt: skip


async def write_payment(
    root_id: int,
    seller_id: int,
    buyer_id: int,
    method: str,
    reference: str,
    amount_fen: int,
    account_id: int | None,
    received_on: date,
    at: datetime,
) -> int:
    """Write the document of money received; its id."""
    prefix = received_on.strftime("%y%m%d")
    return int(
        await db.value(
            _PAYMENT, root_id, seller_id, buyer_id, method, reference, amount_fen, account_id, received_on, prefix, at
        )
    )


async def set_limit(root_id: int, seller_id: int, buyer_id: int, limit_fen: int | None) -> None:
    """Set what a seller grants a buyer."""
    await db.run(_LIMIT, root_id, seller_id, buyer_id, limit_fen)


async def balance(buyer_id: int, seller_id: int | None = None) -> db.Row | None:
    """Where a buyer stands with its supplier, or with another seller that it had before."""
    return await db.row(_BALANCE, buyer_id, seller_id)


async def open_pair(root_id: int, seller_id: int, buyer_id: int) -> bool:
    """Whether a buyer owes a seller something."""
    return bool(await db.value(_OPEN_PAIR, root_id, seller_id, buyer_id))


async def entries(root_id: int, buyer_id: int, before: int, limit: int) -> Sequence[db.Row]:
    """A page of a buyer's entries, the newest first."""
    return await db.rows(_ENTRIES, root_id, buyer_id, before, limit)
