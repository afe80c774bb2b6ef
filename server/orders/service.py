"""The life of an order, from top to bottom: submit, approve or reject, cancel, issue, receive, close.

Every verb locks the order first, then stock, then the pair's money, so that verbs at the same moment cannot
deadlock; it reads, applies a plain rule, and writes, in one transaction and a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.core import clock, db, files, live
from server.core.actor import Actor
from server.core.errors import FieldError, Forbidden, InvalidInput, NotFound, OrgFrozen
from server.orders import hooks, parts, quantities, queries
from server.orders.behalf import may_sign
from server.orders.quantities import QuantityInvalid, by_line, unique
from server.orders.queries import IssueMade, LineState, ReceiptMade, Transition
from server.orders.schemas import Approve, Issue, Receive, ReceivedLine
from server.orders.states import VERB_NAMES, OrderState, next_state
from server.orders.submit import PriceChanged, submit_order
from server.settlement import service as settlement
from server.stock import service as stock
from server.stock.fefo import Wanted

__all__ = ["PriceChanged", "QuantityInvalid", "submit_order"]


class _Locked:
    """An order locked for a verb, with its lines."""

    def __init__(self, lines: Sequence[db.Row]) -> None:
        self.lines = lines
        self.head = head = lines[0]
        self.id: int = head["id"]
        self.number: str = head["number"]
        self.state: str = head["state"]
        self.seller_id: int = head["seller_id"]
        self.buyer_id: int = head["buyer_id"]

    @property
    def unissued_fen(self) -> int:
        """What is approved and not issued, in fen."""
        return sum(
            parts.costs(line, line["approved_qty"]) - parts.costs(line, line["issued_qty"]) for line in self.lines
        )

    @property
    def unissued(self) -> bool:
        """Whether anything approved is not issued, be it for nothing."""
        return any(line["approved_qty"] > line["issued_qty"] for line in self.lines)

    def worth(self, quantities: Mapping[int, int]) -> int:
        """What so much of each line costs, in fen."""
        return sum(parts.costs(line, quantities[line["line_no"]]) for line in self.lines)


async def _lock(actor: Actor, order_id: int) -> _Locked:
    found = await queries.lock(actor, order_id)
    if not found:
        raise NotFound("没有找到这张订单")
    return _Locked(found)


async def _lock_by_issue(actor: Actor, issue_id: int) -> _Locked:
    found = await queries.lock_by_issue(actor, issue_id)
    if not found:
        raise NotFound("没有找到这张出库单")
    return _Locked(found)


def _as_seller(actor: Actor, order: _Locked) -> None:
    if actor.org_id != order.seller_id:
        raise Forbidden("只有供货方可以处理这张订单")


def _not_frozen(order: _Locked, what: str) -> None:
    if order.head["buyer_status"] != "active":
        raise OrgFrozen(f"{order.head['buyer_name']}已被冻结，{what}")


async def _after(actor: Actor, order: _Locked, verb: str) -> str:
    """The next state, or a refusal that says what happened last and by whom."""
    try:
        return next_state(order.number, order.state, verb)
    except OrderState as refusal:
        last = await queries.last_event(actor.root_id, order.id)
        if last is not None and last["name"]:
            when = last["at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
            refusal.detail += f"（{last['name']}已于 {when} {VERB_NAMES[last['verb']]}）"
        raise


async def _tell(actor: Actor, order: _Locked, state: str) -> None:
    data = {
        "id": order.id,
        "number": order.number,
        "state": state,
        "seller_id": order.seller_id,
        "buyer_id": order.buyer_id,
    }
    await live.tell([order.seller_id, order.buyer_id], order.head["buyer_path"], "order", data)
    if order.seller_id != actor.root_id:
        await live.hint(actor.root_id, "orders")


def _lines_after(order: _Locked, **changes: Mapping[int, int]) -> list[LineState]:
    """All lines with some quantities raised: `issued={line_no: more}`."""
    names = ("approved", "issued", "received", "short", "damaged")
    return [
        LineState(
            line["line_no"],
            *(line[f"{name}_qty"] + changes.get(name, {}).get(line["line_no"], 0) for name in names),
        )
        for line in order.lines
    ]


async def approve_order(actor: Actor, order_id: int, wanted: Approve) -> str:
    """Approve in full or in part: reserves stock, counts the amount into the buyer's credit (S2.1, D1.2).

    Answers the new state: `submitted` still, when a further step has to be taken. Raises `StockShort`,
    `CreditExceeded`, `OrderState`, `ApprovalDecided`, `QuantityInvalid`, `OrgFrozen`; nothing is changed then.
    """
    actor.require("order.approve")
    async with db.transaction():
        order = await _lock(actor, order_id)
        _as_seller(actor, order)
        state = await _after(actor, order, "approve")
        _not_frozen(order, "不能通过它的订单")
        stands = await approvals.standing(actor, "order", order.id)
        approvals.refuse_others(stands)
        wanted = _as_proposed(stands, wanted)
        granted = _granted(order, wanted)
        amount = order.worth(granted)
        passed = await approvals.pass_on(actor, stands, "order", order.id, order.buyer_id, amount, wanted)
        if passed.waits is not None:
            return await _pass_on(actor, order, amount, wanted.note)
        await stock.reserve(
            actor.root_id,
            order.seller_id,
            order.id,
            [Wanted(line["line_no"], line["product_id"], granted[line["line_no"]]) for line in order.lines],
        )
        await settlement.commit(actor, order.seller_id, order.buyer_id, amount, wanted.override_credit)
        await approvals.close(actor, "order", order.id, "approved", wanted.note, passed.reached)
        change = Transition(
            "approve",
            order.state,
            state,
            wanted.note,
            approved_fen=amount,
            lines=_lines_after(order, approved=granted),
            facts={"approved_fen": amount},
        )
        await queries.write_transition(actor, order.id, change, clock.now())
        if wanted.rest == "back_order" and any(granted[line["line_no"]] < line["ordered_qty"] for line in order.lines):
            await queries.write_back_order(actor, order.id, clock.now())
        await _tell(actor, order, state)
        return state


async def _pass_on(actor: Actor, order: _Locked, amount_fen: int, note: str) -> str:
    """One step of several: the order stays where it is, and the next decider is asked."""
    state = await _after(actor, order, "pass_on")
    change = Transition("pass_on", order.state, state, note, facts={"approved_fen": amount_fen})
    await queries.write_transition(actor, order.id, change, clock.now())
    await _tell(actor, order, state)
    return state


def _as_proposed(stands: approvals.Standing | None, wanted: Approve) -> Approve:
    """A later decision that names no quantities confirms what the one before proposed."""
    proposed = stands.proposed if stands else None
    if wanted.lines is not None or proposed is None:
        return wanted
    before = msgspec.json.decode(proposed.what, type=Approve)
    return Approve(before.lines, before.rest, wanted.override_credit, wanted.note)


def _granted(order: _Locked, wanted: Approve) -> dict[int, int]:
    if wanted.lines is None:
        return {line["line_no"]: line["ordered_qty"] for line in order.lines}
    given = unique([(line.line_no, line.approved_qty) for line in wanted.lines])
    granted = by_line(order.lines, given, lambda line: int(line["ordered_qty"]), "批准")
    granted = {line["line_no"]: granted.get(line["line_no"], 0) for line in order.lines}
    if not any(granted.values()):
        raise QuantityInvalid("批准数量全部为 0，请改用驳回")
    return granted


async def reject_order(actor: Actor, order_id: int, reason: str) -> str:
    """Reject with a reason that the buyer reads (S2.1)."""
    actor.require("order.approve")
    async with db.transaction():
        order = await _lock(actor, order_id)
        _as_seller(actor, order)
        state = await _after(actor, order, "reject")
        approvals.refuse_others(await approvals.standing(actor, "order", order.id))
        await approvals.close(actor, "order", order.id, "rejected", reason)
        change = Transition("reject", order.state, state, reason)
        await queries.write_transition(actor, order.id, change, clock.now())
        await _tell(actor, order, state)
        return state


async def hold_order(actor: Actor, order_id: int, reason: str) -> str:
    """Put an order aside, for arrears or a dispute, with a reason that the buyer reads (S2.1)."""
    return await _set_aside(actor, order_id, "hold", reason)


async def resume_order(actor: Actor, order_id: int) -> str:
    """Take an order up again that was put aside: it waits for its decision as before."""
    return await _set_aside(actor, order_id, "resume", "")


async def _set_aside(actor: Actor, order_id: int, verb: str, reason: str) -> str:
    actor.require("order.approve")
    async with db.transaction():
        order = await _lock(actor, order_id)
        _as_seller(actor, order)
        state = await _after(actor, order, verb)
        await queries.write_transition(actor, order.id, Transition(verb, order.state, state, reason), clock.now())
        await _tell(actor, order, state)
        return state


async def cancel_order(actor: Actor, order_id: int, reason: str) -> str:
    """Cancel before anything was issued: the buyer, or the seller once it is approved (before that he rejects)."""
    actor.require("order.read")
    async with db.transaction():
        order = await _lock(actor, order_id)
        if actor.org_id == order.buyer_id:
            actor.require("order.cancel")
        else:
            _as_seller(actor, order)
            actor.require("order.approve")
        state = await _after(actor, order, "cancel")
        if order.state != "approved" and actor.org_id != order.buyer_id:
            raise OrderState(f"订单 {order.number} 还没有审核通过，请改用驳回", state=order.state)
        if order.state == "approved":
            await stock.release(actor.root_id, order.id)
            await settlement.release(actor, order.seller_id, order.buyer_id, order.unissued_fen)
        else:
            await approvals.close(actor, "order", order.id, "void", reason)
        change = Transition("cancel", order.state, state, reason)
        await queries.write_transition(actor, order.id, change, clock.now())
        await _tell(actor, order, state)
        return state


async def issue_goods(actor: Actor, order_id: int, wanted: Issue) -> int:
    """Issue what is approved, in full or in part, first-expired-first-out; the id of the goods issue (S2.1).

    The goods are on the way to the buyer, who owes them from now on.
    """
    actor.require("order.issue")
    async with db.transaction():
        order = await _lock(actor, order_id)
        _as_seller(actor, order)
        state = await _after(actor, order, "issue")
        _not_frozen(order, "不能给它发货")
        leaving = _leaving(order, wanted)
        prices = {line["line_no"]: line["price_fen"] for line in order.lines}
        products = {line["line_no"]: line["product_id"] for line in order.lines}
        lines = [Wanted(line_no, products[line_no], qty) for line_no, qty in leaving.items() if qty]
        picks, ends = await stock.pick_reserved(actor.root_id, order.seller_id, order.buyer_id, order.id, lines)
        prefix = f"CK{clock.today():%y%m%d}"
        amounts = parts.issued(order.lines, picks)
        made = IssueMade(prefix, ends[0], picks, [prices[pick.line_no] for pick in picks], amounts)
        amount = made.total_fen
        moment = clock.now()
        issue_id, number = await queries.write_issue(actor, order.head, made, moment)
        await stock.send(actor, order.id, issue_id, picks, ends)
        await settlement.charge_issue(actor, order.seller_id, order.buyer_id, issue_id, amount)
        change = Transition(
            "issue",
            order.state,
            state,
            issued_fen=amount,
            lines=_lines_after(order, issued=leaving),
            facts={"issue_id": issue_id, "number": number, "amount_fen": amount},
        )
        await queries.write_transition(actor, order.id, change, moment)
        await hooks.issued(actor, issue_id)
        await _tell(actor, order, state)
        return issue_id


def _leaving(order: _Locked, wanted: Issue) -> dict[int, int]:
    def left(line: db.Row) -> int:
        return int(line["approved_qty"] - line["issued_qty"])

    if wanted.lines is None:
        leaving = {line["line_no"]: left(line) for line in order.lines}
    else:
        leaving = by_line(order.lines, unique([(line.line_no, line.qty) for line in wanted.lines]), left, "出库")
    if not any(leaving.values()):
        raise QuantityInvalid("没有可以出库的商品")
    return leaving


async def receive_goods(actor: Actor, issue_id: int, counted: Receive) -> int:
    """Sign for a delivery with counted quantities; short and damaged goods are credited (T3); the order's id.

    Raises `OrderState` when it was signed before, `QuantityInvalid` above what was issued.
    """
    actor.require("order.receive")
    async with db.transaction():
        order = await _lock_by_issue(actor, issue_id)
        await may_sign(actor, order.seller_id, order.buyer_id)
        after = await _after(actor, order, "receive")
        lines = list(await queries.issue_lines(actor.root_id, issue_id))
        issue = lines[0]
        if issue["state"] != "in_transit":
            raise OrderState("这张出库单已经签收过了", state=order.state)
        await _check_photos(actor, counted.photo_ids)
        arrived = quantities.arrived(lines, counted)
        credit = sum(parts.lost(line, arrived[line["line_no"]].received_qty) for line in lines)
        receipt = ReceiptMade(
            issue_id,
            order.id,
            counted.note,
            counted.photo_ids,
            credit,
            [(n, line.received_qty, line.damaged_qty, line.note) for n, line in arrived.items()],
        )
        moment = clock.now()
        receipt_id = await queries.write_receipt(actor, receipt, moment)
        goods = [
            stock.Received(
                line["product_id"],
                line["lot_id"],
                line["qty"],
                arrived[line["line_no"]].received_qty,
                arrived[line["line_no"]].damaged_qty,
            )
            for line in lines
        ]
        await stock.take_in(actor, order.seller_id, order.buyer_id, receipt_id, goods)
        await settlement.credit_receipt(actor, order.seller_id, order.buyer_id, receipt_id, credit)
        complete = issue["others_on_way"] == 0 and not order.unissued
        state = after if complete else order.state
        change = Transition(
            "receive",
            order.state,
            state,
            counted.note,
            received_fen=issue["total_fen"] - credit,
            lines=_received_lines(order, lines, arrived),
            facts={"issue_id": issue_id, "receipt_id": receipt_id, "credit_fen": credit},
        )
        await queries.write_transition(actor, order.id, change, moment)
        await _tell(actor, order, state)
        return order.id


async def _check_photos(actor: Actor, photo_ids: list[int]) -> None:
    if photo_ids and not await files.are_of_org(actor, photo_ids):
        raise InvalidInput("有照片没有上传成功，请重新拍照", [FieldError("/photo_ids", "请重新上传")])


def _received_lines(order: _Locked, lines: list[db.Row], arrived: dict[int, ReceivedLine]) -> list[LineState]:
    good: dict[int, int] = {}
    damaged: dict[int, int] = {}
    short: dict[int, int] = {}
    for line in lines:
        counted, target = arrived[line["line_no"]], line["order_line_no"]
        good[target] = good.get(target, 0) + counted.received_qty
        damaged[target] = damaged.get(target, 0) + counted.damaged_qty
        missing = line["qty"] - counted.received_qty - counted.damaged_qty
        short[target] = short.get(target, 0) + missing
    return _lines_after(order, received=good, damaged=damaged, short=short)


async def close_order(actor: Actor, order_id: int, reason: str) -> str:
    """Finish an order: all is signed for, or what is not issued will not come any more."""
    actor.require("order.approve")
    async with db.transaction():
        order = await _lock(actor, order_id)
        _as_seller(actor, order)
        state = await _after(actor, order, "close")
        if any(_on_the_way(line) for line in order.lines):
            raise OrderState(f"订单 {order.number} 还有货在途，签收后才能完成", state=order.state)
        if order.unissued:
            await stock.release(actor.root_id, order.id)
            await settlement.release(actor, order.seller_id, order.buyer_id, order.unissued_fen)
        change = Transition("close", order.state, state, reason)
        await queries.write_transition(actor, order.id, change, clock.now())
        await _tell(actor, order, state)
        return state


def _on_the_way(line: db.Row) -> bool:
    return bool(line["issued_qty"] > line["received_qty"] + line["short_qty"] + line["damaged_qty"])


async def decide_order(actor: Actor, order_id: int, decision: Decision) -> None:
    """What deciding about an order means, for the approvals engine."""
    if decision.decision == "approve":
        await approve_order(actor, order_id, Approve(override_credit=decision.override_credit, note=decision.reason))
    else:
        await reject_order(actor, order_id, decision.reason)


approvals.register("order", decide_order, queries.weigh)
