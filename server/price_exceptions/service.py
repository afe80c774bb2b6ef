"""The life of a price exception: asked, decided or withdrawn."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from server.approvals import service as approvals
from server.approvals.progress import progress
from server.approvals.schemas import Decision
from server.approvals.steps import Matter
from server.core import audit, clock, db, outbox, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound
from server.core.types import MAX_ID, OrgRef
from server.price_exceptions import queries
from server.price_exceptions.queries import KIND
from server.price_exceptions.schemas import (
    ExceptionAsked,
    ExceptionFilter,
    ExceptionList,
    ExceptionOut,
    NewException,
)
from server.pricing import service as pricing
from server.pricing.queries import ListOf, Period

SEEN_BY = ("order.approve", "price.manage")
"""Who decides sees them, and who asks: the own org's, inside the scope."""

LONGEST = timedelta(days=366)
"""For so long a price may be outside its limits; then it is asked for again."""


class ExceptionAlreadyAsked(BusinessError):
    """One for this buyer and product waits for its decision already."""

    status, code, title = 409, "exception_already_asked", "已经申请过了"


class ExceptionClosed(BusinessError):
    """It was decided or withdrawn."""

    status, code, title = 409, "exception_closed", "申请已经处理"


class ExceptionOver(BusinessError):
    """What was asked for can hold no more: its days are over, or the buyer has another supplier."""

    status, code, title = 409, "exception_over", "申请已经失效"


def _period(new: NewException) -> Period:
    when = pricing.period(new.from_on, new.until_on)
    if when.until_on is None or when.until_on - when.from_on > LONGEST:
        raise InvalidInput("特价最长一年，到期后请再申请", [FieldError("/until_on", "最长一年")])
    return when


async def ask_exception(actor: Actor, new: NewException) -> ExceptionAsked:
    """Ask the brand for a price outside its limits for one buyer, with a reason; it is asked at once (D5.3).

    Raises `ExceptionAlreadyAsked`; `InvalidInput` for a price within the limits, which can simply be set.
    """
    when = _period(new)
    async with db.transaction():
        of, limits = await pricing.limits_broken(
            actor, new.seller_id, new.buyer_id, new.product_id, new.price_fen, when
        )
        parties = (of.seller_id, new.buyer_id, new.product_id)
        about = (of.root_id, f"TJ{clock.today():%y%m%d}", *parties, new.price_fen)
        made = await queries.ask((*about, *limits, *when, new.reason), actor.account_id, clock.now())
        if made is None:
            number = await queries.open_number(of.root_id, *parties)
            raise ExceptionAlreadyAsked(f"这个客户的这个商品已有一份特价申请 {number} 在等待审批")
        await approvals.open_approval(
            actor.root_id, KIND, made["id"], made["number"], actor.root_id, new.buyer_id, new.price_fen
        )
        await _announce(actor.root_id, "asked", made["id"])
        changes = {**msgspec.to_builtins(new), "number": made["number"]}
        await audit.record(actor, "ask_price_exception", KIND, made["id"], changes)
    return ExceptionAsked(made["id"], made["number"])


async def _announce(root_id: int, what: str, exception_id: int) -> None:
    await outbox.announce(root_id, f"approval.{what}", exception_id, {"kind": KIND})


def _asks(actor: Actor, found: db.Row) -> bool:
    """Whether the actor's org asks: it is the seller, or asked for one below that does not set its own prices."""
    return actor.org_id in (found["seller_id"], found["asked_by_org_id"])


async def _lock(actor: Actor, exception_id: int) -> db.Row:
    """An exception that the actor sees and that waits."""
    found = await queries.lock(actor.root_id, exception_id)
    concerns = found is not None and (_asks(actor, found) or actor.org_id == actor.root_id)
    if found is None or not concerns or not actor.sees(found["buyer_path"]):
        raise NotFound("没有找到这份特价申请")
    if found["state"] != "pending":
        raise ExceptionClosed("这份特价申请已经处理过了")
    return found


