"""Messages leave in the transaction of the change.

A verb writes one event row; the bot works out who is to be told, and how, and sends. So the cost of a verb does
not grow with the number of its readers, and no notice is lost when the bot or WeCom is away.
"""

from __future__ import annotations

from collections.abc import Mapping
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
