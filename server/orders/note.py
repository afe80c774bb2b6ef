"""The goods issue note (出库单) as a PDF to print, set by typst with a Chinese font from a wheel."""

from __future__ import annotations

import asyncio
import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import typst

from server.core import clock
from server.core.money import quantity, yuan
from server.orders.schemas import GoodsIssue

_TEMPLATE = Path(__file__).with_name("note.typ")


@cache
def font_folders() -> list[str]:
    """The folders of the installed font wheel that hold Noto Sans SC."""
    for base in map(Path, sys.path):
        folder = base / "justmytype_intl_cjk"
        if folder.is_dir():
            return sorted({str(file.parent) for file in folder.rglob("*SC*") if file.suffix in (".ttf", ".otf")})
    return []


def _content(issue: GoodsIssue, address: str) -> dict[str, object]:
    moment = issue.issued_at.astimezone(clock.zone())
    return {
        "number": issue.number,
        "order_number": issue.order_number,
        "seller": issue.seller.name,
        "buyer": issue.buyer.name,
        "warehouse": issue.warehouse_name,
        "issued_at": moment.strftime("%Y-%m-%d %H:%M"),
        "issued_by": issue.issued_by,
        "address": address,
        "total": yuan(issue.total_fen),
        "rows": [
            {
                "no": str(line.line_no),
                "code": line.product_code,
                "name": line.product_name,
                "lot": line.lot_code,
                "expires": line.expires_on.isoformat(),
                "quantity": quantity(line.qty, line.unit_qty, line.packaging_name, line.base_unit),
                "price": yuan(line.price_fen),
                "amount": yuan(line.amount_fen),
            }
            for line in issue.lines
        ],
    }


def _compile(content: str) -> bytes:
    source: Any = _TEMPLATE.read_bytes()
    made = typst.compile(source, font_paths=font_folders(), sys_inputs={"note": content}, ignore_system_fonts=True)
    return bytes(made)


async def goods_issue_note(issue: GoodsIssue, address: str) -> bytes:
    """The printed note of a goods issue: an A4 page (or more), made off the event loop."""
    content = msgspec.json.encode(_content(issue, address)).decode()
    return await asyncio.to_thread(_compile, content)
