"""A deployment of its own for each worker: PostgreSQL, Redis, API with two workers, bot and sandbox."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from scripts.toolbox.services import THROWN_AWAY, Postgres, Redis, start_and_wait
from server.core.db import connection_options
from tests.faults.seed import Dealer, Seed
from tests.processes import System, system

DATABASE = "faults"


@dataclass
class Site:
    """The deployment; `kill` and `start` act on its parts."""

    folder: Path
    postgres: Postgres
    redis: Redis
    programs: System
    _services: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    seed: Seed = field(init=False)

    @property
    def database_url(self) -> str:
        """The database of the deployment."""
        return self.postgres.url(DATABASE)

    def start_database(self) -> None:
        """Start PostgreSQL and wait until it answers."""
        log = self.folder / "postgres.log"
        self._services["postgres"] = start_and_wait(
            self.postgres.command(), log, self.postgres, name="PostgreSQL", seconds=30
        )

    def start_redis(self) -> None:
        """Start Redis and wait until it answers."""
        log = self.folder / "redis.log"
        self._services["redis"] = start_and_wait(self.redis.command(), log, self.redis, name="Redis", seconds=30)

    def stop_database(self) -> None:
        """Stop PostgreSQL as an administrator does: sessions are ended."""
        self._end("postgres", signal.SIGINT)

    def kill_redis(self) -> None:
        """SIGKILL Redis."""
        self._end("redis", signal.SIGKILL)

    def _end(self, name: str, sign: signal.Signals) -> None:
        process = self._services.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, sign)
            process.wait(30)

    def stop(self) -> None:
        """Stop the services."""
        self._end("redis", signal.SIGKILL)
        self._end("postgres", signal.SIGINT)

    async def ask(self, sql: str, *arguments: Any) -> list[Any]:
        """Ask the database directly."""
        connection = await asyncpg.connect(**connection_options(self.database_url))
        try:
            return list(await connection.fetch(sql, *arguments))
        finally:
            await connection.close()

    async def chat(self, userid: str) -> list[dict[str, Any]]:
        """What one member sees in the chat."""
        async with httpx.AsyncClient(base_url=self.programs.url("sandbox"), timeout=10) as http:
            return list((await http.get("/sandbox/messages", params={"userid": userid})).json()["items"])

    async def wecom(self, mode: str) -> None:
        """How WeCom behaves from now on."""
        async with httpx.AsyncClient(base_url=self.programs.url("sandbox"), timeout=10) as http:
            (await http.post("/sandbox/mode", json={"mode": mode})).raise_for_status()

    async def reset_chat(self) -> None:
        """Empty chats, and no member near a limit."""
        async with httpx.AsyncClient(base_url=self.programs.url("sandbox"), timeout=10) as http:
            (await http.post("/sandbox/reset")).raise_for_status()

    async def all_told(self, seconds: float = 45) -> None:
        """Wait until nothing is left in the outbox."""

        async def done() -> bool:
            found = await self.ask("SELECT count(*) FROM outbox WHERE state = 'pending'")
            return bool(found[0][0] == 0)

        await until(done, seconds)


@dataclass
class Client:
    """A front end: it sends again, with the same key, until it has an answer."""

    http: httpx.AsyncClient
    token: str
    problems: list[tuple[int, str, str]] = field(default_factory=list)

    async def send(self, path: str, body: Any, seconds: float = 45) -> Any:
        """POST until it is answered with success; what it was told meanwhile is kept in `problems`."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid.uuid4().hex}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                answer = await self.http.post(f"/api/v1{path}", json=body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code < 300:
                return answer.json()
            kind = answer.headers.get("content-type", "")
            self.problems.append((answer.status_code, kind, answer.text))
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.1)
        raise AssertionError(f"{path} was not answered in {seconds} s: {self.problems[-1:]}")

    async def order(self, seed: Seed) -> int:
        """Submit an order; its id, once it is acknowledged."""
        placed = await self.send("/orders", {"delivery_method": "deliver", "lines": seed.lines})
        return int(placed["id"])


async def until(done: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not await done():
        assert time.monotonic() < deadline, "it did not come to pass"
        await asyncio.sleep(0.1)


@pytest.fixture(scope="session")
def deployment() -> Iterator[Site]:
    """One deployment for all fault tests of this worker, running."""
    with tempfile.TemporaryDirectory(prefix="qutong-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        sockets = folder / "s"
        sockets.mkdir()
        postgres, redis = Postgres(folder, sockets, settings=THROWN_AWAY), Redis(sockets)
        with system(postgres.url(DATABASE), redis.url, folder) as programs:
            site = Site(folder, postgres, redis, programs)
            try:
                postgres.prepare()
                site.start_database()
                site.start_redis()
                programs.run("server.migrate")
                programs.start(wait=False)
                programs.run("tests.faults.seed")
                site.seed = msgspec.json.decode((folder / "seed.json").read_bytes(), type=Seed)
                programs.wait_until_ready("sandbox", "api", "bot")
                yield site
            finally:
                programs.kill()
                site.stop()


@pytest.fixture
async def site(deployment: Site) -> Site:
    """The deployment with empty chats."""
    await deployment.reset_chat()
    return deployment


@pytest.fixture
async def http(deployment: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A connection of the front ends; it does not keep connections to killed workers."""
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=deployment.programs.url("api"), timeout=20, limits=limits) as client:
        yield client


def buyer(http: httpx.AsyncClient, dealer: Dealer) -> Client:
    """A dealer's front end."""
    return Client(http, dealer.token)
