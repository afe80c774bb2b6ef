"""Builds the sandbox."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse, file

from bot.sandbox.callback import Callbacks
from bot.sandbox.control import control_api
from bot.sandbox.state import State
from bot.sandbox.weblogin import web_login
from bot.sandbox.wechat import wechat_api
from bot.sandbox.wecom import answer, wecom_api
from server.settings import Settings

_PAGE = Path(__file__).parent / "static"
_ASSETS = ("chat.css", "chat.js", "cards.js", "weblogin.css", "weblogin.js")
_APIS = ("/cgi-bin/", "/sns/", "/wxa/")
_TOKENS = ("/cgi-bin/gettoken", "/cgi-bin/stable_token")
_numbers = itertools.count(1)


def create_sandbox(
    settings: Settings,
    *,
    name: str | None = None,
    open_membership: bool = False,
    file: Path | None = None,
    callback_url: str | None = None,
    callback_timeout: float = 5.0,
    retry_pause: float = 0.2,
) -> Sanic[Any, Any]:
    """A WeCom and WeChat of its own; `open_membership` makes up members at the first send to them.

    `file` keeps the memory over restarts. The callback goes to the bot of `settings` unless a URL is given; WeCom
    waits `callback_timeout` seconds for its answer.
    """
    app: Sanic[Any, Any] = Sanic(name or f"qutong-sandbox-{next(_numbers)}", configure_logging=False)
    app.config.update(ACCESS_LOG=False, FALLBACK_ERROR_FORMAT="json", REQUEST_MAX_SIZE=4 * 1024 * 1024)
    app.config.TOUCHUP = False  # Sanic rewrites its own classes at start, which only one app of a process can stand
    state = State(open_membership, file)
    state.load()
    url = callback_url or f"http://127.0.0.1:{settings.bot_port}/wecom/callback"
    callbacks = Callbacks(settings, state, url, callback_timeout, retry_pause)
    app.ctx.state, app.ctx.callbacks = state, callbacks
    app.blueprint(wecom_api(settings, state))
    app.blueprint(wechat_api(settings, state))
    app.blueprint(web_login(settings, state))
    app.blueprint(control_api(state, callbacks))
    _misbehaviour(app, state)
    _page(app)
    _keeping(app, state)
    return app


def _misbehaviour(app: Sanic[Any, Any], state: State) -> None:
    async def before(request: Request) -> HTTPResponse | None:
        if not request.path.startswith(_APIS):
            return None
        if state.mode == "down":
            return HTTPResponse("Service Unavailable", 503)
        if state.mode == "rate_limited" and request.path not in _TOKENS:
            return answer(45009, "api freq out of limit")
        if state.mode == "slow" and not state.answers_late:
            await asyncio.sleep(state.slow_seconds)
        return None

    async def after(request: Request, response: BaseHTTPResponse) -> None:
        if state.mode == "slow" and state.answers_late and request.path.startswith(_APIS):
            await asyncio.sleep(state.slow_seconds)

    app.register_middleware(before, "request")
    app.register_middleware(after, "response")


def _page(app: Sanic[Any, Any]) -> None:
    headers = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-cache"}

    @app.get("/", name="page")
    async def page(request: Request) -> HTTPResponse:
        """The chat to look at."""
        return await file(_PAGE / "index.html", headers=headers)

    @app.get("/static/<asset:str>", name="asset")
    async def asset(request: Request, asset: str) -> HTTPResponse:
        """The page's own style and script."""
        if asset not in _ASSETS:
            return HTTPResponse("", 404)
        return await file(_PAGE / asset, headers=headers)

    @app.get("/favicon.ico", name="favicon")
    async def favicon(request: Request) -> HTTPResponse:
        """None; browsers ask anyway."""
        return HTTPResponse("", 204)

    @app.get("/readyz", name="readyz")
    async def readyz(request: Request) -> HTTPResponse:
        """Ready as soon as it answers."""
        return HTTPResponse('{"status":"ready"}', content_type="application/json")


def _keeping(app: Sanic[Any, Any], state: State) -> None:
    async def keep() -> None:
        while True:
            await asyncio.sleep(1)
            state.save()

    async def start(app: Sanic[Any, Any]) -> None:
        app.ctx.keeping = asyncio.create_task(keep())

    async def stop(app: Sanic[Any, Any]) -> None:
        app.ctx.keeping.cancel()
        state.save()
        await app.ctx.callbacks.aclose()

    app.before_server_start(start)
    app.before_server_stop(stop)
