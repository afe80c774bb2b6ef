"""What can be done with money."""

from __future__ import annotations

import msgspec

from server.channel.models import Org
from server.channel.service import find_org
from server.core import audit, clock, db, outbox, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, NotFound
from server.core.money import yuan
from server.core.types import MAX_ID
from server.settlement import queries
from server.settlement.schemas import CreditLimit, EntryFilter, Payment


class CreditExceeded(BusinessError):
    """The buyer's exposure would pass the limit."""

    status, code, title = 409, "credit_exceeded", "超出信用额度"


async def commit(actor: Actor, seller_id: int, buyer_id: int, amount_fen: int, override: bool) -> None:
    """Count an approved order into the buyer's exposure.

    Raises `CreditExceeded` above the limit, unless the actor may pass it and says so with `override`.
    """
    pair = await queries.commit(actor.root_id, seller_id, buyer_id, amount_fen)
    if pair is None or pair["limit_fen"] is None:
        return
    exposure = pair["receivable_fen"] + pair["committed_fen"] - pair["prepaid_fen"]
    if exposure > pair["limit_fen"] and not (override and actor.may("order.over_credit")):
        over = exposure - pair["limit_fen"]
        raise CreditExceeded(
            f"通过后客户共占用 {yuan(exposure)}，超出信用额度 {yuan(pair['limit_fen'])} 达 {yuan(over)}",
            exposure_fen=exposure,
            limit_fen=pair["limit_fen"],
            may_override=actor.may("order.over_credit"),
        )


async def release(actor: Actor, seller_id: int, buyer_id: int, amount_fen: int) -> None:
    """Take what will not be issued off the buyer's exposure."""
    await queries.release(actor.root_id, seller_id, buyer_id, amount_fen)


async def charge_issue(actor: Actor, seller_id: int, buyer_id: int, issue_id: int, amount_fen: int) -> None:
    """Issued goods: the buyer owes them now, and they are no longer merely approved; gifts alone owe nothing."""
    if amount_fen == 0:
        return
    await queries.post(
        actor.root_id, seller_id, buyer_id, "receivable", "revenue", amount_fen, "issue",
        ("goods_issue", issue_id), actor.account_id or None, clock.today(), clock.now(),
        committed_less_fen=amount_fen,
    )  # fmt: skip


async def credit_receipt(actor: Actor, seller_id: int, buyer_id: int, receipt_id: int, amount_fen: int) -> None:
    """Goods short or damaged on receipt: the buyer does not owe them."""
    if amount_fen == 0:
        return
    await queries.post(
        actor.root_id, seller_id, buyer_id, "revenue", "receivable", amount_fen, "shortage",
        ("receipt", receipt_id), actor.account_id or None, clock.today(), clock.now(),
    )  # fmt: skip


async def credit_transfer(actor: Actor, seller_id: int, buyer_id: int, transfer_id: int, amount_fen: int) -> None:
    """Goods that a buyer gave away through its supplier: it does not owe them any more."""
    if amount_fen == 0:
        return
    await queries.post(
        actor.root_id, seller_id, buyer_id, "revenue", "receivable", amount_fen, "transfer",
        ("transfer", transfer_id), actor.account_id or None, clock.today(), clock.now(),
    )  # fmt: skip


async def credit_return(actor: Actor, seller_id: int, buyer_id: int, return_id: int, amount_fen: int) -> None:
    """Goods that a buyer gave back, as they were counted: it does not owe them any more."""
    if amount_fen == 0:
        return
    await queries.post(
        actor.root_id, seller_id, buyer_id, "revenue", "receivable", amount_fen, "return",
        ("return", return_id), actor.account_id or None, clock.today(), clock.now(),
    )  # fmt: skip


async def credit_rebate(actor: Actor, seller_id: int, buyer_id: int, entry_id: int, amount_fen: int) -> None:
    """A rebate that a buyer has earned: credit that can pay what it owes."""
    await queries.post(
        actor.root_id, seller_id, buyer_id, "discount", "rebate_credit", amount_fen, "rebate",
        ("rebate", entry_id), actor.account_id or None, clock.today(), clock.now(),
    )  # fmt: skip


async def take_back_rebate(
    actor: Actor, seller_id: int, buyer_id: int, entry_id: int, from_credit_fen: int, owed_fen: int
) -> None:
    """A rebate that was not earned after all: less credit, and what was used of it already is owed again."""
    if from_credit_fen:
        await queries.post(
            actor.root_id, seller_id, buyer_id, "rebate_credit", "discount", from_credit_fen, "rebate_back",
            ("rebate", entry_id), actor.account_id or None, clock.today(), clock.now(),
        )  # fmt: skip
    if owed_fen:
        await queries.post(
            actor.root_id, seller_id, buyer_id, "receivable", "discount", owed_fen, "rebate_back",
            ("rebate_owed", entry_id), actor.account_id or None, clock.today(), clock.now(),
        )  # fmt: skip


