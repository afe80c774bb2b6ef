"""A sandbox on a free port, a stand-in for the bot behind it, and the two clients."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic

from bot.sandbox import create_sandbox
from bot.wecom import cards, events, xml
from bot.wecom.client import WeChatClient, WeComClient
from bot.wecom.crypto import CallbackCrypto
from server.settings import Settings, load_settings
from tests.conftest import WECOM, free_port

_numbers = itertools.count(1)


@dataclass
class Listener:
    """What the bot would be: receives, keeps, answers after `delays` and with `replies`, in turn."""

    crypto: CallbackCrypto
    received: list[Any] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    replies: list[Callable[[Any], str]] = field(default_factory=list)

    async def answer(self, request: Request) -> HTTPResponse:
        signature, stamp, nonce = (request.args.get(name) or "" for name in ("msg_signature", "timestamp", "nonce"))
        if request.method == "GET":
            return HTTPResponse(self.crypto.verify_url(signature, stamp, nonce, request.args.get("echostr") or ""))
        event = events.parse(self.crypto.decrypt(signature, stamp, nonce, request.body.decode()))
        self.received.append(event)
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200 and self.replies:
            return HTTPResponse(self.crypto.encrypt(self.replies.pop(0)(event), nonce, stamp))
        return HTTPResponse("", status)


@dataclass
class Sandbox:
    """The sandbox over HTTP."""

    settings: Settings
    http: httpx.AsyncClient
    wecom: WeComClient
    wechat: WeChatClient
    listener: Listener

    async def tell(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the control API."""
        response = await self.http.post(f"/sandbox/{path}", json=body)
        assert response.status_code in (200, 409), response.text
        return dict(response.json())

    async def ask(self, path: str, **query: str) -> dict[str, Any]:
        """GET from the control API."""
        return dict((await self.http.get(f"/sandbox/{path}", params=query)).json())

    async def chat(self, userid: str) -> list[dict[str, Any]]:
        """The messages of one member."""
        return list((await self.ask("messages", userid=userid))["items"])

    async def members(self, *userids: str) -> None:
        """Add members."""
        await self.tell("members", members=[{"userid": userid, "name": userid} for userid in userids])


async def serve(app: Sanic[Any, Any], port: int) -> Any:
    server: Any = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    await server.after_start()
    return server


async def end(server: Any) -> None:
    await server.before_stop()
    server.close()
    await server.after_stop()


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    port, bot_port = free_port(), free_port()
    settings = load_settings(
        {
            **WECOM,
            "QUTONG_SANDBOX_PORT": str(port),
            "QUTONG_BOT_PORT": str(bot_port),
            "WECOM_API_BASE": f"http://127.0.0.1:{port}/cgi-bin/",
            "WECOM_LOGIN_URL": f"http://127.0.0.1:{port}/wwlogin/sso/login",
            "WECHAT_API_BASE": f"http://127.0.0.1:{port}/",
        }
    )
    crypto = CallbackCrypto(settings.wecom.token, settings.wecom.aes_key, settings.wecom.corp_id)
    listener = Listener(crypto)
    bot: Sanic[Any, Any] = Sanic(f"sandbox-test-listener-{uuid4().hex}", configure_logging=False)
    bot.config.update(ACCESS_LOG=False, TOUCHUP=False)
    bot.add_route(listener.answer, "/wecom/callback", methods=["GET", "POST"])
    servers = [
        await serve(create_sandbox(settings, callback_timeout=0.3, retry_pause=0.01), port),
        await serve(bot, bot_port),
    ]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        wecom, wechat = WeComClient(settings.wecom, None, 5), WeChatClient(settings.wechat, None, 5)
        yield Sandbox(settings, http, wecom, wechat, listener)
        await wecom.aclose()
        await wechat.aclose()
    for server in servers:
        await end(server)


@pytest.fixture
async def sandbox(running: Sandbox) -> Sandbox:
    """The sandbox of this run, with nothing in it."""
    await running.tell("reset")
    listener = running.listener
    for left in (listener.received, listener.delays, listener.statuses, listener.replies):
        left.clear()
    return running


def card(**more: Any) -> dict[str, Any]:
    """An approval card with a task id of its own."""
    return (
        cards.approval_card(
            cards.ApprovalCard(
                task_id=more.pop("task_id", f"approval-{next(_numbers)}"),
                title="采购订单审批",
                number="PO1",
                buyer="华东经销商",
                total="¥1,234.50",
                url="http://localhost:8000/#/x",
                rows=[("商品", "苏打水")],
                reasons=[("stock", "库存不足"), ("other", "其他")],
            )
        )
        | more
    )


def passive(event: Any, **members: Any) -> str:
    """The XML of a passive reply to an event."""
    return xml.write({"ToUserName": event.from_user, "FromUserName": "corp", "CreateTime": "1", **members})


def kept(folder: Path) -> Path:
    """The file of a sandbox that remembers."""
    return folder / "sandbox.json"
