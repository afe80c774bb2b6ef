"""What a person can do with files: upload, look, confirm, end, export, fetch."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import msgspec

from server.core import clock, db, exports, limits, live, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound
from server.core.types import MAX_ID
from server.core.validation import decode_query
from server.exchange import jobs, sheets
from server.exchange.schemas import ExportRequest, JobFilter
from server.exchange.workbook import check_head

OPEN_JOBS = 5
A_DAY = 300


class TooManyJobs(BusinessError):
    """The account has enough jobs under way."""

    status, code, title = 429, "too_many_jobs", "任务太多"


class NotReady(BusinessError):
    """The job is not in the state in which this can be done."""

    status, code, title = 409, "job_not_ready", "现在不能这样做"


class FileGone(BusinessError):
    """The file of a job is not there: not yet, or not any more."""

    status, code, title = 404, "file_gone", "文件不存在"


async def _hold_back(actor: Actor) -> None:
    if await jobs.count_open(actor) >= OPEN_JOBS:
        raise TooManyJobs(f"您有 {OPEN_JOBS} 个任务还在进行，请等它们完成")
    await limits.hold_back_for_today(f"exchange:{actor.account_id}", A_DAY, "今天的导入导出太多了，请明天再来")


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(body)
    part.replace(path)


def _name(given: str | None, otherwise: str) -> str:
    """A file's name as it is shown: no folders, no control signs."""
    name = (given or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in name if sign.isprintable())[-100:].strip() or otherwise


async def start_import(actor: Actor, folder: Path, kind: str, file_name: str | None, body: bytes) -> int:
    """Take a file to be imported, and let it be checked; the job's id.

    Raises `NotAWorkbook` at once where the first look says that it is none.
    """
    actor.require("exchange.import")
    sheet = sheets.find(actor, kind)
    check_head(body)
    await _hold_back(actor)
    stored_as = uuid.uuid4().hex
    await asyncio.to_thread(_write, jobs.path(folder, stored_as, "upload"), body)
    name = _name(file_name, f"{sheet.title}.xlsx")
    return await jobs.create(actor, "import", kind, "check", name, "xlsx", stored_as, {})


async def start_export(actor: Actor, wanted: ExportRequest) -> int:
    """Let a list be written into a file, as its screen shows it with this filter; the job's id."""
    actor.require("exchange.export")
    export = exports.find(wanted.kind)
    if export is None:
        raise NotFound("没有这种导出")
    if export.either:
        actor.require(*export.either)
    if not exports.allowed(actor, export):
        raise NotFound("您的组织没有这种导出")
    export_filter(export, wanted.filter)
    await _hold_back(actor)
    day = clock.now().astimezone(clock.zone()).strftime("%Y%m%d-%H%M")
    name = f"{export.title}-{day}.{wanted.format}"
    return await jobs.create(
        actor, "export", wanted.kind, "export", name, wanted.format, uuid.uuid4().hex, wanted.filter
    )


def export_filter(export: exports.Export, given: dict[str, Any]) -> Any:
    """The list's own query; what says only where a page begins is left out. Raises `InvalidInput`."""
    values = {name: item for name, item in given.items() if name not in ("cursor", "limit") and item is not None}
    if any(isinstance(item, (dict, list)) for item in values.values()):
        raise InvalidInput("查询条件有误", [FieldError("/filter", "条件应为文字或数字")])
    words = {name: _word(item) for name, item in values.items()}
    return decode_query(words, export.filter)


def _word(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)


async def confirm(actor: Actor, job_id: int) -> None:
    """Let a checked file be written, all of it or nothing."""
    actor.require("exchange.import")
    found = await find(actor, job_id)
    sheets.find(actor, found["kind"])
    report = msgspec.json.decode(found["result"] or "{}")
    if found["state"] == "ready" and report.get("error_count"):
        raise NotReady("文件里还有错误，请改好后重新上传")
    if not await jobs.confirm(actor, job_id):
        raise NotReady("这个文件不在等待确认：可能已经导入、取消或过期")
    await tell(actor.account_id, job_id, "queued")


async def cancel(actor: Actor, job_id: int) -> None:
    """End a job: what it has begun is taken back."""
    await find(actor, job_id)
    state = await jobs.cancel(actor, job_id)
    if state is None:
        raise NotReady("这个任务已经结束")
    await tell(actor.account_id, job_id, state)


async def find(actor: Actor, job_id: int) -> db.Row:
    """One of the own jobs; `NotFound` for anybody else's."""
    found = await jobs.one(actor, job_id)
    if found is None:
        raise NotFound("没有找到这个任务")
    return found


async def list_jobs(actor: Actor, wanted: JobFilter) -> tuple[list[db.Row], str | None]:
    """The own jobs, the newest first."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    return paging.page(await jobs.own(actor, before, wanted.direction, wanted.limit + 1), wanted.limit)


async def file_of(actor: Actor, folder: Path, job_id: int, what: str) -> tuple[Path, str]:
    """A job's file and the name under which it is saved: `out` of an export, `marked` of an import."""
    found = await find(actor, job_id)
    path = jobs.path(folder, found["stored_as"], what)
    if found["expires_at"] < clock.now() or not await asyncio.to_thread(path.is_file):
        raise FileGone("文件还没有做好，或者已经过期删除，请重新导出")
    name = found["file_name"]
    return path, name if what == "out" else f"{name.rsplit('.', 1)[0]}-错误已标出.xlsx"


async def tell(account_id: int, job_id: int, state: str, percent: int | None = None) -> None:
    """Tell the owner's open pages how far a job is; they ask for the rest."""

    async def now() -> None:
        await live.tell_account(account_id, "exchange", {"id": job_id, "state": state, "percent": percent})

    await db.after_commit(now)
