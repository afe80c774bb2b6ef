"""The inbox, subscribe-message grants, and the outbox as its keeper sees it."""

from __future__ import annotations

from server.core import audit, clock, db, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, NotFound
from server.notify.schemas import AuditFilter, MarkRead, NoticeFilter, OutboxFilter

_NOTICES = """
SELECT id, kind, title, body, link, created_at, read_at FROM notice
WHERE root_id = $1 AND account_id = $2 AND (NOT $3 OR read_at IS NULL) AND ($4::bigint IS NULL OR id < $4)
ORDER BY id DESC LIMIT $5
"""
_READ = """
UPDATE notice SET read_at = $3
WHERE root_id = $1 AND account_id = $2 AND read_at IS NULL AND ($4::bigint[] IS NULL OR id = ANY ($4))
"""
_GRANT = """
INSERT INTO subscription_grant (account_id, template_id, remaining, updated_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (account_id, template_id) DO UPDATE SET remaining = subscription_grant.remaining + 1, updated_at = $3
"""
_OUTBOX = """
SELECT id, channel, topic, subject_id, state, attempts, last_error, created_at, next_at, delivered_at FROM outbox
WHERE root_id = $1 AND state = $2 AND ($3::bigint IS NULL OR id < $3)
ORDER BY id DESC LIMIT $4
"""
_RETRY = """
UPDATE outbox SET state = 'pending', attempts = 0, next_at = $3 WHERE root_id = $1 AND id = $2 AND state = 'failed'
"""
# An org's people see what was done in its subtree.
_AUDIT = """
SELECT e.id, a.name AS account_name, g.name AS org_name, e.verb, e.subject_kind, e.subject_id, e.changes::text, e.at
FROM audit_entry e JOIN org g ON g.id = e.org_id LEFT JOIN account a ON a.id = e.account_id
WHERE e.root_id = $1 AND g.path LIKE ANY ($2::text[]) AND ($3::text IS NULL OR e.subject_kind = $3)
  AND ($4::bigint IS NULL OR e.subject_id = $4) AND ($5::bigint IS NULL OR e.id < $5)
ORDER BY e.id DESC LIMIT $6
"""


class NotFailed(BusinessError):
    """Only a failed message can be sent again."""

    status, code, title = 409, "not_failed", "不需要重发"


async def list_notices(actor: Actor, wanted: NoticeFilter) -> tuple[list[db.Row], str | None]:
    """The own inbox, the newest first (D6.2)."""
    before = paging.id_cursor(wanted.cursor)
    found = await db.rows(
        _NOTICES, actor.root_id, actor.account_id, wanted.unread, before, wanted.limit + 1
    )
    return paging.page(found, wanted.limit)


async def mark_read(actor: Actor, read: MarkRead) -> None:
    """Mark own notices read."""
    await db.run(_READ, actor.root_id, actor.account_id, clock.now(), read.ids)


async def count_grant(actor: Actor, template_id: str, accepted: bool) -> None:
    """Count a subscribe-message grant: one grant is one message."""
    if accepted:
        await db.run(_GRANT, actor.account_id, template_id, clock.now())


async def list_outbox(actor: Actor, wanted: OutboxFilter) -> tuple[list[db.Row], str | None]:
    """The brand's messages in a state, the newest first (B7)."""
    before = paging.id_cursor(wanted.cursor)
    return paging.page(await db.rows(_OUTBOX, actor.root_id, wanted.state, before, wanted.limit + 1), wanted.limit)


async def retry(actor: Actor, message_id: int) -> None:
    """Send a failed message again (B7)."""
    async with db.transaction():
        if not await db.run(_RETRY, actor.root_id, message_id, clock.now()):
            known = await db.value("SELECT state FROM outbox WHERE root_id = $1 AND id = $2", actor.root_id, message_id)
            if known is None:
                raise NotFound("没有找到这条消息")
            raise NotFailed("这条消息没有失败,不需要重发")
        await audit.record(actor, "retry", "outbox", message_id, {})


async def list_audit(actor: Actor, wanted: AuditFilter) -> tuple[list[db.Row], str | None]:
    """Who did what inside the scope, the newest first."""
    before = paging.id_cursor(wanted.cursor)
    found = await db.rows(
        _AUDIT, actor.root_id, actor.patterns, wanted.subject_kind, wanted.subject_id, before, wanted.limit + 1
    )
    return paging.page(found, wanted.limit)
