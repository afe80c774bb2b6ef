"""The database, Redis and the API of a measurement; all of it is stopped and removed afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from scripts.toolbox.console import Console
from scripts.toolbox.environment import ROOT, child_environment
from scripts.toolbox.processes import Program, Supervisor, answers
from scripts.toolbox.services import Postgres, Redis, short_socket_folder

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Services:
    """What runs beside the benchmark."""

    def __init__(self, folder: Path, console: Console) -> None:
        self.folder = folder
        self.console = console
        self.supervisor = Supervisor(console, folder / "programs.json")
        self.database_url = ""
        self.redis_url = os.environ.get("REDIS_URL", "")
        self.embedded = not os.environ.get("DATABASE_URL")

    @property
    def settings(self) -> dict[str, str]:
        """The settings of every process of this run; the credentials of chats are left out."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "QUTONG_DATA": str(self.folder / "data"),
            "QUTONG_HOST": HOST,
        }

    def start(self) -> None:
        """PostgreSQL with its default, durable settings, or a database of our own on the server that is given."""
        name = f"qutong_bench_{uuid.uuid4().hex[:8]}"
        given = os.environ.get("DATABASE_URL")
        sockets = short_socket_folder(self.folder)
        if given:
            self.database_url = urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        else:
            self._start_postgres(Postgres(self.folder, sockets), name)
        if not self.redis_url:
            self._start_redis(Redis(sockets))

    def _start_postgres(self, server: Postgres, database: str) -> None:
        self.folder.chmod(0o755)
        server.prepare()
        self._run(
            Program(
                "postgres",
                "PostgreSQL",
                server.command(),
                self.folder / "postgres.log",
                server.is_ready,
                cwd=Path("/"),
                stop_signal=signal.SIGINT,
                grace_seconds=30,
                runner=server.runner,
            )
        )
        self.database_url = server.url(database)

    def _start_redis(self, server: Redis) -> None:
        self._run(Program("redis", "Redis", server.command(), self.folder / "redis.log", server.is_ready))
        self.redis_url = server.url

    def _run(self, program: Program) -> None:
        self.supervisor.start(program)
        self.supervisor.wait_until_ready(program.key)

    def start_api(self, workers: int, key: str = "api") -> int:
        """`python -m server` as it is deployed, its log of every request included; answers the port."""
        port = free_port()
        env = {name: value for name, value in child_environment().items() if not name.startswith(("WECOM", "WECHAT"))}
        env.update(self.settings, QUTONG_PORT=str(port), QUTONG_WORKERS=str(workers), QUTONG_LOG_LEVEL="INFO")
        ready = answers(f"http://{HOST}:{port}/readyz")
        self._run(Program(key, "API", [sys.executable, "-m", "server"], self.log(key), ready, env=env, cwd=ROOT))
        return port

    def log(self, key: str) -> Path:
        """The log of a program."""
        return self.folder / f"{key}.log"

    def stop(self) -> None:
        """Stop all, the last started first."""
        self.supervisor.stop()


@contextmanager
def services(console: Console) -> Iterator[Services]:
    """Everything in a folder of its own, which is gone afterwards (TMPDIR moves it to another disk)."""
    folder = Path(tempfile.mkdtemp(prefix="qutong-bench-"))
    (folder / "run").mkdir()
    found = Services(folder, console)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)
