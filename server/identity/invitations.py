"""Invitations: a code to be scanned by whom one gives an account, who then makes it himself (D6.1).

Whoever holds the code opens the one account that it is for, in the role that was chosen, once, within some days. He
proves himself by WeChat, to which the account is bound at once, or chooses a password.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, NamedTuple

import segno

from server.channel.models import Org
from server.channel.service import find_org
from server.core import audit, clock, db, limits, outbox, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, OrgFrozen
from server.core.types import MAX_ID, OrgRef
from server.identity import custom_roles, service, wechat
from server.identity.accounts import Role, add_account, role_for
from server.identity.entry_schemas import (
    InvitationFace,
    InvitationFilter,
    InvitationOut,
    InvitationShown,
    InvitationState,
    Joining,
    NewInvitation,
)
from server.identity.queries import Device
from server.identity.roles import BOUND, ROLE_NAMES, ROLES, held_by
from server.identity.service import NewSession
from server.settings import Settings

PAGE = "pages/join/join"
A_DAY = 300
"""Invitations that an account may make in a day."""


class InvitationUnknown(BusinessError):
    """No such code, or one that was withdrawn."""

    status, code, title = 404, "invitation_unknown", "邀请无效"


class InvitationUsed(BusinessError):
    """Somebody has joined by it."""

    status, code, title = 409, "invitation_used", "邀请已使用"


class InvitationExpired(BusinessError):
    """Its days are over."""

    status, code, title = 410, "invitation_expired", "邀请已过期"


class OwnerThere(BusinessError):
    """The store has its owner."""

    status, code, title = 409, "owner_there", "门店已有店主"


class WeChatTaken(BusinessError):
    """This WeChat user has another account."""

    status, code, title = 409, "wechat_taken", "微信已绑定"


_COLUMNS = """
SELECT i.id, i.root_id, i.org_id, o.name AS org_name, o.kind AS org_kind, o.path, o.status AS org_status, i.role,
       i.role_id, r.name AS own_role, r.permissions AS own_permissions, r.retired_at, i.name, i.token,
       m.name AS made_by, m.id AS maker_id, m.status AS maker_status, i.created_at, i.expires_at, i.used_at,
       i.revoked_at, a.name AS account_name, p.name AS supplier_name, p.status AS supplier_status
FROM invitation i
JOIN org o ON o.id = i.org_id
JOIN account m ON m.id = i.made_by
LEFT JOIN org p ON p.id = o.parent_id
LEFT JOIN role r ON r.id = i.role_id
LEFT JOIN account a ON a.id = i.account_id
"""
_BY_ID = _COLUMNS + "WHERE i.id = $1 AND i.root_id = $2 AND o.path LIKE ANY ($3::text[])"
_BY_TOKEN = _COLUMNS + "WHERE i.token = $1"
_LIST = (
    _COLUMNS
    + """
WHERE i.root_id = $1 AND {whose} AND o.path LIKE ANY ($3::text[]) AND i.id < $4
  AND ($6::bool IS NULL OR (i.token IS NOT NULL AND i.expires_at > $7) = $6)
