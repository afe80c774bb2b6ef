"""The life of a job: queued, taken by a worker for a while, and what became of it.

A worker holds a job by a lease, which it renews while it lives. When it dies, the lease ends and another takes the job
up; what it had begun was one transaction, so nothing of it is there. A worker that was only slow finds, when it wants
to finish, that the job is not its own any more, and takes everything back.
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from server.core import clock, db
from server.core.actor import Actor

CALLED = {
    "exchange_job": "SELECT id, file_name AS name FROM exchange_job WHERE root_id = $1 AND id = ANY ({ids})",
}
"""What these are called in lists of records of every kind (`server.core.naming`)."""

LEASE = timedelta(seconds=30)
ATTEMPTS = 2
"""So often a job is begun; one that kills its worker twice is not tried a third time."""

KEEP = timedelta(days=7)

_CREATE = """
INSERT INTO exchange_job (root_id, account_id, org_id, direction, kind, step, file_name, format, stored_as, request,
                          created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb, $11, $12)
RETURNING id
"""

_TAKE = """
UPDATE exchange_job j SET state = 'running', taken_by = $1, taken_until = $2, attempts = j.attempts + 1,
    started_at = coalesce(j.started_at, $3)
WHERE (j.root_id, j.id) = (
    SELECT x.root_id, x.id FROM exchange_job x
    WHERE x.state = 'queued' OR (x.state = 'running' AND x.taken_until < $3)
    ORDER BY x.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING j.id, j.root_id, j.account_id, j.direction, j.kind, j.step, j.file_name, j.format, j.stored_as,
          j.request::text AS request, j.attempts, j.cancel
"""

_MINE = "root_id = $1 AND id = $2 AND taken_by = $3 AND state = 'running'"

_BEAT = f"""
UPDATE exchange_job SET phase = $4, percent = $5, rows = $6, taken_until = $7 WHERE {_MINE} RETURNING cancel
"""

_SETTLE = f"""
UPDATE exchange_job SET state = $4, phase = '', percent = CASE WHEN $4 IN ('done', 'ready') THEN 100 ELSE percent END,
    rows = coalesce($5, rows), result = coalesce($6::text::jsonb, result), error = $7, peak_kb = $8, finished_at = $9,
    taken_by = NULL, taken_until = NULL, cancel = false
WHERE {_MINE}
RETURNING true
"""

_LET_GO = "UPDATE exchange_job SET taken_until = $2 WHERE taken_by = $1 AND state = 'running'"

_WAITING = """
SELECT EXISTS (SELECT FROM exchange_job WHERE state = 'queued' OR (state = 'running' AND taken_until < $1))
"""

_COLUMNS = """
id, direction, kind, file_name, format, step, state, phase, percent, rows, error, stored_as, created_at, finished_at,
expires_at, coalesce((result ->> 'error_count')::int, 0) AS wrong
"""
_ONE = f"SELECT {_COLUMNS}, result::text AS result FROM exchange_job WHERE root_id = $1 AND account_id = $2 AND id = $3"
_OWN = f"""
SELECT {_COLUMNS} FROM exchange_job
WHERE account_id = $1 AND id < $2 AND ($3::text IS NULL OR direction = $3)
ORDER BY id DESC LIMIT $4
"""
_OPEN = "SELECT count(*) FROM exchange_job WHERE account_id = $1 AND state IN ('queued', 'running')"

_CONFIRM = """
UPDATE exchange_job SET step = 'apply', state = 'queued', percent = 0, attempts = 0, finished_at = NULL
WHERE root_id = $1 AND account_id = $2 AND id = $3 AND state = 'ready'
RETURNING true
"""

# What nobody works at ends at once; a worker hears of it with its next beat.
_CANCEL = """
UPDATE exchange_job SET cancel = state = 'running', state = CASE state WHEN 'running' THEN state ELSE 'cancelled' END,
    finished_at = CASE state WHEN 'running' THEN NULL ELSE $4::timestamptz END
WHERE root_id = $1 AND account_id = $2 AND id = $3 AND state IN ('queued', 'running', 'ready')
RETURNING state
"""

_EXPIRED = """
DELETE FROM exchange_job WHERE expires_at < $1 AND state NOT IN ('queued', 'running') RETURNING stored_as
"""


class Job(msgspec.Struct):
    """A job as a worker has taken it."""

    id: int
    root_id: int
    account_id: int
    direction: str
    kind: str
    step: str
    file_name: str
    format: str
    stored_as: str
    request: str
    attempts: int
    cancel: bool


class Lost(Exception):
    """The job is not this worker's any more: another has taken it up, or it is over."""


def path(folder: Path, stored_as: str, what: str) -> Path:
    """Where a job's file lies: `upload`, `rows`, `marked` or `out`."""
    ending = what if what in ("out", "rows") else f"{what}.xlsx"  # openpyxl opens nothing that is called otherwise
    return folder / "exchange" / stored_as[:2] / f"{stored_as}.{ending}"


async def create(
    actor: Actor, direction: str, kind: str, step: str, file_name: str, file_format: str, stored_as: str, request: Any
) -> int:
    """Leave a job; its id."""
    moment = clock.now()
    text = msgspec.json.encode(request).decode()
    return int(
        await db.value(
            _CREATE, actor.root_id, actor.account_id, actor.org_id, direction, kind, step, file_name, file_format,
            stored_as, text, moment, moment + KEEP,
        )
    )  # fmt: skip


async def take(worker: str) -> Job | None:
    """Take the oldest job that waits, or whose worker has died."""
    moment = clock.now()
    found = await db.row(_TAKE, worker, moment + LEASE, moment)
    return None if found is None else Job(**found)


async def beat(job: Job, worker: str, phase: str, percent: int | None, rows: int) -> bool:
    """Say how far a job is and keep it; whether its owner wants it ended. Raises `Lost`."""
    found = await db.row(_BEAT, job.root_id, job.id, worker, phase, percent, rows, clock.now() + LEASE)
    if found is None:
        raise Lost
    return bool(found["cancel"])


async def settle(
    job: Job, worker: str, state: str, *, rows: int | None = None, result: Any = None, error: str = "", peak_kb: int = 0
) -> None:
    """Write what became of a job, in the transaction of its effect where it has one. Raises `Lost`."""
    text = None if result is None else msgspec.json.encode(result).decode().replace("\\u0000", "")
    moment = None if state == "ready" else clock.now()
    values = (job.root_id, job.id, worker, state, rows, text, error[:500], peak_kb, moment)
    if not await db.value(_SETTLE, *values):
        raise Lost


async def let_go(worker: str) -> None:
    """Free what a worker held that is known to be dead."""
    await db.run(_LET_GO, worker, clock.now() - timedelta(seconds=1))


async def waiting() -> bool:
    """Whether there is a job to be taken."""
    return bool(await db.value(_WAITING, clock.now()))


async def one(actor: Actor, job_id: int) -> db.Row | None:
    """One of the own jobs."""
    return await db.row(_ONE, actor.root_id, actor.account_id, job_id)


async def own(actor: Actor, before: int, direction: str | None, limit: int) -> Sequence[db.Row]:
    """A page of the own jobs."""
    return await db.rows(_OWN, actor.account_id, before, direction, limit)


async def count_open(actor: Actor) -> int:
    """How many of the own jobs are not over."""
    return int(await db.value(_OPEN, actor.account_id))


async def confirm(actor: Actor, job_id: int) -> bool:
    """Let a checked import be written; False when it does not wait for that."""
    return bool(await db.value(_CONFIRM, actor.root_id, actor.account_id, job_id))


async def cancel(actor: Actor, job_id: int) -> str | None:
    """End a job; its state afterwards, None when it is over already."""
    state: str | None = await db.value(_CANCEL, actor.root_id, actor.account_id, job_id, clock.now())
    return state


async def clean_up(folder: Path, moment: datetime) -> int:
    """Remove jobs whose time is over, and their files; the number of jobs."""
    gone = await db.rows(_EXPIRED, moment)
    for item in gone:
        for what in ("upload", "rows", "marked", "out"):
            path(folder, item["stored_as"], what).unlink(missing_ok=True)
    return len(gone)
