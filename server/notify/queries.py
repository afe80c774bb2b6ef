"""Set-based reads and writes of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from server.core import db
from server.identity import holders

CODE_LIFE = timedelta(hours=72)
"""So long a card can be changed with the code that came with it (WeCom path/94945)."""


class Told(NamedTuple):
    """A notice for one inbox; `dedupe_key` says once per account what it is about."""

    root_id: int
    account_id: int
    kind: str
    title: str
    body: str
    link: str
    dedupe_key: str


class Message(NamedTuple):
    """A message that leaves the house; messages of one `stream` leave in their order."""

    root_id: int
    channel: str
    topic: str
    subject_id: int
    stream: str
    dedupe_key: str
    payload: Mapping[str, Any]


# What is due, the oldest first. Of each stream only the oldest message that is still to be sent can be taken, so that
# nothing overtakes it, whatever it waits for. A row that another bot has in hand is passed over.
_HEADS = """
SELECT id, root_id, channel, topic, subject_id, stream, payload::text AS payload, attempts, created_at
FROM outbox o
WHERE state = 'pending' AND {kind} AND next_at <= $1 AND (taken_until IS NULL OR taken_until <= $1)
  AND channel = ANY ($2::text[])
  AND (stream = '' OR NOT EXISTS (
        SELECT FROM outbox e
        WHERE e.stream = o.stream AND e.root_id = o.root_id AND e.id < o.id AND e.state = 'pending'))
ORDER BY id
LIMIT $3
FOR UPDATE SKIP LOCKED
"""
_EVENTS = _HEADS.format(kind="channel = 'event'")
_MESSAGES = _HEADS.format(kind="channel <> 'event'")

_LEASE = """
UPDATE outbox o SET attempts = attempts + 1, taken_until = $3
FROM unnest($1::bigint[], $2::bigint[]) AS t (root_id, id)
WHERE o.root_id = t.root_id AND o.id = t.id
"""

_PUT_OFF = """
UPDATE outbox o SET next_at = t.next_at, last_error = $4
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS t (root_id, id, next_at)
WHERE o.root_id = t.root_id AND o.id = t.id
"""

_SETTLE = """
UPDATE outbox SET state = $3, last_error = $4, delivered_at = CASE WHEN $3 <> 'pending' THEN $5::timestamptz END,
    next_at = coalesce($6, next_at), taken_until = NULL
