"""Which price and which limits hold for a pair on a day: the rule, as the SQL that every statement shares.

The statement has a row `t` of the pair (`PAIR` makes its columns) and a product `p`; `PRICE` then joins the entry `e`
that holds, and `LIMITS` the guide price `g`.

- A price comes from the buyer's own list, or, where that has no entry for the day, from its group's list.
- In a list a temporary entry (with a last day) lies over the base entry; of several the one that begins last, and of
  those the one that was set last. An entry without a price says that nothing is offered.
- An entry that names an exception was asked for and approved: the limits do not hold for it.
- The limits are those of the dealer in the pair: the seller, or, where the brand sells, the buyer. Its grade comes
  first, then the smallest region around it, then the product's own limits. (S1.3)
"""

from __future__ import annotations

from typing import Final

# `s` and `b` are the seller's and the buyer's org.
PAIR: Final = """
s.root_id, s.id AS seller_id, ARRAY['b' || b.id, 'g' || b.price_group] AS audiences,
ARRAY['', CASE s.kind WHEN 'brand' THEN b.grade ELSE s.grade END] AS grades,
(SELECT ARRAY['', left(code, 2) || '0000', left(code, 4) || '00', code]
 FROM (SELECT CASE s.kind WHEN 'brand' THEN b.region_code ELSE s.region_code END AS code) r) AS regions
"""

_HOLDS: Final = """
{x}.ended_at IS NULL AND {x}.from_on <= t.day AND ({x}.until_on IS NULL OR {x}.until_on >= t.day)
"""
_LATEST: Final = "{x}.until_on IS NULL, {x}.from_on DESC, {x}.id DESC"

PRICE: Final = f"""
LEFT JOIN LATERAL (
    SELECT x.* FROM price x
    WHERE x.root_id = t.root_id AND x.seller_id = t.seller_id AND x.audience = ANY (t.audiences)
      AND x.product_id = p.id AND {_HOLDS.format(x="x")}
    ORDER BY x.buyer_id IS NULL, {_LATEST.format(x="x")} LIMIT 1
) e ON true
"""

LIMITS: Final = f"""
LEFT JOIN LATERAL (
    SELECT x.* FROM guide_price x
    WHERE x.root_id = t.root_id AND x.product_id = p.id AND x.grade = ANY (t.grades)
      AND x.region_code = ANY (t.regions) AND {_HOLDS.format(x="x")}
    ORDER BY x.grade DESC, x.region_code DESC, {_LATEST.format(x="x")} LIMIT 1
) g ON true
"""

# The same for all products at once: where a place holds thousands, reading both lists takes less than looking each up.
ALL_PRICES: Final = f"""
SELECT DISTINCT ON (x.product_id) x.product_id, x.price_fen, x.exception_id FROM t JOIN price x
  ON x.root_id = t.root_id AND x.seller_id = t.seller_id AND x.audience = ANY (t.audiences) AND {_HOLDS.format(x="x")}
ORDER BY x.product_id, x.buyer_id IS NULL, {_LATEST.format(x="x")}
"""
ALL_LIMITS: Final = f"""
SELECT DISTINCT ON (x.product_id) x.product_id, x.floor_fen, x.guide_fen, x.ceiling_fen FROM t JOIN guide_price x
  ON x.root_id = t.root_id AND x.grade = ANY (t.grades) AND x.region_code = ANY (t.regions) AND {_HOLDS.format(x="x")}
ORDER BY x.product_id, x.grade DESC, x.region_code DESC, {_LATEST.format(x="x")}
"""

FLOOR: Final = "coalesce(g.floor_fen, p.floor_price_fen)"
GUIDE: Final = "coalesce(g.guide_fen, p.guide_price_fen)"
CEILING: Final = "coalesce(g.ceiling_fen, p.ceiling_price_fen)"

OFFERED: Final = f"""
CASE WHEN e.exception_id IS NOT NULL OR e.price_fen BETWEEN {FLOOR} AND {CEILING} THEN e.price_fen END
"""
"""The price at which a product can be bought: outside the limits nothing is offered but by an exception (D5.3)."""
