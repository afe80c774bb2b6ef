"""Writes what exists: orgs, accounts, addresses, products, prices, credit, and what lies in the warehouses at first."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from scripts.demo.cast import PASSWORD, SERVICE, SERVICE_MAY, Person, plan_cast
from scripts.demo.catalogue import Item, assortment
from scripts.demo.network import Member, plan_network
from scripts.demo.prices import groups, price_fen
from scripts.demo.scale import Scale
from scripts.demo.season import cases_per_week
from scripts.demo.sources import source
from scripts.demo.territories import write_territories
from server.approvals import flows
from server.approvals.schemas import NewFlow, NewStep
from server.catalog import service as catalog
from server.catalog.schemas import NewCategory, NewPackaging, NewProduct
from server.channel import service as channel
from server.channel.addresses import save_address
from server.channel.models import Org
from server.channel.schemas import NewAddress, NewOrg
from server.core import clock, db
from server.core.actor import Actor
from server.identity import accounts, custom_roles
from server.identity.role_schemas import NewRole
from server.identity.schemas import NewAccount
from server.identity.service import actor_for, hash_password
from server.pricing import service as pricing
from server.pricing.schemas import PriceIn, PriceList
from server.settlement.schemas import CreditLimit
from server.settlement.service import set_credit_limit
from server.stock.schemas import Supply, SupplyLine
from server.stock.service import supply

SECOND_ABOVE_FEN = 2_000_000
"""From 20,000 yuan on, a manager decides about a dealer's order after the rep."""

CREDIT_FEN = {
    "province": 45_000_000, "city": 18_000_000, "county": 8_000_000,
    "A": 2_000_000, "B": 900_000, "C": 450_000,
}  # fmt: skip
OPENING_WEEKS = {"province": 4.0, "city": 4.0, "county": 4.0}
BRAND_WEEKS = 8.0


@dataclass(frozen=True)
class Product:
    """A product of the assortment as the database knows it."""

    id: int
    item: Item
    piece: int
    case: int


@dataclass
class Party:
    """The brand, a dealer or a store, and its people by role."""

    org: Org
    level: str
    member: Member | None
    people: dict[str, list[Actor]] = field(default_factory=lambda: defaultdict(list))
    address_id: int | None = None
    buyers: list[Party] = field(default_factory=list)
    weekly_cases: float = 0.0

    @property
    def id(self) -> int:
        """The id of the org."""
        return int(self.org.id)

    def person(self, *roles: str) -> Actor:
        """Somebody with the first of these roles that is filled."""
        return next(self.people[role][0] for role in roles if self.people[role])

    @property
    def boss(self) -> Actor:
        """Who may do everything here."""
        return self.person("brand_admin", "dealer_owner", "store_owner")


@dataclass
class World:
    """What the history needs to know."""

    brand: Party
    parties: dict[int, Party]
    """By the number of the member; the brand is 0."""
    products: list[Product]
    cast: list[Person]
    supplier: dict[int, Party]
    """By the id of the buying org."""
    prices: dict[tuple[int, str], dict[int, int]] = field(default_factory=dict)
    """(seller's org, price group) → product → fen."""
    roles: dict[str, int] = field(default_factory=dict)
    """The roles that the brand has built, by name."""

    @property
    def root_id(self) -> int:
        """The brand, to which all rows belong."""
        return self.brand.id

    @property
    def sellers(self) -> list[Party]:
        """The brand and all dealers, suppliers before buyers."""
        return [party for party in self.parties.values() if party.level != "store"]

    @property
    def stores(self) -> list[Party]:
        """All stores."""
        return [party for party in self.parties.values() if party.level == "store"]

    def price(self, buyer: Party, product_id: int) -> int:
        """What a buyer pays, in fen per base unit."""
        return self.prices[self.supplier[buyer.id].id, str(buyer.org.price_group)][product_id]


async def write_archives(brand: Org, scale: Scale, chance: random.Random) -> World:
    """Everything that is there on the morning of the first day."""
    members = plan_network(scale, chance)
    cast = plan_cast(members, chance)
    top = Party(brand, "brand", None)
    world = World(top, {0: top}, [], cast, {})
    hashed = await hash_password(PASSWORD)
    first = cast[0]
    account = await accounts.open_first_account(brand, first.name, first.phone, PASSWORD, first.wecom_userid)
    admin = await actor_for(int(account.id))
    top.people["brand_admin"].append(admin)
    built = NewRole("brand_rep", SERVICE, list(SERVICE_MAY), "接听经销商电话、查订单、库存和往来，不审核")
    world.roles[SERVICE] = await custom_roles.create_role(admin, built)
    for member in members:
        await _member(world, admin, member)
    for person in cast[1:]:
        await _account(world, admin, person, hashed)
    await _addresses(world)
    world.products = await _products(admin, assortment(scale.products, chance))
    await _prices(world)
    await _terms(world)
    await write_territories(world.brand.boss, list(world.parties.values()), clock.today() + timedelta(scale.weeks * 7))
    await _opening_stock(world)
    return world


