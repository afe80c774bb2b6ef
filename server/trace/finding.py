"""Which cases codes name: as many statements for five hundred codes as for one. (T2)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.core import db
from server.core.errors import BusinessError, NotFound
from server.core.gs1 import Gs1Broken, read
from server.trace import codes, serials
from server.trace.schemas import Refused, Span

_BY_TAG = "SELECT * FROM trace_range WHERE tag = ANY ($1::text[]) AND ($2::bigint IS NULL OR root_id = $2)"

# Ranges do not overlap: the one that begins last before a serial has it, or none has.
_BY_SERIAL = """
SELECT t.n, r.* FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t (gtin, serial, n)
CROSS JOIN LATERAL (
    SELECT * FROM trace_range x
    WHERE x.root_id = $1 AND x.scheme <> 'url' AND x.gtin = t.gtin AND length(x.first_serial) = length(t.serial)
      AND x.first_serial <= t.serial
    ORDER BY x.first_serial DESC LIMIT 1
) r
"""

_ON_PALLETS = """
SELECT p.sscc, p.first_no, p.last_no, r.* FROM trace_pallet p
JOIN trace_range r ON r.root_id = p.root_id AND r.id = p.range_id
WHERE p.root_id = $1 AND p.sscc = ANY ($2::text[])
ORDER BY p.sscc, p.range_id, p.first_no
"""


class NotTraced(BusinessError):
    """A code that names no case: not a trace code, made up, or never made."""

    status, code, title = 422, "not_traced", "不是有效的追溯码"


class Found(NamedTuple):
    """Cases of one range in a row; `code`: what was scanned."""

    range: db.Row
    first: int
    last: int
    code: str

    @property
    def size(self) -> int:
        """How many cases."""
        return self.last - self.first + 1


class Cases(NamedTuple):
    """What some codes name, and those that name nothing."""

    found: list[Found]
    refused: list[Refused]


class _Read(NamedTuple):
    """A text, as what it may be looked for."""

    text: str
    own: str = ""
    gtin: str = ""
    serial: str = ""
    sscc: str = ""
    why: str = ""


NOT_OURS = "没有找到这个追溯码，请核对是不是正品"
_NO_SERIAL = "这是商品条码，不是追溯码，请扫箱上的追溯码"
_SPLIT = "首尾两个码不在同一个号段"


def _reading(text: str) -> _Read:
    own = codes.plain(text)
    if own:
        return _Read(text, own=own)
    try:
        said = read(text)
    except Gs1Broken as broken:
        return _Read(text, why=broken.detail)
    if said.sscc:
        return _Read(text, sscc=said.sscc, serial=said.sscc[:17])
    if said.gtin and said.serial:
        return _Read(text, gtin=said.gtin, serial=said.serial)
    return _Read(text, why=_NO_SERIAL if said.gtin else NOT_OURS)


async def _ranges(root_id: int, readings: Sequence[_Read]) -> dict[str, list[Found]]:
    """By text, what it names."""
    found: dict[str, list[Found]] = defaultdict(list)
    tags = sorted({item.own[: codes.TAG] for item in readings if item.own})
    if tags:
        by_tag = {kept["tag"]: kept for kept in await db.rows(_BY_TAG, tags, root_id)}
        for item in readings:
            kept = by_tag.get(item.own[: codes.TAG])
            no = None if kept is None else codes.number(item.own, kept["secret"], kept["count"])
            if kept is not None and no is not None:
                found[item.text].append(Found(kept, no, no, item.text))
    pallets = {item.sscc: item.text for item in readings if item.sscc}
    for kept in await db.rows(_ON_PALLETS, root_id, sorted(pallets)) if pallets else ():
        text = pallets[kept["sscc"]]
        found[text].append(Found(kept, kept["first_no"], kept["last_no"], text))
    single = [item for item in readings if item.serial and item.text not in found]
    columns = ([item.gtin for item in single], [item.serial for item in single])
    for kept in await db.rows(_BY_SERIAL, root_id, *columns) if single else ():
        item = single[kept["n"] - 1]
        no = serials.number(item.serial, kept["first_serial"], kept["digits"], kept["count"])
        if no is not None:
            found[item.text].append(Found(kept, no, no, item.text))
    return found


async def gather(root_id: int, texts: Sequence[str], spans: Sequence[Span] = ()) -> Cases:
    """The cases that codes and spans name, each once, and which of them name none."""
    wanted = list(dict.fromkeys([*texts, *(end for span in spans for end in (span.first, span.last))]))
    readings = {text: _reading(text) for text in wanted}
    known = await _ranges(root_id, list(readings.values()))
    found: list[Found] = []
    refused: list[Refused] = []
    for text in dict.fromkeys(texts):
        if text in known:
            found += known[text]
        else:
            refused.append(Refused(text, "not_traced", readings[text].why or NOT_OURS))
    for span in spans:
        ends = [known.get(end) for end in (span.first, span.last)]
        missing = next((end for end, some in zip((span.first, span.last), ends, strict=True) if not some), None)
        if missing is not None:
            refused.append(Refused(missing, "not_traced", readings[missing].why or NOT_OURS))
            continue
        first, last = (some[0] for some in ends if some)
        if first.range["id"] != last.range["id"]:
            refused.append(Refused(span.first, "not_one_range", _SPLIT))
            continue
        low, high = sorted((first.first, last.first))
        found.append(Found(first.range, low, high, span.first))
    return Cases(_once(found), refused)


def _once(found: Iterable[Found]) -> list[Found]:
    """No case twice: what overlaps is one, in the order of ranges and numbers."""
    merged: list[Found] = []
    for item in sorted(found, key=lambda one: (one.range["id"], one.first)):
        before = merged[-1] if merged else None
        if before is not None and before.range["id"] == item.range["id"] and item.first <= before.last:
            merged[-1] = before._replace(last=max(before.last, item.last))
        else:
            merged.append(item)
    return merged


async def one(root_id: int, text: str) -> list[Found]:
    """The case that a code names, or all that stand on a pallet; raises `NotTraced`."""
    cases = await gather(root_id, [text])
    if cases.refused:
        raise NotTraced(cases.refused[0].detail)
    return cases.found


async def own(text: str) -> Found:
    """The case of a code of the product's own, of whatever brand, for whoever holds it; raises `NotFound`."""
    code = codes.plain(text)
    kept = await db.row(_BY_TAG, [code[: codes.TAG]], None) if code else None
    no = None if kept is None else codes.number(code, kept["secret"], kept["count"])
    if kept is None or no is None:
        raise NotFound(NOT_OURS)
    return Found(kept, no, no, code)