async def decide_exception(actor: Actor, exception_id: int, decision: Decision) -> None:
    """What deciding about a price exception means, for the approvals engine (B1).

    Whoever has asked does not decide, but for an administrator, so that none is stuck.
    """
    async with db.transaction():
        found = await _lock(actor, exception_id)
        if actor.org_id != actor.root_id:
            raise Forbidden("特价由品牌审批")
        if found["asked_by"] == actor.account_id and "account.manage" not in actor.permissions:
            raise Forbidden("自己提出的特价申请要由别人审批")
        stands = await approvals.standing(actor, KIND, exception_id)
        approvals.refuse_others(stands)
        if decision.decision == "reject":
            await _settle(actor, found, "rejected", decision.reason)
            return
        _check_holds(found)
        passed = await approvals.pass_on(
            actor, stands, KIND, exception_id, found["buyer_id"], found["price_fen"], {"reason": decision.reason}
        )
        if passed.waits is not None:
            await _announce(actor.root_id, "passed_on", exception_id)
            await audit.record(actor, "pass_on", KIND, exception_id, {"number": found["number"]})
            return
        await _settle(actor, found, "approved", decision.reason, passed.reached)
        await _offer(actor, found)


def _check_holds(found: db.Row) -> None:
    if found["until_on"] < clock.today():
        raise ExceptionOver("申请的特价期限已经过去，请驳回")
    if found["buyer_parent_id"] != found["seller_id"]:
        raise ExceptionOver(f"{found['buyer_name']}已不再由{found['seller_name']}供货，请驳回")


async def _settle(actor: Actor, found: db.Row, state: str, reason: str, last_step: int = 1) -> None:
    await approvals.close(actor, KIND, found["id"], state, reason, last_step)
    await queries.settle(actor.root_id, found["id"], state)
    await _announce(actor.root_id, "decided", found["id"])
    verb = {"approved": "approve", "rejected": "reject", "void": "withdraw"}[state]
    await audit.record(actor, verb, KIND, found["id"], {"number": found["number"], "reason": reason})


async def _offer(actor: Actor, found: db.Row) -> None:
    """The price is in the buyer's list from now on, or from its first day."""
    of = ListOf(actor.root_id, found["seller_id"], None, found["buyer_id"])
    when = Period(max(found["from_on"], clock.today()), found["until_on"])
    await pricing.write_exception(actor, of, when, found["product_id"], found["price_fen"], found["id"])


async def withdraw_exception(actor: Actor, exception_id: int) -> None:
    """Take back what the own org has asked for and nobody has decided yet."""
    async with db.transaction():
        found = await _lock(actor, exception_id)
        if not _asks(actor, found):
            raise Forbidden("只有申请的一方可以撤回")
        await _settle(actor, found, "void", "")


async def weigh(root_id: int, org_id: int, buyer_id: int, subject_id: int | None, amount_fen: int) -> Matter:
    """What conditions of steps ask about: how far below the guide price it lies."""
    found = None
    if subject_id is not None:
        found = (await queries.facts_of_many([root_id], [subject_id])).get((root_id, subject_id))
    below = 0.0 if found is None else max(0.0, 100 * (1 - found["price_fen"] / found["guide_fen"]))
    return Matter(amount_fen, below_guide_pct=below)


async def list_exceptions(actor: Actor, wanted: ExceptionFilter) -> ExceptionList:
    """What the own org has asked for; for the brand's deciders all that is asked. Always about buyers in the scope."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    which = (wanted.state, wanted.buyer_id, wanted.product_id)
    found = await queries.page(actor, clock.today(), before, which, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit)
    return ExceptionList(await _shown(actor, shown), cursor)


async def read_exception(actor: Actor, exception_id: int) -> ExceptionOut:
    """One price exception."""
    found = await queries.one(actor, exception_id, clock.today())
    if found is None:
        raise NotFound("没有找到这份特价申请")
    return (await _shown(actor, [found]))[0]


async def _shown(actor: Actor, found: list[db.Row]) -> list[ExceptionOut]:
    steps = await progress(actor.root_id, found)
    parts = {"seller", "buyer", "steps", "decides", "own"}
    return [
        ExceptionOut(
            **{name: item[name] for name in ExceptionOut.__struct_fields__ if name not in parts},
            seller=OrgRef(item["seller_id"], item["seller_name"]),
            buyer=OrgRef(item["buyer_id"], item["buyer_name"]),
            steps=shown,
            decides=actor.org_id == actor.root_id
            and item["state"] == "pending"
            and approvals.standing_of({**item, "id": item["approval_id"]}).decides,
            own=_asks(actor, item),
        )
        for item, shown in zip(found, steps, strict=True)
    ]


approvals.register(KIND, decide_exception, weigh)
