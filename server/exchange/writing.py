"""Rows into a file, in flat memory: .xlsx, or .csv that Excel opens as it should.

What people have typed never becomes a formula on the machine of whoever opens the file: in a workbook it is a text,
in a .csv, which has no types, it gets an apostrophe before it (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from server.core import clock
from server.core.errors import BusinessError
from server.core.exports import Column

MAX_ROWS = 1_000_000
_FORMATS = {
    "text": "@", "money": '"¥"#,##0.00', "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "number": "#,##0",
    "percent": "0.00%",
}  # fmt: skip
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
_HEAD = PatternFill("solid", fgColor="E7F1EC")


class TooManyRows(BusinessError):
    """More than a sheet of Excel holds."""

    status, code, title = 422, "too_many_rows", "内容太多"


def safe_text(cell: Any, text: str) -> None:
    """Put a text into a cell as a text, whatever it begins with."""
    cell.value = text.translate(_UNWRITABLE)[:32_767]
    cell.data_type = "s"


def value_of(column: Column, item: Any) -> Any:
    """What stands in a column: fen become yuan, moments the time of the deployment's zone."""
    found = column.value(item)
    if found is None:
        return None
    if column.kind == "money":
        return found / 100
    if column.kind == "moment" and isinstance(found, datetime):
        return found.astimezone(clock.zone()).replace(tzinfo=None, microsecond=0)
    if column.kind == "text":
        return str(found)
    return found


class Writer(Protocol):
    """A file that rows are added to."""

    def add(self, items: Iterable[Any]) -> None:
        """Add rows."""

    def finish(self) -> None:
        """Complete the file."""


class XlsxWriter:
    """A workbook of one sheet, written as it grows; one cell object per column serves all rows."""

    def __init__(self, path: Path, title: str, columns: Sequence[Column]) -> None:
        self.path, self.columns = path, columns
        self.book = Workbook(write_only=True)
        self.page = self.book.create_sheet(title)
        self.page.freeze_panes = "A2"
        for number, column in enumerate(columns, start=1):
            self.page.column_dimensions[get_column_letter(number)].width = column.width
        self.page.append([self._heading(column.heading) for column in columns])
        self.cells = [self._cell(column) for column in columns]

    def _heading(self, text: str) -> Any:
        cell = WriteOnlyCell(self.page, text)
        cell.font, cell.fill = Font(bold=True), _HEAD
        return cell

    def _cell(self, column: Column) -> Any:
        cell = WriteOnlyCell(self.page)
        cell.number_format = _FORMATS[column.kind]
        return cell

    def add(self, items: Iterable[Any]) -> None:
        """Add rows."""
        for item in items:
            for column, cell in zip(self.columns, self.cells, strict=True):
                found = value_of(column, item)
                if isinstance(found, str):
                    safe_text(cell, found)
                else:
                    cell.value = found
            self.page.append(self.cells)

    def add_table(
        self, title: str, headings: Sequence[str], fixed: int, lines: Iterable[Sequence[Any]], note: str
    ) -> None:
        """A second sheet: `fixed` columns of texts and one of numbers, then amounts in fen; a note below it."""
        page = self.book.create_sheet(title)
        page.freeze_panes = f"{get_column_letter(fixed + 1)}2"
        for number in range(1, len(headings) + 1):
            page.column_dimensions[get_column_letter(number)].width = 26 if number <= fixed else 16
        page.append([self._heading(heading) for heading in headings])
        for line in lines:
            page.append([self._of_table(value, place - fixed) for place, value in enumerate(line)])
        page.append([])
        page.append([note])

    def _of_table(self, value: Any, place: int) -> Any:
        cell = WriteOnlyCell(self.page)
        if place < 0:
            cell.number_format = _FORMATS["text"]
            safe_text(cell, value)
        else:
            cell.number_format = _FORMATS["money" if place else "number"]
            cell.value = value / 100 if place else value
        return cell

    def finish(self) -> None:
        """Complete the file."""
        self.book.save(self.path)


class CsvWriter:
    """Comma-separated values with the mark by which Excel knows UTF-8."""

    def __init__(self, path: Path, title: str, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow([column.heading for column in columns])

    def add(self, items: Iterable[Any]) -> None:
        """Add rows."""
        for item in items:
            self.writer.writerow([_plain(column, value_of(column, item)) for column in self.columns])

    def finish(self) -> None:
        """Complete the file."""
        self.file.close()


def _plain(column: Column, found: Any) -> str:
    if found is None:
        return ""
    if column.kind == "money":
        return f"{found:.2f}"
    if isinstance(found, datetime):
        return found.strftime("%Y-%m-%d %H:%M")
    if isinstance(found, date):
        return found.isoformat()
    if isinstance(found, str):
        text = found.translate(_UNWRITABLE)
        return "'" + text if text.startswith(_DANGEROUS) else text
    return str(found)


def writer(path: Path, file_format: str, title: str, columns: Sequence[Column]) -> Writer:
    """A file of this format."""
    return CsvWriter(path, title, columns) if file_format == "csv" else XlsxWriter(path, title, columns)
