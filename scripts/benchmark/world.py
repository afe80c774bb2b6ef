"""The world of a measurement, made through the verbs: one brand, dealers, 40 stores, 300 products, much stock."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from biip.checksums import gs1_standard_check_digit

from server.catalog import service as catalog
from server.catalog.schemas import NewCategory, NewPackaging, NewProduct
from server.channel import service as channel
from server.channel.models import Org
from server.channel.schemas import NewOrg
from server.core import clock, db
from server.core.actor import Actor
from server.identity.models import Account
from server.identity.queries import Device
from server.identity.service import actor_for, open_session
from server.pricing import service as pricing
from server.pricing.schemas import PriceIn, PriceList
from server.stock.schemas import Supply, SupplyLine
from server.stock.service import supply
from server.stock.snapshots import take_snapshots


class Size(NamedTuple):
    """How much of everything there is."""

    dealers: int
    stores: int
    products: int


WHOLE = Size(dealers=8, stores=40, products=300)
SMALL = Size(dealers=2, stores=4, products=12)
"""To try the benchmark itself."""

LOT = "L1"
"""The lot of each product that leaves first."""

PHONES = 20
"""So many phones are signed in at the first dealer."""

SINCE = timedelta(days=40)
"""So long the goods have lain there: there is a month's begin since."""

LOT_QTY = 9_000_000
"""Base units in each of two lots of each product at each dealer: more than any run can order."""


@dataclass(frozen=True)
class Member:
    """An org with its owner, who is signed in, and its places."""

    org_id: int
    account_id: int
    token: str
    warehouse: int
    in_transit: int


@dataclass(frozen=True)
class Goods:
    """A product in cases, with the lot that leaves first."""

    product_id: int
    name: str
    packaging_id: int
    unit_qty: int
    guide_fen: int
    price_fen: int
    lot_id: int


@dataclass(frozen=True)
class World:
    """What the load generator has to know."""

    root_id: int
    sellers: dict[int, Member]
    buyers: list[tuple[Member, Member]]
    """Every store's owner, with the dealer it buys from; neighbours buy from different dealers."""
    goods: list[Goods]
    phones: list[str]
    """The tokens of phones of the first dealer."""


async def make_world(session_days: int, size: Size) -> World:
    """Found a brand and fill it; the pool of this process must be open."""
    chance = random.Random(7)  # noqa: S311 - the same world every time
    brand = await channel.found_brand("基准测试")
    admin, _ = await _owner(brand, "brand_admin", session_days)
    product_ids = await _products(admin, chance, size.products)
    pairs: list[tuple[Member, Member]] = []
    sellers: list[tuple[Org, Member]] = []
    for number in range(size.dealers):
        dealer = await channel.create_org(admin, NewOrg(parent_id=brand.id, kind="dealer", name=f"经销商{number + 1}"))
        actor, member = await _owner(dealer, "dealer_owner", session_days)
        await _stock_up(actor, product_ids)
        sellers.append((dealer, member))
    for number in range(size.stores):
        dealer, seller = sellers[number % size.dealers]
        store = await channel.create_org(admin, NewOrg(parent_id=dealer.id, kind="store", name=f"门店{number + 1}"))
        pairs.append(((await _owner(store, "store_owner", session_days))[1], seller))
    await take_snapshots(1)
    goods = await _goods(brand.root_id, list(product_ids))
    first = pairs[0][1].account_id
    phones = [(await open_session(first, session_days, Device(f"phone {n}"))).token for n in range(PHONES)]
    return World(brand.root_id, {member.org_id: member for _, member in sellers}, pairs, goods, phones)


async def _owner(org: Org, role: str, days: int) -> tuple[Actor, Member]:
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("nobody signs in by it")
    account = await Account.create(
        root_id=org.root_id, org_id=org.id, name=f"{org.name}负责人", phone=f"1{org.id:010d}", password_hash=hashed,
        role=role,
    )  # fmt: skip
    session = await open_session(account.id, days, Device("bench"))
    found = await db.rows("SELECT kind, id FROM location WHERE org_id = $1 AND is_default", org.id)
    places = {item["kind"]: item["id"] for item in found}
    member = Member(org.id, account.id, session.token, places["warehouse"], places["in_transit"])
    return await actor_for(account.id), member


async def _products(admin: Actor, chance: random.Random, count: int) -> dict[int, int]:
    """Products in pieces and cases of 24: id → guide price."""
    category = await catalog.create_category(admin, NewCategory("饮料"))
    made: dict[int, int] = {}
    for number in range(count):
        body = f"69{number:010d}"
        piece = body + str(gs1_standard_check_digit(body))
        case = "1" + body + str(gs1_standard_check_digit("1" + body))
        guide = chance.randrange(200, 900)
        new = NewProduct(
            category_id=category.id, code=f"SP{number:04d}", name=f"果味饮料第{number}号", spec="500ml", base_unit="瓶",
            shelf_life_days=365, guide_price_fen=guide, floor_price_fen=guide // 2, ceiling_price_fen=guide * 2,
            packagings=[NewPackaging("瓶", 1, piece), NewPackaging("箱", 24, case, True)],
        )  # fmt: skip
        made[await catalog.create_product(admin, new)] = guide
    return made


async def _stock_up(actor: Actor, products: dict[int, int]) -> None:
    """A dealer's price list, and two lots of everything in its warehouse."""
    prices = [PriceIn(product_id, guide - 10) for product_id, guide in products.items()]
    await pricing.set_prices(actor, PriceList(prices, "standard"))
    with clock.frozen(clock.now() - SINCE):
        for code, days in ((LOT, 300), ("L2", 400)):
            expires = clock.today() + timedelta(days=days)
            await supply(actor, Supply([SupplyLine(product_id, code, expires, LOT_QTY) for product_id in products]))


async def _goods(root_id: int, product_ids: Sequence[int]) -> list[Goods]:
    found = await db.rows(
        "SELECT p.id, p.name, p.guide_price_fen, k.id AS packaging_id, k.unit_qty, l.id AS lot_id "
        "FROM product p JOIN packaging k ON k.product_id = p.id AND k.is_default "
        "JOIN lot l ON l.product_id = p.id AND l.code = $3 WHERE p.root_id = $1 AND p.id = ANY ($2::bigint[])",
        root_id,
        product_ids,
        LOT,
    )
    return [
        Goods(
            item["id"],
            item["name"],
            item["packaging_id"],
            item["unit_qty"],
            item["guide_price_fen"],
            item["guide_price_fen"] - 10,
            item["lot_id"],
        )
        for item in found
    ]
