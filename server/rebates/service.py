"""The life of an agreement: written, submitted, decided, ended. `server.rebates` says the rules."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.core import audit, clock, db, live, outbox
from server.core.actor import Actor
from server.core.errors import FieldError, Forbidden, InvalidInput, NotFound, StaleVersion
from server.rebates import audience, queries, settling, terms
from server.rebates.queries import KIND, Written
from server.rebates.schemas import EditRebate, EndRebate, NewRebate, RebateSaved
from server.rebates.states import next_state

LONGEST = timedelta(days=3 * 366)
"""For so long an agreement may run; then it is made anew."""


async def _checked(actor: Actor, new: NewRebate) -> Written:
    """What is written, after all that can be wrong with it was named."""
    errors = terms.errors_of(new.rule)
    if new.until_on < new.from_on:
        errors.append(FieldError("/until_on", "结束日期不能早于开始日期"))
    elif new.until_on - new.from_on > LONGEST:
        errors.append(FieldError("/until_on", "最长三年，到期后请再签"))
    if new.until_on < clock.today():
        errors.append(FieldError("/until_on", "已经过去了"))
    if errors:
        raise InvalidInput(f"有 {len(errors)} 处填写有误，没有保存", errors)
    await audience.check(actor, new.audience)
    await _known_goods(actor, new.rule)
    key = new.audience.key.strip() if new.audience.kind in ("grade", "group", "region") else ""
    rule = msgspec.json.encode(new.rule).decode()
    days = (new.every, new.from_on, new.until_on)
    return Written(new.name.strip(), new.note.strip(), new.audience.kind, key, *days, rule, new.confirmed)


async def _known_goods(actor: Actor, rule: terms.Rule) -> None:
    """Products and categories are those of the brand."""
    products = {item for term in rule.terms for item in term.goods.products}
    categories = {item for term in rule.terms for item in term.goods.categories}
    found = await queries.names(actor.root_id, sorted(products), sorted(categories))
    if len(found) != len(products) + len(categories):
        raise InvalidInput("有的商品或分类不存在", [FieldError("/rule/terms", "请重新选择商品")])


def _told(new: NewRebate) -> dict[str, object]:
    """An agreement for the trail: what was said, in words."""
    return {
        "name": new.name,
        "audience": new.audience.kind,
        "from_on": new.from_on,
        "until_on": new.until_on,
        "terms": [terms.words(term) for term in new.rule.terms],
    }


async def make(actor: Actor, new: NewRebate) -> RebateSaved:
    """Write an agreement for the own org's buyers (S2.2); nobody hears of it before it is approved."""
    actor.require("rebate.manage")
    async with db.transaction():
        written = await _checked(actor, new)
        made = await queries.make(actor, f"FL{clock.today():%y%m%d}", written, clock.now())
        if new.audience.kind == "list":
            await queries.set_party(actor.root_id, made["id"], new.audience.buyers)
        await audit.record(actor, "make", KIND, made["id"], {"number": made["number"], **_told(new)})
    return RebateSaved(made["id"], made["number"])


async def _lock(actor: Actor, agreement_id: int) -> db.Row:
    """An agreement of the own org, locked."""
    found = await queries.lock(actor.root_id, agreement_id, actor.patterns)
    if found is None or found["seller_id"] != actor.org_id:
        raise NotFound("没有找到这份返利协议")
    return found


async def edit(actor: Actor, agreement_id: int, wanted: EditRebate) -> None:
    """Change an agreement that was not submitted yet.

    Raises `RebateState`, `StaleVersion`, `InvalidInput`.
    """
    actor.require("rebate.manage")
    async with db.transaction():
        found = await _lock(actor, agreement_id)
        next_state(found["number"], found["state"], "edit")
        written = await _checked(actor, wanted)
        if not await queries.edit(actor.root_id, agreement_id, written, wanted.version):
            raise StaleVersion("这份返利协议刚被别人改过，请刷新后再改")
        buyers = wanted.audience.buyers if wanted.audience.kind == "list" else []
        await queries.set_party(actor.root_id, agreement_id, buyers)
        await audit.record(actor, "edit", KIND, agreement_id, {"number": found["number"], **_told(wanted)})


