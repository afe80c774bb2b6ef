"""What comes back to those whose accounts are shown: a return that waits, one on its way, one in quarantine."""

from __future__ import annotations

from datetime import datetime, timedelta

from scripts.demo.archives import Party, World
from server.core import clock
from server.returns import asking, returnable, service
from server.returns.schemas import (
    ApprovedReturnLine,
    ApproveReturn,
    CountedReturn,
    NewReturn,
    NewReturnLine,
    ReceiveReturn,
    Returnable,
    ReturnableFilter,
    ReturnReason,
    SendReturn,
)

_WHY: dict[ReturnReason, str] = {
    "damaged": "纸箱受潮，瓶身有压痕", "expired": "货架清理发现的", "wrong": "口味送错了", "recalled": "",
}  # fmt: skip


class GiveBack:
    """Returns of a store to its dealer, and of dealers to the brand, done step by step at their moments."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now

    def _at(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    async def of_store(self, store: Party) -> None:
        """One that was counted with a bottle missing, one that is on its way, one that nobody has looked at."""
        dealer = self.world.supplier[store.id]
        counted = await self._ask(store, 40, "damaged", 3, "")
        if counted:
            part = ApproveReturn([ApprovedReturnLine(1, 3)], "第二种没有坏，留着卖")
            await self._approve(dealer, counted, 38, part)
            await self._send(store, counted, 36)
            with clock.frozen(self._at(27)):
                lines = [CountedReturn(1, 2, 0, "少一瓶，司机没找到")]
                await service.receive(dealer.boss, counted, ReceiveReturn(lines))
        way = await self._ask(store, 20, "wrong", 6, "整箱送错，麻烦尽快来取")
        if way:
            await self._approve(dealer, way, 19, ApproveReturn())
            await self._send(store, way, 5)
        await self._ask(store, 1.2, "damaged", 4, "")

    async def of_dealer(self, dealer: Party) -> None:
        """A return to the brand that waits for the dealer's rep."""
        await self._ask(dealer, 2.4, "damaged", 24, "卸货时发现，已拍照存档")

    async def _ask(self, buyer: Party, hours: float, reason: ReturnReason, qty: int, note: str) -> int | None:
        """Two products of which there is enough; None where there are none."""
        with clock.frozen(self._at(hours)):
            found = await returnable.list_returnable(buyer.boss, ReturnableFilter(limit=30))
            chosen = [item for item in found.items if item.most_qty >= qty][:2]
            if not chosen:
                return None
            return await asking.ask(buyer.boss, NewReturn([_line(item, qty, reason) for item in chosen], note))

    async def _approve(self, seller: Party, return_id: int, hours: float, granted: ApproveReturn) -> None:
        with clock.frozen(self._at(hours)):
            await service.approve(seller.boss, return_id, granted)

    async def _send(self, buyer: Party, return_id: int, hours: float) -> None:
        with clock.frozen(self._at(hours)):
            await service.issue(buyer.boss, return_id, SendReturn())


def _line(item: Returnable, qty: int, reason: ReturnReason) -> NewReturnLine:
    return NewReturnLine(item.product_id, qty, reason, _WHY[reason])
