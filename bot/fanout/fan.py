"""Expands a batch of events: what each topic says, collected and written for all of them at once."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from bot.fanout.registry import TOPICS, Event, Load
from server.approvals import service as approvals
from server.approvals.people import ADMINISTRATORS, Asked, Want, asked
from server.core import clock, db, live
from server.notify import queries
from server.notify.queries import Message, Told
from server.settings import Settings

_log = logging.getLogger("qutong.fanout")


class Fanout:
    """Expands events; collects whom to tell live once the transaction has committed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.told: set[int] = set()
        self._notices: list[Told] = []
        self._messages: list[Message] = []
        self._about: dict[Load[Any], Mapping[int, Any]] = {}
        self._known: dict[tuple[Any, ...], Sequence[db.Row]] = {}
        self._asked: dict[tuple[int, Want], Asked] = {}

    async def expand(self, events: Sequence[Event]) -> list[tuple[Event, Exception]]:
        """Everything that follows from these events, in their order; those that cannot be expanded, and why.

        Topics that nobody waits for are done at once. What the database refuses is raised: the transaction is lost.
        """
        told = [event for event in events if event.topic in TOPICS]
        await self._read(told)
        failed = []
        for event in told:
            mark = len(self._notices), len(self._messages)
            try:
                await self._expand(event)
            except Exception as error:  # one event that cannot be expanded must not hold up the others
                if isinstance(error, asyncpg.PostgresError) or db.is_away(error):
                    raise
                _log.exception("event_failed", extra={"outbox_id": event.id, "topic": event.topic})
                del self._notices[mark[0] :], self._messages[mark[1] :]
                failed.append((event, error))
        await self._write()
        return failed

    async def _read(self, events: Sequence[Event]) -> None:
        """What is to be known of all their subjects."""
        by_load: dict[Load[Any], list[Event]] = {}
        for event in events:
            load = TOPICS[event.topic].load
            if load is not None:
                by_load.setdefault(load, []).append(event)
        self._about = {load: await load(its) for load, its in by_load.items()}

    async def _expand(self, event: Event) -> None:
        topic = TOPICS[event.topic]
        if topic.load is None:
            await topic.tell(self, event)
            return
        facts = self._about[topic.load].get(event.id)
        if facts is not None:
            await topic.tell(self, event, facts)

    async def _write(self) -> None:
        moment = clock.now()
        self.told = await queries.tell(self._notices, moment)
        await queries.enqueue([*self._messages, *await self._subscribe_messages()], moment)

    async def _subscribe_messages(self) -> list[Message]:
        """A subscribe message beside each notice of who has a grant left (D6.2)."""
        template = self.settings.wechat.template_order
        if not template or not self._notices:
            return []
        ids = sorted({told.account_id for told in self._notices})
        found = await queries.subscribed(ids, template, self.settings.wechat.app_id)
        return [
            Message(
                told.root_id,
                "subscribe",
                told.kind,
                int(told.link.rpartition("/")[2]) if told.link.rpartition("/")[2].isdigit() else told.account_id,
                f"subscribe:{told.account_id}",
                f"subscribe:{told.dedupe_key}:{told.account_id}",
                {
                    "account_id": told.account_id,
                    "openid": found[told.account_id],
                    "title": told.title,
                    "body": told.body,
                    "link": told.link,
                    "template_id": template,
                },
            )
            for told in self._notices
            if told.account_id in found
        ]

    async def people(self, org_id: int, permission: str) -> Sequence[db.Row]:
        """Who holds a permission at an org."""
        key = ("people", org_id, permission)
        if key not in self._known:
            self._known[key] = await queries.people(org_id, permission)
        return self._known[key]

    async def deciders(self, approval: approvals.Facts, escalated: bool = False) -> Asked:
        """Who is asked to take the step that waits; or who is asked as well when nobody has taken it in time."""
        want = Want(approval.buyer_id, approval.who, approval.reps_first)
        if escalated:
            want = Want(approval.buyer_id, approval.escalate_to or ADMINISTRATORS)
        key = (approval.org_id, want)
        if key not in self._asked:
            (self._asked[key],) = await asked(approval.org_id, [want])
        return self._asked[key]

    def tell(self, event: Event, people: Sequence[db.Row], title: str, body: str, link: str) -> None:
        """A notice in the inbox of each."""
        key = f"{event.topic}:{event.id}"
        told = [Told(event.root_id, person["id"], event.topic, title, body, link, key) for person in people]
        self._notices.extend(told)

    def card(self, event: Event, approval_id: int, people: Sequence[db.Row]) -> None:
        """One approval card for all who can decide and are in the chat."""
        members = [person for person in people if person["wecom_userid"]]
        if members:
            payload = {
                "account_ids": [person["id"] for person in members],
                "userids": [person["wecom_userid"] for person in members],
                # No other send ever has this id, also not one of another database behind the same app.
                "task_id": f"approval-{approval_id}-{event.id}-{secrets.token_hex(4)}",
            }
            self._message(event, "wecom_card", approval_id, f"card:{event.id}:{approval_id}", payload)

    def update_cards(self, event: Event, approval_id: int) -> None:
        """Let every copy of the approval's cards show how it stands now."""
        self._message(event, "wecom_update", approval_id, f"update:{event.id}:{approval_id}", {})

    def _message(self, event: Event, channel: str, approval_id: int, key: str, payload: dict[str, Any]) -> None:
        stream = f"approval:{approval_id}"
        self._messages.append(Message(event.root_id, channel, event.topic, approval_id, stream, key, payload))

    def leave(self, message: Message) -> None:
        """Any other message that follows from an event."""
        self._messages.append(message)

    def text(self, event: Event, people: Sequence[db.Row], text: str) -> None:
        """A text in the chat of each who is in it."""
        for userid in (person["wecom_userid"] for person in people if person["wecom_userid"]):
            key = f"text:{event.id}:{userid}"
            payload = {"userids": [userid], "text": text, **_kind_of(event)}
            stream = f"member:{userid}"
            self._messages.append(
                Message(event.root_id, "wecom_text", event.topic, event.subject_id, stream, key, payload)
            )


def _kind_of(event: Event) -> dict[str, Any]:
    """An approval's event names the kind of its document, which its id alone does not tell."""
    return {"kind": event.payload["kind"]} if "kind" in event.payload else {}


async def tell_live(account_ids: set[int]) -> None:
    """Tell the open pages of these accounts that their inbox has grown."""
    for account_id in sorted(account_ids):
        await live.tell_account(account_id, "notice", {})
