"""Builds the bot: callback routes, dispatcher and schedule in one process."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from bot import callback, jobs
from bot.deliver import Delivery
from bot.dispatcher import Dispatcher
from bot.leader import Leader
from bot.wecom import events
from bot.wecom.client import WeChatClient, WeComClient
from bot.wecom.crypto import BadCallback, CallbackCrypto
from server import modules
from server.core import clock, db, logs, redis
from server.settings import Settings, load_settings

_log = logging.getLogger("qutong.bot")


def create_bot(
    settings: Settings | None = None, name: str = "qutong-bot", longest_pause: float = 60.0
) -> Sanic[Any, Any]:
    """The bot; `longest_pause` bounds the back-off towards WeCom."""
    settings = settings or load_settings()
    logs.set_up(settings.log_level)
    clock.use_zone(settings.zone)
    modules.wire()
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
    app.config.update(ACCESS_LOG=False, FALLBACK_ERROR_FORMAT="json", REQUEST_MAX_SIZE=1024 * 1024)
    app.ctx.settings = settings
    app.before_server_start(partial(_start, settings, longest_pause))
    app.before_server_stop(_stop)
    listen(app, settings)
    app.add_route(_ready, "/readyz", name="readyz")
    return app


def listen(app: Sanic[Any, Any], settings: Settings) -> None:
    """Receive WeCom's callbacks, where its credentials are given."""
    if settings.wecom.configured:
        crypto = CallbackCrypto(settings.wecom.token, settings.wecom.aes_key, settings.wecom.corp_id)
        app.add_route(partial(_verify, crypto), "/wecom/callback", methods=["GET"], name="verify")
        app.add_route(partial(_receive, settings, crypto), "/wecom/callback", methods=["POST"], name="receive")


async def _start(settings: Settings, longest_pause: float, app: Sanic[Any, Any]) -> None:
    await db.connect(settings)
    client = redis.connect(settings.redis_url)
    app.ctx.leader = Leader(settings)
    app.ctx.wecom = WeComClient(settings.wecom, client)
    app.ctx.wechat = WeChatClient(settings.wechat, client)
    delivery = Delivery(settings, app.ctx.wecom, app.ctx.wechat)
    app.ctx.dispatcher = Dispatcher(settings, app.ctx.leader, delivery, longest_pause)
    app.ctx.running = asyncio.create_task(app.ctx.dispatcher.run())
    app.ctx.scheduler = jobs.schedule(app.ctx.leader, settings)
    app.ctx.scheduler.start()


async def _stop(app: Sanic[Any, Any]) -> None:
    app.ctx.scheduler.shutdown(wait=False)
    app.ctx.running.cancel()
    await asyncio.gather(app.ctx.running, return_exceptions=True)
    await app.ctx.leader.resign()
    await app.ctx.wecom.aclose()
    await app.ctx.wechat.aclose()
    await redis.disconnect()
    await db.disconnect()


def _query(request: Request) -> tuple[str, str, str]:
    return tuple(request.args.get(name) or "" for name in ("msg_signature", "timestamp", "nonce"))  # type: ignore[return-value]


async def _verify(crypto: CallbackCrypto, request: Request) -> HTTPResponse:
    """WeCom checks the callback URL (GET with `echostr`)."""
    try:
        return HTTPResponse(crypto.verify_url(*_query(request), request.args.get("echostr") or ""), 200)
    except BadCallback:
        return HTTPResponse("bad signature", 403)


async def _receive(settings: Settings, crypto: CallbackCrypto, request: Request) -> HTTPResponse:
    """A press, a text, an event; the answer is quick, and empty or a text (path/90241)."""
    try:
        event = events.parse(crypto.decrypt(*_query(request), request.body.decode("utf-8", "replace")))
    except BadCallback:
        return HTTPResponse("bad signature", 403)
    try:
        reply = await callback.receive(event)
    except Exception as error:  # whatever it was: nothing is done yet, and WeCom calls again
        _log.error("callback_failed", exc_info=error)
        return HTTPResponse("try again", 503 if db.is_away(error) else 500)
    if not reply:
        return HTTPResponse("", 200)
    _, stamp, nonce = _query(request)
    text = events.text_reply(event.from_user, settings.wecom.corp_id, int(clock.now().timestamp()), reply)
    return HTTPResponse(crypto.encrypt(text, nonce, stamp), 200, content_type="text/xml; charset=utf-8")


async def _ready(request: Request) -> HTTPResponse:
    """Ready when the database answers."""
    try:
        await db.value("SELECT 1")
    except Exception:
        _log.warning("database_away")
        return HTTPResponse(b'{"status":"database_away"}', 503, content_type="application/json")
    return HTTPResponse(b'{"status":"ready"}', 200, content_type="application/json")
