"""A machine that presses any button at any moment, beside a model that says what must happen.

After each step every check of the invariants holds, and orders, stock and money are the model's to the piece and
to the fen. What was refused changed nothing; what is repeated is answered as the first time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from server.channel.models import Org
from server.core import clock
from server.settings import Settings
from tests.invariants import running
from tests.invariants.checks import broken
from tests.invariants.model import BUYERS, LEGAL, LOTS, SELLER_OF, SELLERS, Channel, Issue, Line, Order
from tests.world import Product, User, World, key

_STOCK = """
SELECT l.kind, l.org_id, b.product_id, t.code, b.on_hand, b.reserved
FROM stock_balance b JOIN location l ON l.id = b.location_id JOIN lot t ON t.id = b.lot_id
WHERE b.root_id = $1 AND (b.on_hand, b.reserved) <> (0, 0)
"""
_MONEY = """
SELECT seller_id, buyer_id, receivable_fen, committed_fen FROM trade_account
WHERE root_id = $1 AND (receivable_fen, committed_fen) <> (0, 0)
"""
_ORDERS = """
SELECT o.id, o.state, (SELECT array_agg(ARRAY[ordered_qty, approved_qty, issued_qty, received_qty, damaged_qty,
                                              short_qty]::int[] ORDER BY line_no)
                       FROM order_line l WHERE l.root_id = o.root_id AND l.order_id = o.id) AS lines
