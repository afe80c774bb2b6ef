"""Trace codes as sheets of labels on A4, where there is no label printer: a QR code, the product, the code in clear."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import typst

from server.core.actor import Actor
from server.core.errors import BusinessError
from server.orders.note import font_folders, square
from server.trace import ranges
from server.trace.schemas import CodeOut, CodeQuery, RangeOut, SheetQuery

_TEMPLATE = Path(__file__).with_name("sheet.typ")


class NoSheet(BusinessError):
    """Serials that were brought in are on the cases already; only the product's own codes are printed here."""

    status, code, title = 409, "no_sheet", "导入的序列号不用打印"


class Sheet(NamedTuple):
    """A PDF and its name."""

    name: str
    body: bytes


def _label(of: RangeOut, code: CodeOut) -> dict[str, str]:
    text = code.text
    return {
        "square": square(code.content),
        "name": of.product_name,
        "lot": f"批次 {of.lot_code}" if of.lot_code else of.packaging_name,
        "no": f"{code.no:,}",
        "text": f"{text[:5]} {text[5:9]} {text[9:13]} {text[13:]}",
    }


def _compile(of: RangeOut, codes: list[CodeOut]) -> bytes:
    content = msgspec.json.encode([_label(of, code) for code in codes]).decode()
    source: Any = _TEMPLATE.read_bytes()
    made = typst.compile(source, font_paths=font_folders(), sys_inputs={"labels": content}, ignore_system_fonts=True)
    return bytes(made)


async def sheet(actor: Actor, range_id: int, wanted: SheetQuery) -> Sheet:
    """Labels of a range's codes from one on, made off the event loop; raises `NoSheet`."""
    of = await ranges.get_range(actor, range_id)
    if of.scheme != "url":
        raise NoSheet("这些序列号是导入的，已经印在箱上，不需要再打印")
    codes = await ranges.print_codes(actor, range_id, CodeQuery(wanted.first, wanted.limit))
    body = await asyncio.to_thread(_compile, of, codes.items)
    return Sheet(f"codes-{range_id}-{wanted.first}", body)
