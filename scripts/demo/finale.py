"""How the visitor finds the world: for the people whose accounts are shown, something in every state."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from scripts.demo.archives import Party, World, lot_line
from scripts.demo.giveback import GiveBack
from scripts.demo.history import History
from scripts.demo.trade import Line, Placed
from server.core import clock
from server.identity import invitations
from server.identity.entry_schemas import NewInvitation
from server.orders import service
from server.orders.schemas import Approve, Issue
from server.stock import service as stock
from server.stock.schemas import Supply

NEAR_EXPIRY_DAYS = (9, 16, 27)
LARGE_CASES = 45
"""Of each of twelve products: an order about which a manager decides after the rep."""


class Finale:
    """The last two days of the shown accounts, done step by step at their moments."""

    def __init__(self, world: World, history: History, now: datetime) -> None:
        self.world, self.trade, self.history, self.now = world, history.trade, history, now

    async def play(self) -> None:
        """Orders in every state on both sides of each shown dealer, cards for the reps, old lots in the warehouses."""
        shown = {person.org for person in self.world.cast if person.shown and person.org}
        parties = [self.world.parties[number] for number in sorted(shown)]
        for dealer in [party for party in parties if party.level != "store"]:
            await self._old_lots(dealer)
        for store in [party for party in parties if party.level == "store"]:
            await self._states(store)
        for dealer in self.world.brand.buyers:
            await self._purchase(dealer)
        back = GiveBack(self.world, self.now)
        for party in parties:
            await (back.of_store(party) if party.level == "store" else back.of_dealer(party))
        await self._invited(next(party for party in parties if party.level == "store"))

    async def _invited(self, store: Party) -> None:
        """A helper whom the store's owner expects; his dealer has shown the code this morning."""
        dealer = self.world.supplier[store.id]
        with clock.frozen(self._at(3)):
            await invitations.invite(dealer.boss, NewInvitation(store.id, "store_clerk", name="周末帮手"))

    def _at(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    async def _cart(self, buyer: Party, count: int) -> list[Line]:
        """A case each of products of which the seller has most, different ones each time."""
        seller = self.world.supplier[buyer.id]
        free = await stock.available(self.world.root_id, seller.id, [product.id for product in self.world.products])
        cases = {product: free.get(product.id, 0) // product.item.case_qty for product in self.world.products}
        there = sorted((p for p in cases if cases[p] > 0), key=lambda p: cases[p], reverse=True)[: 4 * count]
        chosen = self.trade.chance.sample(there, min(count, len(there)))
        return [Line(product, product.case, product.item.case_qty, 1) for product in chosen]

    async def _states(self, store: Party) -> None:
        """An order of this store in each state, from a week ago until just now."""
        received = await self._sent(store, 150, 4)
        with clock.frozen(self._at(120)):
            await self.trade.receive(received[0], received[1], trouble=True)
        with clock.frozen(self._at(100)):
            await service.close_order(self.world.supplier[store.id].boss, received[0].id, "货款两清")
        signed = await self._sent(store, 75, 5)
        with clock.frozen(self._at(50)):
            await self.trade.receive(signed[0], signed[1], trouble=False)
        with clock.frozen(self._at(46)):
            rejected = await self.trade.submit(store, await self._cart(store, 2), "")
        with clock.frozen(self._at(44)):
            await self.trade.reject(rejected, "起订量不够，请凑整箱")
        with clock.frozen(self._at(31)):
            cancelled = await self.trade.submit(store, await self._cart(store, 3), "")
            await service.cancel_order(store.boss, cancelled.id, "数量填错了，重新下单")
        await self._sent(store, 28, 6)
        await self._approved(store, 9, 3)
        with clock.frozen(self._at(1.6)):
            await self.trade.submit(store, await self._cart(store, 4), "周末有活动，请尽快安排")

    async def _approved(self, buyer: Party, hours: float, count: int) -> Placed:
        with clock.frozen(self._at(hours)):
            order = await self.trade.submit(buyer, await self._cart(buyer, count))
        with clock.frozen(self._at(hours - 1)):
            await service.approve_order(order.seller.boss, order.id, Approve(override_credit=True))
        return order

    async def _sent(self, buyer: Party, hours: float, count: int) -> tuple[Placed, int]:
        order = await self._approved(buyer, hours, count)
        with clock.frozen(self._at(hours - 3)):
            return order, await service.issue_goods(order.seller.boss, order.id, Issue())

    async def _purchase(self, dealer: Party) -> None:
        """A purchase order that waits for the rep; the second one of a rep's dealers is large and waits higher up."""
        rep = next(rep for rep in self.world.brand.people["brand_rep"] if rep.sees(dealer.org.path))
        large = self.world.brand.buyers.index(dealer) % 2 == 1
        lines = await self._made_for(dealer, LARGE_CASES if large else 8)
        with clock.frozen(self._at(3.2 if large else 0.7)):
            order = await self.trade.submit(dealer, lines, "库存偏低，请尽快安排" if large else "周四前到仓，谢谢")
        if large:
            with clock.frozen(self._at(2.1)):
                await service.approve_order(rep, order.id, Approve())

    async def _made_for(self, dealer: Party, cases: int) -> list[Line]:
        """A dozen products that the brand has just produced enough of."""
        chosen = self.trade.chance.sample(self.world.products, 12)
        with clock.frozen(self._at(70)):
            made = Supply([lot_line(product, clock.today(), 2 * cases) for product in chosen])
            await stock.supply(self.world.brand.person("brand_warehouse"), made)
        return [Line(product, product.case, product.item.case_qty, cases) for product in chosen]

    async def _old_lots(self, dealer: Party) -> None:
        """A few cases of long ago, taken back from a store that closed: they expire soon."""
        today: date = self.now.astimezone(clock.zone()).date()
        products = self.trade.chance.sample(self.world.products, len(NEAR_EXPIRY_DAYS))
        lines = [
            lot_line(product, today + timedelta(days=days - product.item.shelf_days), 4)
            for product, days in zip(products, NEAR_EXPIRY_DAYS, strict=True)
        ]
        with clock.frozen(self._at(26)):
            await stock.supply(dealer.boss, Supply(lines))
