"""Qualifications (资质): the licences and other papers of an org, and their ends. (S1.1)

A paper's documents are read by those whose scope holds the org, and by the org itself; through the paper only.
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from server.channel.archive_schemas import DocumentRef, NewQualification, QualificationEdit, QualificationOut
from server.channel.models import Org
from server.channel.service import find_org
from server.channel.terms import QUALIFICATION_KINDS
from server.core import audit, clock, db, files
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput, NotFound, StaleVersion
from server.core.http import Raw

EXPIRING_DAYS = 30
"""So many days before its end a paper is shown as one that must be renewed."""

_COLUMNS = """
q.id, q.org_id, q.kind, q.name, q.number, q.issuer, q.valid_from, q.valid_until, q.note, q.version, q.updated_at,
q.file_ids, (SELECT json_agg(json_build_object('id', f.id, 'content_type', f.content_type, 'size', f.size,
                                               'url', '') ORDER BY t.n)::text
             FROM unnest(q.file_ids) WITH ORDINALITY t (id, n)
             JOIN stored_file f ON f.root_id = q.root_id AND f.id = t.id) AS documents
"""
_OF_ORG = f"""
SELECT {_COLUMNS} FROM qualification q WHERE q.org_id = $1 ORDER BY q.valid_until NULLS LAST, q.id LIMIT 200
"""
_ONE = f"""
SELECT {_COLUMNS}, g.path AS org_path FROM qualification q JOIN org g ON g.id = q.org_id
WHERE q.root_id = $1 AND q.id = $2
"""
NAMES_FILE = "SELECT FROM qualification q WHERE q.root_id = f.root_id AND f.id = ANY (q.file_ids)"
"""That a paper has a document, for the clean-up of uploads."""

_ADD = """
INSERT INTO qualification (root_id, org_id, kind, name, number, issuer, valid_from, valid_until, file_ids, note,
                           created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING id
"""
_EDIT = """
UPDATE qualification SET kind = $3, name = $4, number = $5, issuer = $6, valid_from = $7, valid_until = $8,
    file_ids = $9, note = $10, updated_at = $11, version = version + 1,
    alerted = CASE WHEN valid_until IS NOT DISTINCT FROM $8 THEN alerted END
WHERE id = $1 AND version = $2
"""
_UNTIL = "UPDATE org SET papers_until = (SELECT min(valid_until) FROM qualification WHERE org_id = $1) WHERE id = $1"


def state_of(valid_until: date | None) -> Literal["valid", "expiring", "expired"]:
    """Where a paper stands today; on its last day it is good still."""
    left = None if valid_until is None else (valid_until - clock.today()).days
    if left is None or left > EXPIRING_DAYS:
        return "valid"
    return "expired" if left < 0 else "expiring"


def _shown(found: db.Row) -> QualificationOut:
    until: date | None = found["valid_until"]
    documents = msgspec.json.decode(found["documents"] or "[]", type=list[DocumentRef])
    for item in documents:
        item.url = f"/api/v1/qualifications/{found['id']}/documents/{item.id}"
    fields = {name: found[name] for name in QualificationOut.__struct_fields__ if name in found}
    return QualificationOut(
        **{**fields, "documents": documents},
        days_left=None if until is None else (until - clock.today()).days,
        state=state_of(until),
    )


def may_read(actor: Actor, org_id: int, path: str) -> bool:
    """The org itself, and who looks after it."""
    return org_id == actor.org_id or (actor.may("channel.read") and actor.sees(path))


async def list_qualifications(actor: Actor, org_id: int) -> list[QualificationOut]:
    """The papers of an org inside the scope, or of the own one; those that end first at the top."""
    if org_id != actor.org_id:
        if not actor.may("channel.read"):
            raise NotFound("没有找到这个客户，或者它不在您的管理范围内")
        await find_org(actor, org_id)
    return [_shown(item) for item in await db.rows(_OF_ORG, org_id)]


async def _find(actor: Actor, qualification_id: int) -> db.Row:
    found = await db.row(_ONE, actor.root_id, qualification_id)
    if found is None or not may_read(actor, found["org_id"], found["org_path"]):
        raise NotFound("没有找到这份资质")
    return found


async def read_document(actor: Actor, folder: Path, qualification_id: int, file_id: int) -> Raw:
    """A document of a paper, for who may read the paper."""
    found = await _find(actor, qualification_id)
    if file_id not in found["file_ids"]:
        raise NotFound("没有找到这份文件")
    return await files.load_document(actor.root_id, folder, file_id)


async def _check(actor: Actor, paper: dict[str, Any], attached: Sequence[int] = ()) -> None:
    """A paper begins before it ends, and its documents are those that the writer has uploaded or that it had before."""
    begins, ends = paper["valid_from"], paper["valid_until"]
    if begins is not None and ends is not None and begins > ends:
        raise InvalidInput("有效期的开始不能晚于结束", [FieldError("/valid_until", "不能早于开始日期")])
    if paper["kind"] == "other" and not paper["name"].strip():
        raise InvalidInput("请写明是什么资质", [FieldError("/name", "不能为空")])
    new = [file_id for file_id in paper["file_ids"] if file_id not in attached]
    if new and not await files.are_own(actor, new, "document"):
        raise InvalidInput("有文件没有上传成功，请重新上传", [FieldError("/file_ids", "请重新上传")])


def _columns(paper: dict[str, Any]) -> tuple[Any, ...]:
    names = ("kind", "name", "number", "issuer", "valid_from", "valid_until", "file_ids", "note")
    return tuple(paper[name] for name in names)


async def add_qualification(actor: Actor, org: Org, new: NewQualification) -> QualificationOut:
    """Put a paper into an archive (S1.1); raises `InvalidInput` for documents of somebody else's."""
    actor.require("channel.manage")
    paper = msgspec.structs.asdict(new)
    async with db.transaction():
        await _check(actor, paper)
        made = int(await db.value(_ADD, org.root_id, org.id, *_columns(paper), clock.now()))
        await db.run(_UNTIL, org.id)
        await audit.record(actor, "add_qualification", "org", org.id, _trail({}, paper))
    return _shown(await _find(actor, made))


async def edit_qualification(actor: Actor, qualification_id: int, edit: QualificationEdit) -> QualificationOut:
    """Change or renew a paper; with another end its expiry is told anew. Raises `StaleVersion`."""
    actor.require("channel.manage")
    given = {name: item for name, item in msgspec.structs.asdict(edit).items() if item is not msgspec.UNSET}
    version = given.pop("version")
    changes = {n: item for n, item in given.items() if item is not None or n in ("valid_from", "valid_until")}
    async with db.transaction():
        found = await _find(actor, qualification_id)
        paper = {**found, **changes}
        await _check(actor, paper, found["file_ids"])
        if not (await db.run(_EDIT, qualification_id, version, *_columns(paper), clock.now())):
            raise StaleVersion("这份资质刚被别人改过，请刷新后再改")
        await db.run(_UNTIL, found["org_id"])
        kept = {"kind": found["kind"], "name": found["name"]}
        await audit.record(actor, "edit_qualification", "org", found["org_id"], _trail(found, changes) | kept)
    return _shown(await _find(actor, qualification_id))


async def remove_qualification(actor: Actor, qualification_id: int) -> None:
    """Take a paper out of an archive; the trail keeps what it was."""
    actor.require("channel.manage")
    async with db.transaction():
        found = await _find(actor, qualification_id)
        await db.run("DELETE FROM qualification WHERE id = $1", qualification_id)
        await db.run(_UNTIL, found["org_id"])
        gone = {"kind": found["kind"], "name": found["name"], "number": [found["number"], None]}
        await audit.record(actor, "remove_qualification", "org", found["org_id"], gone)


def _trail(before: db.Row | dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What changed, old and new, for the trail; what the paper is stands beside it."""
    named = {name: after[name] for name in ("kind", "name") if name in after}
    shown = {
        name: [before.get(name) if name != "file_ids" else len(before.get(name) or ()), item]
        for name, item in ((n, len(i) if n == "file_ids" else i) for n, i in after.items() if n not in ("kind", "name"))
    }
    return named | {name: pair for name, pair in shown.items() if pair[0] != pair[1] and (pair[0] or pair[1])}


_FACTS = """
SELECT q.kind, q.name, q.valid_until, q.alerted, q.org_id, q.root_id, g.name AS org_name, g.kind AS org_kind,
       g.parent_id
FROM qualification q JOIN org g ON g.id = q.org_id WHERE q.id = $1
"""


async def facts_of(qualification_id: int) -> db.Row | None:
    """A paper and its org in a few words, for programs that act for the whole brand."""
    return await db.row(_FACTS, qualification_id)


def title(kind: str, name: str) -> str:
    """What a paper is called."""
    return name or QUALIFICATION_KINDS.get(kind, "资质")
