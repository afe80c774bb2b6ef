"""The result for people."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.benchmark.measure import Measurement

_HEAD = ("operation", "lines", "clients", "req/s", "floor/s", "ratio", "p50 ms", "p99 ms", "statements")


def row(result: Measurement) -> tuple[str, ...]:
    """One line of the table."""
    return (
        result.operation,
        str(result.lines),
        str(result.clients),
        f"{result.per_second:,.0f}",
        f"{result.floor_per_second:,.0f}",
        f"{result.ratio:.0%}",
        f"{result.p50_ms:.1f}",
        f"{result.p99_ms:.1f}",
        str(result.statements),
    )


def table(results: Sequence[Measurement]) -> list[str]:
    """All results, in columns."""
    rows = [_HEAD, *(row(result) for result in results)]
    widths = [max(len(line[column]) for line in rows) for column in range(len(_HEAD))]
    lines = []
    for cells in rows:
        name, *numbers = zip(cells, widths, strict=True)
        lines.append("  ".join([name[0].ljust(name[1]), *(text.rjust(width) for text, width in numbers)]))
    return [lines[0], "-" * len(lines[0]), *lines[1:]]
