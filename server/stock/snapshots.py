"""Snapshots: what places held at the beginning of a month, so that no day in the past is far from one.

A place gets one when enough has moved since its last, so snapshots stay fewer than the moves they save reading. Each is
one transaction: whoever is stopped in the middle goes on where it was. The journal stays the truth; `tests/invariants`
compares every snapshot with it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from server.core import clock, db
from server.stock.history_queries import snapshot_statement
from server.stock.words import REASONS

ENOUGH = 2_000
"""Ends of moves after which a place is worth a snapshot."""

SETTLED = timedelta(hours=1)
"""What was booked so long ago has been committed."""

_BATCH = 200

_DUE = """
SELECT w.root_id, w.org_id, w.id FROM location w
CROSS JOIN LATERAL (
    SELECT max(h.before) AS last FROM stock_snapshot_head h WHERE h.root_id = w.root_id AND h.location_id = w.id
) s
WHERE w.kind IN ('warehouse', 'quarantine') AND w.id > $1 AND (s.last IS NULL OR s.last < $2)
  AND $3 <= (SELECT count(*) FROM (
    SELECT FROM stock_move m WHERE m.root_id = w.root_id AND m.to_location_id = w.id AND m.reason = ANY ($4::text[])
        AND m.at >= coalesce(s.last, '-infinity') AND m.at < $2 LIMIT $3) came)
    + (SELECT count(*) FROM (
    SELECT FROM stock_move m WHERE m.root_id = w.root_id AND m.from_location_id = w.id AND m.reason = ANY ($4::text[])
        AND m.at >= coalesce(s.last, '-infinity') AND m.at < $2 LIMIT $3) went)
ORDER BY w.id LIMIT $5
"""


def month_begin(moment: datetime) -> datetime:
    """When the month of a moment began, in the deployment's zone."""
    day = moment.astimezone(clock.zone()).date().replace(day=1)
    return datetime.combine(day, time(), clock.zone())


async def take_snapshots(enough: int = ENOUGH) -> int:
    """Take the snapshots of this month's beginning that are not there yet; how many were taken."""
    moment = clock.now()
    before = month_begin(moment)
    if moment - before < SETTLED:
        return 0
    taken, last = 0, 0
    while due := await db.rows(_DUE, last, before, enough, list(REASONS), _BATCH):
        for place in due:
            asked = (place["root_id"], place["org_id"], place["id"], before, None, moment, list(REASONS), moment)
            await db.run(snapshot_statement(), *asked)
            taken += 1
        last = due[-1]["id"]
    return taken
