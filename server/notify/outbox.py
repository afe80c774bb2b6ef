"""The outbox as its keeper sees it: what each message is about, for whom, and how it went. (B7)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from server.core import audit, clock, db, live, naming, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, NotFound
from server.core.naming import Subject
from server.core.types import MAX_ID
from server.notify.schemas import MessageSubject, OutboxFilter, OutboxItem
from server.notify.words import TOPICS

# A card names its approval, and that what is asked; a change of a card reaches all who have it.
_PAGE = """
SELECT o.id, o.channel, o.topic, o.subject_id, o.state, o.attempts, o.last_error, o.created_at, o.next_at,
       o.delivered_at, o.payload::text AS payload, p.subject_kind AS asked_kind, p.subject_id AS asked_id, c.reached
FROM outbox o
LEFT JOIN approval p ON p.root_id = o.root_id AND p.id = o.subject_id
    AND o.channel IN ('wecom_card', 'wecom_update') AND NOT o.payload ? 'about'
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT a.id) AS reached FROM chat_card d, unnest(d.account_ids) AS a (id)
    WHERE d.root_id = o.root_id AND d.approval_id = o.subject_id
      AND d.kind = coalesce(o.payload ->> 'about', 'approval')
) c ON o.channel = 'wecom_update'
WHERE o.root_id = $1 AND o.state = $2 AND o.id < $3
ORDER BY o.id DESC LIMIT $4
"""
_PEOPLE = """
SELECT id, wecom_userid, name FROM account
WHERE root_id = $1 AND (id = ANY ($2::bigint[]) OR wecom_userid = ANY ($3::text[]))
ORDER BY id
"""
_RETRY = """
UPDATE outbox SET state = 'pending', attempts = 0, next_at = $3 WHERE root_id = $1 AND id = $2 AND state = 'failed'
"""

_KINDS = {
    "order": "order", "payment": "payment", "transfer": "transfer", "return": "return", "stocktake": "stocktake",
    "diversion": "diversion", "recall": "recall", "invitation": "invitation", "qualification": "qualification",
    "authority": "org", "price": "org", "alert": "alert_digest",
}  # fmt: skip
"""What the subject of an event is, by the first word of its topic."""

_OTHERS = {"alert.handed": "alert", "alert.reminded": "org"}
_LINKED = {"authority": "org", "price-exception": "price_exception"}
_MATTERS = {"alerts": "alert_digest", "diversion": "diversion"}


class NotFailed(BusinessError):
    """Only a failed message can be sent again."""

    status, code, title = 409, "not_failed", "不需要重发"


class _To(NamedTuple):
    """Whom a message is for: accounts, and members of the chat."""

    accounts: list[int]
    members: list[str]


async def list_outbox(actor: Actor, wanted: OutboxFilter) -> tuple[list[OutboxItem], str | None]:
    """The brand's messages in a state, the newest first (B7)."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    rows = await db.rows(_PAGE, actor.root_id, wanted.state, before, wanted.limit + 1)
    found, cursor = paging.page(rows, wanted.limit)
    said = [msgspec.json.decode(item["payload"]) for item in found]
    subjects = [_subject(item, payload) for item, payload in zip(found, said, strict=True)]
    called = await naming.names(actor.root_id, filter(None, subjects))
    receivers = [_to(item, payload) for item, payload in zip(found, said, strict=True)]
    people = await _names(actor.root_id, receivers)
    shown = [
        _item(item, payload, _named(subject, called), people(to))
        for item, payload, subject, to in zip(found, said, subjects, receivers, strict=True)
    ]
    return shown, cursor


def _subject(item: db.Row, payload: Mapping[str, Any]) -> Subject | None:
    """What a message is about, where there is such a thing: an answer in the chat is about nothing."""
    topic, subject_id = item["topic"], item["subject_id"]
    if item["channel"] == "subscribe":
        kind, _, number = str(payload.get("link", "")).partition("/")
        return (_LINKED.get(kind, kind), int(number)) if number.isdigit() else None
    if item["channel"] in ("wecom_card", "wecom_update"):
        matter = _MATTERS.get(payload.get("about", ""))
        return (matter, subject_id) if matter else item["asked_kind"] and (item["asked_kind"], item["asked_id"])
    first, _, _ = topic.partition(".")
    of = payload.get("kind") if first == "approval" else _OTHERS.get(topic) or _KINDS.get(first)
    return (of, subject_id) if of else None


def _named(subject: Subject | None, called: Mapping[Subject, str]) -> MessageSubject | None:
    return None if subject is None else MessageSubject(*subject, called.get(subject, ""))


def _to(item: db.Row, payload: Mapping[str, Any]) -> _To:
    if item["channel"] == "event":
        return _To([], [])
    accounts = [*payload.get("account_ids", ()), *(item["reached"] or ())]
    if "account_id" in payload:
        accounts.append(payload["account_id"])
    return _To(accounts, [] if accounts else list(payload.get("userids", ())))


class _People:
    """The names of accounts and of members of the chat."""

    def __init__(self, rows: Sequence[db.Row]) -> None:
        self._accounts = {row["id"]: row["name"] for row in rows}
        self._members = {row["wecom_userid"]: row["name"] for row in rows}

    def __call__(self, to: _To) -> list[str]:
        """Who gets a message; a member whom no account knows by his name in the chat."""
        named = [self._accounts[account_id] for account_id in to.accounts if account_id in self._accounts]
        return list(dict.fromkeys([*named, *(self._members.get(member, member) for member in to.members)]))


async def _names(root_id: int, receivers: Sequence[_To]) -> _People:
    accounts = sorted({account_id for to in receivers for account_id in to.accounts})
    members = sorted({member for to in receivers for member in to.members})
    return _People(await db.rows(_PEOPLE, root_id, accounts, members))


def _item(
    item: db.Row, payload: Mapping[str, Any], subject: MessageSubject | None, recipients: list[str]
) -> OutboxItem:
    facts = {name: item[name] for name in OutboxItem.__struct_fields__ if name in item}
    title, said = TOPICS.get(item["topic"]) or item["topic"], payload.get("body") or payload.get("text") or ""
    return OutboxItem(**facts, title=title, subject=subject, recipients=recipients, text=str(said))


async def retry(actor: Actor, message_id: int) -> None:
    """Send a failed message again (B7)."""
    async with db.transaction():
        if not await db.run(_RETRY, actor.root_id, message_id, clock.now()):
            known = await db.value("SELECT state FROM outbox WHERE root_id = $1 AND id = $2", actor.root_id, message_id)
            if known is None:
                raise NotFound("没有找到这条消息")
            raise NotFailed("这条消息没有失败，不需要重发")
        await audit.record(actor, "retry", "outbox", message_id, {})
        await live.hint(actor.root_id, "outbox")