FROM orders o WHERE o.root_id = $1
"""

any_one = st.integers(0, 999)
"""Which of the orders there are; mostly one in a state in which the verb is legal."""
often = st.sampled_from([True, True, True, True, False])
parts = st.lists(st.integers(0, 4), min_size=4, max_size=4)
"""Quarters of a quantity, line by line."""


class Channelled(running.Machine):
    """Four buyers on three levels, with a boss and a helper each; one brand per example."""

    @initialize()
    def found(self) -> None:
        self.channel = Channel()
        self.done: list[tuple[User, str, Any, str, Any]] = []
        self.await_(self._found())

    async def _found(self) -> None:
        world = await World.create(self.http)
        region = await world.dealer()
        county = await world.dealer(region)
        self.orgs: dict[str, Org] = {
            "brand": world.brand,
            "region": region,
            "county": county,
            "corner": await world.store(region),
            "store": await world.store(county),
        }
        self.boss: dict[str, User] = {name: await world.boss(org) for name, org in self.orgs.items()}
        self.helper: dict[str, User] = {
            "brand": await world.user(world.brand, "brand_rep", [region]),
            "region": await world.user(region, "dealer_clerk"),
            "county": await world.user(county, "dealer_clerk"),
        }
        self.flow = dict.fromkeys(SELLERS, 0)
        self.admin = world.admin
        for user in (*self.boss.values(), *self.helper.values()):
            await user.sign_in()
        self.goods: list[Product] = await world.products(2)
        for seller in SELLERS:
            await world.offer(self.orgs[seller], self.goods)
            for n, item in enumerate(self.goods):
                self.channel.price[seller, n] = item.price_fen
                await self._supply(seller, n, "LATER", 60)

    # Asking -------------------------------------------------------------------------------------------------

    async def _ask(self, who: User, path: str, body: Any, refusals: set[str]) -> Any:
        """Send a write: it happens when nothing refuses it, else one of the refusals is the answer."""
        used = key()
        answer = await who.call("POST", path, body, headers={"Idempotency-Key": used})
        if refusals:
            assert answer.status_code in (403, 409, 422), (path, body, refusals, answer.text)
            assert answer.json()["code"] in refusals, (path, body, refusals, answer.text)
            return None
        assert answer.status_code in (200, 201, 204), (path, body, answer.text)
        self.done.append((who, path, body, used, answer))
        return answer.json() if answer.content else None

    def ask(self, who: User, path: str, body: Any, refusals: set[str]) -> Any:
        return self.await_(self._ask(who, path, body, refusals))

    def order(self, n: int, verb: str, legal: bool) -> Order | None:
        found = [o for o in self.channel.orders.values() if not legal or o.state in LEGAL[verb]]
        return found[n % len(found)] if found else None

    # Goods, prices, limits ----------------------------------------------------------------------------------

    async def _supply(self, org: str, product: int, lot: str, qty: int) -> None:
        expires = clock.today() + timedelta(days=LOTS[lot])
        line = {"product_id": self.goods[product].id, "lot_code": lot, "expires_on": str(expires), "qty": qty}
        refusals = self.channel.supply(org, product, lot, qty)
        await self._ask(self.boss[org], "/stock/supply", {"lines": [line]}, refusals)

    @rule(
        org=st.sampled_from(SELLERS), product=st.integers(0, 1), lot=st.sampled_from(list(LOTS)), qty=st.integers(1, 40)
    )
    def supply(self, org: str, product: int, lot: str, qty: int) -> None:
        self.await_(self._supply(org, product, lot, qty))

    @rule(seller=st.sampled_from(SELLERS), product=st.integers(0, 1), price=st.integers(150, 600))
    def change_price(self, seller: str, product: int, price: int) -> None:
        refusals = {"org_frozen"} if seller in self.channel.frozen else set()
        body = {"price_group": "standard", "prices": [{"product_id": self.goods[product].id, "price_fen": price}]}
        self.ask(self.boss[seller], "/prices", body, refusals)
        if not refusals:
            self.channel.price[seller, product] = price

    @rule(buyer=st.sampled_from(BUYERS), limit=st.none() | st.integers(0, 40_000))
    def set_limit(self, buyer: str, limit: int | None) -> None:
        seller = SELLER_OF[buyer]
        refusals = {"org_frozen"} if seller in self.channel.frozen else set()
        self.ask(self.boss[seller], "/credit-limits", {"buyer_id": self.orgs[buyer].id, "limit_fen": limit}, refusals)
        if not refusals:
            self.channel.limit[seller, buyer] = limit

    @rule(seller=st.sampled_from(SELLERS), above=st.none() | st.integers(0, 20_000))
    def set_rule(self, seller: str, above: int | None) -> None:
        refusals = {"org_frozen"} if seller in self.channel.frozen else set()
        steps: list[dict[str, Any]] = [{"name": "初审", "who": "permission:order.approve", "reps_first": True}]
        if above is not None:
            steps.append({"name": "复审", "who": "permission:approval.second", "above_fen": above})
        body = {"version": self.flow[seller], "steps": steps}
        made = self.ask(self.boss[seller], "/approval-flows/order", body, refusals)
        if not refusals:
            self.channel.rule[seller], self.flow[seller] = above, made["version"]

    @rule(buyer=st.sampled_from(BUYERS), amount=st.integers(1, 20_000))
    def pay(self, buyer: str, amount: int) -> None:
        body = {"buyer_id": self.orgs[buyer].id, "amount_fen": amount, "method": "bank"}
        self.ask(self.boss[SELLER_OF[buyer]], "/payments", body, self.channel.pay(buyer, amount))

    @rule(org=st.sampled_from(BUYERS), thaw=often)
    def freeze(self, org: str, thaw: bool) -> None:
        if org in self.channel.frozen:
            if thaw:
                self.ask(self.admin, f"/orgs/{self.orgs[org].id}/unfreeze", None, set())
                self.channel.frozen.discard(org)
        elif not thaw:
            self.ask(self.admin, f"/orgs/{self.orgs[org].id}/freeze", {"reason": "欠款"}, set())
            self.channel.frozen.add(org)

    # The life of an order -----------------------------------------------------------------------------------

    @rule(
        buyer=st.sampled_from(BUYERS),
        wanted=st.lists(st.tuples(st.integers(0, 1), st.booleans(), st.integers(1, 20)), min_size=1, max_size=4),
        fresh=often,
    )
    def submit(self, buyer: str, wanted: list[tuple[int, bool, int]], fresh: bool) -> None:
        seller = SELLER_OF[buyer]
        seen = [self.channel.price[seller, n] + (0 if fresh else 1) for n, _, _ in wanted]
        lines = [
            {
                "product_id": self.goods[n].id,
                "packaging_id": self.goods[n].case if cases else self.goods[n].piece,
                "packaging_qty": 1 + count // 10 if cases else count,
                "price_fen": price,
            }
            for (n, cases, count), price in zip(wanted, seen, strict=True)
        ]
        pieces = [(n, (1 + count // 10) * 24 if cases else count) for n, cases, count in wanted]
        refusals = self.channel.submit(buyer, pieces, seen)
        body = {"delivery_method": "pickup", "lines": lines}
        answer = self.ask(self.boss[buyer], "/orders", body, refusals)
        if not refusals:
            self.channel.placed(answer["id"], buyer, pieces)
            assert answer["total_fen"] == sum(
                line.ordered * line.price for line in self.channel.orders[answer["id"]].lines
            )

    @rule(
        n=any_one, legal=often, boss=st.booleans(), part=st.none() | parts, back=st.booleans(), override=st.booleans()
    )
    def approve(self, n: int, legal: bool, boss: bool, part: list[int] | None, back: bool, override: bool) -> None:
        order = self.order(n, "approve", legal)
        if order is None:
            return
        given = (
            None
            if part is None
            else [line.ordered * quarter // 4 for line, quarter in zip(order.lines, part, strict=False)]
        )
        body = {
            "lines": None if given is None else [{"line_no": i, "approved_qty": q} for i, q in enumerate(given, 1)],
            "rest": "back_order" if back else "drop",
            "override_credit": override,
        }
        refusals, rest = self.channel.approve(order, boss, given, back, override)
        who = (self.boss if boss else self.helper)[order.seller]
        answer = self.ask(who, f"/orders/{order.id}/approve", body, refusals)
        if not refusals:
            assert answer["state"] == order.state
        if rest is not None:
            self.await_(self._find_back_order(order, rest))

    async def _find_back_order(self, order: Order, rest: list[Line]) -> None:
        newest = (await self.boss[order.buyer].get("/orders?limit=1"))["items"][0]
        shown = await self.boss[order.buyer].get(f"/orders/{newest['id']}")
        assert shown["back_order_of"] == order.id
        assert shown["total_fen"] == sum(line.ordered * line.price for line in rest)
        self.channel.orders[newest["id"]] = Order(newest["id"], order.buyer, rest, self.channel.rule[order.seller])

    @rule(n=any_one, legal=often, boss=st.booleans())
    def reject(self, n: int, legal: bool, boss: bool) -> None:
        order = self.order(n, "reject", legal)
        if order is not None:
            who = (self.boss if boss else self.helper)[order.seller]
            self.ask(who, f"/orders/{order.id}/reject", {"reason": "停供"}, self.channel.reject(order, boss))

    @rule(n=any_one, legal=often, verb=st.sampled_from(["hold", "resume"]))
    def set_aside(self, n: int, legal: bool, verb: str) -> None:
        order = self.order(n, verb, legal)
        if order is not None:
            body = {"reason": "欠款未清"} if verb == "hold" else None
            refusals = self.channel.set_aside(order, verb)
            self.ask(self.helper[order.seller], f"/orders/{order.id}/{verb}", body, refusals)

    @rule(n=any_one, legal=often, by_seller=st.booleans())
    def cancel(self, n: int, legal: bool, by_seller: bool) -> None:
        order = self.order(n, "cancel", legal)
        if order is not None:
            who = self.boss[order.seller if by_seller else order.buyer]
            refusals = self.channel.cancel(order, by_seller)
            self.ask(who, f"/orders/{order.id}/cancel", {"reason": "不要了"}, refusals)

    @rule(n=any_one, legal=often, part=st.none() | parts)
    def issue(self, n: int, legal: bool, part: list[int] | None) -> None:
        order = self.order(n, "issue", legal)
        if order is None:
            return
        # Half of what is left, all, or one more than there is.
        given = (
            None
            if part is None
            else [
                (line.approved - line.issued) * min(quarter, 2) // 2 + (quarter == 4)
                for line, quarter in zip(order.lines, part, strict=False)
            ]
        )
        body = {"lines": None if given is None else [{"line_no": i, "qty": qty} for i, qty in enumerate(given, 1)]}
        refusals, sent = self.channel.issue(order, given)
        answer = self.ask(self.boss[order.seller], f"/orders/{order.id}/issue", body, refusals)
        if not refusals:
            shown = [(x["order_line_no"] - 1, x["lot_code"], x["qty"]) for x in answer["issue"]["lines"]]
            assert shown == [tuple(item) for item in sent]
            order.issues.append(Issue(answer["issue"]["id"], sent))

    @rule(n=any_one, legal=often, m=any_one, losses=st.none() | parts)
    def receive(self, n: int, legal: bool, m: int, losses: list[int] | None) -> None:
        order = self.order(n, "receive", legal)
        if order is None or not order.issues:
            return
        issue = order.issues[m % len(order.issues)]
        lost = [(losses or [0])[i % len(losses or [0])] for i in range(len(issue.lines))]
        # Up to four pieces of a line do not arrive well; half of them broken, half missing.
        counted = [
            (sent.qty - min(sent.qty, lack), min(sent.qty, lack) // 2)
            for sent, lack in zip(issue.lines, lost, strict=True)
        ]
        body = {
            "lines": None
            if losses is None
            else [
                {"line_no": i, "received_qty": good, "damaged_qty": damaged}
                for i, (good, damaged) in enumerate(counted, 1)
            ]
        }
        refusals = self.channel.receive(order, issue, counted)
        answer = self.ask(self.boss[order.buyer], f"/goods-issues/{issue.id}/receive", body, refusals)
        if not refusals:
            assert answer["state"] == order.state

    @rule(n=any_one, legal=often)
    def close(self, n: int, legal: bool) -> None:
        order = self.order(n, "close", legal)
        if order is not None:
            refusals = self.channel.close(order)
            self.ask(self.boss[order.seller], f"/orders/{order.id}/close", {"reason": "余下不发"}, refusals)

    # Once more ----------------------------------------------------------------------------------------------

    @rule(n=any_one, other=st.booleans())
    def repeat(self, n: int, other: bool) -> None:
        """The same key again: the same answer and no second effect; with another body, a refusal."""
        if not self.done:
            return
        who, path, body, used, first = self.done[n % len(self.done)]
        sent = {"reason": "另一件事"} if other else body
        answer = self.await_(who.call("POST", path, sent, headers={"Idempotency-Key": used}))
        if answer.status_code == 403:
            assert any(who is self.boss[org] or who is self.helper.get(org) for org in self.channel.frozen)
        elif other and sent != body:
            assert answer.json()["code"] in ("idempotency_key_reused", "invalid_input"), answer.text
        else:
            assert (answer.status_code, answer.content) == (first.status_code, first.content)

    # After each step ----------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "orgs"):
            self.await_(self._compare())
            type(self).steps += 1

    async def _compare(self) -> None:
        root_id = self.orgs["brand"].id
        assert await broken(self.witness, root_id) == []
        ids = {org.id: name for name, org in self.orgs.items()}
        numbers = {item.id: n for n, item in enumerate(self.goods)}
        stock, reserved = {}, {}
        for kind, org, product, lot, on_hand, held in await self.witness.fetch(_STOCK, root_id):
            stock[kind, ids[org], numbers[product], lot] = on_hand
            if held:
                reserved[ids[org], numbers[product], lot] = held
        assert stock == {place: qty for place, qty in self.channel.stock.items() if qty}
        assert reserved == {place: qty for place, qty in self.channel.reserved.items() if qty}
        money = {
            (ids[seller], ids[buyer]): (receivable, committed)
            for seller, buyer, receivable, committed in await self.witness.fetch(_MONEY, root_id)
        }
        pairs = [(seller, buyer) for buyer, seller in SELLER_OF.items()]
        expected = {pair: (self.channel.owed[pair], self.channel.committed[pair]) for pair in pairs}
        assert money == {pair: sums for pair, sums in expected.items() if sums != (0, 0)}
        orders = {row["id"]: (row["state"], row["lines"]) for row in await self.witness.fetch(_ORDERS, root_id)}
        assert orders == {
            order.id: (
                order.state,
                [[x.ordered, x.approved, x.issued, x.good, x.damaged, x.short] for x in order.lines],
            )
            for order in self.channel.orders.values()
        }


async def test_whatever_is_pressed_in_whatever_order_stock_money_and_orders_stay_what_the_rules_say(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    with clock.frozen(clock.now()):
        await running.run(Channelled, http, settings)
