"""Prices, limits and where they come from, in the user's words."""

from __future__ import annotations

from server.core.money import yuan
from server.regions import service as regions


def scope_words(grade: str, region_code: str) -> str:
    """Whose guide price: `湖南省 A 级`; empty where it is the product's own."""
    region = regions.full_name(region_code) if region_code else ""
    return " ".join(filter(None, (region, f"{grade} 级" if grade.isascii() and grade else grade)))


def source_words(grade: str, region_code: str) -> str:
    """Where limits come from: `湖南省指导价`; without grade and region it is the product's own."""
    return f"{scope_words(grade, region_code)}指导价"


def limit_words(product: str, floor_fen: int, ceiling_fen: int, grade: str, region_code: str) -> str:
    """Why a price is refused: the product, its limits, and whose rule they are."""
    return f"{product}应在 {yuan(floor_fen)} 到 {yuan(ceiling_fen)} 之间（{source_words(grade, region_code)}）"


def price_words(price_fen: int | None) -> str:
    """A price, or that there is none."""
    return yuan(price_fen) if price_fen else "不供应"
