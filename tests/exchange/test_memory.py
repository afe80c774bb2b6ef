"""Files of any length go in and out in a memory that hardly grows with them. Nothing here looks at the time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from openpyxl import Workbook

from scripts.toolbox.environment import ROOT
from tests.exchange.books import headings

ROWS = 12_000

# In a process of its own: what the tests before have left in this one's memory is no part of it.
_MEASURE = """
import asyncio, json, sys
from pathlib import Path
from server.core.bulk import nobody
from server.core.exports import Column
from server.exchange.reading import read
from server.exchange.sheets import STORES
from server.exchange.work import peak_kb
from server.exchange.writing import writer
source, target = map(Path, sys.argv[1:])
before = peak_kb()
content = asyncio.run(read(source, STORES, nobody))
read_kb = peak_kb()
out = writer(target, "xlsx", "表", [Column(name, name) for name in ("code", "name", "address", "contact_phone")])
for start in range(0, len(content.rows), 1000):
    out.add(content.rows[start : start + 1000])
out.finish()
print(json.dumps([len(content.rows), read_kb - before, peak_kb() - read_kb]))
"""


def test_a_file_of_twelve_thousand_rows_needs_few_megabytes_beside_the_program_itself(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("门店")
    page.append(headings("stores")[:9])
    for n in range(ROWS):
        terms = [None, "standard", "A", "430102"]
        page.append([f"MD{n:06d}", f"天天生活超市{n}店", *terms, f"五一大道{n}号", "王", f"138{n:08d}"])
    book.save(tmp_path / "in.xlsx")
    command = [sys.executable, "-c", _MEASURE, str(tmp_path / "in.xlsx"), str(tmp_path / "out.xlsx")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    rows, reading_kb, writing_kb = json.loads(done.stdout)
    assert rows == ROWS
    assert reading_kb < 40_000, f"{reading_kb} KB for reading"  # the rows themselves are some 6 MB
    assert writing_kb < 15_000, f"{writing_kb} KB for writing"
