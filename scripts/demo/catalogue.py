"""The assortment: series × kinds × sizes from `data/catalogue.json`, each with valid barcodes.

Barcodes: EAN-13 with the GS1 China prefix 697 on the piece, the ITF-14 with indicator 1 of the same number on the case
(GS1 General Specifications 2.1.6 and 7.9).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from biip.checksums import gs1_standard_check_digit

from scripts.demo.sources import source

COMPANY_PREFIX = "6978821"
FLOOR_PERCENT, CEILING_PERCENT = 70, 120


@dataclass(frozen=True)
class Item:
    """A product of the assortment; prices are fen per base unit, `popularity` has a mean of about one."""

    code: str
    category: str
    name: str
    spec: str
    unit: str
    case: str
    case_qty: int
    shelf_days: int
    color: str
    guide_fen: int
    ean: str
    itf: str
    popularity: float

    @property
    def floor_fen(self) -> int:
        """The lowest price anybody may ask."""
        return self.guide_fen * FLOOR_PERCENT // 100

    @property
    def ceiling_fen(self) -> int:
        """The highest price anybody may ask."""
        return self.guide_fen * CEILING_PERCENT // 100


def barcodes(number: int) -> tuple[str, str]:
    """The EAN-13 of the piece and the ITF-14 of the case of the company's item with this number."""
    body = f"{COMPANY_PREFIX}{number:05d}"
    case = f"1{body}"
    return body + str(gs1_standard_check_digit(body)), case + str(gs1_standard_check_digit(case))


def assortment(count: int, chance: random.Random) -> list[Item]:
    """So many products, spread over all series; all 300 of them in the order of the file."""
    entries = list(_entries())
    chosen = [entries[index * len(entries) // count] for index in range(min(count, len(entries)))]
    return [_item(number, entry, chance) for number, entry in chosen]


def _entries() -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    for index, series in enumerate(source("catalogue")["series"], 1):
        for kind, color in series["kinds"].items():
            for size, case_qty, guide_fen in series["sizes"]:
                number += 1
                own = {"kind": kind, "color": color, "size": size, "case_qty": case_qty, "guide_fen": guide_fen}
                yield number, {**series, **own, "series": index}


def _item(number: int, entry: dict[str, Any], chance: random.Random) -> Item:
    ean, itf = barcodes(number)
    return Item(
        code=f"QY{entry['series']:02d}{number:03d}",
        category=entry["category"],
        name=f"{entry['name']}{entry['kind']} {entry['size']}",
        spec=f"{entry['size']}×{entry['case_qty']}{entry['unit']}",
        unit=entry["unit"],
        case="箱",
        case_qty=entry["case_qty"],
        shelf_days=entry["shelf_days"],
        color=entry["color"],
        guide_fen=entry["guide_fen"],
        ean=ean,
        itf=itf,
        popularity=min(chance.paretovariate(1.6) / 2.6, 6.0),
    )
