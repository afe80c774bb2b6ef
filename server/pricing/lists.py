"""What price lists say on a day: a list, products by groups, all lists, the history of a price."""

from __future__ import annotations

from collections.abc import Sequence

from server.catalog.queries import IN_CATEGORY
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import MAX_ID
from server.pricing import queries
from server.pricing.parties import list_of, seller_of
from server.pricing.resolve import LIMITS, OFFERED, PAIR, PRICE
from server.pricing.schemas import (
    Cell,
    History,
    HistoryEntry,
    HistoryQuery,
    Limits,
    ListQuery,
    ListsQuery,
    ListSummaries,
    ListSummary,
    Matrix,
    MatrixQuery,
    MatrixRow,
    PriceOut,
    PriceOutList,
)
from server.pricing.words import source_words

# What comes after the entry `e`: the base price that a temporary one gives way to, and the next entry that begins.
_AFTER = """
LEFT JOIN LATERAL (
    SELECT x.price_fen AS base_fen FROM price x
    WHERE e.until_on IS NOT NULL AND x.root_id = t.root_id AND x.seller_id = t.seller_id
      AND x.audience = ANY (t.audiences) AND x.product_id = p.id AND x.ended_at IS NULL AND x.from_on <= e.until_on
      AND x.until_on IS NULL
    ORDER BY x.buyer_id IS NULL, x.from_on DESC, x.id DESC LIMIT 1
) base ON true
LEFT JOIN LATERAL (
    SELECT x.from_on AS next_from, x.price_fen AS next_fen FROM price x
    WHERE x.root_id = t.root_id AND x.seller_id = t.seller_id AND x.audience = ANY (t.audiences)
      AND x.product_id = p.id AND x.ended_at IS NULL AND x.from_on > t.day
    ORDER BY x.from_on, x.id DESC LIMIT 1
) next ON true
"""
_ENTRY = f"""
e.price_fen, e.id AS entry_id, e.from_on, e.until_on, base.base_fen, next.next_from, next.next_fen,
e.price_fen IS NULL OR {OFFERED} IS NOT NULL AS offered
"""
_PRODUCT = f"""
p.id AS product_id, p.code AS product_code, p.name AS product_name, p.spec, p.base_unit, p.category_id,
{queries.LIMIT_COLUMNS}
"""
# Of a group's list only the list itself; of a buyer what the buyer sees. Each with the dealer whose limits hold.
_OF_BUYER = f"SELECT {PAIR}, $3::date AS day FROM org s, org b WHERE s.id = $2 AND b.id = $4::bigint"
_OF_GROUP = f"""
SELECT {PAIR}, $3::date AS day
FROM org s, (SELECT 0::bigint AS id, $4::text AS price_group, '' AS grade, '' AS region_code) b WHERE s.id = $2
"""
_LIST = f"""
WITH t AS MATERIALIZED ({{pair}})
SELECT {_PRODUCT}, {_ENTRY}, CASE WHEN e.buyer_id IS NULL THEN 'group' ELSE 'buyer' END AS source
FROM t
CROSS JOIN LATERAL (
    SELECT DISTINCT product_id FROM (
        (SELECT product_id FROM price x WHERE x.root_id = $1 AND x.seller_id = $2 AND x.audience = t.audiences[1]
            AND x.product_id > $5 AND x.ended_at IS NULL ORDER BY product_id)
        UNION ALL
        (SELECT product_id FROM price x WHERE x.root_id = $1 AND x.seller_id = $2 AND x.audience = t.audiences[2]
            AND x.product_id > $5 AND x.ended_at IS NULL ORDER BY product_id)
    ) both_lists ORDER BY product_id
) listed
JOIN product p ON p.id = listed.product_id AND p.root_id = $1
    AND ($6::text IS NULL OR position($6 IN p.search_text) > 0)
{PRICE} {LIMITS} {_AFTER}
WHERE e.price_fen IS NOT NULL OR next.next_fen IS NOT NULL OR e.buyer_id IS NOT NULL
ORDER BY listed.product_id
LIMIT $7
"""
_LIST_OF_BUYER = _LIST.format(pair=_OF_BUYER)
_LIST_OF_GROUP = _LIST.format(pair=_OF_GROUP)

_MATRIX_IN = IN_CATEGORY.replace("$3", "$8")
_MATRIX = f"""
WITH t AS MATERIALIZED (
    SELECT {PAIR}, $3::date AS day, b.price_group, b.n
    FROM org s, (SELECT 0::bigint AS id, grp AS price_group, n, '' AS grade, '' AS region_code
                 FROM unnest($4::text[]) WITH ORDINALITY AS u (grp, n)) b WHERE s.id = $2
), shown AS (
    SELECT p.* FROM product p
    WHERE p.root_id = $1 AND p.id > $5 AND p.status = 'active' AND ($9::bigint IS NULL OR p.id = $9)
      AND ($6::text IS NULL OR position($6 IN p.search_text) > 0) AND ($8::bigint IS NULL OR {_MATRIX_IN})
    ORDER BY p.id LIMIT $7
)
SELECT {_PRODUCT}, {_ENTRY}, t.price_group
FROM shown p CROSS JOIN t {PRICE} {LIMITS} {_AFTER}
ORDER BY p.id, t.n
"""


def _limits(found: db.Row) -> Limits:
    words = source_words(found["grade"] or "", found["region_code"] or "")
    return Limits(found["floor_fen"], found["guide_fen"], found["ceiling_fen"], words)


