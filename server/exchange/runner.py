"""A server's hand on its worker: starts one when there is work, and looks after what others have left."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import uuid

import msgspec

from server.core import db
from server.exchange import jobs
from server.exchange.worker import Orders, pack
from server.settings import Settings

LOOK_SECONDS = 10.0
PATIENCE = 2.0
"""So long a server that ends waits for its worker, which goes on by itself with what it has in hand."""
_log = logging.getLogger("qutong.exchange")
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class Runner:
    """At most one worker for this process of the server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._name = ""
        self._starting = asyncio.Lock()
        self._ending = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to look after the jobs, also those that were left when the last server ended."""
        self._keep(self._look())

    async def wake(self) -> None:
        """There is something to do: tell the worker, or start one."""
        if self._ending:
            return
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                await self._spawn()
                return
            self._send(b"\n")

    async def stop(self) -> None:
        """Let go: the worker ends by itself after the job in hand."""
        self._ending = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                async with asyncio.timeout(PATIENCE):
                    await process.wait()
            except TimeoutError:
                pass

    def _keep(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _send(self, line: bytes) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(line)
        except (BrokenPipeError, ConnectionResetError, RuntimeError):
            pass  # it has just ended: whoever watches it looks for what waits

    async def _spawn(self) -> None:
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.worker", stdin=asyncio.subprocess.PIPE,
            env={**os.environ, **_ENVIRONMENT},
        )  # fmt: skip
        self._send(msgspec.json.encode(Orders(self._name, pack(self.settings))) + b"\n")
        self._keep(self._watch(self._process, self._name))

    async def _watch(self, process: asyncio.subprocess.Process, name: str) -> None:
        """Wait for the worker's end; what a dead one held is free at once, and what came meanwhile is done."""
        code = await process.wait()
        if code != 0:
            _log.error("worker_died", extra={"code": code})
            await asyncio.sleep(1)
        try:
            await jobs.let_go(name)
            if await jobs.waiting():
                await self.wake()
        except Exception as error:  # the database is away: the next look finds what waits
            _log.warning("jobs_not_seen", extra={"reason": type(error).__name__, "away": db.is_away(error)})

    async def _look(self) -> None:
        while True:
            try:
                if await jobs.waiting():
                    await self.wake()
            except Exception as error:
                _log.warning("jobs_not_seen", extra={"reason": type(error).__name__, "away": db.is_away(error)})
            await asyncio.sleep(LOOK_SECONDS)
