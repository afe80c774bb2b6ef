"""Accounts as their keepers see them: the list, one account, its devices and sign-ins."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from server.channel.service import find_org
from server.core import clock, db, paging, search
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import MAX_ID, OrgRef
from server.identity import queries, service
from server.identity.accounts import manageable
from server.identity.roles import ROLE_NAMES, held_by
from server.identity.schemas import AccountDetail, AccountFilter, AccountOut, PageQuery, SignIn

_COLUMNS = """
SELECT a.id, a.org_id, o.name AS org_name, o.kind AS org_kind, a.name, a.phone, a.role, a.role_id, r.name AS own_role,
       a.wecom_userid, EXISTS (SELECT FROM wechat_binding w WHERE w.account_id = a.id) AS wechat_bound, a.status,
       a.frozen_reason, a.created_at, a.version,
       (SELECT max(s.last_seen_at) FROM session s WHERE s.account_id = a.id AND s.revoked_at IS NULL) AS last_seen_at"""

# Down the channel, each org's people together: so a page is read along the index of paths, whatever the scope. A path
# "/1/7/" and all that begin with it lie between it and "/1/70", for "0" follows "/".
# $1 root  $2 scope  $3 from this path on  $4 after this id at that path  $5 rows  $6, $7 what is searched, if anything
_BELOW = "o.path ~>=~ prefix AND o.path ~<~ (left(prefix, -1) || '0')"
_REST = "o.path ~>=~ $3 AND (o.path <> $3 OR a.id > $4){filters}"
_ALONG = f"""
    FROM unnest($2::text[]) AS prefix CROSS JOIN LATERAL (
        SELECT a.id, a.grams, a.search_text, o.path FROM org o JOIN account a ON a.org_id = o.id
        WHERE o.root_id = $1 AND {_BELOW} AND {_REST}
        ORDER BY o.path USING ~<~, a.id LIMIT {{rows}}) h
    ORDER BY h.path USING ~<~, h.id"""
_FOUND = f"""
    SELECT a.id AS key FROM account a JOIN org o ON o.id = a.org_id
    WHERE a.root_id = $1 AND EXISTS (SELECT FROM unnest($2::text[]) AS prefix WHERE {_BELOW}) AND {_REST}
      AND {search.matches("a", "$6", "$7")}"""
_SHOWN = """
FROM ({hits}) h JOIN account a ON a.id = h.id JOIN org o ON o.id = a.org_id LEFT JOIN role r ON r.id = a.role_id
ORDER BY o.path USING ~<~, a.id
LIMIT $5
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
  AND e.verb IN ('sign_in', 'sign_out', 'end_session', 'end_sessions', 'set_password', 'change_password', 'freeze',
                 'unfreeze', 'bind_wechat', 'bind_wecom', 'unbind_wecom')
ORDER BY e.id DESC LIMIT $4
"""

_FILTERS = {
    "org_id": "a.org_id",
    "kind": "o.kind",
    "role": "a.role_id IS NULL AND a.role",
    "role_id": "a.role_id",
    "status": "a.status",
}


@cache
def _statement(names: tuple[str, ...], searched: bool) -> str:
    """The list with these filters, in their order after the other parameters; a text for each, and so a plan."""
    filters = "".join(f" AND {_FILTERS[name]} = ${n}" for n, name in enumerate(names, 8 if searched else 6))
    columns = _COLUMNS + ", o.path"
    if not searched:
        return columns + _SHOWN.format(hits=f"SELECT h.id {_ALONG.format(filters=filters, rows='$5')} LIMIT $5")
    walk = f"SELECT h.id AS key, {search.matches('h', '$6', '$7')} AS hit"
    walk += _ALONG.format(filters=filters, rows=search.WALK)
    parts = search.hits(walk, _FOUND.format(filters=filters), "$5")
    return f"WITH {parts} {columns}{_SHOWN.format(hits='SELECT key AS id FROM hits')}"


def account_out(found: db.Row) -> AccountOut:
    """A row as an answer."""
    return msgspec.convert({**found, "role_name": _role_name(found)}, AccountOut)


def _role_name(found: db.Row) -> str:
    return str(found["own_role"] or ROLE_NAMES.get(found["role"], found["role"]))


def _start(cursor: str | None) -> tuple[str, int]:
    """Where a page begins: at a path, after an id."""
    key = paging.decode_cursor(cursor, 2)
    if key is None:
        return "", 0
    path, last = key
    if not isinstance(path, str) or type(last) is not int or not 0 <= last <= MAX_ID or "\x00" in path:
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return path, last


def _outermost(paths: Sequence[str]) -> list[str]:
    """These paths without those that lie below another: nobody is to be listed twice."""
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


async def list_accounts(actor: Actor, wanted: AccountFilter) -> tuple[list[AccountOut], str | None]:
    """Accounts of the orgs in the scope, org by org down the channel, a page at a time (D6.1)."""
    actor.require("account.manage")
    given = {name: getattr(wanted, name) for name in _FILTERS if getattr(wanted, name) is not None}
    scope = actor.scope
    if wanted.org_id is not None:
        scope = [(await find_org(actor, wanted.org_id)).path]
        if wanted.below:
            del given["org_id"]
    place = (actor.root_id, _outermost(scope), *_start(wanted.cursor), wanted.limit + 1)
    text = search.look_for(wanted.q)
    found = await db.rows(_statement(tuple(given), text is not None), *place, *(text or ()), *given.values())
    shown = found[: wanted.limit]
    cursor = paging.encode_cursor(shown[-1]["path"], shown[-1]["id"]) if len(found) > wanted.limit else None
    return [account_out(item) for item in shown], cursor


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
