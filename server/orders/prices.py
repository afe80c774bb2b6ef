"""How the price of a line came about, in words; a plain function of what the line keeps."""

from __future__ import annotations

from collections.abc import Iterable

from server.core.money import yuan
from server.orders.schemas import PriceStep
from server.pricing.engine import Step


def steps(guide_price_fen: int, price_fen: int, qty: int, taken: Iterable[Step] = ()) -> list[PriceStep]:
    """Guide price, the supplier's price list where it differs, then what rules took off. (T1)"""
    found = [PriceStep("guide", f"指导价 {yuan(guide_price_fen)}", guide_price_fen, guide_price_fen * qty)]
    if price_fen != guide_price_fen:
        difference = price_fen - guide_price_fen
        word = "低" if difference < 0 else "高"
        label = f"供货价，比指导价{word} {yuan(abs(difference))}"
        found.append(PriceStep("list", label, price_fen, price_fen * qty))
    return found + [
        PriceStep(step.kind, step.words, step.after_fen // qty, step.after_fen, step.rule_id)
        for step in taken
        if step.kind != "list"
    ]
