"""How large the world is, and who is who in it."""

from __future__ import annotations

from dataclasses import dataclass

BRAND = 1
FIRST_DEALER = 2
FIRST_STORE = 1_000_000
"""Stores are numbered from here on, wherever the dealers end."""

REP = 900_000
"""The account of a rep; other accounts have the number of their org."""

COUNTIES = 9
"""County dealers below each regional dealer."""

ASSORTMENT = 200
"""How many products a dealer carries."""


@dataclass(frozen=True)
class Size:
    """How much of everything there is."""

    dealers: int = 5_000
    stores: int = 200_000
    products: int = 20_000
    orders: int = 2_000_000

    def scaled(self, part: float) -> Size:
        """The same world, smaller (or larger), with at least a few of everything."""
        return Size(
            dealers=max(30, int(self.dealers * part)),
            stores=max(120, int(self.stores * part)),
            products=max(ASSORTMENT, int(self.products * part)),
            orders=max(1_000, int(self.orders * part)),
        )

    @property
    def cases(self) -> int:
        """How many cases went through six hands each: 5 million."""
        return self.orders * 5 // 2

    @property
    def sessions(self) -> int:
        """How often goods were scanned in or counted, five scans each."""
        return self.orders // 20

    @property
    def transfers(self) -> int:
        """How many transfers were asked for; and as many prices outside the limits."""
        return self.orders // 100

    @property
    def stocktakes(self) -> int:
        """How often some warehouse was counted."""
        return self.orders // 200

    @property
    def alerts(self) -> int:
        """How often some stock was too low, too high or too old."""
        return self.orders // 20

    @property
    def regional(self) -> int:
        """How many dealers buy from the brand itself."""
        return max(1, self.dealers // (COUNTIES + 1))

    @property
    def rep_dealers(self) -> range:
        """The dealers that the rep looks after: county dealers."""
        first = FIRST_DEALER + self.regional
        return range(first, first + max(5, self.dealers // 100))

    def parent(self, dealer_id: int) -> int:
        """From whom a dealer buys."""
        place = dealer_id - FIRST_DEALER
        return BRAND if place < self.regional else FIRST_DEALER + (place - self.regional) % self.regional

    def path(self, dealer_id: int) -> str:
        """A dealer's place in the tree."""
        parent = self.parent(dealer_id)
        above = f"/{BRAND}/" if parent == BRAND else self.path(parent)
        return f"{above}{dealer_id}/"

    def dealer_of(self, store: int) -> int:
        """The dealer of the store with this number, counted from nought."""
        return FIRST_DEALER + store % self.dealers


@dataclass(frozen=True)
class People:
    """Accounts that look at the world."""

    brand: int = BRAND
    dealer: int = FIRST_DEALER
    county: int = 0
    store: int = FIRST_STORE
    rep: int = REP


def people(size: Size) -> People:
    """One of each kind in a world of this size."""
    return People(county=FIRST_DEALER + size.regional)
