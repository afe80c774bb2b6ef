"""Prices, limits and where they come from, in the user's words."""

from __future__ import annotations

from server.core.money import yuan


def source_words(grade: str, region_code: str) -> str:
    """Whose guide price it is: `湖南省 A 级指导价`; without grade and region the product's own."""
    region = region_code
    level = f"{grade} 级" if grade else ""
    return f"{region}{' ' if region and level else ''}{level}指导价"


def limit_words(product: str, floor_fen: int, ceiling_fen: int, grade: str, region_code: str) -> str:
    """Why a price is refused: the product, its limits, and whose rule they are."""
    return f"{product}应在 {yuan(floor_fen)} 到 {yuan(ceiling_fen)} 之间（{source_words(grade, region_code)}）"


def price_words(price_fen: int | None) -> str:
    """A price, or that there is none."""
    return yuan(price_fen) if price_fen else "不供应"
