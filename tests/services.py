"""The real PostgreSQL and Redis of a test run: one of each, shared by all workers of pytest-xdist.

The first process that asks starts them, the last one that leaves stops them; what a killed run has left is
cleaned up by the next one. A template database is built once per run, and copying it takes some 25 ms.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.toolbox.files import held
from scripts.toolbox.services import (
    THROWN_AWAY,
    Postgres,
    Redis,
    identity,
    is_alive,
    start_and_wait,
    wait_until_gone,
)

_ALONE = uuid.uuid4().hex
"""The name of a run in one process, where pytest-xdist gives none."""


@dataclass(frozen=True)
class EmbeddedServices:
    """The services of this run."""

    folder: Path
    postgres: Postgres
    redis: Redis

    @property
    def redis_url(self) -> str:
        """Redis, database 0; workers that must not see each other use `redis_database`."""
        return self.redis.url

    def redis_database(self, number: int) -> str:
        """One of Redis' 16 databases, for example one per worker."""
        return f"{self.redis.url}?db={number}"

    def database_url(self, name: str) -> str:
        """The URL of one database."""
        return self.postgres.url(name)

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """Build a template database once per run: `build` gets the URL of an empty one, and must close it."""
        done = self.folder / f"template-{_word(name)}"
        with held(self.folder / f"template-{_word(name)}.lock"):
            if not done.exists():
                self.drop_database(name)
                self.postgres.execute(f'CREATE DATABASE "{_word(name)}"')
                build(self.database_url(name))
                done.touch()
        return name

    def create_database(self, template: str = "template0", name: str | None = None) -> str:
        """Create a database as a copy of `template`, which nobody may be connected to; answers its name."""
        name = name or f"test_{uuid.uuid4().hex[:12]}"
        with held(self.folder / "create.lock"):
            copied = f'TEMPLATE "{_word(template)}" STRATEGY file_copy'
            self.postgres.execute(f'CREATE DATABASE "{_word(name)}" {copied}')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the connections it still has."""
        self.postgres.execute(f'DROP DATABASE IF EXISTS "{_word(name)}" WITH (FORCE)')


@contextmanager
def embedded_services() -> Iterator[EmbeddedServices]:
    """The PostgreSQL and Redis of this test run, started if need be and stopped by whoever leaves last."""
    base = Path(tempfile.gettempdir()) / f"qutong-tests-{os.geteuid()}"
    base.mkdir(mode=0o755, exist_ok=True)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or _ALONE
    folder = base / run[:12]
    with held(base / "lock"):
        _clean_left_overs(base)
        folder.mkdir(exist_ok=True)
        note = _join(folder)
        services = _services(folder)
        if not (folder / "started").exists():
            _start(services)
    try:
        yield services
    finally:
        with held(base / "lock"):
            note.unlink(missing_ok=True)
            if _users(folder) == 0:
                _stop(folder)


def _services(folder: Path) -> EmbeddedServices:
    sockets = folder / "s"
    sockets.mkdir(exist_ok=True)
    return EmbeddedServices(folder, Postgres(folder, sockets, settings=THROWN_AWAY), Redis(sockets))


def _start(services: EmbeddedServices) -> None:
    folder = services.folder
    services.postgres.prepare()
    start_and_wait(services.postgres.command(), folder / "postgres.log", services.postgres, name="PostgreSQL")
    redis = start_and_wait(services.redis.command(), folder / "redis.log", services.redis, name="Redis")
    (folder / "redis.json").write_text(json.dumps([redis.pid, identity(redis.pid)]))
    (folder / "started").touch()


def _stop(folder: Path) -> None:
    _services(folder).postgres.stop_left_over()
    try:
        pid, known = json.loads((folder / "redis.json").read_text())
    except (OSError, ValueError):
        pid, known = 0, ""
    if known and identity(pid) == known and is_alive(pid):
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid, 5)
    shutil.rmtree(folder, ignore_errors=True)


def _join(folder: Path) -> Path:
    """Note that this process uses the services, and answer the note; a process may do so more than once."""
    users = folder / "users"
    users.mkdir(exist_ok=True)
    note = users / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    note.write_text(identity(os.getpid()))
    return note


def _users(folder: Path) -> int:
    """How many uses there are by processes that still run."""
    found = 0
    for note in (folder / "users").glob("*"):
        pid = int(note.name.partition("-")[0])
        found += identity(pid) == note.read_text() and is_alive(pid)
    return found


def _clean_left_overs(base: Path) -> None:
    for folder in base.iterdir():
        if folder.is_dir() and _users(folder) == 0:
            _stop(folder)


def _word(name: str) -> str:
    if not re.fullmatch(r"\w+", name, re.ASCII):
        raise ValueError(f"{name!r} is not a name for a database")
    return name
