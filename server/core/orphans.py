"""Uploads that nothing names: a picture taken and not sent, a document that was replaced. They go after a week.

Modules say by which of their columns a file is named (`named_by`, connected in `server/modules.py`). Whoever attaches a
file locks its row until his change is committed (`files.are_own`), so a file is not taken from under him: the clean-up
passes over locked rows, and asks again whether a row is named once it holds it.
"""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from server.core import clock, db, files

KEPT_FOR = timedelta(days=7)
AT_ONCE = 1000

_named: list[str] = []

_LOCK = """
SELECT f.root_id, f.id FROM stored_file f WHERE f.created_at < $1 AND NOT ({named})
ORDER BY f.root_id, f.id LIMIT {limit} FOR UPDATE SKIP LOCKED
"""
_REMOVE = """
DELETE FROM stored_file f USING unnest($1::bigint[], $2::bigint[]) AS t (root_id, id)
WHERE f.root_id = t.root_id AND f.id = t.id AND NOT ({named})
RETURNING f.sha256
"""
_HELD = "SELECT DISTINCT sha256 FROM stored_file WHERE sha256 = ANY ($1::bytea[])"


def named_by(rows: str) -> None:
    """The statement finds the rows that name the file `f` (a row of `stored_file`)."""
    if rows not in _named:
        _named.append(rows)


def statements() -> Sequence[str]:
    """All that is known by which files are named."""
    return tuple(_named)


async def clean_up(folder: Path) -> int:
    """Remove files that nothing names after a week, and their content where no other file has the same; the number."""
    if not _named:  # nobody has said what names a file: all would be orphans
        return 0
    named = " OR ".join(f"EXISTS ({rows})" for rows in _named)
    removed = 0
    while True:
        async with db.transaction():
            found = await db.rows(_LOCK.format(named=named, limit=AT_ONCE), clock.now() - KEPT_FOR)
            keys = ([item["root_id"] for item in found], [item["id"] for item in found])
            gone = await db.rows(_REMOVE.format(named=named), *keys) if found else ()
        await _forget({item["sha256"] for item in gone}, folder)
        removed += len(gone)
        if len(found) < AT_ONCE:
            return removed


async def _forget(digests: set[bytes], folder: Path) -> None:
    """Remove contents that no row has any more; who stores the same content at this moment waits, or is waited for."""
    if not digests:
        return
    async with db.transaction():
        for digest in sorted(digests):
            await files.hold_content(digest)
        held = {item["sha256"] for item in await db.rows(_HELD, list(digests))}
        await asyncio.to_thread(_unlink, [files.path_of(folder, digest.hex()) for digest in digests - held])


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
