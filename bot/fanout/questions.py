"""What approvals are about, in words that fit any kind of document: each kind says how one is told of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from bot.fanout.registry import Event, Subject
from server.approvals import service as approvals

STUCK = "，原定的审批人都不在，请您处理或重新设置审批步骤"


class Question(NamedTuple):
    """An approval and its document: what it is called (特价申请), its matter in a few words, where it opens.

    `waits` is false while it has been put aside. Once it is decided, whoever asked is told: the account `asked_by` and
    those who hold `asker_permission` at the org `asker_id`.
    """

    approval: approvals.Facts
    name: str
    matter: str
    link: str
    waits: bool = True
    asked_by: int | None = None
    asker_id: int = 0
    asker_permission: str = ""


Approvals = Mapping[Subject, approvals.Facts]
Find = Callable[[Sequence[int], Sequence[int], Approvals], Awaitable[Mapping[Subject, Question]]]
"""(brands, subjects, their approvals) → the questions about them."""

_KINDS: dict[str, Find] = {}


def asks(kind: str) -> Callable[[Find], Find]:
    """The function finds what is asked about documents of a kind."""

    def added(find: Find) -> Find:
        _KINDS[kind] = find
        return find

    return added


def kind_of(event: Event) -> str:
    """The kind of document that an event about an approval says; events of before there were several: orders."""
    return str(event.payload.get("kind", "order"))


async def load(events: Sequence[Event]) -> Mapping[int, Question]:
    """The questions that events are about, kind by kind."""
    found: dict[int, Question] = {}
    for kind, find in _KINDS.items():
        about = [event for event in events if kind_of(event) == kind]
        if about:
            roots, ids = [event.root_id for event in about], [event.subject_id for event in about]
            asked = await approvals.facts_of_many(roots, kind, ids)
            questions = await find(roots, ids, asked)
            found |= {event.id: questions[event.subject] for event in about if event.subject in questions}
    return found
