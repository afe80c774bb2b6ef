"""HTTP of accounts and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sanic import Request

from server.channel.schemas import FreezeRequest
from server.core.actor import Actor
from server.core.errors import NotFound, NotSignedIn, OrgFrozen, StaleVersion, TooManyRequests, Unavailable
from server.core.http import RequestInfo, Routes
from server.core.types import OrgRef
from server.identity import accounts, lists, queries, service, substitutes, wechat
from server.identity.roles import ROLE_NAMES
from server.identity.schemas import (
    AccountDetail,
    AccountEdit,
    AccountFilter,
    AccountList,
    LoginRequest,
    Me,
    NewAccount,
    NewPassword,
    NewSubstitute,
    OwnOrg,
    PageQuery,
    PasswordChange,
    SessionList,
    SessionOut,
    SignedIn,
    SignInList,
    SubstituteList,
    SubstituteOut,
    WeChatBind,
    WeChatLogin,
)
from server.settings import Settings

routes = Routes("identity")

_LOGIN_ERRORS = [
    service.WrongPassword,
    service.AccountLocked,
    service.AccountFrozen,
    OrgFrozen,
    TooManyRequests,
    Unavailable,
]
_WECHAT_ERRORS = [*_LOGIN_ERRORS, wechat.WeChatCodeInvalid]


def settings_of(request: Request) -> Settings:
    """The settings of this process."""
    settings: Settings = request.app.ctx.settings
    return settings


def device_of(client: str, info: RequestInfo, way: queries.Way) -> queries.Device:
    """From what somebody signs in."""
    return queries.Device(client or info.agent, info.address, way)


async def _me(actor: Actor) -> Me:
    page = await queries.own_page(actor.account_id)
    if page is None:
        raise NotSignedIn("请先登录")
    supplier = None if actor.supplier_id is None else OrgRef(actor.supplier_id, page["supplier_name"])
    org = OwnOrg(
        id=actor.org_id,
        kind=actor.org_kind,  # type: ignore[arg-type]
        name=actor.org_name,
        path=actor.path,
        region_code=page["region_code"],
        address=page["address"],
        contact_name=page["contact_name"],
        contact_phone=page["contact_phone"],
    )
    return Me(
        account_id=actor.account_id,
        name=actor.name,
        phone=page["phone"],
        role=actor.role,
        role_id=page["role_id"],
        role_name=page["own_role"] or ROLE_NAMES.get(actor.role, actor.role),
        permissions=sorted(actor.permissions),
        wecom_userid=page["wecom_userid"],
        wechat_bound=page["wechat_bound"],
        org=org,
        supplier=supplier,
        unread_notices=page["unread"],
    )


async def signed_in(opened: service.NewSession) -> SignedIn:
    """A session that has just been opened, as an answer."""
    return SignedIn(opened.token, opened.expires_at, await _me(opened.actor))


@routes.post("/auth/login", public=True, idempotent="no", errors=_LOGIN_ERRORS)
async def login(request: Request, body: LoginRequest, info: RequestInfo) -> SignedIn:
    """Sign in with phone and password."""
    return await signed_in(
        await service.login(settings_of(request), body.phone, body.password, device_of(body.client, info, "password"))
    )


@routes.post("/auth/wechat", public=True, idempotent="no", errors=[*_WECHAT_ERRORS, wechat.WeChatUnbound])
async def login_wechat(request: Request, body: WeChatLogin, info: RequestInfo) -> SignedIn:
    """Sign in with the code of wx.login."""
    return await signed_in(await wechat.login(settings_of(request), body.code, device_of(body.client, info, "wechat")))


@routes.post("/auth/wechat/bind", public=True, idempotent="no", errors=_WECHAT_ERRORS)
async def bind_wechat(request: Request, body: WeChatBind, info: RequestInfo) -> SignedIn:
    """Bind a WeChat user to an account and sign in."""
    device = device_of(body.client, info, "wechat")
    opened = await wechat.bind(settings_of(request), body.bind_ticket, body.phone, body.password, device)
    return await signed_in(opened)


@routes.post("/auth/logout", idempotent="no")
async def logout(actor: Actor) -> None:
    """End this session."""
    await service.logout(actor)


@routes.get("/me")
async def me(actor: Actor) -> Me:
    """Who is signed in."""
    return await _me(actor)


@routes.post("/me/password", idempotent="no", errors=[TooManyRequests])
async def change_password(actor: Actor, body: PasswordChange) -> None:
    """Change the own password; other devices are signed out."""
    await service.change_password(actor, body.old_password, body.new_password)


def _sessions(actor: Actor, found: Sequence[Any]) -> SessionList:
    return SessionList(
        [msgspec.convert({**dict(item), "current": item["id"] == actor.session_id}, SessionOut) for item in found]
    )


@routes.get("/me/sessions")
async def list_sessions(actor: Actor) -> SessionList:
    """The own signed-in devices."""
    return _sessions(actor, await service.list_sessions(actor))


@routes.delete("/me/sessions/<session_id:int>")
async def end_session(actor: Actor, session_id: int) -> None:
    """Sign one of the own devices out."""
    await service.end_session(actor, session_id)


@routes.get("/accounts", permission="account.manage", errors=[NotFound])
async def list_accounts(actor: Actor, query: AccountFilter) -> AccountList:
    """Accounts of the own org and of those below it."""
    return AccountList(*await lists.list_accounts(actor, query))


@routes.get("/accounts/<account_id:int>", permission="account.manage")
async def get_account(actor: Actor, account_id: int) -> AccountDetail:
    """One account: its role, what it may do, a rep's dealers."""
    return await lists.get_account(actor, account_id)


