"""What a buyer is offered: products with the price that holds for it today (T1, D1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from server.catalog import queries as catalog
from server.catalog.schemas import ProductFilter
from server.core import clock, db, paging, search
from server.core.actor import Actor
from server.core.errors import BusinessError
from server.pricing.resolve import GUIDE, LIMITS, OFFERED, PAIR, PRICE

_COLUMNS = f"""
p.id, p.category_id, p.code, p.name, p.spec, p.base_unit, p.color, p.image_url, p.shelf_life_days,
{GUIDE} AS guide_price_fen, {OFFERED} AS price_fen
"""
_WANTED = f"p.root_id = $1 AND p.id > $2 AND p.status = 'active' AND ($3::bigint IS NULL OR {catalog.IN_CATEGORY})"

# Both lists in the order of their products, so that a page costs what it shows.
_WALK = f"""
FROM t
CROSS JOIN LATERAL (
    SELECT DISTINCT product_id FROM (
        (SELECT product_id FROM price x WHERE x.root_id = $1 AND x.seller_id = t.seller_id
            AND x.audience = t.audiences[1] AND x.product_id > $2 AND x.ended_at IS NULL ORDER BY product_id)
        UNION ALL
        (SELECT product_id FROM price x WHERE x.root_id = $1 AND x.seller_id = t.seller_id
            AND x.audience = t.audiences[2] AND x.product_id > $2 AND x.ended_at IS NULL ORDER BY product_id)
    ) both_lists ORDER BY product_id
) listed
JOIN product p ON p.id = listed.product_id {PRICE} {LIMITS}
WHERE {_WANTED} AND {OFFERED} IS NOT NULL
"""
_FIND = f"FROM t CROSS JOIN product p {PRICE} {LIMITS} WHERE {_WANTED} AND {OFFERED} IS NOT NULL"
_PAIR = f"t AS MATERIALIZED (SELECT {PAIR}, $7::date AS day FROM org s, org b WHERE s.id = $8 AND b.id = $9),"

# The brand itself buys from nobody: it sees its guide prices.
_OWN = f"FROM product p WHERE {_WANTED}"

OFFERS_BY_ID = f"""
WITH t AS MATERIALIZED (SELECT {PAIR}, $3::date AS day FROM org s, org b WHERE s.id = $4 AND b.id = $5)
SELECT {_COLUMNS}, k.packagings
FROM t CROSS JOIN product p {PRICE} {LIMITS} {catalog.PACKAGINGS}
WHERE p.root_id = $1 AND p.id = ANY ($2::bigint[]) AND p.status = 'active'
ORDER BY p.id
"""
_OWN_BY_ID = f"""
SELECT p.*, NULL::bigint AS price_fen, k.packagings
FROM product p {catalog.PACKAGINGS}
WHERE p.root_id = $1 AND p.id = ANY ($2::bigint[]) AND p.status = 'active'
ORDER BY p.id
"""


@cache
def _statement(pair: bool, searched: bool) -> str:
    if pair:
        return catalog.page_of(_COLUMNS, _WALK, _FIND, searched, _PAIR)
    return catalog.page_of("p.*, p.guide_price_fen AS price_fen", _OWN, _OWN, searched)


class NotOffered(BusinessError):
    """The supplier does not sell this product to this buyer."""

    status, code, title = 409, "not_offered", "暂不供应"


async def offers(actor: Actor, wanted: ProductFilter) -> tuple[list[db.Row], str | None]:
    """What the actor's org can buy today, with its own prices, a page at a time."""
    after = paging.id_cursor(wanted.cursor) or 0
    look = search.look_for(wanted.q)
    asked = (actor.root_id, after, wanted.category_id, wanted.limit + 1, *(look or (None, None)))
    pair = () if actor.supplier_id is None else (clock.today(), actor.supplier_id, actor.org_id)
    found = await db.rows(_statement(bool(pair), look is not None), *asked, *pair)
    return paging.page(found, wanted.limit)


async def offers_by_id(
    actor: Actor, product_ids: Sequence[int], buyer: tuple[int, int] | None = None
) -> dict[int, db.Row]:
    """These products with the actor's price, or that of another (seller, buyer); null where none is offered."""
    seller_id, buyer_id = buyer or (actor.supplier_id, actor.org_id)
    if seller_id is None:
        found = await db.rows(_OWN_BY_ID, actor.root_id, list(product_ids))
    else:
        found = await db.rows(OFFERS_BY_ID, actor.root_id, list(product_ids), clock.today(), seller_id, buyer_id)
    return {item["id"]: item for item in found}
