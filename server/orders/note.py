"""Goods issue notes (出库单) as a PDF to print, set by typst with a Chinese font from a wheel.

The note carries its number as a Code 128 barcode and a link as a QR code, both drawn as paths.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst
from barcode.codex import Code128

from server.core import clock
from server.core.money import quantity, yuan
from server.orders.views import Delivery

_TEMPLATE = Path(__file__).with_name("note.typ")


@cache
def font_folders() -> list[str]:
    """The folders of the installed font wheel that hold Noto Sans SC."""
    for base in map(Path, sys.path):
        folder = base / "justmytype_intl_cjk"
        if folder.is_dir():
            return sorted({str(file.parent) for file in folder.rglob("*SC*") if file.suffix in (".ttf", ".otf")})
    return []


_METHODS = {"deliver": "送货上门", "pickup": "自提", "logistics": "物流"}
_PLACE = ("detail", "contact_name", "contact_phone")


def bars(number: str) -> str:
    """The Code 128 of a number as an SVG of one path, a module wide each."""
    (modules,) = Code128(number).build()
    path = "".join(f"M{start} 0h{end - start}v1h{start - end}z" for start, end in _runs(modules))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(modules)} 1" preserveAspectRatio="none">' \
        f'<path d="{path}"/></svg>'  # fmt: skip


def _runs(modules: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer("1+", modules)]


def square(link: str) -> str:
    """The QR code of a link as an SVG."""
    buffer = io.BytesIO()
    segno.make(link, error="m").save(buffer, kind="svg", border=0, xmldecl=False)
    return buffer.getvalue().decode()


def _content(delivery: Delivery, public_url: str) -> dict[str, object]:
    issue = delivery.issue
    moment = issue.issued_at.astimezone(clock.zone())
    return {
        "number": issue.number,
        "order_number": issue.order_number,
        "bars": bars(issue.number),
        "square": square(f"{public_url.rstrip('/')}/#/pages/order/receive?issue={issue.id}"),
        "seller": issue.seller.name,
        "buyer": issue.buyer.name,
        "warehouse": issue.warehouse_name,
        "issued_at": moment.strftime("%Y-%m-%d %H:%M"),
        "issued_by": issue.issued_by,
        "method": _METHODS[delivery.method],
        "address": " ".join(delivery.address[part] for part in _PLACE if delivery.address.get(part)) or "—",
        "note": delivery.note,
        "total": yuan(issue.total_fen),
        "pieces": f"{len({line.order_line_no for line in issue.lines})} 种",
        "rows": [
            {
                "no": str(line.line_no),
                "code": line.product_code,
                "name": line.product_name + ("（赠品）" if line.gift else ""),
                "lot": line.lot_code or "—",
                "expires": line.expires_on.isoformat() if line.expires_on else "—",
                "quantity": quantity(line.qty, line.unit_qty, line.packaging_name, line.base_unit),
                "price": yuan(line.price_fen),
                "amount": yuan(line.amount_fen),
            }
            for line in issue.lines
        ],
    }


def _compile(content: str) -> bytes:
    source: Any = _TEMPLATE.read_bytes()
    made = typst.compile(source, font_paths=font_folders(), sys_inputs={"notes": content}, ignore_system_fonts=True)
    return bytes(made)


async def goods_issue_notes(deliveries: Sequence[Delivery], public_url: str) -> bytes:
    """The printed notes of goods issues, each on A4 pages of its own, made off the event loop."""
    content = msgspec.json.encode([_content(delivery, public_url) for delivery in deliveries]).decode()
    return await asyncio.to_thread(_compile, content)
