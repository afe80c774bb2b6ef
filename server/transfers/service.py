"""The life of a transfer: proposed, decided, issued, received, closed; or cancelled. `server.transfers` says the rules.

Every verb locks the transfer first, then stock, then the pairs' money, as everywhere in the house.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.core import audit, clock, db, live, outbox
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound, OrgFrozen
from server.orders import hooks
from server.orders.worth import worth
from server.settlement import service as settlement
from server.stock import holding
from server.stock import queries as stock
from server.stock.counting import Holding
from server.stock.documents import Paper
from server.stock.fefo import Pick, Wanted
from server.stock.queries import Document, Move
from server.transfers import queries
from server.transfers.queries import KIND, New
from server.transfers.schemas import Counted, NewTransfer, ReceiveTransfer
from server.transfers.states import next_state

NAMED = 5


class LotsSpoilt(BusinessError):
    """Some of the lots that are held have expired since, or are called back."""

    status, code, title = 409, "lots_spoilt", "批次已不能发出"


async def propose(actor: Actor, new: NewTransfer) -> int:
    """Propose a transfer; it is asked for at once (S3.3). The id.

    Raises `NotFound` for orgs and warehouses that are not the actor's to name, `OrgFrozen`, `InvalidInput`.
    """
    actor.require("transfer.propose")
    products = [line.product_id for line in new.lines]
    if len(set(products)) != len(products):
        raise InvalidInput("同一商品出现了两次，请合并成一行")
    async with db.transaction():
        giver, taker, supplier_id = await _parties(actor, new)
        source = await _warehouse(giver, new.from_warehouse_id, "/from_warehouse_id")
        target = await _warehouse(taker, new.to_warehouse_id, "/to_warehouse_id")
        if source == target:
            raise InvalidInput("调出和调入是同一个仓库", [FieldError("/to_warehouse_id", "请选择另一个仓库")])
        priced = await _priced(actor, giver, taker, supplier_id, products)
        lines = [(line.product_id, line.qty, *priced[line.product_id]) for line in new.lines]
        ends = (giver["id"], source, taker["id"], target)
        about = New(f"DB{clock.today():%y%m%d}", *ends, supplier_id, new.reason)
        made = await queries.propose(actor, about, lines, clock.now())
        dealer = giver["id"] if taker["id"] == supplier_id else taker["id"]
        asked = supplier_id or giver["id"]
        await approvals.open_approval(actor.root_id, KIND, made["id"], made["number"], asked, dealer, made["total_fen"])
        await _announce(actor.root_id, "approval.asked", made["id"])
        changes = {**msgspec.to_builtins(new), "number": made["number"]}
        await audit.record(actor, "propose", KIND, made["id"], changes)
    return int(made["id"])


async def _parties(actor: Actor, new: NewTransfer) -> tuple[db.Row, db.Row, int | None]:
    """Giver, taker, and the supplier who settles it: the own org, or the own org's supplier."""
    ids = _ends(actor, new)
    found = await queries.orgs(actor.root_id, ids)
    for org_id in ids:
        org = found.get(org_id)
        known = org_id == actor.org_id or (new.supplier is not None and org_id == actor.supplier_id)
        if org is None or not (known or _own_dealer(actor, org)):
            raise NotFound("没有找到这个经销商，或者它不在您的管理范围内")
        if org["status"] != "active":
            raise OrgFrozen(f"{org['name']}已被冻结，不能调拨")
    giver, taker = found[ids[0]], found[ids[1]]
    if giver["id"] == taker["id"]:
        if giver["id"] != actor.org_id:
            raise InvalidInput("仓库之间的调拨由仓库所属的一方提出")
        return giver, taker, None
    if actor.supplier_id not in ids:
        return giver, taker, actor.org_id
    if actor.org_id not in ids:
        raise InvalidInput("下级的货要先调到自己的仓库")
    if actor.org_kind != "dealer":
        raise InvalidInput("门店和供货方之间请用订货和退货")
    return giver, taker, actor.supplier_id


def _ends(actor: Actor, new: NewTransfer) -> tuple[int, int]:
    """Giver and taker by their ids."""
    ids = (new.from_org_id or actor.org_id, new.to_org_id or actor.org_id)
    if new.supplier is None:
        return ids
    gives = new.supplier == "gives"
    if actor.supplier_id is None:
        raise InvalidInput("品牌没有上级供应商", [FieldError("/supplier", "请选择经销商")])
    if (new.from_org_id if gives else new.to_org_id) or (new.from_warehouse_id if gives else new.to_warehouse_id):
        raise InvalidInput("供应商一侧的仓库由供应商决定", [FieldError("/supplier", "请不要再指定仓库")])
    return (actor.supplier_id, ids[1]) if gives else (ids[0], actor.supplier_id)


