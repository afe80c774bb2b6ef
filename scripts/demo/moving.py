"""Transfers for the visitor: one that waits for a decision, one on its way, one that arrived with differences."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial

from scripts.demo.archives import Party, Product, World
from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.core import clock
from server.stock import service as stock
from server.transfers import queries, service
from server.transfers.schemas import Counted, NewLine, NewTransfer, ReceiveTransfer

Moment = Callable[[float], AbstractContextManager[None]]
KINDS = 2


async def move_goods(world: World, now: datetime) -> None:
    """Between the brand's first two dealers, and from one of them back to the brand."""
    giver, taker = world.brand.buyers[0], world.brand.buyers[-1]
    at: Moment = partial(_before, now)
    if giver is taker:
        return
    with at(78):
        closed = await _propose(world, giver, taker, 2, "节后库存偏多，那边展销缺货")
    await _decide(world, closed, at, 76)
    await _arrived_short(world, closed, giver, taker, at)
    with at(30):
        sent = await _propose(world, taker, giver, 1, "这边动销慢，临期前调过去")
    await _decide(world, sent, at, 28)
    with at(6):
        await service.issue(taker.boss, sent)
    with at(1.1):
        await _propose(world, giver, world.brand, 2, "包装换版，旧版调回总部")


def _before(now: datetime, hours: float) -> AbstractContextManager[None]:
    return clock.frozen(now - timedelta(hours=hours))


async def _propose(world: World, giver: Party, taker: Party, cases: int, reason: str) -> int:
    """So many cases of the products of which the giver has most free."""
    free = await stock.available(world.root_id, giver.id, [product.id for product in world.products])

    def held(product: Product) -> int:
        return free.get(product.id, 0) // product.item.case_qty

    chosen = sorted(world.products, key=held, reverse=True)[:KINDS]
    lines = [NewLine(product.id, cases * product.item.case_qty) for product in chosen]
    new = NewTransfer(lines, reason, from_org_id=giver.id, to_org_id=taker.id)
    return await service.propose(world.brand.person("brand_manager"), new)


async def _decide(world: World, transfer_id: int, at: Moment, hours: float) -> None:
    with at(hours):
        facts = await approvals.facts_of(world.root_id, queries.KIND, transfer_id)
        assert facts is not None
        await approvals.decide(world.brand.boss, facts.id, Decision("approve", "", override_credit=True))


async def _arrived_short(world: World, transfer_id: int, giver: Party, taker: Party, at: Moment) -> None:
    """Two pieces of the first lot were broken on the way; the giver has seen it."""
    with at(70):
        await service.issue(giver.boss, transfer_id)
    (first, *_) = await queries.lots(world.root_id, transfer_id)
    counted = Counted(first["no"], first["qty"] - 2, 2, "外箱受潮，破损两件")
    with at(51):
        await service.receive(taker.boss, transfer_id, ReceiveTransfer([counted]))
    with at(49):
        await service.close(giver.boss, transfer_id, "承运方已答应赔付")
