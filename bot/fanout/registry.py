"""Which topic is told by whom: each file of topics adds its own, so none of them has to know another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

if TYPE_CHECKING:
    from bot.fanout.fan import Fanout

Subject = tuple[int, int]
"""Brand and id of what an event is about."""


class Event(msgspec.Struct):
    """An event row of the outbox."""

    id: int
    root_id: int
    topic: str
    subject_id: int
    payload: dict[str, Any]

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return self.root_id, self.subject_id


Facts = TypeVar("Facts")
Load = Callable[[Sequence[Event]], Awaitable[Mapping[int, Facts]]]
"""Reads what is to be known of the subjects of many events, by the events' ids, in as many statements as for one."""
Tell = Callable[["Fanout", Event], Awaitable[None]]
TellAbout = Callable[["Fanout", Event, Facts], Awaitable[None]]


class Topic(NamedTuple):
    """How the events of a topic are told; with `load`, about what it finds, and not at all where it finds nothing."""

    tell: Callable[..., Awaitable[None]]
    load: Load[Any] | None


TOPICS: dict[str, Topic] = {}


def on(*topics: str) -> Callable[[Tell], Tell]:
    """The function tells the events of these topics, from what they say themselves."""

    def added(tell: Tell) -> Tell:
        _add(topics, Topic(tell, None))
        return tell

    return added


def about(load: Load[Facts], *topics: str) -> Callable[[TellAbout[Facts]], TellAbout[Facts]]:
    """The function tells the events of these topics, about a subject that `load` reads for the whole batch."""

    def added(tell: TellAbout[Facts]) -> TellAbout[Facts]:
        _add(topics, Topic(tell, load))
        return tell

    return added


def _add(names: Sequence[str], topic: Topic) -> None:
    for name in names:
        if name in TOPICS:
            raise ValueError(f"two files tell of {name}")
        TOPICS[name] = topic
