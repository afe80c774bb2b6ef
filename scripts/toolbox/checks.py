"""The story of `scripts/test`: set up like `scripts/run`, then every check, side by side where it can be."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.toolbox import chromium, commands, environment
from scripts.toolbox.console import Console, Problem, duration
from scripts.toolbox.environment import FRONT_ENDS, LOGS, PYTHON, ROOT, VENV, FrontEnd
from scripts.toolbox.parts import Part, Result, Schedule, command, summary

PACKAGES = ("server", "bot", "scripts", "tests")
PROGRAMS = ("scripts/run", "scripts/test", "scripts/bench", "scripts/world", "scripts/found", "scripts/import")
JOURNEYS = ROOT / "tests" / "journeys"
FRONT_END_CHECKS = ("typecheck", "lint", "test", "build:mp", "size", "test:package")
AFTER = {"size": ("build:mp", "build"), "test:package": ("build:mp",)}
PYTEST = "pytest"
PYTEST_TAIL = 40


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    quick: bool
    verbose: bool
    pytest: list[str]


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; what is not an option of ours goes to pytest."""
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="安装所需的一切并运行全部检查。"
        "给出路径或 pytest 的参数时只运行 pytest，例如 scripts/test tests/orders -k cancel",
        allow_abbrev=False,
    )
    parser.add_argument("--quick", action="store_true", help="只检查 Python 部分")
    parser.add_argument("--verbose", action="store_true", help="也显示通过的部分的输出")
    given, rest = parser.parse_known_args(arguments)
    return Options(quick=given.quick, verbose=given.verbose, pytest=rest)


def python_parts(
    env: dict[str, str], test_env: dict[str, str], *, after: Sequence[str], journeys: bool = True
) -> list[Part]:
    """The checks of the Python side; pytest comes last and has the processors to itself.

    The browser journeys need the front end built: without it they are left out.
    """
    packages = [name for name in PACKAGES if (ROOT / name).is_dir()]
    programs = [name for name in PROGRAMS if (ROOT / name).is_file()]

    def part(name: str, *words: str) -> Part:
        return Part(name, command([str(PYTHON), "-m", *words], cwd=ROOT, env=env, name=name))

    parts = [
        part("ruff", "ruff", "check", *packages, *programs),
        part("mypy --strict", "mypy", "--strict", *packages),
    ]
    if _has_import_rules():
        rules = command([str(VENV / "bin" / "lint-imports")], cwd=ROOT, env=env, name="import rules")
        parts.insert(1, Part("import rules", rules))
    if (ROOT / "server" / "openapi.py").is_file() and FRONT_ENDS[0].exists:
        parts.insert(1, part("API types are current", "scripts.toolbox.openapi"))
    words = [str(PYTHON), "-m", "pytest", "-n", "2", "--dist", "loadgroup", "--color=no", "tests"]
    if not journeys:
        words += ["--ignore", str(JOURNEYS)]

    def pytest(log: Path) -> str:
        return commands.run(words, log, title=PYTEST, cwd=ROOT, env=test_env)

    return [*parts, Part(PYTEST, pytest, after=after, weight=2)]


def _has_import_rules() -> bool:
    for name, sign in (
        (".importlinter", "[importlinter"),
        ("pyproject.toml", "[tool.importlinter"),
        ("setup.cfg", "[importlinter"),
    ):
        file = ROOT / name
        if file.is_file() and sign in file.read_text("utf-8"):
            return True
    return False


