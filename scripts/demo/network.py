"""The channel: provincial dealers, city dealers below them, county dealers below those, and everybody's stores."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Literal

from scripts.demo.scale import Scale
from scripts.demo.sources import source
from server.channel.terms import STANDARD_GROUP

KEY_DEALERS, DEALERS, KEY_STORES = "重点经销商价", "经销商价", "重点店价"
"""What sellers call the groups of their buyers; stores in none of them get the standard prices."""

Level = Literal["province", "city", "county", "store"]

LEVEL_NAMES: dict[Level, str] = {"province": "省代", "city": "地级", "county": "县级", "store": "门店"}
STORES_OF_A_PROVINCE = 2
CITY_SHARE = 0.2
LATE_SHARE = 0.3
"""Of all stores, those that join while the history runs: the business grows."""

SIZES = {"A": 15, "B": 40, "C": 45}
"""How large stores are: weights of large, middle, small."""


@dataclass(frozen=True)
class Place:
    """Where an org is: GB/T 2260 code, its name in words, street and number."""

    code: str
    region: str
    detail: str

    @property
    def address(self) -> str:
        """The address in one line."""
        return self.region + self.detail


@dataclass(frozen=True)
class Member:
    """A dealer or store to be: `parent` is the number of its supplier, None for the brand."""

    number: int
    level: Level
    parent: int | None
    name: str
    code: str
    place: Place
    contact: str
    phone: str
    price_group: str
    grade: str
    joins_in_week: int = 0

    @property
    def sells(self) -> bool:
        """Whether it has buyers."""
        return self.level != "store"


class _Names:
    """Names that were not given before."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._given = chance, set[str]()

    def person(self) -> str:
        names = source("names")
        return str(self._chance.choice(names["surnames"]) + self._chance.choice(names["given"]))

    def shop(self, size: str, street: str) -> str:
        names = source("names")
        while True:
            name = self._chance.choice(names["shops"]) + self._chance.choice(names["kinds"][size])
            for candidate in (name, f"{name}（{street}店）"):
                if candidate not in self._given:
                    self._given.add(candidate)
                    return candidate


def plan_network(scale: Scale, chance: random.Random) -> list[Member]:
    """All dealers, suppliers before buyers, then all stores; numbers begin at 1."""
    names = _Names(chance)
    members: list[Member] = []
    streets: dict[int, tuple[str, str, list[str]]] = {}
    provinces = source("places")["provinces"][: scale.provinces]
    for index, province in enumerate(provinces):
        top = _dealer(members, "province", None, province["cities"][0]["depot"], province, index, names)
        home = province["cities"][0]
        streets[top] = _shopping(province, home, *home["stores"])
        for city_index, city in enumerate(province["cities"]):
            place = 2 * index + city_index
            middle = _dealer(members, "city", top, city["depot"], {**city, "of": province["name"]}, place, names)
            streets[middle] = _shopping(province, city, *city["stores"])
            for county_index, county in enumerate(city["counties"]):
                depot = [county["code"], county["name"], county["streets"][-1]]
                whole = {**county, "of": province["name"] + city["name"]}
                low = _dealer(members, "county", middle, depot, whole, 2 * place + county_index, names)
                streets[low] = _shopping(province, city, county["code"], county["name"], county["streets"])
    met: set[int] = set()
    for ordinal, parent in enumerate(_parents(members, scale.stores), 1):
        known, number = parent in met, len(members) + 1
        met.add(parent)
        members.append(_store((number, ordinal), parent, known, streets[parent], scale, chance, names))
    return members


def _shopping(
    province: dict[str, Any], city: dict[str, Any], code: str, name: str, streets: list[str]
) -> tuple[str, str, list[str]]:
    return code, province["name"] + city["name"] + name, streets


def _dealer(
    members: list[Member],
    level: Level,
    parent: int | None,
    depot: list[str],
    area: dict[str, Any],
    index: int,
    names: _Names,
) -> int:
    words = source("names")
    number = len(members) + 1
    short = str(area["name"])[:2]
    tail = {"province": "有限公司", "city": "贸易有限公司", "county": words["company"][index % 4]}[str(level)]
    code, region, street = depot
    province = area.get("of", area["name"])
    place = Place(code, f"{province}{'' if level == 'county' else _city(area)}{region}", f"{street}{number * 7 + 11}号")
    members.append(
        Member(
            number=number,
            level=level,
            parent=parent,
            name=f"{short}{words[_LIST[level]][index % len(words[_LIST[level]])]}{tail}",
            code=f"JX{number:03d}",
            place=place,
            contact=names.person(),
            phone=dealer_phone(number, 1),
            price_group=KEY_DEALERS if level == "province" and index == 0 else DEALERS,
            grade=LEVEL_NAMES[level],
        )
    )
    return number


_LIST = {"province": "provincial", "city": "city", "county": "county"}


def _city(area: dict[str, Any]) -> str:
    """The city in an address: a city dealer's own, a provincial one's is that of its depot."""
    return str(area["name"]) if "of" in area else str(area["cities"][0]["name"])


def _parents(members: list[Member], stores: int) -> list[int]:
    """Whose stores these are: two of each provincial dealer, a fifth the cities', the rest the counties' in turn."""
    tops = [member.number for member in members if member.level == "province"]
    cities = [member.number for member in members if member.level == "city"]
    counties = [member.number for member in members if member.level == "county"]
    direct = [tops[n % len(tops)] for n in range(min(stores, STORES_OF_A_PROVINCE * len(tops)))]
    urban = round((stores - len(direct)) * CITY_SHARE)
    rural = stores - len(direct) - urban
    direct += [cities[n % len(cities)] for n in range(urban)]
    return direct + [counties[n % len(counties)] for n in range(rural)]


def _store(
    numbers: tuple[int, int],
    parent: int,
    known: bool,
    shopping: tuple[str, str, list[str]],
    scale: Scale,
    chance: random.Random,
    names: _Names,
) -> Member:
    """A store; the first one of each dealer is a middling one that was there from the beginning."""
    number, ordinal = numbers
    code, region, streets = shopping
    size = chance.choices(list(SIZES), list(SIZES.values()))[0] if known else "B"
    street = chance.choice(streets)
    late = known and chance.random() < LATE_SHARE and scale.weeks > 4
    return Member(
        number=number,
        level="store",
        parent=parent,
        name=names.shop(size, street),
        code=f"MD{ordinal:04d}",
        place=Place(code, region, f"{street}{chance.randrange(2, 620)}号"),
        contact=names.person(),
        phone=store_phone(ordinal),
        price_group=KEY_STORES if size == "A" else STANDARD_GROUP,
        grade=size,
        joins_in_week=chance.randrange(1, scale.weeks - 2) if late else 0,
    )


def dealer_phone(number: int, seat: int) -> str:
    """139 0000 01 01: the dealer's number and the seat of its account."""
    return f"1390000{number:02d}{seat:02d}"


def store_phone(number: int) -> str:
    """137 0000 0001: the store's number."""
    return f"1370000{number:04d}"
