"""No list becomes slow with the years: what a page reads does not grow with what is not on it.

The pages themselves are listed in `scripts/atsize/pages.py`, those about goods in `goods.py` beside it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Any

import asyncpg
import pytest
from sanic import Sanic

from scripts.atsize.fill import fill
from scripts.atsize.looking import ask, big_tables, statements_of
from scripts.atsize.page import world
from scripts.atsize.pages import PAGES
from scripts.atsize.size import Size
from server.core import db
from tests.services import EmbeddedServices

SIZE = Size(dealers=100, stores=1_000, products=300, orders=12_000)
BIG = 4_000
"""A table with more rows is not read from end to end for a page."""

MOST = {"page": 3_000, "counts": 16_000}
"""How many rows a page may look at; numbers on tabs count up to 1,000 in each of eight states, twice at most."""


@pytest.fixture(scope="module")
def large_database(services: EmbeddedServices) -> str:
    """A database with the small edition of the world, made once per run; nothing is written to it."""

    async def write(url: str) -> None:
        connection = await asyncpg.connect(**db.connection_options(url))
        await fill(connection, SIZE)
        await connection.close()

    def build(url: str) -> None:
        # In a process of its own: this one's pool is in use.
        subprocess.run([sys.executable, "-m", "server.migrate"], env={**os.environ, "DATABASE_URL": url}, check=True)
        asyncio.run(write(url))

    return services.database_url(services.template("large", build))


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_stays_fast_however_much_lies_behind_it(
    name: str, large_database: str, app: Sanic[Any, Any]
) -> None:
    page = PAGES[name]
    connection = await asyncpg.connect(**db.connection_options(large_database))
    try:
        statements = await statements_of(connection, page, await world(connection, SIZE))
        big = await big_tables(connection, BIG)
        assert statements and {"orders", "order_line", "stock_move"} <= big
        for statement in statements:
            for answer in await ask(connection, statement, big):
                assert not answer.scanned, (answer, statement[0])
                assert sum(answer.read.values()) <= MOST[page.kind], (answer, statement[0])
    finally:
        await connection.close()
