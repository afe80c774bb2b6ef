"""What a worker does with a job: check a file, write it, export a list."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from server.core import audit, db, exports
from server.core.actor import Actor
from server.core.bulk import Plan, Told
from server.core.errors import BusinessError, NotFound
from server.exchange import jobs, kept, report, service, sheets
from server.exchange.jobs import Job
from server.exchange.marking import mark
from server.exchange.reading import Content, read
from server.exchange.report import ImportReport
from server.exchange.writing import MAX_ROWS, TooManyRows, Writer, XlsxWriter, writer
from server.identity.service import actor_for

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Progress:
    """How far a job is; `percent` is None where the end is not known beforehand."""

    def __init__(self) -> None:
        self.phase = "准备"
        self.percent: int | None = None
        self.rows = 0

    def part(self, phase: str, start: float, end: float) -> Told:
        """For a part of the work: takes 0 to 1 for `start` to `end` of the whole."""

        def told(done: float) -> None:
            self.phase, self.percent = phase, int(100 * (start + (end - start) * done))

        told(0)
        return told


class ChangedSince(BusinessError):
    """What was right when the file was checked is not so any more; nothing was written."""

    status, code, title = 409, "changed_since_check", "内容有变化"

    def __init__(self, found: ImportReport) -> None:
        super().__init__("检查之后系统里的内容有了变化，没有导入任何内容，请按提示改好后重新上传")
        self.report = found


Settle = Callable[..., object]


async def check(folder: Path, job: Job, worker: str, progress: Progress) -> None:
    """Read a file, compare it with what there is, and leave the preview; nothing is written."""
    actor = await actor_for(job.account_id, surface="import")
    sheet = sheets.find(actor, job.kind)
    source = jobs.path(folder, job.stored_as, "upload")
    content = await read(source, sheet, progress.part("读取文件", 0, 0.6))
    plan = await sheets.save(sheet, actor, content.rows, False, progress.part("核对内容", 0.6, 0.9))
    await asyncio.to_thread(report.merge, content, sheet, plan)
    if not content.error_count:
        await asyncio.to_thread(kept.keep, jobs.path(folder, job.stored_as, "rows"), content)
    found = await _report(folder, job, sheet, content, plan, progress)
    await jobs.settle(job, worker, "ready", rows=content.total, result=found, peak_kb=peak_kb())


async def _report(
    folder: Path, job: Job, sheet: sheets.Sheet, content: Content, plan: Plan, progress: Progress
) -> ImportReport:
    """The preview; where something is wrong, the copy with the red cells lies beside it."""
    kept: dict[int, list[str]] = {}
    if content.errors:
        source, target = (jobs.path(folder, job.stored_as, what) for what in ("upload", "marked"))
        told = progress.part("标出错误", 0.9, 1)
        kept = await mark(source, target, sheet, content, report.first_wrong(content), told)
    return await asyncio.to_thread(report.make, content, plan, kept)


async def _checked(folder: Path, job: Job, sheet: sheets.Sheet, told: Told) -> Content:
    """A confirmed file as its check has left it, or read once more."""
    source = jobs.path(folder, job.stored_as, "upload")
    await asyncio.to_thread(source.stat)  # a file that is gone is not imported
    content = await asyncio.to_thread(kept.take, jobs.path(folder, job.stored_as, "rows"), sheet)
    return content or await read(source, sheet, told)


async def apply(folder: Path, job: Job, worker: str, progress: Progress) -> None:
    """Write a file, all of it or nothing; that the job is done is part of the same transaction."""
    actor = await actor_for(job.account_id, surface="import")
    actor.require("exchange.import")
    sheet = sheets.find(actor, job.kind)
    content = await _checked(folder, job, sheet, progress.part("读取文件", 0, 0.4))

    async def write() -> None:
        async with db.transaction():
            plan = await sheets.save(sheet, actor, content.rows, True, progress.part("写入", 0.4, 0.98))
            await asyncio.to_thread(report.merge, content, sheet, plan)
            found = await asyncio.to_thread(report.make, content, plan, {})
            if not found.acceptable:
                raise ChangedSince(found)
            counts = msgspec.to_builtins(found.counts)
            changes = {"kind": job.kind, "file": job.file_name, **counts}
            await audit.record(actor, "import", "exchange_job", job.id, changes)
            await jobs.settle(job, worker, "done", rows=content.total, result=found, peak_kb=peak_kb())

    await db.retried(write)


async def export(folder: Path, job: Job, worker: str, progress: Progress) -> None:
    """Write a list into a file, as it is at one moment."""
    actor = await actor_for(job.account_id, surface="export")
    actor.require("exchange.export")
    wanted = exports.find(job.kind)
    if wanted is None or not exports.allowed(actor, wanted):
        raise NotFound("没有这种导出，或者您的账号已没有这项权限")
    target = jobs.path(folder, job.stored_as, "out")
    await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    progress.phase = "导出"
    await _write_list(actor, wanted, job, part, progress)
    part.replace(target)
    async with db.transaction():
        changes = {"kind": job.kind, "filter": job.request, "rows": progress.rows}
        await audit.record(actor, "export", "exchange_job", job.id, changes)
        await jobs.settle(job, worker, "done", rows=progress.rows, peak_kb=peak_kb())


async def _pivot(wanted: exports.Export, out: Writer) -> Any:
    """What adds up the list's second sheet; None where it has none. Only here is pandas loaded, beside the loop."""
    if wanted.summary is None or not isinstance(out, XlsxWriter):
        return None
    summary = await asyncio.to_thread(importlib.import_module, "server.exchange.summary")
    return summary.Pivot(wanted.summary)


async def _write_list(actor: Actor, wanted: exports.Export, job: Job, path: Path, progress: Progress) -> None:
    query = service.export_filter(wanted, msgspec.json.decode(job.request))
    out = writer(path, job.format, wanted.title, wanted.columns)
    pivot = await _pivot(wanted, out)
    async with db.transaction():
        await db.run(_SNAPSHOT)
        async for page in wanted.rows(actor, query):
            progress.rows += len(page)
            if progress.rows > MAX_ROWS and job.format == "xlsx":
                raise TooManyRows(f"超过 {MAX_ROWS:,} 行，Excel 装不下，请缩小范围或导出 CSV")
            out.add(page)
            if pivot is not None:
                pivot.add(page)
            await asyncio.sleep(0)
    await asyncio.to_thread(_finish, out, pivot)


def _finish(out: Writer, pivot: Any) -> None:
    if pivot is not None and isinstance(out, XlsxWriter) and not pivot.empty:
        headings, lines = pivot.table()
        out.add_table("汇总", headings, len(pivot.summary.by), lines, pivot.summary.note)
    out.finish()


def peak_kb() -> int:
    """The most memory that this process has had at a time, in KB."""
    for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


STEPS = {"check": check, "apply": apply, "export": export}