ORDER BY i.id DESC LIMIT $5
"""
)
_OWN = _LIST.format(whose="i.host_id = $2")
_OF_ORG = _LIST.format(whose="i.org_id = $2")
_ADD = """
INSERT INTO invitation (root_id, org_id, role, role_id, name, token, made_by, host_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
"""
_WITHDRAW = "UPDATE invitation SET revoked_at = $2, token = NULL WHERE id = ANY ($1::bigint[]) AND token IS NOT NULL"
_EARLIER = "SELECT id FROM invitation WHERE root_id = $1 AND org_id = $2 AND role = $3 AND token IS NOT NULL"
_USE = """
UPDATE invitation SET used_at = $2, account_id = $3, token = NULL, used_token = sha256(convert_to(token, 'UTF8'))
WHERE id = $1
"""
_USED = "SELECT id FROM invitation WHERE used_token = sha256(convert_to($1, 'UTF8'))"
_OWNER = """
SELECT name FROM account WHERE org_id = $1 AND role = 'store_owner' AND status = 'active' ORDER BY id LIMIT 1
"""
_BIND = """
INSERT INTO wechat_binding (app_id, openid, account_id, unionid, bound_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""


def _state(found: db.Row) -> InvitationState:
    if found["used_at"] is not None:
        return "used"
    if found["revoked_at"] is not None:
        return "revoked"
    return "open" if found["expires_at"] > clock.now() and found["token"] else "expired"


def _out(found: db.Row) -> dict[str, Any]:
    return {
        "id": found["id"],
        "org": OrgRef(found["org_id"], found["org_name"]),
        "role": found["role"],
        "role_name": _role_name(found),
        "name": found["name"],
        "state": _state(found),
        "made_by": found["made_by"],
        "created_at": found["created_at"],
        "expires_at": found["expires_at"],
        "used_at": found["used_at"],
        "account_name": found["account_name"],
    }


def _role_name(found: db.Row) -> str:
    return str(found["own_role"] or ROLE_NAMES[found["role"]])


def _held(found: db.Row) -> frozenset[str]:
    return held_by(found["role"], found["own_permissions"])


async def _refuse_second_owner(org_id: int, role: str) -> None:
    owner = await db.value(_OWNER, org_id) if role == "store_owner" else None
    if owner is not None:
        raise OwnerThere(f"门店已经有店主（{owner}）了；要换人请先停用原账号，或改发店员邀请")


async def invite(actor: Actor, new: NewInvitation) -> int:
    """Make an invitation to the own org or one below it; an earlier one for the same owner's place is withdrawn."""
    actor.require("account.manage")
    await limits.hold_back_for_today(f"invite:{actor.account_id}", A_DAY, "今天发出的邀请太多了，请明天再发")
    moment = clock.now()
    async with db.transaction():
        org = await find_org(actor, new.org_id)
        if org.status != "active":
            raise OrgFrozen(f"{org.name}已被冻结，不能邀请")
        role = await role_for(actor, org, new.role, new.role_id)
        if role.base == BOUND:
            raise InvalidInput("业务员要分配经销商，请直接开账号", [FieldError("/role", "业务员请直接开账号")])
        await _refuse_second_owner(org.id, role.base)
        if role.base == "store_owner":
            earlier = [item["id"] for item in await db.rows(_EARLIER, org.root_id, org.id, role.base)]
            await db.run(_WITHDRAW, earlier, moment)
        place = (org.root_id, org.id, role.base, role.id, new.name.strip(), secrets.token_urlsafe(16))
        until = moment + timedelta(days=new.days)
        made = int(await db.value(_ADD, *place, actor.account_id, actor.org_id, moment, until))
        changes = {"org_id": org.id, "role": role.base, "role_id": role.id, "days": new.days, "name": new.name}
        await audit.record(actor, "invite", "invitation", made, changes)
    return made


async def _find(actor: Actor, invitation_id: int) -> db.Row:
    """An invitation inside the scope into a role that holds no more than one's own."""
    actor.require("account.manage")
    found = await db.row(_BY_ID, invitation_id, actor.root_id, actor.patterns)
    if found is None:
        raise NotFound("没有找到这个邀请")
    custom_roles.refuse_more_than_own(actor, found["role"], _held(found))
    return found


async def get_invitation(actor: Actor, invitation_id: int) -> InvitationOut:
    """One invitation, without its code."""
    return InvitationOut(**_out(await _find(actor, invitation_id)))


async def show(settings: Settings, actor: Actor, invitation_id: int) -> InvitationShown:
    """An open invitation with its link and codes, to be shown large or shared."""
    found = await _find(actor, invitation_id)
    _refuse_over(found)
    link = f"{settings.public_url.rstrip('/')}/#/{PAGE}?t={found['token']}"
    picture = segno.make(link, error="m").png_data_uri(scale=10, border=3)
    code = await wechat.mini_code(settings.wechat, PAGE, found["token"])
    return InvitationShown(**_out(found), link=link, qr=picture, mini_code=code)


async def list_invitations(actor: Actor, wanted: InvitationFilter) -> tuple[list[InvitationOut], str | None]:
    """The invitations that the own org has made, or all to one org inside the scope; the newest first."""
    actor.require("account.manage")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    statement, whose = _OWN, actor.org_id
    if wanted.org_id is not None:
        statement, whose = _OF_ORG, (await find_org(actor, wanted.org_id)).id
    still = None if wanted.state is None else wanted.state == "open"
    page = (before, wanted.limit + 1, still, clock.now())
    found = await db.rows(statement, actor.root_id, whose, actor.patterns, *page)
    shown, cursor = paging.page(found, wanted.limit)
    return [InvitationOut(**_out(item)) for item in shown], cursor


async def withdraw(actor: Actor, invitation_id: int) -> None:
    """Make an open invitation worthless."""
    async with db.transaction():
        _refuse_over(await _find(actor, invitation_id))
        if not await db.run(_WITHDRAW, [invitation_id], clock.now()):
            raise InvitationUsed("这个邀请刚刚已被使用")
        await audit.record(actor, "withdraw", "invitation", invitation_id, {})


def _refuse_over(found: db.Row) -> None:
    state = _state(found)
    if state == "used":
        raise InvitationUsed("这个邀请已经用过了：如果是您本人，请直接登录")
    if state == "expired":
        raise InvitationExpired("邀请已过期，请让对方重新发一个")
    if state == "revoked":
        raise InvitationUnknown("邀请已被撤回，请让对方重新发一个")


async def _open(token: str, lock: bool = False) -> db.Row:
    """The invitation of a code that can still be taken; else why not, in kind words."""
    found = await db.row(_BY_TOKEN + (" FOR UPDATE OF i" if lock else ""), token)
    if found is None:
        if await db.value(_USED, token) is not None:
            raise InvitationUsed("这个邀请已经用过了：如果是您本人，请直接登录")
        raise InvitationUnknown("邀请码不对或已被撤回，请让对方重新发一个")
    _refuse_over(found)
    if found["maker_status"] != "active" or found["retired_at"] is not None:
        raise InvitationUnknown("邀请已失效，请让对方重新发一个")
    if found["org_status"] != "active":
        raise OrgFrozen(f"{found['org_name']}已被冻结，请联系供应商")
    if found["supplier_status"] not in (None, "active"):
        raise OrgFrozen(f"供应商{found['supplier_name']}已被冻结，暂时不能加入")
    await _refuse_second_owner(found["org_id"], found["role"])
    return found


async def look(token: str, address: str, settings: Settings) -> InvitationFace:
    """What somebody is invited to."""
    await service.limit_logins(settings, f"address:{address}")
    found = await _open(token)
    return InvitationFace(
        org_name=found["org_name"],
        org_kind=found["org_kind"],
        supplier_name=found["supplier_name"],
        role_name=_role_name(found),
        name=found["name"],
        expires_at=found["expires_at"],
    )


class _Proof(NamedTuple):
    """How the new one signs in later: by WeChat, by a password, or both."""

    hashed: str
    openid: str
    unionid: str | None


async def _proof(settings: Settings, joining: Joining) -> _Proof:
    if not joining.code and joining.password is None:
        raise InvalidInput("请设置登录密码", [FieldError("/password", "请设置登录密码")])
    openid, unionid = await wechat.user_of(settings.wechat, joining.code) if joining.code else ("", None)
    hashed = "" if joining.password is None else await service.hash_password(joining.password)
    return _Proof(hashed, openid, unionid)


async def join(settings: Settings, joining: Joining, device: Device) -> NewSession:
    """Take an invitation: open the account that it is for, bind the WeChat user to it, and sign in.

    Refused in kind words when it is used, over, withdrawn or unknown, when the store has an owner meanwhile, or when
    store or supplier are frozen; nothing is used up then.
    """
    await service.limit_logins(settings, f"address:{device.address}", f"phone:{joining.phone}")
    await _open(joining.token)
    proof = await _proof(settings, joining)
    async with db.transaction():
        found = await _open(joining.token, lock=True)
        org = await Org.select_for_update().get(id=found["org_id"])
        await _refuse_second_owner(org.id, found["role"])
        held = _held(found) if found["role_id"] else ROLES[found["role"]]
        person = {"name": joining.name.strip(), "phone": joining.phone}
        account = await add_account(org, Role(found["role"], found["role_id"], held), proof.hashed, person)
        await _bind(settings, proof, account.id)
        await db.run(_USE, found["id"], clock.now(), account.id)
        await _tell(found, account.id, account.name)
    return await service.open_session(account.id, settings.session_days, device)


async def _bind(settings: Settings, proof: _Proof, account_id: int) -> None:
    if not proof.openid:
        return
    bound = (settings.wechat.app_id, proof.openid, account_id, proof.unionid, clock.now())
    if not await db.run(_BIND, *bound):
        raise WeChatTaken("这个微信已经绑定了另一个账号：请用那个账号登录，或换一个微信号接受邀请")


async def _tell(found: db.Row, account_id: int, name: str) -> None:
    """Who made it hears of it; the trail says by whose invitation the account is there."""
    actor = await service.actor_for(account_id, surface="app")
    changes = {"invitation_id": found["id"], "invited_by": found["maker_id"], "name": name, "role": found["role"]}
    await audit.record(actor, "join", "account", account_id, changes)
    payload = {"account_id": found["maker_id"], "name": name, "org": found["org_name"], "role": _role_name(found)}
    await outbox.announce(found["root_id"], "invitation.used", found["id"], payload)
