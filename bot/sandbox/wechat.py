"""WeChat's API as the mini-program's server side calls it: login codes, the token, subscribe messages."""

from __future__ import annotations

import io
import re
import secrets
from typing import Any
from urllib.parse import quote

import msgspec
import segno
from sanic import Blueprint, HTTPResponse, Request

from bot.sandbox.state import State
from bot.sandbox.wecom import answer, read, refused
from server.settings import Settings

_RULES = (
    ("thing", re.compile(r".{1,20}", re.DOTALL)),
    ("phrase", re.compile(r"[\u4e00-\u9fff]{1,5}")),
    ("character_string", re.compile(r"[\x21-\x7e]{1,32}")),
    ("number", re.compile(r"-?\d{1,32}(\.\d+)?")),
    ("amount", re.compile(r"[¥￥$]?\d{1,10}(\.\d{1,2})?元?")),
    ("time", re.compile(r"(\d{4}[-年]\d{1,2}[-月]\d{1,2}日? ?)?(\d{1,2}:\d{2}(:\d{2})?)?.{0,24}")),
    ("date", re.compile(r"\d{4}[-年]\d{1,2}[-月]\d{1,2}日?.{0,24}")),
    ("letter", re.compile(r"[A-Za-z]{1,32}")),
    ("symbol", re.compile(r"[^\w\s]{1,5}")),
    ("name", re.compile(r"[\u4e00-\u9fff]{1,10}|[ -~]{1,20}")),
    ("phone_number", re.compile(r"[\d+\- ]{1,17}")),
)
"""Longest and allowed characters of each kind of value; thing is published, the others from SDKs' documentation."""
_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}")


def wechat_api(settings: Settings, state: State) -> Blueprint:
    """WeChat's routes."""
    routes = Blueprint("wechat")
    app = settings.wechat

    @routes.get("/sns/jscode2session")
    async def jscode2session(request: Request) -> HTTPResponse:
        """WeChat `code2Session`: a code works once and for five minutes."""
        if request.args.get("appid") != app.app_id:
            return answer(40013, "invalid appid")
        if request.args.get("secret") != app.app_secret:
            return answer(40125, "invalid appsecret")
        code = state.memory.codes.get(request.args.get("js_code") or "")
        if code is None or not code.openid or code.until <= state.now():
            return answer(40029, "invalid code")
        if code.used:
            return answer(40163, "code been used")
        code.used = True
        state.changed = True
        body = {"openid": code.openid, "session_key": secrets.token_urlsafe(16)}
        if code.unionid:
            body["unionid"] = code.unionid
        return HTTPResponse(msgspec.json.encode(body), content_type="application/json")

    @routes.post("/cgi-bin/stable_token")
    async def stable_token(request: Request) -> HTTPResponse:
        """WeChat `getStableAccessToken`."""
        body = read(request)
        if body.get("appid") != app.app_id:
            return answer(40013, "invalid appid")
        if body.get("secret") != app.app_secret:
            return answer(40125, "invalid appsecret")
        found = {"access_token": state.new_token("wechat"), "expires_in": 7200}
        return HTTPResponse(msgspec.json.encode(found), content_type="application/json")

    @routes.post("/wxa/getwxacodeunlimit")
    async def getwxacodeunlimit(request: Request) -> HTTPResponse:
        """WeChat `wxacode.getUnlimited`; a QR code of page and scene stands for the round code of WeChat's own."""
        return refused(state, "wechat", request) or _mini_code(read(request))

    @routes.post("/cgi-bin/message/subscribe/send")
    async def subscribe_send(request: Request) -> HTTPResponse:
        """WeChat `subscribeMessage.send`: each message spends one grant."""
        return refused(state, "wechat", request) or _send(state, app.template_order, read(request))

    return routes


def _send(state: State, template_order: str, body: dict[str, Any]) -> HTTPResponse:
    openid, template = str(body.get("touser") or ""), str(body.get("template_id") or "")
    if not openid or (openid not in state.memory.openids and not state.open_membership):
        return answer(40003, "invalid openid")
    if template_order and template != template_order:
        return answer(40037, "invalid template_id")
    if not re.fullmatch(r"[\w/-]*(\?[^\s#]*)?", str(body.get("page") or "")):
        return answer(41030, "invalid page")
    wrong = _breaking(body.get("data"))
    if wrong:
        return answer(47003, f"argument invalid! data.{wrong}.value invalid")
    grants = state.memory.grants.get(openid, {})
    if grants.get(template, 0) < 1:
        return answer(43101, "user refuse to accept the msg")
    grants[template] -= 1
    userid = f"wx:{openid}"
    state.add_member(userid, f"微信 {openid}")
    state.add_message(userid, secrets.token_hex(8), "subscribe", {"data": body["data"], "page": body.get("page")})
    return answer(msgid=state.next_id())


def _mini_code(body: dict[str, Any]) -> HTTPResponse:
    scene, page = str(body.get("scene") or ""), str(body.get("page") or "")
    if not _SCENE.fullmatch(scene):
        return answer(40097, "invalid args")
    if page.startswith("/") or "?" in page:
        return answer(41030, "invalid page")
    picture = io.BytesIO()
    segno.make(f"{page}?scene={quote(scene)}", error="m").save(picture, kind="png", scale=8, border=2, dark="#07543a")
    return HTTPResponse(picture.getvalue(), content_type="image/png")


def _breaking(data: Any) -> str:
    """The first field whose value breaks its rule; empty when none does."""
    if not isinstance(data, dict) or not data:
        return "data"
    for name, field in data.items():
        value = field.get("value") if isinstance(field, dict) else None
        rule = next((rule for kind, rule in _RULES if re.fullmatch(rf"{kind}\d+", name)), None)
        if rule is None or not isinstance(value, str) or not rule.fullmatch(value):
            return str(name)
    return ""
