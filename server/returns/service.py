"""The life of a return once it is asked for: decided, sent, received into quarantine, credited; or cancelled.

Every verb locks the return first, then stock, then the pair's money, as everywhere in the house.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound, OrgFrozen
from server.orders import hooks
from server.returns import queries
from server.returns.asking import announce, tell
from server.returns.credit import Part, credits_of
from server.returns.queries import KIND
from server.returns.schemas import ApproveReturn, CountedReturn, ReceiveReturn, SendReturn
from server.returns.states import next_state
from server.settlement import service as settlement
from server.stock import holding
from server.stock import queries as stock
from server.stock.counting import Holding
from server.stock.documents import Paper
from server.stock.fefo import Pick
from server.stock.queries import Document, Move


class ReturnQuantity(BusinessError):
    """A quantity that this return has not."""

    status, code, title = 422, "quantity_invalid", "数量有误"


async def _lock(actor: Actor, return_id: int) -> db.Row:
    found = await queries.lock(actor, return_id)
    if found is None:
        raise NotFound("没有找到这张退货单")
    return found


async def _lots(actor: Actor, found: db.Row) -> Sequence[db.Row]:
    return await queries.lots(actor.root_id, found["id"], found["seller_id"], clock.today())


def _as_seller(actor: Actor, found: db.Row, what: str) -> None:
    if actor.org_id != found["seller_id"]:
        raise Forbidden(f"退货由供货方{what}")


def _as_buyer(actor: Actor, found: db.Row, what: str) -> None:
    if actor.org_id != found["buyer_id"]:
        raise Forbidden(f"只有退货方可以{what}")


def _not_frozen(found: db.Row) -> None:
    for side in ("buyer", "seller"):
        if found[f"{side}_status"] != "active":
            raise OrgFrozen(f"{found[f'{side}_name']}已被冻结，不能退货")


async def approve(actor: Actor, return_id: int, wanted: ApproveReturn) -> None:
    """Let goods come back, in full or in part by line (S3.3); what may not is free again.

    Raises `ReturnQuantity`, `ReturnState`, `ApprovalDecided`, `OrgFrozen`; nothing is changed then.
    """
    actor.require("order.approve")
    async with db.transaction():
        found = await _lock(actor, return_id)
        _as_seller(actor, found, "审批")
        state = next_state(found["number"], found["state"], "approve")
        _not_frozen(found)
        stands = await approvals.standing(actor, KIND, return_id)
        approvals.refuse_others(stands)
        wanted = _as_proposed(stands, wanted)
        lines = await queries.lines(actor.root_id, return_id)
        granted = _granted(lines, wanted)
        fens = credits_of(
            Part(line["line_no"], granted[line["line_no"]], line["qty"], line["amount_fen"]) for line in lines
        )
        fen = sum(fens)
        passed = await approvals.pass_on(actor, stands, KIND, return_id, found["buyer_id"], fen, wanted)
        if passed.waits is not None:
            await announce(actor.root_id, "approval.passed_on", return_id)
            await audit.record(actor, "pass_on", KIND, return_id, {"number": found["number"]})
            return
        await _grant(actor, found, granted, fens)
        await approvals.close(actor, KIND, return_id, "approved", wanted.note, passed.reached)
        done = (actor.account_id, clock.now(), wanted.note.strip(), fen)
        await queries.mark(actor.root_id, return_id, "approved", state, *done)
        await announce(actor.root_id, "approval.decided", return_id)
        changes = {"number": found["number"], "approved_fen": fen, "note": wanted.note}
        await audit.record(actor, "approve", KIND, return_id, changes)
        await tell(found, state)


def _as_proposed(stands: approvals.Standing | None, wanted: ApproveReturn) -> ApproveReturn:
    """A later decision that names no quantities confirms what the one before proposed."""
    proposed = stands.proposed if stands else None
    if wanted.lines is not None or proposed is None:
        return wanted
    before = msgspec.json.decode(proposed.what, type=ApproveReturn)
    return ApproveReturn(before.lines, wanted.note)


def _granted(lines: Sequence[db.Row], wanted: ApproveReturn) -> dict[int, int]:
    """How much of each line may come back."""
    if wanted.lines is None:
        return {line["line_no"]: line["qty"] for line in lines}
    given = {line.line_no: line.approved_qty for line in wanted.lines}
    asked = {line["line_no"]: line["qty"] for line in lines}
    if len(given) != len(wanted.lines) or given.keys() - asked.keys():
        raise ReturnQuantity("有的行不在这张退货单上，或者出现了两次")
    errors = [
        FieldError(f"/lines/{n}/approved_qty", f"只申请了 {asked[line.line_no]}")
        for n, line in enumerate(wanted.lines)
        if line.approved_qty > asked[line.line_no]
    ]
    if errors:
        raise ReturnQuantity(f"有 {len(errors)} 行超过了申请数量", errors)
    if not any(given.values()):
        raise ReturnQuantity("批准数量全部为 0，请改用驳回")
    return {line_no: given.get(line_no, 0) for line_no in asked}


async def _grant(actor: Actor, found: db.Row, granted: dict[int, int], fens: Sequence[int]) -> None:
    """Keep of each line's lots, in their order, what may come back, and let go of the rest."""
    left = dict(granted)
    kept: dict[int, int] = {}
    free: list[Pick] = []
    for lot in await _lots(actor, found):
        stays = min(left[lot["line_no"]], lot["qty"])
        left[lot["line_no"]] -= stays
        if stays:
            kept[lot["no"]] = stays
        if stays < lot["qty"]:
            free.append(Pick(lot["line_no"], lot["product_id"], lot["lot_id"], lot["qty"] - stays))
    if free:
        await holding.let_go(actor.root_id, found["from_location_id"], free)
        await queries.grant(actor.root_id, found["id"], granted, fens, kept)


