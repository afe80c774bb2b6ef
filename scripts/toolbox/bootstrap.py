"""From any Python to the one of `.venv`; standard library only."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from scripts.toolbox.console import Console, Problem
from scripts.toolbox.environment import PYTHON, ROOT, child_environment, set_up_python


def run_module(module: str, arguments: Sequence[str]) -> int:
    """Set `.venv` up where it is missing, and become `python -m module`; 1 where that cannot be."""
    console = Console(sys.stderr)
    try:
        set_up_python(console)
    except (Problem, OSError) as problem:
        console.problem(str(problem))
        return 1
    env = child_environment()
    env["PYTHONPATH"] = str(ROOT)
    return become([str(PYTHON), "-m", module, *arguments], env)


def become(command: list[str], env: Mapping[str, str]) -> NoReturn:
    """Replace this process, so that signals reach the program itself."""
    os.execve(command[0], command, env)  # noqa: S606 - no shell is meant
