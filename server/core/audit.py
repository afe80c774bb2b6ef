"""The audit trail: every write leaves who, when, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from server.core import clock, db
from server.core.actor import Actor
from server.core.logs import request_id

_INSERT = """
INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9)
"""

_INSERT_MANY = """
INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
SELECT $1, $2, $3, t.verb, $4, t.subject_id, t.changes::jsonb, $8, $9
FROM unnest($5::text[], $6::bigint[], $7::text[]) AS t (verb, subject_id, changes)
"""

_LAST = """
SELECT e.at, a.name AS account_name FROM audit_entry e LEFT JOIN account a ON a.id = e.account_id
WHERE e.root_id = $1 AND e.subject_kind = $2 AND e.subject_id = $3 AND e.verb = $4
ORDER BY e.id DESC LIMIT 1
"""

SECRET = frozenset({"password", "password_hash", "token_hash"})


class Entry(NamedTuple):
    """What was done with one of many subjects of a kind."""

    verb: str
    subject_id: int
    changes: Mapping[str, Any]


class Last(NamedTuple):
    """When something was last done with a subject, and by whom; nobody: the system."""

    at: datetime
    account_name: str | None


async def last(root_id: int, verb: str, kind: str, subject_id: int) -> Last | None:
    """When a verb was last done with a subject."""
    found = await db.row(_LAST, root_id, kind, subject_id, verb)
    return None if found is None else Last(found["at"], found["account_name"])


async def record(actor: Actor, verb: str, kind: str, subject_id: int, changes: Mapping[str, Any]) -> None:
    """Write one entry in the open transaction; secrets are named, never written."""
    shown = {name: "***" if name in SECRET else item for name, item in changes.items()}
    await db.run(
        _INSERT,
        actor.root_id,
        actor.account_id or None,
        actor.org_id,
        verb,
        kind,
        subject_id,
        msgspec.json.encode(shown, enc_hook=str).decode(),
        request_id.get(),
        clock.now(),
    )


async def record_many(actor: Actor, kind: str, entries: Sequence[Entry]) -> None:
    """Write an entry for each of many subjects in one statement of the open transaction; without secrets."""
    if not entries:
        return
    await db.run(
        _INSERT_MANY,
        actor.root_id,
        actor.account_id or None,
        actor.org_id,
        kind,
        [entry.verb for entry in entries],
        [entry.subject_id for entry in entries],
        [msgspec.json.encode(entry.changes, enc_hook=str).decode() for entry in entries],
        request_id.get(),
        clock.now(),
    )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What an edit changed: field → [old, new]."""
    return {name: [before.get(name), new] for name, new in after.items() if before.get(name) != new}
