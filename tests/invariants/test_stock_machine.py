"""A machine that moves goods in every way there is, by several parties, while days pass and lots expire.

Whether a step must succeed is worked out beforehand from what lies there; after each, all invariants hold: goods sum
to zero, nothing real is below zero, what is reserved is what orders hold, sales by day and snapshots are what the
moves say, and what is sent twice happened once.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from server.channel.models import Org
from server.core import clock
from server.settings import Settings
from server.stock.snapshots import take_snapshots
from tests.invariants import running
from tests.invariants.checks import broken
from tests.orders.test_life import cart
from tests.stock.scanning import begin, scan, send
from tests.world import Product, User, World

PARTIES = ("dealer", "corner", "market", "neighbour")
STORES = ("corner", "market")

# What is free in the warehouse that delivers: what has not expired, and all.
_FREE = """
SELECT coalesce(sum(b.on_hand - b.reserved) FILTER (WHERE l.expires_on >= $3), 0)::int AS good,
       coalesce(sum(b.on_hand - b.reserved), 0)::int AS any
FROM stock_balance b JOIN location w ON w.id = b.location_id JOIN lot l ON l.id = b.lot_id
WHERE w.org_id = $1 AND w.kind = 'warehouse' AND w.is_default AND b.product_id = $2
"""
_SPOILT = """
SELECT coalesce(sum(b.on_hand), 0)::int FROM stock_balance b JOIN location w ON w.id = b.location_id
JOIN lot l ON l.id = b.lot_id
WHERE w.org_id = $1 AND w.kind = 'warehouse' AND b.product_id = $2 AND l.expires_on < $3
"""

# What a store has signed for as good from its dealer, and has not given back or asked to.
_RETURNABLE = """
SELECT (SELECT coalesce(sum(l.received_qty), 0) FROM goods_issue i JOIN goods_issue_line l
        ON l.root_id = i.root_id AND l.issue_id = i.id WHERE i.buyer_id = $1 AND l.product_id = $2)::int
     - (SELECT coalesce(sum(l.approved_qty), 0) FROM goods_return r JOIN goods_return_line l
        ON l.root_id = r.root_id AND l.return_id = r.id
        WHERE r.buyer_id = $1 AND l.product_id = $2 AND r.state NOT IN ('rejected', 'cancelled'))::int
"""
_QUARANTINED = """
SELECT b.product_id, b.lot_id, (b.on_hand - b.reserved)::int AS qty, l.expires_on >= $2 AS fit
FROM stock_balance b JOIN location w ON w.id = b.location_id JOIN lot l ON l.id = b.lot_id
WHERE w.org_id = $1 AND w.kind = 'quarantine' AND b.on_hand > b.reserved ORDER BY b.lot_id LIMIT 1
"""

# What is free and has not expired where a transfer takes its goods from, and whether what it holds has expired since.
_MOVABLE = """
SELECT (SELECT coalesce(sum(b.on_hand - b.reserved), 0) FROM stock_balance b JOIN lot l ON l.id = b.lot_id
        WHERE b.location_id = t.from_location_id AND b.product_id = x.product_id AND l.expires_on >= $2)::int AS free,
       EXISTS (SELECT FROM transfer_lot h JOIN lot l ON l.id = h.lot_id
               WHERE h.root_id = t.root_id AND h.transfer_id = t.id AND l.expires_on < $2) AS spoilt
