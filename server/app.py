"""Builds the application."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import msgspec
from sanic import HTTPResponse, Request, Sanic

from server import modules, pages
from server.core import clock, db, http, links, live, logs, openapi, redis
from server.exchange.runner import Runner
from server.exchange.workbook import MAX_BYTES
from server.identity.service import authenticate
from server.settings import Settings, load_settings
from server.trace import page as trace_page


def create_app(settings: Settings | None = None, name: str = "qutong") -> Sanic[Any, Any]:
    """The API with the front ends beside it."""
    settings = settings or load_settings()
    logs.set_up(settings.log_level)
    clock.use_zone(settings.zone)
    links.use_base(settings.public_url)
    modules.wire()
    app: Sanic[Any, Any] = Sanic(name, configure_logging=False)
    app.config.update(
        ACCESS_LOG=False,
        FALLBACK_ERROR_FORMAT="json",
        REQUEST_MAX_SIZE=MAX_BYTES + 1024 * 1024,
        RESPONSE_TIMEOUT=60,
        KEEP_ALIVE_TIMEOUT=75,
        OAS=False,
        PROXIES_COUNT=settings.proxies or None,
    )
    app.ctx.settings = settings
    app.before_server_start(partial(_start, settings))
    app.after_server_stop(_stop)
    http.mount(app, modules.ROUTES, authenticate)
    _mount_health(app)
    trace_page.mount(app)
    pages.mount(app, openapi.document(modules.ROUTES, modules.VERSION))
    return app


async def _start(settings: Settings, app: Sanic[Any, Any]) -> None:
    await db.connect(settings)
    redis.connect(settings.redis_url)
    app.ctx.exchange = Runner(settings)
    app.ctx.exchange.start()


async def _stop(app: Sanic[Any, Any]) -> None:
    await app.ctx.exchange.stop()
    await live.close()
    await redis.disconnect()
    await db.disconnect()


def _mount_health(app: Sanic[Any, Any]) -> None:
    async def healthz(request: Request) -> HTTPResponse:
        return HTTPResponse(b'{"status":"ok"}', 200, content_type="application/json")

    async def readyz(request: Request) -> HTTPResponse:
        """Ready when the database answers; without Redis still ready, only slower."""
        try:
            await db.value("SELECT 1")
        except Exception:
            logging.getLogger("qutong.ready").warning("database_away")
            return HTTPResponse(b'{"status":"database_away"}', 503, content_type="application/json")
        client = redis.client()
        cache = "none" if client is None else "ok" if await redis.attempt(client.ping()) else "away"
        body = msgspec.json.encode({"status": "ready", "redis": cache, "resync_seconds": live.RESYNC_SECONDS})
        return HTTPResponse(body, 200, content_type="application/json")

    app.add_route(healthz, "/healthz", name="healthz")
    app.add_route(readyz, "/readyz", name="readyz")
