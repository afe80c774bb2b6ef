"""Many products at once, as a file brings them: matched by code, checked by the rules of a single one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from server.catalog import queries
from server.catalog.gtin import gtin14
from server.catalog.schemas import NewCategory
from server.catalog.service import check_limits, create_category, found_by
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.bulk import FileRow, Plan, Told, batches, columns, nobody, repeated
from server.core.errors import BusinessError

_KNOWN = """
SELECT id, code, name, spec, category_id, base_unit, shelf_life_days, guide_price_fen, floor_price_fen,
       ceiling_price_fen
FROM product WHERE root_id = $1 AND code = ANY ($2::text[]) ORDER BY id
"""

_PACKED = """
SELECT k.product_id, k.unit_qty, k.name, k.gtin, p.code FROM packaging k JOIN product p ON p.id = k.product_id
WHERE k.product_id = ANY ($2::bigint[])
UNION
SELECT k.product_id, k.unit_qty, k.name, k.gtin, p.code FROM packaging k JOIN product p ON p.id = k.product_id
WHERE k.root_id = $1 AND k.gtin = ANY ($3::text[])
"""

_ADD = """
INSERT INTO product (root_id, category_id, code, name, spec, base_unit, shelf_life_days, guide_price_fen,
                     floor_price_fen, ceiling_price_fen, search_text, created_at, updated_at)
SELECT $1, t.*, $12, $12
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::bigint[], $9::bigint[],
            $10::bigint[], $11::text[]) AS t
RETURNING id, code
"""

_CHANGE = """
UPDATE product p SET category_id = t.category_id, name = t.name, spec = t.spec, shelf_life_days = t.life,
    guide_price_fen = t.guide, floor_price_fen = t.floor, ceiling_price_fen = t.ceiling, search_text = t.found_by,
    version = p.version + 1, updated_at = $10
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::text[]) AS t (id, category_id, name, spec, life, guide, floor, ceiling, found_by)
WHERE p.id = t.id
"""

_PACK = """
INSERT INTO packaging (root_id, product_id, unit_qty, name, gtin, is_default)
SELECT $1, t.* FROM unnest($2::bigint[], $3::int[], $4::text[], $5::text[], $6::bool[]) AS t
ON CONFLICT (product_id, unit_qty) DO UPDATE SET name = excluded.name, gtin = excluded.gtin
"""


class CategoryRow(FileRow, gc=False):
    """A category, below another where `parent` names one."""

    name: str
    parent: str | None = None


class ProductRow(FileRow, gc=False):
    """A product with its piece and up to two larger packagings; None leaves what there is."""

    code: str
    name: str
    category: str
    base_unit: str
    gtin: str
    shelf_life_days: int
    guide_price_fen: int
    floor_price_fen: int
    ceiling_price_fen: int
    spec: str | None = None
    case_name: str | None = None
    case_qty: int | None = None
    case_gtin: str | None = None
    inner_name: str | None = None
    inner_qty: int | None = None
    inner_gtin: str | None = None


class _Pack(NamedTuple):
    field: str
    unit_qty: int
    name: str
    gtin: str


class _Known(NamedTuple):
    """What the database has of the codes and GTINs of some rows."""

    products: dict[str, db.Row]
    packs: dict[int, dict[int, db.Row]]
    owners: dict[str, str]


def _packs(row: ProductRow) -> Iterator[_Pack]:
    yield _Pack("gtin", 1, row.base_unit, row.gtin)
    if row.inner_qty and row.inner_gtin:
        yield _Pack("inner_gtin", row.inner_qty, row.inner_name or "盒", row.inner_gtin)
    if row.case_qty and row.case_gtin:
        yield _Pack("case_gtin", row.case_qty, row.case_name or "箱", row.case_gtin)


def _check_packs(plan: Plan, index: int, row: ProductRow) -> None:
    """The rules for packagings of a single product; GTINs become those of 14 digits."""
    for name in ("inner", "case"):
        qty, gtin = getattr(row, f"{name}_qty"), getattr(row, f"{name}_gtin")
        if (qty is None) != (gtin is None):
            missing = "gtin" if gtin is None else "qty"
            plan.refuse(index, f"{name}_{missing}", "包装的数量和条码要一起填写")
        if qty is not None and qty < 2:
            plan.refuse(index, f"{name}_qty", "包装至少含 2 件，单件的条码填在“单件条码”一列")
    if row.inner_qty is not None and row.inner_qty == row.case_qty:
        plan.refuse(index, "inner_qty", "两种包装的数量不能相同")
    for field in ("gtin", "inner_gtin", "case_gtin"):
        given = getattr(row, field)
        if given:
            try:
                setattr(row, field, gtin14(given))
            except BusinessError as refusal:
                plan.refuse(index, field, refusal.detail.split("，")[0])


def _check(plan: Plan, rows: Sequence[ProductRow]) -> None:
    for index, row in enumerate(rows):
        _check_packs(plan, index, row)
        try:
            check_limits(row.floor_price_fen, row.guide_price_fen, row.ceiling_price_fen)
        except BusinessError as refusal:
            plan.refuse(index, "guide_price_fen", refusal.detail, "floor_price_fen", "ceiling_price_fen")
    repeated(plan, "code", [row.code for row in rows], "编码 {} 在文件里出现了两次")
    seen: dict[str, int] = {}
    for index, row in enumerate(rows):
        for pack in _packs(row):
            if seen.setdefault(pack.gtin, index) != index or sum(pack.gtin == p.gtin for p in _packs(row)) > 1:
                plan.refuse(index, pack.field, f"条码 {pack.gtin} 在文件里出现了两次")


async def _categories(plan: Plan, actor: Actor, rows: Sequence[ProductRow]) -> dict[str, int]:
    """Categories by name, and by way (上级/下级) where a name stands for several."""
    ids: dict[str, list[int]] = {}
    for item in await queries.category_ways(actor.root_id):
        for name in {item["name"], item["way"]}:
            ids.setdefault(name, []).append(item["id"])
    for index, row in enumerate(rows):
        found = ids.get(row.category, ())
        if not found:
            plan.refuse(index, "category", f"没有“{row.category}”这个分类")
        elif len(found) > 1:
            plan.refuse(index, "category", f"有 {len(found)} 个分类叫“{row.category}”，请写成“上级/下级”")
    return {name: found[0] for name, found in ids.items()}


async def _known(actor: Actor, rows: Sequence[ProductRow], lock: bool) -> _Known:
    found = await db.rows(_KNOWN + (" FOR NO KEY UPDATE" if lock else ""), actor.root_id, [row.code for row in rows])
    gtins = [pack.gtin for row in rows for pack in _packs(row)]
    packed = await db.rows(_PACKED, actor.root_id, [item["id"] for item in found], gtins)
    packs: dict[int, dict[int, db.Row]] = {}
    for item in packed:
        packs.setdefault(item["product_id"], {})[item["unit_qty"]] = item
    return _Known({item["code"]: item for item in found}, packs, {item["gtin"]: item["code"] for item in packed})


def _values(row: ProductRow, category_id: int, before: db.Row | None) -> dict[str, Any]:
    """What the product's row holds afterwards."""
    return {
        "category_id": category_id,
        "name": row.name,
        "spec": row.spec if row.spec is not None else before["spec"] if before else "",
        "shelf_life_days": row.shelf_life_days,
        "guide_price_fen": row.guide_price_fen,
        "floor_price_fen": row.floor_price_fen,
        "ceiling_price_fen": row.ceiling_price_fen,
    }


