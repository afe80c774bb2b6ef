"""The documents behind moves: what they are called, and the numbers under which people know them.

A module whose documents move goods says how theirs are numbered (`numbered_by`); stock itself knows those of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

from server.core import db

TITLES: dict[str, str] = {
    "supply": "登记入库",
    "scan_session": "扫码单",
    "till": "销售流水",
    "goods_issue": "出库单",
    "receipt": "签收单",
    "transfer": "调拨单",
    "stocktake": "盘点单",
    "return": "退货单",
    "quarantine": "隔离处理单",
}
"""Every kind of document that moves goods. A new one is added here by the module that brings it."""


class Paper(NamedTuple):
    """The number of a document, and what a screen opens to show it: a kind and an id."""

    number: str
    link_kind: str
    link_id: int


Numbers = Callable[[int, Sequence[int]], Awaitable[dict[int, Paper]]]
_numbers: dict[str, Numbers] = {}

_SESSIONS = "SELECT id, number FROM scan_session WHERE root_id = $1 AND id = ANY ($2::bigint[])"


async def _sessions(root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    found = await db.rows(_SESSIONS, root_id, list(ids))
    return {item["id"]: Paper(item["number"], "scan_session", item["id"]) for item in found}


def numbered_by(kind: str, numbers: Numbers) -> None:
    """Let a module say the numbers of its documents: (brand, ids) → id → paper."""
    _numbers[kind] = numbers


numbered_by("scan_session", _sessions)


async def papers(root_id: int, documents: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Paper]:
    """The numbers of documents (kind, id), in one statement per kind; those without a number are left out."""
    by_kind: dict[str, set[int]] = {}
    for kind, number in documents:
        by_kind.setdefault(kind, set()).add(number)
    return {
        (kind, number): paper
        for kind, ids in by_kind.items()
        if kind in _numbers
        for number, paper in (await _numbers[kind](root_id, sorted(ids))).items()
    }
