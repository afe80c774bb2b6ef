"""Codes say what the GS1 General Specifications say; server and phone are held to the same vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.core import clock
from server.core.gs1 import Gs1Broken, Scanned, read

VECTORS: list[dict[str, Any]] = msgspec.json.decode((Path(__file__).parents[1] / "vectors" / "gs1.json").read_bytes())


def told(found: Scanned) -> dict[str, Any]:
    """What was found, as the vectors write it: without what is not there."""
    values = {name: item for name, item in msgspec.structs.asdict(found).items() if item not in ("", None)}
    return {name: item.isoformat() if isinstance(item, date) else item for name, item in values.items()}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_a_code_is_read_as_the_specifications_say(vector: dict[str, Any]) -> None:
    noon = datetime.fromisoformat(vector.get("today", "2026-11-25")).replace(hour=4, tzinfo=UTC)
    with clock.frozen(noon):
        try:
            found = told(read(vector["input"], vector.get("symbology", "")))
        except Gs1Broken as refused:
            assert refused.why == vector.get("refusal"), (refused.why, refused.detail)
            assert any("\u4e00" <= sign <= "\u9fff" for sign in refused.detail)
        else:
            assert found == vector.get("fields"), found
