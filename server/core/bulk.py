"""Many records at once: what becomes of each row, known before anything is written.

A bulk verb takes the rows of a file, already of the right types, and answers a `Plan`. Without `write` it only looks;
with `write`, inside a transaction, it does what it has planned. It shares its rules with the verb for a single record.
What it reckons over the rows it does beside the event loop (`asyncio.to_thread`): the job is kept meanwhile, and its
owner sees how far it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

T = TypeVar("T")
State = Literal["new", "changed", "same", "wrong"]
Told = Callable[[float], None]
"""Is told how much of the work is done, from 0 to 1."""

BATCH = 5000
"""So many rows share a statement: enough to be quick, few enough to be small in memory."""


class FileRow(msgspec.Struct, gc=False, kw_only=True):
    """A row of a file; `unread` names the fields whose cells were refused, which hold just anything of their type."""

    unread: frozenset[str] = frozenset()


class Wrong(NamedTuple):
    """What is wrong with one field of one row, in the user's words."""

    row: int
    field: str
    detail: str


class Plan:
    """What would become of each row of a file; one of which a cell was refused is wrong from the beginning.

    Its other cells are looked at all the same, so that whoever sent the file hears of all errors at once.
    """

    def __init__(self, rows: Sequence[FileRow]) -> None:
        self._unread = {index: row.unread for index, row in enumerate(rows) if row.unread}
        self.states: list[State] = ["same"] * len(rows)
        for index in self._unread:
            self.states[index] = "wrong"
        self.wrong: list[Wrong] = []

    def refuse(self, index: int, field: str, detail: str, *because: str) -> None:
        """Say what is wrong with a field; one that is wrong stays so.

        What rests on a cell that could not be read, this one or those of the fields `because`, is not said.
        """
        if index in self._unread and not self._unread[index].isdisjoint((field, *because)):
            return
        self.states[index] = "wrong"
        self.wrong.append(Wrong(index, field, detail))

    def is_wrong(self, index: int) -> bool:
        """Whether a row cannot be taken, by what is known so far."""
        return self.states[index] == "wrong"

    def good(self) -> list[int]:
        """The rows with which nothing is wrong so far."""
        return [index for index, state in enumerate(self.states) if state != "wrong"]

    def counts(self) -> dict[State, int]:
        """How many rows there are of each state."""
        counted = Counter(self.states)
        states: tuple[State, ...] = ("new", "changed", "same", "wrong")
        return {state: counted[state] for state in states}


def nobody(done: float) -> None:
    """Nobody wants to know how far the work is."""


def batches(items: Sequence[T], told: Told = nobody, size: int = BATCH) -> Iterator[Sequence[T]]:
    """A sequence in parts; `told` hears after each how much is done."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
        told(min(1.0, (start + size) / len(items)))


def columns(rows: Iterable[Sequence[Any]], count: int) -> list[list[Any]]:
    """Rows as `count` columns, for `unnest`."""
    found: list[list[Any]] = [[] for _ in range(count)]
    for row in rows:
        for column, item in zip(found, row, strict=True):
            column.append(item)
    return found


def repeated(plan: Plan, field: str, values: Sequence[str | None], words: str) -> None:
    """Refuse the rows whose value stands in an earlier row too; `words` may name that value as `{}`."""
    seen: set[str] = set()
    for index, item in enumerate(values):
        if not item:
            continue
        if item in seen:
            plan.refuse(index, field, words.format(item))
        seen.add(item)
