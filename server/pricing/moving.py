"""What moving an org to another supplier means for its prices: what is gained, lost, dearer and cheaper. (S1.2)"""

# ruff: noqa: S608 - put together from constants of this module; every value is a parameter

from __future__ import annotations

from server.channel.moving import Move
from server.channel.tree_schemas import Consequence
from server.core import clock, db
from server.core.money import yuan
from server.pricing.resolve import LIMITS, OFFERED, PAIR, PRICE

_SHOWN = 5

# What each of two suppliers offers the org today, under the price group that it has there.
_OFFER = f"""
SELECT p.id, {OFFERED} AS price_fen
FROM (SELECT {PAIR}, $5::date AS day FROM org s CROSS JOIN (
          SELECT o.id, {{group}} AS price_group, o.grade, o.region_code FROM org o WHERE o.id = $4) b
      WHERE s.id = {{seller}}) t
JOIN product p ON p.root_id = $1 AND p.status = 'active' AND p.id IN (
    SELECT x.product_id FROM price x WHERE x.root_id = $1 AND x.seller_id = {{seller}} AND x.ended_at IS NULL)
{PRICE} {LIMITS}
"""
_COMPARE = f"""
WITH old AS ({_OFFER.format(seller="$2", group="o.price_group")}),
new AS ({_OFFER.format(seller="$3", group="$6::text")}), both_sides AS (
    SELECT coalesce(old.id, new.id) AS id, old.price_fen AS old_fen, new.price_fen AS new_fen
    FROM old FULL JOIN new ON new.id = old.id
), told AS (
    SELECT b.*, p.name, CASE WHEN old_fen IS NULL THEN 'gained' WHEN new_fen IS NULL THEN 'lost'
                             WHEN new_fen > old_fen THEN 'dearer' WHEN new_fen < old_fen THEN 'cheaper' END AS what
    FROM both_sides b JOIN product p ON p.id = b.id WHERE old_fen IS DISTINCT FROM new_fen
)
SELECT what, count(*)::int AS n,
       (array_agg(name ORDER BY id))[1:{_SHOWN}] AS names, (array_agg(old_fen ORDER BY id))[1:{_SHOWN}] AS old_fen,
       (array_agg(new_fen ORDER BY id))[1:{_SHOWN}] AS new_fen
FROM told GROUP BY what
"""


def _details(found: db.Row) -> list[str]:
    def one(name: str, old: int | None, new: int | None) -> str:
        if old is None or new is None:
            return f"{name} {yuan(old or new or 0)}"
        return f"{name} {yuan(old)} → {yuan(new)}"

    prices = zip(found["names"], found["old_fen"], found["new_fen"], strict=True)
    return [one(name, old, new) for name, old, new in prices]


async def tell_of_prices(move: Move) -> list[Consequence]:
    """How the org's prices change: those of its new supplier hold from then on; its own list there, too."""
    parties = (move.org.root_id, move.old.id, move.new.id, move.org.id)
    rows = await db.rows(_COMPARE, *parties, clock.today(), move.price_group)
    found = {item["what"]: item for item in rows}
    words = {
        "lost": "种商品不再能买到", "gained": "种商品新增可买", "dearer": "种商品涨价", "cheaper": "种商品降价",
    }  # fmt: skip
    told = [
        Consequence("prices", f"{found[what]['n']} {text}", _details(found[what]))
        for what, text in words.items()
        if what in found
    ]
    return told or [Consequence("prices", "价格没有变化")]
