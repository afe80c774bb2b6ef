"""The supervisor, with small real programs: what dies comes back, and all ends in order."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.toolbox.console import Console, Problem
from scripts.toolbox.processes import Program, Supervisor, end_left_overs
from scripts.toolbox.services import is_alive

SERVE = """
import os, signal, sys, time
def leave(*_):
    with open("order", "a") as file: file.write(sys.argv[1] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
open(sys.argv[1] + ".ready", "w").close()
with open(sys.argv[1] + ".starts", "a") as file: file.write("x")
print("serving", flush=True)
while True: time.sleep(60)
"""
DIE = "import sys; print('the reason is here'); sys.exit(3)"


class World:
    """A folder with programs in it and the supervisor that keeps them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.screen = io.StringIO()
        self.register = folder / "programs.json"
        self.supervisor = Supervisor(Console(self.screen), self.register, back_off=(0.0, 0.0))
        self._watch: threading.Thread | None = None

    def program(self, key: str, code: str = SERVE, *, grace_seconds: float = 5) -> Program:
        """A program that runs `code`."""
        ready = (self.folder / f"{key}.ready").exists
        command = [sys.executable, "-S", "-c", code, key]
        log = self.folder / f"{key}.log"
        return Program(key, key.upper(), command, log, ready, cwd=self.folder, grace_seconds=grace_seconds)

    def start(self, *keys: str) -> None:
        """Start serving programs and wait for them."""
        for key in keys:
            self.supervisor.start(self.program(key))
        self.supervisor.wait_until_ready(*keys, seconds=20)

    def starts(self, key: str) -> int:
        """How often a program came up."""
        return len((self.folder / f"{key}.starts").read_text())

    def watch(self) -> None:
        """Watch beside the test."""
        self._watch = threading.Thread(target=self.supervisor.watch)
        self._watch.start()

    def end(self) -> None:
        """Stop everything."""
        self.supervisor.request_stop()
        if self._watch:
            self._watch.join()
        self.supervisor.stop()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world that is empty again afterwards."""
    made = World(tmp_path)
    yield made
    made.end()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def test_orders_would_stop_coming_in_if_a_killed_api_were_not_started_again(world: World) -> None:
    world.start("api")
    world.watch()
    os.kill(world.supervisor.pid("api"), signal.SIGKILL)
    until(lambda: world.starts("api") == 2)
    assert "API 被信号 9 终止" in world.screen.getvalue()
    assert "serving" in world.screen.getvalue(), "the log's tail is shown"


def test_a_killed_api_could_not_come_back_if_its_workers_kept_the_port(world: World) -> None:
    code = (
        "import subprocess, sys, time\n"
        "worker = subprocess.Popen(['sleep', '600'])\n"
        "open('worker', 'w').write(str(worker.pid))\n"
        "open('api.ready', 'w').close()\n"
        "time.sleep(600)\n"
    )
    world.supervisor.start(world.program("api", code))
    world.supervisor.wait_until_ready("api", seconds=20)
    worker = int((world.folder / "worker").read_text())
    world.watch()
    os.kill(world.supervisor.pid("api"), signal.SIGKILL)
    until(lambda: not is_alive(worker))


def test_a_machine_would_be_kept_busy_for_ever_if_a_program_that_cannot_run_were_always_restarted(
    world: World,
) -> None:
    world.supervisor.start(world.program("bot", DIE))
    with pytest.raises(Problem, match=r"反复退出（3 次）") as caught:
        world.supervisor.watch()
    assert "the reason is here" in str(caught.value)


def test_a_person_would_wait_for_nothing_if_a_program_that_dies_at_start_were_not_reported(
    world: World,
) -> None:
    world.supervisor.start(world.program("api", DIE))
    with pytest.raises(Problem, match="the reason is here"):
        world.supervisor.wait_until_ready("api", seconds=20)


def test_a_full_disk_would_look_like_a_crash_if_the_reason_in_the_log_were_not_read(world: World) -> None:
    code = "raise OSError(28, 'No space left on device')"
    world.supervisor.start(world.program("api", code))
    with pytest.raises(Problem, match="磁盘已满"):
        world.supervisor.wait_until_ready("api", seconds=20)


def test_a_failed_set_up_would_be_blamed_for_a_database_that_fell_over_beside_it(world: World) -> None:
    world.start("api")
    assert world.supervisor.obituary() is None
    world.supervisor.start(world.program("database", DIE))
    with pytest.raises(Problem):
        world.supervisor.wait_until_ready("database", seconds=20)
    assert "the reason is here" in str(world.supervisor.obituary())


def test_an_old_crash_would_be_blamed_for_a_new_one_if_the_whole_log_were_shown(world: World) -> None:
    (world.folder / "api.log").write_text("OSError: No space left on device\n")
    world.supervisor.start(world.program("api", DIE))
    with pytest.raises(Problem) as caught:
        world.supervisor.wait_until_ready("api", seconds=20)
    assert "磁盘已满" not in str(caught.value)


def test_the_last_requests_would_be_lost_if_the_database_stopped_before_the_api(world: World) -> None:
    world.start("database", "api")
    world.end()
    assert (world.folder / "order").read_text().split() == ["api", "database"]
    assert not world.register.exists()


def test_ctrl_c_would_hang_if_a_program_that_does_not_listen_were_not_killed(world: World) -> None:
    code = SERVE.replace("signal.signal(signal.SIGTERM, leave)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    world.supervisor.start(world.program("api", code, grace_seconds=0.2))
    world.supervisor.wait_until_ready("api", seconds=20)
    pid = world.supervisor.pid("api")
    world.end()
    assert not is_alive(pid)


def test_the_next_start_would_find_its_ports_taken_if_programs_of_a_killed_run_were_left(
    world: World,
) -> None:
    world.start("database", "api")
    pids = [world.supervisor.pid("database"), world.supervisor.pid("api")]
    assert end_left_overs(world.register) == ["API", "DATABASE"]
    until(lambda: not any(is_alive(pid) for pid in pids))
    assert (world.folder / "order").read_text().split() == ["api", "database"]
    assert end_left_overs(world.register) == []


def test_a_stranger_would_be_killed_if_a_process_number_that_was_used_again_were_trusted(
    world: World,
) -> None:
    world.start("api")
    register = json.loads(world.register.read_text())
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        register["children"][0]["pid"] = stranger.pid
        copy = world.folder / "copy.json"
        copy.write_text(json.dumps(register))
        assert end_left_overs(copy) == []
        assert stranger.poll() is None
        stranger.kill()
