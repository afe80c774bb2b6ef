"""What goods are worth to the org that has them: what its supplier asks for them today, else the guide price. (S3.1)"""

from __future__ import annotations

from collections.abc import Sequence

from server.core import clock, db
from server.pricing.offers import OFFERS_BY_ID
from server.stock.insight import UnitWorth

_SUPPLIER = "SELECT parent_id FROM org WHERE id = $1 AND root_id = $2"
_GUIDES = "SELECT id, guide_price_fen FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[])"


async def worth(root_id: int, org_id: int, product_ids: Sequence[int]) -> dict[int, UnitWorth]:
    """By product, per base unit. The brand, who buys from nobody, has guide prices."""
    ids = list(product_ids)
    guides = await db.rows(_GUIDES, root_id, ids)
    found = {item["id"]: UnitWorth(item["guide_price_fen"], "guide") for item in guides}
    supplier = await db.value(_SUPPLIER, org_id, root_id)
    if supplier is not None:
        for item in await db.rows(OFFERS_BY_ID, root_id, ids, clock.today(), supplier, org_id):
            if item["price_fen"] is not None:
                found[item["id"]] = UnitWorth(item["price_fen"], "purchase")
    return found
