"""The story of `scripts/run`: set up, start the database, migrate, fill, start the programs, watch, stop."""

from __future__ import annotations

import argparse
import errno
import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from scripts.toolbox import commands, environment
from scripts.toolbox.accounts import Addresses, read_accounts, ready_line, table
from scripts.toolbox.commands import CommandFailed, disk_full_message
from scripts.toolbox.console import Console, Problem
from scripts.toolbox.environment import PYTHON, ROOT, VENV
from scripts.toolbox.files import require_space
from scripts.toolbox.ports import require_ports
from scripts.toolbox.processes import Program, Supervisor, answers, end_left_overs
from scripts.toolbox.services import Postgres, Redis, short_socket_folder

DATABASE = "qutong"
NEW_DATA_MEGABYTES = 600
"""What a new database, its write-ahead log and the demo data need (280 MB were seen), with room to grow."""

KEPT_DATA_MEGABYTES = 100
"""What a start on existing data needs: its log files and the database's next writes."""

SANDBOX_WECOM = {
    "WECOM_CORP_ID": "ww1436e0e65a779aee",
    "WECOM_AGENT_ID": "1000002",
    "WECOM_SECRET": "sandbox-secret",
    "WECOM_TOKEN": "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo",
    "WECOM_AES_KEY": "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
}
SANDBOX_WECHAT = {
    "WECHAT_APP_ID": "wx0000000000000001",
    "WECHAT_APP_SECRET": "sandbox-app-secret",
    "WECHAT_TEMPLATE_ORDER": "sandbox-template-order",
}
"""The published credentials of the stand-in; they open nothing but the sandbox on this machine."""


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    port: int
    data: Path
    demo: bool
    json: bool
    workers: int | None

    @property
    def run_folder(self) -> Path:
        """Locks, sockets and the register of running programs."""
        return self.data / "run"

    def log(self, name: str) -> Path:
        """The log of one program."""
        return self.data / "logs" / f"{name}.log"


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/run", description="在本机启动渠通的全部程序；按 Ctrl-C 停止。")
    port, data = os.environ.get("QUTONG_PORT") or 8000, os.environ.get("QUTONG_DATA") or ROOT / ".data"
    ports = "API、H5 和管理后台的端口，机器人和沙箱用后面两个（默认 8000）"
    line = "就绪后在标准输出打印一行 JSON，其余输出到标准错误"
    parser.add_argument("--port", type=int, default=port, metavar="N", help=ports)
    parser.add_argument("--data", type=Path, default=data, metavar="DIR", help="数据目录（默认 .data）")
    parser.add_argument("--no-demo", action="store_true", help="不写入演示数据")
    parser.add_argument("--json", action="store_true", help=line)
    parser.add_argument("--workers", type=int, metavar="N", help="API 的工作进程数（默认 2）")
    given = parser.parse_args(arguments)
    if not 1 <= given.port <= 65533:
        parser.error("--port 要在 1 到 65533 之间")
    if given.workers is not None and given.workers < 1:
        parser.error("--workers 至少是 1")
    folder = Path(os.path.abspath(Path(given.data).expanduser()))
    return Options(port=given.port, data=folder, demo=not given.no_demo, json=given.json, workers=given.workers)


def program_environment(options: Options) -> dict[str, str]:
    """The settings of the programs, but for the database's and Redis' addresses."""
    env = environment.child_environment()
    env["QUTONG_PORT"] = str(options.port)
    env["QUTONG_BOT_PORT"] = str(options.port + 1)
    env["QUTONG_SANDBOX_PORT"] = str(options.port + 2)
    env["QUTONG_DATA"] = str(options.data)
    env.setdefault("QUTONG_PUBLIC_URL", f"http://127.0.0.1:{options.port}")
    if options.workers is not None:
        env["QUTONG_WORKERS"] = str(options.workers)
    sandbox = f"http://127.0.0.1:{options.port + 2}"
    if uses_sandbox():
        env.update(SANDBOX_WECOM, WECOM_API_BASE=f"{sandbox}/cgi-bin/", WECOM_LOGIN_URL=f"{sandbox}/wwlogin/sso/login")
        if not env.get("WECHAT_APP_ID"):
            env.update(SANDBOX_WECHAT, WECHAT_API_BASE=f"{sandbox}/")
    return env


