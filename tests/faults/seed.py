"""`python -m tests.faults.seed`: a small world with open sessions, written to `seed.json` in the data folder.

A process of its own, since the tests' process is connected to another database.
"""

from __future__ import annotations

import asyncio

import httpx
import msgspec

from server import modules
from server.core import db
from server.settings import load_settings
from tests.world import World, number

DEALERS = 6


class Dealer(msgspec.Struct):
    """A dealer's owner with an open session, and the rep who has its orders in the chat."""

    id: int
    token: str
    account_id: int
    rep_account_id: int
    userid: str


class Seed(msgspec.Struct):
    """What the tests know of the world."""

    root_id: int
    admin_token: str
    lines: list[dict[str, int]]
    dealers: list[Dealer]


async def seed() -> Seed:
    """A brand with goods, and dealers who each have a rep of their own, so that no rep gets too many messages."""
    async with httpx.AsyncClient() as http:
        world = await World.create(http)
        goods = await world.products(2)
        await world.offer(world.brand, goods)
        for item in goods:
            await world.stock(world.brand, item, 100_000)
        dealers = []
        for _ in range(DEALERS):
            dealer = await world.dealer()
            buyer = await (await world.boss(dealer)).sign_in()
            userid = f"rep{number()}"
            rep = await world.user(world.brand, "brand_rep", [dealer], wecom=userid)
            dealers.append(Dealer(dealer.id, buyer.token, buyer.account_id, rep.account_id, userid))
        lines = [
            {"product_id": item.id, "packaging_id": item.case, "packaging_qty": 1, "price_fen": item.price_fen}
            for item in goods
        ]
        return Seed(world.brand.id, (await world.admin.sign_in()).token, lines, dealers)


async def main() -> None:
    """The command."""
    settings = load_settings()
    modules.wire()
    await db.connect(settings)
    made = await seed()
    await db.disconnect()
    (settings.data_folder / "seed.json").write_bytes(msgspec.json.encode(made))


if __name__ == "__main__":
    asyncio.run(main())
