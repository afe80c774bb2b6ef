"""Making codes, bringing in those of others, printing them, and putting cases on pallets. (S1.4)"""

from __future__ import annotations

import msgspec

from server.core import audit, clock, db, links, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound
from server.core.gs1 import Gs1Broken, gtin14
from server.core.gs1 import read as read_gs1
from server.core.types import MAX_ID
from server.stock import queries as stock
from server.trace import codes, serials
from server.trace.finding import Cases, Found, gather
from server.trace.schemas import (
    CodeList,
    CodeOut,
    CodeQuery,
    NewPallet,
    NewRange,
    Packed,
    RangeFilter,
    RangeOut,
    RangeShown,
)

_PACKAGING = """
SELECT k.id, k.name, k.unit_qty, k.gtin FROM packaging k
WHERE k.root_id = $1 AND k.product_id = $2 AND k.id = $3
"""

_OVERLAP = """
SELECT first_serial, last_serial FROM trace_range
WHERE root_id = $1 AND scheme = $2 AND gtin = $3 AND length(first_serial) = length($4)
  AND first_serial <= $5 AND last_serial >= $4
LIMIT 1
"""

# Who brings in serials waits for whoever does so already.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('trace_range:' || $1::bigint, 0))"

_INSERT = """
INSERT INTO trace_range (root_id, scheme, product_id, packaging_id, pack_name, unit_qty, lot_id, count, tag, secret,
                         gtin, first_serial, last_serial, digits, note, made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (tag) DO NOTHING RETURNING id
"""

_SHOWN = """
SELECT r.*, p.name AS product_name, p.code AS product_code, l.code AS lot_code, l.expires_on, a.name AS made_by_name
FROM trace_range r JOIN product p ON p.id = r.product_id
LEFT JOIN lot l ON l.id = r.lot_id LEFT JOIN account a ON a.id = r.made_by
WHERE r.root_id = $1 AND
"""
_ONE = _SHOWN + "r.id = $2"
_ALL = _SHOWN + "r.id < $2 AND $3::bigint IS NULL ORDER BY r.id DESC LIMIT $4"
_OF_PRODUCT = _SHOWN + "r.id < $2 AND r.product_id = $3 ORDER BY r.id DESC LIMIT $4"

# How many cases are bound to documents, counted up to a limit.
_BOUND = """
SELECT count(*)::int FROM (
    SELECT FROM trace_code c WHERE c.root_id = $1 AND c.range_id = $2 LIMIT $3) n
"""

_NAMES = "SELECT EXISTS (SELECT FROM trace_range WHERE root_id = $1 AND packaging_id = $2)"

_STANDING = """
SELECT t.n - 1 AS n, p.sscc FROM unnest($2::bigint[], $3::bigint[], $4::bigint[])
    WITH ORDINALITY AS t (range_id, first_no, last_no, n)
JOIN trace_pallet p ON p.root_id = $1 AND p.range_id = t.range_id AND p.first_no <= t.last_no
                   AND p.last_no >= t.first_no
ORDER BY t.n LIMIT 1
"""

_PACK = """
INSERT INTO trace_pallet (root_id, sscc, range_id, first_no, last_no, packed_by, packed_at)
SELECT $1, $2, t.range_id, t.first_no, t.last_no, $6, $7
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS t (range_id, first_no, last_no)
"""

_ON_PALLET = """
SELECT coalesce(sum(last_no - first_no + 1), 0)::bigint FROM trace_pallet WHERE root_id = $1 AND sscc = $2
"""


COUNTED = 100_000
"""So many bound cases of a range are counted, no more."""


class SerialsTaken(BusinessError):
    """Some of these serials are in another range already."""

    status, code, title = 409, "serials_taken", "序列号已经登记过"


class CasePacked(BusinessError):
    """A case stands on another pallet already."""

    status, code, title = 409, "case_packed", "已经在别的托盘上"


