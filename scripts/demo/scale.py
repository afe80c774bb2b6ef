"""How large a demo world is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """The measures of a world; tests make a small one."""

    provinces: int = 4
    stores: int = 200
    products: int = 300
    weeks: int = 26
