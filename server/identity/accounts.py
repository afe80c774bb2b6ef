"""Managing accounts: the own org's and those below it."""

from __future__ import annotations

from typing import Any

import msgspec
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F, Q

from server.channel.models import Org
from server.channel.service import find_org
from server.core import audit, clock, db, live, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound, StaleVersion
from server.identity import queries
from server.identity.models import Account
from server.identity.roles import ROLES, kind_of
from server.identity.schemas import AccountEdit, AccountFilter, NewAccount
from server.identity.service import hash_password


class PhoneTaken(BusinessError):
    """The phone number or WeCom member already has an account."""

    status, code, title = 409, "phone_taken", "账号已存在"


def _grantable(actor: Actor, role: str) -> None:
    """Nobody hands out, in the own org, more than he holds himself."""
    if kind_of(role) == actor.org_kind and not actor.permissions >= ROLES[role]:
        raise Forbidden("不能授予超出自己权限的角色")


async def _manageable(actor: Actor, account_id: int) -> Account:
    """An account inside the scope that has no more rights than its keeper."""
    account = await actor.visible(Account).get_or_none(id=account_id)
    if account is None:
        raise NotFound("没有找到这个账号")
    _grantable(actor, account.role)
    return account


async def _dealers(actor: Actor, role: str, dealer_ids: list[int]) -> list[int]:
    """The dealers a rep is to look after; only a rep has any, and only those that its keeper sees."""
    if dealer_ids and role != "brand_rep":
        raise InvalidInput("只有业务员可以分配经销商", [FieldError("/dealer_ids", "只有业务员可以分配经销商")])
    wanted = set(dealer_ids)
    if wanted and await actor.visible(Org).filter(id__in=wanted, kind="dealer").count() != len(wanted):
        raise NotFound("没有找到要分配的经销商", [FieldError("/dealer_ids", "没有找到这个经销商")])
    return sorted(wanted)


async def anyone_at(org_id: int) -> bool:
    """Whether an org has an account that works; a customer has none."""
    return await Account.filter(org_id=org_id, status="active").exists()


async def list_accounts(actor: Actor, wanted: AccountFilter) -> tuple[list[Account], str | None]:
    """Accounts of the orgs in the scope, a page at a time."""
    actor.require("account.manage")
    query = actor.visible(Account).order_by("id").limit(wanted.limit + 1)
    if wanted.org_id:
        query = query.filter(org_id=wanted.org_id)
    if wanted.q:
        query = query.filter(Q(name__icontains=wanted.q) | Q(phone__startswith=wanted.q))
    after = paging.id_cursor(wanted.cursor)
    if after:
        query = query.filter(id__gt=after)
    found = await query
    more = len(found) > wanted.limit
    found = found[: wanted.limit]
    return found, paging.encode_cursor(found[-1].id) if more else None


async def create_account(actor: Actor, new: NewAccount, hashed: str | None = None) -> Account:
    """Open an account in the own org or one below it; the role must fit the kind of org (D6.1).

    `hashed` is the password's hash where one was made for many accounts at once (demo data).
    """
    actor.require("account.manage")
    hashed = hashed or await hash_password(new.password)
    try:
        async with db.transaction():
            org = await find_org(actor, new.org_id)
            if kind_of(new.role) != org.kind:
                raise InvalidInput("这个角色不适用于该组织")
            _grantable(actor, new.role)
            dealers = await _dealers(actor, new.role, new.dealer_ids)
            account = await Account.create(
                root_id=org.root_id,
                org_id=org.id,
                name=new.name,
                phone=new.phone,
                password_hash=hashed,
                role=new.role,
                wecom_userid=new.wecom_userid,
            )
            await queries.assign(account.id, dealers, org.root_id)
            await audit.record(actor, "create", "account", account.id, msgspec.to_builtins(new))
    except IntegrityError:
        raise PhoneTaken("这个手机号或企业微信成员已经有账号了") from None
    return account


async def open_first_account(brand: Org, name: str, phone: str, password: str, wecom_userid: str | None) -> Account:
    """The administrator of a brand just founded (installation; there is no route to it)."""
    try:
        return await Account.create(
            root_id=brand.root_id,
            org_id=brand.id,
            name=name,
            phone=phone,
            password_hash=await hash_password(password),
            role="brand_admin",
            wecom_userid=wecom_userid,
        )
    except IntegrityError:
        raise PhoneTaken("这个手机号或企业微信成员已经有账号了") from None


async def edit_account(actor: Actor, account_id: int, edit: AccountEdit) -> Account:
    """Change name, role, WeCom member or a rep's dealers."""
    actor.require("account.manage")
    changes: dict[str, Any] = {k: v for k, v in msgspec.to_builtins(edit).items() if v is not None}
    version, dealers = changes.pop("version"), changes.pop("dealer_ids", None)
    try:
        async with db.transaction():
            account = await _manageable(actor, account_id)
            if "role" in changes and changes["role"] != account.role:
                if account_id == actor.account_id:
                    raise Forbidden("不能修改自己的角色，请让另一位管理员来改")
                if kind_of(changes["role"]) != kind_of(account.role):
                    raise InvalidInput("这个角色不适用于该组织")
                _grantable(actor, changes["role"])
            before = {name: getattr(account, name) for name in changes}
            if not await Account.filter(id=account_id, version=version).update(**changes, version=F("version") + 1):
                raise StaleVersion("这个账号刚被别人改过，请刷新后再改")
            role = changes.get("role", account.role)
            if dealers is not None or role != account.role:  # who is no rep any more keeps no dealers
                dealers = await _dealers(actor, role, dealers or [])
                await queries.assign(account_id, dealers, account.root_id)
                changes["dealer_ids"] = dealers
            await audit.record(actor, "edit", "account", account_id, audit.difference(before, changes))
            await live.wake_account(account_id)
    except IntegrityError:
        raise PhoneTaken("这个企业微信成员已经绑定了别的账号") from None
    return await Account.get(id=account_id)


async def set_frozen(actor: Actor, account_id: int, reason: str | None) -> Account:
    """Freeze an account (out at once) or let it work again."""
    actor.require("account.manage")
    async with db.transaction():
        account = await _manageable(actor, account_id)
        if account.id == actor.account_id:
            raise Forbidden("不能停用自己的账号")
        status = "active" if reason is None else "frozen"
        await Account.filter(id=account_id).update(status=status, frozen_reason=reason, version=F("version") + 1)
        verb = "unfreeze" if reason is None else "freeze"
        await audit.record(actor, verb, "account", account_id, {"reason": reason})
        await live.wake_account(account_id)
    return await Account.get(id=account_id)


async def set_password(actor: Actor, account_id: int, password: str) -> None:
    """Give a colleague's account a new password; all its sessions end. The own one is changed with the old one."""
    actor.require("account.manage")
    if account_id == actor.account_id:
        raise Forbidden("自己的密码请在“修改密码”里用原密码修改")
    hashed = await hash_password(password)
    async with db.transaction():
        account = await _manageable(actor, account_id)
        await Account.filter(id=account_id).update(password_hash=hashed)
        await queries.unlock(account.phone)
        await queries.revoke_others(account_id, clock.now())
        await audit.record(actor, "set_password", "account", account_id, {"password": True})
        await live.wake_account(account_id)
