"""HTTP of the exchange."""

from __future__ import annotations

import asyncio
from typing import cast
from urllib.parse import quote

import msgspec
from sanic import HTTPResponse, Request

from server.core import db, exports
from server.core.actor import Actor
from server.core.errors import InvalidInput, NotFound
from server.core.http import Raw, Routes
from server.exchange import jobs, service, sheets
from server.exchange.reading import MAX_ROWS
from server.exchange.report import ImportReport
from server.exchange.schemas import (
    ColumnOut,
    ExportKind,
    ExportRequest,
    ImportKind,
    JobFilter,
    JobList,
    JobOut,
    JobSummary,
    Kinds,
)
from server.exchange.template import template
from server.exchange.workbook import MAX_BYTES, NotAWorkbook

routes = Routes("exchange", "/exchange")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
_CHUNK = 256 * 1024


def _title(found: db.Row) -> str:
    if found["direction"] == "import":
        sheet = sheets.KINDS.get(found["kind"])
        return sheet.title if sheet else found["kind"]
    export = exports.find(found["kind"])
    return export.title if export else str(found["kind"])


def _facts(request: Request, found: db.Row) -> dict[str, object]:
    folder, stored_as = request.app.ctx.settings.data_folder, found["stored_as"]
    there = {what: jobs.path(folder, stored_as, what).is_file() for what in ("out", "marked")}
    return {**found, "title": _title(found), "has_file": there["out"], "has_marked": there["marked"]}


async def _job(request: Request, actor: Actor, job_id: int) -> JobOut:
    found = await service.find(actor, job_id)
    result = found["result"]
    report = msgspec.json.decode(result, type=ImportReport) if result else None
    return msgspec.convert({**_facts(request, found), "report": report}, JobOut)


def _saved_as(name: str) -> dict[str, str]:
    """Headers under which a browser saves a file under its Chinese name."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "private, no-store"}


@routes.get("/kinds")
async def list_exchange_kinds(actor: Actor) -> Kinds:
    """What the account may import and export."""
    may_import, may_export = actor.may("exchange.import"), actor.may("exchange.export")
    imports = [
        ImportKind(
            sheet.kind,
            sheet.title,
            [ColumnOut(column.heading, column.required, column.note) for column in sheet.columns],
            list(sheet.notes),
        )
        for sheet in (sheets.offered(actor) if may_import else ())
    ]
    lists = [ExportKind(item.kind, item.title) for item in (exports.offered(actor) if may_export else ())]
    return Kinds(imports, lists, MAX_ROWS, MAX_BYTES)


@routes.get("/templates/<kind:str>", permission="exchange.import", media=XLSX, errors=[NotFound])
async def get_template(actor: Actor, kind: str) -> Raw:
    """An empty workbook to be filled in, with notes and drop-downs."""
    sheet = sheets.find(actor, kind)
    return Raw(await template(actor, sheet), XLSX, _saved_as(f"{sheet.title}导入模板.xlsx"))


@routes.post(
    "/imports/<kind:str>", permission="exchange.import", idempotent="no", status=201, upload=True,
    errors=[NotFound, NotAWorkbook, service.TooManyJobs],
)  # fmt: skip
async def start_import(request: Request, actor: Actor, kind: str) -> JobOut:
    """Upload a workbook as multipart field `file`; it is checked, and nothing is written before it is confirmed."""
    sheets.find(actor, kind)
    uploaded = request.files.get("file") if request.files else None
    if uploaded is None:
        raise InvalidInput("没有收到文件，请重新选择")
    folder = request.app.ctx.settings.data_folder
    job_id = await service.start_import(actor, folder, kind, uploaded.name, uploaded.body)
    await request.app.ctx.exchange.wake()
    return await _job(request, actor, job_id)


@routes.post("/exports", permission="exchange.export", status=201, errors=[NotFound, service.TooManyJobs])
async def start_export(request: Request, actor: Actor, body: ExportRequest) -> JobOut:
    """Export a list as its screen shows it with this filter."""
    job_id = await service.start_export(actor, body)
    await db.after_commit(request.app.ctx.exchange.wake)
    return await _job(request, actor, job_id)


@routes.get("/jobs")
async def list_exchange_jobs(request: Request, actor: Actor, query: JobFilter) -> JobList:
    """The own imports and exports."""
    found, cursor = await service.list_jobs(actor, query)
    return JobList([msgspec.convert(_facts(request, item), JobSummary) for item in found], cursor)


@routes.get("/jobs/<job_id:int>")
async def get_exchange_job(request: Request, actor: Actor, job_id: int) -> JobOut:
    """One of the own jobs, with what an import would do."""
    return await _job(request, actor, job_id)


@routes.post("/jobs/<job_id:int>/confirm", permission="exchange.import", errors=[service.NotReady])
async def confirm_import(request: Request, actor: Actor, job_id: int) -> JobOut:
    """Write a checked file, all of it or nothing."""
    await service.confirm(actor, job_id)
    await db.after_commit(request.app.ctx.exchange.wake)
    return await _job(request, actor, job_id)


@routes.post("/jobs/<job_id:int>/cancel", errors=[service.NotReady])
async def cancel_exchange_job(request: Request, actor: Actor, job_id: int) -> JobOut:
    """End a job; what it has begun is taken back."""
    await service.cancel(actor, job_id)
    return await _job(request, actor, job_id)


@routes.get("/jobs/<job_id:int>/file", media="application/octet-stream", errors=[service.FileGone])
async def get_export_file(request: Request, actor: Actor, job_id: int) -> HTTPResponse:
    """The file of an export."""
    return await _send(request, actor, job_id, "out")


@routes.get("/jobs/<job_id:int>/marked", media=XLSX, errors=[service.FileGone])
async def get_marked_file(request: Request, actor: Actor, job_id: int) -> HTTPResponse:
    """The copy of an uploaded file in which the wrong cells are red and say what is wrong."""
    return await _send(request, actor, job_id, "marked")


async def _send(request: Request, actor: Actor, job_id: int, what: str) -> HTTPResponse:
    path, name = await service.file_of(actor, request.app.ctx.settings.data_folder, job_id, what)
    kind = _TYPES["csv" if name.endswith(".csv") else "xlsx"]
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        response = cast(HTTPResponse, await request.respond(content_type=kind, headers=_saved_as(name)))
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            await response.send(chunk)
    await response.eof()  # type: ignore[no-untyped-call]
    return response
