"""The printed report of a stocktake: typst draws it from `report.typ`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import typst

from server.core import clock
from server.core.actor import Actor
from server.core.money import quantity, yuan
from server.counts import views
from server.counts.schemas import LineFilter, Stocktake, StocktakeLine
from server.counts.states import STATE_NAMES
from server.orders.note import bars, font_folders

_TEMPLATE = Path(__file__).with_name("report.typ")
MOST = 2_000
"""So many lines are printed; all of them are in the Excel file."""

SCOPES = {"all": "全仓", "category": "分类", "list": "指定商品"}


def scope_words(found: Stocktake) -> str:
    """What was counted, in words."""
    if found.scope == "category" and found.category:
        return f"分类：{found.category.name}"
    return "全仓" if found.scope == "all" else f"指定的 {found.product_count} 种商品"


def _row(line: StocktakeLine) -> dict[str, str]:
    def packed(qty: int | None) -> str:
        if qty is None:
            return "未盘"
        said = quantity(abs(qty), line.case_qty, line.case_name or line.base_unit, line.base_unit)
        return f"−{said}" if qty < 0 else said

    fen = line.difference_fen
    left = line.is_left and (line.difference or line.counted_qty is None)
    return {
        "code": line.product_code,
        "name": line.product_name,
        "lot": line.lot_code or "—",
        "book": packed(line.book_qty),
        "counted": packed(line.counted_qty),
        "difference": "—" if line.difference is None else packed(line.difference),
        "value": "—" if fen is None else yuan(fen),
        "mark": "不调整" if left else "点数时有进出" if line.unsure else "",
    }


def _moment(at: Any) -> str:
    return at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M") if at else "—"


async def _content(actor: Actor, found: Stocktake) -> dict[str, object]:
    lines: list[StocktakeLine] = []
    for which in ("different", "uncounted", "outside"):
        lines += (await views.list_lines(actor, found.id, LineFilter(which, None, MOST)))[0]
    apart = found.lines.different + found.lines.uncounted + found.lines.outside if found.lines else 0
    total = found.lines.all if found.lines else 0
    return {
        "number": found.number,
        "state": STATE_NAMES[found.state],
        "bars": bars(found.number),
        "place": f"{found.org.name} {found.warehouse.name}",
        "scope": scope_words(found) + ("（盲盘）" if found.blind else ""),
        "counted": f"{_moment(found.started_at)} 至 {_moment(found.counted_at)}",
        "rounds": found.round,
        "people": "、".join(dict.fromkeys(session.opened_by for session in found.sessions)) or found.made_by,
        "reason": found.reason,
        "gain": yuan(found.gain_fen or 0),
        "loss": yuan(found.loss_fen or 0),
        "net": yuan((found.gain_fen or 0) - (found.loss_fen or 0)),
        "same": f"{total - apart} / {total}",
        "categories": [
            {
                "name": item.name,
                "gain": item.gain_fen,
                "loss": item.loss_fen,
                "words": f"+{yuan(item.gain_fen)}  −{yuan(item.loss_fen)}",
            }
            for item in found.categories[:12]
        ],
        "rows": [_row(line) for line in lines[:MOST]],
        "more": max(len(lines) - MOST, 0),
        "by": found.made_by,
        "ended": f"{found.ended_by or ''} {_moment(found.ended_at)}" if found.ended_at else "",
    }


def _compile(content: str) -> bytes:
    source: Any = _TEMPLATE.read_bytes()
    made = typst.compile(source, font_paths=font_folders(), sys_inputs={"report": content}, ignore_system_fonts=True)
    return bytes(made)


async def stocktake_report(actor: Actor, found: Stocktake) -> bytes:
    """The report of a stocktake, made off the event loop."""
    content = msgspec.json.encode(await _content(actor, found)).decode()
    return await asyncio.to_thread(_compile, content)
