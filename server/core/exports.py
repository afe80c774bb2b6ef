"""What can be exported: lists, with the filter and the query that their screens have.

A module registers its lists; the exchange writes them into files. So an export has what the screen shows, of what its
reader may see, and nothing else:

    register(Export("orders", "订单", "order.read", OrderFilter, columns, pages(list_orders)))
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal

import msgspec

from server.core.actor import Actor

PAGE = 1000
"""So many rows are in memory at a time."""

ColumnKind = Literal["text", "money", "date", "moment", "number", "percent"]
Source = Callable[[Actor, Any], AsyncIterator[Sequence[Any]]]
Listing = Callable[[Actor, Any], Awaitable[tuple[Sequence[Any], str | None]]]


@dataclass(frozen=True)
class Column:
    """A column: its heading, where its value comes from, and what it is.

    `source` is a field (`number`, `buyer.name`) or a function of the row; money is in fen.
    """

    heading: str
    source: str | Callable[[Any], Any]
    kind: ColumnKind = "text"
    width: int = 16

    @cached_property
    def value(self) -> Callable[[Any], Any]:
        """The value of this column in a row, be it a struct or a record of the database."""
        if callable(self.source):
            return self.source
        name, by_attribute = self.source, attrgetter(self.source)

        def get(item: Any) -> Any:
            return by_attribute(item) if hasattr(item, name.split(".")[0]) else item[name]

        return get


@dataclass(frozen=True)
class Summary:
    """What a second sheet of a list's workbook adds up: its amounts (fen) by some parties or things, and by month.

    Each of `by` has a heading, the key that tells one from the other, and its name. `counted` is the heading of how
    many rows there are; `note` says what the amounts are, and what is left out (where `counts` says no).
    """

    by: tuple[tuple[str, str | Callable[[Any], Any], str | Callable[[Any], Any]], ...]
    at: str | Callable[[Any], Any]
    amount: str | Callable[[Any], Any]
    counts: Callable[[Any], bool]
    counted: str
    note: str


def named(field: str, names: Mapping[Any, str]) -> Callable[[Any], str]:
    """The Chinese word for what a field holds."""
    value = Column("", field).value
    return lambda item: names.get(value(item), str(value(item)))


@dataclass(frozen=True)
class Export:
    """A list that can be exported: `filter` is its query's type, `rows` walks it a page at a time."""

    kind: str
    title: str
    permission: str | tuple[str, ...] | None
    filter: type[msgspec.Struct]
    columns: Sequence[Column]
    rows: Source
    orgs: tuple[str, ...] = ("brand", "dealer", "store")
    summary: Summary | None = None

    @property
    def either(self) -> tuple[str, ...]:
        """The permissions of which a reader needs one; none: everybody may."""
        return (self.permission,) if isinstance(self.permission, str) else self.permission or ()


_exports: dict[str, Export] = {}


def register(export: Export) -> None:
    """Let a list be exported."""
    _exports[export.kind] = export


def offered(actor: Actor) -> list[Export]:
    """The lists that an account may export: those it may read."""
    return [export for export in _exports.values() if allowed(actor, export)]


def find(kind: str) -> Export | None:
    """A list by its name."""
    return _exports.get(kind)


def allowed(actor: Actor, export: Export) -> bool:
    """Whether an account may export a list."""
    return (not export.either or any(map(actor.may, export.either))) and actor.org_kind in export.orgs


def pages_of(verb: Callable[[Actor, Any], Awaitable[Any]]) -> Source:
    """As `pages`, for a verb that answers with its page as it goes over the API: `items` and `next_cursor`."""

    async def listing(actor: Actor, wanted: Any) -> tuple[Sequence[Any], str | None]:
        found = await verb(actor, wanted)
        return found.items, found.next_cursor

    return pages(listing)


def pages(listing: Listing) -> Source:
    """Walk a list by its own verb, page after page, as a reader who scrolls to its end."""

    async def walk(actor: Actor, wanted: Any) -> AsyncIterator[Sequence[Any]]:
        cursor: str | None = None
        while True:
            found, cursor = await listing(actor, msgspec.structs.replace(wanted, cursor=cursor, limit=PAGE))
            if found:
                yield found
            if cursor is None:
                return

    return walk
