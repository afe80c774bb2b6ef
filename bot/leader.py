"""One bot of many leads: it delivers and runs the schedule; when it dies, another takes over at once.

The lock is a PostgreSQL advisory lock on a connection of its own, so it ends with the process that holds it.
"""

from __future__ import annotations

import logging

import asyncpg

from server.core.db import connection_options
from server.settings import Settings

_LOCK = 0x71746C64
_log = logging.getLogger("qutong.leader")


class Leader:
    """Whether this process leads."""

    def __init__(self, settings: Settings) -> None:
        self._options = connection_options(settings.database_url)
        self._connection: asyncpg.Connection | None = None

    async def leads(self) -> bool:
        """Take or keep the lead; False while another process has it or the database is away."""
        try:
            if self._connection is not None:
                await self._connection.fetchval("SELECT 1", timeout=5)
                return True
            connection = await asyncpg.connect(**self._options, timeout=5)
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                self._connection = connection
                _log.info("leads")
                return True
            await connection.close()
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._connection = None
            _log.warning("lead_lost")
        return False

    async def resign(self) -> None:
        """Give the lead back."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
