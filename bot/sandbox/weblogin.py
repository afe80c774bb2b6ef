"""WeCom's page for signing in to a web application by QR code (WeCom path/98152), and the phone that scans it.

The page shows the code and waits; the phone's page asks which member scans, and confirms or refuses. Then the browser
is sent back to the application: with a code that works once, or without one.
"""

from __future__ import annotations

import secrets
from html import escape
from urllib.parse import urlencode, urlsplit

import msgspec
import segno
from sanic import Blueprint, HTTPResponse, Request
from sanic.request import RequestParameters
from sanic.response import html

from bot.sandbox.state import LoginCode, State, WebLogin
from server.settings import Settings

_LIFE, _CODE_LIFE = 600, 300
_HEADERS = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:", "Cache-Control": "no-store"}
_FRAME = """<!doctype html>
<html lang="zh-CN">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title}</title>
  <link rel="stylesheet" href="/static/weblogin.css">
</head>
<body data-key="{key}">
  <main class="card">{content}</main>
  <script type="module" src="/static/weblogin.js"></script>
</body>
</html>"""
_QR = """
<h1>企业微信扫码登录</h1>
<img class="qr" src="{picture}" alt="登录二维码" width="240" height="240">
<p id="words" role="status">请使用企业微信扫描二维码，登录“渠通”</p>
<p><a href="{scan}" target="_blank" rel="noopener">沙箱：假装用手机扫码</a></p>"""
_PHONE = """
<h1>登录“渠通”</h1>
<p>沙箱里没有手机：请选择由哪位成员扫码。</p>
<form method="post">
  <label>成员 <input name="userid" list="members" required autocomplete="off" autofocus></label>
  <datalist id="members">{members}</datalist>
  <div class="row">
    <button name="verdict" value="no" formnovalidate>取消</button>
    <button name="verdict" value="yes" class="primary">确认登录</button>
  </div>
</form>"""


def _page(title: str, content: str, key: str = "", status: int = 200) -> HTTPResponse:
    return html(_FRAME.format(title=title, key=escape(key), content=content), status, _HEADERS)


def _wrong(words: str) -> HTTPResponse:
    return _page("企业微信", f"<h1>该链接无法访问</h1><p>{escape(words)}</p>", status=400)


def web_login(settings: Settings, state: State) -> Blueprint:
    """The routes under /wwlogin/."""
    routes = Blueprint("weblogin", url_prefix="/wwlogin")
    app = settings.wecom

    @routes.get("/sso/login")
    async def show_qr(request: Request) -> HTTPResponse:
        """The QR code, for ten minutes; refused like WeCom does where a parameter is wrong."""
        given = {name: request.args.get(name) or "" for name in ("login_type", "appid", "agentid", "redirect_uri")}
        if given["login_type"] != "CorpApp" or given["appid"] != app.corp_id or given["agentid"] != str(app.agent_id):
            return _wrong("login_type、appid 或 agentid 不对")
        if urlsplit(given["redirect_uri"]).scheme not in ("http", "https"):
            return _wrong("redirect_uri 不在可信域名下")
        key = secrets.token_urlsafe(18)
        until = state.now() + _LIFE
        state.web_logins[key] = WebLogin(given["redirect_uri"], request.args.get("state") or "", until)
        scan = f"{request.scheme}://{request.host}/wwlogin/scan?key={key}"
        picture = segno.make(scan, error="m").png_data_uri(scale=8, border=2)
        return _page("企业微信登录", _QR.format(picture=picture, scan=escape(scan)), key)

    @routes.get("/scan")
    async def phone(request: Request) -> HTTPResponse:
        """What the phone shows."""
        if _waiting(state, request) is None:
            return _wrong("二维码已失效，请刷新登录页")
        names = "".join(
            f'<option value="{escape(member.userid)}">{escape(member.name)}</option>'
            for member in state.memory.members.values()
            if ":" not in member.userid
        )
        return _page("确认登录", _PHONE.format(members=names))

    @routes.post("/scan", name="decide")
    async def decide(request: Request) -> HTTPResponse:
        """The member confirms or refuses."""
        waiting = _waiting(state, request)
        if waiting is None:
            return _wrong("二维码已失效，请刷新登录页")
        form, answer = request.form or RequestParameters(), {"state": waiting.state}
        userid = str(form.get("userid") or "").strip()
        if form.get("verdict") == "yes":
            if state.member(userid) is None:
                return _page("确认登录", "<h1>没有这位成员</h1><p>请返回重新选择。</p>", status=404)
            code = secrets.token_urlsafe(24)
            state.memory.codes[code] = LoginCode(state.now() + _CODE_LIFE, userid=userid)
            answer = {"code": code, "state": waiting.state, "appid": app.corp_id}
        state.changed = True
        waiting.back = f"{waiting.redirect_uri}{'&' if '?' in waiting.redirect_uri else '?'}{urlencode(answer)}"
        words = "已确认，请回到电脑" if "code" in answer else "已取消登录"
        return _page("确认登录", f"<h1>{words}</h1>")

    @routes.get("/poll")
    async def poll(request: Request) -> HTTPResponse:
        """Where the browser goes, once the phone has answered."""
        waiting = state.web_logins.get(request.args.get("key") or "")
        found = {"back": waiting.back if waiting else "", "over": waiting is None or waiting.until <= state.now()}
        return HTTPResponse(msgspec.json.encode(found), content_type="application/json")

    return routes


def _waiting(state: State, request: Request) -> WebLogin | None:
    """The sign-in that waits for the phone; none where it was answered or is too old."""
    found = state.web_logins.get(request.args.get("key") or "")
    return found if found and not found.back and found.until > state.now() else None
