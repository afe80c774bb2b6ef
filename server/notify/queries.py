"""Set-based reads and writes of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from server.core import db


class Told(NamedTuple):
    """A notice for the inboxes of some accounts; `dedupe_key` says once per account what it is about."""

    account_ids: Sequence[int]
    kind: str
    title: str
    body: str
    link: str
    dedupe_key: str


class Message(NamedTuple):
    """A message that leaves the house; messages of one `stream` leave in their order."""

    channel: str
    topic: str
    subject_id: int
    stream: str
    dedupe_key: str
    payload: Mapping[str, Any]


# The heads of the channels are few, whatever waits behind them or was delivered before.
_TAKE = """
WITH heads AS (
    SELECT h.root_id, h.id FROM unnest($2::text[]) AS c (channel) CROSS JOIN LATERAL (
        SELECT x.root_id, x.id FROM outbox x
        WHERE x.state = 'pending' AND x.channel = c.channel AND x.next_at <= $1 ORDER BY x.id LIMIT 10) h
)
SELECT o.id, o.root_id, o.channel, o.topic, o.subject_id, o.stream, o.payload::text AS payload, o.attempts,
       o.created_at
FROM outbox o JOIN heads h ON h.root_id = o.root_id AND h.id = o.id
WHERE o.state = 'pending' AND o.next_at <= $1
ORDER BY o.id
LIMIT 1
FOR UPDATE OF o SKIP LOCKED
"""

_LEASE = "UPDATE outbox SET attempts = attempts + 1, next_at = $3 WHERE root_id = $1 AND id = $2"

_SETTLE = """
UPDATE outbox SET state = $3, last_error = $4, delivered_at = CASE WHEN $3 <> 'pending' THEN $5::timestamptz END,
    next_at = coalesce($6, next_at)
WHERE root_id = $1 AND id = $2
"""

_NOTICE = """
INSERT INTO notice (root_id, account_id, kind, title, body, link, dedupe_key, created_at)
SELECT $1, t.account_id, $3, $4, $5, $6, $7, $8 FROM unnest($2::bigint[]) AS t (account_id)
ON CONFLICT DO NOTHING
RETURNING account_id
"""

_MESSAGE = """
INSERT INTO outbox (root_id, channel, topic, subject_id, stream, dedupe_key, payload, next_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $8)
ON CONFLICT DO NOTHING
"""

_PEOPLE = """
SELECT id, name, wecom_userid FROM account
WHERE org_id = $1 AND status = 'active' AND role = ANY ($2::text[])
ORDER BY id
"""

_SUBSCRIBED = """
SELECT DISTINCT ON (g.account_id) g.account_id, w.openid
FROM subscription_grant g JOIN wechat_binding w ON w.account_id = g.account_id AND w.app_id = $3
WHERE g.account_id = ANY ($1::bigint[]) AND g.template_id = $2 AND g.remaining > 0
ORDER BY g.account_id, w.bound_at DESC
"""

_USE_GRANT = """
UPDATE subscription_grant SET remaining = CASE WHEN $3 THEN 0 ELSE greatest(remaining - 1, 0) END, updated_at = $4
WHERE account_id = $1 AND template_id = $2
"""

_SAVE_CARD = """
INSERT INTO chat_card (root_id, task_id, approval_id, account_ids, userids, response_code, code_until, sent_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (root_id, task_id) DO NOTHING
"""

_NEW_CODE = """
UPDATE chat_card SET response_code = $2, code_until = $3 WHERE task_id = $1 RETURNING root_id, approval_id
"""

_CARDS = """
SELECT task_id, account_ids, userids, response_code, code_until FROM chat_card
WHERE root_id = $1 AND approval_id = $2 ORDER BY sent_at
"""

_USE_CODE = "UPDATE chat_card SET response_code = NULL WHERE root_id = $1 AND task_id = $2"


async def take(moment: datetime, channels: Sequence[str]) -> db.Row | None:
    """Lock the oldest message that is due; one that another bot has in hand is passed over."""
    return await db.row(_TAKE, moment, list(channels))


async def lease(root_id: int, message_id: int, until: datetime) -> None:
    """Keep a message in hand until a moment: if this process dies, it is due again then."""
    await db.run(_LEASE, root_id, message_id, until)


async def settle(
    root_id: int, message_id: int, state: str, error: str, moment: datetime, again_at: datetime | None = None
) -> None:
    """Write what became of a message."""
    await db.run(_SETTLE, root_id, message_id, state, error[:500], moment, again_at)


async def tell(root_id: int, told: Told, moment: datetime) -> list[int]:
    """Put a notice into inboxes, once; the accounts that did not have it yet."""
    found = await db.rows(
        _NOTICE, root_id, list(told.account_ids), told.kind, told.title, told.body, told.link, told.dedupe_key, moment
    )
    return [item["account_id"] for item in found]


async def enqueue(root_id: int, message: Message, moment: datetime) -> None:
    """Leave a message to be delivered, once per dedupe key."""
    text = msgspec.json.encode(message.payload, enc_hook=str).decode()
    await db.run(
        _MESSAGE, root_id, message.channel, message.topic, message.subject_id, message.stream, message.dedupe_key,
        text, moment,
    )  # fmt: skip


async def people(org_id: int, roles: Sequence[str]) -> Sequence[db.Row]:
    """The active accounts of an org with these roles."""
    return await db.rows(_PEOPLE, org_id, list(roles))


async def subscribed(account_ids: Sequence[int], template_id: str, app_id: str) -> Sequence[db.Row]:
    """Accounts that have a grant left and a WeChat user: account_id, openid."""
    return await db.rows(_SUBSCRIBED, list(account_ids), template_id, app_id)


async def use_grant(account_id: int, template_id: str, all_of_them: bool, moment: datetime) -> None:
    """Count one grant, or all, as used."""
    await db.run(_USE_GRANT, account_id, template_id, all_of_them, moment)


async def save_card(
    root_id: int,
    task_id: str,
    approval_id: int,
    account_ids: list[int],
    userids: list[str],
    code: str | None,
    code_until: datetime,
    moment: datetime,
) -> None:
    """Remember a card that was sent, and the code with which it can be changed."""
    await db.run(_SAVE_CARD, root_id, task_id, approval_id, account_ids, userids, code, code_until, moment)


async def new_code(task_id: str, code: str, until: datetime) -> db.Row | None:
    """Keep the code that came with a press; the card's brand and approval."""
    return await db.row(_NEW_CODE, task_id, code, until)


async def cards(root_id: int, approval_id: int) -> Sequence[db.Row]:
    """The cards that were sent about an approval."""
    return await db.rows(_CARDS, root_id, approval_id)


async def use_code(root_id: int, task_id: str) -> None:
    """A code works once: forget it."""
    await db.run(_USE_CODE, root_id, task_id)
