"""Notices of the history: what was told long ago is done, the last days are told by the bot's own fan-out.

So inboxes have their notices with the times at which things happened, and the chat gets cards only for what still
waits for a decision.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from bot.fanout import Event, Fanout
from server.core import clock, db
from server.settings import Settings

TOLD_DAYS = 3
READ_HOURS = 20

_DONE = """
UPDATE outbox SET state = 'delivered', attempts = 1, delivered_at = created_at
WHERE root_id = $1 AND state = 'pending' AND channel = 'event' AND created_at < $2
"""
_RECENT = """
SELECT id, root_id, topic, subject_id, payload::text AS payload, created_at FROM outbox
WHERE root_id = $1 AND state = 'pending' AND channel = 'event' ORDER BY created_at, id
"""
_MARK = """
UPDATE outbox SET state = 'delivered', attempts = 1, delivered_at = created_at
WHERE root_id = $1 AND id = ANY ($2::bigint[])
"""
# No card was ever sent for what was decided inside the history.
_NO_CARD = """
UPDATE outbox SET state = 'skipped', delivered_at = created_at, last_error = '没有发过卡片'
WHERE root_id = $1 AND state = 'pending' AND channel = 'wecom_update'
"""
_READ = "UPDATE notice SET read_at = created_at + interval '40 minutes' WHERE root_id = $1 AND created_at < $2"


async def tell_history(settings: Settings, root_id: int, now: datetime) -> None:
    """Leave the outbox as the bot would have left it, but for the cards about what is undecided."""
    await db.run(_DONE, root_id, now - timedelta(days=TOLD_DAYS))
    recent = await db.rows(_RECENT, root_id)
    for row in recent:
        event = Event(row["id"], root_id, row["topic"], row["subject_id"], msgspec.json.decode(row["payload"]))
        with clock.frozen(row["created_at"]):
            async with db.transaction():
                for _, reason in await Fanout(settings).expand([event]):
                    raise reason
    await db.run(_MARK, root_id, [row["id"] for row in recent])
    await db.run(_NO_CARD, root_id)
    await db.run(_READ, root_id, now - timedelta(hours=READ_HOURS))
