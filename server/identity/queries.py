"""Set-based reads of accounts and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from server.core import clock, db
from server.core.logs import request_id
from server.core.together import Together

Way = Literal["password", "wechat", "wecom", "invitation"]


class Device(NamedTuple):
    """From what and from where somebody signs in, and how."""

    name: str
    address: str = ""
    way: Way = "password"


# Every request looks, all as it is now, and those of a moment look together; a rep also sees the dealers of those he
# stands in for.
CALLED = {
    "account": "SELECT id, name FROM account WHERE root_id = $1 AND id = ANY ({ids})",
    "role": "SELECT id, name FROM role WHERE root_id = $1 AND id = ANY ({ids})",
    "invitation": """
SELECT i.id, concat_ws(' ', o.name, nullif(i.name, '')) AS name FROM invitation i JOIN org o ON o.id = i.org_id
WHERE i.root_id = $1 AND i.id = ANY ({ids})
""",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

_SESSIONS = """
SELECT s.token_hash, s.id AS session_id, s.last_seen_at, s.expires_at, a.id AS account_id, a.name, a.role, a.status,
       r.permissions AS own_permissions,
       a.frozen_reason, o.root_id, o.id AS org_id, o.kind, o.name AS org_name, o.path, o.parent_id, o.price_group,
       o.status AS org_status, o.frozen_reason AS org_frozen_reason,
       CASE WHEN a.role = 'brand_rep' THEN
           (SELECT coalesce(array_agg(DISTINCT d.path), '{}') FROM assignment x JOIN org d ON d.id = x.org_id
            WHERE x.account_id = a.id OR x.account_id IN (
                SELECT u.account_id FROM substitute u
                WHERE u.substitute_id = a.id AND $2::date BETWEEN u.from_on AND u.until_on)) END AS assigned
FROM session s
JOIN account a ON a.id = s.account_id
JOIN org o ON o.id = a.org_id
LEFT JOIN role r ON r.id = a.role_id
WHERE s.token_hash = ANY ($1::bytea[]) AND s.revoked_at IS NULL
"""

_ACCOUNT = """
SELECT NULL::bigint AS session_id, a.id AS account_id, a.name, a.role, a.status,
       r.permissions AS own_permissions,
       a.frozen_reason, o.root_id, o.id AS org_id, o.kind, o.name AS org_name, o.path, o.parent_id, o.price_group,
       o.status AS org_status, o.frozen_reason AS org_frozen_reason,
       CASE WHEN a.role = 'brand_rep' THEN
           (SELECT coalesce(array_agg(DISTINCT d.path), '{}') FROM assignment x JOIN org d ON d.id = x.org_id
            WHERE x.account_id = a.id OR x.account_id IN (
                SELECT u.account_id FROM substitute u
                WHERE u.substitute_id = a.id AND $3::date BETWEEN u.from_on AND u.until_on)) END AS assigned
FROM account a
JOIN org o ON o.id = a.org_id
LEFT JOIN role r ON r.id = a.role_id
WHERE a.id = $1::bigint OR a.wecom_userid = $2::text
"""

_ME = """
SELECT a.phone, a.wecom_userid, a.role_id, r.name AS own_role, o.region_code, o.address, o.contact_name,
       o.contact_phone, p.name AS supplier_name,
       EXISTS (SELECT FROM wechat_binding w WHERE w.account_id = a.id) AS wechat_bound,
       (SELECT count(*) FROM notice n WHERE n.account_id = a.id AND n.read_at IS NULL) AS unread