async def make_range(actor: Actor, wanted: NewRange) -> RangeOut:
    """Make codes, or bring in those that are printed already; not a row more whatever their number."""
    actor.require("trace.manage")
    pack = await db.row(_PACKAGING, actor.root_id, wanted.product_id, wanted.packaging_id)
    if pack is None:
        raise NotFound("没有找到这个商品的包装")
    async with db.transaction():
        lot_id = await _lot(actor, wanted)
        kept = _own(wanted) if wanted.scheme == "url" else await _brought(actor, wanted, pack)
        range_id = None
        while range_id is None:  # a tag that another range has already is drawn again
            tag = codes.new_tag() if wanted.scheme == "url" else None
            range_id = await db.value(
                _INSERT, actor.root_id, wanted.scheme, wanted.product_id, pack["id"], pack["name"], pack["unit_qty"],
                lot_id, kept[0], tag, codes.new_secret() if tag else None, *kept[1:], wanted.note,
                actor.account_id or None, clock.now(),
            )  # fmt: skip
        shown = await get_range(actor, range_id)
        facts = {"scheme": shown.scheme, "product": shown.product_name, "count": shown.count, "first": shown.first}
        await audit.record(actor, "make", "trace_range", range_id, facts)
        return shown


def _own(wanted: NewRange) -> tuple[int, str, None, None, None]:
    if wanted.count is None or wanted.first or wanted.last:
        raise InvalidInput("请填写要生成多少个码", [FieldError("/count", "请填写数量")])
    return wanted.count, "", None, None, None


async def _brought(actor: Actor, wanted: NewRange, pack: db.Row) -> tuple[int, str, str, str, int]:
    """Serials of others: none of them twice."""
    if not wanted.first or not wanted.last or wanted.count is not None:
        raise InvalidInput("请填写首尾序列号", [FieldError("/first", "请填写")])
    first, last, gtin = wanted.first, wanted.last, ""
    if wanted.scheme == "sscc":
        first, last = (_body(text, name) for text, name in ((first, "first"), (last, "last")))
    elif not pack["gtin"]:
        raise InvalidInput(f"“{pack['name']}”没有条码，不能导入 GS1 序列号", [FieldError("/packaging_id", "没有条码")])
    else:
        gtin = gtin14(pack["gtin"])
    span = serials.span(first, last)
    await db.run(_LOCK, actor.root_id)
    taken = await db.row(_OVERLAP, actor.root_id, wanted.scheme, gtin, span.first, span.last)
    if taken is not None:
        raise SerialsTaken(f"这些序列号与已登记的 {taken['first_serial']} 至 {taken['last_serial']} 重叠")
    return span.size, gtin, span.first, span.last, span.digits


def _body(text: str, name: str) -> str:
    """The seventeen digits of an SSCC that count."""
    try:
        return read_gs1("00" + text).sscc[:17]
    except Gs1Broken as broken:
        raise InvalidInput(broken.detail, [FieldError(f"/{name}", "要填 18 位 SSCC")]) from None


async def _lot(actor: Actor, wanted: NewRange) -> int | None:
    if not wanted.lot_code:
        return None
    known = await stock.known_lots(actor.root_id, [wanted.product_id], [wanted.lot_code])
    expires = known.get(0, wanted.expires_on)
    if expires is None:
        raise InvalidInput("还没有这个批次，请填写到期日", [FieldError("/expires_on", "请填写")])
    if wanted.expires_on and wanted.expires_on != expires:
        words = f"批次 {wanted.lot_code} 登记的到期日是 {expires}"
        raise InvalidInput(words, [FieldError("/expires_on", "与登记的不一致")])
    given = ([wanted.product_id], [wanted.lot_code], [wanted.produced_on], [expires])
    return int((await stock.ensure_lots(actor.root_id, *given))[0]["id"])


def text_of(kept: db.Row, no: int) -> str:
    """A case's code as it is printed in clear."""
    if kept["scheme"] == "url":
        return codes.write(kept["tag"], kept["secret"], no)
    serial = serials.at(kept["first_serial"], kept["digits"], no)
    return serials.sscc(serial) if kept["scheme"] == "sscc" else serial


