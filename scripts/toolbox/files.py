"""Stamps that let a finished step be skipped, free space, and locks between processes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.toolbox.console import Problem

MEGABYTE = 1024 * 1024
_NOT_SOURCES = {"node_modules", "dist", "unpackage", "coverage", ".cache", ".git", "__pycache__"}


def fingerprint(*parts: bytes | str | Path) -> str:
    """A hash over texts and the contents of files; a missing file counts as empty."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            data = part.read_bytes() if part.is_file() else b""
        else:
            data = part if isinstance(part, bytes) else part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    """Every file of a front end that can change what it is built to, in a fixed order."""
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NOT_SOURCES)
        for name in sorted(names):
            yield Path(base, name)


def sources_fingerprint(folder: Path) -> str:
    """A hash over a front end's sources and their names."""
    parts: list[str | Path] = []
    for path in sources(folder):
        parts += [path.relative_to(folder).as_posix(), path]
    return fingerprint(*parts)


def is_stamped(stamp: Path, value: str) -> bool:
    """Whether the step with this stamp was last finished for exactly these inputs."""
    try:
        return stamp.read_text("utf-8") == value
    except (OSError, UnicodeDecodeError):
        return False


def write_stamp(stamp: Path, value: str) -> None:
    """Note that a step is finished; written last and in one piece, so that an interrupted step runs again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    fresh = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    fresh.write_text(value, "utf-8")
    fresh.replace(stamp)


def existing(folder: Path) -> Path:
    """The folder itself, or the nearest parent that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def require_space(folder: Path, megabytes: int, purpose: str) -> None:
    """Raise a `Problem` when the disk of `folder` has less than `megabytes` free."""
    free = shutil.disk_usage(existing(folder)).free // MEGABYTE
    if free < megabytes:
        other = "，或用 --data 换一个目录" if purpose == "数据目录" else ""
        raise Problem(
            f"磁盘空间不足：{purpose}至少需要 {megabytes} MB，{folder} 所在的磁盘只剩 {free} MB。"
            f"请清理磁盘后重试{other}。"
        )


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock file, waiting for another process that has it; the system frees it when the holder dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders that may or may not be there."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
