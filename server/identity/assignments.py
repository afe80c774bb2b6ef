"""Which sales reps look after which dealers, set from the dealers' side. (S1.1)"""

from __future__ import annotations

from collections.abc import Sequence

from server.channel.archive_schemas import BulkReps, BulkResult
from server.channel.bulk import record_all
from server.channel.models import Org
from server.channel.schemas import Rep
from server.core import db, live
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput, NotFound
from server.identity.models import Account
from server.identity.queries import REPS_ABOVE, now_assigned, reassign
from server.identity.roles import BOUND


async def _reps(actor: Actor, account_ids: Sequence[int]) -> dict[int, str]:
    """The names of these sales reps of the own brand."""
    found = await Account.filter(id__in=list(set(account_ids)), org_id=actor.root_id, role=BOUND, status="active")
    if len(found) != len(set(account_ids)):
        raise NotFound("没有找到这位业务员", [FieldError("/account_ids", "没有找到这位业务员")])
    return {int(rep.id): rep.name for rep in found}


async def list_reps(actor: Actor) -> list[Rep]:
    """The sales reps of the brand, to choose from."""
    if actor.org_kind != "brand":
        return []
    found = await Account.filter(org_id=actor.root_id, role=BOUND, status="active").order_by("id").limit(1000)
    return [Rep(int(rep.id), rep.name) for rep in found]


async def assign_reps(actor: Actor, wanted: BulkReps) -> list[BulkResult]:
    """Let these reps, and nobody else, look after these dealers; what each of them sees changes at once (S1.1).

    A result per dealer; raises `NotFound` for who is no rep of the brand.
    """
    actor.require("rep.assign")
    if len(set(wanted.ids)) != len(wanted.ids):
        raise InvalidInput("同一个经销商出现了两次")
    async with db.transaction():
        names = await _reps(actor, wanted.account_ids)
        found = {int(org.id): org for org in await actor.visible(Org).filter(id__in=wanted.ids)}
        good = sorted(org_id for org_id, org in found.items() if org.kind == "dealer")
        before = await now_assigned(good)
        await reassign(actor.root_id, good, sorted(names))
        shown = sorted(names.values())
        trail = {org_id: {"reps": [sorted(n for _, n in before[org_id]), shown]} for org_id in good}
        await record_all(actor, "assign", trail)
        touched = {account_id for reps in before.values() for account_id, _ in reps} | names.keys()
        for account_id in sorted(touched):
            await live.wake_account(account_id)
    return [_result(org_id, found.get(org_id)) for org_id in wanted.ids]


async def reps_above(org_id: int) -> Sequence[db.Row]:
    """Who looks after an org, directly or as a part of what he looks after: id, name, wecom_userid."""
    return await db.rows(REPS_ABOVE, org_id)


def _result(org_id: int, org: Org | None) -> BulkResult:
    if org is None:
        return BulkResult(org_id, "", False, "没有找到，或者不在您的管理范围内")
    if org.kind != "dealer":
        return BulkResult(org_id, org.name, False, "只有经销商可以分配业务员")
    return BulkResult(org_id, org.name, True)
