"""The invariants as questions to the database: each check answers the violations it finds, in words.

    violations = await broken(url)                    # a whole database
    violations = await broken(connection, root_id)    # one brand, on a connection of the caller

All checks of one `broken` see the same snapshot, so they may be asked while orders are being written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg

from server.core.db import connection_options
from tests.invariants import documents, journals, ways
from tests.invariants.asking import CHECKS, Check

__all__ = ["CHECKS", "broken", "documents", "journals", "ways"]


async def broken(where: Any, root_id: int | None = None, checks: Iterable[Check] = ()) -> list[str]:
    """The violations of all checks (or of some), asked over a connection or a URL, in one snapshot."""
    if isinstance(where, str):
        connection = await asyncpg.connect(**connection_options(where))
        try:
            return await broken(connection, root_id, checks)
        finally:
            await connection.close()
    async with where.transaction(isolation="repeatable_read", readonly=True):
        return [found for ask in checks or CHECKS for found in await ask(where, root_id)]
