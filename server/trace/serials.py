"""Serials that others count: GS1 serials (AI 21) and SSCCs (AI 00). Plain rules, without a database."""

from __future__ import annotations

import re
from typing import NamedTuple

from biip.checksums import gs1_standard_check_digit

from server.core.errors import FieldError, InvalidInput

MOST = 100_000_000
"""So many codes at most in one range."""


class Span(NamedTuple):
    """Serials from the first to the last: those of their last `digits` digits that lie between."""

    first: str
    last: str
    digits: int

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.last[-self.digits :]) - int(self.first[-self.digits :]) + 1


def span(first: str, last: str) -> Span:
    """The span between two serials that differ in their last digits only; `InvalidInput` for any others."""
    tail = re.search(r"\d{1,17}$", first)
    if tail is None:
        raise InvalidInput("序列号要以数字结尾", [FieldError("/first", "要以数字结尾")])
    digits = len(tail[0])
    if len(first) != len(last) or first[:-digits] != last[:-digits] or not last[-digits:].isdigit():
        raise InvalidInput("首尾序列号要一样长，只有末尾的数字不同", [FieldError("/last", "和首个序列号对不上")])
    found = Span(first, last, digits)
    if found.size < 1:
        raise InvalidInput("最后一个序列号在第一个之前", [FieldError("/last", "比首个序列号小")])
    if found.size > MOST:
        raise InvalidInput(f"一个号段最多 {MOST // 10_000} 万个", [FieldError("/last", "太多了")])
    return found


def number(serial: str, first: str, digits: int, count: int) -> int | None:
    """Which of a span's serials this is, the first being 1; None where it is none of them."""
    tail = serial[-digits:]
    if len(serial) != len(first) or serial[:-digits] != first[:-digits] or not (tail.isascii() and tail.isdigit()):
        return None
    no = int(tail) - int(first[-digits:]) + 1
    return no if 1 <= no <= count else None


def at(first: str, digits: int, no: int) -> str:
    """The serial with this number."""
    return first[:-digits] + str(int(first[-digits:]) + no - 1).zfill(digits)


def sscc(body: str) -> str:
    """An SSCC with its check digit."""
    return body + str(gs1_standard_check_digit(body))
