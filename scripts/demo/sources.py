"""The files in `data/`, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("data")


@cache
def source(name: str) -> Any:
    """The contents of `data/<name>.json`."""
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
