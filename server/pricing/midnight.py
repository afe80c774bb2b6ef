"""Midnight: planned prices begin, temporary ones end; open carts hear of it as of a change by hand. (D5.3)

A brand's row of `price_day` says which day was told of last. Whoever tells of a day holds that row, so each day is told
of once, by whichever bot comes first; days that nobody was there for are told of together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from server.core import clock, db, live
from server.pricing import guide_queries
from server.pricing.guide_queries import Scope
from server.pricing.queries import Period
from server.pricing.service import tell_buyers

_DUE = """
SELECT o.id FROM org o LEFT JOIN price_day d ON d.root_id = o.id
WHERE o.kind = 'brand' AND (d.told_on IS NULL OR d.told_on < $1) ORDER BY o.id
"""
_BEGIN = "INSERT INTO price_day (root_id, told_on) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_TAKE = "SELECT told_on FROM price_day WHERE root_id = $1 AND told_on < $2 FOR UPDATE"
_TOLD = "UPDATE price_day SET told_on = $2 WHERE root_id = $1"

# What begins on one of the days after $2 up to $3, set on a day before; and temporary prices of which one of the days
# from $2 on was the last. Seller by seller, so that the index finds the few among all that are in force.
_TURNING = """
SELECT DISTINCT s.seller_id, x.price_group, x.buyer_id, x.product_id
FROM (SELECT DISTINCT seller_id FROM price_list WHERE root_id = $1) s
CROSS JOIN LATERAL (
    SELECT price_group, buyer_id, product_id FROM price p
    WHERE p.root_id = $1 AND p.seller_id = s.seller_id AND p.ended_at IS NULL AND p.from_on > $2 AND p.from_on <= $3
      AND (p.set_at AT TIME ZONE $4)::date < p.from_on
    UNION ALL
    SELECT price_group, buyer_id, product_id FROM price p
    WHERE p.root_id = $1 AND p.seller_id = s.seller_id AND p.ended_at IS NULL AND p.until_on >= $2 AND p.until_on < $3
) x
ORDER BY s.seller_id
"""

_LIMITS_TURNING = """
SELECT grade, region_code, array_agg(DISTINCT product_id) AS product_ids FROM guide_price
WHERE root_id = $1 AND ended_at IS NULL
  AND ((from_on > $2 AND from_on <= $3 AND (set_at AT TIME ZONE $4)::date < from_on)
       OR (until_on >= $2 AND until_on < $3))
GROUP BY 1, 2
ORDER BY 1, 2
"""


async def tell_of_the_day() -> int:
    """Let the open carts whose prices have changed at midnight ask again, once a day; the number of sellers."""
    today = clock.today()
    return sum([await _tell(item["id"], today) for item in await db.rows(_DUE, today)])


async def _tell(root_id: int, today: date) -> int:
    async with db.transaction():
        await db.run(_BEGIN, root_id, today - timedelta(days=1))
        before = await db.value(_TAKE, root_id, today)
        if before is None:  # another bot has told of it meanwhile
            return 0
        zone = str(clock.zone())
        sellers = await _tell_of_prices(await db.rows(_TURNING, root_id, before, today, zone))
        sellers |= await _tell_of_limits(root_id, await db.rows(_LIMITS_TURNING, root_id, before, today, zone),
                                         before, today)  # fmt: skip
        await db.run(_TOLD, root_id, today)
    return len(sellers)


async def _tell_of_prices(turning: Sequence[db.Row]) -> set[int]:
    by_seller: dict[int, list[db.Row]] = defaultdict(list)
    for item in turning:
        by_seller[item["seller_id"]].append(item)
    for seller_id, items in by_seller.items():
        groups = sorted({item["price_group"] for item in items if item["buyer_id"] is None})
        buyers = sorted({item["buyer_id"] for item in items if item["buyer_id"] is not None})
        await tell_buyers(seller_id, groups, buyers, [item["product_id"] for item in items])
    return set(by_seller)


async def _tell_of_limits(root_id: int, turning: Sequence[db.Row], before: date, today: date) -> set[int]:
    """Prices that are outside the limits only now, or no longer: the buyers of their sellers."""
    sellers: set[int] = set()
    for item in turning:
        scope = Scope(root_id, item["grade"], item["region_code"])
        was, now = [
            {(row["id"], row["seller_id"]) for row in await guide_queries.outside(scope, item["product_ids"], when)}
            for when in (Period(before, before), Period(today, today))
        ]
        sellers |= {seller_id for _, seller_id in was ^ now}
    if sellers:
        products = sorted({product_id for item in turning for product_id in item["product_ids"]})[:200]
        found = await guide_queries.buyers_of(sorted(sellers))
        await live.tell_each([(buyer["id"], buyer["path"]) for buyer in found], "price", {"product_ids": products})
    return sellers
