"""All products, as their keeper looks through them: searched, filtered, in the order he wants."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from functools import cache
from typing import Any

from server.catalog.queries import IN_CATEGORY, PACKAGINGS
from server.catalog.schemas import AssortmentFilter, ProductSort
from server.core import db, paging, search
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import MAX_ID

_SORTS: dict[ProductSort, tuple[str, str, type, Any]] = {
    "newest": ("p.id", "DESC", int, MAX_ID),
    "code": ("p.code", "ASC", str, ""),
    "name": ('p.name COLLATE "C"', "ASC", str, ""),
    "price": ("p.guide_price_fen", "ASC", int, 0),
}
_UNIQUE = {"newest", "code"}
"""Orders in which no two products stand at the same place, so that their index says enough."""


# $1 root  $2 key after which, $3 id after which  $4 rows  $5 category  $6, $7 what a text is found by
@cache
def statement(sort: ProductSort, status: str | None, by_category: bool, searched: bool) -> str:
    """A page of products in one order; the `status` stands in the text, for the few stopped ones have an index."""
    key, way, kind, _ = _SORTS[sort]
    column, beyond = "bigint" if kind is int else "text", "<" if way == "DESC" else ">"
    after = f"({key}, p.id) {beyond} ($2::{column}, $3::bigint)"
    order = f"{key} {way}, p.id {way}"
    if sort in _UNIQUE:
        after, order = f"{key} {beyond} $2::{column}", f"{key} {way}"
    conditions = ["p.root_id = $1", after]
    if status is not None:
        conditions.append(f"p.status = '{status}'")
    if by_category:
        conditions.append(IN_CATEGORY.replace("$3", "$5"))
    if searched:
        conditions.append(search.matches("p", "$6", "$7"))
    return f"""
WITH given AS (SELECT $3::bigint, $5::bigint, $6::text[], $7::text[])
SELECT p.*, k.packagings FROM (
    SELECT p.*, {key} AS sort_key FROM product p WHERE {" AND ".join(conditions)}
    ORDER BY {order} LIMIT $4
) p {PACKAGINGS} ORDER BY p.sort_key {way}, p.id {way}"""


async def list_products(actor: Actor, wanted: AssortmentFilter) -> tuple[list[db.Row], str | None]:
    """All products of the brand, a page at a time."""
    _, way, kind, first = _SORTS[wanted.sort]
    after = paging.decode_cursor(wanted.cursor, 2) or [first, MAX_ID if way == "DESC" else 0]
    if not isinstance(after[0], kind) or not isinstance(after[1], int) or not abs(after[1]) <= MAX_ID:
        raise InvalidInput("翻页标记无效，请重新打开列表")
    text = search.look_for(wanted.q)
    found = await db.rows(
        statement(wanted.sort, wanted.status, wanted.category_id is not None, text is not None),
        actor.root_id,
        *after,
        wanted.limit + 1,
        wanted.category_id,
        *(text or (None, None)),
    )
    shown = list(found[: wanted.limit])
    more = len(found) > wanted.limit
    return shown, paging.encode_cursor(shown[-1]["sort_key"], shown[-1]["id"]) if more else None
