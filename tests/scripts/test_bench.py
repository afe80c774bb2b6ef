"""`scripts/bench` measures what it says, in the form that tools read."""

from __future__ import annotations

import json
import subprocess
import sys

from scripts.toolbox.environment import ROOT

FIELDS = {
    "operation", "lines", "clients", "workers", "per_second", "floor_per_second", "ratio", "p50_ms", "p99_ms",
    "statements",
}  # fmt: skip
WRITES = ["submit", "approve", "issue", "receive", "scan_in"]


def test_a_run_tells_every_operation_in_the_agreed_form_and_statements_do_not_grow_with_the_lines() -> None:
    options = ["--small", "--lines", "1,5", "--clients", "2", "--workers", "1", "--seconds", "0.2", "--json"]
    command = [sys.executable, "-m", "scripts.benchmark", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert [(item["operation"], item["lines"]) for item in results] == [
        *((name, lines) for lines in (1, 5) for name in WRITES),
        ("list_orders", 20),
        ("catalogue", 50),
        ("balance", 50),
        ("as_of", 50),
        ("trace", 6),
        ("phones", 10),
    ]
    assert "没有丢失，也没有重复" in done.stderr
    for item in results:
        assert item.keys() == FIELDS
        assert item["clients"] == (20 if item["operation"] == "phones" else 2) and item["workers"] == 1
        assert item["per_second"] > 0 and item["floor_per_second"] > 0
        assert abs(item["ratio"] - item["per_second"] / item["floor_per_second"]) < 0.01
        assert 0 < item["p50_ms"] <= item["p99_ms"]
    one, five = ([item["statements"] for item in results[n : n + 5]] for n in (0, 5))
    assert one == five
    assert one[0] == 2  # the session, and the order
