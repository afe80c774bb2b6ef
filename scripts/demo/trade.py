"""One order's way from the cart to the signature, by the people of both sides; and payments.

Every step is a verb of the system, done by the account that would do it, and puts the next step on the timeline.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from scripts.demo.archives import Party, Product, World
from scripts.demo.slots import next_slot
from scripts.demo.sources import source
from scripts.demo.timeline import Timeline, Work
from server.core import clock, db
from server.core.actor import Actor
from server.core.idempotency import Claim
from server.orders import queries, service
from server.orders.schemas import (
    Approve,
    ApprovedLine,
    DeliveryMethod,
    Issue,
    IssueQty,
    NewOrder,
    NewOrderLine,
    Receive,
    ReceivedLine,
)
from server.settlement import service as settlement
from server.settlement.schemas import Method, Payment
from server.settlement.service import CreditExceeded
from server.stock import service as stock
from server.stock.service import StockShort

CANCEL_SHARE, REJECT_SHARE = 0.02, 0.025
PARTS_SHARE, SHORTAGE_SHARE, CLOSE_SHARE = 0.06, 0.07, 0.2


class Line(NamedTuple):
    """A line of a cart: so many packagings of `unit_qty` base units each."""

    product: Product
    packaging_id: int
    unit_qty: int
    packs: int

    @property
    def qty(self) -> int:
        """In base units."""
        return self.unit_qty * self.packs


class Placed(NamedTuple):
    """An order on its way."""

    id: int
    buyer: Party
    seller: Party
    lines: list[Line]


class Trade:
    """What buyers and sellers do; `asked` is told what is asked of whom, `coming` knows what is under way."""

    def __init__(
        self, world: World, timeline: Timeline, chance: random.Random, asked: Callable[[Party, list[Line]], None]
    ) -> None:
        self.world, self.timeline, self.chance, self._asked = world, timeline, chance, asked
        self.coming: dict[int, Counter[int]] = defaultdict(Counter)

    def later(self, hours: tuple[float, float], work: Work, sundays: bool = False) -> None:
        """Put a step on the line, some hours from now, when people are at work."""
        after = clock.now() + timedelta(hours=self.chance.uniform(*hours))
        self.timeline.at(next_slot(after, clock.zone(), sundays), work)

    async def order(self, buyer: Party, lines: list[Line]) -> None:
        """Submit an order and leave it to the seller."""
        placed = await self.submit(buyer, lines)
        self.later((0.8, 6), partial(self.decide, placed))

    async def submit(self, buyer: Party, lines: list[Line], note: str | None = None) -> Placed:
        """Submit an order, as the buyer's owner or clerk."""
        seller = self.world.supplier[buyer.id]
        actor = buyer.person("store_owner", "dealer_clerk", "dealer_owner")
        wanted = [
            NewOrderLine(line.product.id, line.packaging_id, line.packs, self.world.price(buyer, line.product.id))
            for line in lines
        ]
        new = NewOrder(self._delivery(buyer), wanted, buyer.address_id, note=self._note() if note is None else note)
        if self.chance.random() < 0.25:
            new.wished_on = clock.today() + timedelta(days=self.chance.randrange(2, 5))
        claim = Claim(actor.account_id, actor.root_id, uuid.UUID(int=self.chance.getrandbits(128)).hex, b"demo")
        placed = await service.submit_order(actor, new, claim)
        self._asked(seller, lines)
        self.coming[buyer.id].update({line.product.id: line.qty for line in lines})
        return Placed(placed.id, buyer, seller, lines)

    def _delivery(self, buyer: Party) -> DeliveryMethod:
        if buyer.level == "store":
            return "pickup" if self.chance.random() < 0.08 else "deliver"
        return "logistics" if buyer.level == "province" else "deliver"

    def _note(self) -> str:
        return str(self.chance.choice(source("names")["notes"])) if self.chance.random() < 0.12 else ""

    def _word(self, kind: str) -> str:
        return str(self.chance.choice(source("names")[kind]))

    # The seller decides ---------------------------------------------------------------------------------------

    def decider(self, order: Placed) -> Actor:
        """Who decides first: the dealer's rep, or the seller's clerk or owner."""
        if order.seller.level != "brand":
            return order.seller.person("dealer_clerk" if self.chance.random() < 0.6 else "dealer_owner", "dealer_owner")
        return next(rep for rep in order.seller.people["brand_rep"] if rep.sees(order.buyer.org.path))

    async def decide(self, order: Placed) -> None:
        """The buyer thinks better of it, the seller refuses, or what is there is approved."""
        dice = self.chance.random()
        if dice < CANCEL_SHARE:
            await service.cancel_order(order.buyer.boss, order.id, self._word("cancels"))
            self._over(order)
        elif dice < CANCEL_SHARE + REJECT_SHARE:
            await self.reject(order, self._word("rejects"))
        else:
            await self.approve(order, self.decider(order))

    async def reject(self, order: Placed, reason: str) -> None:
        """Refuse an order."""
        await service.reject_order(self.decider(order), order.id, reason)
        self._over(order)

    def _over(self, order: Placed) -> None:
        self.coming[order.buyer.id].subtract({line.product.id: line.qty for line in order.lines})

    async def approve(self, order: Placed, actor: Actor) -> str:
        """Approve what is there; a second person decides where the rule asks for one; the new state."""
        try:
            granted = await self._granted(order)
            if granted.lines and not any(line.approved_qty for line in granted.lines):
                await self.reject(order, "库存不足，到货后请重新下单")
                return "rejected"
            state = await self._try(order, actor, granted)
        except StockShort:  # somebody else was faster at the same moment: look again
            self.later((0.5, 2), partial(self._again, order, actor))
            return "submitted"
        if state == "submitted":
            self.later((1, 7), partial(self._again, order, order.seller.person("brand_manager")))
        else:
            await self._follow(order, granted)
            self.later((0.5, 20), partial(self.issue, order))
        return state

    async def _follow(self, order: Placed, granted: Approve) -> None:
        """What was not approved does not come, unless it became a back order, which is decided in a few days."""
        for given, line in zip(granted.lines or [], order.lines, strict=False):
            self.coming[order.buyer.id][line.product.id] -= line.qty - given.approved_qty
        if granted.rest == "back_order":
            rest = await self._back_order(order)
            self.coming[order.buyer.id].update({line.product.id: line.qty for line in rest.lines})
            self.later((90, 200), partial(self.decide, rest))

    async def _back_order(self, order: Placed) -> Placed:
        root_id = self.world.root_id
        found = await db.rows("SELECT id FROM orders WHERE root_id = $1 AND back_order_of = $2", root_id, order.id)
        products = {line.product.id: line.product for line in order.lines}
        lines = [
            Line(products[row["product_id"]], row["packaging_id"], row["unit_qty"], row["packaging_qty"])
            for row in await queries.lines(root_id, found[0]["id"])
        ]
        return Placed(found[0]["id"], order.buyer, order.seller, lines)

    async def _again(self, order: Placed, actor: Actor) -> None:
        await self.approve(order, actor)

    async def _granted(self, order: Placed) -> Approve:
        free = await stock.available(self.world.root_id, order.seller.id, [line.product.id for line in order.lines])
        if all(free.get(line.product.id, 0) >= line.qty for line in order.lines):
            return Approve()
        lines = []
        for number, line in enumerate(order.lines, 1):
            packs = min(line.packs, max(0, free.get(line.product.id, 0)) // line.unit_qty)
            lines.append(ApprovedLine(number, packs * line.unit_qty))
        if self.chance.random() < 0.15:
            return Approve(lines, "back_order", note="缺货部分到货后补发")
        return Approve(lines, "drop", note="缺货部分请下次再订")

    async def _try(self, order: Placed, actor: Actor, granted: Approve) -> str:
        try:
            return await db.retried(lambda: service.approve_order(actor, order.id, granted))
        except CreditExceeded:
            await self.pay(order.buyer, 1.0)
        granted.override_credit = True
        boss = order.seller.person("brand_manager", "dealer_owner")
        return await db.retried(lambda: service.approve_order(boss, order.id, granted))

    # Goods move -----------------------------------------------------------------------------------------------

    async def issue(self, order: Placed) -> None:
        """Send what was approved; now and then in two parts."""
        keeper = order.seller.person("brand_warehouse", "dealer_warehouse", "dealer_clerk", "dealer_owner")
        found = await queries.lines(self.world.root_id, order.id)
        left = {row["line_no"]: row["approved_qty"] - row["issued_qty"] for row in found}
        left = {number: qty for number, qty in left.items() if qty}
        if not left:  # the second part left with the good ones of the first
            return
        wanted = Issue()
        if len(left) > 3 and self.chance.random() < PARTS_SHARE:
            first = dict(list(left.items())[: len(left) // 2])
            wanted = Issue([IssueQty(number, qty) for number, qty in first.items()])
            self.later((20, 40), partial(self.issue, order))
        try:
            issue_id = await db.retried(lambda: service.issue_goods(keeper, order.id, wanted))
        except StockShort as short:
            await self._issue_what_is_good(order, left, {line["line_no"] for line in short.extra["lines"]})
        else:
            self.later((3, 30), partial(self.receive, order, issue_id), sundays=True)

    async def _issue_what_is_good(self, order: Placed, left: dict[int, int], spoilt: set[int]) -> None:
        """Lots that were held have expired and there are no others: send the rest, and do not wait for them."""
        keeper = order.seller.person("brand_warehouse", "dealer_warehouse", "dealer_clerk", "dealer_owner")
        good = Issue([IssueQty(number, qty) for number, qty in left.items() if number not in spoilt])
        clerk = order.seller.person("brand_manager", "dealer_clerk", "dealer_owner")
        if good.lines:
            try:
                issue_id = await db.retried(lambda: service.issue_goods(keeper, order.id, good))
            except StockShort as more:  # the first try was about a part of the lines only
                found = {line["line_no"] for line in more.extra["lines"]}
                await self._issue_what_is_good(order, left, spoilt | found)
            else:
                self.later((3, 30), partial(self.receive, order, issue_id), sundays=True)
                self.later((60, 160), partial(self.close, order, "余下批次已到期，不再补发"))
        elif await self._state(order) == "approved":
            await service.cancel_order(clerk, order.id, "批次已到期，请重新下单")
            self._over(order)

    async def receive(self, order: Placed, issue_id: int, trouble: bool | None = None) -> None:
        """Sign for a delivery; some arrive short or damaged."""
        keeper = order.buyer.person("store_owner", "dealer_warehouse", "dealer_clerk", "dealer_owner")
        lines = await queries.issue_lines(self.world.root_id, issue_id)
        counted = Receive()
        if trouble or (trouble is None and self.chance.random() < SHORTAGE_SHARE):
            counted = self._counted(lines[self.chance.randrange(len(lines))])
        await db.retried(lambda: service.receive_goods(keeper, issue_id, counted))
        self.coming[order.buyer.id].subtract({line["product_id"]: line["qty"] for line in lines})
        if self.chance.random() < CLOSE_SHARE and await self._state(order) == "received":
            self.later((60, 160), partial(self.close, order))

    async def _state(self, order: Placed) -> str:
        state = "SELECT state FROM orders WHERE root_id = $1 AND id = $2"
        return str(await db.value(state, self.world.root_id, order.id))

    def _counted(self, line: db.Row) -> Receive:
        bad = min(line["qty"], self.chance.randrange(1, 4))
        damaged = bad if self.chance.random() < 0.5 else 0
        note = self._word("shortages")
        return Receive([ReceivedLine(line["line_no"], line["qty"] - bad, damaged, note)], note)

    async def close(self, order: Placed, reason: str = "货款两清") -> None:
        """Finish an order that has been signed for."""
        await service.close_order(order.seller.person("brand_admin", "dealer_clerk"), order.id, reason)

    # Money ----------------------------------------------------------------------------------------------------

    async def pay(self, buyer: Party, part: float) -> None:
        """Register that a buyer has paid a part of what it owes."""
        seller = self.world.supplier[buyer.id]
        actor = seller.person("brand_finance", "dealer_finance", "dealer_owner")
        owed = (await settlement.balance(actor, buyer.id))["receivable_fen"]
        amount = round(owed * part) // 100 * 100 if part < 1 else owed
        if amount > 0:
            method: Method = self.chance.choice(("wechat", "bank", "cash")) if buyer.level == "store" else "bank"
            reference = f"{clock.today():%y%m%d}{self.chance.randrange(10**6):06d}"
            await settlement.register_payment(actor, Payment(buyer.id, amount, method, reference))
