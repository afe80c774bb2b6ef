"""Signing in, sessions, and who may do what."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.core import audit, clock, db, limits, live
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, NotFound, NotSignedIn, OrgFrozen
from server.core.http import TICKET
from server.identity import queries, tickets
from server.identity.models import Account, Session
from server.identity.queries import Device
from server.identity.roles import held_by
from server.settings import Settings

LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)

_hasher = PasswordHasher()  # argon2id with the library's present defaults (RFC 9106, low-memory profile)
# Each hash takes 64 MB and all of a core's time: a burst of logins waits here, and nothing else waits for it.
_hashing = ThreadPoolExecutor(2, thread_name_prefix="argon2")


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
    return await asyncio.get_running_loop().run_in_executor(_hashing, _hasher.hash, password)


@cache
def _nobody() -> str:
    """The hash against which a phone without an account is tried, so that it takes as long as any other."""
    return _hasher.hash("nobody has this password")


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False


async def _matches(stored: str | None, password: str) -> bool:
    return await asyncio.get_running_loop().run_in_executor(_hashing, _verify, stored, password)


def _actor(facts: db.Row, surface: str) -> Actor:
    if facts["status"] != "active":
        raise AccountFrozen(f"账号已被停用：{facts['frozen_reason'] or '请联系管理员'}")
    if facts["org_status"] != "active":
        raise OrgFrozen(f"{facts['org_name']}已被冻结：{facts['org_frozen_reason'] or '请联系供应商'}", own=True)
    assigned = facts["assigned"]
    return Actor(
        account_id=facts["account_id"],
        session_id=facts["session_id"] or 0,
        name=facts["name"],
        role=facts["role"],
        permissions=held_by(facts["role"], facts["own_permissions"]),
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
    """The actor behind a token or a ticket; refused when session, account or org has ended or is frozen."""
    if not 20 <= len(token) <= 200:
        raise NotSignedIn("请先登录")
    ticket = token.startswith(TICKET)
    return await _actor_of_session(await tickets.redeem(token) if ticket else _hash(token))


async def follow(actor: Actor) -> Callable[[], Awaitable[Actor | None]]:
    """A question to be asked again and again: who the actor's session is now; None once it is out."""
    token_hash = await queries.session_hash(actor.session_id) or b""

    async def now() -> Actor | None:
        try:
            return await _actor_of_session(token_hash)
        except BusinessError:
            return None

    return now


async def _actor_of_session(token_hash: bytes) -> Actor:
    facts = await queries.session_by_hash(token_hash)
    moment = clock.now()
    if facts is None or facts["expires_at"] <= moment:
        raise NotSignedIn("登录已过期，请重新登录")
    if moment - facts["last_seen_at"] > SEEN_EVERY:
        await queries.seen(facts["session_id"], moment)
    return _actor(facts, "app")


async def actor_for(account_id: int | None = None, wecom_userid: str | None = None, surface: str = "chat") -> Actor:
    """The actor of an account that came another way than by a session: a chat member, a job, demo data."""
    facts = await queries.account_facts(account_id, wecom_userid)
    if facts is None:
        raise NotFound("没有找到对应的账号，请联系管理员绑定")
    return _actor(facts, surface)


async def limit_logins(settings: Settings, *names: str) -> None:
    """Hold back guessing, per phone and per address; the lock of a phone stands beside it."""
    for name in names:
        await limits.hold_back(f"login:{name}", settings.login_limit_per_minute, "登录太频繁，请一分钟后再试")


