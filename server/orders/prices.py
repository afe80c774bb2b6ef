"""How the price of a line came about, in words; a plain function of what the line keeps."""

from __future__ import annotations

from server.core.money import yuan
from server.orders.schemas import PriceStep


def steps(guide_price_fen: int, price_fen: int) -> list[PriceStep]:
    """Guide price, then the supplier's price list where it differs (fen per base unit)."""
    found = [PriceStep("guide", f"指导价 {yuan(guide_price_fen)}", guide_price_fen)]
    if price_fen != guide_price_fen:
        difference = price_fen - guide_price_fen
        word = "低" if difference < 0 else "高"
        found.append(PriceStep("list", f"供货价，比指导价{word} {yuan(abs(difference))}", price_fen))
    return found
