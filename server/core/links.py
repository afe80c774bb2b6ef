"""Links to this deployment, for what is printed or leaves in files; the program says once where it is reached."""

from __future__ import annotations

_base = "http://127.0.0.1:8000"


def use_base(public_url: str) -> None:
    """Where people reach the deployment."""
    global _base
    _base = public_url.rstrip("/")


def to(path: str) -> str:
    """The whole address of a path that begins with a slash."""
    return _base + path
