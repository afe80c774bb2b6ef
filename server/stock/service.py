"""What can be done with stock."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.core import audit, clock, db, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound
from server.stock import places, queries
from server.stock.fefo import Lot, Pick, Short, Wanted, allocate
from server.stock.queries import Document, Move
from server.stock.schemas import StockFilter, Supply
from server.stock.words import LOCATION_NAMES

NAMED = 5
"""So many lines are named in the sentence of a refusal; all of them stand in its `lines`."""


class StockShort(BusinessError):
    """Not enough is left; each line is named with what there is."""

    status, code, title = 409, "stock_short", "库存不足"


class LotMismatch(BusinessError):
    """The lot is known with another expiry date."""

    status, code, title = 409, "lot_mismatch", "批次信息不一致"


class Received(msgspec.Struct, frozen=True):
    """What arrived of one issued lot, in base units; the rest of `qty` is short."""

    product_id: int
    lot_id: int
    qty: int
    good: int
    damaged: int


async def open_locations(root_id: int, org_ids: Sequence[int]) -> None:
    """Give new orgs their warehouses and their virtual locations."""
    await queries.open_locations(root_id, org_ids, LOCATION_NAMES)


def short(missing: Sequence[Short], found: Sequence[db.Row] = (), field: str = "approved_qty") -> StockShort:
    """The refusal that names each line, and the lots that are not to be used because they are called back.

    `field`: what the quantity is called in the request.
    """
    errors = [
        FieldError(f"/lines/{item.line_no - 1}/{field}", f"需要 {item.wanted}，只有 {item.available}")
        for item in missing
    ]
    products = {item.product_id for item in missing}
    recalled = sorted({lot["code"] for lot in found if lot["blocked"] and lot["product_id"] in products})
    return StockShort(
        f"第 {'、'.join(str(item.line_no) for item in missing[:NAMED])} 行"
        + (f"等 {len(missing)} 行" if len(missing) > NAMED else "")
        + "库存不足，没有做任何改动"
        + (f"；批次 {'、'.join(recalled[:NAMED])} 正在召回，不能出库" if recalled else ""),
        errors,
        lines=[{"line_no": s.line_no, "wanted_qty": s.wanted, "available_qty": s.available} for s in missing],
    )


async def reserve(root_id: int, seller_id: int, order_id: int, wanted: Sequence[Wanted]) -> None:
    """Hold goods for an order, first-expired-first-out; all or nothing.

    Raises `StockShort` naming every line that cannot be served.
    """
    wanted = [line for line in wanted if line.qty > 0]
    place, picks = await _allocate(root_id, seller_id, wanted)
    await queries.reserve(root_id, place, order_id, picks)


async def _allocate(
    root_id: int, seller_id: int, wanted: Sequence[Wanted], location_id: int | None = None
) -> tuple[int, list[Pick]]:
    """Lock the lots in the seller's warehouse and choose among what is free: the warehouse, and the picks.

    It is the one that delivers, unless another is named.
    """
    found = await queries.lock_lots(root_id, seller_id, sorted({line.product_id for line in wanted}), location_id)
    lots = [
        Lot(item["product_id"], item["lot_id"], item["expires_on"], item["free"])
        for item in found
        if not item["blocked"]
    ]
    result = allocate(wanted, lots, clock.today())
    if result.short:
        raise short(result.short, found)
    return found[0]["location_id"], result.picks


async def release(root_id: int, order_id: int) -> None:
    """Give back what is held for an order."""
    await queries.release(root_id, order_id)


async def pick_reserved(
    root_id: int, seller_id: int, buyer_id: int, order_id: int, wanted: Sequence[Wanted]
) -> tuple[list[Pick], tuple[int, int]]:
    """Choose, from what is held for an order, the lots that leave now, first expired first; and from where to where.

    Lots that have expired since they were held, or are called back, serve nobody: others take their place, or
    `StockShort` says which lines cannot leave. The order row is locked by the caller, so the reservations stand still.
    """
    held = await queries.reservations(root_id, order_id, buyer_id)
    today = clock.today()
    missing = {line.line_no: line.qty for line in wanted}

    def serves(item: db.Row) -> bool:
        return bool(item["expires_on"] >= today and not item["blocked"])

    picks = _take([item for item in held if serves(item)], missing)
    if any(missing.values()):
        spoilt = _take([item for item in held if not serves(item)], missing)
        picks = _merged([*picks, *await _replace(root_id, seller_id, order_id, spoilt, held[0]["location_id"])])
    return picks, (held[0]["location_id"], held[0]["way_id"])


def _take(held: Sequence[db.Row], missing: dict[int, int]) -> list[Pick]:
    """Take what is missing by line from what is held; `missing` goes down by it."""
    picks: list[Pick] = []
    for item in held:
        taken = min(missing.get(item["line_no"], 0), item["qty"])
        if taken:
            picks.append(Pick(item["line_no"], item["product_id"], item["lot_id"], taken))
            missing[item["line_no"]] -= taken
    return picks


async def _replace(root_id: int, seller_id: int, order_id: int, spoilt: Sequence[Pick], location_id: int) -> list[Pick]:
    """Hold other lots of the same goods for an order, in place of those that serve nobody any more.

    They come from the warehouse where the order is held, also when another one delivers by now. The one place that
    locks lots out of the order of the house; should two such issues meet, PostgreSQL sends one back and `db.retried`
    runs it again.
    """
    wanted: dict[int, Wanted] = {}
    for pick in spoilt:
        before = wanted.get(pick.line_no)
        wanted[pick.line_no] = Wanted(pick.line_no, pick.product_id, pick.qty + (before.qty if before else 0))
    place, picks = await _allocate(root_id, seller_id, list(wanted.values()), location_id)
    await queries.give_back(root_id, place, order_id, spoilt)
    await queries.reserve(root_id, place, order_id, picks)
    return picks


def _merged(picks: Sequence[Pick]) -> list[Pick]:
    """One pick per line and lot, the lines in their order."""
    sums: dict[tuple[int, int, int], int] = {}
    for pick in sorted(picks, key=lambda item: item.line_no):
        place = (pick.line_no, pick.product_id, pick.lot_id)
        sums[place] = sums.get(place, 0) + pick.qty
    return [Pick(*place, qty) for place, qty in sums.items()]


async def send(actor: Actor, order_id: int, issue_id: int, picks: Sequence[Pick], ends: tuple[int, int]) -> None:
    """Move picked goods from the seller's warehouse onto the way to the buyer: the ends that `pick_reserved` named."""
    moves = [Move(p.product_id, p.lot_id, p.qty, *ends, "issue", p.qty) for p in picks]
    document = Document("goods_issue", issue_id, actor.account_id or None, clock.now())
    await queries.send(actor.root_id, order_id, picks, moves, document)