def _refuse_locked(until: datetime | None, moment: datetime) -> None:
    if until is not None:
        minutes = int((until - moment).total_seconds() // 60) + 1
        raise AccountLocked(f"密码错误次数太多，账号已锁定，请 {minutes} 分钟后再试", retry_after=minutes * 60)


async def _check(phone: str, password: str, device: Device) -> Account:
    """The account, when the password is right; five wrong ones lock the phone for 15 minutes.

    A phone without an account is counted and locked just the same, so that nobody learns who has one. The lock is
    asked again after the password, so that a burst of guesses at once has no more tries than guesses in a row.
    """
    moment = clock.now()
    _refuse_locked(await queries.locked_until(phone, moment), moment)
    account = await Account.get_or_none(phone=phone)
    right = await _matches(account.password_hash if account else None, password)
    if account is None or not right:
        await queries.login_failed(phone, moment, LOCK_AFTER, moment + LOCK_FOR, device)
        raise WrongPassword("手机号或密码不对")
    _refuse_locked(await queries.login_passed(phone, moment), moment)
    return account


async def enter(account_id: int, device: Device) -> Actor:
    """The actor of an account that has shown who it is; where it is frozen, its history says that it was refused."""
    try:
        return await actor_for(account_id, surface="app")
    except (AccountFrozen, OrgFrozen):
        await queries.login_refused(account_id, clock.now(), device)
        raise


async def open_session(account_id: int, days: int, device: Device) -> NewSession:
    """A new session for an account that has shown who it is."""
    actor = await enter(account_id, device)
    token = secrets.token_urlsafe(32)
    expires_at = clock.now() + timedelta(days=days)
    async with db.transaction():
        device = device._replace(name=device.name[:100], address=device.address[:60])
        await queries.open_session(account_id, _hash(token), device, clock.now(), expires_at)
        how = {"client": device.name, "address": device.address, "way": device.way}
        await audit.record(actor, "sign_in", "account", account_id, how)
    return NewSession(token, expires_at, actor)


async def login(settings: Settings, phone: str, password: str, device: Device) -> NewSession:
    """Sign in with phone and password (D6.1)."""
    await limit_logins(settings, f"phone:{phone}", f"address:{device.address}")
    account = await _check(phone, password, device)
    return await open_session(account.id, settings.session_days, device)


async def verify_password(settings: Settings, phone: str, password: str, device: Device) -> int:
    """The id of the account whose phone and password these are, under the same limits as `login`."""
    await limit_logins(settings, f"phone:{phone}", f"address:{device.address}")
    return int((await _check(phone, password, device)).id)


async def logout(actor: Actor) -> None:
    """End the session of this request."""
    async with db.transaction():
        await Session.filter(id=actor.session_id).update(revoked_at=clock.now())
        await audit.record(actor, "sign_out", "account", actor.account_id, {})
        await live.wake_account(actor.account_id)


async def list_sessions(actor: Actor) -> Sequence[db.Row]:
    """The signed-in devices of the own account, the last used first."""
    return await queries.sessions_of(actor.account_id, clock.now())


async def end_session(actor: Actor, session_id: int) -> None:
    """Sign one of the own devices out."""
    async with db.transaction():
        alive = Session.filter(id=session_id, account_id=actor.account_id, revoked_at=None)
        if not await alive.update(revoked_at=clock.now()):
            raise NotFound("没有找到这次登录，可能已经退出")
        await audit.record(actor, "end_session", "account", actor.account_id, {"session_id": session_id})
        await live.wake_account(actor.account_id)


async def end_sessions_of(actor: Actor, account_id: int, session_id: int | None = None) -> int:
    """End one session of an account, or all but the present one; how many. The caller has checked the scope."""
    async with db.transaction():
        ended = await queries.revoke(account_id, clock.now(), session_id, keep=actor.session_id)
        if session_id is not None and not ended:
            raise NotFound("没有找到这次登录，可能已经退出")
        verb = "end_sessions" if session_id is None else "end_session"
        await audit.record(actor, verb, "account", account_id, {"session_id": session_id, "ended": ended})
        await live.wake_account(account_id)
    return ended


async def change_password(actor: Actor, old: str, new: str) -> None:
    """Change the own password; all other devices are signed out."""
    await limits.hold_back(f"password:{actor.account_id}", LOCK_AFTER, "尝试太频繁，请一分钟后再试")
    account = await Account.get(id=actor.account_id)
    if not await _matches(account.password_hash, old):
        raise Forbidden("原密码不对")
    hashed = await hash_password(new)
    async with db.transaction():
        await Account.filter(id=actor.account_id).update(password_hash=hashed)
        await queries.revoke_others(actor.account_id, clock.now(), keep=actor.session_id)
        await audit.record(actor, "change_password", "account", actor.account_id, {"password": True})
        await live.wake_account(actor.account_id)
