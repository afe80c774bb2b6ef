"""Regions as the statements want them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from server.core.errors import FieldError, InvalidInput
from server.regions import service as regions
from server.territory.queries import Inside

_END = ":"
"""The sign that follows the digits: what begins with 33 lies between "33" and "33:"."""


def bounds(code: str) -> tuple[str, str]:
    """Between what codes those of all divisions inside one lie."""
    begin = regions.prefix(code)
    return begin, begin + _END


def inside(codes: Iterable[str]) -> Inside:
    """The ranges of regions, and what each lies in."""
    wanted = list(codes)
    ranges = [bounds(code) for code in wanted]
    pairs = [(code, outer) for code in wanted for outer in regions.lineage(code) if outer != code]
    return Inside(
        wanted,
        [low for low, _ in ranges],
        [high for _, high in ranges],
        [code for code, _ in pairs],
        [outer for _, outer in pairs],
    )


def outermost(codes: Collection[str]) -> list[str]:
    """Known regions, without those that lie in another of them."""
    for place, code in enumerate(codes):
        if code != regions.ALL and not regions.known(code):
            words = f"没有代码为 {code} 的行政区划，请重新选择"
            raise InvalidInput(words, [FieldError(f"/region_codes/{place}", "没有这个行政区划")])
    chosen = set(codes)
    return sorted(code for code in chosen if not chosen & set(regions.lineage(code)[:-1]))
