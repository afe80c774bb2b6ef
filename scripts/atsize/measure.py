"""What the database needs for each page, and what of it is read from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg

from scripts.atsize.looking import ask, big_tables, statements_of
from scripts.atsize.page import World
from scripts.atsize.pages import PAGES
from scripts.atsize.works import Took

LIMIT_MS = 100
"""What a page may take at the database, all its statements together."""

BIG = 10_000

TIMES = 3
"""The best of so many is a statement's time: the machine has other work too."""


@dataclass(frozen=True)
class Cost:
    """One page: its statements, the time of the slower way to plan them, rows looked at, tables scanned."""

    name: str
    statements: int
    ms: float
    rows: int
    scanned: frozenset[str]

    @property
    def good(self) -> bool:
        """Whether it is fast, by indexes only."""
        return self.ms <= LIMIT_MS and not self.scanned


async def cost(connection: asyncpg.Connection, name: str, world: World) -> Cost:
    """The cost of one page, with what it reads in memory already, as pages in use are."""
    big = await big_tables(connection, BIG)
    statements = await statements_of(connection, PAGES[name], world)
    answers = [await ask(connection, statement, big, TIMES) for statement in statements]
    slower = [max(found, key=lambda answer: answer.ms) for found in answers]
    scanned = frozenset[str]().union(*(answer.scanned for found in answers for answer in found))
    return Cost(
        name,
        len(statements),
        sum(answer.ms for answer in slower),
        int(sum(sum(answer.read.values()) for answer in slower)),
        scanned,
    )


def table(costs: list[Cost]) -> Iterator[str]:
    """The costs, for people."""
    width = max(len(cost.name) for cost in costs)
    yield f"{'page'.ljust(width)}  statements        ms        rows"
    for item in costs:
        mark = "" if item.good else "  ✗" + (f" reads all of {', '.join(sorted(item.scanned))}" if item.scanned else "")
        yield f"{item.name.ljust(width)}  {item.statements:10}  {item.ms:8.1f}  {item.rows:10,}{mark}"


def work_table(taken: list[Took]) -> Iterator[str]:
    """What large pieces of work took, for people."""
    for item in taken:
        yield f"{item.name}: {item.ms:,.0f} ms of {item.limit_ms:,.0f}{'' if item.good else '  ✗'}"
