"""`python -m server.worker`: the process in which imports and exports are done; it ends when nothing is left to do.

Started by a server (`exchange.runner`), which says on standard input who it is and with what settings, and then, with a
line each, that there is something to do; when the server ends, so does the worker, after the job in hand. Its memory is
bounded: what would take more fails alone, in words.
"""

from __future__ import annotations

import asyncio
import resource
import sys

import msgspec

from server import modules
from server.core import clock, db, links, logs, redis
from server.exchange.work import peak_kb
from server.exchange.worker import Orders, Worker, unpack

IDLE_SECONDS = 60.0
MEMORY = 1024 * 1024 * 1024
"""Address space: some times what the largest file was measured to need in real memory."""

WORN_KB = 220_000
"""A worker that has had so much memory makes room for a fresh one."""


async def _listen(wake: asyncio.Event, ended: asyncio.Event) -> None:
    """Hear the server on standard input until it ends."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        wake.set()
    ended.set()
    wake.set()


async def serve(orders: Orders) -> None:
    """Do what waits; end after a minute without work, with the server, or when worn."""
    settings = unpack(orders.settings)
    logs.set_up(settings.log_level)
    clock.use_zone(settings.zone)
    links.use_base(settings.public_url)
    modules.wire()
    await db.connect(settings)
    redis.connect(settings.redis_url)
    wake, ended = asyncio.Event(), asyncio.Event()
    listening = asyncio.create_task(_listen(wake, ended))
    worker = Worker(settings, orders.worker)
    try:
        while not ended.is_set():
            wake.clear()
            if await worker.next():
                if peak_kb() > WORN_KB:
                    break
                continue
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await wake.wait()
            except TimeoutError:
                break
    finally:
        listening.cancel()
        await redis.disconnect()
        await db.disconnect()


def bound_memory(most: int = MEMORY) -> None:
    """Let this process have so much memory and no more."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def main() -> None:
    """The command."""
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    bound_memory()
    asyncio.run(serve(orders))


if __name__ == "__main__":
    main()