async def use_rebate(actor: Actor, seller_id: int, buyer_id: int, use_id: int, amount_fen: int) -> None:
    """Rebate credit that pays what a buyer owes."""
    await queries.post(
        actor.root_id, seller_id, buyer_id, "rebate_credit", "receivable", amount_fen, "rebate_use",
        ("rebate_use", use_id), actor.account_id or None, clock.today(), clock.now(),
    )  # fmt: skip


async def charge_transfer(
    actor: Actor, seller_id: int, buyer_id: int, transfer_id: int, amount_fen: int, committed_fen: int
) -> None:
    """Goods that a buyer was given through its supplier: it owes what arrived, and nothing is merely approved."""
    if amount_fen == 0:
        await release(actor, seller_id, buyer_id, committed_fen)
        return
    await queries.post(
        actor.root_id, seller_id, buyer_id, "receivable", "revenue", amount_fen, "transfer",
        ("transfer", transfer_id), actor.account_id or None, clock.today(), clock.now(),
        committed_less_fen=committed_fen,
    )  # fmt: skip


async def _own_buyer(actor: Actor, buyer_id: int) -> Org:
    buyer = await find_org(actor, buyer_id)
    if buyer.parent_id != actor.org_id:
        raise NotFound("没有找到这个客户，或者它不在您的管理范围内")
    return buyer


async def _debtor(actor: Actor, buyer_id: int) -> Org:
    """A buyer of the own org, or one that has another supplier by now and an open account here still."""
    if await queries.open_pair(actor.root_id, actor.org_id, buyer_id):
        return await Org.get(id=buyer_id)
    return await _own_buyer(actor, buyer_id)


async def register_payment(actor: Actor, payment: Payment) -> int:
    """Register money received from a buyer of the own org; the id of the payment, which the entry names."""
    actor.require("payment.register")
    async with db.transaction():
        buyer = await _debtor(actor, payment.buyer_id)
        by, today, now = actor.account_id or None, clock.today(), clock.now()
        payment_id = await queries.write_payment(
            actor.root_id, actor.org_id, buyer.id, payment.method, payment.reference, payment.amount_fen, by, today, now
        )
        await queries.post(
            actor.root_id, actor.org_id, buyer.id, "cash", "receivable", payment.amount_fen, payment.method,
            ("payment", payment_id), by, today, now, payment.reference,
        )  # fmt: skip
        await audit.record(actor, "register_payment", "payment", payment_id, msgspec.to_builtins(payment))
        told = {"buyer_id": buyer.id, "amount_fen": payment.amount_fen}
        await outbox.announce(actor.root_id, "payment.registered", payment_id, told)
    return payment_id


async def balance_here(actor: Actor, buyer_id: int) -> db.Row:
    """Where a buyer stands with the own org, for who has just written its money."""
    found = await queries.balance(buyer_id, actor.org_id)
    assert found is not None
    return found


async def set_credit_limit(actor: Actor, wanted: CreditLimit) -> None:
    """Set what the own org grants one of its buyers."""
    actor.require("credit.manage")
    async with db.transaction():
        buyer = await _own_buyer(actor, wanted.buyer_id)
        before = await queries.balance(buyer.id)
        await queries.set_limit(actor.root_id, actor.org_id, buyer.id, wanted.limit_fen)
        changes = {"limit_fen": [before["limit_fen"] if before else None, wanted.limit_fen]}
        await audit.record(actor, "set_credit_limit", "org", buyer.id, changes)


async def find_buyer(actor: Actor, buyer_id: int | None) -> int:
    """The buyer whose account is asked for: the own org, or one inside the scope."""
    if buyer_id is None or buyer_id == actor.org_id:
        if actor.supplier_id is None:
            raise NotFound("品牌没有上级供应商，请选择一个客户")
        return actor.org_id
    return int((await find_org(actor, buyer_id)).id)


async def balance(actor: Actor, buyer_id: int | None) -> db.Row:
    """Where a buyer stands with its supplier."""
    actor.require("settlement.read")
    found = await queries.balance(await find_buyer(actor, buyer_id))
    if found is None:
        raise Forbidden("这个组织没有往来账")
    return found


async def entries(actor: Actor, wanted: EntryFilter) -> tuple[list[db.Row], str | None]:
    """A buyer's entries with its supplier, the newest first."""
    actor.require("settlement.read")
    buyer_id = await find_buyer(actor, wanted.buyer_id)
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    return paging.page(await queries.entries(actor.root_id, buyer_id, before, wanted.limit + 1), wanted.limit)
