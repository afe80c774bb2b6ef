"""The audit trail: every write leaves who, when, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from server.core import clock, db
from server.core.actor import Actor
from server.core.logs import request_id

_INSERT = """
INSERT INTO audit_entry (root_id, account_id, org_id, verb, subject_kind, subject_id, changes, request_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9)
"""

SECRET = frozenset({"password", "password_hash", "token_hash"})


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


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What an edit changed: field → [old, new]."""
    return {name: [before.get(name), new] for name, new in after.items() if before.get(name) != new}
