"""Signing in, sessions, and who may do what."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, NotFound, NotSignedIn, OrgFrozen, TooManyRequests
from server.core.redis import attempt, client
from server.identity import queries
from server.identity.models import Account, Session
from server.identity.roles import ROLES
from server.settings import Settings

LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)

_hasher = PasswordHasher()  # argon2id with the library's present defaults (RFC 9106, low-memory profile)
_NOBODY = _hasher.hash("nobody has this password")


class WrongPassword(BusinessError):
    """Phone or password is wrong; which one is not said."""

    status, code, title = 401, "wrong_password", "登录失败"


class AccountLocked(BusinessError):
    """Too many wrong passwords."""

    status, code, title = 423, "account_locked", "账号已锁定"


class AccountFrozen(BusinessError):
    """The account was frozen by its administrator."""

    status, code, title = 403, "account_frozen", "账号已停用"


class NewSession(NamedTuple):
    """A session just made; the token leaves the server once."""

    token: str
    expires_at: datetime
    actor: Actor


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def hash_password(password: str) -> str:
    """The argon2id hash, made off the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _actor(facts: db.Row, surface: str) -> Actor:
    if facts["status"] != "active":
        raise AccountFrozen(f"账号已被停用:{facts['frozen_reason'] or '请联系管理员'}")
    if facts["org_status"] != "active":
        raise OrgFrozen(f"{facts['org_name']}已被冻结:{facts['org_frozen_reason'] or '请联系供应商'}")
    assigned = facts["assigned"]
    return Actor(
        account_id=facts["account_id"],
        session_id=facts["session_id"] or 0,
        name=facts["name"],
        role=facts["role"],
        permissions=ROLES.get(facts["role"], frozenset()),
        root_id=facts["root_id"],
        org_id=facts["org_id"],
        org_kind=facts["kind"],
        org_name=facts["org_name"],
        path=facts["path"],
        supplier_id=facts["parent_id"],
        price_group=facts["price_group"],
        assigned=None if assigned is None else tuple(assigned),
        surface=surface,
    )


async def authenticate(token: str) -> Actor:
    """The actor behind a token; refused when session, account or org has ended or is frozen."""
    if not 20 <= len(token) <= 200:
        raise NotSignedIn("请先登录")
    facts = await queries.session_by_hash(_hash(token))
    moment = clock.now()
    if facts is None or facts["expires_at"] <= moment:
        raise NotSignedIn("登录已过期,请重新登录")
    if moment - facts["last_seen_at"] > SEEN_EVERY:
        await queries.seen(facts["session_id"], moment)
    return _actor(facts, "app")


async def actor_for(account_id: int | None = None, wecom_userid: str | None = None, surface: str = "chat") -> Actor:
    """The actor of an account that came another way than by a session: a chat member, a job, demo data."""
    facts = await queries.account_facts(account_id, wecom_userid)
    if facts is None:
        raise NotFound("没有找到对应的账号,请联系管理员绑定")
    return _actor(facts, surface)


async def _limit(settings: Settings, *names: str) -> None:
    """Hold back guessing; without Redis the account's own lock still stands."""
    redis = client()
    if redis is None:
        return
    for name in names:
        key = f"login:{name}:{int(clock.now().timestamp()) // 60}"
        used = await attempt(redis.incr(key))
        if used == 1:
            await attempt(redis.expire(key, 120))
        if used is not None and used > settings.login_limit_per_minute:
            raise TooManyRequests("登录太频繁,请一分钟后再试", retry_after=60)


async def _check(phone: str, password: str) -> Account:
    """The account, when the password is right; wrong ones are counted, and lock it after five (15 minutes)."""
    account = await Account.get_or_none(phone=phone)
    moment = clock.now()
    if account is not None and account.locked_until and account.locked_until > moment:
        minutes = int((account.locked_until - moment).total_seconds() // 60) + 1
        raise AccountLocked(f"密码错误次数太多,账号已锁定,请 {minutes} 分钟后再试", retry_after=minutes * 60)
    right = await asyncio.to_thread(_matches, account.password_hash if account else _NOBODY, password)
    if account is None or not right:
        if account is not None:
            await db.run(
                "UPDATE account SET failed_logins = failed_logins + 1, locked_until = CASE WHEN "
                "(failed_logins + 1) % $2 = 0 THEN $3::timestamptz END WHERE id = $1",
                account.id,
                LOCK_AFTER,
                moment + LOCK_FOR,
            )
        raise WrongPassword("手机号或密码不对")
    if account.failed_logins:
        await db.run("UPDATE account SET failed_logins = 0, locked_until = NULL WHERE id = $1", account.id)
    return account


async def open_session(account_id: int, days: int, device: str) -> NewSession:
    """A new session for an account that has shown who it is."""
    actor = await actor_for(account_id, surface="app")
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    expires_at = moment + timedelta(days=days)
    await db.run(
        "INSERT INTO session (account_id, token_hash, client, created_at, last_seen_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $4, $5)",
        account_id,
        _hash(token),
        device[:100],
        moment,
        expires_at,
    )
    return NewSession(token, expires_at, actor)


async def login(settings: Settings, phone: str, password: str, device: str, address: str) -> NewSession:
    """Sign in with phone and password (D6.1)."""
    await _limit(settings, f"phone:{phone}", f"address:{address}")
    account = await _check(phone, password)
    return await open_session(account.id, settings.session_days, device)


async def verify_password(settings: Settings, phone: str, password: str, address: str) -> int:
    """The id of the account whose phone and password these are, under the same limits as `login`."""
    await _limit(settings, f"phone:{phone}", f"address:{address}")
    return int((await _check(phone, password)).id)


async def logout(actor: Actor) -> None:
    """End the session of this request."""
    await Session.filter(id=actor.session_id).update(revoked_at=clock.now())


async def list_sessions(actor: Actor) -> list[Session]:
    """The signed-in devices of the own account, the last used first."""
    alive = Session.filter(account_id=actor.account_id, revoked_at=None, expires_at__gt=clock.now())
    return await alive.order_by("-last_seen_at", "-id").limit(100)


async def end_session(actor: Actor, session_id: int) -> None:
    """Sign one of the own devices out."""
    ended = await Session.filter(id=session_id, account_id=actor.account_id, revoked_at=None).update(
        revoked_at=clock.now()
    )
    if not ended:
        raise NotFound("没有找到这次登录,可能已经退出")


async def change_password(actor: Actor, old: str, new: str) -> None:
    """Change the own password; all other devices are signed out."""
    account = await Account.get(id=actor.account_id)
    if not await asyncio.to_thread(_matches, account.password_hash, old):
        raise Forbidden("原密码不对")
    hashed = await hash_password(new)
    async with db.transaction():
        await Account.filter(id=actor.account_id).update(password_hash=hashed)
        await queries.revoke_others(actor.account_id, clock.now(), keep=actor.session_id)
