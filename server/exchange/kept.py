"""The rows of a checked file, kept beside it, so that a confirmed one is not read out of its workbook a second time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from server.exchange.reading import Content
from server.exchange.sheets import Sheet

_SHARED = 500


class _Kept(msgspec.Struct, array_like=True):
    title: str
    headings: list[str]
    places: dict[str, int]
    numbers: list[int]
    first: dict[int, list[str]]
    notices: list[str]
    rows: msgspec.Raw


def keep(path: Path, content: Content) -> None:
    """Leave the rows of a file in which nothing is wrong."""
    rows = msgspec.Raw(msgspec.msgpack.encode(content.rows))
    kept = _Kept(content.title, content.headings, content.places, content.numbers, content.first, content.notices, rows)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.msgpack.encode(kept))
    part.replace(path)


def take(path: Path, sheet: Sheet) -> Content | None:
    """What was kept of a file; None where nothing was, or where rows of this kind are others since."""
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
        rows: list[Any] = msgspec.msgpack.decode(kept.rows, type=list[sheet.row])  # type: ignore[name-defined]
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    _share(rows)
    content = Content(kept.title, kept.headings, kept.places, rows, kept.numbers)
    content.first, content.notices = kept.first, kept.notices
    return content


def _share(rows: list[Any]) -> None:
    """One object for what comes again and again: units, categories, grades, prices."""
    for name in rows[0].__struct_fields__ if rows else ():
        known: dict[Any, Any] = {}
        for row in rows:
            value = getattr(row, name)
            setattr(row, name, known.setdefault(value, value) if len(known) < _SHARED else known.get(value, value))
