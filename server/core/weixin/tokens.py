"""The access tokens of both APIs, shared by all processes."""

from __future__ import annotations

from redis import asyncio as aioredis

from server.core.weixin.errors import TOKEN_ERRORS, WeComError, WeComFinal, WeComRetryable
from server.core.weixin.transport import Answer, Token, TokenStore, Transport
from server.settings import WeChatSettings, WeComSettings


def wecom_tokens(settings: WeComSettings, transport: Transport, redis: aioredis.Redis | None) -> TokenStore:
    """The token of a WeCom app, by `gettoken` (WeCom path/91039)."""

    async def fetch() -> Token:
        query = {"corpid": settings.corp_id, "corpsecret": settings.secret}
        return _token(await _credentials(transport, "GET", "gettoken", query, None))

    return TokenStore(f"wecom:token:{settings.corp_id}:{settings.agent_id}", redis, fetch)


def wechat_tokens(settings: WeChatSettings, transport: Transport, redis: aioredis.Redis | None) -> TokenStore:
    """The token of a mini-program, by `cgi-bin/stable_token`, which answers every process the same."""

    async def fetch() -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": settings.app_id,
            "secret": settings.app_secret,
            "force_refresh": False,
        }
        return _token(await _credentials(transport, "POST", "cgi-bin/stable_token", {}, body))

    return TokenStore(f"wechat:token:{settings.app_id}", redis, fetch)


async def _credentials(
    transport: Transport, method: str, path: str, query: dict[str, str], body: Answer | None
) -> Answer:
    """Ask for a token; 40001 here means that the secret is wrong, which no second try mends."""
    try:
        return await transport.call(method, path, query, body)
    except WeComError as error:
        if error.errcode in TOKEN_ERRORS:
            raise WeComFinal(error.errcode, error.errmsg) from None
        raise


def _token(answer: Answer) -> Token:
    try:
        return Token(str(answer["access_token"]), int(answer.get("expires_in", 7200)))
    except (KeyError, ValueError):
        raise WeComRetryable(0, "回答里没有 access_token") from None