WHERE root_id = $1 AND id = $2
"""

_COUNT_ATTEMPT = "UPDATE outbox SET attempts = attempts + 1 WHERE root_id = $1 AND id = $2"

_DONE = """
UPDATE outbox o SET state = 'delivered', last_error = '', delivered_at = $3, attempts = attempts + 1
FROM unnest($1::bigint[], $2::bigint[]) AS t (root_id, id)
WHERE o.root_id = t.root_id AND o.id = t.id
"""

# What the bot before had in hand when it died may have been sent or not: it is due now.
_TAKE_OVER = """
UPDATE outbox SET taken_until = NULL WHERE state = 'pending' AND channel <> 'event' AND taken_until IS NOT NULL
RETURNING payload::text AS payload
"""

_SENT_LATELY = """
SELECT payload::text AS payload, delivered_at FROM outbox
WHERE state = 'delivered' AND delivered_at > $1 AND channel IN ('wecom_card', 'wecom_text')
ORDER BY delivered_at
"""

_NOTICES = """
INSERT INTO notice (root_id, account_id, kind, title, body, link, dedupe_key, created_at)
SELECT t.root_id, t.account_id, t.kind, t.title, t.body, t.link, t.dedupe_key, $8
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS t (root_id, account_id, kind, title, body, link, dedupe_key, n)
ORDER BY t.n
ON CONFLICT DO NOTHING
RETURNING account_id
"""

_ENQUEUE = """
INSERT INTO outbox (root_id, channel, topic, subject_id, stream, dedupe_key, payload, next_at, created_at)
SELECT t.root_id, t.channel, t.topic, t.subject_id, t.stream, t.dedupe_key, t.payload::jsonb, $8, $8
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS t (root_id, channel, topic, subject_id, stream, dedupe_key, payload, n)
ORDER BY t.n
ON CONFLICT DO NOTHING
"""

_PEOPLE = """
SELECT id, name, wecom_userid FROM account
WHERE org_id = $1 AND status = 'active' AND ({holds})
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
INSERT INTO chat_card (root_id, task_id, approval_id, account_ids, userids, step_no, response_code, code_until, kind,
                       sent_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (root_id, task_id) DO NOTHING
"""

_NEW_CODE = """
UPDATE chat_card c SET response_code = $2, code_until = $3
FROM (SELECT root_id, task_id, response_code, code_until FROM chat_card WHERE task_id = $1 FOR UPDATE) AS before
WHERE c.root_id = before.root_id AND c.task_id = before.task_id
RETURNING c.root_id, c.approval_id, c.kind, before.response_code AS code_before, before.code_until AS code_before_until
"""

_CARD = "SELECT root_id, approval_id, kind FROM chat_card WHERE task_id = $1"

_CARDS = """
SELECT task_id, account_ids, userids, step_no, shows, response_code, code_until FROM chat_card
WHERE root_id = $1 AND approval_id = $2 AND kind = $3 ORDER BY sent_at, task_id
"""

_SHOWN = """
UPDATE chat_card SET shows = $3, response_code = CASE WHEN response_code = $4 THEN NULL ELSE response_code END
WHERE root_id = $1 AND task_id = $2
"""

_SEEN = "INSERT INTO callback_seen (dedupe_key, seen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true"


async def take_events(moment: datetime, limit: int) -> Sequence[db.Row]:
    """Lock the oldest events that wait to be expanded."""
    return await db.rows(_EVENTS, moment, ["event"], limit)


async def take_messages(moment: datetime, channels: Sequence[str], limit: int) -> Sequence[db.Row]:
    """Lock the oldest message of each stream that is due."""
    return await db.rows(_MESSAGES, moment, list(channels), limit)


async def lease(messages: Sequence[db.Row], until: datetime) -> None:
    """Keep messages in hand until a moment: if this process dies, they are due again then."""
    await db.run(_LEASE, [item["root_id"] for item in messages], [item["id"] for item in messages], until)


async def put_off(waits: Sequence[tuple[db.Row, datetime]], why: str) -> None:
    """Let messages wait until their moment, untouched."""
    roots, ids = [item["root_id"] for item, _ in waits], [item["id"] for item, _ in waits]
    await db.run(_PUT_OFF, roots, ids, [until for _, until in waits], why)


async def settle(
    root_id: int, message_id: int, state: str, error: str, moment: datetime, again_at: datetime | None = None
) -> None:
    """Write what became of a message."""
    await db.run(_SETTLE, root_id, message_id, state, error[:500], moment, again_at)


async def count_attempt(root_id: int, message_id: int) -> None:
    """Count an attempt that was lost with its transaction."""
    await db.run(_COUNT_ATTEMPT, root_id, message_id)


async def done(events: Sequence[db.Row], moment: datetime) -> None:
    """Mark events expanded, in the transaction that wrote what follows from them."""
    await db.run(_DONE, [item["root_id"] for item in events], [item["id"] for item in events], moment)


async def take_over() -> Sequence[db.Row]:
    """Make due what another bot had in hand when it died; the payloads."""
    return await db.rows(_TAKE_OVER)


async def sent_since(moment: datetime) -> Sequence[db.Row]:
    """What members were sent lately: payload, delivered_at."""
    return await db.rows(_SENT_LATELY, moment)


async def tell(told: Sequence[Told], moment: datetime) -> set[int]:
    """Put notices into inboxes, each once; the accounts that got a new one."""
    if not told:
        return set()
    columns = [list(column) for column in zip(*told, strict=True)]
    return {item["account_id"] for item in await db.rows(_NOTICES, *columns, moment)}


async def enqueue(messages: Sequence[Message], moment: datetime) -> None:
    """Leave messages to be delivered, each once per dedupe key, in their order."""
    if messages:
        columns = [list(column) for column in zip(*messages, strict=True)]
        columns[-1] = [msgspec.json.encode(payload, enc_hook=str).decode() for payload in columns[-1]]
        await db.run(_ENQUEUE, *columns, moment)


async def people(org_id: int, permission: str) -> Sequence[db.Row]:
    """The active accounts of an org that hold a permission."""
    return await db.rows(_PEOPLE.format(holds=holders.holds(permission, "account")), org_id)


async def subscribed(account_ids: Sequence[int], template_id: str, app_id: str) -> dict[int, str]:
    """The openid of those accounts that have a grant left and a WeChat user."""
    found = await db.rows(_SUBSCRIBED, list(account_ids), template_id, app_id)
    return {item["account_id"]: item["openid"] for item in found}


async def use_grant(account_id: int, template_id: str, all_of_them: bool, moment: datetime) -> None:
    """Count one grant, or all, as used."""
    await db.run(_USE_GRANT, account_id, template_id, all_of_them, moment)


class SentCard(NamedTuple):
    """A card as it was sent; without a code where WeCom told none. `approval_id`: its subject, of either kind."""

    root_id: int
    task_id: str
    approval_id: int
    account_ids: list[int]
    userids: list[str]
    step_no: int
    code: str | None
    code_until: datetime | None
    kind: str = "approval"


async def save_card(card: SentCard, moment: datetime) -> None:
    """Remember a card that was sent, and the code with which it can be changed."""
    await db.run(_SAVE_CARD, *card, moment)


async def new_code(task_id: str, code: str, until: datetime) -> db.Row | None:
    """Keep the code that came with a press, which is good for longer; brand, approval, and the code before it."""
    return await db.row(_NEW_CODE, task_id, code, until)


async def card_of(task_id: str) -> db.Row | None:
    """Brand and approval of a card."""
    return await db.row(_CARD, task_id)


async def cards(root_id: int, subject_id: int, kind: str = "approval") -> Sequence[db.Row]:
    """The cards that were sent about an approval, or a diversion."""
    return await db.rows(_CARDS, root_id, subject_id, kind)


async def shown(root_id: int, task_id: str, shows: str, spent: str | None = None) -> None:
    """Remember what all copies of a card show now, and forget the code that was spent for it."""
    await db.run(_SHOWN, root_id, task_id, shows, spent)


async def first_time(dedupe_key: str, moment: datetime) -> bool:
    """Whether a callback has not been acted on yet; waits for one that is being acted on at the moment."""
    return bool(await db.value(_SEEN, dedupe_key, moment))
