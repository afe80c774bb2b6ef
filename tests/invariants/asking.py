"""What a check is: a question to the database whose answer is the violations, in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Check: TypeAlias = Callable[..., Awaitable[list[str]]]

CHECKS: list[Check] = []
"""All checks, in the order of the invariants in the domain."""


def check(question: Callable[[], str]) -> Check:
    """A check from its statement: one column of sentences, `$1` the brand, or null for all."""
    sql, name = question(), question.__name__

    async def ask(connection: Any, root_id: int | None = None) -> list[str]:
        return [f"{name}: {found[0]}" for found in await connection.fetch(sql, root_id)]

    ask.__name__, ask.__doc__ = name, question.__doc__
    CHECKS.append(ask)
    return ask