def _own_dealer(actor: Actor, org: db.Row) -> bool:
    return bool(org["parent_id"] == actor.org_id and org["kind"] == "dealer" and actor.sees(org["path"]))


async def _warehouse(org: db.Row, warehouse_id: int | None, pointer: str) -> int:
    found = await queries.warehouse(org["id"], warehouse_id)
    if found is None:
        raise NotFound("没有找到这个仓库，或者它已经停用", [FieldError(pointer, "请重新选择")])
    return int(found["id"])


async def _priced(
    actor: Actor, giver: db.Row, taker: db.Row, supplier_id: int | None, products: Sequence[int]
) -> dict[int, tuple[int, str]]:
    """At what each product is settled, and where that is from: what the giver last paid, is asked today, or guide."""
    dealer = taker["id"] if giver["id"] == supplier_id else giver["id"]
    last = await queries.bought(actor.root_id, supplier_id or 0, dealer, products)
    if set(products) - last.keys():
        raise NotFound("有商品不在商品库里")
    if supplier_id is None:
        return dict.fromkeys(products, (0, "none"))
    priced = {product: (price, "bought") for product, price in last.items() if price is not None}
    missing = [product for product in products if product not in priced]
    if missing:
        names = {"purchase": "offered", "guide": "guide"}
        for product, item in (await worth(actor.root_id, dealer, missing)).items():
            priced[product] = (item.fen, names[item.source])
    return priced


async def _announce(root_id: int, topic: str, transfer_id: int) -> None:
    await outbox.announce(root_id, topic, transfer_id, {"kind": KIND})
    ends = await queries.ends(root_id, transfer_id)
    # The brand's pages are told too; of them those that see the giver.
    told = {root_id: ends[0]["path"]} | {end["id"]: end["path"] for end in ends}
    await live.tell_each(told.items(), KIND, {"id": transfer_id})


async def _lock(actor: Actor, transfer_id: int) -> db.Row:
    found = await queries.lock(actor, transfer_id)
    if found is None:
        raise NotFound("没有找到这张调拨单")
    return found


def _not_frozen(found: db.Row) -> None:
    for side in ("from", "to"):
        if found[f"{side}_status"] != "active":
            raise OrgFrozen(f"{found[f'{side}_name']}已被冻结，不能调拨")


def _charged(found: db.Row) -> bool:
    """Whether the taker pays for it: another org than the supplier."""
    return found["supplier_id"] is not None and found["to_org_id"] != found["supplier_id"]


async def decide(actor: Actor, transfer_id: int, decision: Decision) -> None:
    """What deciding about a transfer means, for the approvals engine: approved, the goods are held at the source.

    Between orgs, whoever has proposed it does not decide, but for an administrator. Raises `StockShort`,
    `CreditExceeded`, `OrgFrozen`, `TransferState`.
    """
    async with db.transaction():
        found = await _lock(actor, transfer_id)
        if actor.org_id != (found["supplier_id"] or found["from_org_id"]):
            raise Forbidden("调拨由供货方审批")
        state = next_state(found["number"], found["state"], "approve")
        own = found["proposed_by"] == actor.account_id and found["supplier_id"] is not None
        if own and "account.manage" not in actor.permissions:
            raise Forbidden("自己提出的调拨要由别人审批")
        stands = await approvals.standing(actor, KIND, transfer_id)
        approvals.refuse_others(stands)
        if decision.decision == "reject":
            await _reject(actor, found, decision.reason)
            return
        _not_frozen(found)
        about = (found["to_org_id"], found["total_fen"])
        passed = await approvals.pass_on(actor, stands, KIND, transfer_id, *about, {"reason": decision.reason})
        if passed.waits is not None:
            await _announce(actor.root_id, "approval.passed_on", transfer_id)
            await audit.record(actor, "pass_on", KIND, transfer_id, {"number": found["number"]})
            return
        await _hold(actor, found, decision.override_credit)
        await approvals.close(actor, KIND, transfer_id, "approved", decision.reason, passed.reached)
        await queries.mark(actor.root_id, transfer_id, "approved", state)
        await _announce(actor.root_id, "approval.decided", transfer_id)
        await _announce(actor.root_id, "transfer.approved", transfer_id)
        changes = {"number": found["number"], "reason": decision.reason}
        await audit.record(actor, "approve", KIND, transfer_id, changes)


async def _hold(actor: Actor, found: db.Row, override_credit: bool) -> None:
    lines = await queries.lines(actor.root_id, found["id"])
    wanted = [Wanted(line["line_no"], line["product_id"], line["qty"]) for line in lines]
    picks = await holding.hold(actor.root_id, found["from_org_id"], found["from_location_id"], wanted)
    await queries.hold(actor.root_id, found["id"], picks)
    if _charged(found):
        pair = (found["supplier_id"], found["to_org_id"])
        await settlement.commit(actor, *pair, found["total_fen"], override_credit)


