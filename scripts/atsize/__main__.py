"""`python -m scripts.atsize`, which `scripts/world` starts: make the world, and measure every list in it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import uvloop

from scripts.atsize.fill import fill
from scripts.atsize.measure import cost, table, work_table
from scripts.atsize.page import world
from scripts.atsize.pages import PAGES
from scripts.atsize.size import Size
from scripts.atsize.works import works
from scripts.toolbox.console import Console, Problem
from scripts.toolbox.files import remove
from scripts.toolbox.services import Postgres, short_socket_folder, start_and_wait
from server import migrations, modules
from server.core import db
from server.migrate import migrate
from server.settings import load_settings

DATABASE = "world"
FINISHED = "made"


@contextmanager
def database(data: Path, console: Console) -> Iterator[str]:
    """The URL of the world's database, on a server of its own in this folder."""
    sockets = short_socket_folder(data)
    server = Postgres(data, sockets, settings=("max_wal_size=8GB", "shared_buffers=1GB"))
    with console.step("启动 PostgreSQL"):
        server.prepare()
        start_and_wait(server.command(), data / "postgres.log", server, name="PostgreSQL")
    try:
        server.ensure_database(DATABASE)
        yield server.url(DATABASE)
    finally:
        server.stop_left_over()


async def make(url: str, size: Size, console: Console) -> None:
    """Schema and world."""
    await migrate(load_settings({"DATABASE_URL": url}))
    connection = await asyncpg.connect(**db.connection_options(url))
    try:
        with console.step(
            f"写入 {size.dealers:,} 个经销商、{size.stores:,} 家门店、{size.products:,} 种商品、{size.orders:,} 张订单"
        ):
            await fill(connection, size, console.note)
    finally:
        await connection.close()


async def measure(url: str, size: Size, only: str, console: Console) -> bool:
    """Measure the pages, and large pieces of work; whether all are good."""
    modules.wire()
    await db.connect(load_settings({"DATABASE_URL": url}))
    connection = await asyncpg.connect(**db.connection_options(url))
    try:
        there = await world(connection, size)
        costs = [await cost(connection, name, there) for name in PAGES if only in name]
        taken = [] if only else await works(size)
    finally:
        await connection.close()
        await db.disconnect()
    for line in (*table(costs), *work_table(taken)):
        console.line(line)
    return all(item.good for item in costs) and all(item.good for item in taken)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/world",
        description="建立一个大规模的世界（5,000 个经销商、20 万家门店、2 万种商品、200 万张订单），"
        "并测量每个列表和搜索在数据库里用的时间：每页不超过 100 毫秒，而且只用索引；以及移动一万个组织等大的操作。",
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="放数据的目录；已建好的会再用")
    parser.add_argument("--scale", type=float, default=1.0, metavar="N", help="规模的倍数（默认 1）")
    parser.add_argument("--only", default="", metavar="TEXT", help="只测名字里有这段文字的页")
    parser.add_argument("--again", action="store_true", help="先删除已有的世界")
    given = parser.parse_args(arguments)
    if not 0 < given.scale <= 10:
        parser.error("--scale 要在 0 到 10 之间")
    return given


def newest() -> str:
    """The newest step of the schema: a world of an older one lacks what came since."""
    return max(path.stem for path in Path(migrations.__file__).parent.glob("m*.py"))


def run(given: argparse.Namespace, console: Console) -> bool:
    """Make what is not there yet, then measure."""
    size = Size().scaled(given.scale)
    data: Path = given.data.absolute()
    made = data / FINISHED
    if given.again or (data.is_dir() and not made.exists()):
        remove([data])  # a world half made is of no use
    data.mkdir(parents=True, exist_ok=True)
    edition = f"{given.scale:g} {newest()}\n"
    with database(data, console) as url:
        if not made.exists():
            uvloop.run(make(url, size, console))
            made.write_text(edition, "utf-8")
        elif made.read_text("utf-8") != edition:
            raise Problem(f"{data} 里是另一个规模或另一个版本的世界；加上 --again 重新建立，或换一个目录。")
        return uvloop.run(measure(url, size, given.only, console))


def main(arguments: Sequence[str]) -> int:
    """0 when every page is good, 1 when one is not, or with a sentence for a problem."""
    console = Console()
    given = parse(arguments)
    try:
        return 0 if run(given, console) else 1
    except (Problem, OSError, asyncpg.PostgresError) as problem:
        console.problem(str(problem))
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.problem("已中断。")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
