"""Many dealers or stores at once, as a file brings them: matched by code, checked by the rules of a single one."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from server.channel import words
from server.channel.service import MAX_DEPTH, hold_tree_still, prepare
from server.channel.terms import ORG_KINDS
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.bulk import FileRow, Plan, Told, batches, columns, nobody, repeated
from server.core.errors import BusinessError
from server.core.search import sort_name
from server.regions import service as regions

# What a file says of an org, as the table calls it, with the type of its column.
_FIELDS: dict[str, str] = {
    "name": "text", "price_group": "text", "grade": "text", "region_code": "text", "address": "text",
    "contact_name": "text", "contact_phone": "text", "settlement_method": "text", "due_day": "smallint",
    "credit_days": "smallint", "cooperation": "text", "store_kind": "text", "size_sqm": "int", "note": "text",
}  # fmt: skip
_DEFAULTS: dict[str, Any] = {
    **{name: "" if kind == "text" else None for name, kind in _FIELDS.items()},
    "price_group": "standard",
    "cooperation": "active",
}
_NAMES = ", ".join(_FIELDS)

_KNOWN = f"""
SELECT id, code, kind, path, parent_id, {_NAMES}
FROM org
WHERE root_id = $1 AND kind IN ('brand', 'dealer', 'store') AND code COLLATE "C" = ANY ($2::text[])
  AND path LIKE ANY ($3::text[])
