"""How both clients call: one shared access token, JSON in and out, errors by whether trying again may help."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
from redis import asyncio as aioredis

from server.core.redis import attempt
from server.core.weixin.errors import TOKEN_ERRORS, WeComError, WeComRetryable, error_for

Answer = dict[str, Any]
_EARLY = 300
"""Seconds by which a token is given up before WeCom would, so that none expires on its way."""

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff")


class Token(msgspec.Struct, frozen=True):
    """An access token and the seconds it is good for."""

    text: str
    seconds: int


class TokenStore:
    """One access token for all processes, in Redis; in this process's memory while Redis is away."""

    def __init__(self, key: str, redis: aioredis.Redis | None, fetch: Callable[[], Awaitable[Token]]) -> None:
        self._key, self._redis, self.fetch = key, redis, fetch
        self._lock = asyncio.Lock()
        self._mine, self._until = "", 0.0

    async def current(self, refused: str = "") -> str:
        """A token that is not `refused`: the shared one, or a new one."""
        async with self._lock:
            if self._redis is None or (shared := await attempt(self._redis.get(self._key))) is None:
                shared = self._mine if time.monotonic() < self._until else ""
            known = shared.decode() if isinstance(shared, bytes) else str(shared)
            if known and known != refused:
                return known
            return await self._renew()

    async def _renew(self) -> str:
        token = await self.fetch()
        seconds = max(token.seconds - _EARLY, 1)
        self._mine, self._until = token.text, time.monotonic() + seconds
        if self._redis is not None:
            await attempt(self._redis.set(self._key, token.text, ex=seconds))
        return token.text


class Transport:
    """HTTP to one API base, with the token in the query as both APIs want it."""

    def __init__(self, base: str, timeout: float) -> None:
        self._http = httpx.AsyncClient(base_url=base, timeout=httpx.Timeout(timeout, connect=min(timeout, 3.0)))

    async def call(self, method: str, path: str, query: dict[str, str], body: Answer | None = None) -> Answer:
        """One call; raises `WeComRetryable` or `WeComFinal` unless errcode is 0."""
        return _read(await self._send(method, path, query, body))

    async def _send(self, method: str, path: str, query: dict[str, str], body: Answer | None) -> httpx.Response:
        content = None if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"} if content is not None else None
        try:
            return await self._http.request(method, path, params=query, content=content, headers=headers)
        except httpx.TimeoutException:
            raise WeComRetryable(0, "没有在时限内回答") from None
        except httpx.TransportError as error:
            raise WeComRetryable(0, f"连接不上：{type(error).__name__}") from None

    async def call_with(
        self, tokens: TokenStore, path: str, body: Answer | None, query: dict[str, str] | None = None
    ) -> Answer:
        """One call with an access token, renewed once when it is refused (40001, 40014, 42001)."""
        method = "GET" if body is None else "POST"
        token = await tokens.current()
        try:
            return await self.call(method, path, {**(query or {}), "access_token": token}, body)
        except WeComError as error:
            if error.errcode not in TOKEN_ERRORS:
                raise
        token = await tokens.current(refused=token)
        return await self.call(method, path, {**(query or {}), "access_token": token}, body)

    async def picture(self, tokens: TokenStore, path: str, body: Answer) -> bytes:
        """One call that answers with a picture; what it answers instead is an error, as of the other calls."""
        for refused in ("", await tokens.current()):
            token = await tokens.current(refused)
            response = await self._send("POST", path, {"access_token": token}, body)
            if response.content.startswith(_PICTURES):
                return response.content
            try:
                _read(response)
            except WeComError as error:
                if refused or error.errcode not in TOKEN_ERRORS:
                    raise
        raise WeComRetryable(0, "回答里没有图片")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _read(response: httpx.Response) -> Answer:
    if response.status_code == 429 or response.status_code >= 500:
        raise WeComRetryable(0, f"HTTP {response.status_code}", _seconds(response.headers.get("Retry-After")))
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise WeComRetryable(0, f"回答不是 JSON(HTTP {response.status_code})")
    errcode = answer.get("errcode") or 0
    if errcode:
        raise error_for(int(errcode), str(answer.get("errmsg", "")))
    return answer


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None
