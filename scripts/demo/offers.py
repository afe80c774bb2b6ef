"""Guide prices per region and grade, and what is planned with prices on the day on which a visitor comes."""

from __future__ import annotations

from datetime import timedelta

from scripts.demo.archives import Party, Product, World
from server.core import clock
from server.pricing import guides, service
from server.pricing.schemas import GuideIn, GuidePrices, PriceIn, PriceList

GUIDED = 8
"""So many of the first products have guide prices of their own somewhere."""


async def guide(world: World) -> None:
    """Limits for the brand's provinces and a grade of its dealers: as wide as the products' own, in another middle."""
    provinces = sorted({party.org.region_code[:2] + "0000" for party in world.brand.buyers})
    grades = sorted({party.org.grade for party in world.brand.buyers})
    some = world.products[:GUIDED]
    for region_code, percent in zip(provinces, (103, 97), strict=False):
        await guides.set_guides(world.brand.boss, GuidePrices([_limits(p, percent) for p in some], "", region_code))
    for grade in grades[:1]:
        await guides.set_guides(world.brand.boss, GuidePrices([_limits(p, 95) for p in some[:4]], grade))


def _limits(product: Product, percent: int) -> GuideIn:
    item = product.item
    middle = max(item.floor_fen, min(item.guide_fen * percent // 100, item.ceiling_fen))
    return GuideIn(product.id, item.floor_fen, middle, item.ceiling_fen)


async def plan(world: World) -> None:
    """Own prices of a buyer, a week's offer, and a rise to come: of the brand and of every dealer that is shown."""
    shown = {person.org for person in world.cast if person.shown and person.org}
    dealers = [world.parties[number] for number in sorted(shown) if world.parties[number].level != "store"]
    for seller in [world.brand, *dealers]:
        await _own(world, seller)
        await _offer(world, seller)
        await _rise(world, seller)


def _asked(world: World, buyer: Party, products: list[Product], percent: int) -> list[PriceIn]:
    """A percentage of what a buyer is asked, in whole ten fen and inside the limits."""
    found = []
    for product in products:
        fen = world.price(buyer, product.id) * percent // 1000 * 10
        found.append(PriceIn(product.id, max(product.item.floor_fen, min(fen, product.item.ceiling_fen))))
    return found


async def _own(world: World, seller: Party) -> None:
    buyer = seller.buyers[-1]
    wanted = PriceList(_asked(world, buyer, world.products[10:13], 97), buyer_id=buyer.id)
    await service.set_prices(seller.boss, wanted)


async def _offer(world: World, seller: Party) -> None:
    buyer, until = seller.buyers[0], clock.today() + timedelta(days=6)
    prices = _asked(world, buyer, world.products[4:7], 94)
    await service.set_prices(seller.boss, PriceList(prices, str(buyer.org.price_group), until_on=until))


async def _rise(world: World, seller: Party) -> None:
    buyer, from_on = seller.buyers[0], clock.today() + timedelta(days=12)
    prices = _asked(world, buyer, world.products[14:20], 103)
    await service.set_prices(seller.boss, PriceList(prices, str(buyer.org.price_group), from_on=from_on))
