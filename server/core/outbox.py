"""Messages leave in the transaction of the change.

A verb writes one event row; the bot works out who is to be told, and how, and sends. So the cost of a verb does
not grow with the number of its readers, and no notice is lost when the bot or WeCom is away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from server.core import clock, db

_INSERT = """
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
VALUES ($1, 'event', $2, $3, $4::text::jsonb, $5, $5)
"""


async def announce(root_id: int, topic: str, subject_id: int, payload: Mapping[str, Any] | None = None) -> None:
    """Leave one event, e.g. `order.submitted`, in the open transaction."""
    text = msgspec.json.encode(payload or {}, enc_hook=str).decode()
    await db.run(_INSERT, root_id, topic, subject_id, text, clock.now())


_INSERT_MANY = """
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT $1, 'event', $2, t.subject_id, t.payload::jsonb, $5, $5
FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS t (subject_id, payload, n) ORDER BY t.n
"""


async def announce_each(root_id: int, topic: str, payloads: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Leave one event for each subject (id, payload), in one statement."""
    told = list(payloads)
    texts = [msgspec.json.encode(payload, enc_hook=str).decode() for _, payload in told]
    if told:
        await db.run(_INSERT_MANY, root_id, topic, [subject for subject, _ in told], texts, clock.now())
