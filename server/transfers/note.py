"""Transfer notes (调拨单) as a PDF to print, beside the goods: from where to where, which lots, who signs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import typst

from server.core import clock, links
from server.core.money import quantity
from server.orders.note import bars, font_folders, square
from server.transfers.schemas import Transfer, TransferLine
from server.transfers.states import STATE_NAMES

_TEMPLATE = Path(__file__).with_name("note.typ")


def _rows(line: TransferLine) -> list[dict[str, str]]:
    """A row for each lot; one for the whole line while none is chosen."""
    lots = [(lot.lot_code or "—", lot.expires_on.isoformat() if lot.expires_on else "—", lot.qty) for lot in line.lots]
    return [
        {
            "code": line.product_code,
            "name": line.product_name,
            "lot": code,
            "expires": expires,
            "quantity": quantity(qty, line.case_qty, line.case_name or line.base_unit, line.base_unit),
        }
        for code, expires, qty in lots or [("—", "—", line.qty)]
    ]


def _content(found: Transfer) -> dict[str, object]:
    moment = found.issued_at or found.proposed_at
    return {
        "number": found.number,
        "state": STATE_NAMES[found.state],
        "bars": bars(found.number),
        "square": square(links.to(f"/console/transfers/{found.id}")),
        "giver": f"{found.from_org.name} {found.from_warehouse}",
        "taker": f"{found.to_org.name} {found.to_warehouse}",
        "at": moment.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M"),
        "by": found.issued_by or found.proposed_by,
        "reason": found.reason,
        "kinds": f"{found.line_count} 种",
        "rows": [row for line in found.lines for row in _rows(line)],
    }


def _compile(content: str) -> bytes:
    source: Any = _TEMPLATE.read_bytes()
    made = typst.compile(source, font_paths=font_folders(), sys_inputs={"note": content}, ignore_system_fonts=True)
    return bytes(made)


async def transfer_note(found: Transfer) -> bytes:
    """The printed note of a transfer, made off the event loop."""
    return await asyncio.to_thread(_compile, msgspec.json.encode(_content(found)).decode())
