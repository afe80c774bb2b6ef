"""Who decides while somebody is away."""

from __future__ import annotations

from collections.abc import Sequence

from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, InvalidInput, NotFound
from server.identity import queries
from server.identity.models import Account
from server.identity.roles import held_by
from server.identity.schemas import NewSubstitute


class AwayThemselves(BusinessError):
    """The substitute is away in that time, or somebody else stands in already."""

    status, code, title = 409, "substitute_away", "不能代理"


_LIST = """
SELECT u.id, u.account_id, a.name AS account_name, u.substitute_id, b.name AS substitute_name, u.from_on, u.until_on
FROM substitute u JOIN account a ON a.id = u.account_id JOIN account b ON b.id = u.substitute_id
WHERE u.root_id = $1 AND a.org_id = $2 AND u.until_on >= $3 AND ($4::bigint IS NULL OR $4 IN (a.id, b.id))
ORDER BY u.from_on, u.id
"""

# Nobody is replaced twice at a time, and nobody who is away replaces another: the question would reach no one.
_MEETS = """
SELECT a.name FROM substitute u JOIN account a ON a.id = u.account_id
WHERE u.account_id IN ($1, $2) AND u.from_on <= $4 AND u.until_on >= $3
   OR u.substitute_id = $1 AND u.from_on <= $4 AND u.until_on >= $3
LIMIT 1
"""

_ADD = """
INSERT INTO substitute (root_id, account_id, substitute_id, from_on, until_on)
VALUES ($1, $2, $3, $4, $5) RETURNING id
"""

_REMOVE = "DELETE FROM substitute u USING account a WHERE a.id = u.account_id AND u.id = $1 AND a.org_id = $2"


async def _colleague(actor: Actor, account_id: int) -> Account:
    account = await Account.get_or_none(id=account_id, org_id=actor.org_id, status="active")
    if account is None:
        raise NotFound("没有找到这位同事的账号")
    if "order.approve" not in held_by(account.role, await queries.own_permissions(account.role_id)):
        raise InvalidInput(f"{account.name}没有审批权限，不能代理审批")
    return account


async def add_substitute(actor: Actor, wanted: NewSubstitute) -> int:
    """Let a colleague decide in somebody's place, from one business day to another, both included.

    Everyone does so for himself, an account manager for all of his org. Raises `AwayThemselves` when the time meets
    another absence of either.
    """
    actor.require("order.approve")
    if wanted.account_id != actor.account_id:
        actor.require("account.manage")
    if wanted.account_id == wanted.substitute_id:
        raise InvalidInput("不能由自己代理自己")
    if wanted.until_on < max(wanted.from_on, clock.today()):
        raise InvalidInput("结束日期不能早于开始日期，也不能早于今天")
    async with db.transaction():
        account = await _colleague(actor, wanted.account_id)
        await _colleague(actor, wanted.substitute_id)
        days = (wanted.from_on, wanted.until_on)
        taken = await db.value(_MEETS, wanted.account_id, wanted.substitute_id, *days)
        if taken is not None:
            raise AwayThemselves(f"这段时间{taken}已经安排了代理，请先取消或换一段时间")
        added = int(await db.value(_ADD, account.root_id, wanted.account_id, wanted.substitute_id, *days))
        changes = {"substitute_id": wanted.substitute_id, "from_on": days[0], "until_on": days[1]}
        await audit.record(actor, "add_substitute", "account", wanted.account_id, changes)
    return added


async def list_substitutes(actor: Actor) -> Sequence[db.Row]:
    """Present and coming absences: all of the own org for an account manager, else one's own and those one covers."""
    only = None if actor.may("account.manage") else actor.account_id
    return await db.rows(_LIST, actor.root_id, actor.org_id, clock.today(), only)


async def remove_substitute(actor: Actor, substitute_id: int) -> None:
    """End or withdraw an absence."""
    actor.require("order.approve")
    async with db.transaction():
        known = {item["id"]: item["account_id"] for item in await list_substitutes(actor)}
        if substitute_id not in known:
            raise NotFound("没有找到这条代理安排")
        if known[substitute_id] != actor.account_id:
            actor.require("account.manage")
        await db.run(_REMOVE, substitute_id, actor.org_id)
        await audit.record(actor, "remove_substitute", "account", known[substitute_id], {"id": substitute_id})
