"""The command line of `scripts/bench`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.benchmark.world import PHONES, SMALL, WHOLE, Size

WRITES = ("submit", "approve", "issue", "receive", "scan_in")
OPERATIONS = (*WRITES, "list_orders", "catalogue", "balance", "as_of", "trace", "phones")
PAGE = {"list_orders": 20, "catalogue": 50, "balance": 50, "as_of": 50, "trace": 6}
"""The rows of a page, for the operations that read one."""

BATCH = 10
"""The scans that a phone sends at once, where twenty of them scan into one warehouse."""

LINES = (5, 200)
CLIENTS = (1, 8, 32)
SECONDS = 2.0


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    operations: tuple[str, ...]
    lines: tuple[int, ...]
    clients: tuple[int, ...]
    seconds: float
    workers: int
    json: bool
    size: Size

    @property
    def cases(self) -> list[tuple[str, int]]:
        """What is measured, in an order in which one operation leaves documents for the next."""
        writes = [(name, lines) for lines in self.lines for name in WRITES if name in self.operations]
        reads = [(name, PAGE[name]) for name in PAGE if name in self.operations]
        return writes + reads + ([("phones", BATCH)] if "phones" in self.operations else [])


def clients_of(name: str, asked: tuple[int, ...]) -> tuple[int, ...]:
    """How many clients at a time: the phones of a warehouse are as many as they are."""
    return (PHONES,) if name == "phones" else asked


def _numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(","))
    if not numbers or any(number < 1 for number in numbers):
        raise argparse.ArgumentTypeError("要大于 0")
    return numbers


def _lines(text: str) -> tuple[int, ...]:
    numbers = _numbers(text)
    if max(numbers) > 200:
        raise argparse.ArgumentTypeError("一张订单最多 200 行")
    return numbers


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 600:
        raise argparse.ArgumentTypeError("要在 0.1 到 600 之间")
    return seconds


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="测量 API 的速度，并与数据库自身的极限（同样的行，一条语句直接写入）轮流对比。"
        "默认使用临时目录里的 PostgreSQL；给出 DATABASE_URL 时，在那台服务器上建一个临时数据库，结束后删除。",
    )
    only = parser.add_argument("--only", action="append", choices=OPERATIONS, metavar="OPERATION")
    only.help = f"只测这一项，可以重复：{'、'.join(OPERATIONS)}"
    parser.add_argument("--lines", type=_lines, default=LINES, metavar="N,N", help="订单行数（默认 5,200）")
    parser.add_argument("--clients", type=_numbers, default=CLIENTS, metavar="N,N", help="并发数（默认 1,8,32）")
    seconds = f"每次测量的秒数，API 和极限各用这么久（默认 {SECONDS:g}）"
    parser.add_argument("--seconds", type=_seconds, default=SECONDS, metavar="N", help=seconds)
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="API 的工作进程数（默认 2）")
    parser.add_argument("--json", action="store_true", help="在标准输出打印 JSON，其余输出到标准错误")
    parser.add_argument("--small", action="store_true", help="只建很少的数据：用来试运行，不用来比较速度")
    given = parser.parse_args(arguments)
    size = SMALL if given.small else WHOLE
    lines = tuple(count for count in given.lines if count <= size.products)
    if not lines:
        parser.error(f"--small 只有 {size.products} 种商品，--lines 不能更多")
    if given.workers < 1:
        parser.error("--workers 至少是 1")
    return Options(
        operations=tuple(given.only or OPERATIONS),
        lines=lines,
        clients=given.clients,
        seconds=given.seconds,
        workers=given.workers,
        json=given.json,
        size=size,
    )