FROM transfer t JOIN transfer_line x ON x.root_id = t.root_id AND x.transfer_id = t.id WHERE t.id = $1
"""

party = st.sampled_from(PARTIES)
product = st.integers(0, 1)
some = st.integers(1, 30)


class Goods(running.Machine):
    """A dealer with two warehouses and two stores, and a neighbour of his; one brand per example."""

    @initialize()
    def found(self) -> None:
        self.time = ExitStack()
        self.time.enter_context(clock.frozen(clock.now()))
        self.finished: list[tuple[User, int]] = []
        self.orders: list[int] = []
        self.counts: dict[str, tuple[int, int]] = {}
        self.returns: list[tuple[str, int]] = []
        self.transfers: list[tuple[str, int]] = []
        self.await_(self._found())

    def teardown(self) -> None:
        if hasattr(self, "time"):
            self.time.close()

    async def _found(self) -> None:
        self.world = await World.create(self.http)
        dealer = await self.world.dealer()
        stores = {name: await self.world.store(dealer) for name in STORES}
        neighbour = await self.world.dealer()
        self.orgs: dict[str, Org] = {"dealer": dealer, "neighbour": neighbour, **stores, "brand": self.world.brand}
        self.boss: dict[str, User] = {name: await self.world.boss(org) for name, org in self.orgs.items()}
        self.goods: list[Product] = await self.world.products(2)
        await self.world.offer(dealer, self.goods)
        await self.boss["dealer"].post("/warehouses", {"name": "东仓"}, 201)

    async def _free(self, org: str, n: int) -> tuple[int, int]:
        found = await self.witness.fetchrow(_FREE, self.orgs[org].id, self.goods[n].id, clock.today())
        return found["good"], found["any"]

    async def _spoilt(self, org: str, n: int) -> int:
        return int(await self.witness.fetchval(_SPOILT, self.orgs[org].id, self.goods[n].id, clock.today()))

    async def _session(self, org: str, kind: str, n: int, qty: int, succeeds: bool, **more: Any) -> None:
        """Scan in two parts, one of them twice and a third one taken back, and finish."""
        who, item = self.boss[org], self.goods[n]
        session = await begin(who, kind)
        first, gone = scan(item.ean, qty, **more), scan(item.ean, 99, **more)
        await send(who, session, {**gone, "undone": True}, first)
        await send(who, session, first, gone)
        answer = await who.call("POST", f"/scan-sessions/{session}/finish")
        assert answer.status_code == (200 if succeeds else 409), (kind, qty, succeeds, answer.text)
        if succeeds:
            self.finished.append((who, session))

    @rule(org=party, n=product, qty=some, days=st.sampled_from([3, 12, 60]))
    def goods_come_in(self, org: str, n: int, qty: int, days: int) -> None:
        until = (clock.today() + timedelta(days=days)).isoformat()
        self.await_(self._session(org, "in", n, qty, True, expires_on=until))

    @rule(org=party, n=product, qty=some)
    def goods_are_sold(self, org: str, n: int, qty: int) -> None:
        good, _ = self.await_(self._free(org, n))
        before = self.await_(self._spoilt(org, n))
        self.await_(self._session(org, "sale", n, qty, good >= qty))
        assert self.await_(self._spoilt(org, n)) == before

    @rule(org=party, n=product, qty=some)
    def goods_are_written_off(self, org: str, n: int, qty: int) -> None:
        _, there = self.await_(self._free(org, n))
        self.await_(self._session(org, "out", n, qty, there >= qty))

    @rule(store=st.sampled_from(STORES), n=product, qty=some)
    def a_store_orders_and_the_dealer_holds(self, store: str, n: int, qty: int) -> None:
        self.await_(self._order(store, n, qty))

    async def _order(self, store: str, n: int, qty: int) -> None:
        good, _ = await self._free("dealer", n)
        order = (await self.boss[store].post("/orders", cart(self.goods, (n, False, qty)), 201))["id"]
        approved = await self.boss["dealer"].call("POST", f"/orders/{order}/approve", {})
        assert approved.status_code == (200 if good >= qty else 409), (good, qty, approved.text)
        if approved.status_code == 200:
            self.orders.append(order)

    @rule(which=st.integers(0, 99))
    def an_order_goes_on(self, which: int) -> None:
        if self.orders:
            self.await_(self._go_on(self.orders[which % len(self.orders)]))

    async def _go_on(self, order: int) -> None:
        """Issue what is held, or sign for what is on its way; spoilt goods for which there are no others stay."""
        shown = await self.boss["dealer"].get(f"/orders/{order}")
        if shown["state"] == "approved":
            sent = await self.boss["dealer"].call("POST", f"/orders/{order}/issue", {})
            assert sent.status_code == 200 or sent.json()["code"] == "stock_short", sent.text
        elif shown["state"] == "issued":
            issue = shown["issues"][0]
            buyer = next(user for user in self.boss.values() if user.actor.org_id == shown["buyer"]["id"])
            counted = {
                "lines": [{"line_no": line["line_no"], "received_qty": line["qty"] // 2} for line in issue["lines"]]
            }
            await buyer.post(f"/goods-issues/{issue['id']}/receive", counted)

    @rule(store=st.sampled_from(STORES), n=product, qty=some)
    def a_store_asks_to_give_back(self, store: str, n: int, qty: int) -> None:
        self.await_(self._ask_back(store, n, qty))

    async def _ask_back(self, store: str, n: int, qty: int) -> None:
        _, there = await self._free(store, n)
        bought = await self.witness.fetchval(_RETURNABLE, self.orgs[store].id, self.goods[n].id)
        lines = [{"product_id": self.goods[n].id, "qty": qty, "reason": "expired"}]
        answer = await self.boss[store].call("POST", "/returns", {"lines": lines})
        possible = min(there, bought) >= qty
        assert answer.status_code == (201 if possible else 409), (qty, there, bought, answer.text)
        if possible:
            self.returns.append((store, answer.json()["id"]))

    @rule(which=st.integers(0, 99), part=st.integers(0, 3))
    def a_return_goes_on(self, which: int, part: int) -> None:
        if self.returns:
            self.await_(self._go_back(*self.returns[which % len(self.returns)], part))

    async def _go_back(self, store: str, number: int, part: int) -> None:
        """Let a part of it come, none at all, or call it off; send it; count a part; each step twice."""
        dealer, keeper, path = self.boss["dealer"], self.boss[store], f"/returns/{number}"
        shown = await keeper.get(path)
        asked = shown["lines"][0]["qty"]
        if shown["state"] == "asked" and part == 0:
            await keeper.post(f"{path}/cancel", {"reason": "不退了"})
        elif shown["state"] == "asked":
            granted = [{"line_no": 1, "approved_qty": max(1, asked * part // 3)}]
            await dealer.post(f"{path}/approve", {"lines": granted})
            await dealer.post(f"{path}/approve", {"lines": granted}, 409)
        elif shown["state"] == "approved":
            await keeper.post(f"{path}/issue", {})
            await keeper.post(f"{path}/cancel", {"reason": "不退了"}, 409)
        elif shown["state"] == "issued":
            lots = [
                {"no": lot["no"], "received_qty": lot["qty"] * part // 3, "note": "少了"}
                for lot in shown["lines"][0]["lots"]
            ]
            await dealer.post(f"{path}/receive", {"lines": lots})
            await dealer.post(f"{path}/receive", {"lines": lots}, 409)

    @rule(to=st.sampled_from(["dealer", "neighbour", "brand"]), n=product, qty=some)
    def goods_are_to_be_moved(self, to: str, n: int, qty: int) -> None:
        self.await_(self._propose(to, n, qty))

    async def _propose(self, to: str, n: int, qty: int) -> None:
        """From the dealer into his other warehouse, to his neighbour on the brand's account, or back to the brand."""
        other = (await self.boss["dealer"].get("/warehouses"))["items"][1]["id"]
        ends = {
            "dealer": {"to_warehouse_id": other},
            "neighbour": {"from_org_id": self.orgs["dealer"].id, "to_org_id": self.orgs["neighbour"].id},
            "brand": {"supplier": "takes"},
        }
        who = self.boss["brand" if to == "neighbour" else "dealer"]
        body = {"lines": [{"product_id": self.goods[n].id, "qty": qty}], "reason": "那边缺货", **ends[to]}
        self.transfers.append((to, (await who.post("/transfers", body, 201))["id"]))

    @rule(which=st.integers(0, 99), part=st.integers(0, 3))
    def a_transfer_goes_on(self, which: int, part: int) -> None:
        if self.transfers:
            self.await_(self._move_on(*self.transfers[which % len(self.transfers)], part))

    async def _move_on(self, to: str, number: int, part: int) -> None:
        """Decide, send, count a part, close, or call it off; each step twice. Spoilt goods stay where they are."""
        giver, taker, decider = self.boss["dealer"], self.boss[to], self.boss["dealer" if to == "dealer" else "brand"]
        path = f"/transfers/{number}"
        shown = await giver.get(path)
        there = await self.witness.fetchrow(_MOVABLE, number, clock.today())
        if shown["state"] in ("proposed", "approved") and part == 0:
            await giver.post(f"{path}/cancel", {"reason": "不调了"})
            await giver.post(f"{path}/cancel", {"reason": "不调了"}, 409)
        elif shown["state"] == "proposed":
            decision = (f"/approvals/{shown['approval_id']}/decide", {"decision": "approve"})
            await decider.post(*decision, 204 if there["free"] >= shown["lines"][0]["qty"] else 409)
        elif shown["state"] == "approved":
            await giver.post(f"{path}/issue", {}, 409 if there["spoilt"] else 200)
        elif shown["state"] == "issued":
            lots = [
                {"no": lot["no"], "received_qty": lot["qty"] * part // 3, "note": "少了"}
                for lot in shown["lines"][0]["lots"]
            ]
            await taker.post(f"{path}/receive", {"lines": lots})
            await taker.post(f"{path}/receive", {"lines": lots}, 409)
        elif shown["state"] == "received":
            await giver.post(f"{path}/close", {"reason": "知道了"})

    @rule(sell=st.booleans())
    def goods_leave_quarantine(self, sell: bool) -> None:
        self.await_(self._settle(sell))

    async def _settle(self, sell: bool) -> None:
        found = await self.witness.fetchrow(_QUARANTINED, self.orgs["dealer"].id, clock.today())
        if found is None:
            return
        line = {"product_id": found["product_id"], "lot_id": found["lot_id"], "qty": (found["qty"] + 1) // 2}
        body = {"verdict": "release" if sell else "write_off", "lines": [line], "reason": "验过了"}
        answer = await self.boss["dealer"].call("POST", "/quarantine/settle", body)
        assert answer.status_code == (201 if found["fit"] or not sell else 409), answer.text

    @rule()
    def another_warehouse_delivers(self) -> None:
        self.await_(self._change_default())

    async def _change_default(self) -> None:
        other = (await self.boss["dealer"].get("/warehouses"))["items"][1]
        await self.boss["dealer"].post(f"/warehouses/{other['id']}/default", {"version": other["version"]})

    @rule(which=st.integers(0, 99))
    def a_finish_is_pressed_again(self, which: int) -> None:
        if self.finished:
            who, session = self.finished[which % len(self.finished)]
            assert self.await_(who.call("POST", f"/scan-sessions/{session}/finish")).status_code == 200

    @rule(org=party, n=product, found=st.integers(-5, 5))
    def goods_are_counted(self, org: str, n: int, found: int) -> None:
        if org not in self.counts:
            self.await_(self._count(org, n, found))

    async def _count(self, org: str, n: int, found: int) -> None:
        """Count what the books say and some more or less; the clock goes on, so that what moves later is later."""
        who, item = self.boss[org], self.goods[n]
        body = {"scope": "list", "product_ids": [item.id], "blind": True}
        made = (await who.post("/stocktakes", body, 201))["id"]
        session = (await who.post(f"/stocktakes/{made}/sessions", status=201))["id"]
        (there,) = (await who.get(f"/stocktakes/{made}/tally"))["items"]
        qty = max(there["book_qty"] + found, 0)
        one = scan(item.ean, max(qty, 1))
        await send(who, session, one, {**one, "undone": True} if qty == 0 else one)
        await who.post(f"/stocktakes/{made}/entries", {"entries": [{"product_id": item.id, "qty": 0}]})
        self.counts[org] = (made, n)
        self.time.enter_context(clock.frozen(clock.now() + timedelta(seconds=1)))

    @rule(org=party)
    def what_was_counted_is_adjusted(self, org: str) -> None:
        if org in self.counts:
            made, _ = self.counts.pop(org)
            self.await_(self._adjust(org, made))

    async def _adjust(self, org: str, made: int) -> None:
        """Close and submit: what the books said of the moment is made what was counted, or nothing at all is."""
        who = self.boss[org]
        closed = await who.call("POST", f"/stocktakes/{made}/close", {"finish": True})
        if closed.status_code == 200:
            done = await who.call("POST", f"/stocktakes/{made}/submit", {})
            if done.status_code == 200:
                assert done.json()["state"] == "adjusted", done.text
                return
            assert done.json()["code"] == "lines_held", done.text
        else:
            assert closed.json()["code"] == "count_unclear", closed.text
        await who.post(f"/stocktakes/{made}/cancel", {"reason": "重新盘"})

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.time.enter_context(clock.frozen(clock.now() + timedelta(days=days)))
        self.await_(self._next_day())

    async def _next_day(self) -> None:
        for user in self.boss.values():
            await user.sign_in()
        await take_snapshots(1)

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "orgs"):
            assert self.await_(broken(self.witness, self.world.brand.id)) == []
            type(self).steps += 1


async def test_whoever_moves_goods_in_whatever_way_they_neither_appear_nor_vanish(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    await running.run(Goods, http, settings, share=3)