async def reject(actor: Actor, return_id: int, reason: str) -> None:
    """Refuse a return, with a reason that the buyer reads; the goods are free again."""
    async with db.transaction():
        found = await _lock(actor, return_id)
        _as_seller(actor, found, "审批")
        state = next_state(found["number"], found["state"], "reject")
        approvals.refuse_others(await approvals.standing(actor, KIND, return_id))
        await _free(actor, found)
        await approvals.close(actor, KIND, return_id, "rejected", reason)
        await _end(actor, found, "reject", state, reason)
        await announce(actor.root_id, "approval.decided", return_id)


async def decide(actor: Actor, return_id: int, decision: Decision) -> None:
    """What deciding about a return means, for the approvals engine."""
    if decision.decision == "approve":
        await approve(actor, return_id, ApproveReturn(note=decision.reason))
    else:
        await reject(actor, return_id, decision.reason)


async def _free(actor: Actor, found: db.Row) -> None:
    """Nothing is held for it any more."""
    picks = [Pick(x["line_no"], x["product_id"], x["lot_id"], x["qty"]) for x in await _lots(actor, found)]
    await holding.let_go(actor.root_id, found["from_location_id"], picks)
    await queries.drop(actor.root_id, found["id"])


async def _end(actor: Actor, found: db.Row, verb: str, state: str, reason: str) -> None:
    await queries.mark(actor.root_id, found["id"], "ended", state, actor.account_id, clock.now(), reason)
    await audit.record(actor, verb, KIND, found["id"], {"number": found["number"], "reason": reason})
    await tell(found, state)


async def cancel(actor: Actor, return_id: int, reason: str) -> None:
    """Call a return off before the goods leave; they are free again."""
    actor.require("return.ask")
    async with db.transaction():
        found = await _lock(actor, return_id)
        _as_buyer(actor, found, "取消")
        state = next_state(found["number"], found["state"], "cancel")
        await _free(actor, found)
        if found["state"] == "asked":
            await approvals.close(actor, KIND, return_id, "void", reason)
            await announce(actor.root_id, "approval.decided", return_id)
        else:
            await announce(actor.root_id, "return.cancelled", return_id)
        await _end(actor, found, "cancel", state, reason)


def _document(actor: Actor, return_id: int) -> Document:
    return Document(KIND, return_id, actor.account_id or None, clock.now())


async def issue(actor: Actor, return_id: int, sent: SendReturn) -> None:
    """The goods leave the buyer, with the cases that were scanned: each of them must be his, and on this return."""
    actor.require("return.move")
    async with db.transaction():
        found = await _lock(actor, return_id)
        _as_buyer(actor, found, "退回")
        state = next_state(found["number"], found["state"], "issue")
        _not_frozen(found)
        lots = await _lots(actor, found)
        way = (await stock.locations([found["seller_id"]]))[found["seller_id"], "in_transit"]
        ends = (found["from_location_id"], way, "return_out")
        moves = [Move(lot["product_id"], lot["lot_id"], lot["qty"], *ends, lot["qty"]) for lot in lots]
        await stock.post(actor.root_id, moves, _document(actor, return_id))
        moment = clock.now()
        await queries.mark(actor.root_id, return_id, "issued", state, actor.account_id, moment)
        paper = hooks.Handed(
            KIND, return_id, found["number"], found["buyer_id"], found["seller_id"], moment,
            [hooks.Goods(lot["product_id"], lot["lot_id"], lot["qty"]) for lot in lots], sent.codes,
        )  # fmt: skip
        await hooks.handed_over(actor, paper)
        await announce(actor.root_id, "return.issued", return_id)
        changes = {"number": found["number"], "cases": len(sent.codes)}
        await audit.record(actor, "issue", KIND, return_id, changes)
        await tell(found, state)


