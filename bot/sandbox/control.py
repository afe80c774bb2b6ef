"""What a test or the page may do: see all, press, write, break, turn the clock."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import msgspec
from sanic import Blueprint, HTTPResponse, Request

from bot.sandbox.callback import Callbacks, NotPossible, as_json
from bot.sandbox.state import LoginCode, Message, Mode, State

_CODE_SECONDS = 300


class _Member(msgspec.Struct):
    userid: str
    name: str


class _Members(msgspec.Struct):
    members: list[_Member]


class _Mode(msgspec.Struct):
    mode: Mode
    seconds: float = 3.0
    answers_late: bool = False


class _Advance(msgspec.Struct):
    seconds: float


class _Press(msgspec.Struct):
    userid: str
    task_id: str
    button_key: str
    selected: dict[str, list[str] | str] = {}


class _Say(msgspec.Struct):
    userid: str
    text: str


class _Who(msgspec.Struct):
    userid: str


class _Code(msgspec.Struct):
    openid: str = ""
    unionid: str = ""
    userid: str = ""


class _Grant(msgspec.Struct):
    openid: str
    template_id: str
    count: int = 1
    verb: Literal["add", "set"] = "add"


def _json(found: Any, status: int = 200) -> HTTPResponse:
    return HTTPResponse(msgspec.json.encode(found), status, content_type="application/json; charset=utf-8")


def control_api(state: State, callbacks: Callbacks) -> Blueprint:
    """The routes under /sandbox/."""
    routes = Blueprint("control", url_prefix="/sandbox")
    _world(routes, state)
    _people(routes, state)
    _actions(routes, state, callbacks)
    _wechat(routes, state)

    routes.exception(msgspec.ValidationError, msgspec.DecodeError)(_invalid)
    routes.exception(NotPossible)(_not_possible)
    return routes


async def _invalid(request: Request, error: Exception) -> HTTPResponse:
    return _json({"detail": str(error)}, 400)


async def _not_possible(request: Request, error: Exception) -> HTTPResponse:
    return _json({"outcome": "not_possible", "detail": str(error)}, 409)


def _world(routes: Blueprint, state: State) -> None:
    @routes.get("/mode")
    async def mode(request: Request) -> HTTPResponse:
        """How the APIs behave, and what the clock shows."""
        return _json({"mode": state.mode, "seconds": state.slow_seconds, "now": state.now()})

    @routes.post("/mode", name="set_mode")
    async def set_mode(request: Request) -> HTTPResponse:
        """Up, down (503), slow by seconds, or rate_limited (45009)."""
        wish = msgspec.json.decode(request.body, type=_Mode)
        state.set_mode(wish.mode, wish.seconds if wish.mode == "slow" else 0.0, wish.answers_late)
        return _json({"mode": state.mode, "seconds": state.slow_seconds})

    @routes.post("/reset")
    async def reset(request: Request) -> HTTPResponse:
        """Forget everything."""
        state.reset()
        return _json({"mode": state.mode})

    @routes.post("/clock")
    async def advance(request: Request) -> HTTPResponse:
        """Turn the clock forward."""
        state.memory.clock_ahead += max(msgspec.json.decode(request.body, type=_Advance).seconds, 0.0)
        state.changed = True
        return _json({"now": state.now(), "ahead": state.memory.clock_ahead})


def _people(routes: Blueprint, state: State) -> None:
    @routes.get("/members")
    async def members(request: Request) -> HTTPResponse:
        """Everybody, the latest chat first, with what is unread."""
        found = [_summary(state, member.userid, member.name) for member in state.memory.members.values()]
        return _json({"items": sorted(found, key=lambda one: -one["last_at"])})

    @routes.post("/members", name="add_members")
    async def add_members(request: Request) -> HTTPResponse:
        """Add or rename members."""
        wish = msgspec.json.decode(request.body, type=_Members)
        for member in wish.members:
            state.add_member(member.userid, member.name)
        return _json({"count": len(state.memory.members)})

    @routes.get("/messages")
    async def messages(request: Request) -> HTTPResponse:
        """The chat of one member, or all; every message with all its versions."""
        userid = request.args.get("userid")
        found = [message for message in state.memory.messages if userid is None or message.userid == userid]
        return _json({"items": [_message(message) for message in found]})

    @routes.post("/read")
    async def read(request: Request) -> HTTPResponse:
        """The member has seen the chat."""
        userid = msgspec.json.decode(request.body, type=_Who).userid
        for message in state.memory.messages:
            if message.userid == userid and not message.read:
                message.read = state.changed = True
        return _json({"userid": userid})


def _actions(routes: Blueprint, state: State, callbacks: Callbacks) -> None:
    def known(userid: str) -> str:
        if state.member(userid) is None:
            raise NotPossible("没有这位成员")
        return userid

    @routes.post("/press")
    async def press(request: Request) -> HTTPResponse:
        """A member presses a button; answers how the callback went."""
        wish = msgspec.json.decode(request.body, type=_Press)
        selected = {key: [ids] if isinstance(ids, str) else ids for key, ids in wish.selected.items()}
        done = await callbacks.press(known(wish.userid), wish.task_id, wish.button_key, selected)
        return _json(as_json(done))

    @routes.post("/say")
    async def say(request: Request) -> HTTPResponse:
        """A member writes to the app."""
        wish = msgspec.json.decode(request.body, type=_Say)
        return _json(as_json(await callbacks.say(known(wish.userid), wish.text)))

    @routes.post("/enter")
    async def enter(request: Request) -> HTTPResponse:
        """A member opens the chat."""
        wish = msgspec.json.decode(request.body, type=_Who)
        return _json(as_json(await callbacks.enter(known(wish.userid))))

    @routes.post("/verify")
    async def verify(request: Request) -> HTTPResponse:
        """Check the bot's callback URL as WeCom does when it is saved."""
        return _json({"verified": await callbacks.verify()})

    @routes.get("/deliveries")
    async def deliveries(request: Request) -> HTTPResponse:
        """All calls of the bot, and how many messages were dropped per member."""
        found = [as_json(delivery) for delivery in state.memory.deliveries]
        return _json({"items": found, "dropped": state.memory.dropped})