def _price(found: db.Row) -> PriceOut:
    return PriceOut(
        product_id=found["product_id"],
        product_code=found["product_code"],
        product_name=found["product_name"],
        spec=found["spec"],
        base_unit=found["base_unit"],
        price_fen=found["price_fen"],
        source=found["source"],
        entry_id=found["entry_id"],
        from_on=found["from_on"],
        until_on=found["until_on"],
        base_fen=found["base_fen"],
        next_from=found["next_from"],
        next_fen=found["next_fen"],
        offered=found["offered"],
        limits=_limits(found),
    )


async def list_prices(actor: Actor, wanted: ListQuery) -> PriceOutList:
    """What a list says on a day, with limits, source and next change; a buyer's is what the buyer sees (D5.3)."""
    of = await list_of(actor, wanted.seller_id, wanted.price_group, wanted.buyer_id)
    after = paging.id_cursor(wanted.cursor) or 0
    text = wanted.q.strip().lower() if wanted.q else None
    whom = of.buyer_id or of.price_group
    statement = _LIST_OF_BUYER if of.buyer_id else _LIST_OF_GROUP
    asked = (of.root_id, of.seller_id, wanted.day or clock.today(), whom, after, text or None, wanted.limit + 1)
    found, cursor = paging.page(await db.rows(statement, *asked), wanted.limit, "product_id")
    return PriceOutList([_price(item) for item in found], cursor)


async def matrix(actor: Actor, wanted: MatrixQuery) -> Matrix:
    """Products by groups: what each group of the seller's buyers is asked on a day (D5.3)."""
    seller = await seller_of(actor, wanted.seller_id)
    named = [name.strip() for name in (wanted.groups or "").split(",") if name.strip()]
    groups = named or [item["price_group"] for item in await _groups(actor.root_id, seller["id"])]
    if len(groups) > 20:
        raise InvalidInput("一次最多显示 20 个价格组")
    after = paging.id_cursor(wanted.cursor) or 0
    text = wanted.q.strip().lower() if wanted.q else None
    asked = (actor.root_id, seller["id"], wanted.day or clock.today(), groups, after, text or None)
    found = await db.rows(_MATRIX, *asked, wanted.limit + 1, wanted.category_id, wanted.product_id)
    rows = [_matrix_row(found[n : n + len(groups)]) for n in range(0, len(found), len(groups))] if groups else []
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    return Matrix(groups, rows, paging.encode_cursor(rows[-1].product_id) if more else None)


def _matrix_row(cells: Sequence[db.Row]) -> MatrixRow:
    first = cells[0]
    return MatrixRow(
        product_id=first["product_id"],
        product_code=first["product_code"],
        product_name=first["product_name"],
        spec=first["spec"],
        base_unit=first["base_unit"],
        category_id=first["category_id"],
        limits=_limits(first),
        cells=[
            Cell(
                price_group=cell["price_group"],
                price_fen=cell["price_fen"],
                entry_id=cell["entry_id"],
                until_on=cell["until_on"],
                base_fen=cell["base_fen"],
                next_from=cell["next_from"],
                next_fen=cell["next_fen"],
                offered=cell["offered"],
            )
            for cell in cells
        ],
    )


async def _groups(root_id: int, seller_id: int) -> Sequence[db.Row]:
    found = await db.rows(queries.GROUPS, root_id, seller_id, clock.today())
    return found or [{"price_group": "standard", "buyer_id": None, "buyer_name": None, "buyers": 0,
                      "updated_at": None, "products": 0, "temporary": 0, "planned": 0}]  # fmt: skip


def _summary(found: db.Row) -> ListSummary:
    return ListSummary(
        price_group=found["price_group"],
        buyer_id=found["buyer_id"],
        buyer_name=found["buyer_name"],
        buyers=found["buyers"],
        products=found["products"] or 0,
        temporary=found["temporary"] or 0,
        planned=found["planned"] or 0,
        updated_at=found["updated_at"],
    )


async def list_lists(actor: Actor, wanted: ListsQuery) -> ListSummaries:
    """All groups of a seller's buyers, and the buyers that have own prices."""
    seller = await seller_of(actor, wanted.seller_id)
    after = paging.id_cursor(wanted.cursor) or 0
    groups = await _groups(actor.root_id, seller["id"])
    asked = (actor.root_id, seller["id"], clock.today(), after, wanted.limit + 1)
    own, cursor = paging.page(await db.rows(queries.OWN_LISTS, *asked), wanted.limit, "buyer_id")
    shown = [_summary(item) for item in groups] if not after else []
    return ListSummaries(shown, [_summary(item) for item in own], cursor, seller["sets_prices"])


async def history(actor: Actor, wanted: HistoryQuery) -> History:
    """Who set which price of a product, when, and what it was before; the newest first."""
    seller = await seller_of(actor, wanted.seller_id)
    audience = None
    if wanted.price_group or wanted.buyer_id:
        audience = (await list_of(actor, wanted.seller_id, wanted.price_group, wanted.buyer_id)).audience
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    asked = (actor.root_id, seller["id"], wanted.product_id, audience, before, wanted.limit + 1)
    found, cursor = paging.page(await queries.history(*asked), wanted.limit)
    fields = HistoryEntry.__struct_fields__
    return History([HistoryEntry(**{name: item[name] for name in fields}) for item in found], cursor)
