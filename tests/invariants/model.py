"""The channel in memory, written from the rules of the domain and not from the program.

Each verb answers the codes with which it may be refused (none: it happens) and changes the model accordingly, so
that a machine can say what must happen before it asks the system.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

SELLER_OF = {"region": "brand", "county": "region", "corner": "region", "store": "county"}
"""Who buys from whom: three levels, and a second buyer of the regional dealer."""
BUYERS = tuple(SELLER_OF)
SELLERS = ("brand", "region", "county")
LOTS = {"SOON": 20, "LATER": 90, "LAST": 200}
"""Lot codes with the days after which they expire: goods leave in this order."""

# From the domain: draft → submitted → approved → issued (maybe in parts) → received → closed; aside: rejected,
# cancelled before issue, on hold until resumed.
LEGAL = {
    "approve": {"submitted"},
    "reject": {"submitted", "on_hold"},
    "hold": {"submitted"},
    "resume": {"on_hold"},
    "cancel": {"submitted", "on_hold", "approved"},
    "issue": {"approved", "issued"},
    "receive": {"issued"},
    "close": {"issued", "received"},
}

Refusals = set[str]


@dataclass
class Line:
    """A line of an order; `held` by lot."""

    product: int
    ordered: int
    price: int
    approved: int = 0
    issued: int = 0
    good: int = 0
    damaged: int = 0
    short: int = 0
    held: Counter[str] = field(default_factory=Counter)


class Sent(NamedTuple):
    """A line of a goods issue."""

    line: int
    lot: str
    qty: int


@dataclass
class Issue:
    """Goods on the way, or signed for."""

    id: int
    lines: list[Sent]
    signed: bool = False


@dataclass
class Order:
    """An order between two neighbours of the channel."""

    id: int
    buyer: str
    lines: list[Line]
    above: int | None = None
    """Of its seller, as it stood when the order came: the amount above which a second person decides."""
    state: str = "submitted"
    proposal: tuple[list[int], bool] | None = None
    issues: list[Issue] = field(default_factory=list)

    @property
    def seller(self) -> str:
        return SELLER_OF[self.buyer]

    @property
    def pair(self) -> tuple[str, str]:
        return self.seller, self.buyer

    @property
    def open_fen(self) -> int:
        """Approved and not issued."""
        return sum((line.approved - line.issued) * line.price for line in self.lines)


class Channel:
    """Stock by (place kind, org, product, lot), money by (seller, buyer), orders by id."""

    def __init__(self) -> None:
        self.stock: Counter[tuple[str, str, int, str]] = Counter()
        self.reserved: Counter[tuple[str, int, str]] = Counter()
        self.owed: Counter[tuple[str, str]] = Counter()
        self.committed: Counter[tuple[str, str]] = Counter()
        self.limit: dict[tuple[str, str], int | None] = defaultdict(lambda: None)
        self.rule: dict[str, int | None] = defaultdict(lambda: None)
        self.price: dict[tuple[str, int], int] = {}
        self.frozen: set[str] = set()
        self.orders: dict[int, Order] = {}

    def _move(self, product: int, lot: str, qty: int, source: tuple[str, str], target: tuple[str, str]) -> None:
        self.stock[(*source, product, lot)] -= qty
        self.stock[(*target, product, lot)] += qty

    def _refused(self, order: Order, verb: str, *people: str) -> Refusals:
        refused = {"org_frozen"} if self.frozen & set(people) else set()
        return refused | ({"order_state"} if order.state not in LEGAL[verb] else set())

    def supply(self, org: str, product: int, lot: str, qty: int) -> Refusals:
        """Goods come in from outside."""
        if org in self.frozen:
            return {"org_frozen"}
        self._move(product, lot, qty, ("supply", org), ("warehouse", org))
        return set()

    def submit(self, buyer: str, lines: list[tuple[int, int]], seen: list[int]) -> Refusals:
        """Whether an order of (product, pieces) at the prices seen may be placed; `placed` then adds it."""
        seller = SELLER_OF[buyer]
        if {buyer, seller} & self.frozen:
            return {"org_frozen"}
        now = [self.price[seller, product] for product, _ in lines]
        return set() if now == seen else {"price_changed"}

    def placed(self, order_id: int, buyer: str, lines: list[tuple[int, int]]) -> None:
        """The order has this id."""
        seller = SELLER_OF[buyer]
        kept = [Line(product, qty, self.price[seller, product]) for product, qty in lines]
        self.orders[order_id] = Order(order_id, buyer, kept, self.rule[seller])

    def _fefo(self, order: Order, granted: list[int]) -> list[Counter[str]] | None:
        """First expired, first out; None when a line cannot be served whole."""
        free = {
            (line.product, lot): self.stock["warehouse", order.seller, line.product, lot]
            - self.reserved[order.seller, line.product, lot]
            for line in order.lines
            for lot in LOTS
        }
        chosen: list[Counter[str]] = []
        for line, wanted in zip(order.lines, granted, strict=True):
            held: Counter[str] = Counter()
            for lot in sorted(LOTS, key=LOTS.__getitem__):
                taken = min(wanted - held.total(), free[line.product, lot])
                if taken:
                    held[lot] = taken
                    free[line.product, lot] -= taken
            if held.total() < wanted:
                return None
            chosen.append(held)
        return chosen

    def approve(
        self, order: Order, boss: bool, given: list[int] | None, back: bool, override: bool
    ) -> tuple[Refusals, list[Line] | None]:
        """Refusals, and the lines of the back order that follows, if one does."""
        refused = self._refused(order, "approve", *order.pair)
        if order.proposal is not None and not boss:
            refused.add("forbidden")
        if given is not None and not any(given):
            refused.add("quantity_invalid")
        if refused:
            return refused, None
        if given is None and order.proposal is not None:
            given, back = order.proposal
        granted = given or [line.ordered for line in order.lines]
        amount = sum(qty * line.price for qty, line in zip(granted, order.lines, strict=True))
        if not boss and order.above is not None and amount > order.above:
            order.proposal = granted, back
            return set(), None
        held = self._fefo(order, granted)
        limit = self.limit[order.pair]
        exposure = self.owed[order.pair] + self.committed[order.pair] + amount
        if held is None:
            refused.add("stock_short")
        if limit is not None and exposure > limit and not (boss and override):
            refused.add("credit_exceeded")
        if refused or held is None:
            return refused, None
        for line, qty, lots in zip(order.lines, granted, held, strict=True):
            line.approved, line.held = qty, lots
            for lot, count in lots.items():
                self.reserved[order.seller, line.product, lot] += count
        self.committed[order.pair] += amount
        order.state = "approved"
        rest = [
            Line(line.product, line.ordered - line.approved, line.price)
            for line in order.lines
            if line.ordered > line.approved
        ]
        return set(), rest if back and rest else None

    def reject(self, order: Order, boss: bool) -> Refusals:
        """The seller declines."""
        refused = self._refused(order, "reject", order.seller)
        if order.proposal is not None and not boss:
            refused.add("forbidden")
        if not refused:
            order.state = "rejected"
        return refused

    def set_aside(self, order: Order, verb: str) -> Refusals:
        """Hold, resume."""
        refused = self._refused(order, verb, order.seller)
        if not refused:
            order.state = "on_hold" if verb == "hold" else "submitted"
        return refused

    def _let_go(self, order: Order) -> None:
        self.committed[order.pair] -= order.open_fen
        for line in order.lines:
            for lot, count in line.held.items():
                self.reserved[order.seller, line.product, lot] -= count
            line.held.clear()

    def cancel(self, order: Order, by_seller: bool) -> Refusals:
        """The buyer before anything left; the seller only what he had approved."""
        refused = self._refused(order, "cancel", order.seller if by_seller else order.buyer)
        if by_seller and order.state != "approved":
            refused.add("order_state")
        if not refused:
            self._let_go(order)
            order.state = "cancelled"
        return refused

    def issue(self, order: Order, given: list[int] | None) -> tuple[Refusals, list[Sent]]:
        """Refusals, and what leaves."""
        refused = self._refused(order, "issue", *order.pair)
        left = [line.approved - line.issued for line in order.lines]
        leaving = left if given is None else given
        if not any(leaving) or any(qty > most for qty, most in zip(leaving, left, strict=True)):
            refused.add("quantity_invalid")
        if refused:
            return refused, []
        sent: list[Sent] = []
        for n, (line, qty) in enumerate(zip(order.lines, leaving, strict=True)):
            for lot in sorted(LOTS, key=LOTS.__getitem__):
                taken = min(qty, line.held[lot])
                if taken:
                    sent.append(Sent(n, lot, taken))
                    qty -= taken
                    line.held[lot] -= taken
                    self.reserved[order.seller, line.product, lot] -= taken
                    self._move(line.product, lot, taken, ("warehouse", order.seller), ("in_transit", order.buyer))
                    line.issued += taken
                    self.owed[order.pair] += taken * line.price
                    self.committed[order.pair] -= taken * line.price
        order.state = "issued"
        return set(), sent

    def receive(self, order: Order, issue: Issue, counted: list[tuple[int, int]]) -> Refusals:
        """Sign for (good, damaged) of each line; the rest is short, and neither is owed."""
        refused = self._refused(order, "receive", order.buyer)
        if issue.signed:
            refused.add("order_state")
        if refused:
            return refused
        way = "in_transit", order.buyer
        for sent, (good, damaged) in zip(issue.lines, counted, strict=True):
            line = order.lines[sent.line]
            lost = sent.qty - good
            self._move(line.product, sent.lot, good, way, ("warehouse", order.buyer))
            self._move(line.product, sent.lot, lost, way, ("loss", order.seller))
            line.good += good
            line.damaged += damaged
            line.short += lost - damaged
            self.owed[order.pair] -= lost * line.price
        issue.signed = True
        if order.open_fen == 0 and all(item.signed for item in order.issues):
            order.state = "received"
        return set()

    def close(self, order: Order) -> Refusals:
        """Nothing more will come."""
        refused = self._refused(order, "close", order.seller)
        if any(not item.signed for item in order.issues):
            refused.add("order_state")
        if not refused:
            self._let_go(order)
            order.state = "closed"
        return refused

    def pay(self, buyer: str, amount: int) -> Refusals:
        """The seller registers money from a buyer."""
        if SELLER_OF[buyer] in self.frozen:
            return {"org_frozen"}
        self.owed[SELLER_OF[buyer], buyer] -= amount
        return set()
