"""The database that is meant: `DATABASE_URL`, or the one that `scripts/run` keeps in its data folder."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from scripts.toolbox.console import Problem
from scripts.toolbox.environment import ROOT, VENV
from scripts.toolbox.launch import DATABASE
from scripts.toolbox.services import Postgres, short_socket_folder
from server import modules
from server.core import clock, db
from server.core.errors import BusinessError
from server.migrate import migrate
from server.settings import SettingError, Settings, load_settings


def settings_for(data: Path) -> Settings:
    """The settings; raises a `Problem` when no database is given and none is running."""
    env = dict(os.environ)
    if not env.get("DATABASE_URL"):
        server = Postgres(data, short_socket_folder(data), venv=VENV)
        if not server.is_ready():
            raise Problem(f"没有给出 DATABASE_URL，{data} 里的数据库也没有运行：请先启动 scripts/run。")
        env["DATABASE_URL"] = server.url(DATABASE)
    return load_settings(env)


def data_folder() -> Path:
    """Where `scripts/run` keeps its data unless told otherwise."""
    return Path(os.environ.get("QUTONG_DATA") or ROOT / ".data").absolute()


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[None]:
    """The pool of this process, on a database with the present schema."""
    await migrate(settings)
    clock.use_zone(settings.zone)
    modules.wire()
    await db.connect(settings)
    try:
        yield
    finally:
        await db.disconnect()


@contextmanager
def in_words() -> Iterator[None]:
    """Whatever refuses the work becomes a `Problem` in the words of the person at the terminal."""
    try:
        yield
    except (SettingError, BusinessError) as refusal:
        raise Problem(str(refusal)) from refusal
    except (OSError, asyncpg.PostgresError) as error:
        raise Problem(f"数据库连不上或拒绝了操作：{error}") from error
