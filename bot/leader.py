"""One bot of many leads: it delivers and runs the schedule; when it dies, another takes over at once.

The lock is a PostgreSQL advisory lock on a connection of its own, so it ends with the process that holds it.
"""

from __future__ import annotations

import asyncio
import logging
import time

import asyncpg

from server.core.db import connection_options
from server.settings import Settings

_LOCK = 0x71746C64
_SURE_FOR = 1.0
"""Seconds for which the lead, once seen, is not looked at again."""
_PATIENCE = 5.0
# A question that meets the end of its connection in the very moment is an internal error to the driver.
_AWAY = (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_log = logging.getLogger("qutong.leader")


class Leader:
    """Whether this process leads; `term` counts how often it has taken the lead."""

    def __init__(self, settings: Settings) -> None:
        self._options = connection_options(settings.database_url)
        self._connection: asyncpg.Connection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._seen = 0.0
        self.term = 0

    async def leads(self) -> bool:
        """Take or keep the lead; False while another process has it or the database is away."""
        async with self._one_at_a_time:
            if self._connection is not None and time.monotonic() - self._seen < _SURE_FOR:
                return True
            try:
                if self._connection is None:
                    return await self._take()
                await self._connection.fetchval("SELECT 1", timeout=_PATIENCE)
            except _AWAY as error:
                _log.warning("lead_lost", extra={"reason": type(error).__name__})
                self._let_go()
                return False
            self._seen = time.monotonic()
            return True

    async def _take(self) -> bool:
        connection = await asyncpg.connect(**self._options, timeout=_PATIENCE)
        try:
            taken = await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK, timeout=_PATIENCE)
        except BaseException:
            connection.terminate()
            raise
        if not taken:
            await connection.close()
            return False
        self._connection, self._seen = connection, time.monotonic()
        self.term += 1
        _log.info("leads", extra={"term": self.term})
        return True

    def _let_go(self) -> None:
        """Close the connection for certain: one that lives on would keep the lock from everybody."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def resign(self) -> None:
        """Give the lead back."""
        async with self._one_at_a_time:
            self._let_go()