def front_end_parts(part: FrontEnd, env: dict[str, str]) -> list[Part]:
    """The checks that a front end has scripts for."""
    scripts = json.loads((part.folder / "package.json").read_text("utf-8")).get("scripts", {})
    label = part.folder.name
    install, build = f"{label}: npm ci", f"{label}: {part.build_script}"

    def install_it(_log: Path) -> str:
        return "" if environment.install_front_end(part, env) else "依赖没有变化"

    def build_it(_log: Path) -> str:
        return "" if environment.build_front_end(part, env) else "源码没有变化"

    parts = [Part(install, install_it)]
    if part.build_script in scripts:
        parts.append(Part(build, build_it, needs=[install]))
    for script in FRONT_END_CHECKS:
        if script in scripts:
            name = f"{label}: {script}"
            work = command(["npm", "run", "--silent", script], cwd=part.folder, env=env, name=name)
            needs = [install, *(f"{label}: {before}" for before in AFTER.get(script, ()) if before in scripts)]
            parts.append(Part(name, work, needs=needs))
    return parts


def all_parts(options: Options, console: Console) -> list[Part]:
    """Everything there is to check, in the order of the table."""
    env = environment.child_environment()
    test_env = dict(env)
    if options.quick:
        _use_chromium_if_there(test_env)
        return python_parts(env, test_env, after=[], journeys=False)
    parts: list[Part] = []
    before: list[str] = []
    fronts = [part for part in FRONT_ENDS if part.exists]
    node_env = environment.node_environment(console) if fronts or JOURNEYS.is_dir() else env
    for front in fronts:
        parts += front_end_parts(front, node_env)
        before += [part.name for part in parts if part.name.endswith(f": {front.build_script}")]
    if JOURNEYS.is_dir():
        parts.insert(0, Part("Chromium", lambda log: _get_chromium(log, node_env, test_env)))
        before.append("Chromium")
    return [*parts, *python_parts(env, test_env, after=before)]


def _get_chromium(log: Path, env: dict[str, str], test_env: dict[str, str]) -> str:
    found = chromium.install(log, env)
    test_env.update(chromium.browser_environment(found, VENV))
    return str(found)


def _use_chromium_if_there(env: dict[str, str]) -> None:
    if found := chromium.find(env):
        env.update(chromium.browser_environment(found, VENV))


def only_pytest(options: Options, console: Console) -> int:
    """`scripts/test tests/orders`: pytest with these arguments, its output as it comes."""
    env = environment.child_environment()
    if any("journeys" in word for word in options.pytest):
        environment.set_up_front_ends(console)
        test_env = dict(env)
        with console.step("Chromium"):
            _get_chromium(LOGS / "chromium.log", environment.node_environment(console), test_env)
        env = test_env
    else:
        _use_chromium_if_there(env)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.run([str(PYTHON), "-m", "pytest", *options.pytest], cwd=ROOT, env=env, check=False).returncode


def everything(options: Options, console: Console) -> int:
    """All parts, the table, and pytest's own last lines; 1 when anything failed."""
    parts = all_parts(options, console)
    logs = LOGS / "checks"
    shutil.rmtree(logs, ignore_errors=True)
    capacity = max(2, os.cpu_count() or 2)
    results = Schedule(parts, console, logs, capacity=capacity, verbose=options.verbose).run()
    for line in summary(results):
        console.line(line)
    for result in results:
        if result.part.name == PYTEST and result.output:
            console.line("\n" + "\n".join(result.output.rstrip().splitlines()[-PYTEST_TAIL:]))
    return _verdict(results, console)


def _verdict(results: Sequence[Result], console: Console) -> int:
    bad = [result.part.name for result in results if not result.passed]
    if bad:
        console.problem(f"没有全部通过：{'、'.join(bad)}（完整输出在 {LOGS / 'checks'}）")
    return 1 if bad else 0


def main(arguments: Sequence[str]) -> int:
    """`scripts/test`."""
    options = parse(arguments)
    console = Console(sys.stdout)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    try:
        environment.set_up_python(console)
        if options.pytest:
            return only_pytest(options, console)
        code = everything(options, console)
    except KeyboardInterrupt:
        commands.end_all(patience=15)  # pytest stops its servers
        console.problem("已中断。")
        return 130
    except (Problem, OSError) as problem:
        console.problem(str(problem))
        return 1
    console.line(f"{'✓ 全部通过' if code == 0 else '✗ 没有通过'}，共 {duration(time.monotonic() - began)}")
    return code
