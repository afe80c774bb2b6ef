"""HTTP of the ways in beside phone and password: WeCom's QR code, invitations."""

from __future__ import annotations

from sanic import Request

from server.core.actor import Actor
from server.core.errors import NotFound, OrgFrozen, TooManyRequests, Unavailable
from server.core.http import RequestInfo, Routes
from server.identity import invitations, service, wechat, wecom
from server.identity.accounts import PhoneTaken
from server.identity.entry_schemas import (
    InvitationFace,
    InvitationFilter,
    InvitationList,
    InvitationOut,
    InvitationShown,
    InvitationToken,
    Joining,
    NewInvitation,
    WeComBegin,
    WeComPage,
    WeComReturn,
)
from server.identity.routes import device_of, settings_of, signed_in
from server.identity.schemas import SignedIn

routes = Routes("identity")

_SIGNING_IN = [service.AccountFrozen, OrgFrozen, TooManyRequests, Unavailable]


@routes.post("/auth/wecom/begin", public=True, idempotent="no", errors=[TooManyRequests, Unavailable])
async def begin_wecom(request: Request, body: WeComBegin, info: RequestInfo) -> WeComPage:
    """Where to scan WeCom's QR code."""
    return WeComPage(await wecom.begin(settings_of(request), body.purpose, body.challenge, info.address))


@routes.post("/auth/wecom", public=True, idempotent="no", errors=[*_SIGNING_IN, wecom.WeComRefused, wecom.WeComUnknown])
async def login_wecom(request: Request, body: WeComReturn, info: RequestInfo) -> SignedIn:
    """Sign in the member who scanned WeCom's QR code."""
    device = device_of(body.client, info, "wecom")
    return await signed_in(await wecom.login(settings_of(request), body.code, body.state, body.verifier, device))


@routes.post("/me/wecom", idempotent="no", errors=[wecom.WeComRefused, wecom.WeComUnknown, PhoneTaken, Unavailable])
async def bind_wecom(request: Request, actor: Actor, body: WeComReturn) -> None:
    """Make the member who scanned one's own."""
    await wecom.bind(settings_of(request), actor, body.code, body.state, body.verifier)


@routes.delete("/me/wecom", errors=[NotFound])
async def unbind_wecom(actor: Actor) -> None:
    """Take one's WeCom member off."""
    await wecom.unbind(actor)


_OVER = [invitations.InvitationUnknown, invitations.InvitationUsed, invitations.InvitationExpired]


@routes.get("/invitations", permission="account.manage", errors=[NotFound])
async def list_invitations(actor: Actor, query: InvitationFilter) -> InvitationList:
    """The invitations of the own org, or those to one org."""
    return InvitationList(*await invitations.list_invitations(actor, query))


@routes.post(
    "/invitations", permission="account.manage", status=201, errors=[NotFound, OrgFrozen, invitations.OwnerThere]
)
async def invite(actor: Actor, body: NewInvitation) -> InvitationOut:
    """Invite somebody to make an account."""
    return await invitations.get_invitation(actor, await invitations.invite(actor, body))


@routes.get("/invitations/<invitation_id:int>", permission="account.manage", errors=_OVER)
async def show_invitation(request: Request, actor: Actor, invitation_id: int) -> InvitationShown:
    """An open invitation with its link and QR code."""
    return await invitations.show(settings_of(request), actor, invitation_id)


@routes.delete("/invitations/<invitation_id:int>", permission="account.manage", errors=_OVER)
async def withdraw_invitation(actor: Actor, invitation_id: int) -> None:
    """Make an open invitation worthless."""
    await invitations.withdraw(actor, invitation_id)


_JOINING = [*_OVER, invitations.OwnerThere, OrgFrozen, TooManyRequests]


@routes.post("/join/look", public=True, idempotent="no", errors=_JOINING)
async def look_at_invitation(request: Request, body: InvitationToken, info: RequestInfo) -> InvitationFace:
    """What somebody is invited to."""
    return await invitations.look(body.token, info.address, settings_of(request))


@routes.post(
    "/join",
    public=True,
    idempotent="no",
    status=201,
    errors=[*_JOINING, PhoneTaken, invitations.WeChatTaken, wechat.WeChatCodeInvalid, Unavailable],
)
async def join(request: Request, body: Joining, info: RequestInfo) -> SignedIn:
    """Take an invitation: make the account and sign in."""
    device = device_of(body.client, info, "invitation")
    return await signed_in(await invitations.join(settings_of(request), body, device))
