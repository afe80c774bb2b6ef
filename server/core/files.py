"""Uploaded pictures and documents: checked for type and size, kept under the data folder by their content's hash.

A picture is shown by its number to whoever sees the org of its sender. A document (a licence, a contract) is not: who
attaches it to something also says who may read it (`load_document`), and its number alone opens nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from server.core import clock, db, limits
from server.core.actor import Actor
from server.core.errors import BusinessError, NotFound
from server.core.http import Raw

MAX_BYTES = 5 * 1024 * 1024
A_DAY = 200
"""How many pictures an account may upload in a day."""

PDF = "application/pdf"
Purpose = Literal["picture", "document"]

_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class FileRefused(BusinessError):
    """Not a picture (or, where documents are asked for, a PDF), or too large."""

    status, code, title = 422, "file_refused", "文件不能上传"


def content_type(body: bytes) -> str:
    """The picture's type by its first bytes, whatever the client says; `FileRefused` for anything else."""
    for start, kind in _KINDS.items():
        if body.startswith(start):
            return kind
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    raise FileRefused("只能上传 JPG、PNG 或 WebP 图片")


def document_type(body: bytes) -> str:
    """The type of a PDF that is all there, or of a picture; `FileRefused` for anything else."""
    if body.startswith(b"%PDF-"):
        if b"%%EOF" not in body[-2048:]:
            raise FileRefused("这个 PDF 不完整，请重新上传")
        return PDF
    try:
        return content_type(body)
    except FileRefused:
        raise FileRefused("只能上传 PDF、JPG、PNG 或 WebP 文件") from None


def path_of(folder: Path, digest: str) -> Path:
    """Where the content with this hash is kept."""
    return folder / "files" / digest[:2] / digest


def _write(path: Path, body: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{uuid.uuid4().hex}.part")  # two uploads of one picture may run at once
    part.write_bytes(body)
    part.replace(path)


async def store(actor: Actor, folder: Path, body: bytes) -> int:
    """Keep a picture for the own org; its id. Raises `FileRefused`, and `TooManyRequests` above the day's number."""
    if not body or len(body) > MAX_BYTES:
        raise FileRefused("图片不能超过 5 MB")
    return await _store(actor, folder, body, content_type(body), "picture")


async def store_document(actor: Actor, folder: Path, body: bytes) -> tuple[int, str]:
    """Keep a PDF or a picture of a paper, to be attached to something; its id and type. Raises like `store`."""
    if not body or len(body) > MAX_BYTES:
        raise FileRefused("文件不能超过 5 MB")
    kind = document_type(body)
    return await _store(actor, folder, body, kind, "document"), kind


_STORE = """
INSERT INTO stored_file (root_id, org_id, account_id, content_type, size, sha256, created_at, purpose)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""


async def _store(actor: Actor, folder: Path, body: bytes, kind: str, purpose: Purpose) -> int:
    await limits.hold_back_for_today(f"files:{actor.account_id}", A_DAY, f"一天最多上传 {A_DAY} 张图片，请明天再传")
    digest = hashlib.sha256(body)
    async with db.transaction():
        await hold_content(digest.digest())
        await asyncio.to_thread(_write, path_of(folder, digest.hexdigest()), body)
        about = (actor.root_id, actor.org_id, actor.account_id, kind, len(body), digest.digest(), clock.now(), purpose)
        return int(await db.value(_STORE, *about))


async def hold_content(digest: bytes) -> None:
    """Be the only one who adds or removes the content with this hash until the transaction ends."""
    await db.run("SELECT pg_advisory_xact_lock($1)", int.from_bytes(digest[:8], "big", signed=True))


# The rows stay locked, so that the clean-up of what nothing names passes over them (`core/orphans.py`).
_OWN = """
SELECT count(*) FROM (
    SELECT FROM stored_file WHERE root_id = $1 AND id = ANY ($2::bigint[]) AND account_id = $3 AND purpose = $4
    FOR KEY SHARE) f
"""
_THERE = "SELECT true FROM stored_file WHERE root_id = $1 AND id = $2 FOR KEY SHARE"
_OF_ORG = """
SELECT count(*) FROM (
    SELECT FROM stored_file WHERE root_id = $1 AND id = ANY ($2::bigint[]) AND org_id = $3 AND purpose = 'picture'
    FOR KEY SHARE) f
"""


async def is_there(root_id: int, file_id: int) -> bool:
    """Whether a picture is there, whoever uploaded it; in the transaction that names it, as `are_own`."""
    return bool(await db.value(_THERE, root_id, file_id))


async def are_of_org(actor: Actor, file_ids: Sequence[int]) -> bool:
    """Whether these pictures are the own org's; in the transaction that attaches them, as `are_own`."""
    return bool(await db.value(_OF_ORG, actor.root_id, list(file_ids), actor.org_id) == len(set(file_ids)))


async def are_own(actor: Actor, file_ids: Sequence[int], purpose: Purpose = "picture") -> bool:
    """Whether the actor has uploaded all of these: only then may he attach them to something, in this transaction."""
    return bool(await db.value(_OWN, actor.root_id, list(file_ids), actor.account_id, purpose) == len(set(file_ids)))


# The own org's files and those of the orgs below: a supplier sees the photos of its buyers' receipts.
_VISIBLE = """
SELECT f.content_type, f.sha256 FROM stored_file f JOIN org g ON g.id = f.org_id
WHERE f.root_id = $1 AND f.id = $2 AND f.purpose = 'picture' AND g.path LIKE ANY ($3::text[])
"""

_ANY = "SELECT content_type, sha256 FROM stored_file WHERE root_id = $1 AND id = $2 AND purpose = $3"


async def load(actor: Actor, folder: Path, file_id: int) -> Raw:
    """A picture inside the scope."""
    return await _load(folder, await db.row(_VISIBLE, actor.root_id, file_id, actor.patterns))


async def load_any(root_id: int, folder: Path, file_id: int) -> Raw:
    """A picture that somebody else has found fit to be shown to the whole channel of a brand."""
    return await _load(folder, await db.row(_ANY, root_id, file_id, "picture"))


async def load_document(root_id: int, folder: Path, file_id: int) -> Raw:
    """A document of something that the reader has been found to see.

    It is shown where it is asked for and can do nothing there: no script, no form, no other page.
    """
    raw = await _load(folder, await db.row(_ANY, root_id, file_id, "document"))
    ending = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[raw.content_type]
    raw.headers |= {
        "Content-Disposition": f'inline; filename="{file_id}.{ending}"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return raw


async def _load(folder: Path, found: db.Row | None) -> Raw:
    if found is None:
        raise NotFound("没有找到这张图片")
    try:
        body = await asyncio.to_thread(path_of(folder, found["sha256"].hex()).read_bytes)
    except FileNotFoundError:
        raise NotFound("这张图片的文件已丢失") from None
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Raw(body, found["content_type"], headers)
