"""The words that the console has for the audit trail, read from its sources; and the verbs that the code writes."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_BY_A_STATEMENT = re.compile(r"INSERT INTO audit_entry[^']*'(\w+)', '\w+'")
_NAMED = re.compile(r"(?:^|[{,\s])(?:(\w+)|'([\w.]+)'):\s")


def words(part: str) -> set[str]:
    """The verbs, fields or subjects that some area of the console has a word for."""
    found: set[str] = set()
    for file in (ROOT / "server/console/src/areas").glob("*/index.ts"):
        audit = file.read_text("utf-8").partition("  audit: {")[2]
        block = re.search(rf"\b{part}: {{(.*?)}}", audit, re.DOTALL)
        found |= {plain or quoted for plain, quoted in _NAMED.findall(block[1] if block else "")}
    return found


def fields(changes: Any) -> Iterator[str]:
    """The names inside an entry, as deep as they are shown."""
    if isinstance(changes, dict):
        for name, value in changes.items():
            yield name
            yield from fields(value)
    elif isinstance(changes, list):
        for value in changes:
            yield from fields(value)


def fields_of(entry: str) -> set[str]:
    """The names inside the stored changes of an entry."""
    return set(fields(json.loads(entry)))


def written() -> set[str]:
    """All verbs that the code names where it writes an entry, also by a constant or inside a statement."""
    sources = [
        file.read_text("utf-8")
        for folder in ("server", "bot", "scripts")
        for file in (ROOT / folder).rglob("*.py")
        if "node_modules" not in file.parts
    ]
    trees = [ast.parse(source) for source in sources]
    constants = {
        target.id: step.value
        for tree in trees
        for step in tree.body
        if isinstance(step, ast.Assign)
        for target in step.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }
    given = (verb for tree in trees for call in ast.walk(tree) for verb in _verb(call))
    named = (constants.get(verb.id, verb) if isinstance(verb, ast.Name) else verb for verb in given)
    parts = (part for verb in named for part in ast.walk(verb) if isinstance(part, ast.Constant))
    told = {verb for source in sources for verb in _BY_A_STATEMENT.findall(source)}
    return told | {part.value for part in parts if isinstance(part.value, str)}


def _verb(call: ast.AST) -> Iterator[ast.expr]:
    """The verb of a call of `audit.record` or `audit.Entry`."""
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        place = {"record": 1, "Entry": 0}.get(call.func.attr)
        if call.func.value.id == "audit" and place is not None:
            yield call.args[place]
