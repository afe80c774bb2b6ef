"""The programs as they are deployed: API with its workers, bot, sandbox, each a process that can be killed.

For the tests that need more than one process: browser journeys and faults. `tests/conftest.py` serves the API inside
the test process instead, which is enough for everything else, and much faster.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.toolbox.commands import end_group, tail
from scripts.toolbox.environment import ROOT, child_environment
from scripts.toolbox.launch import SANDBOX_WECHAT, SANDBOX_WECOM
from scripts.toolbox.processes import answers
from server.settings import Settings, load_settings
from tests.conftest import free_port

MODULES = {"sandbox": "bot.sandbox", "api": "server", "bot": "bot"}
_GRACE_SECONDS = 5.0


@dataclass
class System:
    """Sandbox, API and bot on one database, one Redis and free ports; the ports stay over a restart."""

    env: dict[str, str]
    folder: Path
    ports: dict[str, int]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The settings that all programs have."""
        return load_settings(self.env)

    def url(self, name: str) -> str:
        """Where `api`, `bot` or `sandbox` answers."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, *names: str, wait: bool = True) -> None:
        """Start programs, by default all, and wait until they answer."""
        wanted = names or tuple(MODULES)
        for name in wanted:
            with self.log(name).open("ab") as log:
                self._running[name] = subprocess.Popen(
                    [sys.executable, "-m", MODULES[name]],
                    env=self.env,
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        if wait:
            self.wait_until_ready(*wanted)

    def wait_until_ready(self, *names: str, seconds: float = 60.0) -> None:
        """Wait until programs answer; fails with the end of the log of one that does not."""
        deadline = time.monotonic() + seconds
        for name in names:
            ready = answers(f"{self.url(name)}/readyz")
            while not ready():
                ended = self._running[name].poll() is not None
                assert not ended and time.monotonic() < deadline, f"{name}:\n{tail(self.log(name))}"
                time.sleep(0.05)

    def kill(self, *names: str) -> None:
        """SIGKILL programs, by default all, with all their workers: no goodbye, no clean-up."""
        for name in names or tuple(self._running):
            process = self._running.pop(name)
            end_group(process, signal.SIGKILL)
            process.wait()

    def end(self, name: str, seconds: float) -> None:
        """SIGTERM a program; fails with the end of its log when it has not ended after so long."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{name} has not stopped in {seconds} s:\n{tail(self.log(name))}") from None
        finally:
            end_group(process, signal.SIGKILL)
            process.wait()

    def run(self, module: str) -> None:
        """Run a module to its end with the programs' settings, e.g. `server.migrate` or `scripts.demo`."""
        done = subprocess.run(
            [sys.executable, "-m", module], env=self.env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def stop(self) -> None:
        """Stop all, politely; what does not end is killed."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            end_group(process, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def log(self, name: str) -> Path:
        """What a program has written."""
        return self.folder / f"{name}.log"


@contextmanager
def system(database_url: str, redis_url: str, folder: Path, **settings: str) -> Iterator[System]:
    """A system that has not been started yet, with two API workers; all is stopped at the end.

    `settings` are further variables of the environment, e.g. `QUTONG_WORKERS="1"`.
    """
    ports = {name: free_port() for name in MODULES}
    sandbox = f"http://127.0.0.1:{ports['sandbox']}"
    env = child_environment() | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "QUTONG_DATA": str(folder),
        "QUTONG_PORT": str(ports["api"]),
        "QUTONG_BOT_PORT": str(ports["bot"]),
        "QUTONG_SANDBOX_PORT": str(ports["sandbox"]),
        "QUTONG_PUBLIC_URL": f"http://127.0.0.1:{ports['api']}",
        "QUTONG_WORKERS": "2",
        "QUTONG_LOGIN_LIMIT_PER_MINUTE": "1000",
        **SANDBOX_WECOM,
        **SANDBOX_WECHAT,
        "WECOM_API_BASE": f"{sandbox}/cgi-bin/",
        "WECOM_LOGIN_URL": f"{sandbox}/wwlogin/sso/login",
        "WECHAT_API_BASE": f"{sandbox}/",
        **settings,
    }
    found = System(env, folder, ports)
    try:
        yield found
    finally:
        found.stop()
