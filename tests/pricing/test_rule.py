"""The rule of prices and limits in SQL says the same as the rule in plain Python, whatever entries there are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.channel.models import Org
from server.core import db
from server.pricing.offers import OFFERS_BY_ID
from tests.world import Product, World

FIRST = date(2026, 3, 1)
REGIONS = ("", "330000", "430000", "430100", "430102", "430181")
GRADES = ("", "A", "B")
OWN = (150, 300, 600)
"""Floor, guide and ceiling of the product itself."""


@dataclass(frozen=True)
class Entry:
    """An entry of a list, in the order in which they were set."""

    own: bool  # the buyer's list, else its group's
    price_fen: int | None
    from_on: date
    until_on: date | None
    ended: bool


@dataclass(frozen=True)
class Guide:
    """A guide price: floor, guide, ceiling."""

    grade: str
    region: str
    fen: tuple[int, int, int]
    from_on: date
    until_on: date | None
    ended: bool


T = TypeVar("T", Entry, Guide)


def holds(entry: Entry | Guide, day: date) -> bool:
    return not entry.ended and entry.from_on <= day and (entry.until_on is None or day <= entry.until_on)


def newest(entries: Sequence[T], day: date) -> T | None:
    """A temporary entry lies over a base one; of several the one that begins last, then the one set last."""
    held = [
        (entry.until_on is not None, entry.from_on, n, entry) for n, entry in enumerate(entries) if holds(entry, day)
    ]
    return max(held, key=lambda item: item[:3])[3] if held else None


def limits(guides: list[Guide], grade: str, region: str, day: date) -> tuple[int, int, int]:
    """The grade first, then the smallest region, then the product's own."""
    wider = [code for code in (region, region[:4] + "00", region[:2] + "0000") if region] + [""]
    for own_grade in dict.fromkeys((grade, "")):
        for code in dict.fromkeys(wider):
            found = newest([g for g in guides if (g.grade, g.region) == (own_grade, code)], day)
            if found is not None:
                return found.fen
    return OWN


def asked(entries: list[Entry], day: date) -> int | None:
    """The buyer's own list first, then its group's."""
    for own in (True, False):
        found = newest([entry for entry in entries if entry.own is own], day)
        if found is not None:
            return found.price_fen
    return None


days = st.integers(0, 6).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date | None]:
    first = draw(days)
    length = draw(st.none() | st.integers(0, 4))
    return first, None if length is None else first + timedelta(days=length)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    found = []
    for _ in range(draw(st.integers(0, 7))):
        first, last = draw(periods())
        price = draw(st.none() | st.sampled_from((140, 200, 300, 450, 610)))
        found.append(Entry(draw(st.booleans()), price, first, last, draw(st.integers(0, 4)) == 0))
    return found


@st.composite
def guides(draw: st.DrawFn) -> list[Guide]:
    found = []
    for _ in range(draw(st.integers(0, 6))):
        grade, region = draw(st.sampled_from([(g, r) for g in GRADES for r in REGIONS if g or r]))
        first, last = draw(periods())
        fen = draw(st.sampled_from(((100, 200, 250), (250, 300, 500), (400, 450, 700))))
        found.append(Guide(grade, region, fen, first, last, draw(st.integers(0, 4)) == 0))
    return found


def _once(found: list[Entry] | list[Guide], *names: str) -> None:
    """The database keeps no two living entries of one list with the same period: the verbs end the former."""
    seen = set()
    for n in range(len(found) - 1, -1, -1):
        key = tuple(getattr(found[n], name) for name in (*names, "from_on", "until_on"))
        if found[n].ended:
            continue
        if key in seen:
            del found[n]
        seen.add(key)


async def _write(
    world: World, dealer: Org, store: Org, product: Product, listed: list[Entry], set_: list[Guide]
) -> None:
    await db.run("DELETE FROM price WHERE seller_id = $1", dealer.id)
    await db.run("DELETE FROM guide_price WHERE root_id = $1", world.brand.id)
    for entry in listed:
        await db.run(
            "INSERT INTO price (root_id, seller_id, price_group, buyer_id, product_id, price_fen, from_on, until_on, "
            "set_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now(), $9)",
            world.brand.id, dealer.id, None if entry.own else "standard", store.id if entry.own else None, product.id,
            entry.price_fen, entry.from_on, entry.until_on, dealer.created_at if entry.ended else None,
        )  # fmt: skip
    for item in set_:
        await db.run(
            "INSERT INTO guide_price (root_id, product_id, grade, region_code, floor_fen, guide_fen, ceiling_fen, "
            "from_on, until_on, set_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), $10)",
            world.brand.id, product.id, item.grade, item.region, *item.fen, item.from_on, item.until_on,
            dealer.created_at if item.ended else None,
        )  # fmt: skip


async def test_the_price_and_the_limits_of_every_day_are_those_of_the_rule(world: World) -> None:
    product = await world.product(300)
    dealer = await world.dealer(grade="A", region_code="430102")
    store = await world.store(dealer)
    loop, cases = asyncio.get_running_loop(), 0

    async def compare(grade: str, region: str, listed: list[Entry], set_: list[Guide]) -> None:
        nonlocal cases
        await db.run("UPDATE org SET grade = $2, region_code = $3 WHERE id = $1", dealer.id, grade, region)
        await _write(world, dealer, store, product, listed, set_)
        for n in range(11):
            day = FIRST + timedelta(days=n)
            found = await db.row(OFFERS_BY_ID, world.brand.id, [product.id], day, dealer.id, store.id)
            assert found is not None
            floor, guide, ceiling = limits(set_, grade, region, day)
            price = asked(listed, day)
            wanted = price if price is not None and floor <= price <= ceiling else None
            assert (found["price_fen"], found["guide_price_fen"]) == (wanted, guide), (day, grade, region, listed, set_)
            cases += 1

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(GRADES), st.sampled_from(REGIONS), entries(), guides())
    def check(grade: str, region: str, listed: list[Entry], set_: list[Guide]) -> None:
        _once(listed, "own")
        _once(set_, "grade", "region")
        asyncio.run_coroutine_threadsafe(compare(grade, region, listed, set_), loop).result(60)

    await asyncio.to_thread(check)
    assert cases >= 300
