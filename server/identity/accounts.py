"""Managing accounts: the own org's and those below it."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from server.channel.models import Org
from server.channel.service import find_org
from server.core import audit, clock, db, live, search
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound, StaleVersion
from server.identity import custom_roles, queries
from server.identity.models import Account
from server.identity.roles import BOUND, ROLES, held_by, kind_of
from server.identity.schemas import AccountEdit, NewAccount
from server.identity.service import hash_password


class PhoneTaken(BusinessError):
    """The phone number or WeCom member already has an account."""

    status, code, title = 409, "phone_taken", "账号已存在"


class Role(NamedTuple):
    """What an account is to be: its base, the org's own role if it is one, and what that may do."""

    base: str
    id: int | None
    held: frozenset[str]


async def role_for(actor: Actor, org: Org, role: str | None, role_id: int | None) -> Role:
    """The role that somebody of an org is to get, which must fit the org and hold no more than one's own."""
    if (role is None) == (role_id is None):
        raise InvalidInput("请选择一个角色", [FieldError("/role", "请选择一个角色")])
    if role_id is not None:
        own = await custom_roles.role_at(org.id, role_id)
        chosen = Role(own["base"], role_id, held_by(own["base"], own["permissions"]))
    else:
        assert role is not None
        chosen = Role(role, None, ROLES[role])
    if kind_of(chosen.base) != org.kind:
        raise InvalidInput("这个角色不适用于该组织", [FieldError("/role", "这个角色不适用于该组织")])
    custom_roles.refuse_more_than_own(actor, chosen.base, chosen.held)
    return chosen


async def manageable(actor: Actor, account_id: int, lock: bool = False) -> Account:
    """An account inside the scope that has no more rights than its keeper."""
    found = actor.visible(Account)
    account = await (found.select_for_update(of=("account",)) if lock else found).get_or_none(id=account_id)
    if account is None:
        raise NotFound("没有找到这个账号")
    own = await queries.own_permissions(account.role_id)
    custom_roles.refuse_more_than_own(actor, account.role, held_by(account.role, own))
    return account


async def _dealers(actor: Actor, role: str, dealer_ids: list[int]) -> list[int]:
    """The dealers a rep is to look after; only a rep has any, and only those that its keeper sees."""
    if dealer_ids and role != BOUND:
        raise InvalidInput("只有业务员可以分配经销商", [FieldError("/dealer_ids", "只有业务员可以分配经销商")])
    wanted = set(dealer_ids)
    if wanted and await actor.visible(Org).filter(id__in=wanted, kind="dealer").count() != len(wanted):
        raise NotFound("没有找到要分配的经销商", [FieldError("/dealer_ids", "没有找到这个经销商")])
    return sorted(wanted)


async def anyone_at(org_id: int) -> bool:
    """Whether an org has an account that works; a customer has none."""
    return await Account.filter(org_id=org_id, status="active").exists()


async def create_account(actor: Actor, new: NewAccount, hashed: str | None = None) -> Account:
    """Open an account in the own org or one below it; the role must fit the kind of org (D6.1).

    `hashed` is the password's hash where one was made for many accounts at once (demo data).
    """
    actor.require("account.manage")
    hashed = hashed or await hash_password(new.password)
    async with db.transaction():
        org = await find_org(actor, new.org_id)
        role = await role_for(actor, org, new.role, new.role_id)
        dealers = await _dealers(actor, role.base, new.dealer_ids)
        person = {"name": new.name, "phone": new.phone, "wecom_userid": new.wecom_userid}
        account = await add_account(org, role, hashed, person)
        await queries.assign(account.id, dealers, org.root_id)
        await audit.record(actor, "create", "account", account.id, msgspec.to_builtins(new))
    return account


def found_by(name: str, phone: str, wecom_userid: str | None = None) -> str:
    """By what words a person is found: name with pinyin and initials, phone, WeCom member."""
    return search.search_text(phone, wecom_userid or "", spoken=[name])


async def add_account(org: Org, role: Role, hashed: str, person: dict[str, Any]) -> Account:
    """Write an account; raises `PhoneTaken`. The transaction is over then."""
    try:
        return await Account.create(
            root_id=org.root_id,
            org_id=org.id,
            password_hash=hashed,
            role=role.base,
            role_id=role.id,
            search_text=found_by(**person),
            **person,
        )
    except IntegrityError:
        raise PhoneTaken("这个手机号或企业微信成员已经有账号了") from None


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
            search_text=found_by(name, phone, wecom_userid),
        )
    except IntegrityError:
        raise PhoneTaken("这个手机号或企业微信成员已经有账号了") from None


async def edit_account(actor: Actor, account_id: int, edit: AccountEdit) -> Account:
    """Change name, phone, role, WeCom member or a rep's dealers; what the account may do changes at once."""
    actor.require("account.manage")
    changes: dict[str, Any] = {k: v for k, v in msgspec.to_builtins(edit).items() if v is not None}
    version, dealers = changes.pop("version"), changes.pop("dealer_ids", None)
    try:
        async with db.transaction():
            account = await manageable(actor, account_id)
            if "role" in changes or "role_id" in changes:
                changes |= await _new_role(actor, account, edit)
            before = {name: getattr(account, name) for name in changes}
            known = {name: changes.get(name, getattr(account, name)) for name in ("name", "phone", "wecom_userid")}
            written = {**changes, "search_text": found_by(**known), "version": F("version") + 1}
            if not await Account.filter(id=account_id, version=version).update(**written):
                raise StaleVersion("这个账号刚被别人改过，请刷新后再改")
            role = changes.get("role", account.role)
            if dealers is not None or role != account.role:  # who is no rep any more keeps no dealers
                dealers = await _dealers(actor, role, dealers or [])
                await queries.assign(account_id, dealers, account.root_id)
                changes["dealer_ids"] = dealers
            await audit.record(actor, "edit", "account", account_id, audit.difference(before, changes))
            await live.wake_account(account_id)
    except IntegrityError:
        raise PhoneTaken("这个手机号或企业微信成员已经绑定了别的账号") from None
    return await Account.get(id=account_id)


async def _new_role(actor: Actor, account: Account, edit: AccountEdit) -> dict[str, Any]:
    """The columns of another role; nobody gives himself one."""
    role = await role_for(actor, await find_org(actor, account.org_id), edit.role, edit.role_id)
    changed = {"role": role.base, "role_id": role.id}
    if account.id == actor.account_id and changed != {"role": account.role, "role_id": account.role_id}:
        raise Forbidden("不能修改自己的角色，请让另一位管理员来改")
    return changed


async def set_frozen(actor: Actor, account_id: int, reason: str | None) -> Account:
    """Freeze an account (out at once) or let it work again; what an org has frozen, those below it cannot free."""
    actor.require("account.manage")
    async with db.transaction():
        account = await manageable(actor, account_id, lock=True)
        if account.id == actor.account_id:
            raise Forbidden("不能停用自己的账号")
        by = account.frozen_by
        if by not in (None, actor.org_id) and not await actor.visible(Org).filter(id=by).exists():
            raise Forbidden("这个账号由上级停用，请联系上级处理")
        status, by = ("active", None) if reason is None else ("frozen", actor.org_id)
        changes = {"status": status, "frozen_reason": reason, "frozen_by": by}
        await Account.filter(id=account_id).update(**changes, version=F("version") + 1)
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
        account = await manageable(actor, account_id)
        await Account.filter(id=account_id).update(password_hash=hashed)
        await queries.unlock(account.phone)
        await queries.revoke_others(account_id, clock.now())
        await audit.record(actor, "set_password", "account", account_id, {"password": True})
        await live.wake_account(account_id)
