"""What a part of a line costs: of parts that come one after another each has the difference of two rounded-down sums.

So approved, issued, signed-for and missing parts add up to the line to the fen, whatever was taken off it. (D5.2)
"""

from __future__ import annotations

from collections.abc import Sequence

from server.core import db
from server.pricing.engine import part
from server.stock.fefo import Pick


def part_of(line: str, qty: str) -> str:
    """The same as `part`, in SQL, of a row of `order_line`; wider than its columns while it multiplies."""
    return f"div({line}.amount_fen::numeric * ({qty}), {line}.ordered_qty)::bigint"


def costs(line: db.Row, qty: int) -> int:
    """What the first so many base units of an order line cost."""
    return part(line["amount_fen"], qty, line["ordered_qty"])


def between(line: db.Row, had: int, qty: int) -> int:
    """What so many more cost, after so many."""
    return costs(line, had + qty) - costs(line, had)


def issued(lines: Sequence[db.Row], picks: Sequence[Pick]) -> list[int]:
    """What each pick of a goods issue costs, after all that was issued of its line before."""
    by_no = {line["line_no"]: line for line in lines}
    had = {line["line_no"]: int(line["issued_qty"]) for line in lines}
    amounts = []
    for pick in picks:
        amounts.append(between(by_no[pick.line_no], had[pick.line_no], pick.qty))
        had[pick.line_no] += pick.qty
    return amounts


def lost(line: db.Row, received_qty: int) -> int:
    """What is not to be paid of a line of a goods issue of which so much arrived good."""
    return int(line["amount_fen"]) - part(line["amount_fen"], received_qty, line["qty"])
