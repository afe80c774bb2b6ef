"""Signing in with WeChat, and the mini-program codes that it makes."""

from __future__ import annotations

import base64
import hashlib
import logging
from datetime import timedelta

import httpx
import msgspec
from cryptography.fernet import Fernet, InvalidToken

from server.core import audit, clock, db
from server.core.errors import BusinessError, NotFound, Unavailable
from server.core.redis import client
from server.core.weixin.errors import WeComError
from server.core.weixin.tokens import wechat_tokens
from server.core.weixin.transport import Transport
from server.identity import service
from server.identity.queries import Device
from server.identity.service import NewSession
from server.settings import Settings, WeChatSettings

TICKET_LIFE = timedelta(minutes=10)
TIMEOUT = 5.0
_log = logging.getLogger("qutong.wechat")


_BIND = """
INSERT INTO wechat_binding (app_id, openid, account_id, unionid, bound_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (app_id, openid)
DO UPDATE SET account_id = excluded.account_id, unionid = excluded.unionid, bound_at = excluded.bound_at
"""


class WeChatCodeInvalid(BusinessError):
    """The login code is wrong, used or too old (40029, 40163)."""

    status, code, title = 401, "wechat_code_invalid", "微信登录失败"


class WeChatUnbound(BusinessError):
    """No account is bound to this WeChat user yet; a ticket to bind one comes along."""

    status, code, title = 404, "wechat_unbound", "微信还没有绑定账号"


class _CodeAnswer(msgspec.Struct):
    errcode: int = 0
    openid: str = ""
    unionid: str | None = None


class _Ticket(msgspec.Struct):
    openid: str
    unionid: str | None


def _cipher(settings: WeChatSettings) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"bind:" + settings.app_secret.encode()).digest()))


async def _code_to_session(settings: WeChatSettings, code: str) -> _CodeAnswer:
    """`sns/jscode2session`; the session key in the answer is not even read."""
    if not settings.configured:
        raise Unavailable("微信登录还没有配置，请用手机号登录")
    parameters = {
        "appid": settings.app_id,
        "secret": settings.app_secret,
        "js_code": code,
        "grant_type": "authorization_code",
    }
    try:
        async with httpx.AsyncClient(base_url=settings.api_base, timeout=TIMEOUT) as http:
            answer = await http.get("sns/jscode2session", params=parameters)
        found = msgspec.json.decode(answer.content, type=_CodeAnswer)
    except (httpx.HTTPError, msgspec.DecodeError):
        raise Unavailable("暂时连不上微信，请用手机号登录") from None
    if found.errcode in (40029, 40163) or (not found.errcode and not found.openid):
        raise WeChatCodeInvalid("微信登录凭证已失效，请重新打开小程序")
    if found.errcode:
        raise Unavailable("微信暂时无法登录，请用手机号登录")
    return found


async def login(settings: Settings, code: str, device: Device) -> NewSession:
    """Sign in the account bound to the WeChat user; `WeChatUnbound` brings a ticket for `bind`."""
    await service.limit_logins(settings, f"address:{device.address}")
    found = await _code_to_session(settings.wechat, code)
    account_id = await db.value(
        "SELECT account_id FROM wechat_binding WHERE app_id = $1 AND openid = $2", settings.wechat.app_id, found.openid
    )
    if account_id is None:
        content = msgspec.json.encode(_Ticket(found.openid, found.unionid))
        ticket = _cipher(settings.wechat).encrypt_at_time(content, int(clock.now().timestamp())).decode()
        raise WeChatUnbound("请输入手机号和密码，绑定后下次可直接进入", bind_ticket=ticket)
    return await service.open_session(account_id, settings.session_days, device)


async def bind(settings: Settings, ticket: str, phone: str, password: str, device: Device) -> NewSession:
    """Bind the WeChat user of a ticket to the account with this phone and password, and sign in.

    A WeChat user has one account: binding another one takes the place of the first.
    """
    if not settings.wechat.configured:  # the tickets' key is made from the secret
        raise Unavailable("微信登录还没有配置，请用手机号登录")
    try:
        content = _cipher(settings.wechat).decrypt_at_time(
            ticket.encode(), int(TICKET_LIFE.total_seconds()), int(clock.now().timestamp())
        )
    except InvalidToken:
        raise WeChatCodeInvalid("绑定已超时，请重新打开小程序") from None
    found = msgspec.json.decode(content, type=_Ticket)
    account_id = await service.verify_password(settings, phone, password, device)
    actor = await service.enter(account_id, device)
    async with db.transaction():
        await db.run(_BIND, settings.wechat.app_id, found.openid, account_id, found.unionid, clock.now())
        await audit.record(actor, "bind_wechat", "account", account_id, {})
    return await service.open_session(account_id, settings.session_days, device)


async def user_of(settings: WeChatSettings, code: str) -> tuple[str, str | None]:
    """The WeChat user behind a code of wx.login, as (openid, unionid)."""
    found = await _code_to_session(settings, code)
    return found.openid, found.unionid


async def mini_code(settings: WeChatSettings, page: str, scene: str) -> str | None:
    """The picture of a mini-program code that opens a page, as a data URL; None while WeChat makes none.

    `wxacode.getUnlimited`: a scene has 32 signs at most. The page need not be published yet (`check_path`).
    """
    if not settings.configured:
        return None
    transport = Transport(settings.api_base, TIMEOUT)
    body = {"scene": scene, "page": page, "check_path": False, "env_version": "release", "width": 430}
    try:
        picture = await transport.picture(wechat_tokens(settings, transport, client()), "wxa/getwxacodeunlimit", body)
    except WeComError as error:
        _log.warning("no_mini_code", extra={"reason": str(error)})
        return None
    finally:
        await transport.aclose()
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


async def openid_of(account_id: int, app_id: str) -> str:
    """The WeChat user of an account; `NotFound` when none is bound."""
    openid: str | None = await db.value(
        "SELECT openid FROM wechat_binding WHERE account_id = $1 AND app_id = $2 ORDER BY bound_at DESC LIMIT 1",
        account_id,
        app_id,
    )
    if openid is None:
        raise NotFound("这个账号没有绑定微信")
    return openid
