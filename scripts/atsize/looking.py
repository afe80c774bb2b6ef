"""Remembers the statements of a page and asks the database how it answers them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from tortoise import connections

from scripts.atsize.page import Page, World
from server.core import db
from server.identity.service import actor_for

Statement = tuple[str, tuple[Any, ...]]
MODES = ("force_custom_plan", "force_generic_plan")
"""A statement is planned for its values the first times, and once for all after that."""


class _Recorder:
    """A connection that remembers what is asked of it."""

    def __init__(self, connection: asyncpg.Connection, sent: list[Statement]) -> None:
        self._connection, self._sent = connection, sent

    async def fetch(self, sql: str, *args: Any) -> list[db.Row]:
        self._sent.append((sql, args))
        found: list[db.Row] = await self._connection.fetch(sql, *args)
        return found

    async def fetchrow(self, sql: str, *args: Any) -> db.Row | None:
        return next(iter(await self.fetch(sql, *args)), None)


@contextmanager
def remembered(connection: asyncpg.Connection, sent: list[Statement]) -> Iterator[None]:
    """What is read, by statements or by the ORM, goes over this connection and is remembered."""
    client = connections.get("default")

    @asynccontextmanager
    async def acquire() -> AsyncIterator[_Recorder]:
        yield _Recorder(connection, sent)

    before = client.acquire_connection
    setattr(client, "acquire_connection", acquire)  # noqa: B010 - a method of this one object
    try:
        yield
    finally:
        setattr(client, "acquire_connection", before)  # noqa: B010


async def statements_of(connection: asyncpg.Connection, page: Page, world: World) -> list[Statement]:
    """The statements that a page sends when its user looks at it."""
    sent: list[Statement] = []
    with remembered(connection, sent):
        actor = await actor_for(getattr(world.people, page.who))
        sent.clear()
        await page.look(actor, world)
        return list(sent)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _looked_at(node: dict[str, Any]) -> float:
    """The rows that a node took from a table, also those that it threw away."""
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


@dataclass(frozen=True)
class Answer:
    """How the database answered one statement: time of its own, rows looked at, tables read from end to end."""

    mode: str
    ms: float
    read: dict[str, float]
    scanned: frozenset[str]


async def ask(
    connection: asyncpg.Connection, statement: Statement, big: frozenset[str], times: int = 1
) -> list[Answer]:
    """The answers to a statement, planned either way, the best of some `times`; `big` are the tables that count.

    Nothing is changed.
    """
    sql, args = statement
    answers = []
    for mode in MODES:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
            answers.append(await _explain(connection, mode, sql, args, big, times))
        finally:
            await transaction.rollback()
    return answers


async def _plan(connection: asyncpg.Connection, sql: str, args: tuple[Any, ...]) -> str:
    """The plan of a prepared statement; an EXPLAIN of its text would always be planned for its values."""
    oids = [item.oid for item in (await connection.prepare(sql)).get_parameters()]
    types = [await connection.fetchval("SELECT format_type($1, NULL)", oid) for oid in oids]
    values = [await connection.fetchval(f"SELECT quote_nullable(($1::{kind})::text)", arg)  # noqa: S608 - names of types
              for kind, arg in zip(types, args, strict=True)]  # fmt: skip
    given = f"({', '.join(values)})" if values else ""
    await connection.execute(f"PREPARE looked_at AS {sql}")
    try:
        plan: str = await connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE looked_at{given}")
    finally:
        await connection.execute("DEALLOCATE looked_at")
    return plan


async def _timed(connection: asyncpg.Connection, sql: str, args: tuple[Any, ...]) -> float:
    started = time.perf_counter()
    await connection.fetch(sql, *args)
    return (time.perf_counter() - started) * 1000


async def _explain(
    connection: asyncpg.Connection, mode: str, sql: str, args: tuple[Any, ...], big: frozenset[str], times: int
) -> Answer:
    text = await _plan(connection, sql, args)
    ms = min([await _timed(connection, sql, args) for _ in range(times)])
    plan = msgspec.json.decode(text)[0]
    found = [node for node in _nodes(plan["Plan"]) if node.get("Relation Name") in big and node["Actual Loops"]]
    read: dict[str, float] = {}
    for node in found:
        read[node["Relation Name"]] = read.get(node["Relation Name"], 0) + _looked_at(node)
    scanned = frozenset(node["Relation Name"] for node in found if node["Node Type"] == "Seq Scan")
    return Answer(mode, ms, read, scanned)


async def big_tables(connection: asyncpg.Connection, rows: int) -> frozenset[str]:
    """The tables with more than so many rows."""
    found = await connection.fetch(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.reltuples > $1",
        rows,
    )
    return frozenset(item["relname"] for item in found)