async def take_in(actor: Actor, seller_id: int, buyer_id: int, receipt_id: int, lines: Sequence[Received]) -> None:
    """Move delivered goods off the way: good ones to the buyer, short and damaged ones to the seller's loss."""
    places = await queries.locations([seller_id, buyer_id], into=buyer_id)
    way, home = places[buyer_id, "in_transit"], places[buyer_id, "warehouse"]
    loss = places[seller_id, "loss"]
    moves: list[Move] = []
    for line in lines:
        short = line.qty - line.good - line.damaged
        ends = ((line.good, home, "receipt"), (line.damaged, loss, "damaged"), (short, loss, "short"))
        for qty, target, reason in ends:
            if qty:
                moves.append(Move(line.product_id, line.lot_id, qty, way, target, reason))
    await queries.post(actor.root_id, moves, Document("receipt", receipt_id, actor.account_id or None, clock.now()))


async def supply(actor: Actor, given: Supply) -> None:
    """Register goods that come into the own warehouse from outside: production, opening stock (D2.1).

    Raises `LotMismatch` when a known lot has another expiry date.
    """
    actor.require("stock.manage")
    if len({(line.product_id, line.lot_code) for line in given.lines}) != len(given.lines):
        raise InvalidInput("同一批次出现了两次")
    async with db.transaction():
        products = [line.product_id for line in given.lines]
        if await queries.known_products(actor.root_id, products) != len(set(products)):
            raise NotFound("有商品不在商品库里")
        lots = await queries.ensure_lots(
            actor.root_id,
            products,
            [line.lot_code for line in given.lines],
            [line.produced_on for line in given.lines],
            [line.expires_on for line in given.lines],
        )
        wrong = [
            FieldError(f"/lines/{i}/expires_on", f"批次 {line.lot_code} 登记的到期日是 {lot['expires_on']}")
            for i, (line, lot) in enumerate(zip(given.lines, lots, strict=True))
            if lot["expires_on"] != line.expires_on
        ]
        if wrong:
            raise LotMismatch("批次已登记过，到期日不一致", wrong)
        places = await queries.locations([actor.org_id], into=actor.org_id)
        source, home = places[actor.org_id, "supply"], places[actor.org_id, "warehouse"]
        moves = [
            Move(line.product_id, lot["id"], line.qty, source, home, "supply")
            for line, lot in zip(given.lines, lots, strict=True)
        ]
        document = Document("supply", actor.org_id, actor.account_id or None, clock.now())
        await queries.post(actor.root_id, moves, document)
        await audit.record(actor, "supply", "location", home, msgspec.to_builtins(given))


async def available(actor_root: int, org_id: int, product_ids: Sequence[int]) -> dict[int, int]:
    """What an org can still promise of these products, in base units."""
    return await queries.available(actor_root, org_id, product_ids, clock.today())


async def list_stock(actor: Actor, wanted: StockFilter) -> tuple[list[db.Row], str | None]:
    """An org's stock per product, with what is reserved and on the way (S3.1, D2.1)."""
    actor.require("stock.read")
    org_id = await places.org_seen(actor, wanted.org_id)
    after = paging.id_cursor(wanted.cursor) or 0
    text = wanted.q.strip().lower() if wanted.q else None
    asked = (after, text or None, wanted.category_id, wanted.limit + 1, wanted.warehouse_id)
    found = await queries.stock(actor.root_id, org_id, *asked)
    return paging.page(found, wanted.limit, "product_id")