ORDER BY id
"""

_IDS = "SELECT nextval(pg_get_serial_sequence('org', 'id')) AS id FROM generate_series(1, $1)"

_ADD = f"""
INSERT INTO org (root_id, created_at, updated_at, id, parent_id, kind, code, path, sort_name, {_NAMES})
SELECT $1, $2, $2, t.*
FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
            {", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_FIELDS.values(), start=9))}) AS t
"""

_CHANGE = f"""
UPDATE org o SET {", ".join(f"{name} = t.{name}" for name in _FIELDS)}, version = o.version + 1, updated_at = $1
FROM unnest($2::bigint[], {", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_FIELDS.values(), start=3))})
    AS t (id, {_NAMES})
WHERE o.id = t.id
"""

# Who is rung up first stands among the org's people too.
_CONTACTS = """
INSERT INTO org_contact AS c (root_id, org_id, name, phone, is_main)
SELECT $1, t.id, t.name, t.phone, true FROM unnest($2::bigint[], $3::text[], $4::text[]) AS t (id, name, phone)
ON CONFLICT (org_id) WHERE is_main DO UPDATE SET name = excluded.name, phone = excluded.phone
"""


class OrgRow(FileRow, gc=False):
    """A dealer or store; without `parent`, its supplier's code, below the own org. None leaves what there is."""

    kind: Literal["dealer", "store"]
    code: str
    name: str
    parent: str | None = None
    price_group: str | None = None
    grade: str | None = None
    region_code: str | None = None
    address: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    settlement_method: str | None = None
    due_day: int | None = None
    credit_days: int | None = None
    cooperation: str | None = None
    store_kind: str | None = None
    size_sqm: int | None = None
    note: str | None = None


class _Place(NamedTuple):
    """An org that is there, or will be once the rows before it are written."""

    kind: str
    id: int
    path: str
    depth: int


class _Saving:
    """One file of orgs on its way."""

    def __init__(self, actor: Actor, rows: Sequence[OrgRow], write: bool) -> None:
        self.actor, self.rows, self.write = actor, rows, write
        self.plan = Plan(rows)
        self.known: dict[str, list[db.Row]] = {}
        self.places: dict[str, _Place] = {}
        self.by_code = {row.code: index for index, row in enumerate(rows)}

    async def look_up(self) -> None:
        """What there is of the codes that the file names, inside the scope."""
        codes = list({code for row in self.rows for code in (row.code, row.parent) if code})
        statement = _KNOWN + (" FOR NO KEY UPDATE" if self.write else "")
        for part in batches(codes):
            for item in await db.rows(statement, self.actor.root_id, list(part), self.actor.patterns):
                self.known.setdefault(item["code"], []).append(item)
        for code, found in self.known.items():
            if len(found) == 1:
                item = found[0]
                self.places[code] = _Place(item["kind"], item["id"], item["path"], _depth(item["path"]))

    def check(self) -> None:
        """The rules for a single org; and what the file itself says twice."""
        repeated(self.plan, "code", [row.code for row in self.rows], "编码 {} 在文件里出现了两次")
        for index, row in enumerate(self.rows):
            known = self.known.get(row.code, [])
            self._check_region(index, row, known)
            if len(known) > 1:
                self.plan.refuse(index, "code", f"有 {len(known)} 个客户用了编码 {row.code}，请先在档案里改开")
            elif known:
                self._check_known(index, row, known[0])

    def _check_region(self, index: int, row: OrgRow, known: Sequence[db.Row]) -> None:
        if row.region_code and not (known and known[0]["region_code"] == row.region_code):
            try:
                regions.check(row.region_code)
            except BusinessError as refusal:
                self.plan.refuse(index, "region_code", refusal.detail, "code")

    def _check_known(self, index: int, row: OrgRow, known: db.Row) -> None:
        if known["id"] == self.actor.org_id:
            self.plan.refuse(index, "code", "这是您自己的组织，不能通过导入修改")
        elif known["kind"] != row.kind:
            words = f"编码 {row.code} 已属于{ORG_KINDS[known['kind']]}“{known['name']}”"
            self.plan.refuse(index, "code", words, "kind")
        elif row.parent:
            parents = self.known.get(row.parent, [])
            if [item["id"] for item in parents] != [known["parent_id"]]:
                self.plan.refuse(index, "parent", "导入不能改上级，请在档案里移动", "code")

    def in_order(self) -> list[int]:
        """The new rows, each after its parent; refuses those without one, and those that name each other in a ring."""
        waiting: dict[str, list[int]] = {}
        ready: list[int] = []
        for index, row in enumerate(self.rows):
            if row.code in self.places or not self._parent_found(index, row) or self.plan.is_wrong(index):
                continue
            if not row.parent or row.parent in self.places:
                ready.append(index)
            else:
                waiting.setdefault(row.parent, []).append(index)
        for index in ready:  # grows while it is walked
            ready += waiting.pop(self.rows[index].code, [])
        wrong = [code for code in waiting if self.plan.is_wrong(self.by_code[code])]
        for code in wrong:  # grows too: who stands below a wrong one is wrong
            for index in waiting.pop(code, []):
                self.plan.refuse(index, "parent", "上级那一行有错")
                wrong.append(self.rows[index].code)
        for index in (child for children in waiting.values() for child in children):
            self.plan.refuse(index, "parent", "上下级绕成了圈")
        return [index for index in ready if not self.plan.is_wrong(index)]

    def _parent_found(self, index: int, row: OrgRow) -> bool:
        """Whether it is known below whom a new org stands: an org that is there, or one of the file."""
        if not row.parent or row.parent in self.places:
            return True
        if row.parent in self.known:
            self.plan.refuse(index, "parent", f"有几个客户都用了编码 {row.parent}，不知道是哪一个", "code")
        elif row.parent not in self.by_code:
            words = f"没有编码为 {row.parent} 的上级，或者它不在您的管理范围内"
            self.plan.refuse(index, "parent", words, "code")
        return row.parent in self.by_code and row.parent not in self.known

    async def add(self, ordered: Sequence[int], told: Told) -> None:
        """Place the new ones, and write them where that is wanted."""
        own = _Place(self.actor.org_kind, self.actor.org_id, self.actor.path, _depth(self.actor.path))
        for part in batches(ordered, told):
            ids = [item["id"] for item in await db.rows(_IDS, len(part))] if self.write else [0] * len(part)
            made = await asyncio.to_thread(self._placed, part, ids, own)
            if self.write and made:
                await self._insert(made)

    def _placed(self, part: Sequence[int], ids: Sequence[int], own: _Place) -> list[tuple[Any, ...]]:
        """The rows of some new orgs, each below its parent."""
        made: list[tuple[Any, ...]] = []
        for index, org_id in zip(part, ids, strict=True):
            row = self.rows[index]
            parent = self.places.get(row.parent, own) if row.parent else own
            if self._misplaced(index, row, parent):
                continue
            self.plan.states[index] = "new"
            place = _Place(row.kind, org_id, f"{parent.path}{org_id}/", parent.depth + 1)
            self.places[row.code] = place
            values = _values(row, _DEFAULTS)
            made.append((org_id, parent.id, row.kind, row.code, place.path, sort_name(row.name), *values.values()))
        return made

    def _misplaced(self, index: int, row: OrgRow, parent: _Place) -> bool:
        if parent.kind == "store":
            self.plan.refuse(index, "parent", "门店下面不能再添加下级")
        elif parent.depth > MAX_DEPTH:
            self.plan.refuse(index, "parent", f"渠道最多 {MAX_DEPTH} 级，不能再往下添加")
        elif row.parent and row.parent not in self.places:
            self.plan.refuse(index, "parent", "上级那一行有错")
        return self.plan.is_wrong(index)

    async def _insert(self, made: Sequence[tuple[Any, ...]]) -> None:
        await db.run(_ADD, self.actor.root_id, clock.now(), *columns(made, 6 + len(_FIELDS)))
        names = ("parent_id", "kind", "code", "path", "sort_name", *_FIELDS)
        written = {item[0]: dict(zip(names, item[1:], strict=True)) for item in made}
        await self._contacts(written)
        await prepare(self.actor.root_id, list(written))
        entries = [audit.Entry("create", org_id, _given(values)) for org_id, values in written.items()]
        await audit.record_many(self.actor, "org", entries)

    async def _contacts(self, written: Mapping[int, Mapping[str, Any]]) -> None:
        named = [(i, v["contact_name"], v["contact_phone"]) for i, v in written.items() if v["contact_name"]]
        if named:
            await db.run(_CONTACTS, self.actor.root_id, *columns(named, 3))

    async def change(self) -> None:
        """Write what differs of those that are there."""
        for part in batches([index for index in self.plan.good() if self.plan.states[index] == "same"]):
            changed, entries = await asyncio.to_thread(self._changed, part)
            if self.write and changed:
                lines = [(org_id, *values.values()) for org_id, values in changed.items()]
                await db.run(_CHANGE, clock.now(), *columns(lines, 1 + len(_FIELDS)))
                await self._contacts(changed)
                await words.rewrite(list(changed))
                await audit.record_many(self.actor, "org", entries)

    def _changed(self, part: Sequence[int]) -> tuple[dict[int, dict[str, Any]], list[audit.Entry]]:
        """What differs of some that are there: their values by id, and the entries for the trail."""
        changed: dict[int, dict[str, Any]] = {}
        entries = []
        for index in part:
            before = self.known[self.rows[index].code][0]
            values = _values(self.rows[index], before)
            changes = audit.difference(before, values)
            if changes:
                self.plan.states[index] = "changed"
                changed[before["id"]] = values
                entries.append(audit.Entry("edit", before["id"], changes))
        return changed, entries


def _depth(path: str) -> int:
    """How many levels an org stands below the top, itself included."""
    return path.count("/") - 1


def _values(row: OrgRow, otherwise: Mapping[str, Any]) -> dict[str, Any]:
    """What the org's row holds afterwards."""
    given = {name: getattr(row, name) for name in _FIELDS}
    return {name: otherwise[name] if item is None else item for name, item in given.items()}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is worth telling of a new org."""
    return {name: item for name, item in values.items() if item not in ("", None) and name != "sort_name"}


async def save_orgs(actor: Actor, rows: Sequence[OrgRow], *, write: bool = False, told: Told = nobody) -> Plan:
    """Add and change dealers or stores by their codes; without `write` only say what would become of them.

    Inside the caller's transaction; a fixed number of statements per 5,000 rows. A row may name one that the same file
    adds as its parent. Only what lies in the scope is found or changed, and nobody is moved.
    """
    actor.require("channel.manage")
    saving = _Saving(actor, rows, write)
    if write:
        await hold_tree_still(actor.root_id)
    await saving.look_up()
    await asyncio.to_thread(saving.check)
    await saving.add(await asyncio.to_thread(saving.in_order), told)
    await saving.change()
    return saving.plan
