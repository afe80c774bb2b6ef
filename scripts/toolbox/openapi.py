"""Whether the API document that the front ends' types are made from is the server's own of today.

Run as `python -m scripts.toolbox.openapi`; `--write` brings the file up to date.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.toolbox.environment import ROOT

DOCUMENT = ROOT / "miniprogram" / "openapi.json"


def differences(kept: Any, current: Any, pointer: str = "") -> list[str]:
    """JSON pointers at which two documents differ, the outermost ones only."""
    if isinstance(kept, dict) and isinstance(current, dict):
        found = []
        for key in sorted(kept.keys() | current.keys()):
            if key not in kept or key not in current:
                found.append(f"{pointer}/{key}（{'多余' if key in kept else '缺少'}）")
            else:
                found += differences(kept[key], current[key], f"{pointer}/{key}")
        return found
    return [] if kept == current else [f"{pointer}（不同）"]


def main(arguments: list[str], document: Path = DOCUMENT) -> int:
    """Compare, or write; 1 when they differ."""
    module = subprocess.run(
        [sys.executable, "-m", "server.openapi"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if module.returncode != 0:
        print(module.stderr)
        return 1
    if "--write" in arguments:
        document.write_text(module.stdout, "utf-8")
        return 0
    if not document.is_file():
        print(f"没有 {document.relative_to(ROOT)}，请运行 python -m scripts.toolbox.openapi --write")
        return 1
    found = differences(json.loads(document.read_text("utf-8")), json.loads(module.stdout))
    if found:
        print("前端的 API 文档已过时，请运行 python -m scripts.toolbox.openapi --write 并重新生成类型：")
        print("\n".join(f"  {pointer}" for pointer in found[:40]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
