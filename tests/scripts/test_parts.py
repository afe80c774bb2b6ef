"""How `scripts/test` runs its parts: nothing is lost, and a failure is never a success."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.toolbox import checks
from scripts.toolbox.checks import front_end_parts, parse
from scripts.toolbox.console import Console, Problem
from scripts.toolbox.environment import FrontEnd
from scripts.toolbox.openapi import differences
from scripts.toolbox.parts import FAILED, NOT_RUN, PASSED, Part, Schedule, command, summary


def passing(_log: Path) -> str:
    """A check that finds nothing."""
    return "fine"


def failing(_log: Path) -> str:
    """A check that finds something."""
    raise Problem("line 7 is wrong")


def run(parts: Sequence[Part], folder: Path, *, verbose: bool = False) -> tuple[list[str], str]:
    """The states of the parts and what was shown."""
    screen = io.StringIO()
    results = Schedule(parts, Console(screen), folder, capacity=2, verbose=verbose).run()
    return [result.state for result in results], screen.getvalue()


def test_a_reviewer_would_miss_a_failure_if_its_output_were_not_shown(tmp_path: Path) -> None:
    states, shown = run([Part("lint", failing), Part("types", passing)], tmp_path)
    assert states == [FAILED, PASSED]
    assert "line 7 is wrong" in shown
    assert "fine" not in shown


def test_a_developer_could_not_see_warnings_if_verbose_hid_passing_parts(tmp_path: Path) -> None:
    assert "fine" in run([Part("types", passing)], tmp_path, verbose=True)[1]


def test_a_missing_installation_would_fail_every_part_if_those_that_need_it_were_run(tmp_path: Path) -> None:
    parts = [Part("build", passing, needs=["install"]), Part("install", failing)]
    assert run(parts, tmp_path)[0] == [NOT_RUN, FAILED]


def test_python_failures_would_stay_hidden_behind_a_broken_page_if_pytest_needed_the_build(
    tmp_path: Path,
) -> None:
    parts = [Part("build", failing), Part("pytest", passing, after=["build"], weight=2)]
    assert run(parts, tmp_path)[0] == [FAILED, PASSED]


def test_the_whole_check_would_take_twice_as_long_if_parts_never_ran_side_by_side(tmp_path: Path) -> None:
    both_run = threading.Barrier(2, timeout=20)

    def meet(_log: Path) -> str:
        both_run.wait()
        return ""

    assert run([Part("a", meet), Part("b", meet)], tmp_path)[0] == [PASSED, PASSED]


def test_timing_sensitive_journeys_would_flicker_if_other_parts_ran_beside_pytest(tmp_path: Path) -> None:
    running: list[str] = []

    def alone(_log: Path) -> str:
        assert running == []
        return ""

    def other(_log: Path) -> str:
        running.append("other")
        running.remove("other")
        return ""

    parts = [Part("a", other), Part("pytest", alone, weight=2), Part("b", other)]
    assert run(parts, tmp_path)[0] == [PASSED] * 3


def test_a_command_that_fails_would_pass_if_its_exit_code_were_not_looked_at(tmp_path: Path) -> None:
    work = command(["sh", "-c", "echo broken; exit 4"], cwd=tmp_path, env={}, name="x")
    states, shown = run([Part("x", work)], tmp_path)
    assert states == [FAILED]
    assert "broken" in shown


def test_nobody_would_know_what_makes_the_check_slow_if_a_part_were_missing_from_the_table(
    tmp_path: Path,
) -> None:
    results = Schedule([Part("a", passing), Part("b", failing)], Console(io.StringIO()), tmp_path).run()
    table = "\n".join(summary(results))
    assert "✓" in table and "✗" in table
    assert table.index("a") < table.index("b")


def test_a_front_end_check_would_fail_for_want_of_a_package_if_it_did_not_wait_for_its_build(
    tmp_path: Path,
) -> None:
    scripts = {"build:h5": "", "build:mp": "", "size": "", "lint": ""}
    (tmp_path / "package.json").write_text(json.dumps({"scripts": scripts}))
    parts = front_end_parts(FrontEnd("页面", tmp_path, "build:h5", tmp_path / "dist"), {})
    label = tmp_path.name
    needs = {part.name: list(part.needs) for part in parts}
    assert needs[f"{label}: size"] == [f"{label}: npm ci", f"{label}: build:mp"]
    assert f"{label}: typecheck" not in needs, "a check that the package has no script for is not run"


def test_the_weight_of_the_console_would_be_that_of_the_build_before_if_it_did_not_wait_for_the_new_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"scripts": {"build": "", "size": ""}}))
    parts = front_end_parts(FrontEnd("页面", tmp_path, "build", tmp_path / "dist"), {})
    needs = {part.name: list(part.needs) for part in parts}
    assert needs[f"{tmp_path.name}: size"] == [f"{tmp_path.name}: npm ci", f"{tmp_path.name}: build"]


def test_a_developer_would_wait_ten_minutes_for_one_test_if_a_path_did_not_select_it() -> None:
    assert parse(["tests/orders", "-k", "cancel"]).pytest == ["tests/orders", "-k", "cancel"]
    assert parse(["--quick", "--verbose"]) == checks.Options(quick=True, verbose=True, pytest=[])


@pytest.mark.parametrize(
    ("kept", "current", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["/a/b（不同）"]),
        ({"a": 1}, {}, ["/a（多余）"]),
        ({}, {"a": 1}, ["/a（缺少）"]),
    ],
)
def test_a_page_would_send_what_the_server_no_longer_takes_if_an_old_document_passed(
    kept: object, current: object, found: list[str]
) -> None:
    assert differences(kept, current) == found
