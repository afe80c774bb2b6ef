"""The copy of a file in which the wrong cells are red and say what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from server.core.bulk import Told
from server.exchange import cells
from server.exchange.reading import Content, lines
from server.exchange.sheets import Sheet
from server.exchange.workbook import open_book
from server.exchange.writing import safe_text

_RED = PatternFill("solid", fgColor="FFC7CE")
_HEAD = PatternFill("solid", fgColor="E7F1EC")
_PAUSE = 500


class _Copy:
    def __init__(self, sheet: Sheet, content: Content) -> None:
        self.book = Workbook(write_only=True)
        self.page = self.book.create_sheet(sheet.title)
        self.page.freeze_panes = "A2"
        formats = {content.places[column.field]: column for column in sheet.columns if column.field in content.places}
        self.formats: Mapping[int, str] = {place: column.format for place, column in formats.items()}
        for place, column in formats.items():
            self.page.column_dimensions[get_column_letter(place + 1)].width = column.width
        self.wrong: dict[int, dict[int, list[str]]] = {}
        for error in content.errors:
            self.wrong.setdefault(error.row, {}).setdefault(error.column, []).append(error.detail)
        self.width = len(content.headings)
        self.cells = [self._plain(place) for place in range(self.width)]
        """One for each column serves all rows in which nothing is wrong: nearly all of a long file."""

    def add(self, number: int, values: list[Any]) -> None:
        """A row, its wrong cells marked; rows stay where they were."""
        wrong = self.wrong.get(number, {})
        width = max(self.width, *(column + 1 for column in wrong)) if wrong else self.width
        values = (values + [None] * width)[:width]
        if not wrong and number > 1:
            for cell, value in zip(self.cells, values, strict=True):
                _put(cell, value)
            self.page.append(self.cells)
            return
        self.page.append([self._cell(number, place, value, wrong.get(place)) for place, value in enumerate(values)])

    def _plain(self, place: int) -> Any:
        cell = WriteOnlyCell(self.page)
        cell.number_format = self.formats.get(place, "General")
        return cell

    def _cell(self, number: int, place: int, value: Any, wrong: list[str] | None) -> Any:
        cell = self._plain(place) if number > 1 else WriteOnlyCell(self.page)
        _put(cell, value)
        if number == 1:
            cell.font, cell.fill = Font(bold=True), _HEAD
        if wrong:
            cell.fill = _RED
            cell.comment = Comment(cells.first(wrong), "渠通", height=80, width=260)
        return cell


def _put(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        safe_text(cell, value)
    elif hasattr(value, "year"):  # of a date openpyxl changes the format, which is the column's
        shown = cell.number_format
        cell.value = value
        cell.number_format = shown
    else:
        cell.value = value if isinstance(value, (int, float)) else cells.shown(value)


async def mark(
    source: Path, target: Path, sheet: Sheet, content: Content, keep: set[int], told: Told
) -> dict[int, list[str]]:
    """Write the marked copy; the texts of the rows to `keep`. Reads and writes as a stream."""
    copy = _Copy(sheet, content)
    kept: dict[int, list[str]] = {}
    book = await asyncio.to_thread(open_book, source)
    at = 0
    for number, values in lines(book[content.title]):
        while at < number - 1:  # empty rows stay empty, so that places stay true
            at += 1
            copy.add(at, [])
        at = number
        copy.add(number, list(values))
        if number in keep:
            kept[number] = [cells.shown(value) for value in values[: copy.width]]
        if number % _PAUSE == 0:
            told(min(1.0, number / max(1, content.total)))
            await asyncio.sleep(0)
    book.close()
    await asyncio.to_thread(copy.book.save, target)
    return kept
