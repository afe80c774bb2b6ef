"""Whether the demo world is there already; asked at every start, so it loads next to nothing."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from scripts.demo.sources import source
from scripts.toolbox.accounts import read_accounts

BUILT = "demo_built"
"""The verb of the audit entry that is written last: a world without it is unfinished."""

FIND = f"""
SELECT o.id, EXISTS (SELECT FROM audit_entry e WHERE e.root_id = o.id AND e.subject_kind = 'org' AND e.subject_id = o.id
                     AND e.verb = '{BUILT}') AS finished
FROM org o WHERE o.kind = 'brand' AND o.code = $1 ORDER BY o.id
"""  # noqa: S608 - a constant of this file


def brand_code() -> str:
    """By which code the demo's brand is known."""
    return str(source("names")["brand"]["code"])


async def is_there(url: str, data: Path) -> bool:
    """Whether nothing is left to do: the world is finished, and its accounts are written down in this data folder."""
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetch(FIND, brand_code())
    finally:
        await connection.close()
    return any(row["finished"] for row in found) and bool(read_accounts(data))
