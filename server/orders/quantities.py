"""Quantities given by people, against what the document allows. Plain rules, without a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from server.core import db
from server.core.errors import BusinessError, FieldError, InvalidInput
from server.orders.schemas import Receive, ReceivedLine


class QuantityInvalid(BusinessError):
    """A quantity that the document does not allow; the line is named."""

    status, code, title = 422, "quantity_invalid", "数量不对"


def by_line(
    lines: Sequence[db.Row], given: Mapping[int, int], limit: Callable[[db.Row], int], what: str
) -> dict[int, int]:
    """Check quantities given per line against what the document allows."""
    known = {line["line_no"]: line for line in lines}
    errors = []
    for index, (line_no, qty) in enumerate(given.items()):
        if line_no not in known:
            errors.append(FieldError(f"/lines/{index}/line_no", "订单没有这一行"))
        elif qty > limit(known[line_no]):
            errors.append(FieldError(f"/lines/{index}", f"最多{what} {limit(known[line_no])}"))
    if errors:
        raise QuantityInvalid(f"有 {len(errors)} 行数量不对，没有做任何改动", errors)
    return dict(given)


def unique(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Quantities by line; a line is named once."""
    if len({line_no for line_no, _ in pairs}) != len(pairs):
        raise InvalidInput("同一行出现了两次")
    return dict(pairs)


def arrived(lines: list[db.Row], counted: Receive) -> dict[int, ReceivedLine]:
    """What was counted per issued line; lines not named arrived complete."""
    if counted.lines is None:
        return {line["line_no"]: ReceivedLine(line["line_no"], line["qty"]) for line in lines}
    given = {line.line_no: line for line in counted.lines}
    if len(given) != len(counted.lines):
        raise InvalidInput("同一行出现了两次")
    issued = {line["line_no"]: line["qty"] for line in lines}
    errors = [
        FieldError(f"/lines/{index}", f"这一行发出 {issued.get(line.line_no, 0)}，签收加破损不能更多")
        for index, line in enumerate(counted.lines)
        if line.received_qty + line.damaged_qty > issued.get(line.line_no, -1)
    ]
    if errors:
        raise QuantityInvalid("签收数量不对，没有做任何改动", errors)
    return {n: given.get(n, ReceivedLine(n, qty)) for n, qty in issued.items()}
