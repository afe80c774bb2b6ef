"""Return notes (退货单) as a PDF to print, beside the goods: from whom to whom, which lots, why, who signs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import typst

from server.core import clock
from server.core.money import quantity, yuan
from server.orders.note import bars, font_folders
from server.returns.schemas import Return, ReturnLine
from server.returns.states import REASON_NAMES, STATE_NAMES

_TEMPLATE = Path(__file__).with_name("note.typ")


def _rows(line: ReturnLine) -> list[dict[str, str]]:
    """A row for each lot."""
    return [
        {
            "code": line.product_code,
            "name": line.product_name,
            "lot": lot.lot_code or "—",
            "expires": lot.expires_on.isoformat() if lot.expires_on else "—",
            "reason": REASON_NAMES[line.reason],
            "quantity": quantity(lot.qty, line.case_qty, line.case_name or line.base_unit, line.base_unit),
            "price": yuan(line.price_fen),
        }
        for lot in line.lots
    ]


def _content(found: Return) -> dict[str, object]:
    moment = found.issued_at or found.asked_at
    return {
        "number": found.number,
        "state": STATE_NAMES[found.state],
        "bars": bars(found.number),
        "giver": f"{found.buyer.name} {found.from_warehouse}",
        "taker": found.seller.name,
        "at": moment.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M"),
        "by": found.issued_by or found.asked_by,
        "note": found.note or "—",
        "total": f"{found.line_count} 种，{yuan(found.total_fen)}",
        "rows": [row for line in found.lines for row in _rows(line)],
    }


def _compile(content: str) -> bytes:
    source: Any = _TEMPLATE.read_bytes()
    made = typst.compile(source, font_paths=font_folders(), sys_inputs={"note": content}, ignore_system_fonts=True)
    return bytes(made)


async def return_note(found: Return) -> bytes:
    """The printed note of a return, made off the event loop."""
    return await asyncio.to_thread(_compile, msgspec.json.encode(_content(found)).decode())
