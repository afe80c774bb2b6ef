"""The supervisor: starts programs, waits until they are ready, restarts what dies, stops all in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.toolbox.commands import disk_full_message, end_group, has_no_space, is_disk_full, tail
from scripts.toolbox.console import Console, Problem
from scripts.toolbox.services import Runner, identity, is_alive, wait_until_gone

POLL_SECONDS = 0.1
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How long to wait before each restart; one crash more than there are waits, and the supervisor gives up."""

STEADY_SECONDS = 60.0
"""A program that ran this long is well again: its earlier crashes are forgotten."""

LEFT_OVER_PATIENCE = 5.0

LOG_LIMIT = 20 * 1024 * 1024

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(*urls: str) -> Callable[[], bool]:
    """A readiness check: one of the addresses answers 200."""

    def check() -> bool:
        for url in urls:
            try:
                with _direct.open(url, timeout=3) as response:
                    if response.status == 200:
                        return True
            except (OSError, urllib.error.URLError, ValueError):
                continue
        return False

    return check


@dataclass(frozen=True)
class Program:
    """One program to keep running."""

    key: str
    title: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    runner: Runner = field(default_factory=Runner)


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float
    log_start: int
    crashes: int = 0
    restart_at: float | None = None


class Supervisor:
    """Keeps programs running until it is told to stop; the last one started is the first one stopped."""

    def __init__(
        self,
        console: Console,
        register: Path,
        *,
        back_off: Sequence[float] = BACK_OFF_SECONDS,
        steady_seconds: float = STEADY_SECONDS,
    ) -> None:
        self._console = console
        self._register = register
        self._back_off = back_off
        self._steady_seconds = steady_seconds
        self._children: dict[str, _Child] = {}
        self._stop = threading.Event()
        self._hurry = False

    def start(self, program: Program) -> None:
        """Start a program; `wait_until_ready` waits for it."""
        log_start, process = self._spawn(program)
        self._children[program.key] = _Child(program, process, time.monotonic(), log_start)
        self._write_register()

    def pid(self, key: str) -> int:
        """The process of a program that was started."""
        return self._children[key].process.pid

    def _spawn(self, program: Program) -> tuple[int, subprocess.Popen[bytes]]:
        program.log.parent.mkdir(parents=True, exist_ok=True)
        if program.log.exists() and program.log.stat().st_size > LOG_LIMIT:
            program.log.replace(program.log.with_suffix(".old.log"))
        with program.log.open("ab") as file:
            return file.tell(), subprocess.Popen(
                program.command,
                env=program.env,
                cwd=program.cwd,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=program.runner.user,
                group=program.runner.group,
                extra_groups=program.runner.extra_groups,
            )

    def wait_until_ready(self, *keys: str, seconds: float = 90.0) -> None:
        """Wait until the programs answer; raises a `Problem` with the log's tail for one that does not."""
        deadline = time.monotonic() + seconds
        waiting = [self._children[key] for key in keys]
        while waiting:
            for child in list(waiting):
                if child.process.poll() is not None:
                    raise Problem(self._death_notice(child))
                if child.program.ready():
                    waiting.remove(child)
            if waiting and time.monotonic() > deadline:
                late, log = waiting[0], waiting[0].program.log
                text = tail(log, since=late.log_start)
                raise Problem(f"{late.program.title} 在 {seconds:.0f} 秒内没有就绪，日志 {log}：\n{text}")
            if waiting:
                time.sleep(POLL_SECONDS)

    def watch(self) -> None:
        """Restart what dies until `request_stop`; raises a `Problem` when a program keeps dying."""
        while not self._stop.wait(POLL_SECONDS):
            now = time.monotonic()
            for child in list(self._children.values()):
                self._look_after(child, now)

    def request_stop(self) -> None:
        """Ask `watch` to return; asked twice, `stop` waits for nobody."""
        self._hurry = self._stop.is_set()
        self._stop.set()

    def _look_after(self, child: _Child, now: float) -> None:
        if child.restart_at is not None:
            if now >= child.restart_at:
                child.restart_at = None
                child.log_start, child.process = self._spawn(child.program)
                child.started = now
                self._write_register()
            return
        if child.process.poll() is None:
            if child.crashes and now - child.started > self._steady_seconds:
                child.crashes = 0
            return
        self._schedule_restart(child, now)

    def _schedule_restart(self, child: _Child, now: float) -> None:
        end_group(child.process)
        notice = self._death_notice(child)
        if child.crashes >= len(self._back_off):
            raise Problem(f"{notice}\n  {child.program.title} 反复退出（{child.crashes + 1} 次），不再重启，全部停止。")
        pause = self._back_off[child.crashes]
        self._console.problem(f"{notice}\n  {pause:g} 秒后重启。")
        child.crashes += 1
        child.restart_at = now + pause

    def _death_notice(self, child: _Child) -> str:
        code = child.process.returncode
        program = child.program
        text = tail(program.log, since=child.log_start)
        if is_disk_full(text) or has_no_space(program.log.parent):
            return disk_full_message(program.log.parent)
        how = f"被信号 {-code} 终止" if code < 0 else f"退出（退出码 {code}）"
        return f"{program.title} {how}，日志 {program.log} 的最后几行：\n{text}"

    def obituary(self) -> str | None:
        """What became of a program that has ended by itself; None while all run."""
        dead = [child for child in self._children.values() if child.process.poll() is not None]
        return self._death_notice(dead[0]) if dead else None

    @property
    def is_idle(self) -> bool:
        """Whether nothing was started."""
        return not self._children

    def stop(self) -> None:
        """Stop every program, the last started first, each with its grace; what does not end is killed."""
        for child in reversed(list(self._children.values())):
            program, process = child.program, child.process
            if process.poll() is None:
                process.send_signal(program.stop_signal)
                self._wait(process, program.grace_seconds)
            if process.poll() is None:
                self._console.note(f"{program.title} 没有在 {program.grace_seconds:.0f} 秒内结束，强制终止。")
            end_group(process)
            process.wait()
            del self._children[program.key]
        self._register.unlink(missing_ok=True)

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline and not self._hurry:
            time.sleep(0.02)

    def _write_register(self) -> None:
        children = [
            {
                "title": child.program.title,
                "pid": child.process.pid,
                "identity": identity(child.process.pid),
                "signal": int(child.program.stop_signal),
                "grace": child.program.grace_seconds,
            }
            for child in self._children.values()
        ]
        fresh = self._register.with_suffix(".new")
        fresh.write_text(json.dumps({"boot": _boot(), "children": children}, ensure_ascii=False), "utf-8")
        fresh.replace(self._register)


def end_left_overs(register: Path) -> list[str]:
    """End the programs of a supervisor that was killed, the last started first, and answer their titles.

    Only a process that started when the register says is touched: its number may belong to another by now. Of
    a program that is gone, workers that outlived it are ended.
    """
    try:
        entries = json.loads(register.read_text("utf-8"))
        children = entries["children"] if entries["boot"] == _boot() else []
    except (OSError, ValueError, KeyError, TypeError):
        return []
    ended = []
    for child in reversed(children):
        pid, now = int(child["pid"]), identity(int(child["pid"]))
        if now and now != child["identity"]:
            continue
        if now and is_alive(pid):
            ended.append(str(child["title"]))
            _send(os.kill, pid, signal.Signals(child["signal"]))
            wait_until_gone(pid, float(child["grace"]))
        _send(os.killpg, pid, signal.SIGKILL)
        wait_until_gone(pid, LEFT_OVER_PATIENCE)
    register.unlink(missing_ok=True)
    return ended


def _boot() -> str:
    """Which start of the machine this is: process numbers of another one mean nothing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _send(how: Callable[[int, int], None], pid: int, sign: signal.Signals) -> None:
    try:
        how(pid, sign)
    except (ProcessLookupError, PermissionError):
        return
