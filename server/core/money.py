"""Money is integer fen; this is the one place that writes it for people."""

from __future__ import annotations


def yuan(fen: int) -> str:
    """`123450` → `¥1,234.50`."""
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}¥{whole:,}.{cents:02d}"


def quantity(qty: int, unit_qty: int, packaging: str, base_unit: str) -> str:
    """Base units in words people use: 26 bottles in cases of 12 → `2箱2瓶`."""
    if unit_qty <= 1 or qty == 0:
        return f"{qty}{base_unit}"
    packages, rest = divmod(qty, unit_qty)
    return (f"{packages}{packaging}" if packages else "") + (f"{rest}{base_unit}" if rest else "")