def _wechat(routes: Blueprint, state: State) -> None:
    @routes.post("/codes")
    async def codes(request: Request) -> HTTPResponse:
        """A code of wx.login for `openid`, or of WeCom's OAuth for `userid`."""
        wish = msgspec.json.decode(request.body or b"{}", type=_Code)
        openid = wish.openid or ("" if wish.userid else f"o{secrets.token_hex(13)}")
        code = secrets.token_urlsafe(24)
        until = state.now() + _CODE_SECONDS
        state.memory.codes[code] = LoginCode(until, openid, wish.unionid, wish.userid)
        _know(state, openid)
        return _json({"code": code, "openid": openid, "userid": wish.userid})

    @routes.get("/grants")
    async def grants(request: Request) -> HTTPResponse:
        """How many subscribe messages each WeChat user still allows, by template."""
        return _json({"items": state.memory.grants})

    @routes.post("/grants", name="grant")
    async def grant(request: Request) -> HTTPResponse:
        """A WeChat user allows messages of a template: one each time."""
        wish = msgspec.json.decode(request.body, type=_Grant)
        _know(state, wish.openid)
        counts = state.memory.grants.setdefault(wish.openid, {})
        before = counts.get(wish.template_id, 0) if wish.verb == "add" else 0
        counts[wish.template_id] = max(before + wish.count, 0)
        return _json({"left": counts[wish.template_id]})


def _know(state: State, openid: str) -> None:
    state.changed = True
    if openid and openid not in state.memory.openids:
        state.memory.openids.append(openid)


def _message(message: Message) -> dict[str, Any]:
    shown = message.versions[-1]
    return {**msgspec.to_builtins(message), "content": shown.content, "grey": shown.grey}


def _summary(state: State, userid: str, name: str) -> dict[str, Any]:
    chat = [message for message in state.memory.messages if message.userid == userid]
    last = chat[-1] if chat else None
    return {
        "userid": userid,
        "name": name,
        "unread": sum(not message.read for message in chat),
        "last": _line(last) if last else "",
        "last_at": max((message.versions[-1].at for message in chat), default=0.0),
    }


def _line(message: Message) -> str:
    content = message.versions[-1].content
    if message.kind == "template_card":
        return f"[卡片] {(content.get('main_title') or {}).get('title') or content.get('sub_title_text', '')}"
    if message.kind == "subscribe":
        return "[服务通知] " + " ".join(str(field.get("value", "")) for field in content["data"].values())
    return str(content.get("content") or content.get("title") or "")[:60]
