"""Requests and responses of accounts and sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, Name, OrgRef, Password, Phone, ShortText, Version
from server.identity.queries import Way

RoleName = Literal[
    "brand_admin", "brand_manager", "brand_rep", "brand_finance", "brand_warehouse",
    "dealer_owner", "dealer_clerk", "dealer_warehouse", "dealer_driver", "dealer_finance",
    "store_owner", "store_clerk",
]  # fmt: skip
WeComUserid = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")]


class LoginRequest(msgspec.Struct):
    """Phone and password; `client` names the device in the list of sessions."""

    phone: Phone
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    client: ShortText = ""


class WeChatLogin(msgspec.Struct):
    """The code of `wx.login`."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    client: ShortText = ""


class WeChatBind(msgspec.Struct):
    """Binds the WeChat user behind a ticket to an account."""

    bind_ticket: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    phone: Phone
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    client: ShortText = ""


class OwnOrg(msgspec.Struct):
    """The org of the signed-in account."""

    id: int
    kind: Literal["brand", "dealer", "store"]
    name: str
    path: str
    region_code: str
    address: str
    contact_name: str
    contact_phone: str


class Me(msgspec.Struct):
    """Who is signed in and what he may do."""

    account_id: int
    name: str
    phone: str
    role: str
    role_id: int | None
    role_name: str
    permissions: list[str]
    wecom_userid: str | None
    wechat_bound: bool
    org: OwnOrg
    supplier: OrgRef | None
    unread_notices: int


class SignedIn(msgspec.Struct):
    """A new session; the token is shown this once."""

    token: str
    expires_at: datetime
    me: Me


class PasswordChange(msgspec.Struct):
    """The own password, changed by its owner."""

    old_password: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    new_password: Password


class SessionOut(msgspec.Struct):
    """One signed-in device."""

    id: int
    client: str
    address: str
    way: Way
    created_at: datetime
    last_seen_at: datetime
    current: bool


class SessionList(msgspec.Struct):
    """All signed-in devices of the account."""

    items: list[SessionOut]


class NewAccount(msgspec.Struct):
    """An account for the own org or one below it: in a built-in role, or (`role_id`) one that the org has built."""

    org_id: Id
    name: Name
    phone: Phone
    password: Password
    role: RoleName | None = None
    role_id: Id | None = None
    wecom_userid: WeComUserid | None = None
    dealer_ids: Annotated[list[Id], msgspec.Meta(max_length=500)] = []


class AccountEdit(msgspec.Struct):
    """Changes to an account; only what is given changes. A role takes the place of the one before."""

    version: Version
    name: Name | None = None
    phone: Phone | None = None
    role: RoleName | None = None
    role_id: Id | None = None
    wecom_userid: WeComUserid | None = None
    dealer_ids: Annotated[list[Id], msgspec.Meta(max_length=500)] | None = None


class NewPassword(msgspec.Struct):
    """A password set by an administrator; all sessions of the account end."""

    password: Password


class AccountFilter(msgspec.Struct):
    """What to list; `org_id` with all below it where `below`."""

    org_id: Id | None = None
    below: bool = False
    kind: Literal["brand", "dealer", "store"] | None = None
    role: RoleName | None = None
    role_id: Id | None = None
    status: Literal["active", "frozen"] | None = None
    q: ShortText | None = None
    cursor: ShortText | None = None
    limit: Limit = 50


class AccountOut(msgspec.Struct):
    """An account as its administrator sees it."""

    id: int
    org_id: int
    org_name: str
    org_kind: Literal["brand", "dealer", "store"]
    name: str
    phone: str
    role: str
    role_id: int | None
    role_name: str
    wecom_userid: str | None
    wechat_bound: bool
    status: Literal["active", "frozen"]
    frozen_reason: str | None
    last_seen_at: datetime | None
    created_at: datetime
    version: int


class AccountList(msgspec.Struct):
    """A page of accounts."""

    items: list[AccountOut]
    next_cursor: str | None


class AccountDetail(AccountOut):
    """One account, with the dealers that a rep looks after, and what it may do."""

    dealers: list[OrgRef]
    permissions: list[str]


class SignIn(msgspec.Struct):
    """A sign-in, sign-out or ended session, from the audit trail; `by` is the one who ended it for somebody else."""

    verb: str
    at: datetime
    client: str
    address: str
    way: str
    by: str | None


class SignInList(msgspec.Struct):
    """The newest first."""

    items: list[SignIn]
    next_cursor: str | None


class PageQuery(msgspec.Struct):
    """Where a list goes on."""

    cursor: ShortText | None = None
    limit: Limit = 50


class NewSubstitute(msgspec.Struct):
    """Who decides in whose place; business days, both included."""

    account_id: Id
    substitute_id: Id
    from_on: date
    until_on: date


class SubstituteOut(msgspec.Struct):
    """A present or coming absence and who covers it."""

    id: int
    account_id: int
    account_name: str
    substitute_id: int
    substitute_name: str
    from_on: date
    until_on: date


class SubstituteList(msgspec.Struct):
    """Present and coming absences, the next one first."""

    items: list[SubstituteOut]
