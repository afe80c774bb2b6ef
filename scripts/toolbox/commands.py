"""Run a command to its end with its output in a log, and say in plain words why one failed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from scripts.toolbox.console import Problem

TAIL_LINES = 15
NO_SPACE = 512 * 1024

_DISK_FULL = ("no space left on device", "enospc", "diskfullerror", "disk quota exceeded")
_NO_NETWORK = (
    "temporary failure in name resolution", "name or service not known", "nodename nor servname",
    "newconnectionerror", "failed to establish a new connection", "dns error", "error sending request",
    "network is unreachable", "no route to host", "connection refused", "connection reset", "read timed out",
    "enotfound", "eai_again", "etimedout", "econnrefused", "econnreset", "enetunreach", "ehostunreach",
    "could not resolve host", "network request failed", "proxyerror", "client network socket disconnected",
)  # fmt: skip

_running: set[subprocess.Popen[bytes]] = set()
_running_lock = threading.Lock()


class CommandFailed(Problem):
    """A command ended with an error; `output` is what it printed."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output


def is_disk_full(output: str) -> bool:
    """Whether the output of a failed command says that the disk is full."""
    text = output.lower()
    return any(sign in text for sign in _DISK_FULL)


def is_no_network(output: str) -> bool:
    """Whether the output of a failed download says that the registry could not be reached."""
    text = output.lower()
    return any(sign in text for sign in _NO_NETWORK)


def has_no_space(folder: Path) -> bool:
    """Whether the disk of a folder is full right now: then a log may lack the very line that says so."""
    try:
        return shutil.disk_usage(folder).free < NO_SPACE
    except OSError:
        return False


def disk_full_message(folder: Path) -> str:
    """The sentence for a full disk."""
    return f"磁盘已满：{folder} 所在的磁盘没有剩余空间。请清理后重试，或用 --data 把数据放到别的磁盘。"


def tail(log: Path, lines: int = TAIL_LINES, *, since: int = 0) -> str:
    """The last lines that a log got after its first `since` bytes, indented; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(since, file.tell() - 64 * 1024))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join("    " + line for line in text.splitlines()[-lines:])


def end_group(process: subprocess.Popen[bytes], sign: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to a process that leads its own group, and to all its descendants."""
    try:
        os.killpg(process.pid, sign)
    except (ProcessLookupError, PermissionError):
        return


def end_all(*, patience: float = 0.0) -> None:
    """End every command that is under way, as Ctrl-C does; what runs on after `patience` is killed."""
    with _running_lock:
        processes = list(_running)
    for process in processes:
        end_group(process, signal.SIGINT)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(_runs(process) for process in processes):
        time.sleep(0.05)
    for process in processes:
        end_group(process)


def _runs(process: subprocess.Popen[bytes]) -> bool:
    with _running_lock:
        return process in _running


def run(
    command: Sequence[str | Path],
    log: Path,
    *,
    title: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """Run a command to its end and return its output, which is also appended to `log`.

    Raises `CommandFailed` with a sentence for the person when it fails or cannot be started. The command has
    a process group of its own, so that it and its children end together when the set-up is interrupted.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        began = file.tell()
        file.write(f"$ {' '.join(str(word) for word in command)}\n".encode())
        file.flush()
        code = _run_to_end(command, file, cwd=cwd, env=env, timeout=timeout, title=title)
    with log.open("rb") as written:
        written.seek(began)
        output = written.read().decode("utf-8", "replace").partition("\n")[2]
    if code != 0:
        raise CommandFailed(_explain(title, code, output, log, cwd or Path.cwd()), output)
    return output


def _run_to_end(
    command: Sequence[str | Path],
    file: IO[bytes],
    *,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    timeout: float | None,
    title: str,
) -> int:
    try:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise CommandFailed(f"{title}失败：无法启动 {command[0]}（{error.strerror}）。", str(error)) from error
    with _running_lock:
        _running.add(process)
    try:
        return process.wait(timeout)
    except BaseException as error:
        end_group(process)
        process.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise CommandFailed(f"{title}超过 {timeout:.0f} 秒没有完成，已停止。", "") from error
        raise
    finally:
        with _running_lock:
            _running.discard(process)


def _explain(title: str, code: int, output: str, log: Path, folder: Path) -> str:
    if has_no_space(log.parent):
        return disk_full_message(log.parent)
    if is_disk_full(output) or has_no_space(folder):
        return disk_full_message(folder)
    return f"{title}失败（退出码 {code}），完整日志：{log}\n{tail(log)}"