async def _reject(actor: Actor, found: db.Row, reason: str) -> None:
    state = next_state(found["number"], found["state"], "reject")
    await approvals.close(actor, KIND, found["id"], "rejected", reason)
    await _end(actor, found, "reject", state, reason)
    await _announce(actor.root_id, "approval.decided", found["id"])


async def _end(actor: Actor, found: db.Row, verb: str, state: str, reason: str) -> None:
    await queries.mark(actor.root_id, found["id"], "ended", state, actor.account_id, clock.now(), reason)
    await audit.record(actor, verb, KIND, found["id"], {"number": found["number"], "reason": reason})


def _picks(lots: Sequence[db.Row]) -> list[Pick]:
    return [Pick(lot["line_no"], lot["product_id"], lot["lot_id"], lot["qty"]) for lot in lots]


async def cancel(actor: Actor, transfer_id: int, reason: str) -> None:
    """Call a transfer off before the goods leave: who proposed it, the giver, or the supplier; what is held is free."""
    actor.require("transfer.propose")
    async with db.transaction():
        found = await _lock(actor, transfer_id)
        if actor.org_id not in (found["from_org_id"], found["supplier_id"]) and (
            found["proposed_by"] != actor.account_id
        ):
            raise Forbidden("只有提出的人、调出方和供货方可以取消")
        state = next_state(found["number"], found["state"], "cancel")
        if found["state"] == "proposed":
            await approvals.close(actor, KIND, transfer_id, "void", reason)
            await _announce(actor.root_id, "approval.decided", transfer_id)
        else:
            picks = _picks(await queries.lots(actor.root_id, transfer_id))
            await holding.let_go(actor.root_id, found["from_location_id"], picks)
            await queries.drop(actor.root_id, transfer_id)
            if _charged(found):
                pair = (found["supplier_id"], found["to_org_id"])
                await settlement.release(actor, *pair, found["total_fen"])
        await _end(actor, found, "cancel", state, reason)
        await _announce(actor.root_id, "transfer.cancelled", transfer_id)


async def issue(actor: Actor, transfer_id: int, codes: Sequence[str] = ()) -> None:
    """The goods leave the giver's warehouse and are on the way, with the cases that were scanned, if it is another org.

    Raises `LotsSpoilt`: cancel it and propose it anew.
    """
    actor.require("transfer.move")
    async with db.transaction():
        found = await _lock(actor, transfer_id)
        if actor.org_id != found["from_org_id"]:
            raise Forbidden("只有调出方可以发出")
        state = next_state(found["number"], found["state"], "issue")
        _not_frozen(found)
        picks = _picks(await queries.lots(actor.root_id, transfer_id))
        spoilt = await holding.spoilt(picks)
        if spoilt:
            raise LotsSpoilt(f"批次 {'、'.join(spoilt[:NAMED])} 已过期或正在召回，请取消后重新提出")
        way = (await stock.locations([found["to_org_id"]]))[found["to_org_id"], "in_transit"]
        ends = (found["from_location_id"], way, "transfer_out")
        moves = [Move(p.product_id, p.lot_id, p.qty, *ends, p.qty) for p in picks]
        await stock.post(actor.root_id, moves, _document(actor, transfer_id))
        moment = clock.now()
        await queries.mark(actor.root_id, transfer_id, "issued", state, actor.account_id, moment)
        if found["to_org_id"] != found["from_org_id"]:
            goods = [hooks.Goods(p.product_id, p.lot_id, p.qty) for p in picks]
            about = (KIND, transfer_id, found["number"], found["from_org_id"], found["to_org_id"], moment)
            await hooks.handed_over(actor, hooks.Handed(*about, goods, codes))
        await _announce(actor.root_id, "transfer.issued", transfer_id)
        changes = {"number": found["number"], **({"cases": len(codes)} if codes else {})}
        await audit.record(actor, "issue", KIND, transfer_id, changes)


def _document(actor: Actor, transfer_id: int) -> Document:
    return Document(KIND, transfer_id, actor.account_id or None, clock.now())