@routes.post("/accounts", permission="account.manage", status=201, errors=[NotFound, accounts.PhoneTaken])
async def create_account(actor: Actor, body: NewAccount) -> AccountDetail:
    """Open an account."""
    return await lists.get_account(actor, (await accounts.create_account(actor, body)).id)


@routes.patch("/accounts/<account_id:int>", permission="account.manage", errors=[accounts.PhoneTaken, StaleVersion])
async def edit_account(actor: Actor, account_id: int, body: AccountEdit) -> AccountDetail:
    """Change an account."""
    return await lists.get_account(actor, (await accounts.edit_account(actor, account_id, body)).id)


@routes.post("/accounts/<account_id:int>/freeze", permission="account.manage")
async def freeze_account(actor: Actor, account_id: int, body: FreezeRequest) -> AccountDetail:
    """Freeze an account; it is out at once."""
    return await lists.get_account(actor, (await accounts.set_frozen(actor, account_id, body.reason)).id)


@routes.post("/accounts/<account_id:int>/unfreeze", permission="account.manage")
async def unfreeze_account(actor: Actor, account_id: int) -> AccountDetail:
    """Let a frozen account work again."""
    return await lists.get_account(actor, (await accounts.set_frozen(actor, account_id, None)).id)


@routes.post("/accounts/<account_id:int>/password", permission="account.manage")
async def set_account_password(actor: Actor, account_id: int, body: NewPassword) -> None:
    """Give an account a new password."""
    await accounts.set_password(actor, account_id, body.password)


@routes.get("/accounts/<account_id:int>/sessions", permission="account.manage")
async def list_account_sessions(actor: Actor, account_id: int) -> SessionList:
    """The signed-in devices of an account."""
    return _sessions(actor, await lists.sessions_of(actor, account_id))


@routes.post("/accounts/<account_id:int>/sessions/end", permission="account.manage")
async def end_account_sessions(actor: Actor, account_id: int) -> SessionList:
    """Sign an account out on all its devices."""
    await lists.end_sessions(actor, account_id)
    return _sessions(actor, await lists.sessions_of(actor, account_id))


@routes.delete("/accounts/<account_id:int>/sessions/<session_id:int>", permission="account.manage")
async def end_account_session(actor: Actor, account_id: int, session_id: int) -> None:
    """Sign an account out on one device."""
    await lists.end_sessions(actor, account_id, session_id)


@routes.get("/accounts/<account_id:int>/sign-ins", permission="account.manage")
async def list_sign_ins(actor: Actor, account_id: int, query: PageQuery) -> SignInList:
    """When and from where somebody signed in."""
    return SignInList(*await lists.sign_ins_of(actor, account_id, query))


async def _substitutes(actor: Actor) -> SubstituteList:
    found = await substitutes.list_substitutes(actor)
    return SubstituteList([msgspec.convert(dict(item), SubstituteOut) for item in found])


@routes.get("/substitutes", permission="order.approve")
async def list_substitutes(actor: Actor) -> SubstituteList:
    """Who is away, and who decides meanwhile."""
    return await _substitutes(actor)


@routes.post("/substitutes", permission="order.approve", status=201, errors=[NotFound, substitutes.AwayThemselves])
async def add_substitute(actor: Actor, body: NewSubstitute) -> SubstituteList:
    """Let a colleague decide in somebody's place for some days."""
    await substitutes.add_substitute(actor, body)
    return await _substitutes(actor)


@routes.delete("/substitutes/<substitute_id:int>", permission="order.approve")
async def remove_substitute(actor: Actor, substitute_id: int) -> None:
    """End or withdraw an absence."""
    await substitutes.remove_substitute(actor, substitute_id)