FROM account a
JOIN org o ON o.id = a.org_id
LEFT JOIN org p ON p.id = o.parent_id
LEFT JOIN role r ON r.id = a.role_id
WHERE a.id = $1
"""

# A phone without an account is counted like one that has one.
_LOCKED = "SELECT locked_until FROM login_failure WHERE phone = $1 AND locked_until > $2"

# Where there is one, its history says so, up to a number a day: whoever guesses for long fills nothing. What a stranger
# has typed (a password, the name of his device) is not written down.
_FAILED = """
WITH counted AS (
    INSERT INTO login_failure AS f (phone, failed, at) VALUES ($1, 1, $2)
    ON CONFLICT (phone) DO UPDATE SET failed = f.failed + 1, at = excluded.at,
        locked_until = CASE WHEN (f.failed + 1) % $3 = 0 THEN $4 ELSE f.locked_until END
    RETURNING failed % $3 = 0 AS locks
)
INSERT INTO audit_entry (root_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
SELECT a.root_id, a.org_id, 'sign_in_failed', 'account', a.id,
       jsonb_build_object('address', $5::text, 'way', $6::text, 'locked', c.locks), $7, $2
FROM counted c CROSS JOIN account a
WHERE a.phone = $1 AND (
    SELECT count(*) FROM (
        SELECT e.verb, e.at FROM audit_entry e
        WHERE e.root_id = a.root_id AND e.subject_kind = 'account' AND e.subject_id = a.id
        ORDER BY e.id DESC LIMIT 100) x
    WHERE x.verb = 'sign_in_failed' AND x.at > $2 - interval '1 day') < $8
"""
_REFUSED = """
INSERT INTO audit_entry (root_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
SELECT a.root_id, a.org_id, 'sign_in_refused', 'account', a.id,
       jsonb_build_object('address', $3::text, 'way', $4::text), $5, $2::timestamptz
FROM account a
WHERE a.id = $1 AND (
    SELECT count(*) FROM (
        SELECT e.verb, e.at FROM audit_entry e
        WHERE e.root_id = a.root_id AND e.subject_kind = 'account' AND e.subject_id = a.id
        ORDER BY e.id DESC LIMIT 100) x
    WHERE x.verb = 'sign_in_refused' AND x.at > $2::timestamptz - interval '1 day') < $6
"""
FAILURES_A_DAY = 20
"""So many wrong passwords of a day, and so many refusals, stand in an account's history."""

_PASSED = """
WITH forgiven AS (
    DELETE FROM login_failure WHERE phone = $1 AND (locked_until IS NULL OR locked_until <= $2)
)
SELECT locked_until FROM login_failure WHERE phone = $1 AND locked_until > $2
"""

_OPEN_SESSION = """
INSERT INTO session (account_id, token_hash, client, created_at, last_seen_at, expires_at, address, way)
VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
"""

_ALIVE = """
SELECT id, client, address, way, created_at, last_seen_at FROM session
WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2
ORDER BY last_seen_at DESC, id DESC LIMIT 100
"""

_HASH = "SELECT token_hash FROM session WHERE id = $1 AND revoked_at IS NULL"
_SEEN = "UPDATE session SET last_seen_at = $2 WHERE id = $1"
_REVOKE_ALL = "UPDATE session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL AND id <> $3"
_REVOKE = """
UPDATE session SET revoked_at = $2
WHERE account_id = $1 AND revoked_at IS NULL AND CASE WHEN $3::bigint IS NULL THEN id <> $4 ELSE id = $3 END
"""
_ASSIGN = """
WITH gone AS (DELETE FROM assignment WHERE account_id = $1 AND org_id <> ALL ($2::bigint[]))
INSERT INTO assignment (account_id, org_id, root_id)
SELECT $1, o.id, o.root_id FROM org o WHERE o.id = ANY ($2::bigint[]) AND o.root_id = $3 AND o.kind = 'dealer'
ON CONFLICT DO NOTHING
"""


async def _sessions(hashes: Sequence[bytes]) -> list[db.Row | None]:
    found = {item["token_hash"]: item for item in await db.rows(_SESSIONS, list(set(hashes)), clock.today())}
    return [found.get(token_hash) for token_hash in hashes]


_look_up: Together[bytes, db.Row | None] = Together(_sessions, lanes=2, heaviest=100)


async def session_by_hash(token_hash: bytes) -> db.Row | None:
    """The session of a token with its account and org, as they are now."""
    return await _look_up.ask(token_hash)


async def session_hash(session_id: int) -> bytes | None:
    """The stored hash of a session's token; None when the session has ended."""
    token_hash: bytes | None = await db.value(_HASH, session_id)
    return token_hash


async def account_facts(account_id: int | None, wecom_userid: str | None = None) -> db.Row | None:
    """An account with its org, by id or by its WeCom member id."""
    return await db.row(_ACCOUNT, account_id, wecom_userid, clock.today())


async def own_permissions(role_id: int | None) -> list[str] | None:
    """What a role that an org has built holds; None where there is none."""
    if role_id is None:
        return None
    found: list[str] | None = await db.value("SELECT permissions FROM role WHERE id = $1", role_id)
    return found


async def own_page(account_id: int) -> db.Row | None:
    """What the start page shows of the own account beside the actor."""
    return await db.row(_ME, account_id)


async def locked_until(phone: str, moment: datetime) -> datetime | None:
    """When the lock of a phone ends; None while it is not locked."""
    until: datetime | None = await db.value(_LOCKED, phone, moment)
    return until


async def login_failed(phone: str, moment: datetime, lock_after: int, until: datetime, device: Device) -> None:
    """Count a wrong password; every `lock_after`-th in a row locks the phone. An account's history says from where."""
    came = (device.address[:60], device.way, request_id.get(), FAILURES_A_DAY)
    await db.run(_FAILED, phone, moment, lock_after, until, *came)


async def login_refused(account_id: int, moment: datetime, device: Device) -> None:
    """Let the history of an account say that somebody who had shown who he is was not let in, and from where."""
    await db.run(_REFUSED, account_id, moment, device.address[:60], device.way, request_id.get(), FAILURES_A_DAY)


async def login_passed(phone: str, moment: datetime) -> datetime | None:
    """Forget the wrong passwords of a phone, unless it was locked meanwhile: then the end of the lock."""
    until: datetime | None = await db.value(_PASSED, phone, moment)
    return until


async def unlock(phone: str) -> None:
    """Forget the wrong passwords of a phone and its lock."""
    await db.run("DELETE FROM login_failure WHERE phone = $1", phone)


async def open_session(account_id: int, token_hash: bytes, device: Device, moment: datetime, until: datetime) -> None:
    """Write a session."""
    await db.run(_OPEN_SESSION, account_id, token_hash, device.name, moment, until, device.address, device.way)


async def sessions_of(account_id: int, moment: datetime) -> Sequence[db.Row]:
    """The sessions of an account that have not ended, the last used first."""
    return await db.rows(_ALIVE, account_id, moment)


async def seen(session_id: int, moment: datetime) -> None:
    """Note when a session was last used."""
    await db.run(_SEEN, session_id, moment)


async def revoke_others(account_id: int, moment: datetime, keep: int = 0) -> None:
    """End all sessions of an account but one."""
    await db.run(_REVOKE_ALL, account_id, moment, keep)


async def revoke(account_id: int, moment: datetime, session_id: int | None, keep: int) -> int:
    """End one session of an account, or all but `keep`; how many."""
    return await db.run(_REVOKE, account_id, moment, session_id, keep)


async def assign(account_id: int, dealer_ids: list[int], root_id: int) -> None:
    """Make these the dealers of a rep."""
    await db.run(_ASSIGN, account_id, dealer_ids, root_id)


_REPS_OF = """
SELECT x.org_id, x.account_id, a.name FROM assignment x JOIN account a ON a.id = x.account_id
WHERE x.org_id = ANY ($1::bigint[]) ORDER BY x.org_id, x.account_id
"""

REPS_ABOVE = """
SELECT DISTINCT a.id, a.name, a.wecom_userid
FROM org g JOIN assignment x ON x.org_id = ANY (string_to_array(trim(BOTH '/' FROM g.path), '/')::bigint[])
JOIN account a ON a.id = x.account_id AND a.status = 'active'
WHERE g.id = $1 ORDER BY a.id
"""

_REASSIGN = """
WITH gone AS (
    DELETE FROM assignment WHERE org_id = ANY ($2::bigint[]) AND account_id <> ALL ($3::bigint[])
)
INSERT INTO assignment (account_id, org_id, root_id)
SELECT a, o, $1 FROM unnest($2::bigint[]) o CROSS JOIN unnest($3::bigint[]) a ORDER BY a, o
ON CONFLICT DO NOTHING
"""


async def now_assigned(dealer_ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    """The reps of these dealers: id and name."""
    found: dict[int, list[tuple[int, str]]] = {dealer_id: [] for dealer_id in dealer_ids}
    for item in await db.rows(_REPS_OF, dealer_ids):
        found[item["org_id"]].append((item["account_id"], item["name"]))
    return found


async def reassign(root_id: int, dealer_ids: list[int], account_ids: list[int]) -> None:
    """Make these the reps of these dealers."""
    await db.run(_REASSIGN, root_id, dealer_ids, account_ids)
