"""HTTP of notices, files, live updates, the outbox and the audit trail."""

from __future__ import annotations

import contextlib
from typing import cast

import msgspec
from sanic import HTTPResponse, Request

from server.core import files, live
from server.core.actor import Actor
from server.core.errors import InvalidInput, TooManyRequests
from server.core.http import Raw, Routes
from server.identity import service as identity
from server.identity import tickets
from server.notify import outbox, service
from server.notify.schemas import (
    AuditFilter,
    AuditList,
    MarkRead,
    Notice,
    NoticeFilter,
    NoticeList,
    OutboxFilter,
    OutboxList,
    StreamTicket,
    Subscription,
    Template,
    TemplateList,
)

routes = Routes("notify")


class StoredFile(msgspec.Struct):
    """An uploaded picture."""

    id: int
    url: str


@routes.get("/notices")
async def list_notices(actor: Actor, query: NoticeFilter) -> NoticeList:
    """The own inbox."""
    found, cursor = await service.list_notices(actor, query)
    return NoticeList([msgspec.convert(dict(item), Notice) for item in found], cursor)


@routes.post("/notices/read", idempotent="no")
async def read_notices(actor: Actor, body: MarkRead) -> None:
    """Mark notices read."""
    await service.mark_read(actor, body)


@routes.get("/me/subscriptions/templates")
async def list_templates(request: Request, actor: Actor) -> TemplateList:
    """The subscribe-message templates to ask for."""
    template = request.app.ctx.settings.wechat.template_order
    return TemplateList([Template(template, "订单状态通知")] if template else [])


@routes.post("/me/subscriptions")
async def count_subscription(actor: Actor, body: Subscription) -> None:
    """Count a subscribe-message grant."""
    await service.count_grant(actor, body.template_id, body.accepted)


@routes.post("/files", idempotent="no", status=201, upload=True, errors=[files.FileRefused, TooManyRequests])
async def upload_file(request: Request, actor: Actor) -> StoredFile:
    """Upload a picture as multipart field `file`."""
    uploaded = request.files.get("file") if request.files else None
    if uploaded is None:
        raise InvalidInput("没有收到图片，请重新选择")
    file_id = await files.store(actor, request.app.ctx.settings.data_folder, uploaded.body)
    return StoredFile(file_id, f"/api/v1/files/{file_id}")


@routes.get("/files/<file_id:int>", media="image/*")
async def get_file(request: Request, actor: Actor, file_id: int) -> Raw:
    """A picture."""
    return await files.load(actor, request.app.ctx.settings.data_folder, file_id)


@routes.post("/events/ticket", idempotent="no", status=201, errors=[TooManyRequests])
async def take_ticket(actor: Actor) -> StreamTicket:
    """A ticket for one live stream, to be opened at once by `/events?ticket=`."""
    return StreamTicket(await tickets.issue(actor), tickets.SECONDS)


def _alike(reader: Actor, actor: Actor) -> bool:
    """Whether somebody still sees and may do what he did; else his page opens a new stream and asks who he is."""
    return (reader.scope, reader.permissions) == (actor.scope, actor.permissions)


@routes.get("/events", media="text/event-stream")
async def live_events(request: Request, actor: Actor) -> HTTPResponse:
    """Server-sent events for the account: order, notice, resync; orders when some below the brand changed.

    The last one is full, when too many others were opened since.

    Opened with the session's token, or, where no header can be sent, with a ticket in the query.
    """
    now = await identity.follow(actor)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = cast(HTTPResponse, await request.respond(content_type="text/event-stream", headers=headers))
    pages = live.listen(actor)
    async with contextlib.aclosing(pages):
        async for told in pages:
            reader = await now()
            if reader is None or not _alike(reader, actor):  # ended, frozen, moved, or may do something else since
                break
            if told is not None and told[0] == live.WAKE:
                continue
            text = ": beat\n\n" if told is None else live.frame(told[0], msgspec.json.encode(told[1]).decode())
            await response.send(text)
    await response.eof()  # type: ignore[no-untyped-call]
    return response


@routes.get("/outbox", permission="outbox.read")
async def list_outbox(actor: Actor, query: OutboxFilter) -> OutboxList:
    """Messages by state; the failed ones with their reason."""
    return OutboxList(*await outbox.list_outbox(actor, query))


@routes.post("/outbox/<message_id:int>/retry", permission="outbox.retry", errors=[outbox.NotFailed])
async def retry_message(actor: Actor, message_id: int) -> None:
    """Send a failed message again."""
    await outbox.retry(actor, message_id)


@routes.get("/audit", permission="audit.read")
async def list_audit(actor: Actor, query: AuditFilter) -> AuditList:
    """Who did what, when, and what it changed."""
    found, cursor = await service.list_audit(actor, query)
    return AuditList(await service.with_names(actor, found), cursor)