async def receive(actor: Actor, return_id: int, counted: ReceiveReturn) -> None:
    """Count what came back: what is as agreed lies in quarantine, and the buyer owes it no more; once.

    Complete, it is closed; with differences it waits until the buyer has seen them.
    """
    actor.require("return.move")
    async with db.transaction():
        found = await _lock(actor, return_id)
        _as_seller(actor, found, "收货")
        state = next_state(found["number"], found["state"], "receive")
        lots = await _lots(actor, found)
        arrived = _arrived(lots, counted)
        rows = [(line.no, line.received_qty, line.damaged_qty, line.note.strip()) for line in arrived]
        await queries.count(actor.root_id, return_id, rows)
        await _take_in(actor, found, lots, arrived)
        fen = sum(credits_of(_good(lot, line) for lot, line in zip(lots, arrived, strict=True)))
        complete = all(lot["qty"] == line.received_qty for lot, line in zip(lots, arrived, strict=True))
        state = next_state(found["number"], state, "close") if complete else state
        moment = clock.now()
        await queries.mark(actor.root_id, return_id, "received", state, actor.account_id, moment, fen)
        await hooks.come(actor.root_id, KIND, return_id, moment)
        await settlement.credit_return(actor, found["seller_id"], found["buyer_id"], return_id, fen)
        await announce(actor.root_id, "return.received", return_id)
        changes = {"number": found["number"], "complete": complete, "credited_fen": fen}
        await audit.record(actor, "receive", KIND, return_id, changes)
        await tell(found, state)


def _arrived(lots: Sequence[db.Row], counted: ReceiveReturn) -> list[CountedReturn]:
    """What arrived of each lot; `InvalidInput` for more than was sent, and differences without a word about them."""
    given = {line.no: line for line in counted.lines}
    sent = {lot["no"]: lot["qty"] for lot in lots}
    if len(given) != len(counted.lines) or given.keys() - sent.keys():
        raise InvalidInput("有的批次不在这张退货单上，或者出现了两次")
    errors = []
    for n, line in enumerate(counted.lines):
        if line.received_qty + line.damaged_qty > sent[line.no]:
            errors.append(FieldError(f"/lines/{n}/received_qty", f"只退回了 {sent[line.no]}"))
        elif line.received_qty < sent[line.no] and not line.note.strip():
            errors.append(FieldError(f"/lines/{n}/note", "短少或破损请说明原因"))
    if errors:
        raise InvalidInput(f"有 {len(errors)} 处填写有误，没有保存", errors)
    return [given.get(lot["no"]) or CountedReturn(lot["no"], lot["qty"]) for lot in lots]


def _good(lot: db.Row, counted: CountedReturn) -> Part:
    """What arrived as agreed of a lot, as a part of its line."""
    return Part(lot["line_no"], counted.received_qty, lot["approved_qty"], lot["amount_fen"])


async def _take_in(actor: Actor, found: db.Row, lots: Sequence[db.Row], arrived: Sequence[CountedReturn]) -> None:
    places = await stock.locations([found["buyer_id"], found["seller_id"]])
    way, shelf = (places[found["seller_id"], kind] for kind in ("in_transit", "quarantine"))
    loss = places[found["buyer_id"], "loss"]
    moves = []
    for lot, line in zip(lots, arrived, strict=True):
        short = lot["qty"] - line.received_qty - line.damaged_qty
        ends = ((line.received_qty, shelf, "return_in"), (line.damaged_qty, loss, "damaged"), (short, loss, "short"))
        moves += [Move(lot["product_id"], lot["lot_id"], qty, way, place, reason) for qty, place, reason in ends if qty]
    await stock.post(actor.root_id, moves, _document(actor, found["id"]))


async def close(actor: Actor, return_id: int, note: str) -> None:
    """The buyer has seen the differences, and says what comes of them."""
    actor.require("return.ask")
    async with db.transaction():
        found = await _lock(actor, return_id)
        _as_buyer(actor, found, "确认差异")
        await _end(actor, found, "close", next_state(found["number"], found["state"], "close"), note)


async def papers(root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    """The numbers of returns, for whoever shows what they moved."""
    return {id_: Paper(number, KIND, id_) for id_, number in (await queries.numbers(root_id, ids)).items()}


async def held_by_returns(
    root_id: int, location_id: int, products: Sequence[int], lots: Sequence[int]
) -> list[Holding]:
    """What returns that have not been sent hold of these lots in a place, for whoever would take it away."""
    found = await queries.holding(root_id, location_id, products, lots)
    return [
        Holding(item["product_id"], item["lot_id"], item["qty"], Paper(item["number"], KIND, item["id"]))
        for item in found
    ]


approvals.register(KIND, decide)