async def _member(world: World, admin: Actor, member: Member) -> None:
    parent = world.parties[member.parent or 0]
    org = await channel.create_org(
        admin,
        NewOrg(
            parent_id=parent.id,
            kind="dealer" if member.sells else "store",
            name=member.name,
            code=member.code,
            price_group=member.price_group,
            grade=member.grade,
            region_code=member.place.code,
            address=member.place.address,
            contact_name=member.contact,
            contact_phone=member.phone,
        ),
    )
    party = world.parties[member.number] = Party(org, member.level, member)
    parent.buyers.append(party)
    world.supplier[party.id] = parent
    if not member.sells:
        above: Party | None = parent
        while above is not None:
            above.weekly_cases += cases_per_week(member.grade)
            above = world.supplier.get(above.id)


async def _account(world: World, admin: Actor, person: Person, hashed: str) -> None:
    party = world.parties[person.org]
    account = await accounts.create_account(
        admin,
        NewAccount(
            org_id=party.id,
            name=person.name,
            phone=person.phone,
            password=PASSWORD,
            role=None if person.title else person.role,  # type: ignore[arg-type]  # one of the roles, as the plan says
            role_id=world.roles.get(person.title),
            wecom_userid=person.wecom_userid,
            dealer_ids=[world.parties[number].id for number in person.dealers],
        ),
        hashed,
    )
    party.people[person.title or person.role].append(
        await actor_for(int(account.id), surface="chat" if person.org == 0 else "app")
    )


async def _addresses(world: World) -> None:
    for party in world.parties.values():
        if party.member is not None:
            place = party.member.place
            new = NewAddress(
                contact_name=party.member.contact,
                contact_phone=party.member.phone,
                detail=place.detail,
                region_code=place.code,
                region_name=place.region,
            )
            party.address_id = int((await save_address(party.boss, new)).id)


async def _products(admin: Actor, items: list[Item]) -> list[Product]:
    categories: dict[str, int] = {}
    for sort, root in enumerate(source("catalogue")["categories"], 1):
        above = await catalog.create_category(admin, NewCategory(root["name"], sort=sort))
        for place, name in enumerate(root["below"], 1):
            made = await catalog.create_category(admin, NewCategory(name, int(above.id), sort * 100 + place))
            categories[name] = int(made.id)
    ids = {await catalog.create_product(admin, _new(item, categories)): item for item in items}
    found = await db.rows(
        "SELECT product_id, id, unit_qty FROM packaging WHERE root_id = $1 ORDER BY unit_qty", admin.root_id
    )
    packed: dict[int, list[int]] = defaultdict(list)
    for row in found:
        packed[row["product_id"]].append(row["id"])
    return [Product(key, item, packed[key][0], packed[key][-1]) for key, item in ids.items()]


def _new(item: Item, categories: dict[str, int]) -> NewProduct:
    return NewProduct(
        category_id=categories[item.category],
        code=item.code,
        name=item.name,
        base_unit=item.unit,
        shelf_life_days=item.shelf_days,
        guide_price_fen=item.guide_fen,
        floor_price_fen=item.floor_fen,
        ceiling_price_fen=item.ceiling_fen,
        packagings=[
            NewPackaging(item.unit, 1, item.ean),
            NewPackaging(item.case, item.case_qty, item.itf, is_default=True),
        ],
        spec=item.spec,
        color=item.color,
    )


async def _prices(world: World) -> None:
    for seller in world.sellers:
        number = seller.member.number if seller.member else 0
        for group in groups(seller.level):
            asked = {p.id: price_fen(p.item, seller.level, group, number) for p in world.products}
            wanted = [PriceIn(product_id, price) for product_id, price in asked.items()]
            await pricing.set_prices(seller.boss, PriceList(wanted, group))
            world.prices[seller.id, group] = asked


FIRST_STEPS = [
    NewStep("业务初审", "permission:order.approve", reps_first=True, escalate_hours=24,
         escalate_to="permission:approval.second"),
    NewStep("经理复审", "role:brand_manager", above_fen=SECOND_ABOVE_FEN),
]  # fmt: skip
"""The brand's own: the rep, and above an amount the manager."""


async def _rules(world: World) -> None:
    await flows.save_flow(world.brand.boss, "order", NewFlow(0, FIRST_STEPS))


async def _terms(world: World) -> None:
    await _rules(world)
    for seller in world.sellers:
        granting = seller.person("brand_finance", "dealer_owner")
        for buyer in seller.buyers:
            terms = buyer.level if buyer.level != "store" else buyer.org.grade
            await set_credit_limit(granting, CreditLimit(buyer.id, CREDIT_FEN[str(terms)]))


async def _opening_stock(world: World) -> None:
    """What each warehouse holds at first: weeks of what is going to be asked of it, in whole cases."""
    for seller in world.sellers:
        weeks = OPENING_WEEKS.get(seller.level, BRAND_WEEKS)
        lines = []
        for product in world.products:
            cases = max(1, round(weeks * seller.weekly_cases * share(world, product)))
            lines.append(lot_line(product, clock.today() - timedelta(days=25), cases))
        await supply(seller.person("brand_warehouse", "dealer_owner"), Supply(lines))


def share(world: World, product: Product) -> float:
    """A product's share of all cases, the season left aside."""
    return product.item.popularity / sum(other.item.popularity for other in world.products)


def lot_line(product: Product, produced_on: date, cases: int) -> SupplyLine:
    """Cases of the lot that was produced on a day."""
    item = product.item
    expires_on = produced_on + timedelta(days=item.shelf_days)
    return SupplyLine(product.id, f"{produced_on:%Y%m%d}A", expires_on, cases * item.case_qty, produced_on)
