"""What a record is called, whatever its kind: for lists that show records of all kinds, the trail and the outbox.

Modules say by which statement their records are found (`CALLED`, connected in `server/modules.py`): `$1` is the brand,
`{ids}` the ids that are asked for, `id` and `name` the columns.
"""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from server.core import db

Subject = tuple[str, int]
"""Kind and id of a record."""

_called: dict[str, str] = {}

_KINDS = {
    "org": "org parent buyer seller dealer from_org to_org supplier",
    "account": "account substitute counter",
    "product": "product",
    "category": "category",
    "location": "warehouse location from_warehouse to_warehouse",
    "role": "role move_to",
    "order": "order",
}
_FIELDS = {
    f"{field}{end}": kind for kind, fields in _KINDS.items() for field in fields.split() for end in ("_id", "_ids")
}
_FIELDS["back_order_of"] = "order"


def called_by(statements: Mapping[str, str]) -> None:
    """The statements find the records of these kinds."""
    _called.update(statements)


def kinds() -> frozenset[str]:
    """The kinds of records that have a name."""
    return frozenset(_called)


async def names(root_id: int, subjects: Iterable[Subject]) -> dict[Subject, str]:
    """The names of these records, in one statement; those that are gone, or have none, are left out."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for kind, record_id in subjects:
        if kind in _called:
            wanted[kind].add(record_id)
    if not wanted:
        return {}
    found = [
        f"SELECT '{kind}' AS kind, n.id, n.name FROM ({_called[kind].format(ids=f'${at}::bigint[]')}) n"
        for at, kind in enumerate(wanted, 2)
    ]
    rows = await db.rows(" UNION ALL ".join(found), root_id, *map(sorted, wanted.values()))
    return {(row["kind"], row["id"]): row["name"] for row in rows if row["name"]}


def inside(changes: Any, field: str = "") -> Iterator[tuple[str, Subject]]:
    """The records that the changes of an entry in the trail name by ids, as deep as they go, each with its field."""
    if isinstance(changes, dict):
        for name, value in changes.items():
            yield from inside(value, name)
    elif isinstance(changes, list):
        for value in changes:
            yield from inside(value, field)
    elif isinstance(changes, int) and not isinstance(changes, bool) and field in _FIELDS:
        yield field, (_FIELDS[field], changes)
