"""Accounts as their keepers see them: the list, one account, its devices and sign-ins."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from server.channel.service import find_org
from server.core import clock, db, paging, search, tree
from server.core.actor import Actor
from server.core.types import MAX_ID, OrgRef
from server.identity import queries, service
from server.identity.accounts import manageable
from server.identity.roles import ROLE_NAMES, ROLES, held_by, kind_of
from server.identity.schemas import AccountDetail, AccountFilter, AccountOut, PageQuery, SignIn

_COLUMNS = """
SELECT a.id, a.org_id, o.name AS org_name, o.kind AS org_kind, a.name, a.phone, a.role, a.role_id, r.name AS own_role,
       a.wecom_userid, EXISTS (SELECT FROM wechat_binding w WHERE w.account_id = a.id) AS wechat_bound, a.status,
       a.frozen_reason, a.created_at, a.version,
       (SELECT max(s.last_seen_at) FROM session s WHERE s.account_id = a.id AND s.revoked_at IS NULL) AS last_seen_at"""

# $1 root  $2 after this id  $3 rows  $4 the scope, where it is less than the brand  then what is filtered and searched
_BRAND = "FROM account a WHERE a.root_id = $1 AND a.id > $2"
# The orgs are named first, as an array: so their people are read by org, and not the whole brand's until enough of them
# are found.
_SCOPED = f"""FROM account a WHERE a.root_id = $1 AND a.id > $2 AND a.org_id = ANY (ARRAY (
    SELECT g.id FROM {tree.below("$4", "o.id")}))"""
# Of each role no more is read than a page holds. It stands in the text: how many have it decides about the plan.
_OF_ROLE = (
    "(SELECT a.id FROM account a WHERE a.root_id = $1 AND a.role = '{role}' AND a.id > $2{rest} ORDER BY 1 LIMIT $3)"
)
_SHOWN = """
FROM ({hits}) h
CROSS JOIN LATERAL (SELECT * FROM account x WHERE x.id = h.id OFFSET 0) a
CROSS JOIN LATERAL (SELECT * FROM org x WHERE x.id = a.org_id OFFSET 0) o
LEFT JOIN role r ON r.id = a.role_id
ORDER BY a.id
"""
_ONE = """
FROM account a JOIN org o ON o.id = a.org_id LEFT JOIN role r ON r.id = a.role_id
WHERE a.id = $1
"""
_DEALERS = "SELECT o.id, o.name FROM assignment x JOIN org o ON o.id = x.org_id WHERE x.account_id = $1 ORDER BY o.path"
# The verbs that open and end sessions; whoever wrote the entry did it.
_SIGN_INS = """
SELECT e.id, e.verb, e.at, e.changes ->> 'client' AS client, e.changes ->> 'address' AS address,
       e.changes ->> 'way' AS way, CASE WHEN e.account_id <> $2 THEN b.name END AS by
FROM audit_entry e LEFT JOIN account b ON b.id = e.account_id
WHERE e.root_id = $1 AND e.subject_kind = 'account' AND e.subject_id = $2 AND e.id < $3
  AND e.verb IN ('sign_in', 'sign_in_failed', 'sign_in_refused', 'sign_out', 'end_session', 'end_sessions',
                 'set_password', 'change_password', 'freeze', 'unfreeze', 'bind_wechat', 'bind_wecom', 'unbind_wecom')