def _content(kept: db.Row, text: str) -> str:
    """What the printed symbol holds: a link of this deployment, or a GS1 message."""
    if kept["scheme"] == "url":
        return links.to(f"/t/{text}")
    return f"00{text}" if kept["scheme"] == "sscc" else f"01{kept['gtin']}21{text}"


def _out(kept: db.Row) -> RangeOut:
    names = (name for name in RangeOut.__struct_fields__ if name not in ("first", "last", "packaging_name"))
    more = {"first": text_of(kept, 1), "last": text_of(kept, kept["count"]), "packaging_name": kept["pack_name"]}
    return RangeOut(**{name: kept[name] for name in names}, **more)


async def _kept(actor: Actor, range_id: int) -> db.Row:
    actor.require("trace.manage")
    found = await db.row(_ONE, actor.root_id, range_id)
    if found is None:
        raise NotFound("没有找到这批追溯码")
    return found


async def get_range(actor: Actor, range_id: int) -> RangeOut:
    """One range."""
    return _out(await _kept(actor, range_id))


async def show_range(actor: Actor, range_id: int) -> RangeShown:
    """One range, and how many of its cases have left with a document."""
    kept = await _kept(actor, range_id)
    bound = int(await db.value(_BOUND, actor.root_id, range_id, COUNTED + 1))
    return RangeShown(**msgspec.structs.asdict(_out(kept)), bound=min(bound, COUNTED), more=bound > COUNTED)


async def list_ranges(actor: Actor, wanted: RangeFilter) -> tuple[list[RangeOut], str | None]:
    """The brand's ranges, the newest first."""
    actor.require("trace.manage")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    statement = _OF_PRODUCT if wanted.product_id else _ALL
    found = await db.rows(statement, actor.root_id, before, wanted.product_id, wanted.limit + 1)
    page, cursor = paging.page(found, wanted.limit)
    return [_out(item) for item in page], cursor


async def print_codes(actor: Actor, range_id: int, wanted: CodeQuery) -> CodeList:
    """Codes of a range for the printer, in the order of their numbers."""
    kept = await _kept(actor, range_id)
    until = min(kept["count"], wanted.first + wanted.limit - 1)
    texts = [(no, text_of(kept, no)) for no in range(wanted.first, until + 1)]
    items = [CodeOut(no, text, _content(kept, text)) for no, text in texts]
    return CodeList(items, until + 1 if wanted.first <= until < kept["count"] else None)


async def pack(actor: Actor, wanted: NewPallet) -> Packed:
    """Say what stands on a pallet, so that its SSCC stands for all of it; a case stands on one."""
    actor.require("trace.manage")
    _body(wanted.sscc, "sscc")
    found: Cases = await gather(actor.root_id, wanted.codes, wanted.spans)
    if found.refused:
        worst = found.refused[0]
        raise InvalidInput(f"{worst.code}：{worst.detail}", [FieldError("/codes", worst.detail)])
    columns = _columns(found.found)
    async with db.transaction():
        await db.run(_LOCK, actor.root_id)
        standing = await db.row(_STANDING, actor.root_id, *columns)
        if standing is not None:
            case = found.found[standing["n"]]
            raise CasePacked(f"{text_of(case.range, case.first)} 已经在托盘 {standing['sscc']} 上")
        await db.run(_PACK, actor.root_id, wanted.sscc, *columns, actor.account_id or None, clock.now())
        cases = int(await db.value(_ON_PALLET, actor.root_id, wanted.sscc))
        await audit.record(actor, "pack", "trace_pallet", 0, {"sscc": wanted.sscc, "cases": cases})
    return Packed(wanted.sscc, cases)


def _columns(found: list[Found]) -> tuple[list[int], list[int], list[int]]:
    return [item.range["id"] for item in found], [item.first for item in found], [item.last for item in found]


async def names_packaging(root_id: int, packaging_id: int) -> bool:
    """Whether codes were made for a packaging: then it stays."""
    return bool(await db.value(_NAMES, root_id, packaging_id))
