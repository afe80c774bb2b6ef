"""WeCom's API as the bot calls it: tokens, sending, changing cards, the group robot, logging in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from sanic import Blueprint, HTTPResponse, Request

from bot.sandbox.cards import can_call_back, problem
from bot.sandbox.state import Message, State
from server.settings import Settings

Body = dict[str, Any]
_TEXT_BYTES, _TITLE_BYTES, _DESCRIPTION_BYTES = 2048, 128, 512
_ONLINE = {40014: "invalid access_token", 42001: "access_token expired"}


def answer(errcode: int = 0, errmsg: str = "ok", **more: Any) -> HTTPResponse:
    """An answer as both APIs give it: always HTTP 200, the outcome in `errcode`."""
    body = msgspec.json.encode({"errcode": errcode, "errmsg": errmsg, **more})
    return HTTPResponse(body, content_type="application/json; charset=utf-8")


def read(request: Request) -> Body:
    """The JSON body, or an empty one."""
    try:
        found = msgspec.json.decode(request.body or b"{}")
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def refused(state: State, kind: str, request: Request) -> HTTPResponse | None:
    """The answer to a call with a token that is not good."""
    token = request.args.get("access_token") or ""
    if not token:
        return answer(41001, "access_token missing")
    errcode = state.token_error(kind, token)
    return answer(errcode, _ONLINE[errcode]) if errcode else None


def wecom_api(settings: Settings, state: State) -> Blueprint:
    """The routes under /cgi-bin/ that belong to WeCom."""
    routes = Blueprint("wecom")
    app = settings.wecom

    @routes.get("/cgi-bin/gettoken")
    async def gettoken(request: Request) -> HTTPResponse:
        """WeCom path/91039."""
        if request.args.get("corpid") != app.corp_id:
            return answer(40013, "invalid corpid")
        if request.args.get("corpsecret") != app.secret:
            return answer(40001, "invalid credential")
        return answer(access_token=state.new_token("wecom"), expires_in=7200)

    @routes.post("/cgi-bin/message/send")
    async def send(request: Request) -> HTTPResponse:
        """WeCom path/90236."""
        return refused(state, "wecom", request) or _send(state, app.agent_id, read(request))

    @routes.post("/cgi-bin/message/update_template_card")
    async def update(request: Request) -> HTTPResponse:
        """WeCom path/94945."""
        return refused(state, "wecom", request) or _update(state, app.agent_id, read(request))

    @routes.post("/cgi-bin/webhook/send")
    async def webhook(request: Request) -> HTTPResponse:
        """WeCom path/91770: the group robot, 20 a minute."""
        key, body = request.args.get("key") or "", read(request)
        if not key:
            return answer(93000, "invalid webhook url")
        content = body.get(body.get("msgtype", ""))
        if not isinstance(content, dict):
            return answer(40008, "invalid message type")
        if not state.webhook_allowed(key):
            return answer(45009, "api freq out of limit")
        state.add_member(f"group:{key}", f"群机器人 {key}")
        state.add_message(f"group:{key}", secrets.token_hex(8), body["msgtype"], content)
        return answer()

    @routes.get("/cgi-bin/auth/getuserinfo")
    async def getuserinfo(request: Request) -> HTTPResponse:
        """WeCom path/91023."""
        if (no := refused(state, "wecom", request)) is not None:
            return no
        code = state.memory.codes.get(request.args.get("code") or "")
        if code is None or not code.userid or code.used or code.until <= state.now():
            return answer(40029, "invalid code")
        code.used = True
        state.changed = True
        return answer(userid=code.userid)

    return routes


def _send(state: State, agent_id: int, body: Body) -> HTTPResponse:
    kind = body.get("msgtype")
    content = body.get(kind) if isinstance(kind, str) else None
    if body.get("agentid") != agent_id:
        return answer(40056, "invalid agentid")
    check = _CHECKS.get(str(kind))
    if check is None:
        return answer(40008, "invalid message type")
    if not isinstance(content, dict) or not content:
        return answer(44004, "empty content")
    wanted = _wanted(state, str(body.get("touser") or ""))
    known = [userid for userid in wanted if state.member(userid) is not None]
    if not known:
        return answer(81013, "user & party & tag all invalid", invaliduser="|".join(wanted))
    invalid = "|".join(userid for userid in wanted if userid not in known)
    if _sent_before(state, known, body, content):
        return answer(invaliduser=invalid, msgid=secrets.token_hex(16))
    found = check(content) or _task_taken(state, content)
    if found:
        return answer(*found)
    return _put(state, known, str(kind), content, invalid)


def _put(state: State, userids: list[str], kind: str, content: Body, invalid: str) -> HTTPResponse:
    """The message in the chats of those who are below their limit; nobody is told about the others."""
    msgid = secrets.token_hex(16)
    task_id = str(content.get("task_id") or "") if kind == "template_card" else ""
    for userid in userids:
        if state.allowed(userid):
            state.add_message(userid, msgid, kind, content, task_id)
    more: Body = {"invaliduser": invalid, "msgid": msgid}
    if kind == "template_card" and can_call_back(content):
        more["response_code"] = state.new_response_code(task_id)
    return answer(**more)


def _wanted(state: State, touser: str) -> list[str]:
    if touser == "@all":
        return [userid for userid in state.memory.members if ":" not in userid]
    return list(dict.fromkeys(userid.strip() for userid in touser.split("|") if userid.strip()))


def _sent_before(state: State, userids: list[str], body: Body, content: Body) -> bool:
    """`enable_duplicate_check`: the same content to the same members within the interval is not shown again.

    What WeCom answers then is not published; the sandbox answers success without a response code, which is the
    less convenient of the possibilities.
    """
    if not body.get("enable_duplicate_check"):
        return False
    raw = msgspec.json.encode([sorted(userids), body.get("msgtype"), content], order="sorted")
    interval = min(int(body.get("duplicate_check_interval") or 1800), 4 * 3600)
    return state.seen_lately(hashlib.sha256(raw).hexdigest(), interval)


def _task_taken(state: State, content: Body) -> tuple[int, str] | None:
    task_id = content.get("task_id")
    taken = task_id and any(code.task_id == task_id for code in state.memory.response_codes.values())
    return (42014, "taskid has existed or empty or exceed max len") if taken else None


def _text(content: Body) -> tuple[int, str] | None:
    text = content.get("content")
    if not isinstance(text, str) or not text:
        return 44004, "empty content"
    content["content"] = text.encode()[:_TEXT_BYTES].decode("utf-8", "ignore")
    return None


def _textcard(content: Body) -> tuple[int, str] | None:
    for name, most in (("title", _TITLE_BYTES), ("description", _DESCRIPTION_BYTES), ("url", 2048)):
        if not isinstance(content.get(name), str) or not content[name]:
            return 41048, f"textcard.{name} missing"
        content[name] = content[name].encode()[:most].decode("utf-8", "ignore")
    return None


_CHECKS: dict[str, Callable[[Body], tuple[int, str] | None]] = {
    "text": _text,
    "markdown": _text,
    "textcard": _textcard,
    "template_card": lambda card: problem(card, new=True),
}


def _update(state: State, agent_id: int, body: Body) -> HTTPResponse:
    """Change the copies of a card; the code is spent by a call that is well formed."""
    if body.get("agentid") != agent_id:
        return answer(40056, "invalid agentid")
    code = state.memory.response_codes.get(str(body.get("response_code") or ""))
    if code is None:
        return answer(40058, "response_code invalid")
    if code.used:
        return answer(40058, "response_code already used")
    if code.until <= state.now():
        return answer(40058, "response_code expired")
    card, grey = body.get("template_card"), str((body.get("button") or {}).get("replace_name") or "")
    if card is None and not grey:
        return answer(40058, "button.replace_name or template_card missing")
    if card is not None and (found := problem(card, new=False)):
        return answer(*found)
    copies = state.copies(code.task_id)
    chosen = _chosen(copies, body)
    code.used = True
    state.changed = True
    for message in chosen:
        state.change(message, card, grey)
    having = {message.userid for message in copies}
    return answer(invaliduser=[userid for userid in body.get("userids") or [] if userid not in having])


def _chosen(copies: list[Message], body: Body) -> list[Message]:
    if body.get("atall") == 1:
        return copies
    wanted = set((body.get("userids") or [])[:1000])
    return [message for message in copies if message.userid in wanted]