class _Work:
    """What is to be written of one batch."""

    def __init__(self) -> None:
        self.added: list[tuple[int, ProductRow, dict[str, Any], str]] = []
        self.changed: list[tuple[int, dict[str, Any], str]] = []
        self.packs: list[tuple[int | str, int, str, str, bool]] = []
        self.entries: list[audit.Entry] = []


def _compared(
    plan: Plan, part: Sequence[int], rows: Sequence[ProductRow], categories: Mapping[str, int], known: _Known
) -> _Work:
    """What is to be written of some rows."""
    work = _Work()
    for index in part:
        _compare(plan, work, index, rows[index], categories, known)
    return work


def _compare(
    plan: Plan, work: _Work, index: int, row: ProductRow, categories: Mapping[str, int], known: _Known
) -> None:
    """What becomes of one row beside what is known of it."""
    before = known.products.get(row.code)
    for pack in _packs(row):
        owner = known.owners.get(pack.gtin)
        if owner is not None and owner != row.code:
            plan.refuse(index, pack.field, f"条码 {pack.gtin} 已属于商品 {owner}", "code")
    if before and before["base_unit"] != row.base_unit:
        plan.refuse(index, "base_unit", f"已登记的单位是“{before['base_unit']}”，不能改成“{row.base_unit}”")
    if plan.is_wrong(index):
        return
    values = _values(row, categories[row.category], before)
    packs = known.packs.get(before["id"], {}) if before else {}
    gtins = {qty: item["gtin"] for qty, item in packs.items()}
    changes: dict[str, Any] = audit.difference(before, values) if before else {}
    default = row.case_qty if row.case_qty else 1
    for pack in _packs(row):
        gtins[pack.unit_qty] = pack.gtin
        old = packs.get(pack.unit_qty)
        if old is None or (old["name"], old["gtin"]) != (pack.name, pack.gtin):
            key = before["id"] if before else row.code
            work.packs.append((key, pack.unit_qty, pack.name, pack.gtin, not before and pack.unit_qty == default))
            changes[f"packaging_{pack.unit_qty}"] = [old and f"{old['name']} {old['gtin']}", f"{pack.name} {pack.gtin}"]
    words = found_by(row.code, values["name"], values["spec"], list(gtins.values()))
    if before is None:
        plan.states[index] = "new"
        work.added.append((index, row, values, words))
    elif changes:
        plan.states[index] = "changed"
        work.changed.append((before["id"], values, words))
        work.entries.append(audit.Entry("edit", before["id"], changes))


