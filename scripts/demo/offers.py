"""Guide prices per region and grade, and what is planned with prices on the day on which a visitor comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from scripts.demo.archives import Party, Product, World
from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.core import clock
from server.core.actor import Actor
from server.price_exceptions import queries as exceptions
from server.price_exceptions.schemas import NewException
from server.price_exceptions.service import ask_exception
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


async def ask_prices(world: World, now: datetime) -> None:
    """A dealer has asked for three prices below the floor: one is allowed, one refused, one waits for his rep."""
    seller = next(world.parties[person.org] for person in world.cast if person.shown and person.org)
    rep = next(rep for rep in world.brand.people["brand_rep"] if rep.sees(seller.org.path))
    manager = world.brand.person("brand_manager")
    with clock.frozen(now - timedelta(hours=52)):
        allowed = await _ask(world, seller, world.products[20], "这批还有一个月到期，周末在门店做堆头清掉")
    await _decide(rep, allowed, now - timedelta(hours=50), "approve", "")
    await _decide(manager, allowed, now - timedelta(hours=47), "approve", "同意，仅限这一批")
    with clock.frozen(now - timedelta(hours=30)):
        refused = await _ask(world, seller, world.products[21], "隔壁超市卖得更低，跟一下价")
    await _decide(rep, refused, now - timedelta(hours=28), "reject", "会冲击周边门店的价格，请用陈列支持代替")
    with clock.frozen(now - timedelta(hours=1.2)):
        await _ask(world, seller, world.products[22], "新店开业三天，引流用")


async def _ask(world: World, seller: Party, product: Product, reason: str) -> int:
    """A tenth below the floor, for his first buyer and a fortnight."""
    until = clock.today() + timedelta(days=14)
    fen = product.item.floor_fen * 9 // 10
    return (await ask_exception(seller.boss, NewException(seller.buyers[0].id, product.id, fen, until, reason))).id


async def _decide(who: Actor, exception_id: int, at: datetime, choice: Literal["approve", "reject"], why: str) -> None:
    with clock.frozen(at):
        facts = await approvals.facts_of(who.root_id, exceptions.KIND, exception_id)
        if facts is not None:
            await approvals.decide(who, facts.id, Decision(choice, why))
