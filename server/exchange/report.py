"""What an import's owner is shown: how many rows do what, the first of them, and every error with its place."""

from __future__ import annotations

import msgspec

from server.core.bulk import Plan
from server.exchange.reading import SHOWN_ROWS, CellError, Content
from server.exchange.sheets import Sheet

SHOWN_ERRORS = 500


class Counts(msgspec.Struct):
    """How many rows would be added, change something, change nothing, or cannot be taken."""

    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: int = 0


class CellMark(msgspec.Struct):
    """A wrong cell of a shown row; `column` counts from 0."""

    column: int
    detail: str


class ShownRow(msgspec.Struct):
    """A row of the file as a person reads it, and what becomes of it."""

    row: int
    state: str
    cells: list[str]
    wrong: list[CellMark] = []


class WrongCell(msgspec.Struct):
    """An error with its place as Excel writes it, e.g. `C12`."""

    sheet: str
    cell: str
    row: int
    heading: str
    detail: str


class ImportReport(msgspec.Struct):
    """What would become of a file, or became of it."""

    counts: Counts
    total: int
    headings: list[str]
    rows: list[ShownRow]
    errors: list[WrongCell]
    error_count: int
    notices: list[str]

    @property
    def acceptable(self) -> bool:
        """Whether nothing is wrong."""
        return self.error_count == 0


def merge(content: Content, sheet: Sheet, plan: Plan) -> None:
    """Bring what the module refused to its places in the file."""
    for wrong in plan.wrong:
        place = content.places.get(wrong.field, 0)
        content.refuse(content.numbers[wrong.row], place, wrong.detail)


def make(content: Content, plan: Plan, wrong_rows: dict[int, list[str]]) -> ImportReport:
    """The report; `wrong_rows` are the texts of wrong rows beyond the first ones."""
    states = dict(zip(content.numbers, plan.states, strict=True))
    marks: dict[int, list[CellMark]] = {}
    for error in content.errors:
        marks.setdefault(error.row, []).append(CellMark(error.column, error.detail))
    texts = content.first | wrong_rows
    rows = [ShownRow(n, states.get(n, "wrong"), texts[n], marks.get(n, [])) for n in sorted(texts)]
    counts = msgspec.convert(plan.counts(), Counts)
    ordered = sorted(content.errors)[:SHOWN_ERRORS]
    errors = [_wrong_cell(content, error) for error in ordered]
    return ImportReport(counts, content.total, content.headings, rows, errors, content.error_count, content.notices)


def _wrong_cell(content: Content, error: CellError) -> WrongCell:
    heading = content.headings[error.column] if error.column < len(content.headings) else ""
    return WrongCell(content.title, error.cell, error.row, heading, error.detail)


def first_wrong(content: Content) -> set[int]:
    """The first wrong rows, which the preview shows beside the first rows of the file."""
    wrong = sorted({error.row for error in content.errors if error.row > 1})
    return set(wrong[:SHOWN_ROWS]) - content.first.keys()