async def _write(actor: Actor, work: _Work) -> None:
    moment = clock.now()
    if work.added:
        new = [
            (
                v["category_id"], row.code, v["name"], v["spec"], row.base_unit, v["shelf_life_days"],
                v["guide_price_fen"], v["floor_price_fen"], v["ceiling_price_fen"], words,
            )
            for _, row, v, words in work.added
        ]  # fmt: skip
        made = {r["code"]: r["id"] for r in await db.rows(_ADD, actor.root_id, *columns(new, 10), moment)}
        work.packs = [(made.get(key, key) if isinstance(key, str) else key, *rest) for key, *rest in work.packs]  # type: ignore[misc]
        work.entries += [audit.Entry("create", made[row.code], msgspec.to_builtins(row)) for _, row, _, _ in work.added]
    if work.changed:
        old = [
            (
                product_id, v["category_id"], v["name"], v["spec"], v["shelf_life_days"], v["guide_price_fen"],
                v["floor_price_fen"], v["ceiling_price_fen"], words,
            )
            for product_id, v, words in work.changed
        ]  # fmt: skip
        await db.run(_CHANGE, *columns(old, 9), moment)
    if work.packs:
        await db.run(_PACK, actor.root_id, *columns(work.packs, 5))
    await audit.record_many(actor, "product", work.entries)


async def save_products(actor: Actor, rows: Sequence[ProductRow], *, write: bool = False, told: Told = nobody) -> Plan:
    """Add and change products with their packagings by their codes; without `write` only say what would become of them.

    Inside the caller's transaction; a fixed number of statements per 5,000 rows. Nothing is written of a row that is
    refused, and packagings that a row does not name stay.
    """
    actor.require("catalog.manage")
    plan = Plan(rows)
    await asyncio.to_thread(_check, plan, rows)
    categories = await _categories(plan, actor, rows)
    for part in batches(range(len(rows)), told):
        known = await _known(actor, [rows[index] for index in part], lock=write)
        work = await asyncio.to_thread(_compared, plan, part, rows, categories, known)
        if write:
            await _write(actor, work)
    return plan


_FIND = """
SELECT t.given, p.id FROM unnest($2::text[]) AS t (given) JOIN product p ON p.root_id = $1 AND p.code = t.given
"""
_FIND_GTIN = """
SELECT t.given, k.product_id AS id
FROM unnest($2::text[]) AS t (given) JOIN packaging k ON k.root_id = $1 AND k.gtin = lpad(t.given, 14, '0')
"""


async def find_products(root_id: int, given: Sequence[str]) -> dict[str, int]:
    """The products that these codes, or GTINs of any of their packagings, stand for."""
    found: dict[str, int] = {}
    for part in batches(list(dict.fromkeys(given))):
        codes = await db.rows(_FIND, root_id, list(part))
        found.update((item["given"], item["id"]) for item in codes)
        rest = [
            item for item in part if item not in found and item.isascii() and item.isdigit() and 8 <= len(item) <= 14
        ]
        if rest:
            found.update((item["given"], item["id"]) for item in await db.rows(_FIND_GTIN, root_id, rest))
    return found


async def products_of(plan: Plan, root_id: int, given: Sequence[str], field: str = "product") -> dict[str, int]:
    """As `find_products`, and refuses the rows that name a product which is not there."""
    found = await find_products(root_id, given)
    for index, item in enumerate(given):
        if item not in found:
            plan.refuse(index, field, f"商品库里没有编码或条码 {item}")
    return found


async def save_categories(
    actor: Actor, rows: Sequence[CategoryRow], *, write: bool = False, told: Told = nobody
) -> Plan:
    """Add the categories that are not there yet, by their names; a brand has few, so one after the other."""
    actor.require("catalog.manage")
    plan = Plan(rows)
    ids = {item["name"]: item["id"] for item in await queries.category_ways(actor.root_id)}
    for index, row in enumerate(rows):
        if row.parent and row.parent not in ids:
            plan.refuse(index, "parent", f"没有“{row.parent}”这个分类")
        elif row.name not in ids and not plan.is_wrong(index):
            plan.states[index] = "new"
            parent = ids[row.parent] if row.parent else None
            made = await create_category(actor, NewCategory(row.name, parent, len(ids))) if write else None
            ids[row.name] = made.id if made else 0
        told((index + 1) / len(rows))
    return plan