def uses_sandbox() -> bool:
    """Whether the stand-in for WeCom is used: always, unless real credentials are given."""
    return not os.environ.get("WECOM_CORP_ID")


def addresses(options: Options) -> Addresses:
    """Where everything answers."""
    base = f"http://127.0.0.1:{options.port}"
    return Addresses(
        api=base,
        h5=f"{base}/",
        console=f"{base}/console",
        bot=f"http://127.0.0.1:{options.port + 1}",
        sandbox=f"http://127.0.0.1:{options.port + 2}" if uses_sandbox() else None,
    )


class Launch:
    """One run of the whole system on one data folder."""

    def __init__(self, options: Options, console: Console) -> None:
        self.options = options
        self.console = console
        self.supervisor = Supervisor(console, options.run_folder / "programs.json")
        self.env = program_environment(options)

    def prepare_data(self) -> None:
        """The data folder exists, has room, and nothing of a killed run is left in it."""
        data = self.options.data
        kept = (data / "postgres" / "PG_VERSION").exists()
        require_space(data, KEPT_DATA_MEGABYTES if kept else NEW_DATA_MEGABYTES, "数据目录")
        (data / "logs").mkdir(parents=True, exist_ok=True)
        self.options.run_folder.mkdir(exist_ok=True)

    def clear_left_overs(self) -> None:
        """End what outlived a run that was killed."""
        ended = end_left_overs(self.options.run_folder / "programs.json")
        if ended:
            self.console.note(f"上次没有正常停止，已结束遗留的程序：{'、'.join(ended)}")

    def check_ports(self) -> None:
        """All ports are free; checked before minutes go into the set-up."""
        port = self.options.port
        ports = {"API": port, "机器人": port + 1}
        if uses_sandbox():
            ports["沙箱"] = port + 2
        require_ports(os.environ.get("QUTONG_HOST") or "127.0.0.1", ports)

    def start_services(self) -> None:
        """PostgreSQL and Redis: those that are given by URL, or the embedded ones."""
        if self.env.get("DATABASE_URL"):
            self._probe("database", "DATABASE_URL", "数据库")
        else:
            with self.console.step("启动 PostgreSQL"):
                self._start_postgres()
        if self.env.get("REDIS_URL"):
            self._probe("redis", "REDIS_URL", "Redis")
        else:
            with self.console.step("启动 Redis"):
                self._start_redis()

    def _start_postgres(self) -> None:
        server = Postgres(self.options.data, short_socket_folder(self.options.data), venv=VENV)
        server.prepare()
        self.supervisor.start(
            Program(
                key="postgres",
                title="PostgreSQL",
                command=server.command(),
                log=self.options.log("postgresql"),
                ready=server.is_ready,
                cwd=Path("/"),
                stop_signal=signal.SIGINT,
                grace_seconds=60,
                runner=server.runner,
            )
        )
        self.supervisor.wait_until_ready("postgres")
        server.ensure_database(DATABASE)
        self.env["DATABASE_URL"] = server.url(DATABASE)

    def _start_redis(self) -> None:
        server = Redis(short_socket_folder(self.options.data), venv=VENV)
        self.supervisor.start(
            Program(
                key="redis",
                title="Redis",
                command=server.command(),
                log=self.options.log("redis"),
                ready=server.is_ready,
                grace_seconds=5,
            )
        )
        self.supervisor.wait_until_ready("redis")
        self.env["REDIS_URL"] = server.url

    def _probe(self, what: str, variable: str, title: str) -> None:
        with self.console.step(f"连接 {variable} 给出的 {title}"):
            command = [str(PYTHON), "-m", "scripts.toolbox.probe", what]
            try:
                commands.run(command, self.options.log("probe"), title=f"检查{title}", cwd=ROOT, env=self.env)
            except CommandFailed as error:
                reason = error.output.strip().splitlines()[-1:] or ["没有回答"]
                raise Problem(f"{variable} 指向的 {title} 不能使用：{reason[0]}。") from error

    def fill_database(self) -> None:
        """Migrations, and the demo data unless it is there already."""
        with self.console.step("更新数据库结构"):
            self._run_module("server.migrate", "更新数据库结构", "migrate")
        if self.options.demo:
            with self.console.step("写入演示数据（已有则跳过）"):
                self._run_module("scripts.demo", "写入演示数据", "demo")

    def _run_module(self, module: str, title: str, log: str) -> None:
        try:
            commands.run([PYTHON, "-m", module], self.options.log(log), title=title, cwd=ROOT, env=self.env)
        except CommandFailed as error:
            # A database that fell over, for want of disk for example, is the reason and not the command.
            if notice := self.supervisor.obituary():
                raise Problem(notice) from error
            raise

    def start_programs(self) -> None:
        """Sandbox, API and bot; ready when each says so."""
        at = addresses(self.options)
        keys = []
        with self.console.step("启动 API、机器人" + ("、沙箱" if at["sandbox"] else "")):
            if at["sandbox"]:
                keys.append(
                    self._start("sandbox", "沙箱", "bot.sandbox", f"{at['sandbox']}/readyz", f"{at['sandbox']}/")
                )
            keys.append(self._start("bot", "机器人", "bot", f"{at['bot']}/readyz"))
            keys.append(self._start("api", "API", "server", f"{at['api']}/readyz"))
            self.supervisor.wait_until_ready(*keys)

    def _start(self, key: str, title: str, module: str, *urls: str) -> str:
        command = [str(PYTHON), "-m", module]
        log = self.options.log(key)
        self.supervisor.start(Program(key, title, command, log, answers(*urls), env=self.env, cwd=ROOT))
        return key

    def announce(self) -> None:
        """Say where everything is."""
        at, accounts = addresses(self.options), read_accounts(self.options.data)
        if self.options.json:
            print(ready_line(at, accounts), flush=True)
        lines = [
            "",
            "渠通已就绪：",
            f"  小程序 H5     {at['h5']}",
            f"  管理后台      {at['console']}",
            f"  API 文档      {at['api']}/docs",
            f"  机器人        {at['bot']}",
            f"  企业微信沙箱  {at['sandbox'] or '没有启动，使用环境变量给出的真实企业'}",
            f"  数据目录      {self.options.data}",
        ]
        if accounts:
            lines += ["", "演示账号：", *(f"  {row}" for row in table(accounts))]
        for line in [*lines, "", "按 Ctrl-C 停止。"]:
            self.console.line(line)


