"""Requests and responses of the ways in: WeCom's QR code, invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, Name, OrgRef, Password, Phone, ShortText
from server.identity.schemas import RoleName

Challenge = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}$", description="base64url of a SHA-256")]
Secret = Annotated[str, msgspec.Meta(min_length=20, max_length=200)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class WeComBegin(msgspec.Struct):
    """Begin to sign in, or to bind; `challenge` is the hash of a secret that the browser keeps."""

    challenge: Challenge
    purpose: Literal["login", "bind"] = "login"


class WeComPage(msgspec.Struct):
    """Where the browser goes to."""

    url: str


class WeComReturn(msgspec.Struct):
    """What WeCom sent the browser back with, and the secret that it kept."""

    code: Code
    state: Secret
    verifier: Secret
    client: ShortText = ""


class NewInvitation(msgspec.Struct):
    """Invite somebody to an org: `name` is for one's own list, the account's name is what the invited one enters."""

    org_id: Id
    role: RoleName | None = None
    role_id: Id | None = None
    name: ShortText = ""
    days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 7


InvitationState = Literal["open", "used", "expired", "revoked"]


class InvitationOut(msgspec.Struct):
    """An invitation as its maker sees it."""

    id: int
    org: OrgRef
    role: str
    role_name: str
    name: str
    state: InvitationState
    made_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    account_name: str | None


class InvitationShown(InvitationOut):
    """An open invitation to be shown: the link, its QR code, and the mini-program code where WeChat makes one."""

    link: str
    qr: str
    mini_code: str | None


class InvitationFilter(msgspec.Struct):
    """What to list."""

    org_id: Id | None = None
    state: Literal["open", "past"] | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class InvitationList(msgspec.Struct):
    """The newest first."""

    items: list[InvitationOut]
    next_cursor: str | None


class InvitationFace(msgspec.Struct):
    """What the invited one sees before he joins."""

    org_name: str
    org_kind: Literal["brand", "dealer", "store"]
    supplier_name: str | None
    role_name: str
    name: str
    expires_at: datetime


class InvitationToken(msgspec.Struct):
    """The code of an invitation."""

    token: Secret


class Joining(msgspec.Struct):
    """Take an invitation: by the code of wx.login, or a password, or both."""

    token: Secret
    name: Name
    phone: Phone
    password: Password | None = None
    code: Annotated[str, msgspec.Meta(max_length=200)] = ""
    client: ShortText = ""
