"""What a page is whose speed is held: who looks at what in the world at size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

import asyncpg

from scripts.atsize.archives import product_name, store_name
from scripts.atsize.size import BRAND, FIRST_STORE, People, Size, people
from server.core.actor import Actor


class World(NamedTuple):
    """What the pages look for, in one edition of the world."""

    people: People
    order_id: int
    order_number: str
    store_id: int
    store_name: str
    product_name: str
    session_id: int
    stocktake_id: int


async def world(connection: asyncpg.Connection, size: Size) -> World:
    """The world of this size that a database holds."""
    order_id = size.orders // 3
    number = await connection.fetchval("SELECT number FROM orders WHERE root_id = $1 AND id = $2", BRAND, order_id)
    names = (store_name(0), product_name(7))
    return World(people(size), order_id, number, FIRST_STORE, *names, 2 * size.dealers, size.stocktakes + 1)


Look = Callable[[Actor, World], Awaitable[object]]
Kind = Literal["page", "counts"]


class Page(NamedTuple):
    """Who looks at what; numbers on tabs count further than a page reads."""

    who: Literal["brand", "dealer", "county", "store", "rep"]
    look: Look
    kind: Kind = "page"