async def receive(actor: Actor, transfer_id: int, counted: ReceiveTransfer) -> None:
    """Count what arrived: good goods are the taker's, and settled; short and damaged ones the giver's loss.

    Complete, it is closed; with differences it waits until the giver has seen them.
    """
    actor.require("transfer.move")
    async with db.transaction():
        found = await _lock(actor, transfer_id)
        if actor.org_id != found["to_org_id"]:
            raise Forbidden("只有调入方可以收货")
        state = next_state(found["number"], found["state"], "receive")
        lots = await queries.lots(actor.root_id, transfer_id)
        arrived = _arrived(lots, counted)
        target = await queries.warehouse(found["to_org_id"], found["to_location_id"])
        target = target or await queries.warehouse(found["to_org_id"], None)  # it was closed meanwhile
        assert target is not None
        await queries.count(
            actor.root_id, transfer_id, [(c.no, c.received_qty, c.damaged_qty, c.note) for c in arrived]
        )
        await _take_in(actor, found, target["id"], lots, arrived)
        fen = sum(lot["price_fen"] * c.received_qty for lot, c in zip(lots, arrived, strict=True))
        await _settle(actor, found, fen)
        complete = all(lot["qty"] == c.received_qty for lot, c in zip(lots, arrived, strict=True))
        state = next_state(found["number"], state, "close") if complete else state
        moment = clock.now()
        done = (actor.account_id, moment, fen, target["id"])
        await queries.mark(actor.root_id, transfer_id, "received", state, *done)
        await hooks.come(actor.root_id, KIND, transfer_id, moment)
        await _announce(actor.root_id, "transfer.received", transfer_id)
        changes = {"number": found["number"], "complete": complete, "settled_fen": fen}
        await audit.record(actor, "receive", KIND, transfer_id, changes)


def _arrived(lots: Sequence[db.Row], counted: ReceiveTransfer) -> list[Counted]:
    """What arrived of each lot; `InvalidInput` for more than was sent, and differences without a word about them."""
    given = {line.no: line for line in counted.lines}
    errors = []
    if len(given) != len(counted.lines) or given.keys() - {lot["no"] for lot in lots}:
        raise InvalidInput("有的批次不在这张调拨单上，或者出现了两次")
    sent = {lot["no"]: lot["qty"] for lot in lots}
    for n, line in enumerate(counted.lines):
        if line.received_qty + line.damaged_qty > sent[line.no]:
            errors.append(FieldError(f"/lines/{n}/received_qty", f"只发出了 {sent[line.no]}"))
        elif line.received_qty < sent[line.no] and not line.note.strip():
            errors.append(FieldError(f"/lines/{n}/note", "短少或破损请说明原因"))
    if errors:
        raise InvalidInput(f"有 {len(errors)} 处填写有误，没有保存", errors)
    return [given.get(lot["no"]) or Counted(lot["no"], lot["qty"]) for lot in lots]


async def _take_in(
    actor: Actor, found: db.Row, target: int, lots: Sequence[db.Row], arrived: Sequence[Counted]
) -> None:
    places = await stock.locations([found["from_org_id"], found["to_org_id"]])
    way, loss = places[found["to_org_id"], "in_transit"], places[found["from_org_id"], "loss"]
    moves = []
    for lot, line in zip(lots, arrived, strict=True):
        short = lot["qty"] - line.received_qty - line.damaged_qty
        ends = ((line.received_qty, target, "transfer_in"), (line.damaged_qty, loss, "damaged"), (short, loss, "short"))
        moves += [Move(lot["product_id"], lot["lot_id"], qty, way, place, reason) for qty, place, reason in ends if qty]
    await stock.post(actor.root_id, moves, _document(actor, found["id"]))


async def _settle(actor: Actor, found: db.Row, fen: int) -> None:
    """Credit the giver and charge the taker, each with the supplier; the pairs are locked in the order of their ids."""
    supplier = found["supplier_id"]
    if supplier is None:
        return
    for org_id in sorted({found["from_org_id"], found["to_org_id"]} - {supplier}):
        if org_id == found["to_org_id"]:
            await settlement.charge_transfer(actor, supplier, org_id, found["id"], fen, found["total_fen"])
        else:
            await settlement.credit_transfer(actor, supplier, org_id, found["id"], fen)


async def close(actor: Actor, transfer_id: int, note: str) -> None:
    """The giver, or the supplier, has seen the differences, and says what comes of them."""
    actor.require("transfer.propose")
    async with db.transaction():
        found = await _lock(actor, transfer_id)
        if actor.org_id not in (found["from_org_id"], found["supplier_id"]):
            raise Forbidden("差异由调出方或供货方确认")
        state = next_state(found["number"], found["state"], "close")
        await _end(actor, found, "close", state, note)


async def papers(root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    """The numbers of transfers, for whoever shows what they moved."""
    return {id_: Paper(number, KIND, id_) for id_, number in (await queries.numbers(root_id, ids)).items()}


async def held_by_transfers(
    root_id: int, location_id: int, products: Sequence[int], lots: Sequence[int]
) -> list[Holding]:
    """What approved transfers hold of these lots in a place, for whoever would take it away."""
    found = await queries.holding(root_id, location_id, products, lots)
    return [
        Holding(item["product_id"], item["lot_id"], item["qty"], Paper(item["number"], KIND, item["id"]))
        for item in found
    ]


approvals.register(KIND, decide)
