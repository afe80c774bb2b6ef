"""What the person at the terminal sees: steps with their durations, notes, and problems in one sentence."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

SHOW_RUNNING_AFTER = 2.0


class Problem(Exception):
    """Something the person has to put right; the text says in Chinese what and how, and is all they see."""


def duration(seconds: float) -> str:
    """A duration as people read it: `0.4 秒`, `1 分 05 秒`."""
    if seconds < 60:
        return f"{seconds:.1f} 秒"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} 分 {rest:02d} 秒"


class Console:
    """Prints whole lines only, so that steps that run side by side never mix."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._lock = threading.Lock()

    def line(self, text: str = "") -> None:
        """Print one line now; a reader that has gone away is no reason to stop."""
        with self._lock:
            try:
                print(text, file=self._stream, flush=True)
            except (BrokenPipeError, UnicodeEncodeError):
                self._fall_back(text)

    def _fall_back(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "ascii"
        try:
            print(text.encode(encoding, "replace").decode(encoding), file=self._stream, flush=True)
        except BrokenPipeError:
            return

    def note(self, text: str) -> None:
        """Something worth knowing that is neither a step nor a problem."""
        self.line(f"  · {text}")

    def problem(self, text: str) -> None:
        """Something that went wrong, and what to do."""
        self.line(f"✗ {text}")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show `title` with its duration when it is done; a slow step is announced while it runs."""
        announce = threading.Timer(SHOW_RUNNING_AFTER, self.line, [f"  {title} …"])
        announce.daemon = True
        announce.start()
        began = time.monotonic()
        try:
            yield
        finally:
            announce.cancel()
        self.line(f"✓ {title}（{duration(time.monotonic() - began)}）")