async def submit(actor: Actor, agreement_id: int) -> None:
    """Ask for an agreement; it begins when it is approved, on its first day. A dealer's owner has nobody to ask."""
    actor.require("rebate.manage")
    async with db.transaction():
        found = await _lock(actor, agreement_id)
        state = next_state(found["number"], found["state"], "submit")
        if found["until_on"] < clock.today():
            raise InvalidInput("期间已经过去，请修改后再提交", [FieldError("/until_on", "已经过去了")])
        await queries.mark(actor.root_id, agreement_id, state, clock.now())
        about = (agreement_id, found["number"], actor.org_id, actor.org_id, 0)
        await approvals.open_approval(actor.root_id, KIND, *about)
        await audit.record(actor, "submit", KIND, agreement_id, {"number": found["number"]})
        if actor.org_kind == "dealer" and actor.may("account.manage") and actor.may("order.approve"):
            await decide(actor, agreement_id, Decision("approve"))
        else:
            await outbox.announce(actor.root_id, "approval.asked", agreement_id, {"kind": KIND})
            await _tell(actor, agreement_id)


async def withdraw(actor: Actor, agreement_id: int) -> None:
    """Take back what nobody has decided yet."""
    actor.require("rebate.manage")
    async with db.transaction():
        found = await _lock(actor, agreement_id)
        state = next_state(found["number"], found["state"], "withdraw")
        await approvals.close(actor, KIND, agreement_id, "void")
        await queries.mark(actor.root_id, agreement_id, state, clock.now())
        await outbox.announce(actor.root_id, "approval.decided", agreement_id, {"kind": KIND})
        await audit.record(actor, "withdraw", KIND, agreement_id, {"number": found["number"]})
        await _tell(actor, agreement_id)


async def decide(actor: Actor, agreement_id: int, decision: Decision) -> None:
    """What deciding about an agreement means, for the approvals engine (B1).

    Whoever wrote it does not decide, but for an administrator, so that none is stuck.
    """
    async with db.transaction():
        found = await _lock(actor, agreement_id)
        verb = "approve" if decision.decision == "approve" else "reject"
        state = next_state(found["number"], found["state"], verb)
        if found["made_by"] == actor.account_id and "account.manage" not in actor.permissions:
            raise Forbidden("自己提出的返利协议要由别人审批")
        stands = await approvals.standing(actor, KIND, agreement_id)
        approvals.refuse_others(stands)
        reached = 1
        if verb == "approve":
            passed = await approvals.pass_on(
                actor, stands, KIND, agreement_id, found["seller_id"], 0, {"reason": decision.reason}
            )
            if passed.waits is not None:
                await outbox.announce(actor.root_id, "approval.passed_on", agreement_id, {"kind": KIND})
                await audit.record(actor, "pass_on", KIND, agreement_id, {"number": found["number"]})
                return
            reached = passed.reached
        await approvals.close(actor, KIND, agreement_id, f"{verb}d" if verb == "approve" else "rejected",
                              decision.reason, reached)  # fmt: skip
        await queries.mark(actor.root_id, agreement_id, state, clock.now())
        await outbox.announce(actor.root_id, "approval.decided", agreement_id, {"kind": KIND})
        changes = {"number": found["number"], "reason": decision.reason}
        await audit.record(actor, verb, KIND, agreement_id, changes)
        await _tell(actor, agreement_id)


async def end(actor: Actor, agreement_id: int, wanted: EndRebate) -> None:
    """Let an agreement end before its time, today at the earliest; what was reached until then is settled."""
    actor.require("rebate.manage")
    async with db.transaction():
        found = await _lock(actor, agreement_id)
        next_state(found["number"], found["state"], "end")
        _check_last(wanted.last_on, found)
        await queries.end(
            actor.root_id, agreement_id, wanted.last_on, wanted.reason.strip(), actor.account_id, clock.now()
        )
        await settling.announce_buyers(actor.root_id, agreement_id, "rebate.ended")
        changes = {"number": found["number"], "until_on": [found["until_on"], wanted.last_on], "reason": wanted.reason}
        await audit.record(actor, "end", KIND, agreement_id, changes)
        await _tell(actor, agreement_id)


def _check_last(last_on: date, found: db.Row) -> None:
    if last_on < clock.today() or last_on < found["from_on"]:
        raise InvalidInput("不能结束在已经过去的日子", [FieldError("/last_on", "最早是今天")])
    if last_on >= found["until_on"]:
        raise InvalidInput("这份协议本来就到那时结束", [FieldError("/last_on", "请选择更早的日子")])


async def _tell(actor: Actor, agreement_id: int) -> None:
    await live.tell([actor.org_id], actor.path, "rebate", {"id": agreement_id})


approvals.register(KIND, decide)
