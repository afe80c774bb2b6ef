"""Empty files to be filled in: headings, an example, drop-downs from the own archives, and notes in plain words."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from server.catalog.service import category_names
from server.channel import terms
from server.channel.service import grades, price_groups
from server.core.actor import Actor
from server.exchange import cells
from server.exchange.reading import MAX_ROWS
from server.exchange.sheets import EXAMPLE, Sheet
from server.regions import service as regions

_HEAD = PatternFill("solid", fgColor="E7F1EC")
_MUST = PatternFill("solid", fgColor="CFE8DC")
_GREY = Font(color="8A8F8C", italic=True)
_CHOICES = "选项"
_WORDS = {
    "cooperations": terms.COOPERATIONS,
    "settlement_methods": terms.SETTLEMENT_METHODS,
    "store_kinds": terms.STORE_KINDS,
}


async def choices(actor: Actor, sheet: Sheet) -> dict[str, list[str]]:
    """What the drop-downs of a sheet offer, out of the actor's own data."""
    wanted = {column.choices for column in sheet.columns if column.choices}
    found: dict[str, list[str]] = {}
    if "categories" in wanted:
        found["categories"] = await category_names(actor)
    if "price_groups" in wanted:
        found["price_groups"] = [terms.group_name(item) for item in await price_groups(actor)]
    if "grades" in wanted:
        found["grades"] = await grades(actor)
    if "regions" in wanted:
        found["regions"] = [f"{code} {regions.full_name(code)}" for code in regions.tree()]
    for name, words in _WORDS.items():
        if name in wanted:
            found[name] = [word for code, word in words.items() if code]
    return found


async def template(actor: Actor, sheet: Sheet) -> bytes:
    """A template for one kind of file."""
    offered = await choices(actor, sheet)
    return await asyncio.to_thread(build, [sheet], offered)


def build(sheets: Sequence[Sheet], offered: Mapping[str, Sequence[str]]) -> bytes:
    """A workbook with these sheets, the notes and the drop-downs."""
    book = Workbook()
    notes = book.active
    notes.title = "说明"
    lists = book.create_sheet(_CHOICES)
    lists.sheet_state = "hidden"
    places = _lists(lists, offered)
    for place, sheet in enumerate(sheets):
        _fill(book.create_sheet(sheet.title, place), sheet, places)
    _notes(notes, sheets)
    book.active = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lists(page: Any, offered: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write the choices in columns of the hidden sheet; the name of a list → the formula of its cells."""
    places = {}
    for number, (name, items) in enumerate(offered.items(), start=1):
        for row, item in enumerate(items, start=1):
            cell = page.cell(row, number)
            cell.value, cell.data_type, cell.number_format = item, "s", cells.TEXT
        if items:
            letter = get_column_letter(number)
            places[name] = f"='{_CHOICES}'!${letter}$1:${letter}${len(items)}"
    return places


def _fill(page: Any, sheet: Sheet, places: Mapping[str, str]) -> None:
    page.freeze_panes = "B2"
    page.row_dimensions[1].height = 22
    for number, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = column.width
        page.column_dimensions[letter].number_format = column.format
        head = page.cell(1, number, column.heading)
        head.font, head.fill = Font(bold=True), _MUST if column.required else _HEAD
        head.alignment, head.number_format = Alignment(vertical="center"), cells.TEXT
        if column.note or column.required:
            words = ("必填。" if column.required else "可以空着。") + column.note
            head.comment = Comment(words, "渠通", height=90, width=260)
        example = page.cell(2, number)
        if column.example != "":
            example.value = column.example
        example.font, example.number_format = _GREY, column.format
        if column.choices in places:
            _drop_down(page, f"{letter}2:{letter}{MAX_ROWS + 1}", places[column.choices])


def _drop_down(page: Any, cells_of: str, formula: str) -> None:
    # Warns and lets go on: what is not in the list may be new, and is checked at the import.
    choice = DataValidation(
        type="list", formula1=formula, allow_blank=True, errorStyle="warning", showErrorMessage=True
    )
    choice.errorTitle, choice.error = "不在列表里", "这个内容不在已有的选项里，确定要填吗？"
    choice.add(cells_of)
    page.add_data_validation(choice)


def _notes(page: Any, sheets: Sequence[Sheet]) -> None:
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 18, 10
    page.column_dimensions["C"].width = 80
    lines: list[tuple[str, str, str]] = [("怎样填写", "", "")]
    general = (
        "表头不要改，列的次序可以变，不用的非必填列可以删。",
        f"以“{EXAMPLE}”开头的行不会导入，可以留着也可以删掉。",
        "编码、条码、电话已设为文本格式，请直接输入或“选择性粘贴为数值”。",
        f"一次最多 {MAX_ROWS:,} 行；不要合并单元格，不要写公式。",
        "上传后先检查，有错的格子会逐个指出；全部正确并确认后才写入，要么全部写入，要么一行都不写。",
        "同一份文件导入两次，第二次不会改动任何内容。",
    )
    lines += [("", "", words) for words in general]
    for sheet in sheets:
        lines += [("", "", ""), (sheet.title, "", "")] + [("", "", words) for words in sheet.notes]
        lines += [(c.heading, "必填" if c.required else "", c.note) for c in sheet.columns]
    titles = {"怎样填写", *(sheet.title for sheet in sheets)}
    for number, line in enumerate(lines, start=1):
        for place, words in enumerate(line, start=1):
            page.cell(number, place, words).alignment = Alignment(wrap_text=True, vertical="top")
        if line[0] in titles and not line[2]:
            page.cell(number, 1).font = Font(bold=True, size=13)
