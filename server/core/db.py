"""Statements and transactions.

Tortoise owns the pool; its models are used for archives. Hot paths and set-based reads come here and speak to
asyncpg directly, on the same connection and in the same transaction as the models. Every statement is counted
for the request log and for the tests that hold the number of statements constant.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise, connections
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.exceptions import DBConnectionError
from tortoise.transactions import in_transaction

from server.settings import Settings

MODELS = (
    "server.channel.models",
    "server.identity.models",
    "server.catalog.models",
)

# asyncpg's records, as far as they are read by name.
Row: TypeAlias = Mapping[str, Any]
T = TypeVar("T")

_after_commit: ContextVar[list[Callable[[], Awaitable[None]]] | None] = ContextVar("after_commit", default=None)


class StatementCount:
    """How many statements one request, job or test has sent."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


_statements: ContextVar[StatementCount | None] = ContextVar("statements", default=None)


def count_statements() -> StatementCount:
    """Start counting the statements of the current task; the object keeps counting until the task ends."""
    counter = StatementCount()
    _statements.set(counter)
    return counter


def count_one() -> None:
    """Count a statement of the current task: one that it sends, or its share in one that several send together."""
    counter = _statements.get()
    if counter is not None:
        counter.count += 1


def stop_counting() -> None:
    """Count nothing more in the current task, which works for several."""
    _statements.set(None)


class CountingConnection(asyncpg.Connection):  # type: ignore[misc]
    """asyncpg's connection, which counts and does not reset itself on every release.

    The reset (one more round trip for each acquire) would undo session state; nothing here sets any: advisory
    locks are taken on transactions, or on a connection outside the pool.
    """

    def get_reset_query(self) -> str:
        return ""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        count_one()
        result: str = await super().execute(query, *args, timeout=timeout)
        return result

    async def fetch(self, query: str, *args: Any, **options: Any) -> list[Row]:
        count_one()
        result: list[Row] = await super().fetch(query, *args, **options)
        return result

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Row | None:
        count_one()
        result: Row | None = await super().fetchrow(query, *args, **options)
        return result

    async def executemany(self, command: str, args: Any, *, timeout: float | None = None) -> None:
        count_one()
        await super().executemany(command, args, timeout=timeout)


AsyncpgDBClient.connection_class = CountingConnection


def connection_options(url: str) -> dict[str, Any]:
    """The parts of a `postgresql://` URL, also one that names the folder of a Unix socket as `?host=`."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or "localhost"])[0]
    options: dict[str, Any] = {
        "host": host,
        "port": parts.port or int(query.get("port", ["5432"])[0]),
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.lstrip("/")) or "postgres",
    }
    if "sslmode" in query:
        options["ssl"] = query["sslmode"][0]
    return options


def tortoise_config(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration, for the processes and for `tortoise migrate`."""
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.asyncpg",
                "credentials": {
                    **connection_options(settings.database_url),
                    "minsize": 1,
                    "maxsize": settings.database_connections,
                    "application_name": "qutong",
                },
            }
        },
        "apps": {
            "qutong": {
                "models": list(MODELS),
                "migrations": "server.migrations",
                "default_connection": "default",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def connect(settings: Settings) -> None:
    """Open the pool of this process and of this event loop."""
    await Tortoise.init(config=tortoise_config(settings), _enable_global_fallback=True)


async def disconnect() -> None:
    """Close the pool."""
    await Tortoise.close_connections()


@asynccontextmanager
async def _tortoise_transaction() -> AsyncIterator[None]:
    """Tortoise's transaction. Where its BEGIN is cut off (the client has gone, the process stops), Tortoise forgets the
    connection that it has taken from the pool; here it is closed and given back."""
    context: Any = in_transaction("default")
    try:
        await context.__aenter__()
    except BaseException:
        if hasattr(context, "token"):  # it had a connection
            connections.reset(context.token)
            context.client._connection.terminate()
            await context.client._parent._pool.release(context.client._connection)
        raise
    try:
        yield
    except BaseException as error:
        await context.__aexit__(type(error), error, error.__traceback__)
        raise
    await context.__aexit__(None, None, None)


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One transaction around the block, or the one that is already open.

    Work registered with `after_commit` runs when the outermost block has committed. Start no task inside: it
    would share the connection and its uncommitted rows.
    """
    if _after_commit.get() is not None:
        yield
        return
    waiting: list[Callable[[], Awaitable[None]]] = []
    token = _after_commit.set(waiting)
    try:
        async with _tortoise_transaction():
            yield
    finally:
        _after_commit.reset(token)
    for work in waiting:
        await work()


def transaction_open() -> bool:
    """Whether the current task has a transaction open."""
    return _after_commit.get() is not None


async def after_commit(work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` once the change is committed; at once when no transaction is open."""
    waiting = _after_commit.get()
    if waiting is None:
        await work()
    else:
        waiting.append(work)


async def rows(sql: str, *args: Any) -> Sequence[Row]:
    """All rows of one statement."""
    async with connections.get("default").acquire_connection() as connection:
        result: list[Row] = await connection.fetch(sql, *args)
        return result


async def row(sql: str, *args: Any) -> Row | None:
    """The first row of one statement, or None."""
    async with connections.get("default").acquire_connection() as connection:
        result: Row | None = await connection.fetchrow(sql, *args)
        return result


async def value(sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    found = await row(sql, *args)
    return None if found is None else next(iter(found.values()))


async def run(sql: str, *args: Any) -> int:
    """Send one statement; the number of rows it touched."""
    async with connections.get("default").acquire_connection() as connection:
        status: str = await connection.execute(sql, *args)
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


_AWAY = (
    OSError,
    DBConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it is being shut down, or has just crashed
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be reached at the moment, not that a statement is wrong."""
    if error is None:
        return False
    # asyncpg says InterfaceError of a closed connection, and (as a ValueError too) of an argument of the wrong type
    closed = isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError)
    return closed or isinstance(error, _AWAY) or is_away(error.__cause__)


async def retried(work: Callable[[], Awaitable[T]], attempts: int = 3) -> T:
    """Run a transaction again when PostgreSQL asks for it (serialisation failure, deadlock)."""
    for attempt in range(1, attempts + 1):
        try:
            return await work()
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            if attempt == attempts:
                raise
            await asyncio.sleep(0.01 * attempt)
    raise AssertionError("unreachable")
