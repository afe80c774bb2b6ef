"""The inbox, subscribe-message grants, and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from server.core import clock, db, naming, paging, tree
from server.core.actor import Actor
from server.core.naming import Subject
from server.core.types import MAX_ID
from server.notify.schemas import AuditEntry, AuditFilter, MarkRead, NoticeFilter

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
# An org's people see what was done in its subtree: the newest of each org there, or, for the brand's people, of all.
# $1 root  $2 kind  $3 subject  $4 before this id  $5 rows  $6 person  $7 from  $8 to
# $9 scope, where it is less than the brand
_AUDIT = """
WITH given AS (SELECT $2::text, $3::bigint, $4::bigint, $6::bigint, $7::timestamptz, $8::timestamptz)
SELECT e.id, e.account_id, a.name AS account_name, g.name AS org_name, e.verb, e.subject_kind, e.subject_id,
       e.changes::text, e.at
FROM ({newest}) e JOIN org g ON g.id = e.org_id LEFT JOIN account a ON a.id = e.account_id
ORDER BY {order} LIMIT $5
"""
_ENTRIES = """
SELECT x.* FROM audit_entry x
WHERE x.root_id = $1{conditions}
ORDER BY {order} LIMIT $5
"""
_ORGS = tree.below("$9", "o.id")
_BELOW = f"SELECT n.* FROM (SELECT DISTINCT g.id FROM {_ORGS}) o CROSS JOIN LATERAL ({{entries}}) n"  # noqa: S608 - constants of this file
_LAST = "(SELECT c.at FROM audit_entry c WHERE c.root_id = $1 AND c.id = $4)"


# Entries are numbered as things happen, but for the few that happen at once.
_AROUND = """
  AND x.id >= (SELECT c.id FROM audit_entry c WHERE c.root_id = $1 AND c.at >= $7 ORDER BY c.at, c.id LIMIT 1) - 1000
  AND x.id <= (SELECT c.id FROM audit_entry c WHERE c.root_id = $1 AND c.at < $8
               ORDER BY c.at DESC, c.id DESC LIMIT 1) + 1000"""


class _Shape(NamedTuple):
    """Which filters a trail has; each choice is a text of its own, so that each has its index."""

    scoped: bool
    kind: str | None
    subject: bool
    person: bool
    dated: bool
    more: bool

    @property
    def by_moment(self) -> bool:
        """Whether it is read along the moments: all of a person's, or of some days; else along the numbers."""
        return self.person or (self.dated and not self.scoped and not self.subject and self.kind != "other")


@cache
def _audit(shape: _Shape) -> str:
    """The trail.

    Nearly all entries are of orders: the index of kinds leaves them out, and they are found among the newest anyway.
    """
    conditions = " AND x.org_id IS NOT NULL"
    if shape.scoped:
        conditions = f" AND x.org_id IN (SELECT g.id FROM {_ORGS})" if shape.person else " AND x.org_id = o.id"  # noqa: S608
    if shape.kind is not None:
        conditions += " AND x.subject_kind = $2" + (" AND x.subject_kind <> 'order'" if shape.kind == "other" else "")
    conditions += " AND x.subject_id = $3" if shape.subject else ""
    conditions += " AND x.account_id = $6" if shape.person else ""
    conditions += " AND x.at >= $7 AND x.at < $8" if shape.dated else ""
    conditions += _AROUND if shape.dated and not shape.by_moment else ""
    if shape.more:
        later = f" AND x.at <= {_LAST} AND (x.at < {_LAST} OR x.id < $4)"
        conditions += later if shape.by_moment else " AND x.id < $4"
    order = "{0}.at DESC, {0}.id DESC" if shape.by_moment else "{0}.id DESC"
    entries = _ENTRIES.format(conditions=conditions, order=order.format("x"))
    per_org = shape.scoped and not shape.person
    return _AUDIT.format(newest=_BELOW.format(entries=entries) if per_org else entries, order=order.format("e"))


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


async def list_audit(actor: Actor, wanted: AuditFilter) -> tuple[list[db.Row], str | None]:
    """Who did what inside the scope, the newest first; of a person, of a kind, of some days."""
    before = paging.id_cursor(wanted.cursor)
    shape = _Shape(
        scoped=not actor.sees_all,
        kind=wanted.subject_kind and ("order" if wanted.subject_kind == "order" else "other"),
        subject=wanted.subject_id is not None,
        person=wanted.account_id is not None,
        dated=wanted.from_ is not None or wanted.to is not None,
        more=before is not None,
    )
    asked = (actor.root_id, wanted.subject_kind, wanted.subject_id, before, wanted.limit + 1, wanted.account_id)
    scope = (actor.scope,) if shape.scoped else ()
    found = await db.rows(_audit(shape), *asked, *clock.between(wanted.from_, wanted.to), *scope)
    return paging.page(found, wanted.limit)


async def with_names(actor: Actor, found: Sequence[db.Row]) -> list[AuditEntry]:
    """Entries of the trail with the names of what they are about, and of what their changes name by ids."""
    inside = [set(naming.inside(msgspec.json.decode(item["changes"]))) for item in found]
    subjects = {(item["subject_kind"], item["subject_id"]) for item in found}
    subjects |= {subject for its in inside for _, subject in its}
    called = await naming.names(actor.root_id, subjects)
    return [
        AuditEntry(
            **{**item, "changes": msgspec.Raw(item["changes"].encode())},  # stored as checked JSON
            subject_name=called.get((item["subject_kind"], item["subject_id"]), ""),
            named=_by_field(called, named),
        )
        for item, named in zip(found, inside, strict=True)
    ]


def _by_field(called: Mapping[Subject, str], named: set[tuple[str, Subject]]) -> dict[str, dict[str, str]]:
    by_field: dict[str, dict[str, str]] = {}
    for field, subject in named:
        if subject in called:
            by_field.setdefault(field, {})[str(subject[1])] = called[subject]
    return by_field