ORDER BY e.id DESC LIMIT $4
"""

# "frozen" and "active" stand in the text, for the few frozen have an index of theirs.
_FILTERS = {
    "org_id": "a.org_id = {}",
    "built_in": "a.role_id IS NULL AND {}",
    "phone": "a.phone ~>=~ {}",
    "before": "a.phone ~<~ {}",
    "role_id": "a.role_id = {}",
    "frozen": "a.status = 'frozen' AND {}",
    "active": "a.status = 'active' AND {}",
    "grams": "a.grams @> {}::text[]",
    "patterns": "a.search_text LIKE ALL ({}::text[])",
}
_FEW = {"role_id", "frozen", "grams", "phone"}
"""Of these there may be few in a brand, and each has an index that finds them."""


@cache
def _statement(names: tuple[str, ...], roles: tuple[str, ...], scoped: bool) -> str:
    """The list with these filters, whose values follow the other parameters; a text for each, and so a plan.

    What is rare in a brand is looked for among the next people first, and then by its index. What lies below a dealer
    is little enough to be put in order.
    """
    rest = "".join(f" AND {_FILTERS[name].format(f'${n}')}" for n, name in enumerate(names, 5 if scoped else 4))
    if roles and not scoped and not _FEW & set(names):
        runs = " UNION ALL ".join(_OF_ROLE.format(role=role, rest=rest) for role in roles)
        return _COLUMNS + _SHOWN.format(hits=f"SELECT id FROM ({runs}) a ORDER BY id LIMIT $3")
    if roles:
        rest += f" AND a.role IN ({', '.join(repr(role) for role in roles)})"
    if scoped or not _FEW & set(names):
        source = (_SCOPED if scoped else _BRAND) + rest
        return _COLUMNS + _SHOWN.format(hits=f"SELECT a.id {source} ORDER BY a.id LIMIT $3")
    walk = f"SELECT a.id AS key, (true{rest}) AS hit {_BRAND} ORDER BY a.id"
    parts = search.hits(walk, f"SELECT a.id AS key {_BRAND}{rest}", "$3")
    return f"WITH {parts} {_COLUMNS}{_SHOWN.format(hits='SELECT key AS id FROM hits ORDER BY key LIMIT $3')}"


def _begins_a_phone(q: str | None) -> bool:
    """Whether a text may be most of a phone number, from its beginning."""
    return re.fullmatch(r"1[0-9]{5,10}", (q or "").strip()) is not None


def _searched(q: str | None, by_phone: bool) -> dict[str, Any]:
    """By the index of phone numbers, which names few people, or by that of all words."""
    if by_phone:
        text = (q or "").strip()
        return {"phone": text, "before": text[:-1] + chr(ord(text[-1]) + 1)}
    wanted = search.look_for(q)
    return {} if wanted is None else wanted._asdict()


def _filters(wanted: AccountFilter, by_phone: bool) -> dict[str, Any]:
    """What is filtered and searched, by the names of the conditions."""
    given: dict[str, Any] = {"role_id": wanted.role_id}
    if not wanted.below:  # else the scope is narrower
        given["org_id"] = wanted.org_id
    if wanted.role is not None:
        given["built_in"] = True
    if wanted.status is not None:
        given[wanted.status] = True
    given |= _searched(wanted.q, by_phone)
    return {name: item for name, item in given.items() if item is not None}


def _roles(wanted: AccountFilter) -> tuple[str, ...]:
    """The built-in roles to which the list is confined."""
    if wanted.role is not None:
        return (wanted.role,)
    return () if wanted.kind is None else tuple(role for role in ROLES if kind_of(role) == wanted.kind)


def account_out(found: db.Row) -> AccountOut:
    """A row as an answer."""
    return msgspec.convert({**found, "role_name": _role_name(found)}, AccountOut)


def _role_name(found: db.Row) -> str:
    return str(found["own_role"] or ROLE_NAMES.get(found["role"], found["role"]))


async def list_accounts(actor: Actor, wanted: AccountFilter) -> tuple[list[AccountOut], str | None]:
    """Accounts of the orgs in the scope in the order in which they were opened, a page at a time (D6.1).

    What may begin a phone number is looked for as one first; where no number begins so, it may stand anywhere.
    """
    actor.require("account.manage")
    by_phone = _begins_a_phone(wanted.q)
    found = await _look(actor, wanted, by_phone)
    if by_phone and not found:
        found = await _look(actor, wanted, False)
    shown, cursor = paging.page(found, wanted.limit)
    return [account_out(item) for item in shown], cursor


async def _look(actor: Actor, wanted: AccountFilter, by_phone: bool) -> Sequence[db.Row]:
    given = _filters(wanted, by_phone)
    scope = None if actor.sees_all else actor.scope
    if wanted.org_id is not None:
        scope = [(await find_org(actor, wanted.org_id)).path]
    place = (actor.root_id, paging.id_cursor(wanted.cursor) or 0, wanted.limit + 1, *([] if scope is None else [scope]))
    statement = _statement(tuple(given), _roles(wanted), scope is not None)
    return await db.rows(statement, *place, *given.values())


async def get_account(actor: Actor, account_id: int) -> AccountDetail:
    """One account inside the scope, with a rep's dealers and what it may do."""
    actor.require("account.manage")
    account = await manageable(actor, account_id)
    found = await db.row(_COLUMNS + _ONE, account_id)
    assert found is not None
    held = held_by(account.role, await queries.own_permissions(account.role_id))
    dealers = [OrgRef(item["id"], item["name"]) for item in await db.rows(_DEALERS, account_id)]
    values = {**found, "role_name": _role_name(found), "dealers": dealers, "permissions": sorted(held)}
    return msgspec.convert(values, AccountDetail)


async def sessions_of(actor: Actor, account_id: int) -> Sequence[db.Row]:
    """The signed-in devices of an account, the last used first."""
    actor.require("account.manage")
    await manageable(actor, account_id)
    return await queries.sessions_of(account_id, clock.now())


async def end_sessions(actor: Actor, account_id: int, session_id: int | None = None) -> None:
    """Sign somebody out on one device, or on all; whoever ends his own keeps the present one."""
    actor.require("account.manage")
    await manageable(actor, account_id)
    await service.end_sessions_of(actor, account_id, session_id)


async def sign_ins_of(actor: Actor, account_id: int, wanted: PageQuery) -> tuple[list[SignIn], str | None]:
    """When and from where somebody signed in, and what was done to the account's sessions; the newest first."""
    actor.require("account.manage")
    account = await manageable(actor, account_id)
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await db.rows(_SIGN_INS, account.root_id, account_id, before, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit)
    return [_sign_in(item) for item in shown], cursor


def _sign_in(found: db.Row) -> SignIn:
    texts: dict[str, Any] = {name: found[name] or "" for name in ("client", "address", "way")}
    return SignIn(verb=found["verb"], at=found["at"], by=found["by"], **texts)
