"""Signing in to the console by WeCom's QR code, and binding one's member to one's account (S2.1).

WeCom's page shows the code; whoever confirms on his phone is sent back with a `code`, which this server exchanges for
the member (WeCom path/98152, path/98176). The `state` that goes along and comes back is signed, works once within ten
minutes, and belongs to the browser that began: that one alone knows the secret whose hash was signed with it, so
nobody can be signed in to another's account by a link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode

from asyncpg import UniqueViolationError

from server.core import audit, clock, db, live
from server.core.actor import Actor
from server.core.errors import BusinessError, NotFound, Unavailable
from server.core.redis import client
from server.core.weixin.errors import WeComError, WeComFinal, WeComRetryable
from server.core.weixin.tokens import wecom_tokens
from server.core.weixin.transport import Transport
from server.identity import service
from server.identity.accounts import PhoneTaken
from server.identity.models import Account
from server.identity.queries import Device
from server.identity.service import NewSession
from server.settings import Settings, WeComSettings

Purpose = Literal["login", "bind"]

LIFE = timedelta(minutes=10)
TIMEOUT = 5.0
_BACK: dict[Purpose, str] = {"login": "/console/login?by=wecom", "bind": "/console/account"}
"""The console's pages to which WeCom sends the browser back."""
_BAD_CODE = frozenset({40029, 40163, 42003})
_SHAPE = struct.Struct(">I16s")  # end, what makes it the only one of its kind
_SIGNED = 16
_BIND = """
UPDATE account SET wecom_userid = $2, version = version + 1 WHERE id = $1 AND wecom_userid IS DISTINCT FROM $2::text
"""
_USED = "INSERT INTO wecom_state (once, at) VALUES ($1, $2) ON CONFLICT DO NOTHING"


class WeComRefused(BusinessError):
    """The code or the state is wrong, used, too old, or another browser's."""

    status, code, title = 401, "wecom_refused", "企业微信登录失败"


class WeComUnknown(BusinessError):
    """No account has this WeCom member."""

    status, code, title = 404, "wecom_unknown", "企业微信还没有绑定账号"


def _sign(settings: WeComSettings, purpose: Purpose, content: bytes, challenge: bytes) -> bytes:
    key = hashlib.sha256(b"wecom state:" + settings.secret.encode()).digest()
    return hmac.digest(key, purpose.encode() + content + challenge, hashlib.sha256)[:_SIGNED]


def _configured(settings: Settings) -> WeComSettings:
    if not settings.wecom.configured:
        raise Unavailable("企业微信登录还没有配置，请用手机号和密码登录")
    return settings.wecom


async def begin(settings: Settings, purpose: Purpose, challenge: str, address: str) -> str:
    """The address of WeCom's page; `challenge` is the SHA-256 of the browser's secret, base64url."""
    await service.limit_logins(settings, f"address:{address}")
    app = _configured(settings)
    content = _SHAPE.pack(int((clock.now() + LIFE).timestamp()), secrets.token_bytes(16))
    hashed = base64.urlsafe_b64decode(challenge + "==")
    query = {
        "login_type": "CorpApp",
        "appid": app.corp_id,
        "agentid": app.agent_id,
        "redirect_uri": settings.public_url.rstrip("/") + _BACK[purpose],
        "state": (content + _sign(app, purpose, content, hashed)).hex(),
    }
    return f"{app.login_url}?{urlencode(query)}"


async def _take_state(app: WeComSettings, purpose: Purpose, state: str, verifier: str) -> None:
    """Use a state up; refused when it is forged, old, used, or another browser's."""
    refused = WeComRefused("登录已超时或不是在这个浏览器里发起的，请重新扫码")
    try:
        given = bytes.fromhex(state)
        end, once = _SHAPE.unpack(given[: _SHAPE.size])
    except (ValueError, struct.error):
        raise refused from None
    challenge = hashlib.sha256(verifier.encode()).digest()
    right = _sign(app, purpose, given[: _SHAPE.size], challenge)
    if end < clock.now().timestamp() or not hmac.compare_digest(right, given[_SHAPE.size :]):
        raise refused
    if not await db.run(_USED, once, clock.now()):
        raise refused


async def _member(app: WeComSettings, code: str) -> str:
    """The member behind a code, which works once (`auth/getuserinfo`, WeCom path/98176)."""
    transport = Transport(app.api_base, TIMEOUT)
    try:
        found = await transport.call_with(
            wecom_tokens(app, transport, client()), "auth/getuserinfo", None, {"code": code}
        )
    except WeComRetryable:
        raise Unavailable("暂时连不上企业微信，请稍后再试，或用手机号和密码登录") from None
    except WeComFinal as error:
        if error.errcode in _BAD_CODE:
            raise WeComRefused("二维码已失效，请重新扫码") from None
        raise Unavailable(f"企业微信暂时无法登录，请用手机号和密码登录（{error.errcode}）") from None
    except WeComError:
        raise Unavailable("企业微信暂时无法登录，请用手机号和密码登录") from None
    finally:
        await transport.aclose()
    userid = str(found.get("userid") or found.get("UserId") or "")
    if not userid:
        raise WeComUnknown("您不是本企业的企业微信成员，请用手机号和密码登录")
    return userid


async def login(settings: Settings, code: str, state: str, verifier: str, device: Device) -> NewSession:
    """Sign in the account of the member who scanned; `WeComUnknown` where there is none."""
    await service.limit_logins(settings, f"address:{device.address}")
    app = _configured(settings)
    await _take_state(app, "login", state, verifier)
    userid = await _member(app, code)
    account = await Account.get_or_none(wecom_userid=userid)
    if account is None:
        raise WeComUnknown(f"企业微信成员 {userid} 还没有绑定账号：请用手机号登录后在“个人资料”里绑定")
    return await service.open_session(account.id, settings.session_days, device)


async def bind(settings: Settings, actor: Actor, code: str, state: str, verifier: str) -> None:
    """Make the member who scanned the own account's; another account's member stays there."""
    app = _configured(settings)
    await _take_state(app, "bind", state, verifier)
    await _set(actor, await _member(app, code))


async def unbind(actor: Actor) -> None:
    """Take the own member off: no more sign-in and no cards by WeCom."""
    await _set(actor, None)


async def _set(actor: Actor, userid: str | None) -> None:
    try:
        async with db.transaction():
            if not await db.run(_BIND, actor.account_id, userid) and userid is None:
                raise NotFound("这个账号没有绑定企业微信")
            verb = "unbind_wecom" if userid is None else "bind_wecom"
            await audit.record(actor, verb, "account", actor.account_id, {"wecom_userid": userid})
            await live.wake_account(actor.account_id)
    except UniqueViolationError:
        raise PhoneTaken("这位企业微信成员已经绑定了别的账号，请先在那个账号上解绑") from None
