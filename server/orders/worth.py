"""What goods are worth to the org that has them: what its supplier asks for them today, else the guide price. (S3.1)"""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence

from server.core import clock, db
from server.pricing.offers import OFFERS_BY_ID
from server.pricing.resolve import ALL_LIMITS, ALL_PRICES, OFFERED, PAIR
from server.stock.insight import UnitWorth
from server.stock.insight_queries import WholeWorth

_SUPPLIER = "SELECT parent_id FROM org WHERE id = $1 AND root_id = $2"
_GUIDES = "SELECT id, guide_price_fen FROM product WHERE root_id = $1 AND id = ANY ($2::bigint[])"

WHOLE = WholeWorth(
    f"""t AS MATERIALIZED (
    SELECT {PAIR}, $4::date AS day FROM org b JOIN org s ON s.id = b.parent_id WHERE b.root_id = $1 AND b.id = $2
),""",
    f"FULL JOIN ({ALL_PRICES}) e ON e.product_id = p.id FULL JOIN ({ALL_LIMITS}) g ON g.product_id = p.id",
    f"coalesce(CASE WHEN p.status = 'active' THEN {OFFERED} END, p.guide_price_fen)",
)
"""The same for all that an org has, inside the statement that adds it up."""


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
