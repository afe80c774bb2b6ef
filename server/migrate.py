"""`python -m server.migrate`: bring the database to the present schema, making it first where it is missing."""

from __future__ import annotations

import asyncio
import sys

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as run_migrations

from server.core.db import connection_options, tortoise_config
from server.settings import SettingError, Settings, load_settings

_LOCK = 0x71747A67  # one migrator at a time


async def _ensure_database(settings: Settings) -> None:
    options = connection_options(settings.database_url)
    try:
        connection = await asyncpg.connect(**options)
    except asyncpg.InvalidCatalogNameError:
        name = options["database"].replace('"', '""')
        connection = await asyncpg.connect(**{**options, "database": "postgres"})
        await connection.execute(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")
    await connection.close()


async def migrate(settings: Settings) -> None:
    """Apply all steps that are not applied yet; several processes may ask at once."""
    await _ensure_database(settings)
    guard = await asyncpg.connect(**connection_options(settings.database_url))
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await run_migrations(config=tortoise_config(settings))
        await Tortoise.close_connections()
    finally:
        await guard.close()


def main() -> None:
    """The command."""
    try:
        asyncio.run(migrate(load_settings()))
    except SettingError as error:
        sys.exit(str(error))
    except (OSError, asyncpg.PostgresError) as error:
        sys.exit(f"数据库连不上或拒绝了操作：{error}")


if __name__ == "__main__":
    main()