@contextmanager
def only_one(options: Options) -> Iterator[None]:
    """Hold the data folder; raises a `Problem` when another `scripts/run` has it."""
    with (options.run_folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            raise Problem(
                f"数据目录 {options.data} 正在被另一个 scripts/run（进程 {holder}）使用。"
                "请先停止它，或用 --data 换一个目录（同时用 --port 换端口）。"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def run(options: Options, console: Console) -> None:
    """Start everything and stay until the person stops it."""
    launch = Launch(options, console)
    launch.prepare_data()
    with only_one(options):
        launch.clear_left_overs()
        launch.check_ports()
        environment.set_up_python(console)
        beside = ThreadPoolExecutor(1)
        front_ends = beside.submit(environment.set_up_front_ends, console)
        try:
            launch.start_services()
            launch.fill_database()
            front_ends.result()
            launch.start_programs()
            launch.announce()
            on_signals(lambda *_: launch.supervisor.request_stop())
            launch.supervisor.watch()
        finally:
            on_signals(lambda *_: launch.supervisor.request_stop())
            commands.end_all()
            beside.shutdown(cancel_futures=True)
            if not launch.supervisor.is_idle:
                with console.step("停止全部程序"):
                    launch.supervisor.stop()


def on_signals(handler: Callable[[int, FrameType | None], object]) -> None:
    """Handle what asks the launcher to stop: Ctrl-C, a service manager, a closed terminal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def main(arguments: Sequence[str]) -> int:
    """`scripts/run`: 0 after a clean stop, 1 with a sentence for a problem, 130 when interrupted."""
    options = parse(arguments)
    console = Console(sys.stderr if options.json else sys.stdout)
    on_signals(_interrupt)
    try:
        run(options, console)
    except KeyboardInterrupt:
        console.problem("已中断。")
        return 130
    except Problem as problem:
        console.problem(str(problem))
        return 1
    except OSError as error:
        console.problem(_explain(error, options))
        return 1
    return 0


def _explain(error: OSError, options: Options) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full_message(options.data)
    if isinstance(error, PermissionError):
        return f"没有权限访问 {error.filename or options.data}：请检查它的所有者，或用 --data 换一个目录。"
    return f"系统不允许这个操作：{error.strerror or error}（{error.filename or options.data}）。"
