"""`python -m scripts.benchmark`, which `scripts/bench` starts: one run from the empty database to the table."""

from __future__ import annotations

import asyncio
import signal
import sys
from types import FrameType
from typing import NoReturn

import asyncpg
import msgspec
import uvloop

from scripts.benchmark.documents import Documents
from scripts.benchmark.http_client import Connection, Unexpected
from scripts.benchmark.measure import Measurement, measure
from scripts.benchmark.operations import Operation, operation
from scripts.benchmark.options import BATCH, LINES, Options, clients_of, parse
from scripts.benchmark.phones import AGAIN, Phones, ScansLost
from scripts.benchmark.report import row, table
from scripts.benchmark.services import HOST, Services, services
from scripts.benchmark.statements import NotLogged, count_statements
from scripts.benchmark.world import SMALL, Size, World, make_world
from scripts.toolbox.console import Console, Problem
from server import modules
from server.core import db
from server.migrate import migrate
from server.settings import load_settings

HISTORY = (20, 200, 2000)
"""Small orders in each state that are there before; in steps, for a plan made for an empty table is slow later."""

LARGE_HISTORY = 20


async def build(service: Services, size: Size) -> World:
    """Schema and world, through the verbs."""
    settings = load_settings(service.settings)
    await migrate(settings)
    modules.wire()
    await db.connect(settings)
    try:
        return await make_world(settings.session_days, size)
    finally:
        await db.disconnect()


class Run:
    """One run against one database."""

    def __init__(self, options: Options, service: Services, console: Console) -> None:
        self.options = options
        self.service = service
        self.console = console

    async def connect(self) -> asyncpg.Connection:
        """A connection straight to the database."""
        return await asyncpg.connect(**db.connection_options(self.service.database_url))

    async def results(self) -> list[Measurement]:
        """Everything that was asked for."""
        with self.console.step("建立测试数据"):
            world = await build(self.service, self.options.size)
        connection = await self.connect()
        try:
            documents = Documents(connection, world)
            cases = [operation(name, lines, documents) for name, lines in self.options.cases]
            with self.console.step("统计语句数"):
                counted = await self._count(cases, documents)
            with self.console.step("准备历史订单"):
                await self._history(documents, connection)
            return await self._measure(cases, counted, documents.phones)
        finally:
            await connection.close()

    async def _count(self, cases: list[Operation], documents: Documents) -> dict[tuple[str, int], int]:
        port = self.service.start_api(1, "counted")
        counted = await count_statements(port, self.service.log("counted"), cases)
        documents.answers = {key: answer for key, (_, answer) in counted.items()}
        return {key: number for key, (number, _) in counted.items()}

    async def _history(self, documents: Documents, connection: asyncpg.Connection) -> None:
        few, many = min(LINES), max(LINES)
        steps = [(few, count) for count in HISTORY] + [(many, LARGE_HISTORY)]
        if self.options.size is SMALL:
            steps = steps[:1]
        for lines, count in steps:
            for state in ("issued", "approved", "submitted"):
                await documents.take(state, lines, count)
            await connection.execute("ANALYZE")
        await connection.execute("VACUUM")

    async def _measure(
        self, cases: list[Operation], counted: dict[tuple[str, int], int], phones: Phones
    ) -> list[Measurement]:
        with self.console.step(f"启动 API（{self.options.workers} 个工作进程）"):
            port = self.service.start_api(self.options.workers)
        found: list[Measurement] = []
        for case in cases:
            for clients in clients_of(case.name, self.options.clients):
                result = await measure(
                    case,
                    clients,
                    port=port,
                    workers=self.options.workers,
                    connect=self.connect,
                    seconds=self.options.seconds,
                    statements=counted[case.name, case.lines],
                )
                self.console.line("  " + "  ".join(row(result)))
                found.append(result)
            if case.name == "phones":
                await self._check_scans(phones, port, found[-1])
        return found

    async def _check_scans(self, phones: Phones, port: int, result: Measurement) -> None:
        """Say how many scans a minute there were, once each of them was found in the warehouse once."""
        connection = await Connection.open(HOST, port)
        try:
            kept = await phones.check(connection)
        finally:
            connection.close()
        a_minute = result.per_second * BATCH * 60 * AGAIN / (AGAIN + 1)
        words = f"{result.clients} 部手机扫入一个仓库：每分钟 {a_minute:,.0f} 次扫码（不算重发的）"
        self.console.line(f"  {words}；共 {kept:,} 次，完成后逐一核对：没有丢失，也没有重复")


async def drop_given_database(service: Services) -> None:
    """Remove the database that was made on a server of somebody else's."""
    where = db.connection_options(service.database_url)
    connection = await asyncpg.connect(**{**where, "database": "postgres"})
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{where["database"]}" WITH (FORCE)')
    finally:
        await connection.close()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Measure, print, and leave nothing behind: 0, or 1 with a sentence for a problem, 130 when interrupted."""
    options = parse(arguments)
    console = Console(sys.stderr)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with services(console) as service:
            try:
                results = uvloop.run(Run(options, service, console).results())
            finally:
                if not service.embedded:
                    asyncio.run(drop_given_database(service))
    except KeyboardInterrupt:
        console.problem("已中断。")
        return 130
    except (Problem, Unexpected, NotLogged, ScansLost, OSError, asyncpg.PostgresError) as problem:
        console.problem(str(problem))
        return 1
    if options.json:
        print(msgspec.json.encode(results).decode(), flush=True)
    else:
        print("\n".join(table(results)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
