"""Requests and responses of the divisions."""

from __future__ import annotations

from typing import Annotated

import msgspec

AREA = r"^[0-9]{6}$"
AreaCode = Annotated[str, msgspec.Meta(pattern=AREA, description="GB/T 2260 division; 000000: the whole country")]


class RegionEntry(msgspec.Struct, array_like=True):
    """A division in the compact tree."""

    code: str
    name: str
    parent: str


class RegionTree(msgspec.Struct):
    """All divisions, each after the one it lies in; `parent` of a province is 000000."""

    items: list[RegionEntry]


class RegionOut(msgspec.Struct):
    """A division with the names of what it lies in."""

    code: str
    name: str
    full_name: str
    has_children: bool


class RegionList(msgspec.Struct):
    """Some divisions."""

    items: list[RegionOut]


class RegionFilter(msgspec.Struct):
    """Below which division."""

    parent: AreaCode = "000000"


class RegionSearch(msgspec.Struct):
    """What to look for: a part of the name, pinyin, initials or the beginning of the code."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20
