"""Rows out of a workbook: each cell into what its column holds, each error with its place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl.utils import coordinate_to_tuple, get_column_letter

from server.core.bulk import Told
from server.exchange import cells
from server.exchange.sheets import EXAMPLE, Column, Sheet
from server.exchange.workbook import NotAWorkbook, facts, open_book

MAX_ROWS = 50_000
MAX_COLUMNS = 60
KEPT_ERRORS = 2000
"""So many errors are named; more are counted."""

SHOWN_ROWS = 50
OWN_SHEETS = ("说明", "选项")
"""Sheets of a template that hold no rows."""

_PAUSE = 500
_REMEMBERED = 500
_BLANK = object()
_EXCEL_ROWS = 1_048_576


class CellError(NamedTuple):
    """What is wrong at a place; `column` counts from 0, `row` as Excel does."""

    row: int
    column: int
    detail: str

    @property
    def cell(self) -> str:
        """The place as Excel writes it."""
        return f"{get_column_letter(self.column + 1)}{self.row}"


@dataclass
class Content:
    """What a sheet holds: rows with their numbers, where the columns are, and what is wrong."""

    title: str = ""
    headings: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    first: dict[int, list[str]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def refuse(self, row: int, column: int, detail: str) -> None:
        """Note an error; the first two thousand are kept."""
        self.error_count += 1
        if len(self.errors) < KEPT_ERRORS:
            self.errors.append(CellError(row, column, detail))

    @property
    def total(self) -> int:
        """How many rows there are, also those of which a cell could not be read."""
        return len(self.rows)


def _heading(value: Any) -> str:
    return cells.cleaned(cells.shown(value)).removesuffix("*").removesuffix("（必填）").strip()


def _worksheet(book: Any, sheet: Sheet) -> Any:
    """The sheet with the rows: the one of that name, or the only one there is to be seen."""
    if sheet.title in book.sheetnames:
        page = book[sheet.title]
        if page.sheet_state != "visible":
            raise NotAWorkbook(f"工作表“{sheet.title}”被隐藏了，请在 Excel 里取消隐藏，检查后再上传")
        return page
    seen = [page for page in book.worksheets if page.sheet_state == "visible" and page.title not in OWN_SHEETS]
    if len(seen) == 1:
        return seen[0]
    names = "、".join(page.title for page in seen[:5]) or "没有可见的工作表"
    raise NotAWorkbook(f"没有找到工作表“{sheet.title}”（文件里有：{names}），请用这里下载的模板填写")


def _places(content: Content, sheet: Sheet, row: Sequence[Any]) -> None:
    """Which column stands where, by its heading in the first row."""
    known = {column.heading: column for column in sheet.columns}
    content.headings = [_heading(value) for value in row]
    while content.headings and not content.headings[-1]:
        content.headings.pop()
    if not set(content.headings) & known.keys():
        raise NotAWorkbook(f"第 1 行不是表头：应有“{'”“'.join(c.heading for c in sheet.columns if c.required)}”这些列")
    for place, heading in enumerate(content.headings):
        column = known.get(heading)
        if column is None:
            if heading:
                content.refuse(1, place, f"不认识的列“{heading}”，请删掉这一列")
        elif column.field in content.places:
            content.refuse(1, place, f"“{heading}”这一列出现了两次")
        else:
            content.places[column.field] = place
    missing = [column.heading for column in sheet.columns if column.required and column.field not in content.places]
    if missing:
        raise NotAWorkbook(f"第 1 行表头缺少这些列：{'、'.join(missing)}")


def _merged(content: Content, merged: Sequence[str]) -> None:
    for ref in merged:
        row, column = coordinate_to_tuple(ref.split(":")[0])
        content.refuse(row, column - 1, f"合并了单元格（{ref}），请取消合并，每行都填上")


class _Rows:
    """Makes rows of one sheet."""

    def __init__(self, sheet: Sheet, content: Content) -> None:
        self.sheet, self.content = sheet, content
        self.columns: list[tuple[Column, int]] = [
            (column, content.places[column.field]) for column in sheet.columns if column.field in content.places
        ]
        self.known: list[dict[Any, Any]] = [{} for _ in self.columns]

    def take(self, number: int, values: Sequence[Any]) -> None:
        """One row of the file, which is not empty."""
        given: dict[str, Any] = {}
        unread: list[str] = []
        for (column, place), known in zip(self.columns, self.known, strict=True):
            value = values[place] if place < len(values) else None
            if value is None and not column.required:
                continue
            try:
                found = known.get(value, known)
                if found is known:  # not seen before
                    found = self._convert(column, value, known)
                if found is not _BLANK:
                    given[column.field] = found
            except cells.Refused as refusal:
                self.content.refuse(number, place, str(refusal))
                unread.append(column.field)
        if unread:
            given = self.sheet.blank | given | {"unread": frozenset(unread)}
        self.content.rows.append(self.sheet.make(given))
        self.content.numbers.append(number)

    @staticmethod
    def _convert(column: Column, value: Any, known: dict[Any, Any]) -> Any:
        """What a cell stands for; one object for what comes again and again: units, categories, grades, prices."""
        cells.refuse_formula(value)
        if cells.is_blank(value):
            if column.required:
                raise cells.Refused(f"“{column.heading}”没有填写")
            return _BLANK
        found = column.convert(value)
        if len(known) < _REMEMBERED:
            known[value] = found
        return found


def lines(page: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows of a sheet that hold anything, with their numbers, whatever size the sheet pretends to have."""
    page.reset_dimensions()
    for number, values in enumerate(page.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
        if number > _EXCEL_ROWS:
            raise NotAWorkbook("工作表的行数超出了 Excel 的范围，请在 Excel 里另存后再上传")
        if any(value is not None for value in values):
            yield number, values


async def read(path: Path, sheet: Sheet, told: Told) -> Content:
    """All rows of a file of one sheet; raises `NotAWorkbook` for one that cannot be read at all.

    Holds the rows, not the workbook: that is read as a stream.
    """
    book = await asyncio.to_thread(open_book, path)
    try:
        content = await read_sheet(path, _worksheet(book, sheet), sheet, told)
        hidden = [p.title for p in book.worksheets if p.sheet_state != "visible" and p.title not in OWN_SHEETS]
    finally:
        book.close()
    if not content.total:
        raise NotAWorkbook("除了表头和示例没有任何内容，请填写后再上传")
    if hidden:
        content.notices.append(f"隐藏的工作表没有导入：{'、'.join(hidden[:5])}")
    return content


async def read_sheet(path: Path, page: Any, sheet: Sheet, told: Told) -> Content:
    """All rows of one sheet of an open workbook."""
    content = Content(page.title)
    expected = min(page.max_row or MAX_ROWS, MAX_ROWS)
    try:
        seen = await asyncio.to_thread(facts, path, page._worksheet_path)
        await _read_rows(content, sheet, page, expected, told)
    except NotAWorkbook:
        raise
    except Exception as error:  # a part that is not what it says it is
        raise NotAWorkbook("文件已损坏，请在 Excel 里打开、另存后再上传") from error
    _merged(content, seen.merged)
    if seen.hidden_rows:
        content.notices.append(f"有 {seen.hidden_rows} 行被隐藏（例如被筛选掉），它们也会一起导入")
    return content


async def _read_rows(content: Content, sheet: Sheet, page: Any, expected: int, told: Told) -> None:
    rows: _Rows | None = None
    examples = 0
    for number, values in lines(page):
        if rows is None:
            if number != 1:
                raise NotAWorkbook("第 1 行应是表头，它是空的")
            _places(content, sheet, values)
            rows = _Rows(sheet, content)
            continue
        if all(cells.is_blank(value) for value in values):
            continue
        if isinstance(values[0], str) and cells.cleaned(values[0]).startswith(EXAMPLE):
            examples += 1
            continue
        if content.total >= MAX_ROWS:
            raise NotAWorkbook(f"一次最多导入 {MAX_ROWS:,} 行，请分成几个文件")
        if len(content.first) < SHOWN_ROWS:
            content.first[number] = [cells.shown(value) for value in values[: len(content.headings)]]
        rows.take(number, values)
        if number % _PAUSE == 0:
            told(min(1.0, number / expected))
            await asyncio.sleep(0)
    if rows is None:
        raise NotAWorkbook("工作表是空的，请用这里下载的模板填写")
    if examples:
        content.notices.append(f"以“{EXAMPLE}”开头的 {examples} 行是示例，没有导入")
