"""The parts of a check run: which waits for which, what runs side by side, what came out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.toolbox import commands
from scripts.toolbox.commands import CommandFailed
from scripts.toolbox.console import Console, Problem, duration

Work = Callable[[Path], str]
"""Does the work of a part with a log to write to; returns its output, raises `Problem` when it failed."""


@dataclass(frozen=True)
class Part:
    """One check: its work, the parts that must have passed before, those that must only have ended, and how
    many processors it wants."""

    name: str
    work: Work
    needs: Sequence[str] = ()
    after: Sequence[str] = ()
    weight: int = 1


@dataclass
class Result:
    """What came of a part."""

    part: Part
    state: str
    seconds: float = 0.0
    output: str = ""

    @property
    def passed(self) -> bool:
        """Whether the part ran and found nothing."""
        return self.state == PASSED


PASSED, FAILED, NOT_RUN = "通过", "失败", "未运行"


def command(words: Sequence[str | Path], *, cwd: Path, env: dict[str, str], name: str) -> Work:
    """A part that is one command."""
    return lambda log: commands.run(words, log, title=name, cwd=cwd, env=env)


@dataclass
class Schedule:
    """Runs the parts in the order given, as many side by side as there are processors."""

    parts: Sequence[Part]
    console: Console
    logs: Path
    capacity: int = 2
    verbose: bool = False
    results: dict[str, Result] = field(default_factory=dict)

    def run(self) -> list[Result]:
        """Run everything that can run; a part whose needs failed is not run. Results in the parts' order."""
        changed = threading.Condition()
        waiting, busy = list(self.parts), 0
        threads: list[threading.Thread] = []

        def finish(part: Part) -> None:
            nonlocal busy
            result = self._do(part)
            with changed:
                self.results[part.name] = result
                busy -= self._weight(part)
                changed.notify_all()

        while waiting:
            with changed:
                self._drop_hopeless(waiting)
                part = next((part for part in waiting if self._can_start(part, busy)), None)
                if part is None:
                    if waiting:
                        changed.wait(0.5)
                    continue
                waiting.remove(part)
                busy += self._weight(part)
            thread = threading.Thread(target=finish, args=[part], daemon=True)
            threads.append(thread)
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)
        return [self.results[part.name] for part in self.parts]

    def _weight(self, part: Part) -> int:
        return min(part.weight, self.capacity)

    def _can_start(self, part: Part, busy: int) -> bool:
        names = {other.name for other in self.parts}
        ended = all(name in self.results for name in (*part.needs, *part.after) if name in names)
        return ended and busy + self._weight(part) <= self.capacity

    def _drop_hopeless(self, waiting: list[Part]) -> None:
        for part in list(waiting):
            lost = [need for need in part.needs if need in self.results and not self.results[need].passed]
            if lost:
                waiting.remove(part)
                self.results[part.name] = Result(part, NOT_RUN, output=f"因为“{lost[0]}”没有通过")
                self.console.line(f"- {part.name}：未运行，因为“{lost[0]}”没有通过")

    def _do(self, part: Part) -> Result:
        log = self.logs / f"{part.name.replace('/', '-').replace(' ', '-')}.log"
        log.unlink(missing_ok=True)
        began = time.monotonic()
        try:
            output, state = part.work(log), PASSED
        except CommandFailed as error:
            output, state = error.output or str(error), FAILED
        except (Problem, OSError) as error:
            output, state = str(error), FAILED
        result = Result(part, state, time.monotonic() - began, output)
        self._report(result)
        return result

    def _report(self, result: Result) -> None:
        sign = "✓" if result.passed else "✗"
        lines = [f"{sign} {result.part.name}：{result.state}（{duration(result.seconds)}）"]
        if result.output.strip() and (self.verbose or not result.passed):
            lines += [f"┌── {result.part.name}", result.output.rstrip(), f"└── {result.part.name}"]
        self.console.line("\n".join(lines))


def summary(results: Sequence[Result]) -> list[str]:
    """The timing table, in the parts' order."""
    lines = ["", "用时："]
    for result in results:
        sign = {PASSED: "✓", FAILED: "✗"}.get(result.state, "-")
        lines.append(f"  {sign} {duration(result.seconds):>12}  {result.part.name}")
    return lines
