"""The inbox, subscribe-message grants, and the outbox as its keeper sees it."""

from __future__ import annotations

from functools import cache

from server.core import audit, clock, db, paging, tree
from server.core.actor import Actor
from server.core.errors import BusinessError, NotFound
from server.core.types import MAX_ID
from server.notify.schemas import AuditFilter, MarkRead, NoticeFilter, OutboxFilter

_NOTICES = """
SELECT id, kind, title, body, link, created_at, read_at FROM notice
WHERE root_id = $1 AND account_id = $2 AND id < $3{unread}
ORDER BY id DESC LIMIT $4
"""
# One text for each, so that the unread are found by their own index.
_INBOX = _NOTICES.format(unread="")
_UNREAD = _NOTICES.format(unread=" AND read_at IS NULL")
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
WHERE root_id = $1 AND state = $2 AND id < $3
ORDER BY id DESC LIMIT $4
"""
_RETRY = """
UPDATE outbox SET state = 'pending', attempts = 0, next_at = $3 WHERE root_id = $1 AND id = $2 AND state = 'failed'
"""
# An org's people see what was done in its subtree: the newest of each org there, or, for the brand's people, of all.
# $1 root  $2 kind  $3 subject  $4 before this id  $5 rows  $6 scope, where it is less than the brand
_AUDIT = """
WITH given AS (SELECT $2::text, $3::bigint)
SELECT e.id, a.name AS account_name, g.name AS org_name, e.verb, e.subject_kind, e.subject_id, e.changes::text, e.at
FROM ({newest}) e JOIN org g ON g.id = e.org_id LEFT JOIN account a ON a.id = e.account_id
ORDER BY e.id DESC LIMIT $5
"""
_ENTRIES = """
SELECT x.* FROM audit_entry x
WHERE x.root_id = $1{conditions} AND x.id < $4
ORDER BY x.id DESC LIMIT $5
"""
_BELOW = f"""
SELECT n.* FROM (SELECT DISTINCT g.id FROM {tree.below("$6", "o.id")}) o CROSS JOIN LATERAL ({{entries}}) n
"""  # noqa: S608 - constants of this file


@cache
def _audit(scoped: bool, kind: str | None, subject: bool) -> str:
    """The trail; a text for each choice of filters, so that each has its index.

    Nearly all entries are of orders: the index of kinds leaves them out, and they are found among the newest anyway.
    """
    conditions = " AND x.org_id = o.id" if scoped else " AND x.org_id IS NOT NULL"
    if kind is not None:
        conditions += " AND x.subject_kind = $2" + (" AND x.subject_kind <> 'order'" if kind == "other" else "")
    if subject:
        conditions += " AND x.subject_id = $3"
    entries = _ENTRIES.format(conditions=conditions)
    return _AUDIT.format(newest=_BELOW.format(entries=entries) if scoped else entries)


class NotFailed(BusinessError):
    """Only a failed message can be sent again."""

    status, code, title = 409, "not_failed", "不需要重发"


async def list_notices(actor: Actor, wanted: NoticeFilter) -> tuple[list[db.Row], str | None]:
    """The own inbox, the newest first (D6.2)."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    statement = _UNREAD if wanted.unread else _INBOX
    found = await db.rows(statement, actor.root_id, actor.account_id, before, wanted.limit + 1)
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
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    return paging.page(await db.rows(_OUTBOX, actor.root_id, wanted.state, before, wanted.limit + 1), wanted.limit)


async def retry(actor: Actor, message_id: int) -> None:
    """Send a failed message again (B7)."""
    async with db.transaction():
        if not await db.run(_RETRY, actor.root_id, message_id, clock.now()):
            known = await db.value("SELECT state FROM outbox WHERE root_id = $1 AND id = $2", actor.root_id, message_id)
            if known is None:
                raise NotFound("没有找到这条消息")
            raise NotFailed("这条消息没有失败，不需要重发")
        await audit.record(actor, "retry", "outbox", message_id, {})


async def list_audit(actor: Actor, wanted: AuditFilter) -> tuple[list[db.Row], str | None]:
    """Who did what inside the scope, the newest first."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    kind = wanted.subject_kind and ("order" if wanted.subject_kind == "order" else "other")
    asked = (actor.root_id, wanted.subject_kind, wanted.subject_id, before, wanted.limit + 1)
    scope = () if actor.sees_all else (actor.scope,)
    found = await db.rows(_audit(bool(scope), kind, wanted.subject_id is not None), *asked, *scope)
    return paging.page(found, wanted.limit)
