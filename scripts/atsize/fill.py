"""Writes the world: archives by COPY, trade by statements, indexes afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import asyncpg

from scripts.atsize.archives import write_archives
from scripts.atsize.size import ASSORTMENT, BRAND, FIRST_DEALER, FIRST_STORE, REP, Size

DAYS = 730
"""How long trade has gone on."""

# Whatever moves goods comes before the balances, which are made of all moves.
_STORIES = ("trade", "goods", "papers", "balances", "watches", "trace", "rebates")
_TRADE = [Path(__file__).with_name(f"{name}.sql") for name in _STORIES]

# Indexes without a constraint behind them: they are built faster over all rows than row by row.
_INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made_by
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY 1
"""

# The next of everything gets a number that is not taken.
_SEQUENCES = """
SELECT format('SELECT setval(%L, coalesce(max(%I), 0) + 1) FROM %I',
              pg_get_serial_sequence(c.table_name, c.column_name),
              c.column_name, c.table_name) AS statement
FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.is_identity = 'YES'
"""

Told = Callable[[str], None]


def statements(size: Size) -> list[str]:
    """The statements of years of trade, one by one."""
    text = "".join(path.read_text("utf-8") for path in _TRADE).format(
        brand=BRAND,
        first_dealer=FIRST_DEALER,
        first_store=FIRST_STORE,
        dealers=size.dealers,
        regional=size.regional,
        stores=size.stores,
        products=size.products,
        orders=size.orders,
        assortment=ASSORTMENT,
        days=DAYS,
        cases=size.cases,
        sessions=size.sessions,
        transfers=size.transfers,
        exceptions=size.transfers,
        stocktakes=size.stocktakes,
        alerts=size.alerts,
        rep=REP,
    )
    return [part.strip() for part in text.split(";\n") if part.strip()]


def _title(statement: str) -> str:
    lines = [line for line in statement.splitlines() if not line.startswith("--")]
    return " ".join(lines[0].split()[:3]) if lines else ""


async def fill(connection: asyncpg.Connection, size: Size, tell: Told = lambda text: None) -> None:
    """Write a world of this size into an empty, migrated database; the schema is afterwards as it was."""
    await connection.execute("SET session_replication_role = replica")  # the rows refer to each other by construction
    await connection.execute("SET synchronous_commit = off")
    await connection.execute("SET maintenance_work_mem = '1GB'")
    await connection.execute("SET work_mem = '512MB'")
    indexes = await connection.fetch(_INDEXES)
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    await write_archives(connection, size)
    await connection.execute("ANALYZE")
    for statement in statements(size):
        started = time.perf_counter()
        await connection.execute(statement)
        tell(f"{time.perf_counter() - started:7.1f} s  {_title(statement)}")
    started = time.perf_counter()
    for index in indexes:
        await connection.execute(index["made_by"])
    tell(f"{time.perf_counter() - started:7.1f} s  {len(indexes)} indexes")
    for sequence in await connection.fetch(_SEQUENCES):
        await connection.execute(sequence["statement"])
    await connection.execute("VACUUM ANALYZE")
    for setting in ("session_replication_role", "synchronous_commit", "maintenance_work_mem", "work_mem"):
        await connection.execute(f"RESET {setting}")
