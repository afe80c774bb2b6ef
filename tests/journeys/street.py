"""The street on which the stories play: a brand, a dealer in Hangzhou, a corner shop, and who works there."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from server.channel.models import Org
from tests.world import PASSWORD, Product, User, World, phone

# Name, spec, colour of its tile, the dealer's price per bottle in fen.
SHELF = (
    ("青柠苏打水", "500ml×24", "#7fb069", 300),
    ("白桃乌龙茶", "450ml×24", "#e8a598", 420),
    ("海盐荔枝饮", "500ml×24", "#6ba3d6", 380),
    ("桂花酸梅汤", "480ml×24", "#8e4162", 350),
    ("冷萃美式咖啡", "280ml×24", "#6f4e37", 650),
    ("燕麦拿铁", "280ml×24", "#c8a47e", 720),
    ("天然矿泉水", "550ml×24", "#5aa9c6", 150),
    ("橙汁果粒饮", "450ml×24", "#f2a541", 400),
)
AMPLE = 480
"""Bottles of each in the dealer's warehouse: twenty cases."""


@dataclass
class Street:
    """Everybody and everything of one story."""

    world: World
    dealer: Org
    store: Org
    boss: User
    """Owns the dealer."""
    owner: User
    """Owns the store."""
    goods: list[Product]

    @property
    def soda(self) -> Product:
        """青柠苏打水, 3.00 a bottle, 72.00 a case."""
        return self.goods[0]

    @property
    def tea(self) -> Product:
        """白桃乌龙茶, 4.20 a bottle, 100.80 a case."""
        return self.goods[1]


async def a_street(http: httpx.AsyncClient) -> Street:
    """Found a brand whose dealer has twenty cases of each of its drinks, and a store with an address and credit."""
    world = await World.create(http)
    dealer = await world.dealer(name="杭州江南商贸")
    store = await world.store(dealer, name="转角便利店")
    goods = [await world.product(price, name=name, spec=spec, color=color) for name, spec, color, price in SHELF]
    await world.offer(dealer, goods)
    for item in goods:
        await world.stock(dealer, item, AMPLE, lot="A2611", days=240)
    await world.credit(dealer, store, 500_000)
    boss = await world.user(dealer, "dealer_owner", name="陈建国")
    owner = await world.user(store, "store_owner", name="王芳")
    await owner.post("/addresses", address("王芳", "文三路 88 号转角便利店"), 201)
    return Street(world, dealer, store, boss, owner, goods)


def address(name: str, detail: str) -> dict[str, object]:
    """A delivery address, the usual one."""
    return {
        "contact_name": name,
        "contact_phone": phone(),
        "region_code": "330106",
        "region_name": "浙江省杭州市西湖区",
        "detail": detail,
        "is_default": True,
    }


__all__ = ["AMPLE", "PASSWORD", "SHELF", "Street", "a_street", "address"]
